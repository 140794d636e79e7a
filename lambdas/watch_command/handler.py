"""One look at a command that was sent: does the machine show it, or is its time over?"""

from __future__ import annotations

import os
import time
from typing import Any

import msgspec
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import table
from cloud.command_desk import desk_of
from cloud.command_steps import watch_one
from cloud.steps import told_by_class
from lambdas.watch_command.settings import Settings, WatchCommand
from lineside.site import read_site

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
desk = desk_of(read_site(settings.site_file), table(settings.line_table_name))


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    metrics.add_metric("CommandSteps", MetricUnit.Count, 1)
    with told_by_class():
        step = watch_one(desk, WatchCommand.read(event).command_id, time.time_ns() // 1_000)
    metrics.add_metric("CommandsUnverified", MetricUnit.Count, step.status == "unverified")
    logger.info("command watched", command_id=step.command_id, status=step.status, next=step.next, told=step.told)
    told: dict[str, Any] = msgspec.to_builtins(step)
    return told
