"""Every route, asked what its own description allows and what it does not, by people of every role.

Nothing may fail inside, every answer must be as described, and every refusal a problem.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
import schemathesis
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi import checks as openapi_checks

from edge.accounts import SqliteAccounts
from edge.sqlite_releases import Releases, SqliteReleases
from lineside.api.limits import Turns
from lineside.api.openapi import document
from lineside.api.voice import AUDIO_TYPES
from lineside.inspection.intake import JPEG, PNG
from lineside.lake import Lake
from lineside.releases.desk import ReleaseDesk
from lineside.releases.record import CanaryVerdict, ModelRelease
from lineside.telemetry.reading import Reading
from tests.api.assistants import Says, chat_with
from tests.api.conftest import ALARM, NOW_US, PEOPLE, Plant, a_plant, advisory, as_person
from tests.api.controlled import Controlled
from tests.api.inspecting import IMAGE_ID, Inspecting
from tests.api.test_chat_routes import Hears, Shelf
from tests.contracts.people import an_answer
from tests.releases.builders import a_release

OPERATIONS = [
    f"{method.upper()} {path}" for path, methods in json.loads(document())["paths"].items() for method in methods
]
CHECKED = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.negative_data_rejection,
]
KNOWN = {
    "line": "line-1",
    "machine": "Freezer Tunnel",
    "alarm_id": ALARM.alarm_id,
    "conversation_id": "c-1",
    "document_id": "sop",
    "release_id": "r-1",
    "command_id": "c-1",
    "image_id": IMAGE_ID,
    "page": "1",
    "entity_id": "urn:ngsi-ld:ManufacturingMachine:default:north:freezer-tunnel",
}


@schemathesis.serializer(*AUDIO_TYPES, PNG, JPEG)
def as_it_is(_: Any, recording: Any) -> Any:
    """A recording, or an image, is sent as the bytes that it is."""
    return recording if isinstance(recording, bytes) else json.dumps(recording).encode()


EXAMPLES = {"admin": 12, "engineer": 3, "operator": 3, "viewer": 3, "nobody": 2}


@pytest.fixture(scope="module")
def lively() -> Iterator[Plant]:
    """A plant where every kind of thing is there."""
    with a_plant() as plant:
        plant.raise_alarm()
        plant.services.advisories.save(advisory(1))
        for person in PEOPLE.values():
            plant.services.conversations.save(person.key, an_answer(1))
        hear(plant)
        accounts = SqliteAccounts(None, "north", hasher=PasswordHasher(1, 8, 1))
        plant.has(accounts=accounts)
        release(plant)
        controlled = Controlled(plant)
        controlled.propose()
        controlled.acts()
        inspecting = Inspecting(plant)
        inspecting.seen()
        plant.has(documents=Shelf(), voice=Hears("server", "polly"), chat=chat_with(Says(), plant.services))
        yield plant
        accounts.close()
        controlled.records.close()
        inspecting.store.close()


def release(plant: Plant) -> None:
    """One release is live, one is the canary, one waits for a person."""
    store = SqliteReleases(Releases())
    desk = ReleaseDesk(store, plant.services.now_us, reports=Written())
    canary = CanaryVerdict("wait", "Too early.", NOW_US, {"answers_canary": 3.0})
    for each in (
        a_release("r-1", report="r-1.html"),
        a_release("r-2", canary=canary),
        a_release("r-3", status="waiting"),
    ):
        store.put(each)
    desk.promote("r-1", by="Anna")
    desk.promote("r-2", by="Anna", canary_share=0.1)
    plant.has(releases=desk)


class Written:
    """Reports as they were written."""

    def html(self, release: ModelRelease) -> str | None:
        return f"<!doctype html><title>{release.release_id}</title>"


def hear(plant: Plant) -> None:
    readings = [
        Reading("Freezer Tunnel", name, NOW_US - seconds * 1_000_000, value, unit=unit, received_us=NOW_US)
        for seconds in range(60, 0, -5)
        for name, value, unit in (("Temperature", -20.0 - seconds / 60, "CEL"), ("State", "Running", ""))
    ]
    plant.services.twin.update("north", "line-1", readings)
    Lake(plant.objects).append("north", "line-1", readings, "batch-1")


@pytest.fixture(scope="module")
def described(lively: Plant) -> Any:
    app = lively.application()
    app.state.turns = Turns(per_minute=10_000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return schemathesis.openapi.from_asgi("/openapi.json", app, headers=as_person("admin"))


@pytest.fixture(scope="module")
def cases(described: Any) -> Callable[[str, GenerationMode | None], list[Any]]:
    """What a route is asked, drawn once for all people: drawing takes longer than the answer."""

    @cache
    def drawn(operation: str, mode: GenerationMode | None) -> list[Any]:
        method, _, path = operation.partition(" ")
        known = {name: value for name, value in KNOWN.items() if f"{{{name}}}" in path}
        chosen = {} if mode is None else {"generation_mode": mode}
        found: list[Any] = []
        with suppress(Unsatisfiable):  # where every value is allowed, or there is nothing to ask, none is wrong
            asked = described[path][method].as_strategy(path_parameters=known or None, **chosen)
            bounded(max(EXAMPLES.values()))(given(case=asked)(lambda case: found.append(case)))()
        assert found or mode is not None
        return found

    return drawn


@pytest.mark.parametrize("who", EXAMPLES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_answer_is_as_described(cases: Any, operation: str, who: str) -> None:
    count = EXAMPLES[who]
    asked = [*cases(operation, None)[:count], *cases(operation, GenerationMode.NEGATIVE)[:count]]

    for case in asked:
        answer = case.call(headers=as_person(who))

        case.validate_response(answer, checks=CHECKED, headers=as_person(who))
        if answer.status_code >= 400 and not operation.endswith(" /health"):
            assert answer.headers["content-type"] == ["application/problem+json"]


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if "{" in one])
def test_any_id_is_found_or_not_found(described: Any, operation: str) -> None:
    method, _, path = operation.partition(" ")

    def check(case: Any) -> None:
        answer = case.call(headers=as_person("admin"))
        case.validate_response(answer, checks=CHECKED, headers=as_person("admin"))

    bounded(8)(given(case=described[path][method].as_strategy())(check))()


def bounded(examples: int) -> Any:
    """The same few examples at every run."""

    def decorate(test: Any) -> Any:
        few = settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        return seed(1)(few(test))

    return decorate
