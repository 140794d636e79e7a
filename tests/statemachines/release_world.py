"""A release on moto: the template's environments, our real handlers, and a dataset in the lake.

SageMaker and Bedrock are fakes at the wire; the judges are honest, and mark an answer by how near it is to the
reference. Every call to AWS is noted, so that it can be held against what the function's role allows.
"""

from __future__ import annotations

import difflib
import importlib
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# X-Ray's library makes the UDP socket that it would send on when it is imported: here, before a test closes them.
import aws_xray_sdk.core  # noqa: F401
import boto3
import msgspec
import pytest
import yaml
from moto.bedrockruntime.responses import BedrockRuntimeResponse
from moto.core.responses import EmptyResult
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sfn import (
    StateTaskServiceSfn,
)

from app import ROOT
from cloud.approvals import StepFunctionsApprovals
from cloud.release_evaluation import Batch
from cloud.releases import DynamoDbOutcomes, DynamoDbReleases
from lineside.manuals.passage import Passage
from lineside.releases.desk import ReleaseDesk
from lineside.releases.evaluation.batch import Told
from lineside.releases.evaluation.judge import ORDERS
from lineside.releases.evaluation.model import CRITERIA, Answers, Judgement
from lineside.releases.record import AliasTable, Evaluated, ModelRelease, Outcome
from lineside.training_data.chat import chat_row, jsonl
from lineside.training_data.pair import REFUSAL, Pair
from tests.fakes.bedrock import Answer, Asked, FakeBedrock
from tests.fakes.imports import Account
from tests.fakes.step_functions import REGION, Run, Running, StepFunctions
from tests.lambdas.aws import Call, _needed
from tests.stacks.releasing import releasing
from tests.stacks.synth import properties

DEFINITION = ROOT / "statemachines" / "release_model.asl.json"
FUNCTIONS = (
    "check_release",
    "check_artifact",
    "evaluate_answers",
    "weigh_release",
    "request_approval",
    "switch_release",
    "watch_canary",
    "abandon_release",
)
LAKE, ARTIFACTS, LINE, PEOPLE = "the-lake", "the-artifacts", "the-line-table", "the-people-table"
DATASET = "datasets/5ad1/"
MACHINES = ("Freezer Tunnel", "Cookie Inspector")
JUDGES: tuple[dict[str, Any], ...] = tuple(
    {"name": name, "provider": "bedrock", "model": model, "max_tokens": 600, "structured": "prompt"}
    for name, model in (("claude", "anthropic.claude-a"), ("nova", "amazon.nova-b"))
)
SETTINGS: dict[str, Any] = {
    "base": {"name": "base", "provider": "bedrock", "model": "meta.base-v1:0", "max_tokens": 600},
    "judges": [JUDGES[0]],
    "dataset": {"least_pairs": 20},  # 13 to train on, 3 to validate, 13 to test
    "training": {"accept_licence": True, "token_secret": "hf-token"},
    "gate": {"least_questions": 12, "least_questions_of_one": 2, "least_judges": 1},
    "canary": {"least_answers": 10, "most_answers": 20, "hours": 1, "share": 0.2},
}


@dataclass
class Context:
    """What Lambda tells a handler of its call."""

    function_name: str
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:123456789012:function:function"
    aws_request_id: str = "request"


