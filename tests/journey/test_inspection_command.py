"""From a product fault to a cleared alarm: pictures, the inspector, the cause upstream, a command, and good ones again.

The simulated line and the plant share a clock that runs faster than the wall's, and slower while people decide. All
that is between them is real: MQTT, HTTP, the pictures, the offline inspector, the advisor, the desk of commands.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

import edge.timer
from lineside.site import parse_site
from simulator.camera import Camera
from simulator.commanded import Commanded, command_filter
from simulator.faults import Fault
from simulator.machines import FREEZER, INSPECTOR
from simulator.photographs import Photographer, PlantImages
from simulator.publish import Broker, Outbox, Publisher, topic_of
from simulator.run import SAMPLING_SECONDS, warm_line
from simulator.telemetry import Telemetry, encode_batch
from tests.beside import beside
from tests.journey.test_plant import RunningPlant, eventually, signed_in

pytestmark = pytest.mark.loopback

SITE = parse_site(
    """
site: north
lines:
  - id: line-1
    machines:
      - id: Line Gateway
        gateway: true
      - id: Cookie Former
        feeds: [Freezer Tunnel]
        attributes:
          Temperature: {unit: CEL}
          Moisture: {unit: P1}
      - id: Freezer Tunnel
        feeds: [Cookie Inspector]
        attributes:
          Temperature: {unit: CEL}
          TemperatureSetpoint: {unit: CEL}
        commands:
          - attribute: TemperatureSetpoint
            unit: CEL
            min: -30
            max: -18
            max_step: 10
            risk: medium
            allowed_states: [Running, Blocked, Starved]
            readback: {attribute: TemperatureSetpoint, tolerance: 0.2, within_seconds: 300}
      - id: Cookie Inspector
        rejects: {rejects: Scrap, total: Seen, max_fraction: 0.02, window_minutes: 5}
        camera: {confidence: 0.5}
"""
)
HEARD = ("Cookie Former", FREEZER, INSPECTOR)
"""Of its rejects nobody is told by the inspector's own counters: what is known of them, the camera shows."""
SEED = 10
HISTORY_SECONDS = 1380
WARMS_UP = Fault("freezer_losing_cold", FREEZER, 1500, 20_000, ramp=180, size=1.1)
IMAGE_SECONDS = 20.0
BEFORE, FAST, SLOW = 160.0, 80.0, 12.0
"""Times as fast as the wall's clock: before the first picture, while a fault grows or ends, and while people decide. A
second is no minute for them: what they look at would be old."""
COLDER = -30.0


class Clock:
    """Runs so many times as fast as the wall's; stands in for the module `time` where the plant reads its clock."""

    monotonic = staticmethod(time.monotonic)

    def __init__(self) -> None:
        self.wanted = SLOW
        self._base = (time.monotonic(), time.time(), SLOW)

    def run_at(self, speed: float) -> None:
        """From now on."""
        self._base = (time.monotonic(), self.now, speed)

    @property
    def now(self) -> float:
        real, then, speed = self._base
        return then + (time.monotonic() - real) * speed

    def time_ns(self) -> int:
        return int(self.now * 1e9)


