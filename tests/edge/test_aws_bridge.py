"""What AWS IoT asks is on disk, judged, sent once, and answered: also what is refused, comes twice, late or never."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from edge.aws_bridge import GIVE_UP_US
from edge.aws_errands import Errand
from edge.aws_messages import REPEATED
from edge.aws_telling import TOLD_IN_VAIN
from edge.aws_topics import command_filters, read_topic, shadow_filters
from edge.commanding import PlantCommands
from edge.folder import DataFolder
from edge.sqlite_alarms import Records, SqliteAlarmStore
from edge.sqlite_twin import SqliteTwin
from lineside.control.wire import CommandMessage, encode
from lineside.errors import Refused, Unavailable
from tests.control.gated import NOW_US, PLANT, SECOND_US, at, message
from tests.edge.bridged import FORMERS, FREEZERS, GET, Bridged, sent_to_machines
from tests.edge.commanded_plant import REQUEST, RESPONSE


@pytest.fixture
def bridged() -> Iterator[Bridged]:
    made = Bridged()
    yield made
    made.close()


# Executions of commands


def test_an_execution_is_on_disk_before_it_is_acknowledged_and_the_machine_has_the_very_message(
    bridged: Bridged,
) -> None:
    durable = bridged.comes(bridged.aws.start(FORMERS, message()))

    assert durable == [True]
    assert bridged.plant.wire.published == [(REQUEST, encode(message()))]
    assert bridged.aws.statuses["e-1"] == [("IN_PROGRESS", "RECEIVED")]


def test_the_machines_yes_ends_the_execution_and_is_told_to_the_clouds_desk(bridged: Bridged) -> None:
    bridged.comes(bridged.aws.start(FORMERS, message()))
    bridged.plant.hears()
    bridged.turn()

    ((topic, answer),) = bridged.aws.answers
    assert bridged.aws.statuses["e-1"] == [("IN_PROGRESS", "RECEIVED"), ("SUCCEEDED", "MACHINE_ACCEPTED")]
    assert (topic, answer.command_id, answer.accepted) == (RESPONSE, "c-1", True)
    assert bridged.errands.open() == []
    assert bridged.bridge.trouble == ""


def test_the_machines_no_is_told_with_its_reason(bridged: Bridged) -> None:
    bridged.comes(bridged.aws.start(FORMERS, message()))
    bridged.plant.hears(accepted=False, reason="the guard\x1b[2J is open")
    bridged.turn()

    assert bridged.aws.statuses["e-1"][-1] == ("FAILED", "MACHINE_REFUSED")
    assert [(answer.accepted, answer.reason) for _, answer in bridged.aws.answers] == [(False, "the guard [2J is open")]


@pytest.mark.parametrize(
    ("thing", "wanted", "status", "why"),
    [
        (FORMERS, message(attribute="GuardBypass"), ("REJECTED", "PLANT_REFUSED"), "not declared"),
        (FORMERS, message(value=41.0), ("REJECTED", "PLANT_REFUSED"), "above the limits"),
        (FORMERS, message(value=39.0), ("REJECTED", "PLANT_REFUSED"), "a step of"),
        (FREEZERS, message(), ("REJECTED", "PLANT_REFUSED"), "came on the topic of"),
        (FORMERS, message(device="Cookie Burner"), ("REJECTED", "PLANT_REFUSED"), "no machine of this site"),
        (FORMERS, message(roles=()), ("REJECTED", "PLANT_REFUSED"), "role"),
        (FORMERS, message(channel="voice"), ("REJECTED", "PLANT_REFUSED"), "another person"),
        (FORMERS, message(sent_at=at(60), expires_at=at(120)), ("REJECTED", "PLANT_REFUSED"), "was sent at"),
        (FORMERS, message(expires_at=at(1)), ("TIMED_OUT", "EXPIRED"), "it expires at"),
        (FORMERS, message(sent_at=at(-90_000), expires_at=at(-86_400)), ("TIMED_OUT", "EXPIRED"), "it expires at"),
    ],
)
def test_what_the_cloud_should_not_have_sent_is_answered_and_not_executed(
    bridged: Bridged, thing: str, wanted: CommandMessage, status: tuple[str, str], why: str
) -> None:
    bridged.comes(bridged.aws.start(thing, wanted))

    ((_, answer),) = bridged.aws.answers
    assert bridged.plant.wire.published == []
    assert bridged.aws.statuses["e-1"][-1] == status
    assert not answer.accepted
    assert why in answer.reason
    assert bridged.errands.open() == []


@pytest.mark.parametrize(
    "payload",
    [
        *(b"", b"\xff", b"[]", b"{}", b'{"message": 7}', b'{"message": "{}"}', b'{"message": "\\ud800"}'),
        *(json.dumps({"message": "x" * 40_000}).encode(), b'{"message": "' + encode(message()) + b'"}'),
    ],
)
def test_an_execution_that_cannot_be_read_is_rejected_and_holds_up_no_other(bridged: Bridged, payload: bytes) -> None:
    durable = bridged.comes(bridged.aws.start(FORMERS, payload))
    bridged.comes(bridged.aws.start(FORMERS, message(), "e-2"))

    assert durable == [True]
    assert bridged.aws.statuses["e-1"] == [("REJECTED", "UNREADABLE")]
    assert sent_to_machines(bridged) == ["c-1"]


def test_a_message_that_comes_twice_is_one_errand(bridged: Bridged) -> None:
    request = bridged.aws.start(FORMERS, message())
    for _ in range(3):
        bridged.comes(request)
    bridged.plant.hears()
    bridged.turn()
    bridged.comes(request)

    assert sent_to_machines(bridged) == ["c-1"]
    assert len(bridged.aws.answers) == 1
    assert [status for status, _ in bridged.aws.statuses["e-1"]] == ["IN_PROGRESS", "SUCCEEDED"]


def test_another_execution_of_the_same_command_is_not_obeyed_and_says_nothing_of_the_first(bridged: Bridged) -> None:
    bridged.comes(bridged.aws.start(FORMERS, message()))
    bridged.comes(bridged.aws.start(FORMERS, message(), "e-2"))
    bridged.comes(bridged.aws.start(FORMERS, message(value=30.0), "e-3"))
    bridged.plant.hears()
    bridged.turn()

    assert sent_to_machines(bridged) == ["c-1"]
    assert bridged.aws.statuses["e-2"] == bridged.aws.statuses["e-3"] == [("REJECTED", "REPEATED")]
    assert bridged.aws.statuses["e-1"][-1][0] == "SUCCEEDED"
    assert [(answer.accepted, answer.repeated) for _, answer in bridged.aws.answers] == [
        (False, True),
        (False, True),
        (True, False),
    ]


def test_an_id_that_the_plants_own_desk_has_used_is_a_copy(bridged: Bridged) -> None:
    bridged.plant.commands.send(message())
    bridged.comes(bridged.aws.start(FORMERS, message()))

    assert sent_to_machines(bridged) == ["c-1"]
    assert bridged.aws.statuses["e-1"] == [("REJECTED", "REPEATED")]
    assert bridged.aws.answers[0][1].reason == REPEATED.reason


def test_only_one_is_in_flight_whoever_sent_it(bridged: Bridged) -> None:
    bridged.comes(bridged.aws.start(FORMERS, message()))
    bridged.plant.commands.send(message("c-2", value=27.0))
    bridged.comes(bridged.aws.start(FORMERS, message("c-3", value=29.0), "e-3"))

    assert sent_to_machines(bridged) == ["c-1"]
    assert [answer.command_id for answer in bridged.plant.told if "under way" in answer.reason] == ["c-2", "c-3"]
    assert bridged.aws.statuses["e-3"][-1] == ("REJECTED", "PLANT_REFUSED")


def test_a_machine_that_is_away_is_waited_for_until_the_command_expires(bridged: Bridged) -> None:
    bridged.plant.wire.listening = False
    bridged.comes(bridged.aws.start(FORMERS, message()))
    waiting = list(bridged.aws.statuses["e-1"])
    bridged.later(60)

    assert waiting == [("IN_PROGRESS", "RECEIVED")]
    assert bridged.aws.statuses["e-1"][-1] == ("TIMED_OUT", "EXPIRED")
    assert bridged.aws.answers[0][1].reason.endswith("the machine is not connected")
    assert bridged.plant.wire.published == []


def test_no_answer_times_out_and_one_that_comes_later_still_reaches_the_clouds_desk(bridged: Bridged) -> None:
    bridged.comes(bridged.aws.start(FORMERS, message()))
    bridged.later(59)
    before = list(bridged.aws.statuses["e-1"])
    bridged.later(2)
    after = list(bridged.aws.statuses["e-1"])
    bridged.plant.hears()
    bridged.turn()

    assert before == [("IN_PROGRESS", "RECEIVED")]
    assert after[-1] == ("TIMED_OUT", "NO_ANSWER")
    assert bridged.aws.statuses["e-1"] == after
    assert [answer.accepted for _, answer in bridged.aws.answers] == [True]
    assert bridged.errands.open() == []


def test_after_an_hour_without_an_answer_nobody_waits_for_it(bridged: Bridged) -> None:
    bridged.comes(bridged.aws.start(FORMERS, message()))
    bridged.later(61)
    waiting = len(bridged.errands.open())
    bridged.later(3_600)

    assert (waiting, bridged.errands.open()) == (1, [])


# What AWS IoT does not take


def test_a_status_is_told_again_where_aws_was_too_busy_and_in_order(bridged: Bridged) -> None:
    bridged.aws.refusals = [{"error": "DataConflict"}, {"error": "RequestThrottled"}]
    bridged.comes(bridged.aws.start(FORMERS, message()))
    bridged.plant.hears()
    bridged.turn()
    for _ in range(6):
        bridged.later(5)

    assert [status for status, _ in bridged.aws.statuses["e-1"]] in (["SUCCEEDED"], ["IN_PROGRESS", "SUCCEEDED"])
    assert bridged.errands.open() == []


def test_an_execution_that_aws_has_ended_itself_is_told_of_no_more(bridged: Bridged) -> None:
    bridged.comes(bridged.aws.start(FORMERS, message()))
    bridged.aws.statuses["e-1"].append(("TIMED_OUT", "by AWS"))
    bridged.plant.hears()
    bridged.turn()
    told = len(bridged.session.published)
    bridged.later(600)

    assert bridged.errands.open() == []
    assert len(bridged.session.published) == told
    assert [answer.accepted for _, answer in bridged.aws.answers] == [True]


def test_the_next_status_waits_until_aws_has_taken_the_one_before(bridged: Bridged) -> None:
    bridged.aws.silent = True
    bridged.comes(bridged.aws.start(FORMERS, message()))
    bridged.plant.hears()
    bridged.turn()
    at_once = [json.loads(payload)["status"] for topic, payload in bridged.session.published if "executions" in topic]
    bridged.aws.silent = False
    bridged.later(6)

    assert at_once == ["IN_PROGRESS"]
    assert bridged.aws.statuses["e-1"] == [("SUCCEEDED", "MACHINE_ACCEPTED")]


def test_a_cloud_that_takes_nothing_is_said_until_it_does(bridged: Bridged) -> None:
    bridged.aws.silent = True
    bridged.comes(bridged.aws.start(FORMERS, message()))
    for _ in range(2 * TOLD_IN_VAIN):
        bridged.later(30)
    trouble = bridged.bridge.trouble
    bridged.aws.silent = False
    bridged.later(60)

    assert trouble == "AWS IoT does not take what became of 1 commands"
    assert bridged.bridge.trouble == ""


def test_what_nobody_takes_for_a_day_is_given_up(bridged: Bridged) -> None:
    bridged.aws.silent = True
    bridged.comes(bridged.aws.start(FORMERS, message()))
    bridged.plant.hears()
    bridged.later(GIVE_UP_US / SECOND_US + 61)

    assert bridged.errands.open() == []


def test_without_a_connection_nothing_is_told_and_nothing_lost(bridged: Bridged) -> None:
    bridged.session.connected = False
    bridged.comes(bridged.aws.start(FORMERS, message()))
    bridged.plant.hears()
    bridged.turn()
    meanwhile = list(bridged.session.published)
    bridged.session.connected = True
    bridged.bridge.on_ready()
    bridged.turn()

    assert meanwhile == []
    assert sent_to_machines(bridged) == ["c-1"]
    assert bridged.aws.statuses["e-1"] == [("SUCCEEDED", "MACHINE_ACCEPTED")]
    assert [answer.accepted for _, answer in bridged.aws.answers] == [True]


def test_what_an_interruption_caught_on_its_way_reaches_the_clouds_desk_once(bridged: Bridged) -> None:
    bridged.session.holds = True
    bridged.comes(bridged.aws.start(FORMERS, message()))
    bridged.plant.hears()
    bridged.turn()
    bridged.bridge.on_ready()
    bridged.turn()
    bridged.session.comes_back()
    bridged.turn()

    assert [answer.command_id for _, answer in bridged.aws.answers] == ["c-1"]
    assert bridged.aws.statuses["e-1"][-1] == ("SUCCEEDED", "MACHINE_ACCEPTED")
    assert bridged.errands.open() == []


def test_a_full_disk_acknowledges_nothing_and_is_said(bridged: Bridged, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> bool:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(bridged.errands, "add", full)
    while_full = bridged.comes(bridged.aws.start(FORMERS, message()))
    trouble = bridged.bridge.trouble
    monkeypatch.undo()
    bridged.turn()

    assert while_full == [True]  # and not before the disk took it
    assert trouble == "the disk is full"
    assert sent_to_machines(bridged) == ["c-1"]


def test_what_is_nobodys_is_dropped_and_counted(bridged: Bridged) -> None:
    request = f"$aws/commands/things/{FORMERS}/executions/e-1/request/json"
    for topic in (request.replace(FORMERS, "oven"), "x", request.replace("json", "cbor"), f"{GET}/else"):
        bridged.comes((topic, b"{}"))

    assert bridged.bridge.strangers == 4
    assert bridged.errands.open() == []


# The plant's own desk, its site, and topics


def test_what_was_asked_of_a_machine_that_the_site_no_longer_has_holds_up_no_other(bridged: Bridged) -> None:
    for thing in ("oven", FORMERS):
        asked = message(f"c-{thing}")
        bridged.errands.add(Errand(errand_id=thing, thing=thing, received_us=NOW_US, message=asked))
    bridged.turn()

    assert [errand.thing for errand in bridged.errands.open()] == [FORMERS]


def test_a_command_of_the_clouds_is_neither_known_to_the_plants_desk_nor_sent_by_it(tmp_path: Any, caplog: Any) -> None:
    records = Records(tmp_path / "records.db")
    commands = PlantCommands(DataFolder(tmp_path), PLANT, SqliteTwin(), SqliteAlarmStore(records))
    commands.transport.receive(REQUEST, encode(message()))
    commands.transport.turn(commands._answered)
    commands._turn()
    outcome = commands.transport.outcome("c-1")

    with pytest.raises(Refused, match="was used before"):
        commands.transport.send(message())
    still_open = commands.desk.store.open("plant")
    commands.close()
    records.close()

    assert outcome is not None
    assert outcome.answer is not None, "the gate had no values to go by"
    assert still_open == []
    assert "was not taken" not in caplog.text


def test_every_topic_that_is_subscribed_to_is_read() -> None:
    topics = [each.replace("+", "e-1") for each in (*command_filters(FORMERS), *shadow_filters(FORMERS))]

    found = [read_topic(each) for each in topics]

    assert [one.kind for one in found if one] == [
        *("request", "accepted", "rejected"),
        *("delta", "shadow", "no shadow", "not reported"),
    ]
    assert {one.thing for one in found if one} == {FORMERS}
