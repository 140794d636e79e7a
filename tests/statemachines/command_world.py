"""Commands on moto: the stack's environments, our real handlers, a desk as people have it, and a machine that obeys.

AWS IoT's commands are a fake at the wire; shadows, the table and Step Functions are moto's. Time is the world's own: it
goes on by what the state machine waits, and with each step the machine acts, answers, and its telemetry arrives.
"""

from __future__ import annotations

import base64
import importlib
import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

# X-Ray's library makes the UDP socket that it would send on when it is imported: here, before a test closes them.
import aws_xray_sdk.core  # noqa: F401
import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from app import ROOT
from cloud.command_desk import CommandMachine, StartingDesk, desk_for_people
from cloud.dynamodb_twin import DynamoDbTwin
from lineside.control.audit import decoded, verify
from lineside.control.filing import Who, instant
from lineside.control.record import Command
from lineside.control.request import CommandRequest
from lineside.control.wire import CommandAnswer, CommandMessage, decode_message, encode
from lineside.site import read_site
from lineside.site.model import Site
from lineside.telemetry.reading import Reading
from lineside.telemetry.timestamps import parse
from tests.cloud.wire import _Raw
from tests.contracts.people import a_table
from tests.fakes.step_functions import REGION, ROLE, Run, Running, StepFunctions, substituted
from tests.stacks.controlling import controlling
from tests.stacks.synth import properties

DEFINITION = ROOT / "statemachines" / "run_command.asl.json"
FUNCTIONS = ("send_command", "watch_command")
LINE_TABLE = "the-line-table"
COMMAND_ARN = f"arn:aws:iot:{REGION}:123456789012:command/lineside-bakery-north-set-point"
THINGS_ARN = f"arn:aws:iot:{REGION}:123456789012:thing/"
START_US = parse("2026-03-03T06:00:00Z")
SECOND_US = 1_000_000
ANNA, EVA = Who("Anna", ("viewer", "operator")), Who("Eva", ("viewer", "operator", "engineer"))
TORQUE: dict[str, Any] = {"attribute": "TorqueSetpoint", "value": 32.0, "unit": "NU"}
"""Of low risk, sent as a command, shown by `Torque` within 30 s."""
DOUGH: dict[str, Any] = {"attribute": "TemperatureSetpoint", "value": 3.0, "unit": "CEL"}
"""Of medium risk, sent by the shadow, shown by `Temperature` within 300 s."""


