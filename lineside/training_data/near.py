"""Pairs that are nearly the same: those to drop, and those that must stay in one part of the dataset.

MinHash with bands finds who may be alike, and the true overlap of the words decides, so nobody is called alike who is
not. Somebody may be missed: with a likeness of `s` the chance is (1 - s**rows) ** bands, which is written beside each
rule. The hash is BLAKE2 with the seed as its key: the same in every process and on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from lineside.training_data.groups import Groups
from lineside.training_data.pair import Pair, Reason, Rejected
from lineside.training_data.wording import has_digit, stems

Words = frozenset[int]
"""Words, or words and neighbours, each as its hash."""
Numbers = frozenset[str]
Hashes = npt.NDArray[np.uint64]


class Sketch(NamedTuple):
    """What is compared of a pair: the words of its question, and those of question and answer with their neighbours;
    each with its signature. All refusals have one answer, which says nothing and is left out."""

    question: Words
    question_signature: Hashes
    whole: Words
    whole_signature: Hashes
    numbers_of_question: Numbers
    numbers: Numbers


class _Looked(NamedTuple):
    """What one rule looks at, and the buckets in which those that are alike may lie."""

    words: Words
    numbers: Numbers
    buckets: list[int]


class Rule(NamedTuple):
    """When two pairs are alike: the share of words that they have in common, and whose numbers must agree.

    More rows in a band make chance meetings rarer, more bands make it rarer that somebody is missed.
    """

    looks_at: Literal["question", "whole"]
    least: float
    numbers: Literal["question", "both", "none"]
    bands: int
    rows: int


DUPLICATE: Final = Rule("whole", 0.9, "both", bands=21, rows=6)
"""Nothing is learned from the second one. Missed at 0.9: fewer than 1 in 5,000,000. The same words with another
number are another fact, so the numbers must agree."""
PARAPHRASE: Final = Rule("question", 0.6, "question", bands=32, rows=4)
"""The same question in other words. Missed at 0.6: 1.2 %, at 0.7: 0.02 %. `E-217` and `E-203` are two questions."""
SAME_TEXT: Final = Rule("whole", 0.75, "none", bands=21, rows=6)
"""The same text, whatever its numbers: a manual's next edition, or a twin machine's. Missed at 0.75: 1.6 %, at
0.85: 0.005 %."""
_PLACES: Final = 128
"""Of a signature: as many as the widest rule looks at."""


class Alike:
    """Pairs by one rule, known by the numbers in which they were added."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._first: dict[int, int] = {}
        self._more: dict[int, list[int]] = {}
        self._added: list[_Looked] = []

    def like(self, sketch: Sketch, skip: Callable[[int], bool] = lambda _number: False) -> Iterator[int]:
        """Those that are alike, without those that `skip` says need no look."""
        return self._like(self._looked_at(sketch), skip)

    def add(self, sketch: Sketch) -> None:
        self._add(self._looked_at(sketch))

    def like_then_add(self, sketch: Sketch, skip: Callable[[int], bool]) -> list[int]:
        """Those before it that are alike; then it is one of them."""
        looked = self._looked_at(sketch)
        found = list(self._like(looked, skip))
        self._add(looked)
        return found

    def first_or_add(self, sketch: Sketch) -> int | None:
        """One before it that is alike; where there is none, it is added."""
        looked = self._looked_at(sketch)
        first = next(self._like(looked, lambda _number: False), None)
        if first is None:
            self._add(looked)
        return first

    def _like(self, looked: _Looked, skip: Callable[[int], bool]) -> Iterator[int]:
        seen: set[int] = set()
        for bucket in looked.buckets:
            for number in self._in(bucket):
                if number not in seen:
                    seen.add(number)
                    if not skip(number) and self._are_alike(looked, self._added[number]):
                        yield number

    def _add(self, looked: _Looked) -> None:
        number = len(self._added)
        self._added.append(looked)
        for bucket in looked.buckets:
            if self._first.setdefault(bucket, number) != number:
                self._more.setdefault(bucket, []).append(number)

    def _in(self, bucket: int) -> Iterator[int]:
        """Most buckets hold one number, which needs no list."""
        if bucket in self._first:
            yield self._first[bucket]
            yield from self._more.get(bucket, ())

    def _are_alike(self, one: _Looked, other: _Looked) -> bool:
        return one.numbers == other.numbers and likeness(one.words, other.words) >= self._rule.least

    def _looked_at(self, sketch: Sketch) -> _Looked:
        rule = self._rule
        numbers = {"question": sketch.numbers_of_question, "both": sketch.numbers, "none": frozenset[str]()}[
            rule.numbers
        ]
        if rule.looks_at == "question":
            return _Looked(sketch.question, numbers, _buckets(sketch.question_signature, numbers, rule))
        return _Looked(sketch.whole, numbers, _buckets(sketch.whole_signature, numbers, rule))


