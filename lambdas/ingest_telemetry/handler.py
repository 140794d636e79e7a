"""A batch of the telemetry queue -> the lake, the twin, and quarantine."""

from __future__ import annotations

import os
import time
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import client, table
from cloud.dynamodb_twin import DynamoDbTwin
from cloud.records import messages
from cloud.s3 import S3Objects
from cloud.s3_quarantine import S3Quarantine
from lambdas.ingest_telemetry.settings import Settings
from lineside.lake import Lake
from lineside.line.ingest import BatchOutcome, store_batch
from lineside.site import read_site

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
site = read_site(settings.site_file)
objects = S3Objects(client("s3"), settings.lake_bucket_name)
lake = Lake(objects)
twin = DynamoDbTwin(table(settings.line_table_name))
quarantine = S3Quarantine(objects)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, list[dict[str, str]]]:  # noqa: ARG001
    batch = messages(event, time.time_ns() // 1000)
    metrics.add_metric("MessagesReceived", MetricUnit.Count, len(batch))
    outcome = store_batch(batch, site, lake, twin, quarantine)
    _tell(outcome, len(batch))
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in outcome.failed_ids]}


def _tell(outcome: BatchOutcome, received: int) -> None:
    metrics.add_metric("MessagesFailed", MetricUnit.Count, len(outcome.failed_ids))
    metrics.add_metric("ReadingsStored", MetricUnit.Count, outcome.stored)
    metrics.add_metric("ReadingsDuplicated", MetricUnit.Count, outcome.duplicates)
    metrics.add_metric("ReadingsQuarantined", MetricUnit.Count, outcome.quarantined)
    metrics.add_metric("ReadingsConflicting", MetricUnit.Count, outcome.conflicts)
    metrics.add_metric("ReadingsMissing", MetricUnit.Count, outcome.missing)
    metrics.add_metric("ReadingsLate", MetricUnit.Count, outcome.late)
    logger.info(
        "batch stored",
        messages=received,
        readings=outcome.received,
        stored=outcome.stored,
        quarantined=outcome.codes,
        unknown_devices=outcome.unknown_devices,
    )
    if outcome.troubles:
        logger.warning("messages come again", message_ids=outcome.failed_ids, troubles=outcome.troubles)
