"""Every route refuses who may not use it. A route without a row in this table fails the test."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from lineside.api.access import EVERY_SITE, Person, Role
from tests.api.conftest import ALARM, Plant, a_plant, as_person, client_of

OPEN = None
LEAST: dict[str, Role | None] = {
    "GET /health": OPEN,
    "GET /api/sign-in": OPEN,
    "POST /api/session": OPEN,
    "GET /api/session": Role.VIEWER,
    "DELETE /api/session": Role.VIEWER,
    "GET /openapi.json": Role.VIEWER,
    "GET /api/sites": Role.VIEWER,
    "GET /api/lines": Role.VIEWER,
    "GET /api/lines/{line}": Role.VIEWER,
    "GET /api/lines/{line}/events": Role.VIEWER,
    "GET /api/lines/{line}/machines": Role.VIEWER,
    "GET /api/lines/{line}/machines/{machine}": Role.VIEWER,
    "GET /api/lines/{line}/machines/{machine}/telemetry": Role.VIEWER,
    "GET /api/lines/{line}/losses": Role.VIEWER,
    "GET /api/lines/{line}/handover": Role.VIEWER,
    "GET /api/alarms": Role.VIEWER,
    "GET /api/alarms/health": Role.VIEWER,
    "GET /api/alarms/{alarm_id}": Role.VIEWER,
    "GET /api/alarms/{alarm_id}/history": Role.VIEWER,
    "GET /api/alarms/{alarm_id}/changes": Role.VIEWER,
    "POST /api/alarms/{alarm_id}/acknowledge": Role.OPERATOR,
    "POST /api/alarms/{alarm_id}/shelve": Role.OPERATOR,
    "POST /api/alarms/{alarm_id}/unshelve": Role.OPERATOR,
    "POST /api/alarms/{alarm_id}/out-of-service": Role.OPERATOR,
    "POST /api/alarms/{alarm_id}/return-to-service": Role.OPERATOR,
    "POST /api/alarms/{alarm_id}/comment": Role.OPERATOR,
    "GET /api/advisories": Role.VIEWER,
    "GET /api/quarantine": Role.ENGINEER,
    "POST /api/quarantine/replay": Role.ENGINEER,
    "POST /api/chat": Role.VIEWER,
    "GET /api/suggestions": Role.VIEWER,
    "GET /api/models": Role.VIEWER,
    "GET /api/conversations": Role.VIEWER,
    "GET /api/conversations/{conversation_id}": Role.VIEWER,
    "DELETE /api/conversations/{conversation_id}": Role.VIEWER,
    "PUT /api/feedback": Role.OPERATOR,
    "GET /api/feedback": Role.ENGINEER,
    "GET /api/releases": Role.ENGINEER,
    "GET /api/releases/{release_id}": Role.ENGINEER,
    "GET /api/releases/{release_id}/report": Role.ENGINEER,
    "POST /api/releases/{release_id}/decision": Role.ADMIN,
    "POST /api/releases/{release_id}/promote": Role.ADMIN,
    "POST /api/releases-rollback": Role.ENGINEER,
    "GET /api/command-points": Role.VIEWER,
    "GET /api/commands": Role.VIEWER,
    "GET /api/commands/automatic": Role.VIEWER,
    "POST /api/commands/automatic/reset": Role.OPERATOR,
    "GET /api/commands/{command_id}": Role.VIEWER,
    "POST /api/commands": Role.OPERATOR,
    "POST /api/commands/check": Role.OPERATOR,
    "POST /api/commands/what-if": Role.OPERATOR,
    "POST /api/commands/{command_id}/decision": Role.OPERATOR,
    "POST /api/commands/{command_id}/withdraw": Role.OPERATOR,
    "GET /api/automation": Role.VIEWER,
    "POST /api/automation": Role.OPERATOR,
    "GET /api/commands-audit": Role.ENGINEER,
    "POST /api/inspections/{machine}/images": Role.OPERATOR,
    "POST /api/inspections/uploads": Role.OPERATOR,
    "GET /api/inspections": Role.VIEWER,
    "GET /api/inspections/queue": Role.VIEWER,
    "GET /api/inspections/cameras": Role.VIEWER,
    "GET /api/inspections/accuracy": Role.VIEWER,
    "GET /api/inspections/{image_id}": Role.VIEWER,
    "GET /api/inspections/{image_id}/image": Role.VIEWER,
    "POST /api/inspections/{image_id}/review": Role.OPERATOR,
    "GET /api/reviews": Role.ENGINEER,
    "POST /api/reviews/{feedback_id}": Role.ENGINEER,
    "GET /api/documents": Role.VIEWER,
    "GET /api/documents/{document_id}/file": Role.VIEWER,
    "GET /api/documents/{document_id}/pages/{page}": Role.VIEWER,
    "GET /api/documents/{document_id}/text": Role.VIEWER,
    "GET /api/voice": Role.VIEWER,
    "POST /api/voice/transcript": Role.VIEWER,
    "POST /api/voice/transcribe-address": Role.VIEWER,
    "POST /api/voice/speech": Role.VIEWER,
    "GET /api/accounts": Role.ADMIN,
    "POST /api/accounts": Role.ADMIN,
    "PATCH /api/accounts/{name}": Role.ADMIN,
    "DELETE /api/accounts/{name}": Role.ADMIN,
    "GET /ngsi-ld/v1/entities": Role.VIEWER,
    "GET /ngsi-ld/v1/entities/{entity_id}": Role.VIEWER,
    "GET /ngsi-ld/v1/types": Role.VIEWER,
}
"""The least role that may use each route; everybody may use the open ones."""


@pytest.fixture(scope="module")
def shared() -> Iterator[Plant]:
    """One plant for all rows: what is refused changes nothing."""
    with a_plant() as made:
        yield made


FILLED_IN = {"line": "line-1", "machine": "Box Sealer", "alarm_id": ALARM.alarm_id, "page": "1"}
ROLE_OF = {"viewer": Role.VIEWER, "operator": Role.OPERATOR, "engineer": Role.ENGINEER, "admin": Role.ADMIN}
GUARDED = {route: least for route, least in LEAST.items() if least is not None}


def call(plant: Plant, route: str, who: str) -> httpx.Response:
    """The route with something plausible in its address, and with no body: what is refused is refused before that."""
    method, _, path = route.partition(" ")
    for name in [part.strip("{}") for part in path.split("/") if part.startswith("{")]:
        path = path.replace(f"{{{name}}}", FILLED_IN.get(name, "anything"))
    return plant.client.request(method, path, headers=as_person(who))


def test_every_route_has_a_row_here(plant: Plant) -> None:
    described = plant.application().openapi()["paths"]

    routes = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}

    assert routes - set(LEAST) == set()
    assert set(LEAST) - routes <= {"GET /openapi.json"}


@pytest.mark.parametrize("route", GUARDED)
def test_nobody_gets_in_without_signing_in(shared: Plant, route: str) -> None:
    for who in ("nobody", ""):
        answer = call(shared, route, who)

        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"] == "sign in first"


@pytest.mark.parametrize("route", GUARDED)
def test_an_admin_of_another_site_is_refused(shared: Plant, route: str) -> None:
    answer = call(shared, route, "admin of another site")

    assert answer.status_code == 403
    assert "has no access to the site north" in answer.json()["detail"]


@pytest.mark.parametrize("route", [route for route, least in GUARDED.items() if least > Role.VIEWER])
def test_a_lower_role_is_refused(shared: Plant, route: str) -> None:
    lower = [word for word, role in ROLE_OF.items() if role < GUARDED[route]]

    answers = [call(shared, route, word) for word in lower]

    assert {answer.status_code for answer in answers} == {403}
    assert all(f"this needs the role {GUARDED[route].word}" in answer.json()["detail"] for answer in answers)


@pytest.mark.parametrize("route", [route for route in GUARDED if route != "POST /api/chat"])
def test_the_least_role_is_enough(shared: Plant, route: str) -> None:
    answer = call(shared, route, GUARDED[route].word)

    assert answer.status_code not in (401, 403, 405, 500)


def test_open_routes_ask_nobody_who_they_are(plant: Plant) -> None:
    assert call(plant, "GET /health", "nobody").status_code == 200
    assert call(plant, "GET /api/sign-in", "nobody").json()["site"] == "north"


def test_roles_are_read_in_any_letter_case_and_nothing_else_is_one() -> None:
    assert Role.of(" Operator ") is Role.OPERATOR
    for word in ("", "root", "admin2", "OPERATOR;"):
        with pytest.raises(ValueError, match="is no role"):
            Role.of(word)


def test_every_site_is_granted_by_a_star_only() -> None:
    assert Person("Ada", Role.VIEWER, (EVERY_SITE,)).may_see("north")
    assert not Person("Ada", Role.VIEWER, ("north*", "", "nor")).may_see("north")
    assert not Person("Ada", Role.ADMIN, ()).may_see("north")


def test_a_name_chosen_elsewhere_is_not_the_person_here() -> None:
    here, there = Person("Ada", Role.VIEWER), Person("Ada", Role.VIEWER, by="oidc", subject="https://id#77")

    assert here.key != there.key
    assert here.key == Person("ADA", Role.VIEWER).key


def test_a_person_recognised_by_nobody_just_now_is_told_so(plant: Plant) -> None:
    from lineside.errors import Unavailable

    def door(*_: object) -> Person | None:
        raise Unavailable("the keys of https://id.example cannot be read")

    with client_of(plant.application(door)) as client:
        answer = client.get("/api/lines")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "cannot be read" in answer.json()["detail"]


def test_strangers_learn_of_a_public_health_only_whether_it_is_well(plant: Plant) -> None:
    plant.has(public=True)

    stranger = plant.client.get("/health", headers=as_person("nobody"))
    elsewhere = plant.client.get("/health", headers=as_person("admin of another site"))
    ours = plant.client.get("/health")

    assert (stranger.status_code, stranger.json()["status"]) == (200, "ok")
    assert stranger.json()["version"] == elsewhere.json()["version"] == ""
    assert ours.json()["version"] == "1"
