"""A freezer and an inspector with a camera, in the cloud: the deployed functions, moto, and fakes at the wire alone.

At the wire stand AWS IoT's commands and the model that sees. Time is the line's own: it goes on by what the test lets
pass and by what the state machine waits, and the machines publish, photograph, obey and answer as it goes.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from app import ROOT
from lineside.control.wire import CommandAnswer, CommandMessage, encode
from lineside.telemetry.timestamps import parse
from tests.fakes.bedrock import Answer, Asked, FakeBedrock
from tests.fakes.step_functions import ROLE, Run, Running, StepFunctions, substituted
from tests.inspection.pictures import a_png
from tests.lambdas.aws import Cloud, cloud
from tests.lambdas.served import SIGN_IN, Served, served_by
from tests.lambdas.telemetry import START, event, sent, spoken
from tests.lambdas.uploads import EYE, answers_at_the_wire, told
from tests.statemachines.command_world import COMMAND_ARN, DEFINITION, FUNCTIONS, THINGS_ARN, IotJobs, Ticking

FREEZER, INSPECTOR = "Freezer Tunnel", "Cookie Inspector"
SITE = """
site: bakery-north
lines:
  - id: line-1
    machines:
      - id: Freezer Tunnel
        feeds: [Cookie Inspector]
        attributes:
          Speed: {label: Belt speed, unit: RPM, physical_low: 0, physical_high: 60}
        commands:
          - attribute: SpeedSetpoint
            unit: RPM
            min: 6
            max: 12
            max_step: 2
            risk: medium
            allowed_states: [Running]
            interlocks:
              - {device: Cookie Inspector, attribute: State, one_of: [Running, Starved]}
            readback: {attribute: Speed, tolerance: 0.3, within_seconds: 30}
      - id: Cookie Inspector
        rejects: {rejects: Bad, total: Total, max_fraction: 0.02, window_minutes: 5}
        camera: {confidence: 0.8, audit_share: 0}
