"""What would it do, over HTTP: the answer in words and figures, what nobody can tell, and one question at a time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lineside.control.request import CommandRequest
from lineside.control.what_if import WhatIf, headline, outcome
from lineside.errors import Conflict
from tests.api.conftest import NOW_US, Plant
from tests.api.controlled import Controlled

COLDER = {
    "command_id": "c-1", "device": "Freezer Tunnel", "attribute": "TemperatureSetpoint", "value": -22.5, "unit": "CEL"
}  # fmt: skip
FEWER = outcome("rejects", "rejects", "an hour", [100, 104, 96], [86, 90, 81], observed=98.0)


class Model:
    """Says what it was given, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[CommandRequest, int]] = []
        self.busy = False

    def ask(self, request: CommandRequest, now_us: int) -> WhatIf:
        if self.busy:
            raise Conflict("another change is being tried out just now")
        self.asked.append((request, now_us))
        return WhatIf(headline([FEWER]), "", (FEWER,), 3, 60.0, ("It is a model.",), "nine of ten hours")


@pytest.fixture
def controlled(plant: Plant) -> Iterator[Controlled]:
    made = Controlled(plant)
    yield made
    made.records.close()


@pytest.fixture
def model(controlled: Controlled) -> Model:
    made = Model()
    controlled.plant.has(what_if=made)
    return made


def test_the_difference_is_told_with_its_interval_and_what_was_assumed(controlled: Controlled, model: Model) -> None:
    told = controlled.post("commands/what-if", **COLDER).json()

    assert told["headline"].startswith("Fewer rejects: 14 an hour less, between 1")
    assert (told["unknown"], told["replays"], told["minutes"]) == ("", 3, 60.0)
    assert (told["interval"], told["assumed"]) == ("nine of ten hours", ["It is a model."])
    (rejects,) = told["outcomes"]
    assert (rejects["observed"], rejects["without"], rejects["stands_out"]) == (98.0, 100.0, True)
    assert rejects["low"] < rejects["difference"] < rejects["high"] < 0


def test_asking_proposes_nothing_and_sends_nothing(controlled: Controlled, model: Model) -> None:
    controlled.post("commands/what-if", **COLDER)

    ((asked, at_us),) = model.asked
    assert (asked.value, asked.unit, asked.proposed_by, at_us) == (-22.5, "CEL", "Olga", NOW_US)
    assert controlled.get("commands") == []
    assert controlled.sent.messages == []
    assert controlled.get("commands-audit")["entries"] == []


def test_where_no_model_is_it_is_said_and_no_error(controlled: Controlled) -> None:
    answer = controlled.post("commands/what-if", **COLDER)

    assert answer.status_code == 200
    assert answer.json()["unknown"] == "there is no model of a line here"
    assert answer.json()["outcomes"] == []


def test_a_second_question_meanwhile_is_told_to_wait(controlled: Controlled, model: Model) -> None:
    model.busy = True

    answer = controlled.post("commands/what-if", **COLDER)

    assert (answer.status_code, answer.json()["detail"]) == (409, "another change is being tried out just now")


def test_what_is_no_number_is_asked_of_nobody(controlled: Controlled, model: Model) -> None:
    answer = controlled.post("commands/what-if", **{**COLDER, "value": "-22"})

    assert answer.status_code == 422
    assert model.asked == []
