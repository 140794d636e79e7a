"""Frozen sensor: a signal that used to vary repeats exactly one value, for far longer than it ever did.

What never varied cannot freeze: constants, set-points and text are never judged, and neither is a counter or an
exact zero, which is what a signal at rest says.
"""

from __future__ import annotations

from math import log

import msgspec
import numpy as np
from numpy.typing import NDArray

from lineside.detection.finding import Evidence, Finding
from lineside.detection.settings import SECOND_US, FrozenSettings


class Repetition(msgspec.Struct):
    """The run of equal values that a signal is in, and the longest before it, in readings and microseconds."""

    value: float = 0.0
    since_us: int = 0
    last_us: int = 0
    count: int = 0
    longest: int = 0
    longest_us: int = 0
    readings: int = 0
    changes: int = 0

    def take(self, times: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """Take readings, sorted and newer than all before; at least one."""
        firsts = np.flatnonzero(values[1:] != values[:-1]) + 1
        if self.count and values[0] != self.value:
            self._end_run()
        if not self.count:
            self.since_us = int(times[0])
        self.readings += len(values)
        if len(firsts) == 0:
            self.count += len(values)
        else:
            self.count += int(firsts[0])
            self.last_us = int(times[firsts[0] - 1])
            self._end_run()
            self._remember(firsts, times)
            self.changes += len(firsts) - 1
            self.count = len(values) - int(firsts[-1])
            self.since_us = int(times[firsts[-1]])
        self.value, self.last_us = float(values[-1]), int(times[-1])

    def interrupt(self) -> None:
        """The machine stood still: what it repeats across that is no repetition."""
        self.count = 0

    def _end_run(self) -> None:
        self.changes += 1
        self._learn(self.count, self.last_us - self.since_us)
        self.count = 0

    def _remember(self, firsts: NDArray[np.intp], times: NDArray[np.int64]) -> None:
        """The runs that began and ended within these readings."""
        if len(firsts) < 2:
            return
        counts = np.diff(firsts)
        lasted = times[firsts[1:] - 1] - times[firsts[:-1]]
        self._learn(int(counts.max()), int(lasted.max()))

    def _learn(self, count: int, lasted_us: int) -> None:
        self.longest = max(self.longest, count)
        self.longest_us = max(self.longest_us, lasted_us)

    def is_frozen(self, settings: FrozenSettings) -> bool:
        if self.count < settings.least_repeats:
            return False
        earlier = self.readings - self.count
        if earlier < settings.least_readings or self.changes < settings.least_changes or self.value == 0:
            return False
        lasts_us = self.last_us - self.since_us
        least_us = max(settings.least_seconds * SECOND_US, settings.times_longest * self.longest_us)
        least = max(settings.times_longest * self.longest, self._least_for_chance(settings))
        return lasts_us >= least_us and self.count >= least

    def _least_for_chance(self, settings: FrozenSettings) -> float:
        """Repeats that independent readings would show less often than `chance`."""
        stays = 1 - self.changes / max(1, self.readings - self.count)
        return log(settings.chance) / log(max(stays, 1e-6)) if stays < 1 else float("inf")


def finding_of(repetition: Repetition, device: str, attribute: str, unit: str, now_us: int) -> Finding:
    """Since when, how often, and how often it did before."""
    note = f"the same value {repetition.count} times; never before more than {repetition.longest} times"
    evidence = Evidence(device, attribute, repetition.value, repetition.last_us, unit, note=note)
    return Finding("frozen", device, repetition.since_us, now_us, attribute, (evidence,))
