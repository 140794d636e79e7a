"""Readings, and what a lake holds of them, in the words of the tests."""

from __future__ import annotations

import math
from collections.abc import Iterable

from lineside.lake import Lake
from lineside.lake.window import Window
from lineside.telemetry.reading import Identity, Quality, Reading, Value

SIX_US = 1_740_981_600_000_000
"""2025-03-03T06:00:00Z."""
HOUR_US = 3_600_000_000
SECOND_US = 1_000_000
SITE, LINE = "bakery-north", "line-1"


def reading(
    second: float = 0,
    value: Value = 1.0,
    device: str = "Oven",
    attribute: str = "Temperature",
    *,
    received: float | None = None,
    unit: str = "CEL",
    dataset: str = "",
    quality: Quality = "good",
) -> Reading:
    """A reading `second` seconds after six o'clock, received at once unless said otherwise."""
    observed_us = SIX_US + round(second * SECOND_US)
    received_us = observed_us if received is None else SIX_US + round(received * SECOND_US)
    return Reading(
        device, attribute, observed_us, value, unit=unit, dataset=dataset, quality=quality, received_us=received_us
    )


def contents(window: Window) -> dict[Identity, Value]:
    """Every reading of a window by its identity; a signal of text holds text, every other numbers."""
    held: dict[Identity, Value] = {}
    for (device, attribute, dataset), series in window.series.items():
        texts = series.text or [None] * len(series)
        for at, number, text in zip(series.at_us.tolist(), series.number.tolist(), texts, strict=True):
            assert math.isnan(number) == (text is not None)
            assert (device, attribute, dataset, at) not in held
            held[device, attribute, dataset, at] = number if text is None else text
    return held


def everything(lake: Lake, hours: int = 24) -> dict[Identity, Value]:
    return contents(lake.window(SITE, LINE, SIX_US - HOUR_US, SIX_US + hours * HOUR_US, include_bad=True))


def first_received(readings: Iterable[Reading]) -> dict[Identity, Value]:
    """What a lake should hold of readings that are given in the order of their batches."""
    kept: dict[Identity, Reading] = {}
    for one in readings:
        held = kept.get(one.identity)
        if held is None or one.received_us < held.received_us:
            kept[one.identity] = one
    return {identity: one.value for identity, one in kept.items()}
