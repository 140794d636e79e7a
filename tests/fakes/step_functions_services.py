"""Services that moto's Step Functions forwards or does not know, answered by a test's own functions.

What a task sends and what comes back are held against botocore's model of the call; see `step_functions.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk,
    state_task_service_callback,
    state_task_service_unsupported,
)
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

Service = Callable[[dict[str, Any]], dict[str, Any]]


class ServiceError(Exception):
    """What a service answers instead: `error` as Step Functions names it (`Bedrock.ThrottlingException`)."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(f"{error}: {cause}")
        self.error, self.cause = error, cause


_SYNC = "sync"


def answer_for_services(patch: pytest.MonkeyPatch, services: Mapping[tuple[str, str], Service]) -> None:
    unsupported = state_task_service_unsupported.StateTaskServiceUnsupported
    for kind in (state_task_service_aws_sdk.StateTaskServiceAwsSdk, unsupported):
        forward = kind._eval_service_task

        def ask(task: Any, env: Any, *rest: Any, _forward: Any = forward, **how: Any) -> None:
            resource = task.resource
            synchronous = f".{_SYNC}" if resource.condition == _SYNC else ""
            fake = services.get((resource.api_name, f"{resource.api_action}{synchronous}"))
            if fake is None and _known_to_moto(resource):
                _forward(task, env, *rest, **how)
            else:
                env.stack.append(_answer(task, env, fake, how["normalised_parameters"]))

        patch.setattr(kind, "_eval_service_task", ask)
        patch.setattr(kind, "_build_sync_resolver", lambda *_, env, **__: lambda result=env.stack[-1]: result)
        patch.setattr(kind, "_assert_integration_pattern_is_supported", lambda _: None)
    patch.setattr(state_task_service_callback, "_DELAY_SECONDS_SYNC_CONDITION_CHECK", 0.01)


def _known_to_moto(resource: Any) -> bool:
    return resource.service_name == "aws-sdk" and resource.api_name not in ("bedrock", "sagemaker")


def _answer(task: Any, env: Any, fake: Service | None, parameters: dict[str, Any]) -> Any:
    try:
        if fake is None:
            raise ServiceError("States.Runtime", f"no fake answers for {task.resource.resource_arn}")
        return _asked_as_boto3(task.resource, fake, parameters)
    except ServiceError as error:
        raise _failed(task, env, error) from error


@cache
def _model_of(service: str) -> Any:
    """SageMaker's takes a second to read."""
    return botocore.session.get_session().get_service_model(service)


def _asked_as_boto3(resource: Any, fake: Service, parameters: dict[str, Any]) -> dict[str, Any]:
    model = _model_of(resource.api_name)
    operation = model.operation_model(resource.api_action[0].upper() + resource.api_action[1:])
    wanted = _as_boto3(parameters, operation.input_shape)
    _hold(wanted, operation.input_shape, "arguments", resource)
    answer = fake(wanted)
    # A finished job comes back from `.sync` as its description, which has a shape of its own.
    if resource.condition == _SYNC:
        assert answer, f"{resource.resource_arn} needs the finished job"
        return _spelled(answer, None)
    _hold(answer, operation.output_shape, "answer", resource)
    return _spelled(answer, operation.output_shape)


def _hold(value: dict[str, Any], shape: Shape | None, what: str, resource: Any) -> None:
    if shape is None:
        return
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        raise ServiceError("States.Runtime", f"{what} of {resource.resource_arn}: {report.generate_report()}")


def _as_boto3(value: Any, shape: Shape) -> Any:
    """`JobName` of a definition is `jobName` to boto3, whichever way the service spells it; map keys are data."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        named = {name.lower(): name for name in shape.members}
        pairs = ((named.get(key.lower(), key) if key[:1].isupper() else f"{key}?", each) for key, each in value.items())
        return {key: _as_boto3(each, shape.members[key]) if key in shape.members else each for key, each in pairs}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_as_boto3(each, shape.member) for each in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: _as_boto3(each, shape.value) for key, each in value.items()}
    return value


def _spelled(value: Any, shape: Shape | None) -> Any:
    """As Step Functions returns it: members begin with a capital letter, times are text."""
    if isinstance(value, dict):
        members = shape.members if isinstance(shape, StructureShape) else {}
        data = isinstance(shape, MapShape)
        return {
            key if data else key[0].upper() + key[1:]: _spelled(each, members.get(key)) for key, each in value.items()
        }
    if isinstance(value, list):
        return [_spelled(each, shape.member if isinstance(shape, ListShape) else None) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _failed(task: Any, env: Any, error: ServiceError) -> FailureEventException:
    details = TaskFailedEventDetails(
        error=error.error,
        cause=error.cause,
        resource=task._get_sfn_resource(),
        resourceType=task._get_sfn_resource_type(),
    )
    return FailureEventException(
        FailureEvent(
            env=env,
            error_name=ErrorName(error.error),
            event_type=HistoryEventType.TaskFailed,
            event_details=EventDetails(taskFailedEventDetails=details),
        )
    )
