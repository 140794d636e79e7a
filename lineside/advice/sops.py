"""Standard operating procedures: which document is in force, and which of its steps fit a machine and an alarm.

A document is Markdown with front matter, or rows of a CSV table; `docs/advice.md` shows both. A person wrote it, so
it is read strictly and every mistake is reported at once. Whether it may be quoted is decided here and nowhere else:
drafts, withdrawn and superseded documents, older revisions and those not yet in effect never are; one that carries
no approval is quoted and marked unreviewed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lineside.advice.model import SopStep
from lineside.advice.text import clean
from lineside.detection.finding import Kind
from lineside.errors import Misconfigured
from lineside.site.model import Site

ANY = "*"
LONGEST_STEP = 400
LARGEST_DOCUMENT_BYTES = 1_000_000
MOST_STEPS = 12

_FRONT_MATTER = re.compile(r"\A\ufeff?---\s*\n(.*?)\n---\s*(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$")
_NUMBERED = re.compile(r"^\s{0,3}(\d+(?:\.\d+)*)[.)]\s+(.+)$")
_BULLET = re.compile(r"^\s{0,3}[-*]\s+(.+)$")
_CHECK_HEADINGS = frozenset({"check first", "checks", "before you start"})

TABLE_COLUMNS = (
    "document",
    "revision",
    "machine",
    "alarm",
    "step",
    "text",
    "approved_by",
    "effective_from",
    "superseded_by",
    "status",
)


def _text(value: object) -> object:
    """YAML reads `revision: 2` as a number and an empty value as None; both are meant as text."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float | date) and not isinstance(value, bool) else value


def _list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _no_date(value: object) -> object:
    return value or None


_Order = tuple[date, tuple[tuple[int, str], ...]]

Text = Annotated[str, BeforeValidator(_text), Field(max_length=400)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_list)]


