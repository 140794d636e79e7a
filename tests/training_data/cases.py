"""True questions and answers about several documents in two languages, as a person writes them, and their sources."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lineside.answering.steps import split_marker
from lineside.manuals.library import Library, read_library
from lineside.training_data.chunk import chunks_of
from lineside.training_data.draft import Draft
from lineside.training_data.pair import Chunk
from lineside.training_data.settings import DatasetSettings

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
TODAY = date(2026, 3, 2)
FOLDERS = (ROOT / "samples" / "manuals", ROOT / "samples" / "sops", HERE / "documents")


class Case(NamedTuple):
    draft: Draft
    chunk: Chunk

    @property
    def document_id(self) -> str:
        return self.chunk.passages[0].document_id


@cache
def library() -> Library:
    return read_library(FOLDERS)


@cache
def chunks() -> tuple[Chunk, ...]:
    usable = library().in_force(TODAY)
    documents = [each for each in library().documents if each.document_id in usable]
    return tuple(chunk for each in documents for chunk in chunks_of(each.passages, DatasetSettings()))


@cache
def true_cases() -> tuple[Case, ...]:
    return tuple(_cases((HERE / "true_pairs.txt").read_text(encoding="utf-8")))


def draft(question: str, answer: str, steps: tuple[str, ...] | None = None) -> Draft:
    """With the numbered lines of the answer as its steps, unless others are given."""
    own = tuple(text for number, text in map(split_marker, answer.splitlines()) if number)
    return Draft(
        question=question, answer=answer, category="operation", severity="low", steps=own if steps is None else steps
    )


def _cases(text: str) -> Iterator[Case]:
    where: list[Chunk] = []
    for block in filter(None, (each.strip() for each in text.split("\n\n"))):
        if heading := re.fullmatch(r"@ (\S+) \|(.*)", block):
            where = _chunks_of(heading[1], heading[2].strip())
            continue
        question, _, answer = block.partition("\n")
        yield Case(draft(question, answer), _about(answer, where))


def _chunks_of(document_id: str, section: str) -> list[Chunk]:
    found = [
        chunk for chunk in chunks()
        if (chunk.passages[0].document_id, chunk.passages[0].section) == (document_id, section)
    ]  # fmt: skip
    assert found, f"{document_id} has no section {section!r}"
    return found


def _about(answer: str, where: list[Chunk]) -> Chunk:
    """The chunk that has most of an answer's words, where a long section is several."""
    words = set(re.findall(r"\w+", answer.casefold()))
    return max(where, key=lambda chunk: len(words & set(re.findall(r"\w+", chunk.text.casefold()))))
