"""Signals made for tests: a seeded noise, what happens to it, and a replay of it tick by tick."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from lineside.detection.finding import Finding
from lineside.detection.watch import LineMemory, watch
from lineside.lake.window import Series, SeriesKey, Window
from lineside.site.model import UNASSIGNED_LINE, Line

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
START_US = 1_741_000_000 * SECOND_US
UNKNOWN_LINE = Line(id=UNASSIGNED_LINE)

Numbers = NDArray[np.float64]
AllSeries = dict[SeriesKey, Series]


def times(minutes: float, every_seconds: float = 1.0) -> NDArray[np.int64]:
    count = int(minutes * 60 / every_seconds)
    return START_US + (np.arange(count) * every_seconds * SECOND_US).astype(np.int64)


def noise(count: int, seed: int = 0, *, mean: float = 50.0, sigma: float = 1.0) -> Numbers:
    return mean + sigma * np.random.default_rng(seed).normal(size=count)


def at_minute(at_us: NDArray[np.int64]) -> Numbers:
    return (at_us - START_US) / MINUTE_US


def signal(minutes: float = 120, every_seconds: float = 1.0, seed: int = 0, unit: str = "") -> Series:
    at_us = times(minutes, every_seconds)
    return Series(at_us, noise(len(at_us), seed), unit=unit)


def changed(series: Series, start: float, end: float, change: Callable[[Numbers], Numbers]) -> Series:
    """The series with `change` applied between two minutes."""
    minute = at_minute(series.at_us)
    during = (minute >= start) & (minute < end)
    number = series.number.copy()
    number[during] = change(number[during])
    return Series(series.at_us, number, series.text, series.unit)


def without(series: Series, start: float, end: float) -> Series:
    """The series with nothing between two minutes."""
    minute = at_minute(series.at_us)
    kept = (minute < start) | (minute >= end)
    text = [one for one, keep in zip(series.text, kept, strict=True) if keep] if series.text else None
    return Series(series.at_us[kept], series.number[kept], text, series.unit)


def states(minutes: float, spans: list[tuple[float, float, str]], every_seconds: float = 5.0) -> Series:
    """A state series: Running but in these spans (from minute, to minute, state)."""
    at_us = times(minutes, every_seconds)
    text: list[str | None] = ["Running"] * len(at_us)
    for index, minute in enumerate(at_minute(at_us)):
        for start, end, state in spans:
            if start <= minute < end:
                text[index] = state
    return Series(at_us, np.full(len(at_us), np.nan), text)


def window(series: AllSeries, start_us: int, end_us: int) -> Window:
    found: AllSeries = {}
    for key, one in series.items():
        first, last = np.searchsorted(one.at_us, (start_us, end_us)).tolist()
        text = one.text[first:last] if one.text else None
        if last > first:
            found[key] = Series(one.at_us[first:last], one.number[first:last], text, one.unit)
    return Window(start_us, end_us, found)


def ticks(
    series: AllSeries,
    line: Line = UNKNOWN_LINE,
    *,
    minutes: float = 120,
    every_minutes: float = 5,
    first_minute: float = 5,
    overlap_us: int = 0,
    through_bytes: bool = False,
) -> Iterator[tuple[float, list[Finding]]]:
    """Minute of each tick, and what was found in it."""
    memory = LineMemory()
    minute = first_minute
    while minute <= minutes:
        now_us = START_US + round(minute * MINUTE_US)
        read = window(series, memory.reads_from_us(now_us) - overlap_us, now_us)
        yield minute, watch(memory, read, line, now_us)
        memory = LineMemory.decode(memory.encode()) if through_bytes else memory
        minute += every_minutes


def appearances(found: Iterator[tuple[float, list[Finding]]], kind: str) -> list[tuple[float, Finding]]:
    """Minute and finding whenever one of this kind appears that was not there the tick before."""
    before: set[str] = set()
    told: list[tuple[float, Finding]] = []
    for minute, findings in found:
        told += [(minute, one) for one in findings if one.kind == kind and one.key not in before]
        before = {one.key for one in findings}
    return told


def minutes_of(told: list[tuple[float, Finding]]) -> list[float]:
    return [minute for minute, _ in told]
