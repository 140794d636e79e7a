"""A small plant in memory, people of every role, and a client of its HTTP application."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from msgspec.structs import replace
from starlette.datastructures import Headers
from starlette.types import ASGIApp

from edge.quarantine import SqliteQuarantine
from edge.sqlite_alarms import Records, SqliteAdvisoryStore, SqliteAlarmStore, SqliteMemoryStore
from edge.sqlite_people import People, SqliteAlarmLog, SqliteConversations, SqliteFeedback
from edge.sqlite_twin import SqliteTwin
from lineside.advice.model import Advisory, SopStep
from lineside.alarms.model import Alarm, Victim
from lineside.api.access import EVERY_SITE, Identify, Person, Role
from lineside.api.app import create_app
from lineside.api.models import HealthView
from lineside.api.services import Services
from lineside.api.sessions import bearer_of
from lineside.lake.history import History
from lineside.lake.memory import MemoryObjects
from lineside.line.ingest import BatchOutcome
from lineside.line.replay import Replayed
from lineside.site import parse_site
from lineside.telemetry.reading import Reading
from lineside.telemetry.timestamps import parse

NOW_US = parse("2025-03-03T06:10:00Z")
SITE = parse_site(
    """
site: north
lines:
  - id: line-1
    name: Line 1
    machines:
      - id: Freezer Tunnel
        feeds: [Box Sealer]
        attributes: {Temperature: {label: Air temperature}}
      - id: Box Sealer
        camera: {confidence: 0.9, audit_share: 0.05}
"""
)
ALARM = Alarm(
    alarm_id="1741000000-ab",
    fingerprint="f",
    site="north",
    line="line-1",
    device="Freezer Tunnel",
    kind="stop",
    severity="medium",
    onset_us=NOW_US - 300_000_000,
    raised_us=NOW_US - 240_000_000,
    victims=(Victim("Box Sealer", 120.0, "starved"),),
    lost_seconds=300.0,
)


PEOPLE = {
    "Ada": Person("Ada", Role.ENGINEER, ("north",)),
    "viewer": Person("Vic", Role.VIEWER, ("north",)),
    "operator": Person("Olga", Role.OPERATOR, ("elsewhere", "north")),
    "engineer": Person("Enno", Role.ENGINEER, (EVERY_SITE,)),
    "admin": Person("Anna", Role.ADMIN, ("north",)),
    "admin of another site": Person("Alan", Role.ADMIN, ("south", "nort", "north-2")),
}
"""Who is who at the door of the tests, by the word they send as a token."""


def door(_: str, headers: Headers) -> Person | None:
    """An `Identify`: `Authorization: Bearer operator` is Olga."""
    return PEOPLE.get(bearer_of(headers))


def as_person(word: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {word}"}


class Client:
    """An HTTP client in this process; cookies are kept, redirects are not followed."""

    def __init__(self, app: ASGIApp, headers: dict[str, str] | None = None) -> None:
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765", headers=headers)

    def get(self, url: str, **options: Any) -> httpx.Response:
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Any) -> httpx.Response:
        return self.request("POST", url, **options)

    def put(self, url: str, **options: Any) -> httpx.Response:
        return self.request("PUT", url, **options)

    def delete(self, url: str, **options: Any) -> httpx.Response:
        return self.request("DELETE", url, **options)

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        return self._runner.run(self._client.request(method, url, **options))

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()


@contextmanager
def client_of(app: ASGIApp, headers: dict[str, str] | None = None) -> Iterator[Client]:
    client = Client(app, headers)
    try:
        yield client
    finally:
        client.close()


@dataclass
class Plant:
    """The stores behind the application, for a test to fill and to look into. `client` is Ada's, an engineer."""

    services: Services
    client: Client
    clock: list[int]
    objects: MemoryObjects

    def has(self, **services: object) -> None:
        """Give the application another service, or take one away."""
        for name, value in services.items():
            object.__setattr__(self.services, name, value)

    def application(self, identify: Identify = door) -> FastAPI:
        return create_app(self.services, identify)

    def raise_alarm(self, **changes: object) -> Alarm:
        alarm = replace(ALARM, **changes)
        self.services.alarms.save(alarm, was=None)
        return alarm

    def hear(self, device: str, attribute: str, value: float | str, *, line: str = "line-1", unit: str = "") -> None:
        reading = Reading(device, attribute, NOW_US - 4_000_000, value, unit=unit, received_us=NOW_US)
        self.services.twin.update("north", line, [reading])

    def stored(self) -> Alarm:
        alarm = self.services.alarms.get("north", "line-1", ALARM.alarm_id)
        assert alarm is not None
        return alarm


@pytest.fixture
def plant() -> Iterator[Plant]:
    with a_plant() as made:
        yield made


@contextmanager
def a_plant() -> Iterator[Plant]:
    """A plant that a test may also share with others, where none of them changes it."""
    records, twin, quarantine, people = Records(), SqliteTwin(), SqliteQuarantine(), People()
    clock, objects = [NOW_US], MemoryObjects()
    scratch = TemporaryDirectory()
    telemetry = History(objects, scratch=Path(scratch.name))
    services = Services(
        SITE,
        twin,
        SqliteAlarmStore(records),
        SqliteAdvisoryStore(records),
        SqliteMemoryStore(records),
        quarantine,
        SqliteAlarmLog(people),
        SqliteConversations(people, lambda: clock[0]),
        SqliteFeedback(people),
        telemetry,
        now_us=lambda: clock[0],
        health=lambda: HealthView(status="ok", site="north", version="1", started_at="2025-03-03T06:00:00Z"),
        replay_quarantine=lambda: Replayed(1, 2, 3, BatchOutcome(stored=3)),
    )
    with client_of(create_app(services, door), as_person("Ada")) as client:
        yield Plant(services, client, clock, objects)
    for store in (records, twin, quarantine, people, telemetry):
        store.close()
    scratch.cleanup()


def advisory(number: int) -> Advisory:
    return Advisory(
        advisory_id=f"a-{number}",
        alarm_id=ALARM.alarm_id,
        site="north",
        line="line-1",
        drafted_us=NOW_US + number,
        severity="medium",
        kind="stop",
        device="Freezer Tunnel",
        since_us=ALARM.onset_us,
        headline="Freezer Tunnel stopped",
        what_happened="It stopped.",
        steps=(SopStep("1", "Press STOP.", "SOP-1"),),
        victims=ALARM.victims,
        lost_seconds=300.0,
    )
