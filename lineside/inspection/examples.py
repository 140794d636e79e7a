"""Reviewed images as examples: for a vision model to look at, and as rows to train on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from lineside.inspection.intake import without_metadata
from lineside.inspection.model import DEFECTS, Inspection, Region, Verdict
from lineside.inspection.ports import DAY_US, Example, Image, InspectionStore
from lineside.inspection.settings import InspectionSettings

CLASSES: Final[tuple[Verdict, ...]] = ("good", *DEFECTS)
"""What there can be an example of."""
PAGE: Final = 1_000


class VerdictRow(msgspec.Struct, frozen=True):
    """One line of a data set: an image by its hash, and what a person says it shows. Without names and notes, which
    are about people."""

    image_id: str
    media_type: str
    width: int
    height: int
    line: str
    device: str
    taken_us: int
    verdict: Verdict
    regions: tuple[Region, ...]
    """Where it is, as the inspector saw it; empty where the person said otherwise."""
    seen: Verdict | None
    inspector: str
    sampled: float
    """The chance with which it came before a person; a training run may weigh by its inverse."""


def all_reviewed(store: InspectionStore, site: str, since_us: int = 0) -> Iterator[Inspection]:
    """Those whose verdict was given then or later, the newest first, however many they are."""
    page = store.reviewed(site, PAGE)
    known: set[str] = set()
    while new := [one for one in page if one.image_id not in known]:
        for one in new:
            if one.review is not None and one.review.at_us >= since_us:
                yield one
        # Verdicts of the same microsecond may stand on both sides of a page's end.
        oldest_us = min(one.review.at_us for one in new if one.review is not None)
        if oldest_us < since_us:
            return
        known = {one.image_id for one in page}
        page = store.reviewed(site, PAGE, oldest_us + 1)


def verdict_rows(known: Iterable[Inspection]) -> Iterator[VerdictRow]:
    """What a fine-tune can use: of each class what a person has said, as long as the image is kept."""
    for one in known:
        if one.review is None or one.forgotten or one.review.verdict not in CLASSES:
            continue
        agreed = one.seen is not None and one.seen.verdict == one.review.verdict
        yield VerdictRow(
            image_id=one.image_id,
            media_type=one.media_type,
            width=one.width,
            height=one.height,
            line=one.line,
            device=one.device,
            taken_us=one.taken_us,
            verdict=one.review.verdict,
            regions=one.seen.regions if agreed and one.seen else (),
            seen=one.seen.verdict if one.seen else None,
            inspector=one.seen.inspector if one.seen else "",
            sampled=one.sampled,
        )


def chosen(known: Sequence[Inspection], device: str, most: int) -> list[Inspection]:
    """Up to `most`, one of each class in turn; of a class this device's own first, then the newest."""
    by_class = {
        verdict: sorted(
            (one for one in known if one.review and not one.forgotten and one.review.verdict == verdict),
            key=lambda one: (one.device != device, -(one.review.at_us if one.review else 0), one.image_id),
        )
        for verdict in CLASSES
    }
    turns = range(max(map(len, by_class.values())))
    found = [of_class[turn] for turn in turns for of_class in by_class.values() if turn < len(of_class)]
    return found[:most]


def within(most_bytes: int, kept: Iterable[tuple[Inspection, Image | None]]) -> tuple[Example, ...]:
    """The examples that fit together; one whose image is gone, or too large, is passed over."""
    found: list[Example] = []
    for inspection, image in kept:
        if image is None or inspection.review is None or len(image.content) > most_bytes:
            continue
        most_bytes -= len(image.content)
        found.append(Example(without_metadata(image), inspection.review.verdict))
    return tuple(found)


def no_longer_kept(known: Iterable[Inspection], settings: InspectionSettings, now_us: int) -> list[Inspection]:
    """Reviewed images that are past their retention. `known` has the newest verdict first."""
    left = dict.fromkeys(CLASSES, settings.examples_kept)
    old: list[Inspection] = []
    for one in known:
        if one.review is None or one.forgotten:
            continue
        is_example = left.get(one.review.verdict, 0) > 0
        if is_example:
            left[one.review.verdict] -= 1
        days = settings.example_days if is_example else settings.image_days
        if one.received_us < now_us - days * DAY_US:
            old.append(one)
    return old
