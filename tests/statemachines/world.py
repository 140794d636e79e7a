"""The data preparation on moto: the template's environments, our real handlers, and documents in a bucket.

Only Bedrock is a fake, and only at the wire. Every call to AWS is noted, so that it can be held against what the
function's role allows.
"""

from __future__ import annotations

import importlib
import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# X-Ray's library makes the UDP socket that it would send on when it is imported: here, before a test closes them.
import aws_xray_sdk.core  # noqa: F401
import boto3
import pytest
from moto.bedrockruntime.responses import BedrockRuntimeResponse
from moto.core.responses import EmptyResult

from app import ROOT
from cloud.library_file import pack
from lineside.manuals.library import Library, library_of_site
from lineside.site import read_site
from tests.contracts.people import a_table
from tests.fakes.bedrock import FakeBedrock
from tests.fakes.step_functions import REGION, Run, StepFunctions
from tests.lambdas.aws import BUCKET, PEOPLE_TABLE, Call, _needed
from tests.stacks.preparation import preparation
from tests.stacks.synth import properties

DEFINITION = ROOT / "statemachines" / "prepare_training_data.asl.json"
FUNCTIONS = (
    "list_documents",
    "extract_passages",
    "plan_questions",
    "generate_pairs",
    "validate_pairs",
    "assemble_dataset",
)
SAMPLES = ROOT / "samples"
ALL_THE_TIME = 900_000
"""Milliseconds."""


@dataclass
class Context:
    """What Lambda tells a handler of its call."""

    function_name: str
    remaining_ms: int = ALL_THE_TIME
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:123456789012:function:function"
    aws_request_id: str = "request"

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms


@dataclass
class World:
    """`bedrock` writes the questions where the training file names it."""

    machines: StepFunctions
    bedrock: FakeBedrock
    remaining_ms: int = ALL_THE_TIME
    calls: list[Call] = field(default_factory=list)
    asking: set[str] = field(default_factory=set)
    """The functions that asked a model."""
    _running: str = ""
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def upload(self, name: str, content: bytes | str) -> None:
        body = content.encode() if isinstance(content, str) else content
        boto3.client("s3").put_object(Bucket=BUCKET, Key=f"documents/{name}", Body=body)

    def put(self, key: str, content: bytes) -> None:
        boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)

    def run(self, given: Mapping[str, Any] | None = None) -> Run:
        return self.machines.run(DEFINITION, given or {}, substitutions={"LakeBucketName": BUCKET})

    def keys(self, prefix: str) -> list[str]:
        pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return [each["Key"] for page in pages for each in page.get("Contents", [])]

    def read(self, key: str) -> bytes:
        content: bytes = boto3.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return content

    def report(self, run: Run) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.read(run.output["report"]))
        return report

    def rows(self, run: Run, *parts: str) -> list[dict[str, Any]]:
        """The rows of these parts of the run's dataset; of all three where none is named."""
        wanted = parts or ("train", "validation", "test")
        return [json.loads(line) for part in wanted for line in self.lines(run, part)]

    def lines(self, run: Run, part: str) -> list[bytes]:
        return self.read(f"{run.output['dataset']}{part}.jsonl").splitlines()

    def function(self, verb_noun: str) -> Callable[[Any], Any]:
        """The handler as Lambda calls it: one event at a time, as Powertools expects it."""
        handler = importlib.import_module(f"lambdas.{verb_noun}.handler").handler

        def invoked(event: Any) -> Any:
            with self._one_at_a_time:
                self._running = verb_noun
                try:
                    return handler(event, Context(verb_noun, self.remaining_ms))
                finally:
                    self._running = ""

        return invoked

    def note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        # The interpreter invokes the next function from another thread meanwhile.
        if model.service_model.service_name == "bedrock-runtime":
            self.asking.add(self._running)
        elif self._running and model.name != "Invoke":
            self.calls += [Call(self._running, *needed) for needed in _needed(model, params)]


def sample_library() -> Library:
    return library_of_site(read_site(SAMPLES / "site.yaml"), SAMPLES)


@contextmanager
def world(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *, library: Library = Library(), training: str = "training.yaml"
) -> Iterator[World]:
    """An empty bucket, these documents in the bundle, and this file of the samples for the training."""
    (folder / "library.jsonl").write_bytes(pack(library, SAMPLES))
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with StepFunctions({}) as machines:
        boto3.setup_default_session()
        boto3.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        a_table(PEOPLE_TABLE)
        made = World(machines, FakeBedrock())
        # moto is asked, too, and would raise where it knows no such call; of two answers the first one counts: ours.
        monkeypatch.setattr(BedrockRuntimeResponse, "converse", lambda _: EmptyResult(), raising=False)
        assert boto3.DEFAULT_SESSION is not None
        boto3.DEFAULT_SESSION.events.register("before-parameter-build", made.note)
        boto3.DEFAULT_SESSION.events.register("before-send.bedrock-runtime", made.bedrock._respond)
        machines.forget_clients()
        given = {
            "LAKE_BUCKET_NAME": BUCKET,
            "SITE_FILE": str(SAMPLES / "site.yaml"),
            "LIBRARY_FILE": str(folder / "library.jsonl"),
            "TRAINING_FILE": str(SAMPLES / training),
            "PEOPLE_TABLE_NAME": PEOPLE_TABLE,
        }
        for verb_noun in FUNCTIONS:
            for name, value in _variables(verb_noun).items():
                monkeypatch.setenv(name, given.get(name, value))
            for module in [name for name in sys.modules if name.startswith(f"lambdas.{verb_noun}")]:
                del sys.modules[module]
            machines.functions[verb_noun] = made.function(verb_noun)
        yield made
    boto3.setup_default_session()


def _variables(verb_noun: str) -> dict[str, str]:
    """As the template has them; what CloudFormation fills in is given by the test."""
    handler = f"lambdas.{verb_noun}.handler.handler"
    (found,) = [each for each in properties(preparation(), "AWS::Lambda::Function") if each["Handler"] == handler]
    variables = found["Environment"]["Variables"]
    return {name: value if isinstance(value, str) else "filled-in" for name, value in variables.items()}
