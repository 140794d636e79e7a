"""The cloud without the cloud: moto in this process, made as the templates say, and our real handlers in it.

Environments come from the templates, so a variable that the stacks forget is one that a handler misses here. Every
call to AWS is noted, so that it can be held against what the function's role allows.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

# X-Ray's library makes the UDP socket that it would send on when it is imported: here, before a test closes them.
import aws_xray_sdk.core  # noqa: F401
import boto3
import pytest
from moto import mock_aws

from app import ROOT
from tests.stacks.synth import Template, function, of_type, properties, synthesised

REGION = "eu-central-1"
BUCKET = "the-lake"
TABLE = "the-line-table"
PEOPLE_TABLE = "the-people-table"
IMAGE_BUCKET = "the-images"
INSPECTION_TABLE = "the-inspection-table"


class Call(NamedTuple):
    """One thing a function did: the IAM action it needs, and the object key where there is one."""

    function: str
    action: str
    key: str = ""


@dataclass
class Context:
    """What Lambda tells a handler of its call."""

    function_name: str = "function"
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:123456789012:function:function"
    aws_request_id: str = "request"
    left_ms: int = 300_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left_ms


@dataclass
class Cloud:
    """The stacks' resources in moto, and the handlers that use them."""

    monkeypatch: pytest.MonkeyPatch
    topic_arn: str
    queue_url: str
    inbox_url: str
    calls: list[Call] = field(default_factory=list)
    running: str = ""
    site_file: Path = ROOT / "samples" / "site.yaml"
    given: dict[str, str] = field(default_factory=dict)
    """Variables that a test knows better than moto, such as where it signs people in."""
    _warm: dict[str, tuple[dict[str, str], ModuleType]] = field(default_factory=dict)

    def load(self, verb_noun: str) -> ModuleType:
        """The function: warm where it has run before in the same environment, else as a cold start gives it."""
        environment = self.environment(verb_noun)
        warm = self._warm.get(verb_noun)
        if warm and warm[0] == environment:
            return warm[1]
        for name, value in environment.items():
            self.monkeypatch.setenv(name, value)
        for module in [name for name in sys.modules if name.startswith(f"lambdas.{verb_noun}")]:
            del sys.modules[module]
        cold = importlib.import_module(f"lambdas.{verb_noun}.handler")
        self._warm[verb_noun] = (environment, cold)
        return cold

    def context(self) -> Context:
        return Context()

    def invoke(self, verb_noun: str, event: dict[str, Any]) -> Any:
        module = self.load(verb_noun)
        self.running = verb_noun
        try:
            return module.handler(event, Context(function_name=verb_noun))
        finally:
            self.running = ""

    def environment(self, verb_noun: str) -> dict[str, str]:
        """The variables of the template, with the names of what moto made for what the stacks refer to."""
        made = {
            "LAKE_BUCKET_NAME": BUCKET,
            "LINE_TABLE_NAME": TABLE,
            "ADVISORY_TOPIC_ARN": self.topic_arn,
            "TELEMETRY_QUEUE_URL": self.queue_url,
            "PEOPLE_TABLE_NAME": PEOPLE_TABLE,
            "IMAGE_BUCKET_NAME": IMAGE_BUCKET,
            "INSPECTION_TABLE_NAME": INSPECTION_TABLE,
            "SITE_FILE": str(self.site_file),
            # None of its models is on Bedrock, so nobody is asked unless a test gives another file.
            "MODELS_FILE": str(ROOT / "samples" / "models.yaml"),
            **self.given,
        }
        variables = function(verb_noun)["Environment"]["Variables"]
        return {name: made.get(name, value) for name, value in variables.items()}

    def advisories(self) -> list[dict[str, Any]]:
        """What the advisory topic has delivered since this was last asked."""
        sqs = boto3.client("sqs")
        found = []
        while received := sqs.receive_message(QueueUrl=self.inbox_url, MaxNumberOfMessages=10).get("Messages"):
            for message in received:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self.inbox_url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def keys(self, prefix: str, bucket: str = BUCKET) -> list[str]:
        found = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
        return [item["Key"] for item in found.get("Contents", [])]

    def note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if self.running:
            self.calls += [Call(self.running, *needed) for needed in _needed(model, params)]


