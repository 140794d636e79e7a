"""Passages and questions as JSON lines: what `lineside manuals search` reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from lineside.errors import Malformed, Misconfigured
from lineside.manuals.passage import Passage

LONGEST_PASSAGE = 100_000
LONGEST_QUESTION = 10_000


class PassageLine(msgspec.Struct):
    """One passage of somebody else's document. `id` is its own and comes back in the hits."""

    id: str | int
    text: str
    doc: str = ""
    page: str | int | float | None = ""


class QuestionLine(msgspec.Struct):
    """One question. `id` comes back as it was given."""

    id: str | int
    q: str


class HitsLine(msgspec.Struct):
    """The passages that fit a question, best first."""

    id: str | int
    hits: list[str | int]


_Line = TypeVar("_Line", PassageLine, QuestionLine)


def read_passages(path: Path) -> tuple[tuple[Passage, ...], dict[str, str | int]]:
    """The passages, and each one's own id as it was written. Raises Malformed for the first bad line."""
    passages: list[Passage] = []
    own_ids: dict[str, str | int] = {}
    for number, line in _lines(path, PassageLine):
        if len(line.text) > LONGEST_PASSAGE:
            raise Malformed(f"{path.name} line {number}: the text is longer than {LONGEST_PASSAGE:,} characters")
        if str(line.id) in own_ids:
            raise Malformed(f"{path.name} line {number}: the id {line.id!r} is used twice")
        own_ids[str(line.id)] = line.id
        page = "" if line.page is None else str(line.page)
        passages.append(Passage(str(line.id), line.doc, line.doc, line.doc, line.text, page=page))
    if not passages:
        raise Malformed(f"{path.name} holds no passages")
    return tuple(passages), own_ids


def read_questions(path: Path) -> list[QuestionLine]:
    """Raises Malformed for the first bad line. A question that is too long is cut: its beginning is asked."""
    lines = [line for _, line in _lines(path, QuestionLine)]
    return [QuestionLine(line.id, line.q[:LONGEST_QUESTION]) for line in lines]


def _lines(path: Path, kind: type[_Line]) -> Iterator[tuple[int, _Line]]:
    decoder = msgspec.json.Decoder(kind)
    for number, raw in enumerate(_bytes(path).splitlines(), 1):
        if raw.strip():
            try:
                yield number, decoder.decode(raw)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise Malformed(f"{path.name} line {number}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, msgspec.ValidationError):
        return str(error)[:1].lower() + str(error)[1:]
    return f"it is no JSON object: {error}"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}") from error
