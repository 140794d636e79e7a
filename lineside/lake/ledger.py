"""Which readings an hour already holds, for a plant where one process writes.

A reading's identity within its hour is one integer: the number of its series in the upper half, the microseconds
since the hour began in the lower (an hour has 3.6e9 of them, which fits 32 bits). Sixteen bytes a reading, so that
an hour at 100 readings a second costs 6 MB.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lineside.lake.rows import Ints, Rows
from lineside.lake.window import SeriesKey

_OFFSET_BITS = 32


@dataclass
class SeriesNumbers:
    """A number for each series of a line, given out in order of appearance."""

    _number: dict[SeriesKey, int] = field(default_factory=dict)

    def of(self, rows: Rows) -> Ints:
        """The number of each row's series."""
        numbers = [self._number.setdefault(key, len(self._number)) for key in rows.series]
        return np.array(numbers, np.int64)[rows.code] if numbers else np.zeros(0, np.int64)

    def __len__(self) -> int:
        return len(self._number)


class HourLedger:
    """The identities and value fingerprints of one observed hour, and the batches they came from."""

    def __init__(self, start_us: int) -> None:
        self._start_us = start_us
        self._newest = np.full(0, -1, np.int64)
        self._runs: list[tuple[Ints, Ints]] = []
        self.batches: set[str] = set()

    @property
    def size_bytes(self) -> int:
        return 1024 + 16 * sum(len(keys) for keys, _ in self._runs)

    def known(self, series: Ints, observed: Ints, fingerprint: Ints) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which rows the hour already holds, and which of those with another value."""
        known, conflicting = np.zeros(len(series), bool), np.zeros(len(series), bool)
        self._make_room(series)
        # Time mostly moves on: what is newer than anything of its series cannot be known.
        doubtful = np.flatnonzero(observed - self._start_us <= self._newest[series])
        if not len(doubtful):
            return known, conflicting
        keys, prints = self._keys(series[doubtful], observed[doubtful]), fingerprint[doubtful]
        for held, held_prints in self._runs:
            place = np.minimum(np.searchsorted(held, keys), len(held) - 1)
            hit = held[place] == keys
            known[doubtful[hit]] = True
            conflicting[doubtful[hit & (held_prints[place] != prints)]] = True
        return known, conflicting

    def add(self, series: Ints, observed: Ints, fingerprint: Ints, batch: str) -> None:
        """Remember rows that the hour did not hold."""
        self.batches.add(batch)
        if not len(series):
            return
        self._make_room(series)
        np.maximum.at(self._newest, series, observed - self._start_us)
        keys = self._keys(series, observed)
        order = np.argsort(keys)
        self._runs.append((keys[order], fingerprint[order]))
        while len(self._runs) > 1 and len(self._runs[-2][0]) <= 2 * len(self._runs[-1][0]):
            self._merge_last_two()

    def _keys(self, series: Ints, observed: Ints) -> Ints:
        return (series << _OFFSET_BITS) | (observed - self._start_us)

    def _merge_last_two(self) -> None:
        (keys, prints), (more_keys, more_prints) = self._runs[-2:]
        keys, prints = np.concatenate((keys, more_keys)), np.concatenate((prints, more_prints))
        order = np.argsort(keys, kind="stable")
        self._runs[-2:] = [(keys[order], prints[order])]

    def _make_room(self, series: Ints) -> None:
        needed = int(series.max(initial=-1)) + 1
        if needed > len(self._newest):
            room = np.full(max(needed, 2 * len(self._newest)), -1, np.int64)
            room[: len(self._newest)] = self._newest
            self._newest = room
