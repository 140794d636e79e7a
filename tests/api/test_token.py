"""The plant's front door: our own names only, the token of the start, sessions, and nobody else's pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from starlette.datastructures import Headers

from edge.accounts import SqliteAccounts
from edge.door import plant_application
from lineside.api.access import Person, Role
from tests.api.conftest import ALARM, NOW_US, Client, client_of

if TYPE_CHECKING:
    from tests.api.conftest import Plant

TOKEN = "the-right-token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
HERE = "http://127.0.0.1:8765"
HOSTS = {"127.0.0.1", "localhost", "[::1]"}
ADA = {"name": "Ada", "password": "correct horse battery"}
HALF_AN_HOUR_US = 30 * 60_000_000


def of_the_provider(_: str, headers: Headers) -> Person | None:
    is_bob = headers.get("authorization") == "Bearer bobs-jwt"
    return Person("Bob", Role.VIEWER, ("north",), by="oidc", subject="7") if is_bob else None


@pytest.fixture
def accounts() -> Iterator[SqliteAccounts]:
    made = SqliteAccounts(None, "north", hasher=PasswordHasher(1, 8, 1))
    yield made
    made.close()


@pytest.fixture
def door(plant: Plant, accounts: SqliteAccounts) -> Iterator[Client]:
    plant.has(accounts=accounts)
    with client_of(plant_application(plant.services, accounts, TOKEN, HOSTS, of_the_provider)) as client:
        yield client


def with_ada(door: Client, role: str = "operator") -> None:
    made = door.post("/api/accounts", json=ADA | {"role": role, "sites": ["north"]}, headers=BEARER)
    assert made.status_code == 201


@pytest.mark.parametrize("path", ["/api/lines", "/api/lines/line-1", "/api/alarms", "/api/quarantine", "/openapi.json"])
def test_the_token_of_the_start_is_an_administrators(door: Client, path: str) -> None:
    without = door.get(path)

    assert without.status_code == 401
    assert door.get(path, headers=BEARER).status_code == 200


def test_health_and_how_to_sign_in_are_told_to_anybody(door: Client) -> None:
    assert door.get("/health").json()["status"] == "ok"
    assert door.get("/api/sign-in").json() == {"password": True, "oidc": None, "first_start": True, "site": "north"}


def test_the_address_that_was_printed_becomes_a_session_and_leaves_the_address_bar(door: Client) -> None:
    entering = door.get(f"/line?token={TOKEN}&hours=1")

    assert entering.status_code == 303
    assert entering.headers["location"] == "/line?hours=1"
    assert "HttpOnly" in entering.headers["set-cookie"]
    assert "SameSite=strict" in entering.headers["set-cookie"]
    assert TOKEN not in entering.headers["set-cookie"]
    who = door.get("/api/session").json()
    assert (who["name"], who["role"], who["by"]) == ("first start", "admin", "token")
    assert who["expires_at"] == "2025-03-03T06:40:00Z"


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer é"])
def test_another_token_stays_outside_even_beside_a_good_cookie(door: Client, header: str) -> None:
    assert door.get("/?token=wrong").status_code == 200
    assert door.get("/api/lines").status_code == 401
    door.get(f"/?token={TOKEN}")

    assert door.get("/api/lines", headers={"Authorization": header.encode("utf-8")}).status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "", "[::2]"])
def test_a_page_elsewhere_that_points_its_own_name_here_is_turned_away(door: Client, host: str) -> None:
    for path in ("/api/lines", "/health", "/", f"/?token={TOKEN}"):
        answer = door.get(path, headers={**BEARER, "Host": host})

        assert answer.status_code == 421
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8765", "127.0.0.1", "[::1]:8765"])
def test_our_own_names_are_heard(door: Client, host: str) -> None:
    assert door.get("/api/lines", headers={**BEARER, "Host": host}).status_code == 200


def test_a_form_on_another_page_cannot_act_with_our_cookie(door: Client, plant: Plant) -> None:
    plant.raise_alarm()
    door.get(f"/?token={TOKEN}")
    url = f"/api/alarms/{ALARM.alarm_id}/acknowledge"

    others = ["https://evil.example", "null", HERE.rpartition(":")[0] + ":9999", HERE.replace("http://", "http://a.")]
    elsewhere = [door.post(url, headers={"Origin": other}).status_code for other in others]
    here = door.post(url, headers={"Origin": HERE})

    assert elsewhere == [401, 401, 401, 401]
    assert here.status_code == 200
    assert plant.stored().acknowledged_by == "first start"


@pytest.mark.parametrize("slashes", ["//", "/\\", "/\\/", "///"])
def test_the_exchange_never_leads_to_another_site(door: Client, slashes: str) -> None:
    entering = door.get(f"{HERE}{slashes}evil.example/?token={TOKEN}")

    assert entering.headers["location"] == "/evil.example/"


def test_a_websocket_does_not_slip_past_the_door(plant: Plant, accounts: SqliteAccounts) -> None:
    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    app = plant_application(plant.services, accounts, TOKEN, {"127.0.0.1"})
    asyncio.run(app({"type": "websocket", "path": "/lines", "headers": []}, None, send))  # type: ignore[arg-type]

    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_a_person_signs_in_acts_in_their_own_name_and_signs_out(door: Client, plant: Plant) -> None:
    with_ada(door)
    plant.raise_alarm()

    entered = door.post("/api/session", json=ADA)
    door.post(f"/api/alarms/{ALARM.alarm_id}/acknowledge")
    left = door.delete("/api/session")

    assert (entered.json()["name"], entered.json()["by"]) == ("Ada", "password")
    assert "HttpOnly" in entered.headers["set-cookie"]
    assert plant.stored().acknowledged_by == "Ada"
    assert left.status_code == 204
    assert door.get("/api/session").status_code == 401


def test_a_signed_out_cookie_that_was_copied_is_worth_nothing(door: Client) -> None:
    with_ada(door)
    cookie = door.post("/api/session", json=ADA).headers["set-cookie"].partition(";")[0]

    door.delete("/api/session")

    assert door.get("/api/session", headers={"Cookie": cookie}).status_code == 401


def test_a_wrong_password_is_401_and_too_many_are_429_with_the_time_to_wait(door: Client) -> None:
    with_ada(door)
    wrong = ADA | {"password": "wrong"}

    refused = [door.post("/api/session", json=wrong) for _ in range(6)]

    assert [answer.status_code for answer in refused] == [401] * 5 + [429]
    assert refused[0].json()["detail"] == "the name or the password is wrong"
    assert refused[5].headers["retry-after"] == "1"
    assert refused[5].json()["detail"] == "too many wrong passwords; try again in 1 s"
    assert all("set-cookie" not in answer.headers for answer in refused)


def test_another_page_cannot_sign_anybody_in(door: Client) -> None:
    with_ada(door)

    answer = door.post("/api/session", json=ADA, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_session_that_is_not_used_ends(door: Client, plant: Plant) -> None:
    with_ada(door)
    door.post("/api/session", json=ADA)

    plant.clock[0] = NOW_US + HALF_AN_HOUR_US

    assert door.get("/api/session").status_code == 401


def test_a_role_counts_in_the_application_as_well(door: Client) -> None:
    with_ada(door, "viewer")
    door.post("/api/session", json=ADA)

    answer = door.post("/api/alarms/anything/acknowledge")

    assert answer.status_code == 403
    assert answer.json()["detail"] == "this needs the role operator; Ada is viewer"


def test_people_of_the_provider_come_with_their_own_token(door: Client) -> None:
    who = door.get("/api/session", headers={"Authorization": "Bearer bobs-jwt"}).json()

    assert (who["name"], who["by"], who["expires_at"]) == ("Bob", "oidc", None)


def test_accounts_are_kept_by_an_administrator(door: Client) -> None:
    with_ada(door, "admin")
    door.post("/api/session", json=ADA)

    door.post("/api/accounts", json={**ADA, "name": "Bob", "role": "viewer", "sites": ["north"]})
    changed = door.request("PATCH", "/api/accounts/Bob", json={"role": "engineer"})
    last = door.delete("/api/accounts/Ada")
    unknown = door.delete("/api/accounts/Eve")
    listed = door.get("/api/accounts").json()

    assert changed.json()["role"] == "engineer"
    assert (last.status_code, last.json()["detail"]) == (409, "Ada is the last admin of north; make another one first")
    assert unknown.status_code == 404
    assert [(one["name"], one["role"]) for one in listed] == [("Ada", "admin"), ("Bob", "engineer")]
    assert door.get("/api/sign-in").json()["first_start"] is False
    assert "password" not in str(listed)


@pytest.mark.parametrize(
    ("mistake", "told"),
    [
        ({"name": "Ada Lovelace"}, "name: "),
        ({"password": "short"}, "password: "),
        ({"role": "root"}, "role: "),
        ({"sites": ["no spaces"]}, "sites.0: "),
        ({"password": "x" * 300}, "password: at most 256 characters; this has 300"),
    ],
)
def test_an_account_that_cannot_be_is_told_why(door: Client, mistake: dict[str, object], told: str) -> None:
    given = {**ADA, "role": "viewer", "sites": ["north"], **mistake}

    answer = door.post("/api/accounts", json=given, headers=BEARER)

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(told)


def test_where_an_identity_provider_keeps_the_people_there_are_no_accounts(plant: Plant) -> None:
    answers = [
        plant.client.request("GET", "/api/accounts", headers={"Authorization": "Bearer admin"}),
        plant.client.post("/api/session", json=ADA),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert plant.client.get("/api/sign-in").json()["password"] is False
