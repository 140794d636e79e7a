"""The dough, the cold and what they do to a cookie.

Dough moisture and temperature, the tunnel's air and the belt wander (Ornstein-Uhlenbeck) as those of the recorded
hour do. Around that the tunnel follows its cooling and its load with a first-order lag.

A cookie formed of warm, dry dough deforms, one that passed warm air is soft; both raise the chance that the inspector
throws it out, and within the healthy ranges neither does, as in the recording.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from simulator.chance import normals

MOISTURE_PERCENT, MOISTURE_SD = 58.7, 0.7
DOUGH_CELSIUS, DOUGH_SD = 2.15, 0.45
FREEZER_CELSIUS, FREEZER_SD = -21.1, 0.8
BELT_SPEED, BELT_SD = 8.85, 0.14
DOUGH_SECONDS, FREEZER_SECONDS, BELT_SECONDS = 2400.0, 1000.0, 800.0
"""How long each remembers: with these the mean change over 5 s, a minute, ten minutes and half an hour is that of the
recording, which wanders almost like a random walk."""
TUNNEL_LAG_SECONDS = 240.0
COOKIE_LOAD_CELSIUS = 0.6
"""How much warmer the tunnel settles while cookies pass."""

DRIER_PERCENT, WARMER_CELSIUS = 6.5, 7.0
"""The full dough fault, as in the line's own snapshot of one: 52.1 % and 9.2 °C."""
LOST_COLD_CELSIUS = 11.0
"""The full freezer fault: the target settles this much warmer."""

TORQUE = 25.0
"""What the mixer is usually set to, in newton metres."""
WARMER_PER_TORQUE, WETTER_PER_TORQUE = 0.1, 0.05
"""Each newton metre more warms the dough by friction (°C) and kneads more water into it (points of moisture)."""
STIFFER_PER_DRY_PERCENT, STIFFER_PER_COLD_CELSIUS = 0.05, 0.02
"""How the torque that the mixer shows strays from what it is set to, with drier and with colder dough."""
COLD_SPENT = 0.2
"""The share of a colder set-point that a freezer with the full fault has no cold left for."""
TRIM_SECONDS, TRIM_CELSIUS = 200.0, 1.0
"""Whoever enters a temperature has the controller trim what the mixer or the tunnel strays from it, so slowly and by so
much at most; as recorded, nobody had, and they stray."""
DWELL_CELSIUS = 10.0
"""A belt that is slower by a tenth freezes the cookie as air that is colder by a tenth of this."""

HEALTHY_REJECTS = 0.0042
WARM_DOUGH_CELSIUS, DRY_DOUGH_PERCENT, SOFT_COOKIE_CELSIUS = 3.6, 57.0, -18.0
PER_WARM_CELSIUS, PER_DRY_PERCENT, PER_SOFT_CELSIUS = 0.28, 0.30, 0.50
"""How the logarithm of the reject chance grows beyond each of these points."""
WORST_REJECTS = 0.5


class Shifts(NamedTuple):
    """How far from the usual the machines hold what they were told to hold."""

    dough_celsius: float = 0.0
    torque: float = 0.0
    freezer_celsius: float = 0.0
    belt_speed: float = 0.0
    trims_dough: bool = False
    trims_freezer: bool = False


USUAL = Shifts()


class Wander:
    """A number that strays from zero with this spread and comes back within about this time."""

    def __init__(self, rng: np.random.Generator, sd: float, seconds: float) -> None:
        self._draw: Iterator[float] = normals(rng)
        self._keep = math.exp(-1 / seconds)
        self._kick = sd * math.sqrt(1 - self._keep**2)
        self.value = sd * next(self._draw)

    def step(self) -> float:
        self.value = self._keep * self.value + self._kick * next(self._draw)
        return self.value


