"""Set-points in a shadow: read whole, obeyed once, and reported as what became of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lineside.control.wire import encode
from tests.control.asked import FREEZER
from tests.control.gated import at
from tests.edge.bridged import FORMERS, FREEZERS, GET, Bridged, colder, entry, reported, sent_to_machines
from tests.edge.commanded_plant import RESPONSE


@pytest.fixture
def bridged() -> Iterator[Bridged]:
    made = Bridged()
    yield made
    made.close()


def test_a_set_point_goes_from_the_shadow_to_the_machine_and_is_reported_with_its_yes(bridged: Bridged) -> None:
    bridged.comes(bridged.aws.desire(FREEZERS, entry(colder())))
    before = dict(bridged.aws.reported)
    bridged.plant.hears(device=FREEZER, topic=RESPONSE.replace(FORMERS, FREEZERS))
    bridged.turn()

    assert sent_to_machines(bridged) == ["c-1"]
    assert before == {}
    assert bridged.aws.delta(FREEZERS) == {}
    assert reported(bridged)["answer"]["status"] == "SUCCEEDED"
    assert [(topic, answer.accepted) for topic, answer in bridged.aws.answers] == [
        (RESPONSE.replace(FORMERS, FREEZERS), True)
    ]
    assert bridged.errands.open() == []


def test_a_delta_that_leaves_out_what_is_reported_already_is_understood(bridged: Bridged) -> None:
    for number, value in ((1, -22.0), (2, -23.0)):
        wanted = colder(f"c-{number}", value)
        topic, delta = bridged.aws.desire(FREEZERS, entry(wanted))
        bridged.comes((topic, delta))
        bridged.plant.hears(device=FREEZER, command_id=f"c-{number}", topic=RESPONSE.replace(FORMERS, FREEZERS))
        bridged.turn()
        object.__setattr__(bridged.plant.commands._gate, "ended", lambda _id: True)

    assert set(json.loads(delta)["state"]["TemperatureSetpoint"]) == {"command_id", "value"}
    assert sent_to_machines(bridged) == ["c-1", "c-2"]
    assert bridged.aws.delta(FREEZERS) == {}
    assert reported(bridged)["value"] == -23.0


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        (entry(colder(value=-30.0)), "REJECTED"),
        (entry(colder(approved_by="")), "REJECTED"),
        (entry(colder(sent_at=at(-700), expires_at=at(-100))), "TIMED_OUT"),
        ({"TemperatureSetpoint": {"value": -22.0}}, "REJECTED"),
        ({"TemperatureSetpoint": -22.0}, "REJECTED"),
        ({"SpeedSetpoint": json.loads(encode(colder()))}, "REJECTED"),
    ],
)
def test_an_entry_that_may_not_be_is_reported_as_refused_and_desire_and_report_differ(
    bridged: Bridged, wanted: dict[str, Any], status: str
) -> None:
    bridged.comes(bridged.aws.desire(FREEZERS, wanted))

    (attribute,) = wanted
    assert bridged.plant.wire.published == []
    assert bridged.aws.reported[FREEZERS][attribute]["answer"]["status"] == status
    assert bridged.aws.delta(FREEZERS) != {}
    assert bridged.errands.open() == []


def test_what_was_desired_while_the_plant_was_away_is_read_when_it_connects(bridged: Bridged) -> None:
    bridged.turn()
    asked = bridged.aws.asked[FREEZERS]
    bridged.aws.desire(FREEZERS, entry(colder()))
    bridged.bridge.on_ready()
    bridged.turn()
    bridged.bridge.on_ready()
    bridged.turn()

    assert asked == 1, "and where there is no shadow yet, not again and again"
    assert sent_to_machines(bridged) == ["c-1"]


def test_a_shadow_that_does_not_come_is_asked_for_again(bridged: Bridged) -> None:
    bridged.aws.silent = True
    bridged.comes(bridged.aws.desire(FREEZERS, entry(colder())))
    bridged.later(4)
    soon = [topic for topic, _ in bridged.session.published].count(GET)
    bridged.aws.silent = False
    bridged.later(6)

    assert soon == 1
    assert sent_to_machines(bridged) == ["c-1"]


def test_an_old_answer_about_the_shadow_is_passed_over(bridged: Bridged) -> None:
    old = json.dumps({"state": {"desired": entry(colder())}, "clientToken": "of another connection"}).encode()

    bridged.comes((f"{GET}/accepted", old))

    assert bridged.plant.wire.published == []


def test_a_change_while_the_shadow_is_on_its_way_is_not_missed(
    bridged: Bridged, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridged.turn()
    delta = bridged.aws.desire(FREEZERS, entry(colder()))
    answers = bridged.aws._shadow

    def answered_too_early(topic: str, thing: str, said: dict[str, Any]) -> Any:
        monkeypatch.undo()
        bridged.aws.desired.pop(thing)
        early = answers(topic, thing, said)
        bridged.bridge.put(*bridged.aws.desire(FREEZERS, entry(colder())), bridged.plant.now_us, lambda: None)
        return early

    monkeypatch.setattr(bridged.aws, "_shadow", answered_too_early)
    bridged.comes(delta)

    assert sent_to_machines(bridged) == ["c-1"]


def test_what_is_refused_is_not_asked_for_again_and_again(bridged: Bridged) -> None:
    bridged.comes(bridged.aws.desire(FREEZERS, entry(colder(value=-30.0))))
    asked = bridged.aws.asked[FREEZERS]
    for _ in range(20):
        bridged.later(5)

    assert bridged.aws.asked[FREEZERS] == asked <= 3


def test_a_report_that_aws_did_not_take_is_told_again(bridged: Bridged) -> None:
    bridged.aws.refusals = [{"code": 429}]
    bridged.comes(bridged.aws.desire(FREEZERS, entry(colder())))
    bridged.plant.hears(device=FREEZER, topic=RESPONSE.replace(FORMERS, FREEZERS))
    bridged.turn()
    refused = dict(bridged.aws.reported)
    bridged.later(6)

    assert refused == {}
    assert bridged.aws.delta(FREEZERS) == {}


def test_a_report_that_was_lost_is_mended_at_the_next_connection(bridged: Bridged) -> None:
    bridged.comes(bridged.aws.desire(FREEZERS, entry(colder())))
    bridged.plant.hears(device=FREEZER, topic=RESPONSE.replace(FORMERS, FREEZERS))
    bridged.turn()
    bridged.aws.reported.clear()
    bridged.bridge.on_ready()
    bridged.turn()

    assert bridged.aws.delta(FREEZERS) == {}
    assert bridged.errands.open() == []


def test_a_late_yes_does_not_overwrite_what_is_in_force(bridged: Bridged) -> None:
    answers = RESPONSE.replace(FORMERS, FREEZERS)
    bridged.comes(bridged.aws.desire(FREEZERS, entry(colder())))
    object.__setattr__(bridged.plant.commands._gate, "ended", lambda _id: True)
    bridged.later(1)
    bridged.comes(bridged.aws.desire(FREEZERS, entry(colder("c-2", -23.0))))
    for command_id in ("c-2", "c-1"):
        bridged.plant.hears(device=FREEZER, command_id=command_id, topic=answers)
        bridged.turn()

    assert (reported(bridged)["value"], reported(bridged)["answer"]["command_id"]) == (-23.0, "c-2")
    assert [answer.command_id for _, answer in bridged.aws.answers] == ["c-2", "c-1"]
    assert bridged.errands.open() == []
