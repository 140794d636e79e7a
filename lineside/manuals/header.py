"""What a document says of itself: its number, its revision, who approved it, and since when it counts.

It stands as front matter in Markdown, in a `.yaml` file beside a PDF, a table or a text, or printed on the first
page. A person wrote it: it is read strictly, and what cannot be understood makes the document unreadable rather than
quotable, because the line that was misread may be the one that says "draft".
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

ANY = "*"

FRONT_MATTER = re.compile(r"\A\ufeff?---\s*\n(.*?)\n---\s*(?:\n|\Z)", re.DOTALL)

Status = Literal["", "draft", "current", "withdrawn", "superseded"]

_SAME_STATUS = {
    "approved": "current",
    "released": "current",
    "effective": "current",
    "in force": "current",
    "valid": "current",
    "in review": "draft",
    "obsolete": "withdrawn",
    "retired": "withdrawn",
    "cancelled": "withdrawn",
    "replaced": "superseded",
}
"""What other document systems call the same thing."""


def as_text(value: object) -> object:
    """YAML reads `revision: 2` as a number and an empty value as None; both are meant as text."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float | date) and not isinstance(value, bool) else value


def as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _no_date(value: object) -> object:
    return value or None


def _status(value: object) -> object:
    spelled = str(as_text(value)).strip().casefold()
    return _SAME_STATUS.get(spelled, spelled)


Text = Annotated[str, BeforeValidator(as_text), Field(max_length=400)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(as_list)]
Day = Annotated[date | None, BeforeValidator(_no_date)]


class DocumentHeader(BaseModel):
    """One revision of one document. `document` is its own number, such as SOP-VC-07; empty where it has none."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    document: Annotated[str, BeforeValidator(as_text), Field(max_length=80)] = ""
    revision: Text = ""
    title: Text = ""
    machines: Texts = (ANY,)
    status: Annotated[Status, BeforeValidator(_status)] = ""
    approved_by: Text = ""
    effective_from: Day = None
    superseded_on: Day = None
    superseded_by: Text = ""
    compliance: Texts = ()

    @property
    def reviewed(self) -> bool:
        return bool(self.approved_by and self.effective_from)


def split_front_matter(text: str) -> tuple[dict[str, object] | None, str]:
    """The stated keys, or None where there is no front matter, and the text after it. Raises ValueError."""
    front = FRONT_MATTER.match(text)
    if front is None:
        return None, text
    return keys_of(front.group(1)), text[front.end() :]


def keys_of(text: str) -> dict[str, object]:
    """`key: value` lines of YAML. Raises ValueError."""
    try:
        stated = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise ValueError(f"its `key: value` lines are not YAML: {error}") from error
    if not isinstance(stated, dict):
        raise ValueError("the front matter is not a list of `key: value`")
    return stated


def reasons(error: Exception) -> list[str]:
    """Every mistake in a header, each on one line."""
    if isinstance(error, ValidationError):
        return [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
    return [" ".join(str(error).split())[:300]]