"""
RIGHT_SPEED, TOO_FAST = 9.0, 11.0
"""What goes too fast through the cold comes out soft, and deforms on its way."""
COMMAND_MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:run-command"
TELEMETRY_SECONDS, PICTURE_SECONDS, ON_ITS_WAY_SECONDS = 10, 45, 90
SETTLED = timedelta(seconds=30)
LONGEST_STEP = timedelta(minutes=5)


@dataclass
class CloudLine:
    """`soft` are the bytes of the pictures that show a deformed product."""

    aws: Cloud
    machines: StepFunctions
    jobs: IotJobs = field(default_factory=IotJobs)
    bedrock: FakeBedrock = field(default_factory=FakeBedrock)
    now: datetime = START
    speed: float = RIGHT_SPEED
    fast_since: datetime | None = None
    fast_until: datetime | None = None
    soft: set[bytes] = field(default_factory=set)
    pictures: int = 0
    answered: set[str] = field(default_factory=set)
    api: Served = field(init=False)

    @property
    def now_us(self) -> int:
        return round(self.now.timestamp() * 1e6)

    def passes(self, minutes: float) -> None:
        """Everything that the line says and shows in that time, with its uploads told of by the queue."""
        until = self.now + timedelta(minutes=minutes)
        while self.now < until:
            start, self.now = self.now, min(self.now + LONGEST_STEP, until)
            self._publish(start)
            self._photograph(start)

    def speeds_up(self) -> None:
        self.speed, self.fast_since = TOO_FAST, self.now

    def ticks(self) -> dict[str, int]:
        """The advisor looks at the line as it stands now, once that has settled."""
        at = (self.now + SETTLED).isoformat().replace("+00:00", "Z")
        told: dict[str, int] = self.invoke(
            "advise_line", {"site": "bakery-north", "line": "line-1", "scheduled_at": at}
        )
        return told

    def as_person(self, name: str, method: str, path: str, body: Any = None) -> Any:
        """What the API tells an operator of that name; the status where it is an error."""
        answer = self.api.ask(method, path, self.api.token("operator", "site:bakery-north", name=name), body)
        return answer.json() if answer.status_code < 400 else answer.status_code

    def execution(self) -> Run:
        """The one that follows the command, once it has ended."""
        client = boto3.client("stepfunctions")
        (found,) = client.list_executions(stateMachineArn=COMMAND_MACHINE)["executions"]
        return Running(client, found["executionArn"]).ended()

    def invoke(self, verb_noun: str, given: dict[str, Any]) -> Any:
        self.module(verb_noun)
        return self.aws.invoke(verb_noun, given)

    def module(self, verb_noun: str) -> ModuleType:
        loaded = self.aws.load(verb_noun)
        loaded.time = SimpleNamespace(time_ns=lambda: self.now_us * 1_000, monotonic=time.monotonic)  # type: ignore[attr-defined]
        return loaded

    def waited(self, seconds: float) -> None:
        """The state machine waits: meanwhile the freezer does what it was told, answers, and says how it runs."""
        start, self.now = self.now, self.now + timedelta(seconds=seconds)
        for message in self.jobs.messages:
            if message.command_id not in self.answered and self.now_us >= parse(message.sent_at) + 5_000_000:
                self._obey(message)
        self._publish(start)

    def looks(self, asked: Asked) -> Answer:
        """The model that sees: it is shown the last image, and says what the product was like."""
        *_, picture, _ = asked.body["messages"][0]["content"]
        soft = base64.b64decode(picture["image"]["source"]["bytes"]) in self.soft
        said = {"verdict": "deformed" if soft else "good", "confidence": 0.95, "regions": [], "reason": "its outline"}
        return Answer([{"toolUse": {"toolUseId": "t", "name": "write", "input": said}}], "tool_use")

    def _obey(self, message: CommandMessage) -> None:
        self.answered.add(message.command_id)
        self.speed, self.fast_until = message.value, self.now
        said = CommandAnswer(command_id=message.command_id, device=message.device, accepted=True)
        topic = "cmd/lineside/bakery-north/line-1/freezer-tunnel/response"
        body = {"payload": base64.b64encode(encode(said)).decode(), "topic": topic, "received": self.now_us // 1_000}
        record = {"messageId": message.command_id, "body": json.dumps(body)}
        assert self.invoke("hear_command", {"Records": [record]}) == {"batchItemFailures": []}

    def _publish(self, start: datetime) -> None:
        """What both gateways say from `start` until now, each in one message."""
        measured = {
            FREEZER: {
                "State": "Running",
                "Speed": {"value": self.speed, "unit": "RPM"},
                "SpeedSetpoint": {"value": self.speed, "unit": "RPM"},
            },
            INSPECTOR: {"State": "Running"},
        }
        times = [at for at in _every(TELEMETRY_SECONDS, start, self.now)]
        records = [
            sent(
                device, json.dumps([spoken(device, at, said) for at in times]).encode(), times[-1], f"{device}-{start}"
            )
            for device, said in measured.items()
            if times
        ]
        assert self.invoke("ingest_telemetry", event(records)) == {"batchItemFailures": []}

    def _photograph(self, start: datetime) -> None:
        keys = [self._upload(at) for at in _every(PICTURE_SECONDS, start, self.now)]
        assert self.invoke("inspect_image", told(*keys)) == {"batchItemFailures": []}

    def _upload(self, at: datetime) -> str:
        """As a camera does it: ask for a form, and post the picture by it."""
        self.pictures += 1
        content = a_png(shade=self.pictures)
        if self._was_fast(at - timedelta(seconds=ON_ITS_WAY_SECONDS)):
            self.soft.add(content)
        taken = at.isoformat().replace("+00:00", "Z")
        asked = {"machine": "cookie-inspector", "media_type": "image/png", "taken_at": taken}
        form = self.as_person("camera", "POST", "/api/inspections/uploads", asked)
        posted = requests.post(form["url"], data=form["fields"], files={"file": content}, timeout=5)
        assert posted.status_code == 204, posted.text
        key: str = form["fields"]["key"]
        return key

    def _was_fast(self, at: datetime) -> bool:
        return self.fast_since is not None and self.fast_since <= at < (self.fast_until or self.now)


def _every(seconds: int, start: datetime, end: datetime) -> Iterator[datetime]:
    """The instants of a beat that fall into start < t <= end."""
    first = (start - START) // timedelta(seconds=seconds) + 1
    last = (end - START) // timedelta(seconds=seconds)
    return (START + timedelta(seconds=seconds * beat) for beat in range(first, last + 1))


@contextmanager
def cloud_line(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[CloudLine]:
    """The line at START, and everything that watches it deployed."""
    (folder / "site.yaml").write_text(SITE)
    (folder / "models.yaml").write_text(EYE)
    (folder / "library.jsonl").write_bytes(b"")
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    with StepFunctions({}) as machines, cloud(monkeypatch) as aws:
        line = CloudLine(aws, machines)
        line.bedrock.route(line.looks)
        machines.waits = Ticking(line.waited)
        answers_at_the_wire(line.bedrock, monkeypatch)
        assert boto3.DEFAULT_SESSION is not None
        boto3.DEFAULT_SESSION.events.register("before-send.iot-jobs-data-plane", line.jobs.respond)
        machines.forget_clients()
        aws.site_file = folder / "site.yaml"
        aws.given = {
            "MODELS_FILE": str(folder / "models.yaml"),
            "TRAINING_FILE": str(ROOT / "samples" / "training.cloud.yaml"),
            "LIBRARY_FILE": str(folder / "library.jsonl"),
            "REPLAY_FUNCTION_NAME": "replay",
            "KNOWLEDGE_BASE_ID": "",
            "COMMAND_MACHINE_ARN": COMMAND_MACHINE,
            "COMMAND_ARN": COMMAND_ARN,
            "THINGS_ARN": THINGS_ARN,
            **SIGN_IN,
        }
        for verb_noun in FUNCTIONS:
            machines.functions[verb_noun] = partial(line.invoke, verb_noun)
        definition = substituted(DEFINITION, machines.arns())
        boto3.client("stepfunctions").create_state_machine(name="run-command", definition=definition, roleArn=ROLE)
        line.module("serve_api")
        key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        line.api = served_by(aws, key, lambda: line.now.timestamp())
        yield line
