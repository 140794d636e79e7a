"""Pairs that are as good as the same."""

from __future__ import annotations

from collections.abc import Sequence

from lineside.training_data.pair import Pair, Rejected


def without_near_duplicates(pairs: Sequence[Pair], seed: int) -> tuple[list[Pair], list[Rejected]]:
    """The first of every pairs that are as good as the same, and the others with the reason."""
    kept: dict[tuple[str, str], Pair] = {}
    rejected = []
    for pair in pairs:
        if kept.setdefault((pair.question, pair.answer), pair) is not pair:
            rejected.append(Rejected("duplicate", "an earlier pair is the same", pair.document, pair_id=pair.pair_id))
    return list(kept.values()), rejected