@dataclass
class ReleaseWorld:
    """`says` is what the base and the candidate answer to a question that has this reference."""

    machines: StepFunctions
    account: Account
    bedrock: FakeBedrock
    topic_arn: str
    inbox_url: str
    approval_seconds: int = 600
    candidate_says: Callable[[str], str] = lambda reference: reference
    base_says: Callable[[str], str] = lambda reference: " ".join(reference.split()[:4])
    before: dict[str, Callable[[Any], None]] = field(default_factory=dict)
    """What happens just before a function is called."""
    after: dict[str, Callable[[Any], None]] = field(default_factory=dict)
    """What happens when it has done its work, and its answer has not arrived yet."""
    calls: list[Call] = field(default_factory=list)
    prepared: str = DATASET
    preparations: list[dict[str, Any]] = field(default_factory=list)
    """What the data preparation was started with."""
    asks_models: bool = False
    """Else every batch was answered and judged before, just as these models do it: a call of each takes seconds."""
    _running: str = ""
    _thread: int = 0
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def start(self, given: Mapping[str, Any] | None = None) -> Running:
        substitutions = {
            "ImportRoleArn": "arn:aws:iam::123456789012:role/import",
            "PrepareTrainingDataArn": f"arn:aws:states:{REGION}:123456789012:stateMachine:preparation",
        }
        asked = {"dataset": DATASET} if given is None else given
        definition = json.loads(DEFINITION.read_text(encoding="utf-8"))
        definition["States"]["Ask a person"]["TimeoutSeconds"] = self.approval_seconds
        return self.machines.start(definition, asked, substitutions=substitutions)

    def run(self, given: Mapping[str, Any] | None = None, *, approved: bool | None = True) -> Run:
        """Until its end; a person answers as soon as they are asked, unless `approved` is None."""
        running = self.start(given)
        self.decide_when_asked(running, approved)
        return running.ended(120)

    def decide_when_asked(self, running: Running, approved: bool | None) -> None:
        if approved is not None and self.wait_until("waiting", running):
            self.desk.decide(name_of(running), approved=approved, by="Anna", note="as discussed")

    def wait_until(self, status: str, running: Running) -> bool:
        """Whether the release came so far, before its execution ended."""
        releases = self.releases
        while running.goes_on():
            release = releases.get(name_of(running))
            if release is not None and release.status == status:
                return True
            time.sleep(0.05)
        return False

    @property
    def releases(self) -> DynamoDbReleases:
        return DynamoDbReleases(table(LINE))

    @property
    def desk(self) -> ReleaseDesk:
        approvals = StepFunctionsApprovals(table(LINE), boto3.client("stepfunctions", region_name=REGION))
        return ReleaseDesk(self.releases, now_us, approvals)

    def means(self) -> tuple[str, str, str]:
        """The releases that live, canary and previous mean."""
        aliases: AliasTable = self.releases.aliases()
        live, canary, previous = (
            each.release_id if each else "" for each in (aliases.live, aliases.canary, aliases.previous)
        )
        return live, canary, previous

    def is_live(self, release_id: str) -> str:
        """An earlier release that answers everybody; gives its model's ARN."""
        arn = self.is_approved(release_id)
        self.desk.promote(release_id, by="Anna")
        return arn

    def is_approved(self, release_id: str) -> str:
        """An earlier release that may answer."""
        arn = self.account.import_by_hand(f"lineside-{release_id}")
        self.releases.put(
            ModelRelease(
                release_id,
                made_us=len(self.account.models),
                status="approved",
                base_model="meta-llama/Llama-3.2-3B-Instruct",
                model_id=arn,
                evaluation=Evaluated(True, 0.1, 0.05, 0.2, 40, ("claude",)),
                approver="Anna",
                version=1,
            )
        )
        return arn

    def forget_dataset(self) -> None:
        for key in self.keys(LAKE, DATASET):
            boto3.client("s3").delete_object(Bucket=LAKE, Key=key)

    def answers(self, release_id: str, count: int, **changes: Any) -> None:
        """How answers of a release went, all of them just now."""
        outcomes = DynamoDbOutcomes(table(PEOPLE))
        for number in range(count):
            said: dict[str, Any] = {"alias": "live", "at_us": now_us(), "seconds": 2.0}
            said |= {"conversation": f"c-{release_id}-{number}"} | changes
            outcomes.record(Outcome(f"{release_id}-{number}", release_id, **said))

    def mails(self) -> list[dict[str, Any]]:
        sqs = boto3.client("sqs")
        received = sqs.receive_message(QueueUrl=self.inbox_url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in received]

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [each["Key"] for page in pages for each in page.get("Contents", [])]

    def read(self, bucket: str, key: str) -> bytes:
        content: bytes = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return content

    def function(self, verb_noun: str) -> Callable[[Any], Any]:
        """The handler as Lambda calls it, one event at a time."""
        handler = importlib.import_module(f"lambdas.{verb_noun}.handler").handler

        def invoked(event: Any) -> Any:
            if verb_noun in self.before:
                self.before[verb_noun](event)
            if event.get("batch") and not self.asks_models:
                self._judge_in_advance(event["release_id"], event["batch"])
            with self._one_at_a_time:
                self._running, self._thread = verb_noun, threading.get_ident()
                try:
                    answer = handler(event, Context(verb_noun))
                finally:
                    self._running = ""
            if verb_noun in self.after:
                self.after[verb_noun](event)
            return answer

        return invoked

    def note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        # The interpreter invokes the next function, and people decide, in other threads meanwhile.
        if self._running and threading.get_ident() == self._thread:
            self.calls += [Call(self._running, *needed) for needed in _needed(model, params)]

    def _judge_in_advance(self, release_id: str, name: str) -> None:
        batch = msgspec.json.decode(self.read(LAKE, f"releases/{release_id}/questions/{name}.json"), type=Batch)
        said = [
            Answers(each.question_id, self.base_says(each.reference), self.candidate_says(each.reference))
            for each in batch.questions
        ]
        asked = [*zip(batch.questions, said, strict=True), *((each.question, each.answers) for each in batch.plants)]
        judged = [
            Judgement(
                judge=JUDGES[0]["name"],
                question_id=question.question_id,
                order=order,
                base=dict.fromkeys(CRITERIA, float(mark(question.reference, answers.base))),
                candidate=dict.fromkeys(CRITERIA, float(mark(question.reference, answers.candidate))),
                planted=answers.planted,
            )
            for question, answers in asked
            for order in ORDERS
        ]
        told = msgspec.json.encode(Told(tuple(said), tuple(judged)))
        boto3.client("s3").put_object(Bucket=LAKE, Key=f"releases/{release_id}/told/{name}.json", Body=told)

    def said(self, asked: Asked) -> Answer:
        """What a model says: the candidate has an ARN, the base and the judges have names."""
        if "judge" in asked.system_text or "You mark two answers" in asked.system_text:
            return _answer(marks(asked.user_text))
        reference = next((each.answer for each in test_pairs() if each.question in asked.user_text), "")
        said = self.candidate_says if asked.model.startswith("arn:") else self.base_says
        return _answer(said(reference) or "I am here.")

    def _prepare(self, env: Any, *_: Any, **how: Any) -> None:
        """The data preparation has its dataset ready; moto cannot start an execution from within another one."""
        self.preparations.append(how["normalised_parameters"])
        env.stack.append({"Status": "SUCCEEDED", "Output": {"dataset": self.prepared}})


