"""What AWS IoT asks is on disk, judged, sent once, and answered: also what is refused, comes twice, late or never."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from edge.aws_bridge import GIVE_UP_US
from edge.aws_messages import REPEATED
from edge.aws_telling import TOLD_IN_VAIN
from edge.aws_topics import command_filters, read_topic, shadow_filters
from edge.commanding import PlantCommands
from edge.folder import DataFolder
from edge.sqlite_alarms import Records, SqliteAlarmStore
from edge.sqlite_twin import SqliteTwin
from lineside.control.wire import CommandMessage, decode_message, encode
from lineside.errors import Refused, Unavailable
from tests.control.asked import FREEZER
from tests.control.gated import PLANT, SECOND_US, at, message
from tests.edge.bridged import FORMERS, FREEZERS, Bridged
from tests.edge.commanded_plant import REQUEST, RESPONSE

GET = "$aws/things/freezer-tunnel/shadow/name/setpoints/get"


@pytest.fixture
def bridged() -> Iterator[Bridged]:
    made = Bridged()
    yield made
    made.close()


def colder(command_id: str = "c-1", value: float = -22.0, **changed: Any) -> CommandMessage:
    said: dict[str, Any] = {"device": FREEZER, "attribute": "TemperatureSetpoint", "unit": "CEL", "risk": "high"}
    return message(command_id, value=value, **(said | {"approved_by": "Eva Lind"} | changed))


def entry(wanted: CommandMessage) -> dict[str, Any]:
    return {wanted.attribute: json.loads(encode(wanted))}


def sent_to_machines(bridged: Bridged) -> list[str]:
    return [decode_message(payload).command_id for _, payload in bridged.plant.wire.published]


def reported(bridged: Bridged) -> dict[str, Any]:
    return bridged.aws.reported[FREEZERS]["TemperatureSetpoint"]


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


# Set-points in a shadow


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


# The plant's own desk, and topics


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
