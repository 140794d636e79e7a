"""Step Functions without Step Functions: moto's interpreter runs our definitions, and our functions answer its tasks.

JSONata, Choice, Retry, Catch, Assign, Parallel, Map and the Distributed Map (an array, or `ItemReader` of one JSON
object on S3) are real. What moto lacks is put right here, in private places of the one version that is pinned; what
it cannot do at all stays out of our definitions: `ItemBatcher`, JSON lines, JSONPath, `ToleratedFailure*` (the first
failed item ends a Map, so items catch their own failures).

    functions = {"extract_passages": lambda event: {"passages": 12}, "request_approval": approve}
    services = {("bedrock", "createModelImportJob"): import_model, ("sagemaker", "createTrainingJob.sync"): train}
    with StepFunctions(functions, services) as machines:
        run = machines.run("statemachines/prepare_training_data.asl.json", {"run": "r1"})

    assert run.status == "SUCCEEDED", run.cause

Functions. `arn:aws:states:::lambda:invoke` of `FunctionName` reaches `functions` by the last part of its name or ARN.
The event goes over as JSON and so does the result; what the function raises is an error by the name of its class, as
the Python runtime of Lambda reports it. For each function there is a substitution: `extract_passages` gives
`${ExtractPassagesArn}`. Others are named by the test: `run(..., substitutions={"LakeBucketName": "the-lake"})`.

Services. A task for SageMaker or Bedrock (`sagemaker:createTrainingJob.sync`, `aws-sdk:bedrock:getModelImportJob`)
asks `services` by service and action. The arguments are held against botocore's model of that call, so a misspelt or
missing one fails as it would in AWS; the fake is given them as boto3 names them, and what it returns is
held against the model too and comes back spelled as Step Functions spells it (`JobArn` of `jobArn`). A fake that wants
the task to fail raises `ServiceError("Bedrock.ThrottlingException", "...")`. For `.sync` it returns the finished job.
Any other `aws-sdk` task and dynamodb, sns, sqs and events go to moto.

Task tokens. A function is given `{% $states.context.Task.Token %}`; it, or the test while the run waits
(`running = machines.start(...)`), answers: `machines.answer(token, output)`, `machines.refuse(token, error, cause)`.

Time. Wait and Retry last no time; `machines.waits` holds the seconds that they asked for, in order.
"""

from __future__ import annotations

import hashlib
import json
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import boto3
import jsonata
import pytest
from botocore.config import Config
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.responses import EmptyResult
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.intrinsic import jsonata as intrinsics
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval import states as eval_states
from moto.stepfunctions.parser.asl.eval import variable_store
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor
from moto.stepfunctions.parser.models import stepfunctions_parser_backends
from moto.stepfunctions.responses import StepFunctionResponse

from tests.fakes.dynamodb import one_request_at_a_time
from tests.fakes.step_functions_services import Service, ServiceError, answer_for_services

REGION = "eu-central-1"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/machine"

__all__ = [
    "REGION",
    "Invoked",
    "Run",
    "Running",
    "ServiceError",
    "StepFunctions",
    "evaluate",
    "function_arn",
    "substituted",
]

Function = Callable[[Any], Any]


@dataclass(frozen=True)
class Invoked:
    """One call of a function: what it was given, and the error's class when it failed."""

    function: str
    event: Any
    error: str = ""


@dataclass(frozen=True)
class Run:
    """An execution that has ended. `states` are the states it entered, in order, without those inside a Map."""

    status: str
    output: Any
    error: str
    cause: str
    states: tuple[str, ...]
    history: tuple[dict[str, Any], ...] = field(repr=False)


