"""Sends one approved command; by the clock does what is automatic, and sends, ends and reads back whatever is due.

Nobody else may send.
"""

from __future__ import annotations

import os
import time
from typing import Any

import msgspec
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import client, table
from cloud.command_desk import desk_of
from cloud.command_steps import act_by_itself, send_one
from cloud.iot_commands import IotCommands
from cloud.sns import SnsNotifier
from cloud.steps import told_by_class
from lambdas.send_command.settings import SendCommand, Settings
from lineside.control.record import label
from lineside.site import read_site

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
site = read_site(settings.site_file)
transport = IotCommands(
    site,
    client("iot-jobs-data"),
    client("iot-data"),
    command_arn=settings.command_arn,
    things_arn=settings.things_arn,
)
desk = desk_of(site, table(settings.line_table_name), transport)
notifier = SnsNotifier(client("sns"), settings.advisory_topic_arn)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    metrics.add_metric("CommandSteps", MetricUnit.Count, 1)
    with told_by_class():
        asked = SendCommand.read(event)
        return _turn() if asked.command_id is None else _send(asked.command_id)


def _send(command_id: str) -> dict[str, Any]:
    step = send_one(desk, command_id, time.time_ns() // 1_000)
    metrics.add_metric("CommandsHeldUp", MetricUnit.Count, step.next == "send")
    logger.info("command sent", command_id=step.command_id, status=step.status, next=step.next, told=step.told)
    told: dict[str, Any] = msgspec.to_builtins(step)
    return told


def _turn() -> dict[str, Any]:
    now_us = time.time_ns() // 1_000
    told, held_up = act_by_itself(desk, notifier, now_us)
    for notice in told:
        logger.info(
            "people told of what is automatic",
            kind=notice.kind,
            line=notice.line,
            alarm_id=notice.alarm_id,
            command_id=notice.command_id,
        )
    changed = desk.turn(now_us)
    for each in changed:
        logger.info("command moved by the clock", command_id=each.command_id, status=each.status, told=label(each))
    metrics.add_metric("AutomaticNotices", MetricUnit.Count, len(told))
    if held_up:
        # All else was done; the retry of this call, or the next turn, goes on with what is automatic.
        raise held_up[0]
    return {"changed": len(changed), "told": len(told)}
