"""The dough and the cold of an hour that was measured, and what other set-points would have made of them.

What was measured already holds what its own set-points did. So only the difference to them is reckoned, with the same
lags and the same physics as on the line that wanders by itself (`simulator/physics.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from simulator.physics import (
    BELT_SPEED,
    COLD_SPENT,
    DOUGH_CELSIUS,
    DWELL_CELSIUS,
    FREEZER_CELSIUS,
    LOST_COLD_CELSIUS,
    TORQUE,
    TUNNEL_LAG_SECONDS,
    USUAL,
    WARMER_PER_TORQUE,
    WETTER_PER_TORQUE,
    Process,
    Shifts,
    trimmed,
)
from simulator.setpoints import SetPoint, SetPoints


@dataclass(frozen=True)
class Measured:
    """What was measured, second by second from the first that is replayed."""

    dough_celsius: Sequence[float]
    moisture_percent: Sequence[float]
    freezer_celsius: Sequence[float]


class FollowedProcess(Process):
    """A process that follows what was measured from second `at` on. `was` are the set-points of that time."""

    def __init__(self, measured: Measured, was: Iterable[SetPoint], at: float) -> None:
        self._measured, self._was = measured, SetPoints(was)
        self._at, self._index = at, 0
        self._mixer, self._mixer_was = _Trim(), _Trim()
        self._tunnel, self._tunnel_was = _Trim(), _Trim()
        self._cooler_celsius = self._dwell_celsius = 0.0
        self.belt_speed, self.torque = BELT_SPEED, TORQUE
        self._follow(USUAL, USUAL)

    def step(self, bad_dough: float, lost_cold: float, freezer_runs: bool, shifts: Shifts = USUAL) -> None:
        """One second. Faults and load are in what was measured, so those of the line are not looked at."""
        del bad_dough, lost_cold, freezer_runs
        self._was.step(self._at)
        self._follow(shifts, self._was.shifts)
        self._at += 1.0
        self._index = min(self._index + 1, len(self._measured.dough_celsius) - 1)

    def _follow(self, shifts: Shifts, was: Shifts) -> None:
        self._mix(shifts, was)
        self._cool(shifts, was)
        self.belt_speed = BELT_SPEED + shifts.belt_speed
        self._dwell_celsius = DWELL_CELSIUS * shifts.belt_speed / BELT_SPEED

    def _mix(self, shifts: Shifts, was: Shifts) -> None:
        harder = shifts.torque - was.torque
        self.moisture_percent = self._measured.moisture_percent[self._index] + WETTER_PER_TORQUE * harder
        measured = self._measured.dough_celsius[self._index]
        told = shifts.dough_celsius - was.dough_celsius + WARMER_PER_TORQUE * harder
        self.dough_celsius = measured + told + self._mixer.celsius - self._mixer_was.celsius
        self.torque = TORQUE + shifts.torque + self._stiffness()
        if shifts.trims_dough:
            self._mixer.follow(self.dough_celsius - DOUGH_CELSIUS - shifts.dough_celsius)
        if was.trims_dough:
            self._mixer_was.follow(measured - DOUGH_CELSIUS - was.dough_celsius)

    def _cool(self, shifts: Shifts, was: Shifts) -> None:
        measured = self._measured.freezer_celsius[self._index]
        lost_cold = (measured - FREEZER_CELSIUS - was.freezer_celsius) / LOST_COLD_CELSIUS
        told = (shifts.freezer_celsius - was.freezer_celsius) * (1 - COLD_SPENT * min(1.0, max(0.0, lost_cold)))
        self._cooler_celsius += (told - self._cooler_celsius) / TUNNEL_LAG_SECONDS
        self.freezer_celsius = measured + self._cooler_celsius + self._tunnel.celsius - self._tunnel_was.celsius
        if shifts.trims_freezer:
            self._tunnel.reach(shifts.freezer_celsius)
            self._tunnel.follow(self.freezer_celsius - FREEZER_CELSIUS - self._tunnel.reached_celsius)
        if was.trims_freezer:
            self._tunnel_was.reach(was.freezer_celsius)
            self._tunnel_was.follow(measured - FREEZER_CELSIUS - self._tunnel_was.reached_celsius)


class _Trim:
    """What a controller trims, once somebody entered a temperature. What was measured holds that of its own time."""

    def __init__(self) -> None:
        self.celsius = self.reached_celsius = 0.0

    def follow(self, off_celsius: float) -> None:
        self.celsius = trimmed(self.celsius, off_celsius)

    def reach(self, told_celsius: float) -> None:
        """Steel and air are on their way to what the tunnel was told."""
        self.reached_celsius += (told_celsius - self.reached_celsius) / TUNNEL_LAG_SECONDS
