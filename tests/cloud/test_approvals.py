"""A person's decision reaches the state machine that waits for it, once; nothing else can answer it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from cloud.approvals import StepFunctionsApprovals, keep_token
from cloud.releases import DynamoDbReleases
from lineside.errors import Refused, Unavailable
from lineside.releases.desk import ReleaseDesk
from tests.contracts.people import a_table
from tests.fakes.step_functions import REGION, Running, StepFunctions
from tests.releases.builders import NOW_US, a_release

WAITING = {
    "QueryLanguage": "JSONata",
    "StartAt": "Ask a person",
    "States": {
        "Ask a person": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Arguments": {
                "FunctionName": "${RequestApprovalArn}",
                "Payload": {"release_id": "r-1", "token": "{% $states.context.Task.Token %}"},
            },
            "End": True,
        }
    },
}


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


@dataclass
class Waiting:
    """A release whose state machine waits for a person."""

    machines: StepFunctions
    running: Running
    table: Any
    states: Any

    @property
    def approvals(self) -> StepFunctionsApprovals:
        return StepFunctionsApprovals(self.table, self.states)

    @property
    def desk(self) -> ReleaseDesk:
        return ReleaseDesk(DynamoDbReleases(self.table), lambda: NOW_US, self.approvals)


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    with StepFunctions({}) as machines:
        table = a_table()
        machines.functions["request_approval"] = lambda event: keep_token(table, event["release_id"], event["token"])
        running = machines.start(WAITING, {})
        until = time.monotonic() + 30
        while not table.get_item(Key={"PK": "RELEASE", "SK": "APPROVAL#r-1"}).get("Item"):
            assert time.monotonic() < until
            time.sleep(0.02)
        DynamoDbReleases(table).put(replace(a_release(), status="waiting", approver="", execution=running.arn))
        yield Waiting(machines, running, table, boto3.client("stepfunctions", region_name=REGION))


def test_a_yes_ends_the_waiting_with_who_said_it(waiting: Waiting) -> None:
    release = waiting.desk.decide("r-1", approved=True, by="Anna", note="„gut“")

    assert waiting.running.ended().output == {"approved": True, "by": "Anna", "note": "„gut“"}
    assert release.status == "approved"


def test_a_no_ends_it_as_well(waiting: Waiting) -> None:
    waiting.desk.decide("r-1", approved=False, by="Anna", note="rude")

    assert waiting.running.ended().output == {"approved": False, "by": "Anna", "note": "rude"}


def test_the_token_is_no_part_of_the_release_and_goes_when_it_was_used(waiting: Waiting) -> None:
    shown = repr(waiting.desk.list()) + repr(waiting.desk.get("r-1"))
    token = waiting.table.get_item(Key={"PK": "RELEASE", "SK": "APPROVAL#r-1"})["Item"]["token"]

    waiting.desk.decide("r-1", approved=True, by="Anna")
    waiting.running.ended()

    assert token not in shown
    assert not [item for item in waiting.table.scan()["Items"] if "token" in item]


def test_the_first_answer_counts(waiting: Waiting) -> None:
    waiting.approvals.answer("r-1", approved=True, by="Anna", note="")

    with pytest.raises(Refused, match="nobody waits for a decision on r-1 any more"):
        waiting.approvals.answer("r-1", approved=False, by="Bo", note="")

    assert waiting.running.ended().output["by"] == "Anna"


@pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_who_answers_too_late_is_told_and_nothing_changes(waiting: Waiting, code: str) -> None:
    answered(waiting, code)

    with pytest.raises(Refused, match="it waited too long"):
        waiting.desk.decide("r-1", approved=True, by="Anna")

    assert waiting.desk.get("r-1").status == "waiting"
    waiting.running.client.stop_execution(executionArn=waiting.running.arn)


def test_a_state_machine_that_cannot_be_reached_can_be_told_again(waiting: Waiting) -> None:
    answered(waiting, "ServiceUnavailable")
    with pytest.raises(Unavailable, match="did not take the decision"):
        waiting.desk.decide("r-1", approved=True, by="Anna")
    waiting.machines.forget_clients()
    waiting.states = boto3.client("stepfunctions", region_name=REGION)

    waiting.desk.decide("r-1", approved=True, by="Anna")

    assert waiting.running.ended().output["approved"] is True


def test_a_release_that_nobody_waits_for_is_refused() -> None:
    with StepFunctions({}):
        approvals = StepFunctionsApprovals(a_table(), boto3.client("stepfunctions", region_name=REGION))

        with pytest.raises(Refused, match="r-9"):
            approvals.answer("r-9", approved=True, by="Anna", note="")


def answered(waiting: Waiting, code: str) -> None:
    """From now on Step Functions answers with this error."""

    def fails(**_: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "Task Timed Out"}}, "SendTaskSuccess")

    waiting.states.meta.events.register("before-call.sfn.SendTaskSuccess", fails)