@contextmanager
def release_world(
    monkeypatch: pytest.MonkeyPatch, folder: Path, changes: Mapping[str, Any] | None = None
) -> Iterator[ReleaseWorld]:
    """The tables and buckets, a dataset in the lake, and settings with these changes, such as `{"training": {...}}`."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_REGION", REGION)
    account = Account()
    with StepFunctions({}, account.services()) as machines:
        boto3.setup_default_session()
        assert boto3.DEFAULT_SESSION is not None
        world = ReleaseWorld(machines, account, FakeBedrock(), *_made())
        world.bedrock.route(world.said)
        monkeypatch.setattr(StateTaskServiceSfn, "_normalise_parameters", lambda *_, **__: None)
        monkeypatch.setattr(StateTaskServiceSfn, "_eval_service_task", world._prepare)
        monkeypatch.setattr(StateTaskServiceSfn, "_build_sync2_resolver", lambda *_, env, **__: env.stack.pop)
        account.over_the_wire(monkeypatch)
        # moto is asked, too, and would raise where it knows no such call; of two answers the first one counts: ours.
        monkeypatch.setattr(BedrockRuntimeResponse, "converse", lambda _: EmptyResult(), raising=False)
        boto3.DEFAULT_SESSION.events.register("before-parameter-build", world.note)
        boto3.DEFAULT_SESSION.events.register("before-send.bedrock-runtime", world.bedrock._respond)
        machines.forget_clients()
        _load(world, monkeypatch, _training_file(folder, changes or {}))
        yield world
    boto3.setup_default_session()


def name_of(running: Running) -> str:
    """A release is called as its execution is."""
    return running.arn.rpartition(":")[2]


def table(name: str) -> Any:
    return boto3.resource("dynamodb", region_name=REGION).Table(name)


def now_us() -> int:
    return time.time_ns() // 1_000


def test_pairs() -> list[Pair]:
    answered = [_pair(number, MACHINES[number % 2]) for number in range(10)]
    return [*answered, *(_absent(number) for number in range(3))]


test_pairs.__test__ = False  # type: ignore[attr-defined]


def put_dataset(test: list[Pair], prefix: str = DATASET) -> None:
    rows = [chat_row(pair) for pair in test]
    files = {"train.jsonl": rows, "validation.jsonl": rows[:3], "test.jsonl": rows}
    for name, content in files.items():
        boto3.client("s3").put_object(Bucket=LAKE, Key=prefix + name, Body=jsonl(content))
    report = json.dumps({"content_sha256": "5ad1" * 16}).encode()
    boto3.client("s3").put_object(Bucket=LAKE, Key=f"{prefix}report.json", Body=report)


def marks(text: str) -> str:
    """An honest judge: how near each answer is to the reference, from 1 to 10."""
    reference, first, second = (_section(text, title) for title in ("The reference", "Answer A", "Answer B"))

    def verdict(answer: str) -> dict[str, Any]:
        return {"why": "compared", **dict.fromkeys(CRITERIA, mark(reference, answer))}

    return json.dumps({"a": verdict(first), "b": verdict(second)})


def mark(reference: str, answer: str) -> int:
    near = difflib.SequenceMatcher(None, reference, answer, autojunk=False).ratio()
    return 10 if answer == reference else 1 + int(8 * near)


def _section(text: str, title: str) -> str:
    fence, _, rest = text.partition(f"{title}:\n")[2].partition("\n")
    return rest.partition(f"\n{fence}")[0]


def _answer(text: str) -> Answer:
    return Answer([{"text": [text]}])


def _pair(number: int, machine: str) -> Pair:
    pressure = 3 + number
    text = f"Set the valve {number} of the {machine} to {pressure} bar before you start it."
    passage = Passage(f"p-{number}", "sop-1", "SOP-1", "Starting", text, revision="B", machines=(machine,))
    return Pair(
        pair_id=f"q-{number}",
        question=f"What pressure does valve {number} of the {machine} take?",
        answer=text,
        kind="answer",
        category="operation" if number % 3 else "fault",
        severity="low",
        steps=(),
        document="SOP-1",
        document_id="sop-1",
        revision="B",
        page="1",
        section="Starting",
        passage_id=passage.passage_id,
        passages=(passage,),
        made_by="offline",
        reviewed=True,
        machines=(machine,),
    )


def _absent(number: int) -> Pair:
    changed = {
        "pair_id": f"absent-{number}",
        "question": f"Who built the hall number {number}?",
        "answer": REFUSAL,
        "kind": "refusal",
        "machines": (),
    }
    whole = _pair(number, MACHINES[0])
    return Pair(**{name: changed.get(name, getattr(whole, name)) for name in whole.__struct_fields__})


def _made() -> tuple[str, str]:
    """Buckets, tables, and the topic with somebody who reads it."""
    s3, sns, sqs = (boto3.client(service) for service in ("s3", "sns", "sqs"))
    for bucket in (LAKE, ARTIFACTS):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    for name in (LINE, PEOPLE):
        boto3.client("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("PK", "SK")],
        )
    put_dataset(test_pairs())
    topic = sns.create_topic(Name="approvals")["TopicArn"]
    inbox = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    address = sqs.get_queue_attributes(QueueUrl=inbox, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=address)
    return topic, inbox


def _training_file(folder: Path, changes: Mapping[str, Any]) -> Path:
    changed = {
        name: {**SETTINGS.get(name, {}), **change} if isinstance(change, dict) else change
        for name, change in changes.items()
    }
    path = folder / "training.yaml"
    path.write_text(yaml.safe_dump({**SETTINGS, **changed}))
    return path


def _load(world: ReleaseWorld, monkeypatch: pytest.MonkeyPatch, training_file: Path) -> None:
    given = {
        "LAKE_BUCKET_NAME": LAKE,
        "ARTIFACTS_BUCKET_NAME": ARTIFACTS,
        "LINE_TABLE_NAME": LINE,
        "PEOPLE_TABLE_NAME": PEOPLE,
        "TRAINING_FILE": str(training_file),
        "TRAINING_ROLE_ARN": "arn:aws:iam::123456789012:role/training",
        "TRAINING_CODE": "s3://assets/code.zip",
        "MODEL_PACKAGE_GROUP_ARN": "arn:aws:sagemaker:eu-central-1:123456789012:model-package-group/lineside",
        "APPROVAL_TOPIC_ARN": world.topic_arn,
    }
    for verb_noun in FUNCTIONS:
        for name, value in _variables(verb_noun).items():
            monkeypatch.setenv(name, given.get(name, value))
        for module in [name for name in sys.modules if name.startswith(f"lambdas.{verb_noun}")]:
            del sys.modules[module]
        world.machines.functions[verb_noun] = world.function(verb_noun)


def _variables(verb_noun: str) -> dict[str, str]:
    """As the template has them; what CloudFormation fills in is given by the test."""
    handler = f"lambdas.{verb_noun}.handler.handler"
    (found,) = [each for each in properties(releasing(), "AWS::Lambda::Function") if each["Handler"] == handler]
    variables = found["Environment"]["Variables"]
    return {name: value if isinstance(value, str) else "filled-in" for name, value in variables.items()}