class StepFunctions:
    """Runs state machines; see the top of this file."""

    def __init__(
        self, functions: Mapping[str, Function], services: Mapping[tuple[str, str], Service] | None = None
    ) -> None:
        self.functions = dict(functions)
        self.services = dict(services or {})
        self.calls: list[Invoked] = []
        self.waits: list[float] = []
        self._stack = ExitStack()
        self._client: Any = None
        self._clients: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._stack.enter_context(
            mock_aws(config={"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}})
        )
        patch = self._stack.enter_context(pytest.MonkeyPatch.context())
        _repair_jsonata(patch)
        self._clients = _make_each_client_once(patch)
        _read_each_definition_once(patch)
        one_request_at_a_time(patch)
        answer_for_services(patch, self.services)
        patch.setattr(LambdaSimpleBackend, "invoke", self._invoke)
        patch.setattr(StepFunctionResponse, "send_task_failure", _fail_task)
        patch.setattr(WaitFunction, "_wait_interval", lambda _, env, wait_seconds: self.waits.append(wait_seconds))
        patch.setattr(retrier_decl, "time", SimpleNamespace(sleep=self.waits.append))
        self._client = boto3.client("stepfunctions", region_name=REGION)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def run(
        self,
        definition: str | Path | dict[str, Any],
        given: Any,
        *,
        substitutions: Mapping[str, str] | None = None,
        seconds: float = 60,
    ) -> Run:
        """Start it and wait until it has ended; it fails the test when that takes longer than `seconds`."""
        return self.start(definition, given, substitutions=substitutions).ended(seconds)

    def start(
        self, definition: str | Path | dict[str, Any], given: Any, *, substitutions: Mapping[str, str] | None = None
    ) -> Running:
        text = substituted(definition, {**self.arns(), **(substitutions or {})})
        machine = self._client.create_state_machine(name=f"machine-{uuid.uuid4().hex}", definition=text, roleArn=ROLE)
        # AWS names an execution that nobody named; moto does not.
        started = self._client.start_execution(
            stateMachineArn=machine["stateMachineArn"], name=str(uuid.uuid4()), input=json.dumps(given)
        )
        return Running(self._client, started["executionArn"])

    def arns(self) -> dict[str, str]:
        """`ExtractPassagesArn`, and so on: what the stack would put in for each function."""
        return {f"{_pascal(name)}Arn": function_arn(name) for name in self.functions}

    def answer(self, token: str, output: Any) -> None:
        self._client.send_task_success(taskToken=token, output=json.dumps(output))

    def refuse(self, token: str, error: str, cause: str = "") -> None:
        self._client.send_task_failure(taskToken=token, error=error, cause=cause)

    def forget_clients(self) -> None:
        """Those made from now on hear what the session has been told meanwhile to listen to."""
        self._clients.clear()

    def events(self, function: str) -> list[Any]:
        """What a function was given, call by call."""
        return [call.event for call in self.calls if call.function == function]

    def _invoke(self, function_name: str, _: Any, body: Any, __: Any, response_headers: Any) -> bytes:
        name = function_name.rpartition(":")[2]
        event = json.loads(body or "{}")
        try:
            answer = json.dumps(self.functions[name](event)).encode()
        except Exception as error:
            # Whatever it is, Lambda reports it by the name of its class.
            kind = type(error).__name__
            self.calls.append(Invoked(name, event, kind))
            response_headers["x-amz-function-error"] = "Unhandled"
            return json.dumps({"errorType": kind, "errorMessage": str(error), "stackTrace": []}).encode()
        self.calls.append(Invoked(name, event))
        return answer


@dataclass(frozen=True)
class Running:
    """An execution on its way."""

    client: Any
    arn: str

    def goes_on(self) -> bool:
        """Asked where moto keeps it: as a request, to ask again and again would cost more than the execution does."""
        region, account = self.arn.split(":")[3:5]
        execution = stepfunctions_parser_backends[account][region].describe_execution(self.arn)
        return bool(execution.status == "RUNNING")

    def ended(self, seconds: float = 60) -> Run:
        until = time.monotonic() + seconds
        while self.goes_on():
            assert time.monotonic() < until, f"still running after {seconds} s, in {_entered(self._history())[-1:]}"
            time.sleep(0.005)
        now = self.client.describe_execution(executionArn=self.arn)
        # moto gives an output that is a string without its quotes.
        output = _json(now["output"]) if now["status"] == "SUCCEEDED" else None
        history = self._history()
        return Run(now["status"], output, now.get("error", ""), now.get("cause", ""), _entered(history), history)

    def _history(self) -> tuple[dict[str, Any], ...]:
        return tuple(self.client.get_execution_history(executionArn=self.arn)["events"])


def _entered(history: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(each["stateEnteredEventDetails"]["name"] for each in history if "stateEnteredEventDetails" in each)


def substituted(definition: str | Path | dict[str, Any], substitutions: Mapping[str, str]) -> str:
    """The definition's text with `${Name}` replaced, as CloudFormation does it; none may be left over."""
    text = json.dumps(definition) if isinstance(definition, dict) else Path(definition).read_text(encoding="utf-8")
    for name, value in substitutions.items():
        text = text.replace(f"${{{name}}}", value)
    assert "${" not in text, f"no substitution for {text[text.index('${') :][:40]}"
    return text


def function_arn(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def _fail_task(response: Any) -> EmptyResult:
    """moto's own forgets the cause."""
    token, error, cause = (response._get_param(name) for name in ("taskToken", "error", "cause"))
    response.stepfunction_backend.send_task_failure(token, error, cause)
    return EmptyResult()


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _pascal(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))


def _make_each_client_once(patch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A client for each service and settings, for all threads; gives those made, and who clears it gets new ones.

    The interpreter wants a new one for each task, which takes longer than the task; and a Map's workers make clients
    at once, which is not safe of one session.
    """
    lock, made = threading.RLock(), dict[str, Any]()
    for name in ("client", "resource"):

        def get(*args: Any, _make: Callable[..., Any] = getattr(boto3, name), _name: str = name, **how: Any) -> Any:
            settings = {key: value.__dict__ if isinstance(value, Config) else value for key, value in how.items()}
            key = repr((_name, args, sorted(settings.items())))
            with lock:
                if key not in made:
                    made[key] = _make(*args, **how)
                return made[key]

        patch.setattr(boto3, name, get)
    return made


_TREES: dict[str, Any] = {}


def _read_each_definition_once(patch: pytest.MonkeyPatch) -> None:
    """moto reads a definition when it is created and again when it runs, a second each. The states are made anew."""
    parse = AmazonStateLanguageParser.parse

    def read(definition: str) -> tuple[Any, Any]:
        if definition in _TREES:
            return Preprocessor().visit(_TREES[definition]), _TREES[definition]
        program, _TREES[definition] = parse(definition)
        return program, _TREES[definition]

    patch.setattr(AmazonStateLanguageParser, "parse", read)


# JSONata -------------------------------------------------------------------------------------------------------------


def evaluate(expression: str) -> Any:
    """One JSONata expression, with the functions that Step Functions adds and without the one that it takes away."""
    compiled = jsonata.Jsonata(expression)
    for name, function in _ADDED.items():
        compiled.register_lambda(name, function)
    return compiled.evaluate(None)


def _repair_jsonata(patch: pytest.MonkeyPatch) -> None:
    """moto has no engine of its own, leaves three functions out, and writes strings without escaping them."""
    patch.setattr(moto_jsonata, "_eval_jsonata", evaluate)
    declared = intrinsics._DECLARATION_BY_VARIABLE_REFERENCE
    kept = {name: text for name, text in declared.items() if name.removeprefix("$") not in _ADDED}
    patch.setattr(intrinsics, "_DECLARATION_BY_VARIABLE_REFERENCE", kept)
    for module in (eval_states, variable_store):
        patch.setattr(module, "encode_jsonata_variable_declarations", _declarations)


def _declarations(bindings: dict[str, Any]) -> str:
    return "".join(f"{name}:={json.dumps(_plain(value))};" for name, value in bindings.items())


def _plain(value: Any) -> Any:
    """What JSON can hold: moto keeps times and JSONata's own sequences in its variables."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _hash(text: str, algorithm: str) -> str:
    return hashlib.new(algorithm.replace("-", "").lower(), text.encode()).hexdigest()


def _no_eval(*_: Any) -> Any:
    raise ValueError("Step Functions has no $eval; $parse reads JSON")


_ADDED: dict[str, Callable[..., Any]] = {
    "uuid": lambda: str(uuid.uuid4()),
    "parse": json.loads,
    "hash": _hash,
    "random": random.random,
    "eval": _no_eval,
}
