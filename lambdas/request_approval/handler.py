"""A release has passed: a person is told, and the state machine waits for what they say."""

from __future__ import annotations

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import client, table
from cloud.imported_models import ImportedModels
from cloud.release_approval import ApprovalRequest
from cloud.releases import DynamoDbReleases
from cloud.steps import told_by_class
from lambdas.request_approval.settings import RequestApproval, Settings
from lineside.releases.costs import read_prices
from lineside.releases.course import Course

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
line_table = table(settings.line_table_name)
request = ApprovalRequest(
    course=Course(DynamoDbReleases(line_table)),
    models=ImportedModels(client("bedrock")),
    table=line_table,
    sns=client("sns"),
    topic_arn=settings.approval_topic_arn,
    console=settings.console_address,
    prices=read_prices(),
)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    metrics.add_metric("ReleaseSteps", MetricUnit.Count, 1)
    with told_by_class():
        asked = RequestApproval.read(event)
        request.ask(asked.release_id, asked.token)
    metrics.add_metric("ApprovalsRequested", MetricUnit.Count, 1)
    logger.info("a person is asked", release_id=asked.release_id)
    return {}
