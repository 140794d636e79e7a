"""A plant with a desk for commands, the values that its rules look at, and what went out."""

from __future__ import annotations

from typing import Any, Literal

import httpx
from msgspec.structs import replace

from edge.sqlite_commands import CommandRecords, SqliteAuditLog, SqliteCommands
from lineside.alarms.model import Alarm
from lineside.control.decide import decide
from lineside.control.desk import ControlDesk
from lineside.control.wire import CommandMessage
from lineside.line.twin import CurrentValue
from lineside.site import parse_site
from tests.api.conftest import ALARM, NOW_US, Plant, as_person

SITE = parse_site(
    """
site: north
lines:
  - id: line-1
    name: Line 1
    machines:
      - id: Freezer Tunnel
        feeds: [Box Sealer]
        attributes: {Temperature: {label: Air temperature, unit: CEL}, Speed: {unit: RPM}}
        commands:
          - attribute: TemperatureSetpoint
            unit: CEL
            min: -26
            max: -18
            max_step: 2
            risk: medium
            allowed_states: [Running]
            readback: {attribute: Temperature, tolerance: 0.5, within_seconds: 30}
          - attribute: SpeedSetpoint
            unit: RPM
            min: 5
            max: 12
            max_step: 1
            risk: low
            interlocks: [{device: Box Sealer, attribute: State, one_of: [Running]}]
            readback: {attribute: Speed, tolerance: 0.1}
            may_approve: engineer
            automatic: [{alarm: limit, cause: Freezer Tunnel, direction: down, largest_step: 1, max_per_hour: 2}]
      - id: Box Sealer
"""
)


class Sent:
    """A transport that keeps what it was given."""

    def __init__(self) -> None:
        self.messages: list[CommandMessage] = []

    def send(self, message: CommandMessage, kind: Literal["command", "shadow"]) -> None:
        self.messages.append(message)


class Controlled:
    """The plant with a desk, its values, and what went out."""

    def __init__(self, plant: Plant) -> None:
        self.plant, self.sent, records = plant, Sent(), CommandRecords()
        self.records = records
        self.values: dict[str, dict[str, CurrentValue]] = {
            "Freezer Tunnel": {
                "State": CurrentValue("Running", NOW_US),
                "TemperatureSetpoint": CurrentValue(-21.0, NOW_US, "CEL"),
                "Temperature": CurrentValue(-21.2, NOW_US, "CEL"),
                "SpeedSetpoint": CurrentValue(9.0, NOW_US, "RPM"),
            },
            "Box Sealer": {"State": CurrentValue("Running", NOW_US)},
        }
        self.audit = SqliteAuditLog(records)
        self.alarms: list[Alarm] = []
        self.desk = ControlDesk(
            *(SITE, SqliteCommands(records), self.audit, self.sent),
            *(lambda _: self.values, decide, lambda _: self.alarms),
        )
        plant.has(site=SITE, control=self.desk)

    def acts(self) -> str:
        """The speed is lowered by itself, because of an alarm; the command's id."""
        self.alarms = [replace(ALARM, kind="limit")]
        (notice,) = self.desk.automate("line-1", self.plant.clock[0], lambda _: None)
        self.desk.send_due(self.plant.clock[0])
        return notice.command_id

    def stops(self) -> str:
        """It acts, and that does not help; the command's id."""
        command_id = self.acts()
        self.later(601)
        self.desk.automate("line-1", self.plant.clock[0], lambda _: None)
        return command_id

    def later(self, seconds: int) -> None:
        """Time goes on, and every value is told anew."""
        self.plant.clock[0] += seconds * 1_000_000
        for shown in self.values.values():
            for name, value in shown.items():
                shown[name] = replace(value, observed_us=self.plant.clock[0])

    def propose(self, command_id: str = "c-1", *, who: str = "operator", **changes: Any) -> httpx.Response:
        asked = {"device": "Freezer Tunnel", "attribute": "TemperatureSetpoint", "value": -22.5, "unit": "CEL"}
        return self.post("commands", who=who, command_id=command_id, **{**asked, **changes})

    def post(self, path: str, *, who: str = "operator", **body: Any) -> httpx.Response:
        return self.plant.client.post(f"/api/{path}", json=body, headers=as_person(who))

    def get(self, path: str, who: str = "engineer") -> Any:
        return self.plant.client.get(f"/api/{path}", headers=as_person(who)).json()
