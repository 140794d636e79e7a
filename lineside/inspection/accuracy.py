"""How right the inspector was, by class and by week, from the images that a person looked at.

People look at what nobody was sure of, which is where mistakes are, and at a share of the rest that is drawn by
chance. Each image therefore counts by the inverse of the chance with which it came before a person (Horvitz and
Thompson); an image that a person picked counts nowhere. The intervals use the effective number of images (Kish), so
that a few heavy ones do not look like many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import Final

import msgspec

from lineside.inspection.model import VERDICTS, Inspection, Verdict

MOST_WRONG: Final = 100
_Z: Final = 1.96
"""Two sides of 95 %."""


class Share(msgspec.Struct, frozen=True):
    """An estimate between 0 and 1 with its 95 % interval (Wilson). `images` is how many it rests on."""

    value: float
    low: float
    high: float
    images: int


class ClassAccuracy(msgspec.Struct, frozen=True):
    """None where no image says anything about it."""

    verdict: Verdict
    precision: Share | None
    """Of the images that it called so, those that are."""
    recall: Share | None
    """Of the images that are so, those that it called so."""


class Wrong(msgspec.Struct, frozen=True):
    """An image to look at again."""

    image_id: str
    seen: Verdict
    is_really: Verdict
    confidence: float


class WeekAccuracy(msgspec.Struct, frozen=True):
    """One week, from its Monday (UTC) on. `audited` of the `reviewed` were confident; `waiting` were not looked at."""

    monday: str
    reviewed: int
    audited: int
    waiting: int
    classes: tuple[ClassAccuracy, ...]
    wrong: tuple[Wrong, ...]
    note: str


class _Judged(msgspec.Struct, frozen=True):
    image_id: str
    seen: Verdict
    really: Verdict
    confidence: float
    weight: float


def accuracy_by_week(known: Iterable[Inspection]) -> list[WeekAccuracy]:
    """One entry for every week in which an image was taken that was reviewed, or waits; the newest first."""
    weeks: dict[str, list[Inspection]] = defaultdict(list)
    for one in known:
        if one.review is not None or one.queued:
            weeks[_monday(one.taken_us)].append(one)
    return [accuracy(monday, weeks[monday]) for monday in sorted(weeks, reverse=True)]


def accuracy(monday: str, known: Sequence[Inspection]) -> WeekAccuracy:
    """The figures of these inspections, whenever they were."""
    judged = [one for one in map(_judged, known) if one]
    counted = [one for one in judged if one.weight]
    audited = sum(one.weight > 1 for one in counted)
    waiting = sum(one.queued for one in known)
    wrong = [
        Wrong(one.image_id, one.seen, one.really, one.confidence)
        for one in sorted(judged, key=lambda one: (-one.confidence, one.image_id))
        if one.seen != one.really
    ]
    found = {verdict for one in counted for verdict in (one.seen, one.really)}
    classes = tuple(_of_class(verdict, counted) for verdict in VERDICTS if verdict in found)
    picked = len(judged) - len(counted)
    note = _note(len(counted), audited, waiting, picked)
    return WeekAccuracy(monday, len(judged), audited, waiting, classes, tuple(wrong[:MOST_WRONG]), note)


def _judged(one: Inspection) -> _Judged | None:
    if one.seen is None or one.review is None:
        return None
    weight = 1 / one.sampled if one.sampled > 0 else 0.0
    return _Judged(one.image_id, one.seen.verdict, one.review.verdict, one.seen.confidence, weight)


def _of_class(verdict: Verdict, judged: Sequence[_Judged]) -> ClassAccuracy:
    called = [one for one in judged if one.seen == verdict]
    are = [one for one in judged if one.really == verdict]
    return ClassAccuracy(verdict, _share(called), _share(are))


def _share(images: Sequence[_Judged]) -> Share | None:
    """The weighted share of those that were seen as what they are."""
    if not images:
        return None
    total = sum(one.weight for one in images)
    value = sum(one.weight for one in images if one.seen == one.really) / total
    effective = total**2 / sum(one.weight**2 for one in images)
    low, high = wilson(value, effective)
    return Share(value, low, high, len(images))


def wilson(value: float, images: float) -> tuple[float, float]:
    """The 95 % interval of a share that `images` show."""
    square = _Z**2
    middle = (value + square / (2 * images)) / (1 + square / images)
    half = _Z * sqrt(value * (1 - value) / images + square / (4 * images**2)) / (1 + square / images)
    return max(0.0, middle - half), min(1.0, middle + half)


def _note(counted: int, audited: int, waiting: int, picked: int) -> str:
    """What the figures cannot say, in words."""
    if not counted:
        said = ["Nobody has looked at an image that was drawn; there is nothing to tell."]
    elif not audited:
        said = ["Nobody has looked at an image of which it was sure, so what is surely wrong is not in these figures."]
    else:
        said = [f"Of {counted} images it was sure of {audited}; each of these stands for the many that nobody saw."]
    if waiting:
        said.append(f"{waiting} still wait for a person and are not counted.")
    if picked:
        said.append(f"{picked} were picked by a person; they count in no share.")
    return " ".join(said)


def _monday(at_us: int) -> str:
    day = datetime.fromtimestamp(at_us / 1e6, UTC).date()
    return (day - timedelta(days=day.weekday())).isoformat()
