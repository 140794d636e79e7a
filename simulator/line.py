"""The line itself: ten machines, the places between them, the process, and the faults, one second at a time.

A second is a fifth of the sampling interval and no machine reacts faster than in two, so a fixed step loses nothing
an observer could see, and keeps the model readable. Machines step from the last to the first, so that room made by
a machine is room for its feeder in the same second, and pieces pass one machine a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.chance import short_stops, uniforms
from simulator.faults import Fault, FaultKind
from simulator.machines import (
    CONVEYOR,
    ERECTOR,
    FORMER,
    FREEZER,
    INSPECTOR,
    LABELLER,
    LEFT_TURN,
    LINER,
    MACHINES,
    RIGHT_TURN,
    SEALER,
    MachineRow,
)
from simulator.physics import Process
from simulator.setpoints import SetPoint, SetPoints
from simulator.stations import Boxes, Conveyor, Former, Freezer, Inspector, Station, Store

REJECT_LIMIT_PER_MINUTE = 15.0
"""The healthy line throws out one or two a minute; the line's own snapshot of the fault shows twenty."""
HESITATION_SECONDS, HESITATION_EVERY_SECONDS = 8.0, 40.0
RESET_SECONDS = (60.0, 180.0)
"""Between a reject trip and the person who resets it."""


@dataclass
class Stores:
    """The places between machines, each with the room the recording shows."""

    formed: Store
    frozen: Store
    inspected: Store
    erected: Store
    right_turn: Store
    left_turn: Store
    sealed: Store

    @classmethod
    def empty(cls) -> Stores:
        return cls(
            formed=Store(30, 10),
            frozen=Store(60, 30),
            # 90 seconds of cookies: the recorded inspector was Blocked 90 s after the conveyor stopped.
            inspected=Store(525, 425),
            erected=Store(2, 1),
            right_turn=Store(4, 3),
            left_turn=Store(4, 3),
            sealed=Store(2, 1),
        )


class Line:
    """The line at one instant. The same generator, faults and set-points give the same line, to the last cookie.

    `set_points` are set when their second comes; until the first of them the line is the one without any.
    `reject_limit` is how many cookies the inspector throws out in a minute before it trips; infinite, it never does.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        faults: Sequence[Fault] = (),
        at: float = 0.0,
        set_points: Iterable[SetPoint] = (),
        reject_limit: float = REJECT_LIMIT_PER_MINUTE,
    ) -> None:
        stops, process, luck, boxes, people = rng.spawn(5)
        self.at = at
        self.faults = tuple(faults)
        self.set_points = SetPoints(set_points)
        self.process = Process(process)
        self.stores = s = Stores.empty()
        self._reject_limit = reject_limit
        self._luck = uniforms(luck)
        self._people = uniforms(people)
        rows = {row.device: row for row in MACHINES}
        chance = {
            device: short_stops(own, rows[device].short_stops_per_hour, at)
            for device, own in zip(rows, stops.spawn(len(rows)), strict=True)
        }
        self.former = Former(rows[FORMER], chance[FORMER], s.formed)
        self.freezer = Freezer(rows[FREEZER], chance[FREEZER], s.formed, s.frozen)
        self.inspector = Inspector(rows[INSPECTOR], chance[INSPECTOR], s.frozen, s.inspected)
        self.conveyor = Conveyor(
            rows[CONVEYOR], chance[CONVEYOR], s.inspected, s.right_turn, s.left_turn, uniforms(boxes)
        )
        self.sealer = Boxes(rows[SEALER], chance[SEALER], s.left_turn, s.sealed)
        self.labeller = Boxes(rows[LABELLER], chance[LABELLER], s.sealed, None)
        self.erector = Boxes(rows[ERECTOR], chance[ERECTOR], None, s.erected)
        self.liner = Boxes(rows[LINER], chance[LINER], s.erected, s.right_turn)
        self._last_to_first: tuple[Station, ...] = (
            self.labeller,
            self.sealer,
            self.conveyor,
            self.inspector,
            self.freezer,
            self.former,
            self.liner,
            self.erector,
        )
        self.stations = {station.row.device: station for station in self._last_to_first}

    def step(self) -> None:
        """One second passes."""
        active = [fault for fault in self.faults if fault.onset <= self.at < fault.ends + fault.recovery]
        bad_dough = _strength(active, "dough_warm_dry", self.at)
        lost_cold = _strength(active, "freezer_losing_cold", self.at)
        self.set_points.step(self.at)
        self.process.step(bad_dough, lost_cold, self.freezer.state == "Running", self.set_points.shifts)
        self.former.deformation = self.process.deformation()
        self.freezer.softness = self.process.softness()
        self.inspector.luck = next(self._luck)
        for station in self._last_to_first:
            own = [fault for fault in active if fault.device == station.row.device] if active else active
            speed = (1.0 - _strength(own, "slow", self.at)) * self.set_points.ratio(station.row.device)
            station.step(self.at, speed, _stopped(own, station.row, self.at))
        self._watch_rejects()
        self.at += 1.0

    def run_until(self, at: float) -> None:
        while self.at < at:
            self.step()

    def slowed(self, device: str) -> float:
        """The share of its speed that a fault takes from this machine now."""
        return _strength([fault for fault in self.faults if fault.device == device], "slow", self.at)

    def level(self, turn: str) -> int:
        """Boxes on a turn now."""
        return {LEFT_TURN: self.stores.left_turn, RIGHT_TURN: self.stores.right_turn}[turn].count

    def _watch_rejects(self) -> None:
        inspector = self.inspector
        if inspector.state == "Down" or inspector.outcome != "worked":
            return
        inspector.recent.append(inspector.thrown_out)
        if inspector.thrown_out and sum(inspector.recent) > self._reject_limit:
            soonest, latest = RESET_SECONDS
            inspector.stop(self.at + 1 + soonest + next(self._people) * (latest - soonest), "Reject limit exceeded")
            inspector.recent.clear()


def _strength(active: list[Fault], kind: FaultKind, at: float) -> float:
    if not active:
        return 0.0
    return max((fault.strength(at) for fault in active if fault.kind == kind), default=0.0)


def _stopped(own: list[Fault], row: MachineRow, at: float) -> str | None:
    for fault in own:
        if fault.row.stops and _holds(fault, at):
            return fault.row.text or row.jam_text
    return None


def _holds(fault: Fault, at: float) -> bool:
    """A jam that builds up catches for a few seconds, again and again, before it holds."""
    if at >= fault.ends:
        return False
    since = at - fault.onset
    return since >= fault.ramp or since % HESITATION_EVERY_SECONDS < HESITATION_SECONDS
