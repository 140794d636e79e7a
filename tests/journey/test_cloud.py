"""One message's way through the cloud, with real bytes: queue -> ingest -> lake and twin -> advisor -> people.

The cookie line runs for half an hour; then the Vertical Conveyor jams, what feeds it is blocked, and what it feeds
starves. The functions are the deployed ones, with the environment that the stacks give them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from cloud.dynamodb_alarms import DynamoDbAlarmStore
from cloud.dynamodb_twin import DynamoDbTwin
from lineside.alarms.lifecycle import acknowledge
from tests.lambdas.aws import TABLE, Call, Cloud, allows, cloud, permissions
from tests.lambdas.telemetry import START, event, sent, spoken
from tests.stacks.synth import demo_site

JAM_SECONDS = 1_800
JAM = START + timedelta(seconds=JAM_SECONDS)
CLEARED = JAM + timedelta(minutes=12)
BLOCKED_AFTER = {"Cookie Inspector": 20, "Freezer Tunnel": 60, "Cookie Former": 90, "Conveyor Right Turn": 20}
STARVED_AFTER = {"Conveyor Left Turn": 20, "Box Sealer": 40, "Labeller": 60}
EVERY_SECONDS = 10
MESSAGES_PER_PAYLOAD = 6


def state(device: str, at: datetime) -> str:
    jammed = (at - JAM).total_seconds() if at < CLEARED else -1.0
    if device == "Vertical Conveyor":
        return "Down" if jammed >= 0 else "Running"
    if jammed >= BLOCKED_AFTER.get(device, 1e9):
        return "Blocked"
    return "Starved" if jammed >= STARVED_AFTER.get(device, 1e9) else "Running"


def records(device: str, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    """What the device's gateway publishes: an array of six messages a minute."""
    while start < end:
        times = [start + timedelta(seconds=EVERY_SECONDS * at) for at in range(MESSAGES_PER_PAYLOAD)]
        payload = json.dumps([spoken(device, at, {"State": state(device, at)}) for at in times]).encode()
        yield sent(device, payload, times[-1], f"{device}-{start:%H%M%S}")
        start = times[-1] + timedelta(seconds=EVERY_SECONDS)


def publish(aws: Cloud, start: datetime, end: datetime) -> None:
    """Everything that the line says from `start` to `end`, in batches as the queue hands them out."""
    (line,) = demo_site().lines
    batch = [record for machine in line.machines for record in records(machine.id, start, end)]
    for at in range(0, len(batch), 40):
        assert aws.invoke("ingest_telemetry", event(batch[at : at + 40])) == {"batchItemFailures": []}


def tick(aws: Cloud, at: datetime, line: str = "line-1") -> dict[str, int]:
    told: dict[str, int] = aws.invoke(
        "advise_line", {"site": "bakery-north", "line": line, "scheduled_at": at.isoformat().replace("+00:00", "Z")}
    )
    return told


def jammed_line(aws: Cloud) -> datetime:
    """Five quiet ticks and more, then the jam, up to the tick that must see it. Returns that tick's time."""
    at = START
    while at < JAM + timedelta(minutes=5):
        publish(aws, at, at + timedelta(minutes=5))
        at += timedelta(minutes=5)
        told = tick(aws, at)
        assert told["notifications"] == 0 or at > JAM
    return at


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with cloud(monkeypatch) as made:
        yield made


