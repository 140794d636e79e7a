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


class Signed:
    """Words, with the signature that they get once somebody looks at it."""

    __slots__ = ("hashes", "seed", "signature", "words")

    def __init__(self, hashes: Hashes, seed: int) -> None:
        self.hashes = hashes
        self.seed = seed
        self.words: Words = frozenset(hashes.tolist())
        self.signature: Hashes | None = None


class Sketch(NamedTuple):
    """What is compared of a pair: the words of its question, and those of question and answer with their neighbours.
    All refusals have one answer, which says nothing and is left out."""

    asked: Signed
    said: Signed
    numbers_of_question: Numbers
    numbers: Numbers

    @property
    def question(self) -> Words:
        return self.asked.words

    @property
    def whole(self) -> Words:
        return self.said.words


class _Looked(NamedTuple):
    """What one rule looks at, and the buckets that another one lies in, too: only there somebody alike may be."""

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
_AT_ONCE: Final = 500
"""Words whose hashes are mixed together: half a megabyte, which stays near the processor."""


class Alike:
    """Pairs or texts by one rule, known by their places in `sketches`. Who is not yet added is not found."""

    def __init__(self, rule: Rule, sketches: Sequence[Sketch]) -> None:
        self._rule = rule
        self._looked = _looked_at(sketches, rule)
        self._in: dict[int, list[int]] = {}

    def add(self, number: int) -> None:
        for bucket in self._looked[number].buckets:
            self._in.setdefault(bucket, []).append(number)

    def like(self, number: int, skip: Callable[[int], bool] = lambda _number: False) -> Iterator[int]:
        """Those added that are alike, without those that `skip` says need no look."""
        looked = self._looked[number]
        seen: set[int] = set()
        for bucket in looked.buckets:
            for other in self._in.get(bucket, ()):
                if other not in seen:
                    seen.add(other)
                    if not skip(other) and self._are_alike(looked, self._looked[other]):
                        yield other

    def like_then_add(self, number: int, skip: Callable[[int], bool]) -> list[int]:
        """Those added before it that are alike; then it is one of them."""
        found = list(self.like(number, skip))
        self.add(number)
        return found

    def _are_alike(self, one: _Looked, other: _Looked) -> bool:
        return one.numbers == other.numbers and likeness(one.words, other.words) >= self._rule.least


def _looked_at(sketches: Sequence[Sketch], rule: Rule) -> list[_Looked]:
    signed = [sketch.asked if rule.looks_at == "question" else sketch.said for sketch in sketches]
    numbers = [_numbers_of(sketch, rule) for sketch in sketches]
    told = [at for at, each in enumerate(signed) if each.words]
    buckets: list[list[int]] = [[] for _ in signed]
    if told:
        shared = _shared(_buckets([signed[at] for at in told], [numbers[at] for at in told], rule))
        for at, own in zip(told, shared, strict=True):
            buckets[at] = own
    return [_Looked(each.words, own, at) for each, own, at in zip(signed, numbers, buckets, strict=True)]


def _numbers_of(sketch: Sketch, rule: Rule) -> Numbers:
    if rule.numbers == "none":
        return frozenset()
    return sketch.numbers_of_question if rule.numbers == "question" else sketch.numbers


def _buckets(signed: Sequence[Signed], numbers: Sequence[Numbers], rule: Rule) -> Hashes:
    """One row for each, of one number for each band of its signature. Two that meet by chance are told apart by their
    words."""
    bands = _signatures(signed)[:, : rule.bands * rule.rows].reshape(len(signed), rule.bands, rule.rows)
    mixed = (bands * _mixers(0)[: rule.rows, 1]).sum(axis=2, dtype=np.uint64) * _mixers(1)[: rule.bands, 1]
    own = np.array([_hash(" ".join(sorted(each)), 0) for each in numbers], np.uint64)
    found: Hashes = mixed ^ own[:, None]
    return found


def _shared(buckets: Hashes) -> list[list[int]]:
    """For each row the buckets that stand in another row, too, each as a small number."""
    _, at, counts = np.unique(buckets, return_inverse=True, return_counts=True)
    at = at.reshape(buckets.shape)
    return [row[several].tolist() for row, several in zip(at, counts[at] > 1, strict=True)]


@lru_cache(maxsize=32_768)
def _sketch(question: str, answer: str, seed: int) -> Sketch:
    asked, answered = stems(question), stems(answer)
    of_question = _hashes(asked, seed)
    of_answer = _hashes(answered, seed)
    whole = np.concatenate([of_question, _neighbours(of_question), of_answer, _neighbours(of_answer)])
    numbers = frozenset(filter(has_digit, asked))
    return Sketch(Signed(of_question, seed), Signed(whole, seed), numbers, numbers | set(filter(has_digit, answered)))


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
    alike = Alike(DUPLICATE, [sketch_of(pair, seed) for pair in pairs])
    kept: list[Pair] = []
    rejected: list[Rejected] = []
    for number, pair in enumerate(pairs):
        first = next(alike.like(number), None)
        if first is None:
            alike.add(number)
            kept.append(pair)
        else:
            rejected.append(rejection(pair, "duplicate", f"it is as good as the same as {pairs[first].question!r}"))
    return kept, rejected


def clusters(pairs: Sequence[Pair], seed: int = 0) -> list[int]:
    """For each pair the number of the first pair of its cluster: paraphrases and same texts, and theirs in turn."""
    groups = Groups(len(pairs))
    sketches = [sketch_of(pair, seed) for pair in pairs]
    for rule in (PARAPHRASE, SAME_TEXT):
        alike = Alike(rule, sketches)
        for number in range(len(pairs)):
            for earlier in alike.like_then_add(number, skip=_joined(groups, number)):
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


def _signatures(signed: Sequence[Signed]) -> Hashes:
    """The signature of each, as rows. Many are made at once, for that is several times as fast."""
    new = [each for each in dict.fromkeys(signed) if each.signature is None]
    ends = np.cumsum([len(each.hashes) for each in new])
    for part in np.split(np.arange(len(new)), np.flatnonzero(np.diff(ends // _AT_ONCE)) + 1):
        _sign([new[number] for number in part])
    return np.stack([each.signature for each in signed if each.signature is not None])


def _sign(signed: Sequence[Signed]) -> None:
    """The least of all words' hashes, once for each place, each time in another order of the words."""
    if not signed:
        return
    order, factor = np.ascontiguousarray(_mixers(signed[0].seed).T)
    ends = np.cumsum([len(each.hashes) for each in signed])
    mixed = np.concatenate([each.hashes for each in signed])[:, None] ^ order
    mixed *= factor
    mixed ^= mixed >> np.uint64(32)
    least = np.minimum.reduceat(mixed, [0, *ends[:-1]], axis=0)
    for each, signature in zip(signed, least, strict=True):
        each.signature = signature
