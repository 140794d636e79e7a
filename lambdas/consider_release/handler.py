"""A schedule asks whether enough was learned for another release."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

import msgspec
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import client, table
from cloud.dynamodb_verdicts import DynamoDbVerdicts
from cloud.release_learning import Learning
from cloud.releases import DynamoDbReleases
from lambdas.consider_release.settings import Settings
from lineside.releases.settings import read_release_settings

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
learning = Learning(
    settings=read_release_settings(settings.training_file).learning,
    releases=DynamoDbReleases(table(settings.line_table_name)),
    verdicts=DynamoDbVerdicts(table(settings.people_table_name), settings.site),
    states=client("stepfunctions"),
    machine_arn=settings.release_machine_arn,
)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    metrics.add_metric("ReleaseSteps", MetricUnit.Count, 1)
    considered = learning.consider(datetime.now(UTC))
    metrics.add_metric("ReleasesBegunBySchedule", MetricUnit.Count, bool(considered.started))
    logger.info("release considered", started=considered.started, why=considered.why)
    told: dict[str, Any] = msgspec.to_builtins(considered)
    return told
