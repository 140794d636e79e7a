"""A batch of what machines answered to commands -> the desk."""

from __future__ import annotations

import os
import time
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import table
from cloud.command_answers import hear
from cloud.command_desk import desk_of
from cloud.records import messages
from lambdas.hear_command.settings import Settings
from lineside.site import read_site

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
desk = desk_of(read_site(settings.site_file), table(settings.line_table_name))


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, list[dict[str, str]]]:  # noqa: ARG001
    now_us = time.time_ns() // 1_000
    heard = hear(desk, messages(event, now_us), now_us)
    metrics.add_metric("AnswersDropped", MetricUnit.Count, len(heard.dropped))
    logger.info("answers heard", commands=[each.command_id for each in heard.taken], dropped=heard.dropped)
    if heard.again:
        logger.warning("answers come again", message_ids=heard.again, troubles=heard.troubles)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in heard.again]}
