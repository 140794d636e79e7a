"""From a fault to a machine that was helped: alarm, proposal, a second person's yes, the machine and its read-back."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from lineside.control.wire import CommandAnswer, decode_message, encode
from lineside.site import parse_site
from lineside.telemetry.timestamps import render
from tests.beside import beside
from tests.edge.devices import Device
from tests.journey.test_plant import RunningPlant, eventually, signed_in

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
            risk: medium
            allowed_states: [Running]
            readback: {attribute: Temperature, tolerance: 0.5, within_seconds: %s}
"""
TOPIC = "dt/lineside/north/line-1/freezer-tunnel"
COMMANDS = "cmd/lineside/north/line-1/freezer-tunnel"
TOO_WARM, COLD_ENOUGH = -16.0, -21.0


class Freezer:
    """A tunnel that is too warm until it is told otherwise; it says what it measures five times a second."""

    def __init__(self, device: Device, *, obeys: bool) -> None:
        self._device, self._obeys = device, obeys
        self.set_point, self.temperature = -19.0, TOO_WARM
        self.obeyed: list[str] = []

    def run(self, stop: threading.Event) -> None:
        while not stop.wait(0.2):
            while self._device.heard:
                self._hear(self._device.heard.pop(0))
            measured = {"State": "Running", "Temperature": self.temperature, "TemperatureSetpoint": self.set_point}
            measurements = {
                name: {"value": value, "unit": "CEL"} if isinstance(value, float) else value
                for name, value in measured.items()
            }
            message = {"device": "Freezer Tunnel", "ts": render(time.time_ns() // 1_000), "measurements": measurements}
            self._device.publish(TOPIC, json.dumps(message).encode())

    def _hear(self, payload: bytes) -> None:
        message = decode_message(payload)
        self.obeyed.append(message.command_id)
        if self._obeys:
            self.set_point = self.temperature = message.value
        answer = CommandAnswer(command_id=message.command_id, device=message.device, accepted=True)
        self._device.publish(f"{COMMANDS}/response", encode(answer))


@contextmanager
def freezing(running: RunningPlant, *, obeys: bool = True) -> Iterator[Freezer]:
    with running.device("freezer-tunnel") as device:
        assert device.subscribe(f"{COMMANDS}/request")
        freezer = Freezer(device, obeys=obeys)
        with beside(freezer.run):
            yield freezer


def plant_of(folder: Path, *, within_seconds: int) -> RunningPlant:
    return RunningPlant(folder, parse_site(SITE % within_seconds))


def test_a_fault_is_told_a_command_proposed_approved_obeyed_and_seen_and_the_alarm_clears(tmp_path: Path) -> None:
    with (
        plant_of(tmp_path, within_seconds=20) as running,
        freezing(running) as freezer,
        running.client() as http,
    ):
        alarm = eventually(lambda: [one for one in http.get("/api/alarms").json() if one["kind"] == "limit"])[0]
        with closing(signed_in(http, "Olga")) as olga, closing(signed_in(http, "Enno")) as enno:
            proposed = propose(olga, alarm["alarm_id"])
            own = decide(olga, proposed)
            approved = decide(enno, proposed)
        ended = eventually(lambda: ended_of(http))
        cleared = eventually(lambda: cleared_of(http, alarm["alarm_id"]))
        entries = http.get("/api/commands-audit").json()["entries"]

    assert (proposed["status"], proposed["alarm_id"]) == ("awaiting_approval", alarm["alarm_id"])
    assert own.status_code == 409
    assert approved.json()["approved_by"] == "Enno"
    assert (ended["status"], ended["done"], ended["readback"]["value"]) == ("verified", True, COLD_ENOUGH)
    assert freezer.obeyed == ["c-1"]
    assert cleared["cleared_at"]
    acts = [entry["what"] for entry in entries]
    assert acts == ["proposed", "approval refused", "approve", "send", "handed over", "accept", "shown"]
    assert running.told[0].kind == "limit"


def test_a_machine_that_says_yes_and_does_nothing_is_never_shown_as_done(tmp_path: Path) -> None:
    with (
        plant_of(tmp_path, within_seconds=2) as running,
        freezing(running, obeys=False) as freezer,
        running.client() as http,
    ):
        eventually(lambda: http.get("/api/command-points").json()[0]["value"])
        with closing(signed_in(http, "Olga")) as olga, closing(signed_in(http, "Enno")) as enno:
            decide(enno, propose(olga)).raise_for_status()
        said_yes = eventually(lambda: [one for one in commands(http) if one["acknowledged_at"]])[0]
        ended = eventually(lambda: ended_of(http))

    assert freezer.obeyed == ["c-1"]
    assert said_yes["done"] is False
    assert (ended["status"], ended["done"]) == ("unverified", False)


def propose(person: httpx.Client, alarm_id: str = "") -> dict[str, Any]:
    asked = {"device": "Freezer Tunnel", "attribute": "TemperatureSetpoint", "value": COLD_ENOUGH, "unit": "CEL"}
    answer = person.post("/api/commands", json={"command_id": "c-1", **asked, "alarm_id": alarm_id})
    answer.raise_for_status()
    told: dict[str, Any] = answer.json()
    return told


def decide(person: httpx.Client, command: dict[str, Any]) -> httpx.Response:
    return person.post(
        f"/api/commands/{command['command_id']}/decision", json={"approved": True, "version": command["version"]}
    )


def commands(http: httpx.Client) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = http.get("/api/commands").json()
    return told


def ended_of(http: httpx.Client) -> dict[str, Any]:
    return next((one for one in commands(http) if one["ended"]), {})


def cleared_of(http: httpx.Client, alarm_id: str) -> dict[str, Any]:
    alarm: dict[str, Any] = http.get(f"/api/alarms/{alarm_id}").json()
    return alarm if alarm["cleared_at"] else {}
