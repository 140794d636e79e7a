"""From a fault to a machine that nobody had to help: alarm, one step by itself, people told, the alarm clears."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineside.site import parse_site
from tests.journey.test_command import cleared_of, ended_of, freezing
from tests.journey.test_plant import RunningPlant, eventually

pytestmark = pytest.mark.loopback

SITE = """
site: north
lines:
  - id: line-1
    machines:
      - id: Freezer Tunnel
        attributes:
          Temperature: {unit: CEL, high: -18, deadband: 0.5, on_delay_seconds: 2, off_delay_seconds: 2}
        commands:
          - attribute: TemperatureSetpoint
            unit: CEL
            min: -26
            max: -18
            max_step: 3
            risk: low
            allowed_states: [Running]
            readback: {attribute: Temperature, tolerance: 0.5, within_seconds: 20}
            automatic:
              - {alarm: limit, cause: Freezer Tunnel, direction: down, largest_step: 2, max_per_hour: 2}
"""


def test_a_row_helps_a_machine_by_itself_and_people_are_told_once(tmp_path: Path) -> None:
    with RunningPlant(tmp_path, parse_site(SITE)) as running, freezing(running) as freezer, running.client() as http:
        ended = eventually(lambda: ended_of(http))
        cleared = eventually(lambda: cleared_of(http, ended["alarm_id"]))
        automatic = http.get("/api/commands/automatic").json()
        entries = http.get("/api/commands-audit").json()["entries"]

    assert (ended["channel"], ended["proposed_by"], ended["approved_by"]) == ("automatic", "lineside", "")
    assert (ended["status"], ended["was"], ended["value"]) == ("verified", -19, -21)
    assert freezer.obeyed == [ended["command_id"]]
    assert cleared["cleared_at"]
    acts = [each for each in running.told if each.why == "automatic"]
    assert [(each.fingerprint, each.alarm_id) for each in acts] == [(ended["command_id"], ended["alarm_id"])]
    assert "by itself from -19 to -21 °C" in acts[0].message
    (row,) = automatic["rows"]
    assert (row["acted_last_hour"], row["state"]) == (1, "ready")
    assert [entry["what"] for entry in entries] == ["proposed", "send", "handed over", "accept", "shown"]