def _buckets(signature: Hashes, numbers: Numbers, rule: Rule) -> list[int]:
    """One number for each band of a signature. Two that meet by chance are told apart by their words."""
    if not len(signature):
        return []
    bands = signature[: rule.bands * rule.rows].reshape(rule.bands, rule.rows)
    mixed = (bands * _mixers(0)[: rule.rows, 1]).sum(axis=1, dtype=np.uint64) * _mixers(1)[: rule.bands, 1]
    found: list[int] = (mixed ^ np.uint64(_hash(" ".join(sorted(numbers)), 0))).tolist()
    return found


@lru_cache(maxsize=32_768)
def _sketch(question: str, answer: str, seed: int) -> Sketch:
    asked, answered = stems(question), stems(answer)
    of_question = _hashes(asked, seed)
    of_answer = _hashes(answered, seed)
    whole = np.concatenate([of_question, _neighbours(of_question), of_answer, _neighbours(of_answer)])
    numbers = frozenset(word for word in asked if has_digit(word))
    return Sketch(
        frozenset(of_question.tolist()),
        _signature(of_question, seed),
        frozenset(whole.tolist()),
        _signature(whole, seed),
        numbers,
        numbers | {word for word in answered if has_digit(word)},
    )


def sketch_of(pair: Pair, seed: int) -> Sketch:
    return _sketch(pair.question, "" if pair.kind == "refusal" else pair.answer, seed)


def sketch_of_text(text: str, seed: int) -> Sketch:
    """A passage, as `SAME_TEXT` looks at it."""
    return _sketch("", text, seed)


def likeness(one: Words, other: Words) -> float:
    """Jaccard: what both have, as a share of what either has."""
    either = len(one | other)
    return len(one & other) / either if either else 0.0


def without_near_duplicates(pairs: Sequence[Pair], seed: int) -> tuple[list[Pair], list[Rejected]]:
    """The first of every pairs that are as good as the same, and the others with the reason."""
    alike = Alike(DUPLICATE)
    kept: list[Pair] = []
    rejected: list[Rejected] = []
    for pair in pairs:
        first = alike.first_or_add(sketch_of(pair, seed))
        if first is None:
            kept.append(pair)
        else:
            rejected.append(rejection(pair, "duplicate", f"it is as good as the same as {kept[first].question!r}"))
    return kept, rejected


def clusters(pairs: Sequence[Pair], seed: int = 0) -> list[int]:
    """For each pair the number of the first pair of its cluster: paraphrases and same texts, and theirs in turn."""
    groups = Groups(len(pairs))
    for rule in (PARAPHRASE, SAME_TEXT):
        alike = Alike(rule)
        for number, pair in enumerate(pairs):
            for earlier in alike.like_then_add(sketch_of(pair, seed), skip=_joined(groups, number)):
                groups.join(earlier, number)
    return [groups.first(number) for number in range(len(pairs))]


def rejection(pair: Pair, reason: Reason, why: str) -> Rejected:
    """A pair as one that may not be used."""
    return Rejected(
        reason=reason,
        why=why,
        document=pair.document,
        question=pair.question,
        answer=pair.answer,
        made_by=pair.made_by,
        pair_id=pair.pair_id,
    )


def _joined(groups: Groups, number: int) -> Callable[[int], bool]:
    return lambda earlier: groups.first(earlier) == groups.first(number)


def _hashes(words: Sequence[str], seed: int) -> Hashes:
    return np.fromiter((_hash(word, seed) for word in words), np.uint64, len(words))


@lru_cache(maxsize=100_000)
def _hash(word: str, seed: int) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8, key=seed.to_bytes(16, "big")).digest(), "big")


def _neighbours(hashes: Hashes) -> Hashes:
    """Each two words that follow one another, as one hash."""
    return (hashes[:-1] * np.uint64(0x9E3779B97F4A7C15)) ^ (hashes[1:] + np.uint64(0x632BE59BD9B4E019))


@lru_cache(maxsize=8)
def _mixers(seed: int) -> Hashes:
    """Two numbers for each place of a signature: what a hash is mixed with, and an odd factor."""
    drawn = (blake2b(f"{seed} {number}".encode(), digest_size=16).digest() for number in range(_PLACES))
    found = np.frombuffer(b"".join(drawn), ">u8").astype(np.uint64).reshape(_PLACES, 2)
    found[:, 1] |= np.uint64(1)
    return found


def _signature(hashes: Hashes, seed: int) -> Hashes:
    """The least of all words' hashes, once for each place, each time in another order of the words."""
    if not len(hashes):
        return hashes
    mixers = _mixers(seed)
    mixed = (hashes[:, None] ^ mixers[None, :, 0]) * mixers[None, :, 1]
    mixed ^= mixed >> np.uint64(32)
    least: Hashes = mixed.min(axis=0)
    return least
