"""Readings -> bins: the grain in which drift thinks.

A bin begins with a reading and holds every reading of the following seconds; its value is their median, and the lower
one of two, so that a value in steps stays in steps. Nothing
hangs on a clock: the same recording shifted by a minute gives the same bins.
"""

from __future__ import annotations

from bisect import bisect_left

import msgspec

from lineside.detection.pace import Pace
from lineside.detection.settings import SECOND_US, BinSettings

_KEPT = 130
_TRIM_AT = 200


class Bins(msgspec.Struct):
    """The newest closed bins of one signal, the one that is still open, and how often the signal is sampled.

    `flagged` bins are not reference.
    """

    starts: list[int] = []
    values: list[float] = []
    flagged: list[bool] = []
    open_us: int = 0
    open_values: list[float] = []
    pace: Pace = msgspec.field(default_factory=Pace)

    def __len__(self) -> int:
        return len(self.values)

    def width_us(self, settings: BinSettings) -> int:
        """How far apart the bins of this signal usually are."""
        return max(int(settings.seconds * SECOND_US), self.pace.interval_us)

    def add(self, times: list[int], values: list[float], now_us: int, settings: BinSettings) -> int:
        """Take readings, sorted and newer than all before; return how many bins they closed, with `now_us`."""
        if times:
            self.pace.take(times)
        span_us = int(settings.seconds * SECOND_US)
        alone = self.pace.interval_us >= span_us
        closed = at = 0
        while at < len(times) or self.open_values:
            if not self.open_values:
                self.open_us = times[at]
            end_us = self.open_us + span_us
            after = bisect_left(times, end_us, at)
            self.open_values += values[at:after]
            at = after
            if at == len(times) and now_us < end_us and not alone:
                break
            self._close()
            closed += 1
        return closed

    def _close(self) -> None:
        self.starts.append(self.open_us)
        self.values.append(sorted(self.open_values)[(len(self.open_values) - 1) // 2])
        self.flagged.append(False)
        self.open_values = []

    def trim(self) -> None:
        """Forget what is too old to be reference."""
        if len(self.values) > _TRIM_AT:
            for column in (self.starts, self.values, self.flagged):
                del column[:-_KEPT]
