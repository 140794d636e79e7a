"""How often something speaks: the median of the last few intervals."""

from __future__ import annotations

import itertools

import msgspec

_INTERVALS = 15
PACE_READINGS = _INTERVALS + 1
"""As many of the newest readings as `Pace.take` looks at."""


class Pace(msgspec.Struct):
    """`interval_us` is the usual time between two readings; 0 until there were two."""

    last_us: int = 0
    intervals: list[int] = []
    interval_us: int = 0

    def take(self, times: list[int]) -> None:
        """Take the times of readings, sorted and newer than all before."""
        newest = times[-PACE_READINGS:]
        steps = [after - before for before, after in itertools.pairwise(newest)]
        if self.last_us and len(times) <= _INTERVALS:
            steps.insert(0, newest[0] - self.last_us)
        self.last_us = times[-1]
        if steps:
            self.intervals = (self.intervals + steps)[-_INTERVALS:]
            self.interval_us = sorted(self.intervals)[len(self.intervals) // 2]