@contextmanager
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """The resources of all stacks, empty."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        boto3.setup_default_session()
        for name in (BUCKET, IMAGE_BUCKET):
            boto3.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        _create_tables()
        made = Cloud(monkeypatch, *_create_topic_and_queues())
        assert boto3.DEFAULT_SESSION is not None
        boto3.DEFAULT_SESSION.events.register("before-parameter-build", made.note)
        yield made
    boto3.setup_default_session()


def _create_tables() -> None:
    tables = synthesised().lake, synthesised().console, synthesised().inspection
    for name, template in zip((TABLE, PEOPLE_TABLE, INSPECTION_TABLE), tables, strict=True):
        (declared,) = properties(template, "AWS::DynamoDB::GlobalTable")
        wanted = {name: declared[name] for name in ("AttributeDefinitions", "KeySchema", "BillingMode")}
        boto3.client("dynamodb").create_table(TableName=name, **wanted)


def _create_topic_and_queues() -> tuple[str, str, str]:
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    topic = sns.create_topic(Name="advisories")["TopicArn"]
    queue = sqs.create_queue(QueueName="telemetry")["QueueUrl"]
    inbox = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    address = sqs.get_queue_attributes(QueueUrl=inbox, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=address)
    return topic, queue, inbox


_MODEL_ACTIONS = {"Converse": "InvokeModel", "ConverseStream": "InvokeModelWithResponseStream"}


def _needed(model: Any, params: dict[str, Any]) -> list[tuple[str, str]]:
    """The IAM actions of one API call."""
    service, operation = model.service_model.service_name, model.name
    if operation == "TransactWriteItems":
        return [(f"dynamodb:{kind}Item", "") for item in params["TransactItems"] for kind in item]
    if service.startswith("bedrock"):
        return [(f"bedrock:{_MODEL_ACTIONS.get(operation, operation)}", "")]
    spelled = {"HeadObject": "GetObject", "ListObjectsV2": "ListBucket"}.get(operation, operation)
    return [(f"{service}:{spelled}", str(params.get("Key", "")) if service == "s3" else "")]


class Permission(NamedTuple):
    """An action that a role allows, and the key prefix it is bound to."""

    action: str
    prefix: str


def permissions(verb_noun: str, template: Template | None = None) -> set[Permission]:
    """What the role of a function allows, as the templates say."""
    template = template or next(each for each in synthesised().all.values() if _has_function(each, verb_noun))
    (policy,) = [
        each["Properties"]["PolicyDocument"]
        for name, each in of_type(template, "AWS::IAM::Policy").items()
        if name.startswith(verb_noun.replace("_", ""))
    ]
    return {
        Permission(action, _prefix(resource))
        for statement in policy["Statement"]
        for action in _listed(statement["Action"])
        for resource in _listed(statement["Resource"])
    }


def allows(allowed: set[Permission], call: Call) -> bool:
    return any(each.action == call.action and call.key.startswith(each.prefix) for each in allowed)


def _has_function(template: dict[str, Any], verb_noun: str) -> bool:
    handlers = {each["Handler"] for each in properties(template, "AWS::Lambda::Function")}
    return bool({f"lambdas.{verb_noun}.handler.handler", f"lambdas/{verb_noun}/run.sh"} & handlers)


def _prefix(resource: Any) -> str:
    """`raw/` of `<bucket>/raw/*`; "" where the whole resource is meant."""
    parts = resource.get("Fn::Join", ["", [""]])[1] if isinstance(resource, dict) else [""]
    last = parts[-1] if isinstance(parts[-1], str) else ""
    return last.removeprefix("/").removesuffix("*")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
