"""The cloud's desk commands a machine in a plant: over AWS IoT and the bridge; back come an answer and a read-back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest
from botocore.awsrequest import AWSPreparedRequest

from cloud.command_answers import hear
from cloud.command_desk import GRACE_US
from cloud.iot_commands import IotCommands
from edge.sqlite_commands import CommandRecords, SqliteAuditLog, SqliteCommands
from lineside.control.desk import ControlDesk
from lineside.control.filing import Who, instant
from lineside.control.record import Command
from lineside.control.request import CommandRequest
from lineside.control.wire import decode_message, encode
from lineside.line.ingest import Message
from simulator.controller import AnswerFault, Controller, Misbehaviour
from simulator.setpoints import SetPoints
from tests.cloud.wire import Wire
from tests.control.asked import FORMER, FREEZER
from tests.control.gated import PLANT, SECOND_US, values
from tests.edge.aws import Aws
from tests.edge.bridged import FORMERS, FREEZERS, Bridged

THINGS_ARN = "arn:aws:iot:eu-central-1:123456789012:thing/"
COMMAND_ARN = "arn:aws:iot:eu-central-1:123456789012:command/lineside-plant-set-point"
ANNA, EVA = Who("Anna Holm", ("operator",)), Who("Eva Lind", ("engineer",))
ASKED: dict[str, dict[str, Any]] = {
    FORMERS: {"device": FORMER, "attribute": "TorqueSetpoint", "value": 28.0, "unit": "NU"},
    FREEZERS: {"device": FREEZER, "attribute": "TemperatureSetpoint", "value": -24.0, "unit": "CEL"},
}


class AwsApi(Wire):
    """What boto3 sends comes to the AWS IoT that is played, and goes on from there to the plant."""

    def __init__(self, aws: Aws, deliver: Callable[[tuple[str, bytes]], object]) -> None:
        super().__init__()
        self._aws, self._deliver, self._started = aws, deliver, dict[str, str]()

    def _answer(self, request: AWSPreparedRequest, **given: Any) -> Any:
        thing = request.url.partition("/things/")[2].partition("/")[0]
        self._answers.clear()
        if not thing:
            self._start(json.loads(request.body))
        elif request.method == "POST":
            self._deliver(self._aws.desire(thing, json.loads(request.body)["state"]["desired"]))
            self.answers({})
        elif thing in self._aws.desired:
            self.answers({"state": {"desired": self._aws.desired[thing]}, "version": 3})
        else:
            self.refuses("ResourceNotFoundException", 404)
        return super()._answer(request, **given)

    def _start(self, asked: dict[str, Any]) -> None:
        execution = self._started.get(asked["clientToken"], f"e-{len(self._started) + 1}")
        if self._started.setdefault(asked["clientToken"], execution) and execution not in self._aws.statuses:
            message = decode_message(asked["parameters"]["message"]["S"].encode())
            self._deliver(self._aws.start(asked["targetArn"].removeprefix(THINGS_ARN), message, execution))
        self.answers({"executionId": execution})


class Both:
    """A cloud with its desk, a plant with its bridge, and a machine that behaves as declared."""

    def __init__(self, fault: AnswerFault | None) -> None:
        self.bridged = Bridged()
        self.plant = self.bridged.plant
        self.points = SetPoints()
        self.machine = Controller(self.points, misbehaviours=(Misbehaviour(fault),) if fault else ())
        self.due: list[tuple[int, str, bytes]] = []
        self.obeyed: list[str] = []
        self.plant.wire.publish = self._to_machine  # type: ignore[method-assign]
        api = AwsApi(self.bridged.aws, self.bridged.comes)
        transport = IotCommands(
            PLANT,
            *(api.client("iot-jobs-data"), api.client("iot-data")),
            command_arn=COMMAND_ARN,
            things_arn=THINGS_ARN,
        )
        self.records = CommandRecords()
        store, audit = SqliteCommands(self.records), SqliteAuditLog(self.records)
        self.desk = ControlDesk(PLANT, store, audit, transport, self.shows, grace_us=GRACE_US)
        self._look()

    def shows(self, _line: str) -> Any:
        return values(self.plant.now_us, **self.plant.shows)

    def asks(self, thing: str, **changed: Any) -> None:
        """Somebody proposes it in the cloud, and somebody else says yes where one has to."""
        now_us = self.plant.now_us
        said = {"id": "c-1", "proposed_by": ANNA.name, "roles": (), "channel": "console", "alarm_id": ""}
        request = CommandRequest(**(said | ASKED[thing] | {"expires_at": instant(now_us + 600 * SECOND_US)} | changed))
        command = self.desk.propose(request, ANNA, now_us)
        if command.status == "awaiting_approval":
            self.desk.approve("c-1", EVA, now_us)
        self.desk.turn(now_us)

    def passes(self, seconds: int, step: int = 15) -> None:
        for _ in range(seconds // step):
            self.bridged.later(step)
            for due in [one for one in self.due if one[0] <= self.plant.now_us]:
                self.due.remove(due)
                self.plant.commands.put(due[1], due[2], self.plant.now_us, lambda: None)
            self.bridged.turn()
            self._hear()
            self._look()
            self.desk.turn(self.plant.now_us)

    @property
    def command(self) -> Command:
        found = self.desk.store.get("plant", "c-1")
        assert found is not None
        return found

    def _to_machine(self, topic: str, payload: bytes, on_acknowledged: Callable[[], None]) -> None:
        message = decode_message(payload)
        self.obeyed.append(message.command_id)
        for reply in self.machine.hear(message.device, payload, self.plant.now_us):
            at_us = self.plant.now_us + round(reply.after_seconds * SECOND_US)
            self.due.append((at_us, topic.replace("request", "response"), reply.payload))
        on_acknowledged()

    def _hear(self) -> None:
        answers, self.bridged.aws.answers = self.bridged.aws.answers, []
        batch = [
            Message(f"m-{number}", topic, encode(answer), self.plant.now_us)
            for number, (topic, answer) in enumerate(answers)
        ]
        heard = hear(self.desk, batch, self.plant.now_us)
        assert heard.dropped == []

    def _look(self) -> None:
        torque = self.points.in_force(FORMER, "TorqueSetpoint")
        cold = self.points.in_force(FREEZER, "TemperatureSetpoint")
        self.plant.shows.update(set=torque, torque=torque, freezer_set=cold, cold=cold)


@pytest.fixture
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    made = Both(getattr(request, "param", None))
    yield made
    made.bridged.close()
    made.records.close()


ENDS: dict[AnswerFault | None, tuple[str, str]] = {
    None: ("verified", "SUCCEEDED"),
    "no_answer": ("verified", "TIMED_OUT"),
    "late_answer": ("verified", "SUCCEEDED"),
    "says_yes_does_nothing": ("unverified", "SUCCEEDED"),
    "wrong_value": ("unverified", "SUCCEEDED"),
    "answers_twice": ("verified", "SUCCEEDED"),
}


@pytest.mark.parametrize("thing", [FORMERS, FREEZERS])
@pytest.mark.parametrize(("both", "ends"), ENDS.items(), ids=str, indirect=["both"])
def test_a_machine_that_behaves_like_this_is_commanded_from_the_cloud(
    both: Both, thing: str, ends: tuple[str, str]
) -> None:
    both.asks(thing)
    both.passes(720)

    status, told = ends
    aws = both.bridged.aws
    last = aws.statuses["e-1"][-1][0] if thing == FORMERS else _answer(aws, thing)["status"]
    assert both.command.status == status
    assert last == told
    assert both.obeyed == ["c-1"]
    assert (aws.delta(thing) == {}) is (thing == FORMERS or told == "SUCCEEDED")
    assert both.bridged.plant.journal.step("c-1") == ("waiting" if told == "TIMED_OUT" else "told")


def _answer(aws: Aws, thing: str) -> dict[str, Any]:
    found: dict[str, Any] = aws.reported[thing]["TemperatureSetpoint"]["answer"]
    return found


def test_what_the_plants_rules_do_not_allow_ends_as_rejected_in_the_cloud(both: Both) -> None:
    """The twin in the cloud says that the line runs; the plant knows better."""
    object.__setattr__(both.plant.commands._gate, "values", lambda _line: values(both.plant.now_us - 120 * SECOND_US))
    both.asks(FORMERS)
    both.passes(30)

    assert both.obeyed == []
    assert both.command.status == "rejected"
    assert "old" in both.command.reason


def test_every_fault_of_a_machine_is_tried() -> None:
    assert set(ENDS) == {None, *get_args(AnswerFault)}


def test_a_command_that_is_handed_over_again_starts_nothing_new(both: Both) -> None:
    both.asks(FORMERS)
    first = both.bridged.errands.get(f"{FORMERS}/e-1")
    for _ in range(3):
        both.desk.transport.send(first.message, "command")  # type: ignore[union-attr,arg-type]
    both.passes(30)

    assert both.obeyed == ["c-1"]
    assert list(both.bridged.aws.statuses) == ["e-1"]
