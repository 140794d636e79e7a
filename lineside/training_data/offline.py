"""Questions and answers out of a document's structure: steps, rows, limits, bans, conditions, rules and headings.

It runs anywhere, at no cost, and says so: its pairs are made by `offline`. Every answer is the document's own words,
in English and, where the sentences are simple, in German; a chunk in another language gives nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2s
from typing import Final

from lineside.answering.orders import without_orders
from lineside.answering.prompt import tokens
from lineside.training_data.asking.phrases import PHRASES
from lineside.training_data.asking.place import place_of
from lineside.training_data.draft import Draft, Misfit
from lineside.training_data.fields import rows_of
from lineside.training_data.found import Found
from lineside.training_data.from_prose import from_prose
from lineside.training_data.from_rows import from_row
from lineside.training_data.from_steps import from_steps
from lineside.training_data.grading import category_of, severity_of
from lineside.training_data.language import language_of
from lineside.training_data.pair import OFFLINE, Chunk
from lineside.training_data.support import speaks_of_itself

LONGEST_ANSWER: Final = 600
"""Tokens. A longer list of steps is more than a small model should say at once."""
_KINDS: Final = (
    "procedure", "code", "ban", "limit", "condition", "need", "next", "record", "rule", "value", "meaning", "about",
    "first", "check", "before", "cause", "code_of",
)  # fmt: skip
"""In this order they take turns, where fewer pairs are wanted than there are."""


class OfflineGenerator:
    """A `Generator` that asks nobody."""

    name: Final = OFFLINE

    def generate(self, chunk: Chunk, wanted: int) -> tuple[Draft | Misfit, ...]:
        """The same for the same chunk; fewer than wanted where the chunk's structure carries no more."""
        if wanted < 1:
            return ()
        every = _every(chunk)
        chosen = _chosen(every, wanted)
        return tuple(_draft(each) for each in every if each.question in chosen)


@lru_cache(maxsize=4_096)
def _every(chunk: Chunk) -> tuple[Found, ...]:
    """Everything that a chunk carries. It is asked for twice: first how much that is, then for some of it."""
    language = _language(chunk)
    return _fitting(_found(chunk, language)) if language in PHRASES else ()


def _language(chunk: Chunk) -> str:
    first = chunk.passages[0]
    return language_of(chunk.text) or language_of(f"{first.section} {first.title}") or ("en" if first.text else "")


def _found(chunk: Chunk, language: str) -> Iterator[Found]:
    """Everything that can be asked, in reading order."""
    texts = [without_orders(passage.text).strip() for passage in chunk.passages]
    rows = rows_of(["" if passage.step else text for passage, text in zip(chunk.passages, texts, strict=True)])
    yield from from_steps(chunk, texts, language)
    for at in range(chunk.overlapping, len(chunk.passages)):
        passage, text, row = chunk.passages[at], texts[at], rows[at]
        place = place_of(passage, language)
        if row is not None:
            yield from from_row(row, place)
        elif text:
            yield from from_prose(text, passage, place, first=at == 0 and not passage.step)


def _fitting(found: Iterable[Found]) -> tuple[Found, ...]:
    """Each question once, and no answer that is too long."""
    kept: dict[str, Found] = {}
    for each in found:
        if tokens(each.answer) <= LONGEST_ANSWER and not speaks_of_itself(each.answer):
            kept.setdefault(each.question, each)
    return tuple(kept.values())


def _chosen(found: Iterable[Found], wanted: int) -> set[str]:
    """The questions to keep: the kinds take turns, and of one kind any part of the chunk may come first."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for each in found:
        by_kind[each.kind].append(each.question)
    queues = [sorted(by_kind[kind], key=_digest) for kind in _KINDS if kind in by_kind]
    longest = max(map(len, queues), default=0)
    in_turn = [queue[turn] for turn in range(longest) for queue in queues if turn < len(queue)]
    return set(in_turn[:wanted])


def _digest(text: str) -> bytes:
    return blake2s(text.encode(), digest_size=8).digest()


def _draft(found: Found) -> Draft:
    said = f"{found.question} {found.answer}"
    category = category_of(
        said, found.topic, banned=found.kind == "ban", code=found.kind in {"code", "cause", "code_of"}
    )
    return Draft(
        question=found.question,
        answer=found.answer,
        category=category,
        severity=severity_of(category, said),
        steps=found.steps,
    )
