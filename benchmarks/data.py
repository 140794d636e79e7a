"""The real recordings, which are not part of this project: where they are, and how they are read."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from lineside.lake.window import Series, SeriesKey, Window

SECOND_US = 1_000_000


def folder() -> Path | None:
    """`LINESIDE_DATA`, or beside the checkout; None where there is nothing."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    found = Path(os.environ.get("LINESIDE_DATA", beside))
    return found if found.is_dir() else None


@dataclass(frozen=True)
class Recording:
    """All series of a recorded telemetry CSV."""

    series: dict[SeriesKey, Series]

    @property
    def first_us(self) -> int:
        return min(int(series.at_us[0]) for series in self.series.values())

    @property
    def last_us(self) -> int:
        return max(int(series.at_us[-1]) for series in self.series.values())

    def devices(self) -> set[str]:
        return {device for device, _, _ in self.series}

    def of(self, device: str) -> Recording:
        return Recording({key: series for key, series in self.series.items() if key[0] == device})

    def window(self, start_us: int, end_us: int) -> Window:
        found: dict[SeriesKey, Series] = {}
        for key, series in self.series.items():
            first, last = np.searchsorted(series.at_us, (start_us, end_us)).tolist()
            if last > first:
                text = series.text[first:last] if series.text else None
                found[key] = Series(series.at_us[first:last], series.number[first:last], text, series.unit)
        return Window(start_us, end_us, found)

    def next_us(self, after_us: int) -> int | None:
        """When the first reading at or after `after_us` was observed."""
        found = [
            int(series.at_us[at])
            for series in self.series.values()
            if (at := int(np.searchsorted(series.at_us, after_us))) < len(series)
        ]
        return min(found, default=None)

    def without(self, spans: list[tuple[int, int]]) -> Recording:
        """The same recording with these spans of time cut out."""
        kept: dict[SeriesKey, Series] = {}
        for key, series in self.series.items():
            mask = np.ones(len(series), np.bool_)
            for start_us, end_us in spans:
                mask &= (series.at_us < start_us) | (series.at_us >= end_us)
            text = [one for one, keep in zip(series.text, mask, strict=True) if keep] if series.text else None
            kept[key] = Series(series.at_us[mask], series.number[mask], text, series.unit)
        return Recording(kept)


def read_recording(path: Path) -> Recording:
    """A telemetry CSV as columns; of readings with equal times the first counts."""
    rows: dict[SeriesKey, dict[int, tuple[float, str | None]]] = {}
    units: dict[SeriesKey, str] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["value"] == "":
                continue
            key = (row["device"], row["attribute"], "")
            rows.setdefault(key, {}).setdefault(at_us(row["timestamp"]), _value(row["value"]))
            units[key] = row["unit"]
    return Recording({key: _series(values, units[key]) for key, values in rows.items()})


def at_us(timestamp: str) -> int:
    return int(datetime.fromisoformat(timestamp).timestamp() * SECOND_US)


def _value(text: str) -> tuple[float, str | None]:
    if text in ("True", "true"):
        return 1.0, None
    if text in ("False", "false"):
        return 0.0, None
    try:
        return float(text), None
    except ValueError:
        return float("nan"), text


def _series(values: dict[int, tuple[float, str | None]], unit: str) -> Series:
    times = sorted(values)
    text = [values[at][1] for at in times]
    numbers = np.array([values[at][0] for at in times], np.float64)
    return Series(np.array(times, np.int64), numbers, text if any(text) else None, unit)
