"""A small site, commands, and all that a desk needs, to test with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from edge.sqlite_commands import CommandRecords, SqliteAuditLog, SqliteCommands
from lineside.alarms.model import Alarm
from lineside.control.desk import ControlDesk
from lineside.control.filing import Who, instant
from lineside.control.record import Command
from lineside.control.request import CommandRequest
from lineside.control.wire import CommandAnswer, CommandMessage
from lineside.errors import LinesideError
from lineside.line.twin import CurrentValue
from lineside.site.commands import Automatic, CommandPoint, Interlock, Readback
from lineside.site.model import Attribute, Line, Machine, Site
from lineside.telemetry.timestamps import parse

NOW_US = parse("2026-11-02T06:00:00Z")
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
ANNA, BERT, EVA = Who("Anna", ("operator",)), Who("Bert", ("operator",)), Who("Eva", ("engineer",))
VIEWER = Who("Vera", ("viewer",))

TORQUE = CommandPoint(
    attribute="TorqueSetpoint",
    unit="NU",
    min=10,
    max=40,
    max_step=5,
    risk="low",
    allowed_states=("Running",),
    interlocks=(Interlock(device="Freezer", attribute="Temperature", below=-15),),
    readback=Readback(attribute="Torque", tolerance=0.5, within_seconds=30),
    automatic=(Automatic(alarm="limit", cause="Mixer", direction="down", largest_step=2, max_per_hour=3),),
)
SPEED = CommandPoint(
    attribute="SpeedSetpoint",
    unit="RPM",
    min=5,
    max=15,
    risk="medium",
    may_approve="operator",
    readback=Readback(attribute="Speed", tolerance=0.2, within_seconds=30),
)
PRESSURE = CommandPoint(attribute="PressureSetpoint", unit="BAR", min=1, max=3, risk="low")

FAST = {"attribute": "SpeedSetpoint", "unit": "RPM", "value": 12.0}
"""Of medium risk."""


def a_site(*points: CommandPoint) -> Site:
    units = {"TorqueSetpoint": "NU", "Torque": "NU", "SpeedSetpoint": "RPM", "Speed": "RPM", "PressureSetpoint": "BAR"}
    mixer = Machine(
        id="Mixer",
        commands=points or (TORQUE, SPEED, PRESSURE),
        attributes={name: Attribute(unit=unit) for name, unit in units.items()},
    )
    freezer = Machine(id="Freezer", attributes={"Temperature": Attribute(unit="CEL")})
    return Site(site="bakery", lines=(Line(id="line-1", machines=(mixer,)), Line(id="line-2", machines=(freezer,))))


def a_request(command_id: str = "c-1", **changes: Any) -> CommandRequest:
    said: dict[str, Any] = {
        "id": command_id,
        "device": "Mixer",
        "attribute": "TorqueSetpoint",
        "value": 22.0,
        "unit": "NU",
        "proposed_by": "whoever",
        "roles": (),
        "channel": "console",
        "expires_at": instant(NOW_US + 10 * MINUTE_US),
    }
    return CommandRequest(**(said | changes))


def a_command(command_id: str = "c-1", **changes: Any) -> Command:
    """One that waits for approval, as it was written first."""
    said: dict[str, Any] = {
        "site": "bakery",
        "line": "line-1",
        "device": "Mixer",
        "thing": "mixer",
        "attribute": "TorqueSetpoint",
        "value": 22.0,
        "unit": "NU",
        "risk": "low",
        "channel": "console",
        "proposed_by": "Anna",
        "proposed_us": NOW_US,
        "expires_us": NOW_US + 10 * MINUTE_US,
        "status": "awaiting_approval",
        "version": 1,
    }
    return Command(command_id, **(said | changes))


@dataclass
class Machinery:
    """The current values of both lines; a test sets what the machines show."""

    shown: dict[str, dict[str, CurrentValue]] = field(default_factory=dict)

    def show(self, device: str, attribute: str, value: float | str, unit: str, at_us: int) -> None:
        self.shown.setdefault(device, {})[attribute] = CurrentValue(value, at_us, unit, received_us=at_us)

    def all_is_well(self, at_us: int) -> None:
        self.show("Mixer", "State", "Running", "", at_us)
        self.show("Mixer", "TorqueSetpoint", 20.0, "NU", at_us)
        self.show("Mixer", "SpeedSetpoint", 10.0, "RPM", at_us)
        self.show("Mixer", "PressureSetpoint", 2.0, "BAR", at_us)
        self.show("Freezer", "Temperature", -20.0, "CEL", at_us)

    def __call__(self, line: str) -> Mapping[str, Mapping[str, CurrentValue]]:
        device = {"line-1": "Mixer", "line-2": "Freezer"}[line]
        return {device: self.shown.get(device, {})}


@dataclass
class Sent:
    """A transport that keeps what it was given, or fails as a test says."""

    messages: list[CommandMessage] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    fails: LinesideError | None = None

    def send(self, message: CommandMessage, kind: Literal["command", "shadow"]) -> None:
        if self.fails:
            raise self.fails
        self.messages.append(message)
        self.kinds.append(kind)


class Plant:
    """A desk with all around it. `killed()` is the process started anew on what it had written down."""

    def __init__(self, site: Site | None = None, records: CommandRecords | None = None) -> None:
        self.site = site or a_site()
        self.records = records or CommandRecords()
        self.store, self.audit = SqliteCommands(self.records), SqliteAuditLog(self.records)
        self.machines, self.sent = Machinery(), Sent()
        self.alarms: list[Alarm] = []
        self.machines.all_is_well(NOW_US)
        self.desk = self._desk()

    def killed(self) -> None:
        self.desk = self._desk()

    def _desk(self) -> ControlDesk:
        return ControlDesk(
            self.site, self.store, self.audit, self.sent, self.machines, alarms=lambda line: list(self.alarms)
        )

    def get(self, command_id: str = "c-1") -> Command:
        found = self.store.get("bakery", command_id)
        assert found is not None
        return found

    def said(self) -> list[str]:
        """What the audit log says happened, in order."""
        from lineside.control.audit import decoded

        return [decoded(stored).what for stored in self.audit.entries("bakery")]

    def answer(
        self, now_us: int, *, accepted: bool = True, reason: str = "", command_id: str = "c-1", repeated: bool = False
    ) -> Command:
        return self.desk.answered(
            CommandAnswer(command_id=command_id, device="Mixer", accepted=accepted, reason=reason, repeated=repeated),
            now_us,
        )

    def in_flight(self, command_id: str = "c-1") -> Command:
        """A low-risk command that was sent."""
        self.desk.propose(a_request(command_id), ANNA, NOW_US)
        self.desk.send_due(NOW_US)
        return self.get(command_id)


def proposed(plant: Plant, **changes: object) -> Command:
    return plant.desk.propose(a_request(**changes), ANNA, NOW_US)
