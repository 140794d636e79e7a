"""A site, a line at one moment and requests, as the policy is asked about them: plain data, as it comes from files."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from lineside.control.batch import decisions
from lineside.control.request import Decision
from lineside.control.state_file import read_state
from lineside.site import Site, parse_site

NOW = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)
FORMER, FREEZER, SEALER = "Cookie Former", "Freezer Tunnel", "Box Sealer"

SITE = """
site: bakery-north
lines:
  - id: line-1
    machines:
      - id: Cookie Former
        feeds: [Freezer Tunnel]
        attributes:
          Torque: {unit: NU, physical_low: 0, physical_high: 200}
        commands:
          - attribute: TorqueSetpoint
            unit: NU
            min: 10
            max: 40
            max_step: 5
            max_per_hour: 6
            risk: low
            allowed_states: [Running]
            mode: Mode
            allowed_modes: [Automatic]
            interlocks:
              - {device: Freezer Tunnel, attribute: Temperature, below: -15}
            readback: {attribute: Torque, tolerance: 0.5, within_seconds: 30}
            automatic:
              - {alarm: drift, cause: Cookie Former, direction: down, largest_step: 2, max_per_hour: 1}
      - id: Freezer Tunnel
        feeds: [Box Sealer]
        attributes:
          Temperature: {unit: CEL, physical_low: -90, physical_high: 60}
        commands:
          - attribute: TemperatureSetpoint
            unit: CEL
            min: -26
            max: -18
            max_step: 2
            risk: high
            may_propose: engineer
            may_approve: engineer
            readback: {attribute: Temperature, tolerance: 0.8, within_seconds: 600}
          - {attribute: SpeedSetpoint, unit: RPM, min: 6, max: 12, risk: medium}
      - id: Box Sealer
        feeds: []
        commands:
          - {attribute: Count, min: 1, max: 9, risk: low}
"""


def ts(seconds: float = 0) -> str:
    """So many seconds after now; before it where negative."""
    return (NOW + timedelta(seconds=seconds)).isoformat()


def held(value: Any, unit: str = "", age: float = 5, **more: Any) -> dict[str, Any]:
    return {"value": value, "unit": unit, "ts": ts(-age), **more}


def values(**changed: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    """The line as it should be; `torque=held(12, "NU")` changes one value, None takes it away."""
    known: dict[str, tuple[str, str, dict[str, Any]]] = {
        "state": (FORMER, "State", held("Running")),
        "mode": (FORMER, "Mode", held("AUTOMATIC")),
        "torque": (FORMER, "TorqueSetpoint", held(30, "NU")),
        "shown": (FORMER, "Torque", held(30.2, "NU")),
        "cold": (FREEZER, "Temperature", held(-20, "CEL")),
        "freezer": (FREEZER, "TemperatureSetpoint", held(-22, "CEL")),
    }
    line: dict[str, dict[str, Any]] = {}
    for name, (device, attribute, value) in known.items():
        given = changed.get(name, value)
        if given is not None:
            line.setdefault(device, {})[attribute] = given
    return line


def state(recent: list[dict[str, Any]] | None = None, **changed: Any) -> dict[str, Any]:
    more = {name: changed.pop(name) for name in ("alarms", "automation_stopped") if name in changed}
    return {"now": ts(), "values": values(**changed), "recent": recent or [], **more}


def asked(**changed: Any) -> dict[str, Any]:
    """An honest request: a little more torque, which needs nobody's approval."""
    return {
        "id": "c-1",
        "device": FORMER,
        "attribute": "TorqueSetpoint",
        "value": 32,
        "unit": "NU",
        "proposed_by": "Anna Holm",
        "roles": ["operator"],
        "channel": "console",
        "approved_by": None,
        "expires_at": ts(600),
    } | changed


def sent(ago: float, command_id: str = "s-1", **changed: Any) -> dict[str, Any]:
    return asked(id=command_id, **changed) | {"sent_at": ts(-ago)}


@cache
def site() -> Site:
    return parse_site(SITE)


def judged(request: Any, line: dict[str, Any] | None = None, declared: Site | None = None) -> Decision:
    """What the contract's way, from bytes to a decision, says of one request."""
    return judged_all([request], line, declared)[0]


def judged_all(requests: list[Any], line: dict[str, Any] | None = None, declared: Site | None = None) -> list[Decision]:
    snapshot = read_state(json.dumps(line if line is not None else state()).encode(), "state.json")
    lines = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in requests]
    return list(decisions(declared or site(), snapshot, lines))
