"""Commands as AWS IoT is told them: what goes over the wire, what the same id does again, and errors in our words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from app import ROOT
from cloud.command_answers import answer_in
from cloud.command_desk import CommandMachine, execution_name
from cloud.iot_commands import ATTEMPTS, IotCommands, token_of
from lineside.control.wire import CommandAnswer, CommandMessage, decode_message, encode
from lineside.errors import LinesideError, Malformed, Misconfigured, Refused, Throttled, Unavailable
from lineside.line.ingest import Message
from lineside.site import read_site
from tests.cloud.wire import Wire
from tests.control.commands import a_command

SITE = read_site(ROOT / "samples" / "site.yaml")
COMMAND_ARN = "arn:aws:iot:eu-central-1:123456789012:command/lineside-bakery-north-set-point"
THINGS_ARN = "arn:aws:iot:eu-central-1:123456789012:thing/"
MESSAGE = CommandMessage(
    command_id="c-1",
    device="Freezer Tunnel",
    attribute="TemperatureSetpoint",
    value=-21.0,
    unit="CEL",
    sent_at="2026-03-03T06:00:00Z",
    expires_at="2026-03-03T06:10:00Z",
    risk="high",
    proposed_by="Anna",
    approved_by="Eva",
    roles=("operator",),
)


@pytest.fixture
def wire() -> Wire:
    return Wire()


def transport(wire: Wire) -> IotCommands:
    clients = wire.client("iot-jobs-data"), wire.client("iot-data")
    return IotCommands(SITE, *clients, command_arn=COMMAND_ARN, things_arn=THINGS_ARN)


def shadow(version: int, **desired: Any) -> dict[str, Any]:
    return {"state": {"desired": desired}, "version": version}


def entry(**changes: Any) -> dict[str, Any]:
    return json.loads(encode(replace(MESSAGE, **changes)))


def test_a_command_is_started_on_its_thing_with_the_very_message_and_until_it_expires(wire):
    wire.answers({"executionId": "e-1"})
    transport(wire).send(MESSAGE, "command")

    (asked,) = wire.bodies
    assert decode_message(asked.pop("parameters")["message"]["S"].encode()) == MESSAGE
    assert asked == {
        "targetArn": f"{THINGS_ARN}freezer-tunnel",
        "commandArn": COMMAND_ARN,
        "executionTimeoutSeconds": 600,
        "clientToken": "c-1",
    }


def test_the_same_command_sends_the_same_bytes_and_an_id_that_stands_for_another_is_refused(wire):
    wire.answers({"executionId": "e-1"})
    wire.answers({"executionId": "e-1"})
    sender = transport(wire)
    sender.send(MESSAGE, "command")
    wire.refuses("ConflictException", 409)
    sender.send(MESSAGE, "command")

    assert wire.sent[0].body == wire.sent[1].body
    with pytest.raises(Refused, match="used before for another command"):
        sender.send(replace(MESSAGE, value=-22.0), "command")


@pytest.mark.parametrize("command_id", ["x" * 65, "with space", "Öl", "line\nbreak"])
def test_an_id_that_is_no_token_becomes_one_of_its_own(command_id):
    token = token_of(command_id)

    assert len(token) == 64
    assert token.isalnum()
    assert token != token_of(f"{command_id}.")


def test_a_set_point_is_desired_in_the_named_shadow_over_the_version_that_was_read(wire):
    other = entry(command_id="c-0", attribute="SpeedSetpoint")
    wire.answers(shadow(7, SpeedSetpoint=other))
    wire.answers({})
    transport(wire).send(MESSAGE, "shadow")

    assert [each.method for each in wire.sent] == ["GET", "POST"]
    assert all(each.url.endswith("/things/freezer-tunnel/shadow?name=setpoints") for each in wire.sent)
    told = json.loads(wire.sent[1].body)
    assert told == {"state": {"desired": {"TemperatureSetpoint": entry()}}, "version": 7}
    wanted = told["state"]["desired"]["TemperatureSetpoint"]
    assert (wanted["value"], wanted["unit"], wanted["command_id"], wanted["expires_at"]) == (
        *(-21.0, "CEL"),
        *("c-1", "2026-03-03T06:10:00Z"),
    )


def test_the_first_set_point_of_a_thing_makes_its_shadow(wire):
    wire.refuses("ResourceNotFoundException", 404)
    wire.answers({})
    transport(wire).send(MESSAGE, "shadow")

    assert json.loads(wire.sent[1].body) == {"state": {"desired": {"TemperatureSetpoint": entry()}}}


def test_what_is_desired_already_is_not_written_again(wire):
    wire.answers(shadow(8, TemperatureSetpoint=entry()))
    transport(wire).send(MESSAGE, "shadow")

    assert [each.method for each in wire.sent] == ["GET"]


def test_what_has_expired_is_taken_out_of_the_shadow_with_the_next_update(wire):
    old = entry(command_id="c-0", attribute="SpeedSetpoint", expires_at="2026-03-03T06:00:00Z")
    wire.answers(shadow(7, SpeedSetpoint=old, Whatever=3, Hand={"expires_at": 5}))
    wire.answers({})
    transport(wire).send(MESSAGE, "shadow")

    desired = json.loads(wire.sent[1].body)["state"]["desired"]
    assert {name for name, each in desired.items() if each is None} == {"SpeedSetpoint", "Whatever", "Hand"}


def test_a_copy_that_comes_late_overwrites_nothing_newer(wire):
    wire.answers(shadow(9, TemperatureSetpoint=entry(command_id="c-2", sent_at="2026-03-03T06:00:01Z")))

    with pytest.raises(Refused, match="a newer value"):
        transport(wire).send(MESSAGE, "shadow")
    assert [each.method for each in wire.sent] == ["GET"]


def test_who_loses_the_race_for_a_shadow_reads_it_again_and_gives_up_at_last(wire):
    wire.answers(shadow(7))
    wire.refuses("ConflictException", 409)
    wire.answers(shadow(8))
    wire.answers({})
    transport(wire).send(MESSAGE, "shadow")

    busy = Wire()
    for _ in range(ATTEMPTS):
        busy.answers(shadow(7))
        busy.refuses("ConflictException", 409)
    with pytest.raises(Unavailable, match="changed by others"):
        transport(busy).send(MESSAGE, "shadow")
    assert [json.loads(each.body)["version"] for each in wire.sent if each.method == "POST"] == [7, 8]
    assert len(busy.sent) == 2 * ATTEMPTS


@pytest.mark.parametrize(
    ("code", "status", "kind", "meant"),
    [
        ("ResourceNotFoundException", 404, "command", Misconfigured),
        ("AccessDeniedException", 403, "command", Misconfigured),
        ("ValidationException", 400, "command", Refused),
        ("RequestEntityTooLargeException", 413, "shadow", Refused),
        ("ServiceQuotaExceededException", 402, "command", Throttled),
        ("SomethingNew", 400, "shadow", Unavailable),
        ("InternalServerException", 500, "command", Unavailable),
    ],
)
def test_an_error_of_aws_says_who_must_act(wire, monkeypatch, code, status, kind, meant):
    monkeypatch.setattr("time.sleep", lambda _: None)
    wire.refuses(code, status)

    with pytest.raises(LinesideError) as told:
        transport(wire).send(MESSAGE, kind)
    assert type(told.value) is meant
    assert code in str(told.value)


def test_a_machine_of_another_site_is_told_nothing(wire):
    with pytest.raises(Refused, match="no machine of this site"):
        transport(wire).send(replace(MESSAGE, device="Freezer tunnel"), "command")
    assert wire.sent == []


# Answers


def said(topic: str, **changes: Any) -> CommandAnswer:
    told = CommandAnswer(command_id="c-1", device="Freezer Tunnel", accepted=True, at="whenever")
    return answer_in(SITE, Message("m-1", topic, encode(replace(told, **changes)), 1_772_517_600_000_000))


OWN = "cmd/lineside/bakery-north/line-1/freezer-tunnel/response"


def test_an_answer_counts_on_the_topic_of_its_own_thing_with_the_time_at_which_it_came():
    answer = said(OWN, reason="done\x1b]0;x\x07 " + "y" * 300, repeated=True)

    assert (answer.command_id, answer.accepted, answer.repeated) == ("c-1", True, True)
    assert answer.at == "2026-03-03T06:00:00Z"
    assert answer.reason.isprintable()
    assert len(answer.reason) == 256


@pytest.mark.parametrize(
    "topic",
    [
        "cmd/lineside/bakery-north/line-1/cookie-former/response",
        "cmd/lineside/bakery-north/line-2/freezer-tunnel/response",
        "cmd/lineside/bakery-south/line-1/freezer-tunnel/response",
        "cmd/lineside/bakery-north/line-1/freezer-tunnel/request",
        "",
    ],
)
def test_an_answer_on_any_other_topic_is_malformed(topic):
    with pytest.raises(Malformed, match="came on the topic"):
        said(topic)


def test_an_answer_for_a_machine_that_is_not_there_and_one_that_is_none_are_malformed():
    with pytest.raises(Malformed, match="no machine of this site"):
        said(OWN, device="Oven")
    with pytest.raises(Malformed):
        answer_in(SITE, Message("m-1", OWN, b"\xff{", 0))


# Starting


def test_a_command_is_started_under_a_name_of_its_own_and_a_second_time_is_harmless(wire, caplog):
    wire.answers({"executionArn": "arn:aws:states:x", "startDate": 1})
    wire.refuses("ExecutionAlreadyExists")
    wire.refuses("StateMachineDoesNotExist")
    machine = CommandMachine(wire.client("stepfunctions"), "arn:aws:states:eu-central-1:123456789012:stateMachine:m")
    for _ in range(2):
        machine.start(a_command("a:b c"))
    told_before = caplog.messages[:]
    machine.start(a_command("a:b c"))

    assert [json.loads(each["input"]) for each in wire.bodies] == [{"command_id": "a:b c"}] * 3
    assert {each["name"] for each in wire.bodies} == {execution_name(a_command("a:b c"))}
    assert execution_name(a_command("a:b c", site="another")) != execution_name(a_command("a:b c"))
    assert told_before == []
    assert "waits for the clock" in caplog.text
