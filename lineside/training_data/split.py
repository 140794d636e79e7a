"""Pairs -> train, validation and test, so that nothing that is trained on is tested on.

What shares a section, a passage, a passage's words or a wording stays together; such groups are then dealt out so that
the parts come near to their shares, answers and refusals each.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

from lineside.errors import Misconfigured, Refused
from lineside.manuals.passage import Passage
from lineside.training_data.groups import Groups
from lineside.training_data.near import (
    PARAPHRASE,
    SAME_TEXT,
    Alike,
    Rule,
    Sketch,
    clusters,
    rejection,
    sketch_of,
    sketch_of_text,
)
from lineside.training_data.pair import Pair, Part, Rejected
from lineside.training_data.settings import DatasetSettings

PARTS: Final[tuple[Part, ...]] = ("train", "validation", "test")
LEAST_GROUPS: Final = 3
"""With so many groups no part that has a share stays empty."""
OWN_WORDS: Final = 5
"""A passage of fewer words ("Close the nitrogen valve.") stands in many documents and gives nothing away."""


class Leak(Refused):
    """Two parts share something. Nothing may be trained on such a dataset; the fault is in the code that made it."""


class _Group(NamedTuple):
    pairs: list[Pair]
    answers: int
    refusals: int


def split(pairs: Sequence[Pair], settings: DatasetSettings) -> dict[Part, list[Pair]]:
    """Every pair in one of the parts, in the order given. The same pairs and seed give the same parts."""
    groups = [_group(members) for members in _together(pairs)]
    groups.sort(key=lambda group: (-len(group.pairs), _drawn(group, settings.seed)))
    part_of = _dealt(groups, settings)
    found: dict[Part, list[Pair]] = {part: [] for part in PARTS}
    chosen = {id(pair): part_of[number] for number, group in enumerate(groups) for pair in group.pairs}
    for pair in pairs:
        found[chosen[id(pair)]].append(pair)
    return found


def apart(parts: Mapping[Part, Sequence[Pair]], seed: int = 0) -> None:
    """Raises `Leak` where two parts share a section, a passage, a passage's words or a wording.

    It compares the parts as they are and knows nothing of how they were made.
    """
    owner: dict[Hashable, Part] = {}
    for part, pairs in parts.items():
        for mark, told in (each for pair in pairs for each in _marks(pair)):
            if owner.setdefault(mark, part) != part:
                raise Leak(f"{told} stands in {owner[mark]} and in {part}")
    everything = [(part, pair) for part, pairs in parts.items() for pair in pairs]
    for rule in (PARAPHRASE, SAME_TEXT):
        _none_alike(everything, rule, seed)
    _no_passages_alike(everything, seed)


def _none_alike(everything: Sequence[tuple[Part, Pair]], rule: Rule, seed: int) -> None:
    alike = Alike(rule, [sketch_of(pair, seed) for _, pair in everything])
    for number, (part, pair) in enumerate(everything):
        for earlier in alike.like_then_add(number, skip=_all_of(part, everything)):
            other, before = everything[earlier]
            raise Leak(f"{pair.question!r} of {part} is too near to {before.question!r} of {other}")


def _no_passages_alike(everything: Sequence[tuple[Part, Pair]], seed: int) -> None:
    """A twin machine's passage, or that of a manual's next edition, answers for the other one."""
    texts = [
        (part, text)
        for (part, text) in dict.fromkeys((part, text) for part, pair in everything for text in _texts(pair))
    ]
    alike = Alike(SAME_TEXT, [sketch_of_text(text, seed) for _, text in texts])
    for number, (part, text) in enumerate(texts):
        for earlier in alike.like_then_add(number, skip=_all_of(part, texts)):
            raise Leak(f"a passage of {part} is too near to one of {texts[earlier][0]}: {text[:80]!r}")


def _all_of(part: Part, everything: Sequence[tuple[Part, object]]) -> Callable[[int], bool]:
    return lambda number: everything[number][0] == part


def held_out_from(
    extra: Sequence[Pair], parts: Mapping[Part, Sequence[Pair]], seed: int = 0
) -> tuple[list[Pair], list[Rejected]]:
    """Pairs that may be added to train, and those that are too near to what the model is validated or tested on."""
    if not extra:
        return [], []
    held = [pair for part, pairs in parts.items() if part != "train" for pair in pairs]
    marks = {mark for pair in held for mark, _ in _marks(pair)}
    sketches = [sketch_of(pair, seed) for pair in (*held, *extra)]
    near = {at for rule in (PARAPHRASE, SAME_TEXT) for at in _near(rule, sketches, len(held))}
    texts = list(dict.fromkeys(text for pair in held for text in _texts(pair)))
    others = list(dict.fromkeys(text for pair in extra for text in _texts(pair)))
    shown = _near(SAME_TEXT, [sketch_of_text(text, seed) for text in (*texts, *others)], len(texts))
    near_texts = {others[at] for at in shown}
    kept: list[Pair] = []
    rejected: list[Rejected] = []
    for number, pair in enumerate(extra):
        shared = next((told for mark, told in _marks(pair) if mark in marks), "")
        if shared:
            rejected.append(rejection(pair, "held_out", f"{shared} is kept for testing"))
        elif number in near:
            rejected.append(rejection(pair, "held_out", "its question is too near to one that is kept for testing"))
        elif not near_texts.isdisjoint(_texts(pair)):
            rejected.append(rejection(pair, "held_out", "its passage is too near to one that is kept for testing"))
        else:
            kept.append(pair)
    return kept, rejected


def _near(rule: Rule, sketches: Sequence[Sketch], held: int) -> set[int]:
    """Which of those behind the first `held` ones are like one of these, counted from 0."""
    alike = Alike(rule, sketches)
    for number in range(held):
        alike.add(number)
    return {number - held for number in range(held, len(sketches)) if next(alike.like(number), None) is not None}


def _marks(pair: Pair) -> Iterator[tuple[Hashable, str]]:
    """What may stand in one part only, and how a person is told of it."""
    yield ("section", pair.document_id, pair.section), f"section {pair.section!r} of {pair.document}"
    for passage in pair.passages:
        yield ("section", passage.document_id, passage.section), f"section {passage.section!r} of {passage.document}"
        yield ("passage", passage.passage_id), f"passage {passage.passage_id}"
        if words := _own_words(passage):
            yield ("words", words), f"the text of passage {passage.passage_id}"


def _own_words(passage: Passage) -> str:
    return _words_of(passage.text)


@lru_cache(maxsize=65_536)
def _words_of(text: str) -> str:
    words = text.casefold().split()
    return " ".join(words) if len(words) >= OWN_WORDS else ""


def _texts(pair: Pair) -> Iterator[str]:
    """The words of its passages that have words of their own."""
    return filter(None, map(_own_words, pair.passages))


def _together(pairs: Sequence[Pair], seed: int = 0) -> list[list[Pair]]:
    """The groups of pairs that share anything, in the order of their first pairs. `seed` is that of `apart`: what is
    alike is found by hashing, and two seeds find two relations."""
    groups = Groups(len(pairs))
    first: dict[Hashable, int] = {}
    for number, (pair, cluster) in enumerate(zip(pairs, clusters(pairs, seed), strict=True)):
        groups.join(number, cluster)
        for mark, _ in _marks(pair):
            groups.join(number, first.setdefault(mark, number))
    _join_near_passages(pairs, groups, seed)
    found: dict[int, list[Pair]] = {}
    for number, pair in enumerate(pairs):
        found.setdefault(groups.first(number), []).append(pair)
    return list(found.values())


def _join_near_passages(pairs: Sequence[Pair], groups: Groups, seed: int) -> None:
    shown: dict[str, int] = {}
    for number, pair in enumerate(pairs):
        for text in _texts(pair):
            shown.setdefault(text, number)
    owners = list(shown.values())
    alike = Alike(SAME_TEXT, [sketch_of_text(text, seed) for text in shown])
    for number, own in enumerate(owners):
        for at in alike.like_then_add(number, skip=_joined_with(own, owners, groups)):
            groups.join(owners[at], own)


def _joined_with(own: int, owners: Sequence[int], groups: Groups) -> Callable[[int], bool]:
    return lambda at: groups.first(owners[at]) == groups.first(own)


def _group(pairs: list[Pair]) -> _Group:
    refusals = sum(pair.kind == "refusal" for pair in pairs)
    return _Group(pairs, len(pairs) - refusals, refusals)


def _drawn(group: _Group, seed: int) -> bytes:
    """Where chance puts a group among others of its size: by what is in it, so that a new document moves few."""
    return blake2b(f"{seed} {min(pair.pair_id for pair in group.pairs)}".encode(), digest_size=8).digest()


def shares_of(settings: DatasetSettings) -> dict[Part, float]:
    """What each part should hold. Raises `Misconfigured` where nothing is left to train on."""
    held = settings.validation_share + settings.test_share
    if held >= 1:
        raise Misconfigured(f"validation_share and test_share are {held:.2f} together; leave something to train on")
    return {"train": 1 - held, "validation": settings.validation_share, "test": settings.test_share}


def _dealt(groups: Sequence[_Group], settings: DatasetSettings) -> list[Part]:
    """A part for each group, the large ones first, each where it makes the parts most like what they should be."""
    shares = shares_of(settings)
    answers, refusals = sum(group.answers for group in groups), sum(group.refusals for group in groups)
    wished: dict[Part, tuple[float, float]] = {
        part: (shares[part] * answers, shares[part] * refusals) for part in PARTS
    }
    has: dict[Part, tuple[int, int]] = dict.fromkeys(PARTS, (0, 0))
    dealt: list[Part] = []
    for group in groups:
        part = min(PARTS, key=lambda part: _worse(group, has[part], wished[part]))
        has[part] = (has[part][0] + group.answers, has[part][1] + group.refusals)
        dealt.append(part)
    return _none_empty(groups, dealt, [part for part in PARTS if shares[part] > 0])


def _worse(group: _Group, has: tuple[int, int], wished: tuple[float, float]) -> float:
    """How much further from its wish a part is, squared, once it has this group; below zero where it comes nearer."""
    added = (group.answers, group.refusals)
    return sum(
        ((had + more - wish) ** 2 - (had - wish) ** 2) / max(wish, 1) if wish > 0 or not more else float("inf")
        for had, more, wish in zip(has, added, wished, strict=True)
    )


def _none_empty(groups: Sequence[_Group], dealt: list[Part], wanted: Sequence[Part]) -> list[Part]:
    """Every part that has a share gets a group: the smallest of the part with the most. Test comes first."""
    for part in reversed(wanted):
        if part in dealt or len(groups) < (2 if part == "test" else LEAST_GROUPS):
            continue
        most = max(wanted, key=dealt.count)
        if dealt.count(most) > 1:
            dealt[max(at for at, each in enumerate(dealt) if each == most)] = part
    return dealt
