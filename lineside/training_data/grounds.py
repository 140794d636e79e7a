"""What a chunk says."""

from __future__ import annotations

from lineside.training_data.pair import Pair


def cited(pair: Pair) -> str:
    return pair.answer
