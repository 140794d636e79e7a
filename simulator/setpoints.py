"""Set-points: what a machine is told to hold, and how what it holds follows.

Each row is one set-point of one machine, as its own controller knows it. Nothing here is random and nothing changes
while no set-point does, so a line that nobody commands is the same line, to the last cookie.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lineside.errors import Misconfigured
from simulator.machines import CONVEYOR, FORMER, FREEZER
from simulator.physics import BELT_SPEED, DOUGH_CELSIUS, FREEZER_CELSIUS, TORQUE, Shifts

SetPoint = tuple[float, str, str, float]
"""(second of the line, device, attribute, value): from then on this value is in force."""
Point = tuple[str, str]

SETTLED = 1e-6


@dataclass(frozen=True)
class PointRow:
    """One set-point. `low`..`high` is all that the controller takes; `lag_seconds` is how slowly the machine follows.

    `unit` is spelt as the machine spells it in its telemetry, `code` is the same in UN/CEFACT.
    """

    device: str
    attribute: str
    unit: str
    code: str
    usual: float
    low: float
    high: float
    lag_seconds: float = 1.0


POINTS = {
    (row.device, row.attribute): row
    for row in (
        # Half of a batch of dough is used up in two minutes; what follows is mixed to the new temperature.
        PointRow(FORMER, "TemperatureSetpoint", "Cel", "CEL", DOUGH_CELSIUS, -5, 10, lag_seconds=180),
        PointRow(FORMER, "TorqueSetpoint", "N.m", "NU", TORQUE, 10, 40, lag_seconds=4),
        # The tunnel's own lag of four minutes comes on top: see `simulator/physics.py`.
        PointRow(FREEZER, "TemperatureSetpoint", "Cel", "CEL", FREEZER_CELSIUS, -30, -15),
        PointRow(FREEZER, "SpeedSetpoint", "rpm", "RPM", BELT_SPEED, 4, 14, lag_seconds=3),
        PointRow(CONVEYOR, "SpeedSetpoint", "rpm", "RPM", 30, 15, 45, lag_seconds=3),
    )
}


class SetPoints:
    """What is in force now, and how far the machines have followed. `schedule` says what is set later by itself."""

    def __init__(self, schedule: Iterable[SetPoint] = ()) -> None:
        self._in_force = {point: row.usual for point, row in POINTS.items()}
        self._held = dict(self._in_force)
        self._moving: set[Point] = set()
        self._entered: set[Point] = set()
        self._due = sorted(schedule, key=lambda entry: entry[0])
        for _, device, attribute, value in self._due:
            _checked(device, attribute, value)
        self.shifts = Shifts()

    def set(self, device: str, attribute: str, value: float) -> None:
        """From now on the machine follows this value. `Misconfigured` where it has no such set-point or range."""
        row = _checked(device, attribute, value)
        self._in_force[row.device, row.attribute] = float(value)
        self._moving.add((row.device, row.attribute))
        self._entered.add((row.device, row.attribute))

    def in_force(self, device: str, attribute: str) -> float:
        return self._in_force[device, attribute]

    def held(self, device: str, attribute: str) -> float:
        """What the machine holds now: on its way to the value in force."""
        return self._held[device, attribute]

    def ratio(self, device: str) -> float:
        """How much faster than usual this machine is driven."""
        point = (device, "SpeedSetpoint")
        return self._held[point] / POINTS[point].usual if point in self._held else 1.0

    def step(self, at: float) -> None:
        """One second passes."""
        while self._due and self._due[0][0] <= at:
            _, device, attribute, value = self._due.pop(0)
            self.set(device, attribute, value)
        if self._moving:
            self._moving = {point for point in self._moving if self._follow(point)}
            self.shifts = Shifts(
                dough_celsius=self._shift(FORMER, "TemperatureSetpoint"),
                torque=self._shift(FORMER, "TorqueSetpoint"),
                freezer_celsius=self._shift(FREEZER, "TemperatureSetpoint"),
                belt_speed=self._shift(FREEZER, "SpeedSetpoint"),
                trims_dough=(FORMER, "TemperatureSetpoint") in self._entered,
                trims_freezer=(FREEZER, "TemperatureSetpoint") in self._entered,
            )

    def _follow(self, point: Point) -> bool:
        """Move what is held towards what is in force. False once it is there."""
        target, lag_seconds = self._in_force[point], POINTS[point].lag_seconds
        self._held[point] += (target - self._held[point]) / lag_seconds
        if abs(target - self._held[point]) > SETTLED:
            return True
        self._held[point] = target
        return False

    def _shift(self, device: str, attribute: str) -> float:
        return self._held[device, attribute] - POINTS[device, attribute].usual


def _checked(device: str, attribute: str, value: float) -> PointRow:
    row = POINTS.get((device, attribute))
    if row is None:
        known = ", ".join(f"{name} of {machine}" for machine, name in POINTS)
        raise Misconfigured(f"{device!r} has no set-point {attribute!r}; there are {known}")
    if not row.low <= value <= row.high:
        raise Misconfigured(f"{attribute} of {device} takes {row.low:g} to {row.high:g} {row.code}, not {value:g}")
    return row
