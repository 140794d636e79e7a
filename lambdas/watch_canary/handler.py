"""One look at a canary: goes it on, does it answer everybody, or was it taken back?"""

from __future__ import annotations

import os
import time
from typing import Any

import msgspec
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import table
from cloud.release_switch import watch_release
from cloud.releases import DynamoDbOutcomes, DynamoDbReleases
from cloud.steps import told_by_class
from lambdas.watch_canary.settings import Settings, WatchCanary
from lineside.releases.desk import ReleaseDesk
from lineside.releases.settings import read_release_settings

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
canary = read_release_settings(settings.training_file).canary
outcomes = DynamoDbOutcomes(table(settings.people_table_name))
desk = ReleaseDesk(DynamoDbReleases(table(settings.line_table_name)), now_us=lambda: time.time_ns() // 1_000)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    metrics.add_metric("ReleaseSteps", MetricUnit.Count, 1)
    with told_by_class():
        asked = WatchCanary.read(event)
        watched = watch_release(desk, outcomes, canary, asked.release_id, time.time_ns() // 1_000)
    metrics.add_metric("CanariesTakenBack", MetricUnit.Count, watched.decision == "roll_back")
    logger.info("canary watched", release_id=asked.release_id, decision=watched.decision, why=watched.why)
    told: dict[str, Any] = msgspec.to_builtins(watched)
    return told
