"""The slow channel of drift: is a value outside everything that days of history call usual?

Mean and standard deviation of the past, learned late: a bin teaches only when it leaves the short memory, so that a
fault which creeps in does not widen the band it is about to cross. Everything teaches, faults too.
"""

from __future__ import annotations

from math import sqrt

import msgspec

from lineside.detection.settings import SECOND_US, LevelSettings

_DAY_US = 86_400 * SECOND_US


class Level(msgspec.Struct):
    """What is usual, over `count` bins since `since_us`, and whether the value is `out` of it.

    `inside` and `outside` count bins since the last one outside, and outside since it was last properly inside.
    """

    count: int = 0
    mean: float = 0.0
    variance: float = 0.0
    since_us: int = 0
    inside: int = 0
    outside: int = 0
    out: bool = False
    value: float = 0.0

    @property
    def deviation(self) -> float:
        return sqrt(self.variance) + 1e-9

    def score(self) -> float:
        """How many standard deviations the last value seen lies from the mean."""
        return (self.value - self.mean) / self.deviation

    def learn(self, value: float, at_us: int, settings: LevelSettings) -> None:
        self.since_us = self.since_us or at_us
        self.count = min(self.count + 1, settings.most_bins)
        step = value - self.mean
        self.mean += step / self.count
        self.variance += (step * (value - self.mean) - self.variance) / self.count

    def watch(self, newest: float, recent: float, at_us: int, settings: LevelSettings) -> None:
        """Take the newest bin and the median of the recent ones."""
        self.value = recent
        if not self._is_known(at_us, settings):
            return
        band = settings.deviations * self.deviation
        if abs(newest - self.mean) > band:
            self.inside, self.outside = 0, self.outside + 1
        else:
            self.inside += 1
        if self.inside >= settings.inside:
            self.outside = 0
        self._decide(abs(recent - self.mean) > band, settings)

    def _is_known(self, at_us: int, settings: LevelSettings) -> bool:
        return self.count >= settings.least_bins and at_us - self.since_us >= settings.least_days * _DAY_US

    def _decide(self, is_outside: bool, settings: LevelSettings) -> None:
        if self.outside >= settings.outside:
            self._start_anew()
        elif is_outside:
            self.out = True
        elif self.inside >= settings.inside:
            self.out = False

    def _start_anew(self) -> None:
        self.count = self.inside = self.outside = self.since_us = 0
        self.mean = self.variance = 0.0
        self.out = False
