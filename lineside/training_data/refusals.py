"""Questions that the documents do not answer: whether that is true of the whole library."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from lineside.manuals.passage import Passage
from lineside.training_data.grounds import read
from lineside.training_data.language import language_of
from lineside.training_data.near import rejection
from lineside.training_data.pair import REFUSAL, Pair, Rejected
from lineside.training_data.report import Made, Source
from lineside.training_data.support import content, speaks_of_itself
from lineside.training_data.validate import fault_of_form
from lineside.training_data.wording import has_digit, stems

ANSWERED: Final = 0.9
"""The share of a question's words, rare ones counting more, that one passage must have to be taken for an answer. A
question about what is not written lacks its rarest word everywhere, and that is worth a fifth and more of it."""


class Answerable:
    """The passages of a library, so that a question can be held against all of them."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self._where: dict[str, set[int]] = defaultdict(set)
        for number, passage in enumerate(passages):
            for stem in (stem for text in _texts(passage) for stem in _stems(text)):
                self._where[stem].add(number)

    def by(self, question: str) -> Passage | None:
        """The passage that seems to answer a question; None where nothing does."""
        asked = dict.fromkeys([*content(question), *(word for word in stems(question) if has_digit(word))])
        rarity = {word: self._rarity(word) for word in asked}
        whole = sum(rarity.values())
        best = max(
            self._candidates(rarity, whole), key=lambda number: (self._has(number, rarity), -number), default=None
        )
        if best is None or self._has(best, rarity) < ANSWERED * whole:
            return None
        return self._passages[best]

    def _candidates(self, rarity: Mapping[str, float], whole: float) -> set[int]:
        """The passages that have one of the rarest words. One that has none of them has lost too much to answer."""
        found: set[int] = set()
        lost = 0.0
        for word in sorted(rarity, key=lambda word: -rarity[word]):
            if lost > (1 - ANSWERED) * whole:
                break
            found |= self._where.get(word, set())
            lost += rarity[word]
        return found

    def _has(self, number: int, rarity: Mapping[str, float]) -> float:
        return sum(weight for word, weight in rarity.items() if number in self._where.get(word, ()))

    def _rarity(self, word: str) -> float:
        count = len(self._where.get(word, ()))
        return math.log(1 + (len(self._passages) - count + 0.5) / (count + 0.5))


def checked_refusals(proposed: Sequence[Pair], passages: Sequence[Passage], wanted: int) -> Made:
    """The refusals that may be used, of the first `wanted` proposed, against every passage in force."""
    library = Answerable(passages)
    pairs: list[Pair] = []
    rejected: list[Rejected] = []
    for pair in proposed[:wanted]:
        fault = next(_faults(pair, library), None)
        if fault is None:
            pairs.append(_of_one_section(pair))
        else:
            rejected.append(fault)
    return Made(Source("", ""), wanted, tuple(pairs), tuple(rejected))


def _faults(pair: Pair, library: Answerable) -> Iterator[Rejected]:
    if pair.kind != "refusal" or pair.answer != REFUSAL:
        yield rejection(pair, "schema", "its answer is not the refusal")
    if not any(passage.text.strip() for passage in pair.passages):
        yield rejection(pair, "schema", "it shows no passage that could have answered it")
    if fault := fault_of_form(pair.question, ""):
        yield rejection(pair, fault.reason, fault.why)
    if said := speaks_of_itself(pair.question):
        yield rejection(pair, "not_from_source", f"the question says {said!r}, which nobody sees who is asked it")
    shown = " ".join(passage.text for passage in pair.passages)
    if (source := language_of(shown)) and (asked := language_of(pair.question)) and asked != source:
        yield rejection(pair, "language", f"the question is not in the language of its source ({source})")
    if passage := library.by(pair.question):
        yield rejection(pair, "answerable", f"{passage.document} seems to answer it in {passage.passage_id}")


def _of_one_section(pair: Pair) -> Pair:
    """With passages of one section alone: others would tie sections together that belong into different parts."""
    first = next(iter(pair.passages), None)
    if first is None:
        return pair
    own = tuple(
        each for each in pair.passages if (each.document_id, each.section) == (first.document_id, first.section)
    )
    return msgspec.structs.replace(pair, passages=own)


@lru_cache(maxsize=4_096)
def _stems(text: str) -> tuple[str, ...]:
    return tuple(stems(read(text)))


def _texts(passage: Passage) -> tuple[str, ...]:
    return (passage.text, passage.document, passage.title, passage.section, *passage.machines)
