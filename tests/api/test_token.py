"""The door: a token that was printed at the start, and only under our own name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from lineside.api.app import create_app
from lineside.api.token import TokenDoor
from tests.api.conftest import ALARM, Client, client_of

if TYPE_CHECKING:
    from tests.api.conftest import Plant

TOKEN = "the-right-token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
HERE = "http://127.0.0.1:8765"


@pytest.fixture
def door(plant: Plant) -> Iterator[Client]:
    app = TokenDoor(create_app(plant.services), TOKEN, {"127.0.0.1", "localhost", "[::1]"})
    with client_of(app) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/lines", "/lines/line-1", "/alarms", "/quarantine", "/openapi.json", "/nothing"]
)
def test_everything_but_health_asks_for_the_token(door: Client, path: str) -> None:
    without = door.get(path)

    assert without.status_code == 401
    assert "?token=" in without.json()["detail"]
    assert door.get(path, headers=BEARER).status_code in (200, 404)


def test_health_is_told_to_anybody(door: Client) -> None:
    assert door.get("/health").json()["status"] == "ok"


def test_the_address_that_was_printed_becomes_a_cookie_and_leaves_the_address_bar(door: Client) -> None:
    entering = door.get(f"/alarms?token={TOKEN}&hours=1")

    assert entering.status_code == 303
    assert entering.headers["location"] == "/alarms?hours=1"
    assert "HttpOnly" in entering.headers["set-cookie"]
    assert "SameSite=strict" in entering.headers["set-cookie"]
    assert door.get("/alarms").status_code == 200


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer é"])
def test_another_token_stays_outside(door: Client, header: str) -> None:
    assert door.get("/lines", headers={"Authorization": header.encode("utf-8")}).status_code == 401
    assert door.get("/lines?token=wrong").status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", ""])
def test_a_page_elsewhere_that_points_its_own_name_here_is_turned_away(door: Client, host: str) -> None:
    assert door.get("/lines", headers={**BEARER, "Host": host}).status_code == 421
    assert door.get("/health", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8765", "127.0.0.1", "[::1]:8765"])
def test_our_own_names_are_heard(door: Client, host: str) -> None:
    assert door.get("/lines", headers={**BEARER, "Host": host}).status_code == 200


def test_a_form_on_another_page_cannot_act_with_our_cookie(door: Client, plant: Plant) -> None:
    plant.raise_alarm()
    door.get(f"/?token={TOKEN}")
    url, act = f"/alarms/{ALARM.alarm_id}/acknowledge", {"by": "Ada"}

    others = ["https://evil.example", "null", HERE.rpartition(":")[0] + ":9999", HERE.replace("http://", "http://a.")]
    elsewhere = [door.post(url, json=act, headers={"Origin": other}).status_code for other in others]
    here = door.post(url, json=act, headers={"Origin": HERE})

    assert elsewhere == [401, 401, 401, 401]
    assert here.status_code == 200


def test_the_exchange_never_leads_to_another_site(door: Client) -> None:
    entering = door.get(f"{HERE}//evil.example/?token={TOKEN}")

    assert entering.headers["location"] == "/evil.example/"


def test_a_websocket_does_not_slip_past_the_door(plant: Plant) -> None:
    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    door = TokenDoor(create_app(plant.services), TOKEN, {"127.0.0.1"})
    asyncio.run(door({"type": "websocket", "path": "/lines", "headers": []}, None, send))  # type: ignore[arg-type]

    assert sent == [{"type": "websocket.close", "code": 1008}]
