"""Three parts that share nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lineside.training_data.pair import Pair, Part, Rejected
from lineside.training_data.settings import DatasetSettings


def split(pairs: Sequence[Pair], settings: DatasetSettings) -> dict[Part, list[Pair]]:
    """Every pair in one of the parts."""
    return {"train": list(pairs), "validation": [], "test": []}


def held_out_from(extra: Sequence[Pair], parts: Mapping[Part, Sequence[Pair]]) -> tuple[list[Pair], list[Rejected]]:
    """Those that may be trained on, and those that are too near to what is tested."""
    return list(extra), []


def apart(parts: Mapping[Part, Sequence[Pair]]) -> None:
    """Raises `Leak` where two parts share anything."""