class Process:
    """Dough and freezer, second by second."""

    def __init__(self, rng: np.random.Generator) -> None:
        dough, own, cold, belt = rng.spawn(4)
        self._shared_dough = Wander(dough, 1.0, DOUGH_SECONDS)
        self._own_dough = Wander(own, 1.0, DOUGH_SECONDS)
        self._air = Wander(cold, FREEZER_SD, FREEZER_SECONDS)
        self._belt = Wander(belt, BELT_SD, BELT_SECONDS)
        self.moisture_percent = MOISTURE_PERCENT
        self.dough_celsius = DOUGH_CELSIUS
        self._cooled_celsius = FREEZER_CELSIUS
        self.freezer_celsius = FREEZER_CELSIUS
        self.belt_speed = BELT_SPEED
        self.torque = TORQUE
        self._dwell_celsius = self._dough_trim = self._freezer_trim = self._reached_celsius = 0.0

    def step(self, bad_dough: float, lost_cold: float, freezer_runs: bool, shifts: Shifts = USUAL) -> None:
        """One second, under a dough fault and a freezer fault of these strengths (0..1 and a little more)."""
        shared, own = self._shared_dough.step(), self._own_dough.step()
        self.moisture_percent = MOISTURE_PERCENT + MOISTURE_SD * shared - DRIER_PERCENT * bad_dough
        self.dough_celsius = DOUGH_CELSIUS + DOUGH_SD * (0.6 * shared + 0.8 * own) + WARMER_CELSIUS * bad_dough
        self.moisture_percent += WETTER_PER_TORQUE * shifts.torque
        self.dough_celsius += shifts.dough_celsius + WARMER_PER_TORQUE * shifts.torque + self._dough_trim
        self.torque = TORQUE + shifts.torque + self._stiffness()
        load = COOKIE_LOAD_CELSIUS * (freezer_runs - 0.8)
        told = shifts.freezer_celsius * (1 - COLD_SPENT * min(1.0, lost_cold))
        target = FREEZER_CELSIUS + load + LOST_COLD_CELSIUS * lost_cold + told
        self._cooled_celsius += (target - self._cooled_celsius) / TUNNEL_LAG_SECONDS
        self.freezer_celsius = self._cooled_celsius + self._air.step() + self._freezer_trim
        self.belt_speed = BELT_SPEED + self._belt.step() + shifts.belt_speed
        self._dwell_celsius = DWELL_CELSIUS * shifts.belt_speed / BELT_SPEED
        if shifts.trims_dough:
            off = self.dough_celsius - DOUGH_CELSIUS - shifts.dough_celsius
            self._dough_trim = trimmed(self._dough_trim, off)
        if shifts.trims_freezer:
            # Against what steel and air let it reach by now, or it would overshoot while it waits for them.
            self._reached_celsius += (shifts.freezer_celsius - self._reached_celsius) / TUNNEL_LAG_SECONDS
            off = self.freezer_celsius - FREEZER_CELSIUS - self._reached_celsius
            self._freezer_trim = trimmed(self._freezer_trim, off)

    def deformation(self) -> float:
        """How much likelier than usual a cookie formed now is thrown out, as a logarithm."""
        warm = max(0.0, self.dough_celsius - WARM_DOUGH_CELSIUS)
        dry = max(0.0, DRY_DOUGH_PERCENT - self.moisture_percent)
        return PER_WARM_CELSIUS * warm + PER_DRY_PERCENT * dry

    def softness(self) -> float:
        """The same for a cookie that leaves the tunnel now."""
        return PER_SOFT_CELSIUS * max(0.0, self.freezer_celsius + self._dwell_celsius - SOFT_COOKIE_CELSIUS)

    def _stiffness(self) -> float:
        drier, colder = MOISTURE_PERCENT - self.moisture_percent, DOUGH_CELSIUS - self.dough_celsius
        return STIFFER_PER_DRY_PERCENT * drier + STIFFER_PER_COLD_CELSIUS * colder


def trimmed(trim: float, off_celsius: float) -> float:
    """The controller's correction a second later."""
    return max(-TRIM_CELSIUS, min(TRIM_CELSIUS, trim - off_celsius / TRIM_SECONDS))


def reject_chance(trouble: float) -> float:
    """The chance that a cookie of this deformation plus softness is thrown out."""
    return min(WORST_REJECTS, HEALTHY_REJECTS * math.exp(trouble))
