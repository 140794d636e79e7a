"""The gate as the tests ask it: a site, a line that is as it should be, messages, and a memory that is a list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from lineside.control.gate import Gate, Passed
from lineside.control.request import micros
from lineside.control.wire import CommandAnswer, CommandMessage
from lineside.line.twin import CurrentValue
from lineside.site import parse_site
from lineside.telemetry.timestamps import render
from tests.control.asked import FORMER, FREEZER, NOW

NOW_US = micros(NOW)
SECOND_US = 1_000_000

PLANT = parse_site("""
site: plant
lines:
  - id: line-1
    machines:
      - id: Cookie Former
        feeds: [Freezer Tunnel]
        commands:
          - attribute: TorqueSetpoint
            unit: NU
            min: 10
            max: 40
            max_step: 5
            risk: low
            allowed_states: [Running]
            interlocks:
              - {device: Freezer Tunnel, attribute: Temperature, below: -15}
            readback: {attribute: Torque, tolerance: 0.5, within_seconds: 30}
            automatic:
              - {alarm: limit, cause: Freezer Tunnel, direction: up, largest_step: 5}
      - id: Freezer Tunnel
        feeds: []
        commands:
          - attribute: TemperatureSetpoint
            unit: CEL
            min: -26
            max: -18
            risk: high
            transport: shadow
            readback: {attribute: Temperature, tolerance: 0.8, within_seconds: 600}
""")


def at(seconds: float) -> str:
    """So many seconds after now."""
    return render(micros(NOW + timedelta(seconds=seconds)))


def message(command_id: str = "c-1", **changed: Any) -> CommandMessage:
    """An honest one: a little more torque."""
    usual = CommandMessage(
        command_id=command_id,
        device=FORMER,
        attribute="TorqueSetpoint",
        value=28.0,
        unit="NU",
        sent_at=at(-1),
        expires_at=at(60),
        risk="low",
        proposed_by="Anna Holm",
        roles=("operator",),
        channel="console",
    )
    return msgspec.structs.replace(usual, **changed)


def values(now_us: int = NOW_US, **changed: float | str) -> dict[str, dict[str, CurrentValue]]:
    """What the machines showed a second ago."""
    said = {"state": "Running", "torque": 25.0, "set": 25.0, "cold": -21.0, "freezer_set": -21.0} | changed
    seen_us = now_us - SECOND_US
    return {
        FORMER: {
            "State": CurrentValue(said["state"], seen_us),
            "Torque": CurrentValue(said["torque"], seen_us, "NU"),
            "TorqueSetpoint": CurrentValue(said["set"], seen_us, "NU"),
        },
        FREEZER: {
            "State": CurrentValue("Running", seen_us),
            "Temperature": CurrentValue(said["cold"], seen_us, "CEL"),
            "TemperatureSetpoint": CurrentValue(said["freezer_set"], seen_us, "CEL"),
        },
    }


class Memory:
    """A `GateMemory` that is a dict."""

    def __init__(self) -> None:
        self.judged: dict[str, tuple[CommandMessage, str, int, CommandAnswer | None]] = {}

    def knows(self, command_id: str) -> bool:
        return command_id in self.judged

    def passed(self, line: str, since_us: int) -> list[Passed]:
        return [
            Passed(message, at_us)
            for message, on, at_us, refusal in self.judged.values()
            if refusal is None and on == line and at_us >= since_us
        ]

    def remember(self, message: CommandMessage, line: str, at_us: int, refusal: CommandAnswer | None) -> bool:
        if self.knows(message.command_id):
            return False
        self.judged[message.command_id] = (message, line, at_us, refusal)
        return True


def gate(memory: Any = None, *, shows: Any = None, **more: Any) -> Gate:
    """A gate at the plant above, where the line stands as `shows` says."""
    line = shows if shows is not None else values()
    return Gate(PLANT, lambda _line: line, memory if memory is not None else Memory(), **more)