class SopHeader(BaseModel):
    """What the front matter of one revision of one procedure states."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    document: Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=80)]
    revision: Text = ""
    title: Text = ""
    machines: Annotated[Texts, Field(min_length=1)]
    alarms: Annotated[tuple[Kind | Literal["*"], ...], BeforeValidator(_list), Field(min_length=1)]
    status: Literal["", "draft", "current", "withdrawn", "superseded"] = ""
    approved_by: Text = ""
    effective_from: Annotated[date | None, BeforeValidator(_no_date)] = None
    superseded_by: Text = ""
    compliance: Texts = ()

    @property
    def reviewed(self) -> bool:
        return bool(self.approved_by and self.effective_from)

    @property
    def retired(self) -> bool:
        return self.status in {"withdrawn", "superseded"} or bool(self.superseded_by)

    def issued(self, today: date) -> bool:
        """Whether this revision counts on that day: a draft does not, nor one that takes effect later."""
        return self.status != "draft" and (self.effective_from is None or self.effective_from <= today)

    def covers(self, device: str, kind: Kind) -> bool:
        return bool({device, ANY} & set(self.machines)) and bool({kind, ANY} & set(self.alarms))


@dataclass(frozen=True)
class SopDocument:
    """One revision of one procedure."""

    header: SopHeader
    checks: tuple[str, ...] = ()
    steps: tuple[SopStep, ...] = ()


@dataclass(frozen=True)
class Procedure:
    """What the documents in force say to one machine and one kind of alarm."""

    checks: tuple[str, ...] = ()
    steps: tuple[SopStep, ...] = ()
    compliance: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sops:
    """The procedures of a site."""

    documents: tuple[SopDocument, ...] = ()

    def for_alarm(self, device: str, kind: Kind, at_us: int) -> Procedure:
        """The most particular document in force: one that names the machine before one for any machine."""
        today = datetime.fromtimestamp(at_us / 1e6, tz=UTC).date()
        fitting = [document for document in self.in_force(today) if document.header.covers(device, kind)]
        if not fitting:
            return Procedure()
        best = min(fitting, key=lambda document: _preference(document.header, device, kind))
        return Procedure(best.checks, best.steps[:MOST_STEPS], best.header.compliance)

    def in_force(self, today: date) -> list[SopDocument]:
        """The newest issued revision of each document, unless that one has been retired.

        An older revision never comes back because a newer one was withdrawn.
        """
        issued = [document for document in self.documents if document.header.issued(today)]
        newest: dict[str, _Order] = {}
        for header in (document.header for document in issued):
            order = _revision_order(header)
            newest[header.document] = max(order, newest.get(header.document, order))
        return [document for document in issued if _is_in_force(document.header, newest)]


def read_sops(directory: Path) -> Sops:
    """Every .md and .csv file of a folder, sub-folders included. Every mistake is reported at once."""
    if not directory.is_dir():
        raise Misconfigured(f"there is no folder of procedures at {directory}")
    files = sorted(path for path in directory.rglob("*") if path.suffix.lower() in {".md", ".csv"})
    return parse_sops({str(path.relative_to(directory)): _read(path) for path in files})


def read_site_sops(site: Site, beside: Path) -> Sops:
    """The procedures that the lines of a site name, in folders beside its file."""
    folders = sorted({beside / line.sop_directory for line in site.lines if line.sop_directory})
    return Sops(tuple(document for folder in folders for document in read_sops(folder).documents))


def parse_sops(files: Mapping[str, str]) -> Sops:
    """Procedures from file names and their text. A Markdown file without front matter is no procedure."""
    mistakes: list[str] = []
    documents: list[SopDocument] = []
    for name, text in files.items():
        try:
            documents.extend(_parse_table(text) if name.lower().endswith(".csv") else _parse_markdown(text))
        except (ValidationError, yaml.YAMLError, csv.Error, ValueError) as error:
            mistakes.extend(f"{name}: {what}" for what in _reasons(error))
    if mistakes:
        raise Misconfigured("the procedures cannot be read:", tuple(mistakes))
    return Sops(tuple(documents))


def _parse_markdown(text: str) -> Iterable[SopDocument]:
    front = _FRONT_MATTER.match(text)
    if front is None:
        return []
    stated = yaml.safe_load(front.group(1)) or {}
    if not isinstance(stated, dict):
        raise ValueError("the front matter is not a list of `key: value`")
    header = SopHeader.model_validate(stated)
    return [SopDocument(header, *_body(text[front.end() :], header))]


def _body(text: str, header: SopHeader) -> tuple[tuple[str, ...], tuple[SopStep, ...]]:
    """Numbered lines are steps; bullets under a heading such as "Check first" are checks."""
    section, checks, steps = "", [], []
    for line in text.splitlines():
        if heading := _HEADING.match(line):
            section = clean(heading.group(1), 80)
        elif step := _NUMBERED.match(line):
            steps.append(_step(header, step.group(1), step.group(2), section))
        elif (bullet := _BULLET.match(line)) and section.lower() in _CHECK_HEADINGS:
            checks.append(clean(bullet.group(1), LONGEST_STEP))
    return tuple(checks), tuple(steps)


def _parse_table(text: str) -> Iterable[SopDocument]:
    """Rows with the same document and revision are one document; its machines and alarms are those of its rows."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    missing = [column for column in TABLE_COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        raise ValueError(f"the table lacks the column {', '.join(missing)}")
    grouped: dict[tuple[str, str, str, str], list[dict[str, str]]] = {}
    for row in rows:
        key = (row["document"], row["revision"], row["machine"], row["alarm"])
        grouped.setdefault(key, []).append({column: row[column] or "" for column in TABLE_COLUMNS})
    return [_table_document(rows) for rows in grouped.values()]


def _table_document(rows: list[dict[str, str]]) -> SopDocument:
    first = rows[0]
    header = SopHeader.model_validate({**first, "machines": [first["machine"]], "alarms": [first["alarm"]]})
    return SopDocument(header, steps=tuple(_step(header, row["step"], row["text"], "") for row in rows))


def _step(header: SopHeader, step: str, text: str, section: str) -> SopStep:
    return SopStep(
        number=clean(step, 12),
        text=clean(text.replace("**", ""), LONGEST_STEP),
        document=clean(header.document, 80),
        revision=clean(header.revision, 20),
        section=section,
        reviewed=header.reviewed,
    )


def _preference(header: SopHeader, device: str, kind: Kind) -> tuple[bool, bool, bool, str]:
    return (device not in header.machines, kind not in header.alarms, not header.reviewed, header.document)


def _is_in_force(header: SopHeader, newest: Mapping[str, _Order]) -> bool:
    return not header.retired and _revision_order(header) == newest[header.document]


def _revision_order(header: SopHeader) -> _Order:
    """Later in effect wins, then the higher revision: 10 after 9, C after B."""
    parts = re.findall(r"\d+|[^\W\d_]+", header.revision)
    return (
        header.effective_from or date.min,
        tuple((int(part), "") if part.isdigit() else (-1, part.upper()) for part in parts),
    )


def _read(path: Path) -> str:
    if path.stat().st_size > LARGEST_DOCUMENT_BYTES:
        raise Misconfigured(f"{path.name} is larger than {LARGEST_DOCUMENT_BYTES // 1000} kB; split it")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Misconfigured(f"{path.name} is not UTF-8 text") from error


def _reasons(error: Exception) -> list[str]:
    if isinstance(error, ValidationError):
        return [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
    return [clean(str(error), 300)]
