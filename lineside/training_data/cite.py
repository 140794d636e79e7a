"""Which passage each sentence of an answer was taken from, and the answer with these marks, as a model writes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from lineside.answering.orders import sentences
from lineside.manuals.passage import Passage
from lineside.training_data.grounds import read, read_together
from lineside.training_data.pair import Pair
from lineside.training_data.wording import marked, stems

_CITED: Final = re.compile(r"\[\d{1,3}\]")
_Sentence = tuple[str, int | None]
"""A sentence and the number of its passage, counted from 0."""


def cited(pair: Pair) -> str:
    """The answer with a `[2]` behind what passage 2 says; a refusal cites nothing."""
    if pair.kind == "refusal" or _CITED.search(pair.answer):
        return pair.answer
    lines = pair.answer.split("\n")
    marked = _passages_of(lines, pair.passages)
    return "\n".join(_marked(line) for line in marked)


def rests_on(answer: str, passages: Sequence[Passage]) -> int:
    """The number of the first passage, counted from 0, that the answer was taken from."""
    found = [
        passage for line in _passages_of(answer.split("\n"), passages) for _, passage in line if passage is not None
    ]
    return min(found, default=0)


def _passages_of(lines: Sequence[str], passages: Sequence[Passage]) -> list[list[_Sentence]]:
    """The sentences of each line, each with its passage. An answer mostly follows its source, so of passages that fit
    alike it is the next one."""
    has = _words_of(tuple(passage.text for passage in passages))
    found: list[list[_Sentence]] = []
    after = 0
    for line in lines:
        row: list[_Sentence] = []
        for text in [line] if marked(line)[0] else sentences(line):
            passage = _best(marked(text)[1], has, after)
            after = passage if passage is not None else after
            row.append((text, passage))
        found.append(row)
    return found


def _best(text: str, has: Sequence[frozenset[str]], after: int) -> int | None:
    """The passage that has most of a text's words; None where none has any."""
    wanted = _words(text)
    shared = [len(wanted & words) for words in has]
    most = max(shared, default=0)
    equals = [number for number, count in enumerate(shared) if count == most]
    return next((number for number in equals if number >= after), equals[0]) if most else None


@lru_cache(maxsize=4_096)
def _words_of(texts: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    """The same passages are shown with many pairs in a row, and again when these are written."""
    return tuple(frozenset(stems(text)) for text in read_together(texts))


@lru_cache(maxsize=8_192)
def _words(text: str) -> frozenset[str]:
    return frozenset(stems(read(text)))


def _marked(line: list[_Sentence]) -> str:
    """One mark for sentences that follow one another and have one passage."""
    said = []
    for number, (text, passage) in enumerate(line):
        following = line[number + 1][1] if number + 1 < len(line) else None
        said.append(text if passage is None or passage == following else f"{text} [{passage + 1}]")
    return " ".join(said)
