"""What is automatic in the cloud: the clock's turn acts on an alarm, sends, tells people once, and reads back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from msgspec.structs import replace

from app import ROOT
from cloud.dynamodb_alarms import DynamoDbAlarmStore
from lineside.alarms.model import Alarm
from lineside.control.record import Command
from lineside.errors import Misconfigured, Unavailable
from tests.fakes.step_functions import REGION
from tests.lambdas.aws import permissions
from tests.stacks.controlling import controlling
from tests.statemachines.command_world import EVA, LINE_TABLE, ControlWorld, control_world

TORQUE = "          - attribute: TorqueSetpoint\n"
ROW = "            automatic: [{alarm: limit, cause: Cookie Former, direction: down, largest_step: 2}]\n"


class People:
    """Who listens to the topic of advisories."""

    def __init__(self) -> None:
        self._sns, self._sqs = boto3.client("sns", region_name=REGION), boto3.client("sqs", region_name=REGION)
        self.topic_arn = self._sns.create_topic(Name="advisories")["TopicArn"]
        self._url = self._sqs.create_queue(QueueName="inbox")["QueueUrl"]
        address = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        queue_arn = address["Attributes"]["QueueArn"]
        self._sns.subscribe(TopicArn=self.topic_arn, Protocol="sqs", Endpoint=queue_arn)

    def told(self) -> list[dict[str, Any]]:
        """What came since this was last asked."""
        received = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages", [])
        for each in received:
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=each["ReceiptHandle"])
        return [json.loads(each["Body"]) for each in received]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ControlWorld, People]]:
    declared = (ROOT / "samples" / "site.yaml").read_text()
    site_file: Path = tmp_path_factory.mktemp("site") / "site.yaml"
    site_file.write_text(declared.replace(TORQUE, TORQUE + ROW, 1))
    with pytest.MonkeyPatch.context() as patch, control_world(patch, site_file) as made:
        yield made, People()


@pytest.fixture
def world(kept: tuple[ControlWorld, People]) -> ControlWorld:
    world, people = kept
    world.fresh()
    people.told()
    return world


@pytest.fixture
def people(kept: tuple[ControlWorld, People]) -> People:
    return kept[1]


def raise_alarm(world: ControlWorld) -> Alarm:
    """The cookie former is outside its limits, as the advisor writes it."""
    said: dict[str, Any] = {"device": "Cookie Former", "kind": "limit", "severity": "high"}
    alarm = Alarm("a-1", "f", "bakery-north", "line-1", **said, onset_us=world.now_us, raised_us=world.now_us)
    alarms().save(alarm, was=None)
    return alarm


def alarms() -> DynamoDbAlarmStore:
    return DynamoDbAlarmStore(boto3.resource("dynamodb", region_name=REGION).Table(LINE_TABLE))


def the_command(world: ControlWorld) -> Command:
    (command,) = world.desk.store.recent("bakery-north", "line-1", 0)
    return command


def test_an_alarm_that_a_row_names_is_acted_on_sent_told_once_and_seen_to_be_done(
    world: ControlWorld, people: People
) -> None:
    world.turn_of_the_clock()
    before = people.told()
    alarm = raise_alarm(world)
    world.turn_of_the_clock()
    (message,) = world.jobs.messages
    world.tick(20)
    world.turn_of_the_clock()
    world.turn_of_the_clock()

    command = the_command(world)
    assert before == []
    assert (command.status, command.channel, command.alarm_id, command.was) == ("verified", "automatic", "a-1", 30.0)
    assert (message.value, message.proposed_by, message.channel) == (28.0, "lineside", "automatic")
    (told,) = people.told()
    assert "by itself from 30 to 28 Nm" in told["Message"]
    assert told["MessageAttributes"]["fingerprint"]["Value"] == command.command_id
    assert (told["MessageAttributes"]["severity"]["Value"], alarm.severity) == ("high", "high")
    assert world.said() == ["proposed", "send", "handed over", "accept", "shown"]
    assert world.running() == []


def test_a_topic_that_does_not_answer_fails_the_turn_after_all_else_was_done_and_is_told_later(
    world: ControlWorld, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    import lambdas.send_command.handler as handler

    raise_alarm(world)
    there = handler.notifier
    monkeypatch.setattr(handler, "notifier", Away())
    with pytest.raises(Unavailable, match="no topic today"):
        world.turn_of_the_clock()
    sent = [each.value for each in world.jobs.messages]
    monkeypatch.setattr(handler, "notifier", there)
    world.turn_of_the_clock()

    assert sent == [28.0]
    (told,) = people.told()
    assert "This may have reached you before." in told["Message"]
    assert len(world.jobs.messages) == 1


class Away:
    """A topic that does not answer."""

    def notify(self, notification: object) -> None:
        raise Unavailable("no topic today")


def test_while_automation_is_stopped_or_once_the_alarm_is_over_the_clock_does_nothing_by_itself(
    world: ControlWorld, people: People
) -> None:
    alarm = raise_alarm(world)
    world.desk.stop_automation(EVA, world.now_us, reason="somebody is at the machine")
    world.turn_of_the_clock()
    world.desk.stop_automation(EVA, world.now_us, stopped=False)
    alarms().save(replace(alarm, active=False, cleared_us=world.now_us), was=alarm)
    world.turn_of_the_clock()

    assert (world.jobs.asked, people.told()) == ([], [])
    assert world.desk.store.recent("bakery-north", "line-1", 0) == []


def test_a_row_that_did_not_help_stops_and_people_and_the_log_read_that(world: ControlWorld, people: People) -> None:
    world.machine.does = False
    raise_alarm(world)
    world.turn_of_the_clock()
    for _ in range(11):
        world.tick(60)
        world.turn_of_the_clock()

    acts, stopped = people.told()
    (row,) = world.desk.automation.rows("line-1", world.now_us)
    assert "no longer changes" in stopped["Message"]
    assert acts["MessageAttributes"]["fingerprint"] != stopped["MessageAttributes"]["fingerprint"]
    assert (row.state, row.acted_last_hour) == ("stopped", 1)
    assert world.said()[-1] == "automatic row stopped"
    assert len(world.jobs.messages) == 1


def test_what_it_needs_its_role_allows(world: ControlWorld) -> None:
    raise_alarm(world)
    world.turn_of_the_clock()

    allowed = {each.action for each in permissions("send_command", controlling())}
    used = {action for verb_noun, action in world.calls if verb_noun == "send_command"}
    written = {"dynamodb:TransactWriteItems": {"dynamodb:PutItem", "dynamodb:DeleteItem"}}
    assert "sns:Publish" in used
    assert {needed for action in used for needed in written.get(action, {action})} <= allowed


def test_a_mistake_in_the_deployment_is_no_silence(world: ControlWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    import lambdas.send_command.handler as handler

    raise_alarm(world)
    gone = "arn:aws:sns:eu-central-1:123456789012:gone"
    monkeypatch.setattr(handler, "notifier", type(handler.notifier)(boto3.client("sns"), gone))

    with pytest.raises(Misconfigured, match="NotFound"):
        world.turn_of_the_clock()

    assert len(world.jobs.messages) == 1
