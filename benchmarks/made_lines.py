"""Lines that nobody has seen: random names, flows, values, noises, delays, and one machine that spoils the material.

Nothing of the simulated cookie line is in them. What a value looks like (white noise, noise that remembers, coarse
steps), how it changes (at once or slowly), how long material takes to the inspector and how strongly the defects answer
are all drawn. Every line has a machine after the inspector that changes too and must never be blamed; some have one in
between that follows the culprit, and some one upstream that changes only after the defects.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.lake.window import Series, SeriesKey
from lineside.site.model import Line, Machine, RejectRate

SECOND_US = 1_000_000
START_US = 1_800_000_000 * SECOND_US
_WORDS = ("Rondo", "Kiln", "Press", "Mill", "Extruder", "Coater", "Dryer", "Cutter", "Stacker", "Wrapper", "Caster")
_NAMES = ("p_in", "T2", "Viscosity", "gap-mm", "Druck", "rh", "flow.set", "Spannung", "load", "torque%")
_UNITS = ("CEL", "BAR", "RPM", "P1", "AMP", "MTS")

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class MadeRun:
    """A run and its truth; `culprit` is the inspector itself where nothing upstream is to blame."""

    line: Line
    series: dict[SeriesKey, Series]
    inspector: str
    culprit: str
    attribute: str
    onset_seconds: float
    seconds: int


def made_run(seed: int, *, own: bool = False) -> MadeRun:
    """A line and an hour and more of it. `own`: the inspector rejects for a reason of its own."""
    return _Maker(np.random.default_rng([8, seed, own]), own).make()


class _Maker:
    def __init__(self, rng: np.random.Generator, own: bool) -> None:
        self._rng, self._own = rng, own
        self._every = int(rng.choice((2, 5, 10)))
        self._onset = float(rng.uniform(1800, 3600))
        self._lasts = float(rng.uniform(600, 1500))
        self._count = int(self._onset + self._lasts + 900) // self._every
        self._times = np.arange(self._count) * float(self._every)
        self._series: dict[SeriesKey, Series] = {}

    def make(self) -> MadeRun:
        rng = self._rng
        chain = [f"{word} {rng.integers(100)}" for word in rng.choice(_WORDS, int(rng.integers(4, 8)), replace=False)]
        place = int(rng.integers(2, len(chain) - 1))
        inspector, upstream, after = chain[place], chain[:place], chain[place + 1 :]
        values = {(device, name): self._noise() for device in chain for name in self._names(device)}
        culprit, name = self._changed(values, upstream)
        hops = place - chain.index(culprit)
        delay = float(sum(rng.uniform(5, 90) for _ in range(hops)))
        shape = self._shape(self._onset)
        trouble = self._late(shape, delay)
        if self._own:
            trouble = self._shape(self._onset)
            late = self._onset + rng.uniform(240, 480)
            self._move(values, (culprit, name), self._shape(late))
        else:
            self._move(values, (culprit, name), shape)
            between = chain[chain.index(culprit) + 1 : place]
            if between and rng.random() < 0.5:
                follower = next(key for key in values if key[0] == between[0])
                self._move(values, follower, self._late(shape, rng.uniform(30, 120)))
        self._move(values, next(key for key in values if key[0] == after[0]), self._shape(self._onset - 60))
        for (device, attribute), numbers in values.items():
            self._say(device, attribute, numbers, str(rng.choice(_UNITS)))
        declared = self._count_pieces(inspector, trouble)
        machines = tuple(
            Machine(id=device, feeds=tuple(chain[index + 1 : index + 2]), rejects=declared if index == place else None)
            for index, device in enumerate(chain)
        )
        line = Line(id="made", machines=machines)
        onset = self._onset
        seconds = self._count * self._every
        return MadeRun(line, self._series, inspector, inspector if self._own else culprit, name, onset, seconds)

    def _names(self, device: str) -> list[str]:
        self._say(device, "Out", np.cumsum(self._rng.poisson(3, self._count)).astype(float), "")
        return [str(name) for name in self._rng.choice(_NAMES, int(self._rng.integers(1, 4)), replace=False)]

    def _changed(self, values: dict[tuple[str, str], Numbers], upstream: list[str]) -> tuple[str, str]:
        keys = [key for key in values if key[0] in upstream]
        return keys[int(self._rng.integers(len(keys)))]

    def _noise(self) -> Numbers:
        """A value: its own level, spread, memory and steps."""
        rng = self._rng
        remembers = float(rng.choice((1, 60, 600, 2400)))
        keep = np.exp(-self._every / remembers)
        kicks = rng.standard_normal(self._count) * np.sqrt(1 - keep**2)
        value = float(rng.standard_normal())
        numbers = np.empty(self._count)
        for index, kick in enumerate(kicks.tolist()):
            value = keep * value + kick
            numbers[index] = value
        numbers += 0.05 * rng.standard_normal(self._count)
        spread = float(10 ** rng.uniform(-2, 2))
        step = spread * float(rng.choice((0.001, 0.25)))
        return np.asarray(np.round((spread * (numbers + rng.uniform(-30, 30))) / step) * step)

    def _shape(self, onset: float) -> Numbers:
        """How much of a change is there: 0 to 1, at once or slowly, and back after a while."""
        ramp = float(self._rng.choice((self._every, 120, 300, 600)))
        up = np.clip((self._times - onset) / ramp, 0, 1)
        down = np.clip((self._times - onset - self._lasts) / 120, 0, 1)
        return np.asarray(up - down)

    def _late(self, shape: Numbers, delay: float) -> Numbers:
        return np.asarray(np.interp(self._times - delay, self._times, shape))

    def _move(self, values: dict[tuple[str, str], Numbers], key: tuple[str, str], shape: Numbers) -> None:
        """Add a change that stands out from how far the value goes by itself in a quarter of an hour."""
        numbers = values[key]
        lag = 900 // self._every
        usual = float(np.std(numbers[lag:] - numbers[:-lag]))
        size = float(self._rng.uniform(7, 12)) * usual * float(self._rng.choice((-1, 1)))
        values[key] = numbers + size * shape

    def _say(self, device: str, attribute: str, numbers: Numbers, unit: str) -> None:
        at_us = START_US + (self._times * SECOND_US).astype(np.int64)
        self._series[device, attribute, ""] = Series(at_us, numbers, unit=unit)

    def _count_pieces(self, inspector: str, trouble: Numbers) -> RejectRate:
        rng = self._rng
        usual, answer = float(rng.uniform(0.002, 0.01)), float(rng.uniform(2.5, 3.5))
        chance = np.minimum(0.5, usual * np.exp(answer * trouble))
        pieces = rng.poisson(float(rng.uniform(2, 8)) * self._every, self._count)
        bad = rng.binomial(pieces, chance)
        self._say(inspector, "scrap", np.cumsum(bad).astype(float), "")
        self._say(inspector, "ok", np.cumsum(pieces - bad).astype(float), "")
        return RejectRate(rejects="scrap", good="ok", max_fraction=4 * usual)