@dataclass
class IotJobs:
    """AWS IoT's commands at the wire: one execution for each client token; `down` is an error's code and status."""

    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    down: tuple[str, int] | None = None

    def reset(self) -> None:
        self.executions.clear()
        self.asked.clear()
        self.down = None

    def respond(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        body = json.loads(request.body)
        self.asked.append(body)
        if self.down:
            return _said(request, self.down[1], {"message": "no", "__type": self.down[0]}, self.down[0])
        known = self.executions.setdefault(body["clientToken"], body)
        if known != body:
            return _said(request, 409, {"message": "other parameters"}, "ConflictException")
        return _said(request, 200, {"executionId": f"e-{len(self.executions)}"})

    @property
    def messages(self) -> list[CommandMessage]:
        return [decode_message(each["parameters"]["message"]["S"].encode()) for each in self.executions.values()]


def _said(request: AWSPreparedRequest, status: int, body: dict[str, Any], error: str = "") -> AWSResponse:
    headers = {"content-type": "application/json", **({"x-amzn-ErrorType": error} if error else {})}
    return AWSResponse(request.url, status, headers, _Raw(json.dumps(body).encode()))


@dataclass
class CookieFormer:
    """The machine and its gate, after `seconds`: `says` yes or no (None: nothing), and `does` it or not."""

    says: bool | None = True
    does: bool = True
    seconds: int = 5
    reason: str = ""
    shown: dict[tuple[str, str], tuple[Any, str]] = field(
        default_factory=lambda: {
            ("Cookie Former", "State"): ("Running", ""),
            ("Cookie Former", "TorqueSetpoint"): (30.0, "NU"),
            ("Cookie Former", "Torque"): (30.0, "NU"),
            ("Cookie Former", "TemperatureSetpoint"): (2.5, "CEL"),
            ("Cookie Former", "Temperature"): (2.0, "CEL"),
            ("Freezer Tunnel", "Temperature"): (-20.0, "CEL"),
        }
    )
    answered: set[str] = field(default_factory=set)

    def obey(self, message: CommandMessage) -> None:
        measured = message.attribute.removesuffix("Setpoint")
        for name in (message.attribute, measured):
            self.shown["Cookie Former", name] = (message.value, message.unit)


class Ticking(list[float]):
    """Seconds that the state machine waited; each moves the world's clock."""

    def __init__(self, tick: Callable[[float], None]) -> None:
        super().__init__()
        self._tick = tick

    def append(self, seconds: float) -> None:
        super().append(seconds)
        self._tick(seconds)


@dataclass
class ControlWorld:
    """`on_tick` are called after each wait, with the world at its new time."""

    site: Site
    jobs: IotJobs = field(default_factory=IotJobs)
    machine: CookieFormer = field(default_factory=CookieFormer)
    now_us: int = START_US
    lag_us: int = 0
    """How much later telemetry arrives than it is observed."""
    on_tick: list[Callable[[], None]] = field(default_factory=list)
    calls: set[tuple[str, str]] = field(default_factory=set)
    """(function, IAM action)."""
    machines: StepFunctions = field(default_factory=lambda: StepFunctions({}))
    machine_arn: str = ""
    _running: tuple[str, int] = ("", 0)
    _observed: list[Reading] = field(default_factory=list)

    @property
    def desk(self) -> StartingDesk:
        states = boto3.client("stepfunctions", region_name=REGION)
        return desk_for_people(self.site, _table(), CommandMachine(states, self.machine_arn).start)

    def propose(self, command_id: str = "c-1", seconds: float = 600, **changes: Any) -> Command:
        expires = instant(self.now_us + int(seconds * SECOND_US))
        said = {"device": "Cookie Former", "proposed_by": "Anna", "roles": ANNA.roles, "channel": "console", **TORQUE}
        request = CommandRequest(**{**said, **changes, "id": command_id, "expires_at": expires})
        return self.desk.propose(request, ANNA, self.now_us)

    def command(self, command_id: str = "c-1") -> Command:
        found = self.desk.store.get(self.site.site, command_id)
        assert found is not None
        return found

    def fresh(self) -> None:
        """An hour later: nothing was ever proposed, all is well, and a state machine that has run nothing."""
        self.now_us += 3_600 * SECOND_US
        self.jobs.reset()
        self.machine, self.lag_us = CookieFormer(), 0
        for each in (self.on_tick, self.calls, self.machines.waits):
            each.clear()
        client = boto3.client("iot-data", region_name=REGION)
        with suppress(client.exceptions.ResourceNotFoundException):
            client.delete_thing_shadow(thingName="cookie-former", shadowName="setpoints")
        table = _table()
        table.delete()
        a_table(LINE_TABLE)
        for verb_noun in FUNCTIONS:
            self.machines.functions[verb_noun] = partial(self.invoke, verb_noun)
        definition = substituted(DEFINITION, self.machines.arns())
        name = f"run-command-{self.now_us}"
        states = boto3.client("stepfunctions", region_name=REGION)
        made = states.create_state_machine(name=name, definition=definition, roleArn=ROLE)
        self.machine_arn = made["stateMachineArn"]
        self.telemetry()

    def running(self) -> list[Running]:
        client = boto3.client("stepfunctions", region_name=REGION)
        found = client.list_executions(stateMachineArn=self.machine_arn)["executions"]
        return [Running(client, each["executionArn"]) for each in found]

    def run(self) -> Run:
        """The one execution that was started, once it has ended."""
        (running,) = self.running()
        return running.ended()

    def tick(self, seconds: float) -> None:
        self.now_us += int(seconds * SECOND_US)
        for message in [*self.jobs.messages, *self.desired()]:
            if self.now_us >= parse(message.sent_at) + self.machine.seconds * SECOND_US:
                self._act(message)
        self.telemetry()
        for each in self.on_tick:
            each()

    def telemetry(self) -> None:
        """Observe everything that the machines show, and let arrive what was observed long enough ago."""
        self._observed += [
            Reading(device, name, self.now_us, value, unit)
            for (device, name), (value, unit) in self.machine.shown.items()
        ]
        arrived = [each for each in self._observed if each.observed_us + self.lag_us <= self.now_us]
        DynamoDbTwin(_table()).update(self.site.site, "line-1", arrived)
        self._observed = [each for each in self._observed if each not in arrived]

    def _act(self, message: CommandMessage) -> None:
        if message.command_id in self.machine.answered:
            return
        self.machine.answered.add(message.command_id)
        if self.machine.does:
            self.machine.obey(message)
        if self.machine.says is not None:
            self.answer(message.command_id, accepted=self.machine.says, reason=self.machine.reason)

    def answer(
        self, command_id: str = "c-1", *, accepted: bool = True, reason: str = "", thing: str = "cookie-former"
    ) -> Any:
        """What the rule puts on the queue, and the queue hands over."""
        said = CommandAnswer(command_id=command_id, device="Cookie Former", accepted=accepted, reason=reason)
        body = {
            "payload": base64.b64encode(encode(said)).decode(),
            "topic": f"cmd/lineside/bakery-north/line-1/{thing}/response",
            "received": self.now_us // 1_000,
        }
        return self.invoke("hear_command", {"Records": [{"messageId": "m-1", "body": json.dumps(body)}]})

    def turn_of_the_clock(self) -> Any:
        return self.invoke("send_command", {})

    def desired(self) -> list[CommandMessage]:
        client = boto3.client("iot-data", region_name=REGION)
        try:
            payload = client.get_thing_shadow(thingName="cookie-former", shadowName="setpoints")["payload"].read()
        except client.exceptions.ResourceNotFoundException:
            return []
        wanted = json.loads(payload)["state"].get("desired", {})
        return [decode_message(json.dumps(each).encode()) for each in wanted.values()]

    def invoke(self, verb_noun: str, event: Any) -> Any:
        """The handler as Lambda calls it."""
        before, self._running = self._running, (verb_noun, threading.get_ident())
        try:
            return importlib.import_module(f"lambdas.{verb_noun}.handler").handler(event, _context(verb_noun))
        finally:
            self._running = before

    def note(self, model: Any, **_: Any) -> None:
        verb_noun, thread = self._running
        if verb_noun and thread == threading.get_ident():
            service = {"iot-data": "iot", "iot-jobs-data": "iot"}.get(model.service_model.service_name)
            self.calls.add((verb_noun, f"{service or model.service_model.service_name}:{model.name}"))

    def said(self) -> list[str]:
        """What the audit log says happened, once its chain has been found whole."""
        stored = self.desk.audit.entries(self.site.site)
        assert verify(self.site.site, stored) is None
        return [decoded(each).what for each in stored]


@contextmanager
def control_world(
    monkeypatch: pytest.MonkeyPatch, site_file: Path = ROOT / "samples" / "site.yaml"
) -> Iterator[ControlWorld]:
    """The demo site, or one that differs a little; `fresh` makes it ready for a test."""
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.setenv(name, REGION)
    world = ControlWorld(read_site(site_file))
    world.machines.waits = Ticking(world.tick)
    with world.machines as machines:
        boto3.setup_default_session()
        assert boto3.DEFAULT_SESSION is not None
        boto3.DEFAULT_SESSION.events.register("before-parameter-build", world.note)
        boto3.DEFAULT_SESSION.events.register("before-send.iot-jobs-data-plane", world.jobs.respond)
        machines.forget_clients()
        a_table(LINE_TABLE)
        boto3.client("iot").create_thing(thingName="cookie-former")
        given = {
            "LINE_TABLE_NAME": LINE_TABLE,
            "SITE_FILE": str(site_file),
            "COMMAND_ARN": COMMAND_ARN,
            "THINGS_ARN": THINGS_ARN,
            "ADVISORY_TOPIC_ARN": boto3.client("sns").create_topic(Name="advisories")["TopicArn"],
        }
        for verb_noun in (*FUNCTIONS, "hear_command"):
            _load(world, monkeypatch, verb_noun, given)
        yield world
    boto3.setup_default_session()


def _load(world: ControlWorld, monkeypatch: pytest.MonkeyPatch, verb_noun: str, given: dict[str, str]) -> None:
    handler = f"lambdas.{verb_noun}.handler.handler"
    (found,) = [each for each in properties(controlling(), "AWS::Lambda::Function") if each["Handler"] == handler]
    for name, value in found["Environment"]["Variables"].items():
        monkeypatch.setenv(name, given.get(name, value))
    for module in [name for name in sys.modules if name.startswith(f"lambdas.{verb_noun}")]:
        del sys.modules[module]
    loaded = importlib.import_module(f"lambdas.{verb_noun}.handler")
    monkeypatch.setattr(loaded, "time", SimpleNamespace(time_ns=lambda: world.now_us * 1_000))


def _table() -> Any:
    return boto3.resource("dynamodb", region_name=REGION).Table(LINE_TABLE)


def _context(verb_noun: str) -> Any:
    arn = f"arn:aws:lambda:{REGION}:123456789012:function:{verb_noun}"
    said = {"function_name": verb_noun, "memory_limit_in_mb": 512, "invoked_function_arn": arn}
    return SimpleNamespace(**said, aws_request_id="request")