@dataclass
class Bakery:
    """The simulated line at the plant's wires: it says what it measures, shows what it makes, and obeys."""

    plant: RunningPlant
    clock: Clock

    def run(self, stop: threading.Event) -> None:
        telemetry_rng, line_rng = np.random.default_rng(SEED).spawn(2)
        line = warm_line(line_rng, (WARMS_UP,), reject_limit=float("inf"))
        telemetry, second = Telemetry(telemetry_rng), 0
        start = datetime.fromtimestamp(self.clock.now, UTC).replace(microsecond=0)
        with self._wires() as (publisher, commanded, photographer):
            while not stop.wait(0.02):
                # A busy computer gets the time it needs to look at the pictures.
                wanted = self.clock.wanted if second >= HISTORY_SECONDS else BEFORE
                self.clock.run_at(SLOW if photographer.waiting + self._unseen() > 4 else wanted)
                commanded.serve(line.set_points)
                while start + timedelta(seconds=second) <= datetime.fromtimestamp(self.clock.now, UTC):
                    line.run_until(float(second))
                    at = start + timedelta(seconds=second)
                    said = telemetry.sample(line, at.strftime("%Y-%m-%dT%H:%M:%SZ"))
                    heard = [message for message in said if message.device in HEARD]
                    publisher.send(topic_of("north", "line-1", "Line Gateway"), encode_batch(heard))
                    if second >= HISTORY_SECONDS:
                        photographer.look(line, at)
                    second += SAMPLING_SECONDS
                publisher.pump()

    def _unseen(self) -> int:
        return len(self.plant.plant.inspections.desk.store.unseen("north", self.clock.time_ns() // 1_000, 10))

    @contextmanager
    def _wires(self) -> Iterator[tuple[Publisher, Commanded, Photographer]]:
        plant = self.plant.plant
        assert plant.broker is not None
        broker = Broker("127.0.0.1", plant.broker.port, "line-gateway", plant.passwords.password("line-gateway"))
        commanded = Commanded(
            lambda topic, payload: publisher.send(topic, payload), "north", "line-1",
            now_us=lambda: self.clock.time_ns() // 1_000,
        )  # fmt: skip
        hears = command_filter("north", "line-1")
        publisher = Publisher(broker, Outbox(), hears=hears, on_heard=commanded.take)
        publisher.connect()
        images = PlantImages(plant.http.address, plant.http.token)
        photographer = Photographer(Camera(np.random.default_rng([SEED, 3]), IMAGE_SECONDS), images.send)
        try:
            yield publisher, commanded, photographer
        finally:
            photographer.close()
            images.close()
            publisher.close()


def test_cracked_cookies_are_traced_to_the_freezer_which_is_told_to_cool_and_the_alarm_clears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(edge.timer, "time", clock)

    with RunningPlant(tmp_path, SITE) as running, running.client() as http, beside(Bakery(running, clock).run):
        eventually(lambda: [one for one in http.get("/api/inspections").json() if one["verdict"]])
        clock.wanted = FAST
        alarm = eventually(lambda: rejecting(http), 120)
        clock.wanted = SLOW
        advisory = eventually(lambda: advised(http, alarm))
        offered = http.get(f"/api/alarms/{alarm['alarm_id']}/changes").json()
        with closing(signed_in(http, "Olga")) as olga, closing(signed_in(http, "Enno")) as enno:
            proposed = propose(olga, offered[0], alarm)
            own = decide(olga, proposed)
            decide(enno, proposed).raise_for_status()
        ended = eventually(lambda: has_ended(http))
        clock.wanted = FAST
        cleared = eventually(lambda: has_cleared(http, alarm), 120)
        newest = http.get("/api/inspections", params={"limit": 10}).json()
        told = [(one.kind, one.device, one.cause) for one in running.told if one.why == "new"]

    moved = [each for each in alarm["evidence"] if (each["device"], each["attribute"]) == (FREEZER, "Temperature")]
    assert (alarm["device"], alarm["cause"]) == (INSPECTOR, FREEZER)
    assert any("mostly cracked" in each["note"] for each in alarm["evidence"])
    assert moved[0]["value"] > moved[0]["expected"] + 5
    assert f"because of {FREEZER}" in advisory["headline"]
    assert [(one["device"], one["attribute"]) for one in offered] == [(FREEZER, "TemperatureSetpoint")]
    assert own.status_code == 409
    assert (ended["status"], ended["approved_by"], ended["readback"]["value"]) == ("verified", "Enno", COLDER)
    assert cleared["cleared_at"] > ended["ended_at"]
    assert [one["verdict"] for one in newest].count("cracked") <= 1
    assert told[0] == ("reject_rate", INSPECTOR, FREEZER)


def rejecting(http: httpx.Client) -> dict[str, Any]:
    found = [one for one in http.get("/api/alarms").json() if one["kind"] == "reject_rate"]
    return found[0] if found else {}


def advised(http: httpx.Client, alarm: dict[str, Any]) -> dict[str, Any]:
    return next((one for one in http.get("/api/advisories").json() if one["alarm_id"] == alarm["alarm_id"]), {})


def propose(person: httpx.Client, offered: dict[str, Any], alarm: dict[str, Any]) -> dict[str, Any]:
    point = {name: offered[name] for name in ("device", "attribute", "unit")}
    answer = person.post(
        "/api/commands", json={"command_id": "c-1", **point, "value": COLDER, "alarm_id": alarm["alarm_id"]}
    )
    answer.raise_for_status()
    told: dict[str, Any] = answer.json()
    return told


def decide(person: httpx.Client, command: dict[str, Any]) -> httpx.Response:
    return person.post("/api/commands/c-1/decision", json={"approved": True, "version": command["version"]})


def has_ended(http: httpx.Client) -> dict[str, Any]:
    command: dict[str, Any] = http.get("/api/commands/c-1").json()
    return command if command["ended"] else {}


def has_cleared(http: httpx.Client, alarm: dict[str, Any]) -> dict[str, Any]:
    now: dict[str, Any] = http.get(f"/api/alarms/{alarm['alarm_id']}").json()
    return now if now["cleared_at"] else {}