def test_a_jam_is_told_once_as_one_cause_with_its_victims(aws):
    at = jammed_line(aws)

    (message,) = aws.advisories()
    assert "Vertical Conveyor" in message["Subject"]
    assert message["MessageAttributes"]["kind"]["Value"] == "stop"
    assert "more wait" in message["Message"]
    table = boto3.resource("dynamodb").Table(TABLE)
    (alarm,) = DynamoDbAlarmStore(table).open_alarms("bakery-north", "line-1")
    assert alarm.device == "Vertical Conveyor"
    assert {victim.device for victim in alarm.victims} >= {"Cookie Inspector", "Cookie Former"}
    assert alarm.onset_us == round(JAM.timestamp() * 1e6)
    (twin,) = [each for each in DynamoDbTwin(table).line("bakery-north", "line-1") if each.device == alarm.device]
    assert twin.values["State"].value == "Down"

    # The scheduler calls at least once: the same tick again, and the next one, tell nobody anything new.
    tick(aws, at)
    publish(aws, at, at + timedelta(minutes=5))
    tick(aws, at + timedelta(minutes=5))
    assert aws.advisories() == []


def test_an_acknowledged_alarm_stays_quiet_and_goes_when_the_line_runs_again(aws):
    at = jammed_line(aws)
    alarms = DynamoDbAlarmStore(boto3.resource("dynamodb").Table(TABLE))
    (alarm,) = alarms.open_alarms("bakery-north", "line-1")

    alarms.save(acknowledge(alarm, by="operator", now_us=round(at.timestamp() * 1e6)), was=alarm)
    publish(aws, at, at + timedelta(minutes=5))
    tick(aws, at + timedelta(minutes=5))
    (still_jammed,) = alarms.open_alarms("bakery-north", "line-1")
    publish(aws, at + timedelta(minutes=5), at + timedelta(minutes=15))
    tick(aws, at + timedelta(minutes=10))
    tick(aws, at + timedelta(minutes=15))

    assert still_jammed.state == "acknowledged"
    assert alarms.open_alarms("bakery-north", "line-1") == []
    assert len(aws.advisories()) == 1


def test_a_message_that_did_not_leave_is_told_by_the_retry(aws):
    at = jammed_line_but_the_last_tick(aws)
    sns = boto3.client("sns")
    gone = aws.topic_arn
    aws.topic_arn = gone.replace("advisories", "elsewhere")

    with pytest.raises(Exception, match="refused the message: NotFound"):
        tick(aws, at)
    aws.topic_arn = gone
    tick(aws, at)

    assert sns.get_topic_attributes(TopicArn=gone)
    assert len(aws.advisories()) == 1


def jammed_line_but_the_last_tick(aws: Cloud) -> datetime:
    at = START
    while at < JAM + timedelta(minutes=5):
        publish(aws, at, at + timedelta(minutes=5))
        at += timedelta(minutes=5)
        if at < JAM + timedelta(minutes=5):
            tick(aws, at)
    return at


def test_a_line_that_nobody_assigned_is_watched_as_well(aws):
    at = START
    stranger = sent("Stranger", json.dumps(spoken("Stranger", at, {"State": "Running"})).encode(), at, "s")
    aws.invoke("ingest_telemetry", event([stranger]))

    told = tick(aws, at + timedelta(minutes=5), line="unassigned")

    assert told["untold"] == 0
    assert [key for key in aws.keys("memory/") if "line=unassigned" in key]


def test_each_role_allows_everything_that_its_function_does(aws):
    at = jammed_line(aws)
    aws.invoke("ingest_telemetry", event([sent("Cookie Former", b"{", START, "bad")]))
    aws.invoke("replay_quarantine", {})
    aws.invoke("compact_lake", {})
    tick(aws, at + timedelta(minutes=5))

    for verb_noun in ("ingest_telemetry", "replay_quarantine", "compact_lake", "advise_line"):
        allowed = permissions(verb_noun)
        made = {call for call in aws.calls if call.function == verb_noun}
        assert [call for call in made if not allows(allowed, call)] == []


def test_the_permission_check_can_fail():
    allowed = permissions("ingest_telemetry")

    assert allows(allowed, Call("ingest_telemetry", "s3:PutObject", "raw/site=s"))
    assert not allows(allowed, Call("ingest_telemetry", "s3:PutObject", "readings/site=s"))
    assert not allows(allowed, Call("ingest_telemetry", "s3:DeleteObject", "raw/site=s"))
