"""Reviewed images as a data set to train on: each with what a person said of it, dealt into three parts. Pure.

Images of one camera within the same ten minutes go into the same part, so that a product that was photographed twice,
or a fault that marked one product after another, is not learnt from and tested on. Which part it is hangs on the
camera, the time and the seed alone: what comes later moves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final, Literal, get_args

from lineside.inspection.examples import CLASSES, VerdictRow
from lineside.inspection.model import Verdict

Part = Literal["train", "validation", "test"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
TRAIN, VALIDATION = 0.8, 0.1
TOGETHER_US: Final = 600_000_000
FEW: Final = 30
"""Images of a class; what has fewer in all is hardly learnt, and its figures say little."""


def part_of(row: VerdictRow, seed: int) -> Part:
    group = f"{seed}/{row.line}/{row.device}/{row.taken_us // TOGETHER_US}"
    drawn = int.from_bytes(sha256(group.encode("utf-8", "replace")).digest()[:8], "big") / 2**64
    if drawn < TRAIN:
        return "train"
    return "validation" if drawn < TRAIN + VALIDATION else "test"


def dealt(rows: Iterable[VerdictRow], seed: int) -> dict[Part, list[VerdictRow]]:
    """In the order of their hashes."""
    parts: dict[Part, list[VerdictRow]] = {part: [] for part in PARTS}
    for row in sorted(rows, key=lambda row: row.image_id):
        parts[part_of(row, seed)].append(row)
    return parts


def report_of(parts: Mapping[Part, list[VerdictRow]], seed: int, missing: int) -> dict[str, Any]:
    """`missing`: images that were reviewed and are no longer kept. `few`: classes that need more images."""
    of_class = Counter(row.verdict for rows in parts.values() for row in rows)
    return {
        "kind": "reviewed images",
        "images": of_class.total(),
        "missing": missing,
        "seed": seed,
        "parts": {part: _by_class(parts[part]) for part in PARTS},
        "cameras": dict(sorted(Counter(row.device for rows in parts.values() for row in rows).items())),
        "inspector_was_wrong": sum(row.seen != row.verdict for rows in parts.values() for row in rows),
        "few": [verdict for verdict in CLASSES if of_class[verdict] < FEW],
    }


def _by_class(rows: Iterable[VerdictRow]) -> dict[Verdict, int]:
    counted = Counter(row.verdict for row in rows)
    return {verdict: counted[verdict] for verdict in CLASSES}
