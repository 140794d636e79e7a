"""One message's way through the plant: real bytes over MQTT, until a person has acknowledged the alarm over HTTP."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.credentials import Login
from edge.folder import locked
from edge.plant import Plant, PlantParts
from edge.settings import settings_from
from lineside.advice.model import Notification
from lineside.site import Site, parse_site
from lineside.telemetry.timestamps import render
from tests.edge.devices import Device, until

pytestmark = pytest.mark.loopback

SITE = parse_site(
    """
site: north
lines:
  - id: line-1
    machines:
      - id: Freezer Tunnel
        feeds: [Box Sealer]
        attributes:
          Temperature: {unit: CEL}
      - id: Box Sealer
"""
)
MINUTES = 15
STOPPED_SECONDS = 300


class RunningPlant:
    """A plant in a thread of its own, and what people were told by it."""

    def __init__(self, folder: Path, site: Site = SITE, logins: tuple[Login, ...] = ()) -> None:
        self.site, self._logins = site, logins
        self.told: list[Notification] = []
        self._folder = folder
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self) -> RunningPlant:
        self._thread.start()
        assert self._ready.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(60)
        assert not self._thread.is_alive()

    def device(self, thing: str) -> Device:
        assert self.plant.broker is not None
        return Device(self.plant.broker.port, thing, self.plant.passwords.password(thing))

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self.plant.http.port}",
            headers={"Authorization": f"Bearer {self.plant.http.token}"},
            timeout=60,  # of a computer that has other things to do
        )

    async def _run(self) -> None:
        self._stop, self._loop = asyncio.Event(), asyncio.get_running_loop()
        settings = settings_from(data=self._folder, port=0, mqtt_port=0, tick_seconds=1)
        with locked(self._folder) as folder:
            parts = PlantParts(settings, folder, self.site, extra_logins=self._logins, on_notification=self.told.append)
            self.plant = Plant(parts)
            await self.plant.run(self._stop, self._ready.set)


def signed_in(admin: httpx.Client, name: str, role: str = "operator") -> httpx.Client:
    """Somebody with an account and a session of their own."""
    password = "a password of ten letters"
    account = {"name": name, "password": password, "role": role, "sites": ["north"]}
    made = admin.post("/api/accounts", json=account)
    assert made.is_success or made.status_code == 409, made.text
    person = httpx.Client(base_url=admin.base_url, timeout=admin.timeout)
    person.post("/api/session", json={"name": name, "password": password}).raise_for_status()
    return person


def asked(person: httpx.Client, question: str) -> dict[str, Any]:
    """The answer at the end of the stream of one turn."""
    stream = person.post("/api/chat", json={"question": question}, timeout=60).text.split("\n\n")
    (done,) = (event for event in stream if event.startswith("event: done"))
    answer: dict[str, Any] = json.loads(done.partition("data: ")[2])
    return answer


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningPlant]:
    with RunningPlant(tmp_path) as plant:
        yield plant


def history(device: str, state_after: str, now: float) -> list[bytes]:
    """A quarter of an hour of one machine, every five seconds, as arrays; stopped for the last five minutes."""
    messages = []
    for second in range(-MINUTES * 60, 0, 5):
        state = state_after if second >= -STOPPED_SECONDS else "Running"
        measurements = {"State": state, "Temperature": {"value": -21.5, "unit": "CEL"}}
        at = render(int((now + second) * 1e6))
        messages.append({"device": device, "ts": at, "measurements": measurements})
    return [json.dumps(messages[first : first + 60]).encode() for first in range(0, len(messages), 60)]


def test_a_stop_is_heard_explained_and_acknowledged(running: RunningPlant) -> None:
    now = time.time()
    with running.device("freezer-tunnel") as freezer, running.device("box-sealer") as sealer:
        for payload in history("Freezer Tunnel", "Down", now):
            assert freezer.publish("dt/lineside/north/line-1/freezer-tunnel", payload)
        for payload in history("Box Sealer", "Starved", now):
            assert sealer.publish("dt/lineside/north/line-1/box-sealer", payload)
        assert freezer.publish("dt/lineside/north/line-1/freezer-tunnel", b'{"device":"Freezer Tunnel","ts":')

    with running.client() as http:
        alarms = eventually(lambda: http.get("/api/alarms").json())
        alarm = next(one for one in alarms if one["kind"] == "stop")
        with closing(signed_in(http, "Ada")) as ada:
            acknowledged = ada.post(f"/api/alarms/{alarm['alarm_id']}/acknowledge").json()
            answer = asked(ada, "Why did the line stop?")
        line = http.get("/api/lines/line-1").json()
        health = eventually(lambda: settled(http.get("/health").json()))
        quarantined = http.get("/api/quarantine").json()

    assert alarm["cause"] == "Freezer Tunnel"
    assert [victim["device"] for victim in alarm["victims"]] == ["Box Sealer"]
    assert alarm["state"] == "unacknowledged"
    assert (acknowledged["state"], acknowledged["acknowledged_by"]) == ("acknowledged", "Ada")
    assert "Freezer Tunnel" in answer["text"]
    assert (answer["known"], answer["model"]) == (True, "offline")
    assert [machine["state"] for machine in line["machines"]] == ["down", "starved"]
    assert line["machines"][0]["values"]["Temperature"]["value"] == -21.5
    readings = 2 * 2 * MINUTES * 60 // 5
    counters = health["counters"]
    assert (counters["received"], counters["stored"], counters["quarantined"]) == (readings + 1, readings, 1)
    assert counters["duplicate"] == 0
    assert [entry["topic"] for entry in quarantined] == ["dt/lineside/north/line-1/freezer-tunnel"]
    stops = [told for told in running.told if told.kind == "stop"]
    assert [(told.cause, told.affected) for told in stops] == [("Freezer Tunnel", ("Box Sealer",))]


def test_a_device_that_no_file_names_is_heard_through_the_gateway(running: RunningPlant) -> None:
    payload = b'{"device":"Stranger","ts":"%s","measurements":{"Speed":1}}' % render(time.time_ns() // 1_000).encode()

    with running.device("unassigned-gateway") as gateway:
        assert gateway.publish("dt/lineside/north/unassigned/stranger", payload)

    with running.client() as http:
        health = eventually(lambda: settled(http.get("/health").json()))
        line = http.get("/api/lines/unassigned").json()
    assert health["unknown_devices"] == ["Stranger"]
    assert [machine["id"] for machine in line["machines"]] == ["Stranger"]


def test_what_was_heard_before_a_restart_is_there_after_it(tmp_path: Path) -> None:
    now = time.time()
    with RunningPlant(tmp_path) as before, before.device("freezer-tunnel") as freezer:
        for payload in history("Freezer Tunnel", "Down", now):
            assert freezer.publish("dt/lineside/north/line-1/freezer-tunnel", payload)

    with RunningPlant(tmp_path) as after, after.client() as http:
        line = http.get("/api/lines/line-1").json()
        health = http.get("/health").json()

    assert line["machines"][0]["state"] == "down"
    assert health["counters"]["stored"] == 2 * MINUTES * 60 // 5
    assert health["inbox_backlog"] == 0


def settled(health: dict[str, object]) -> dict[str, object]:
    """The health once everything has left the inbox; nothing before."""
    return health if health["inbox_backlog"] == 0 and health["counters"] else {}


def eventually(look: Callable[[], Any], seconds: float = 60) -> Any:
    """What `look` finds, as soon as it finds something."""
    found: list[Any] = []

    def looked() -> bool:
        found[:] = [look()]
        return bool(found[0])

    # Asking costs the plant time that it should have for its work.
    assert until(looked, seconds, pause_seconds=0.1), "it never happened"
    return found[0]
