"""One question to one model: asked again while that may help, kept once it is answered, and every failure told."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2s
from typing import Final

import msgspec

from lineside.answering.chain import LONGEST_ANSWER
from lineside.answering.writer import Prompt, Writer
from lineside.errors import Refused, Throttled, Unavailable
from lineside.training_data.generate import Kept

FIRST_PAUSE_SECONDS: Final = 2.0
LONGEST_PAUSE_SECONDS: Final = 60.0


class Said(msgspec.Struct, frozen=True):
    """What a model said, or why it said nothing."""

    text: str = ""
    trouble: str = ""


@dataclass(frozen=True)
class Asking:
    """How patiently models are asked. `pause` waits so many seconds.

    With `throttled_rises` a model that still throttles after the last try raises `Throttled`, for whoever retries the
    whole batch later; without, it is recorded as trouble.
    """

    pause: Callable[[float], None]
    kept: Kept | None = None
    tries: int = 3
    throttled_rises: bool = False

    def ask(self, writer: Writer, prompt: Prompt) -> Said:
        """Raises `Misconfigured` where a person must mend a row or its server: then no answer of it counts."""
        key = _key(writer, prompt)
        if self.kept and key and (before := _read(self.kept.get(key))):
            return before
        said, lasts = self._asked(writer, prompt)
        if self.kept and key and lasts:
            self.kept.put(key, msgspec.json.encode(said))
        return said

    def _asked(self, writer: Writer, prompt: Prompt) -> tuple[Said, bool]:
        """What was said, and whether asking once more would give the same."""
        for left in reversed(range(self.tries)):
            try:
                return _said(writer, prompt), True
            except Refused as error:
                return Said(trouble=str(error)), True
            except Unavailable as error:
                if not left:
                    if isinstance(error, Throttled) and self.throttled_rises:
                        raise
                    return Said(trouble=str(error)), False
            self.pause(min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (self.tries - 1 - left)))
        raise AssertionError("the last try returns or raises")


def _read(content: bytes | None) -> Said | None:
    """What is kept and cannot be read is asked anew."""
    try:
        return msgspec.json.decode(content, type=Said) if content else None
    except msgspec.DecodeError:
        return None


def _said(writer: Writer, prompt: Prompt) -> Said:
    pieces: list[str] = []
    length = 0
    for piece in writer.write(prompt):
        pieces.append(piece)
        length += len(piece)
        if length > LONGEST_ANSWER:
            return Said(trouble=f"{writer.row.name} wrote more than {LONGEST_ANSWER} characters")
    text = visible("".join(pieces)).strip()
    return Said(text) if text else Said(trouble=f"{writer.row.name} answered nothing")


def _key(writer: Writer, prompt: Prompt) -> str:
    """ "" for a row whose alias may mean another model tomorrow: nothing of it is kept."""
    row = writer.row
    if row.alias:
        return ""
    asked = (row.provider, row.model, row.url, row.max_tokens, row.temperature, row.context_tokens, row.structured)
    digest = blake2s(msgspec.json.encode((asked, prompt.system, prompt.user, prompt.schema)), digest_size=20)
    return f"said/{digest.hexdigest()}"


def visible(text: str) -> str:
    """Without control and invisible characters: what a model writes is shown to people."""
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter)[0] != "C")
