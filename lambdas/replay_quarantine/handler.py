"""Started by a person, after the site file, a decoder or the queue was mended: what had to wait is read again."""

from __future__ import annotations

import os
import time
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import client, table
from cloud.dynamodb_twin import DynamoDbTwin
from cloud.requeue import requeue
from cloud.s3 import S3Objects
from cloud.s3_quarantine import S3Quarantine
from lambdas.replay_quarantine.settings import Settings
from lineside.lake import Lake
from lineside.line.replay import replay
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
queue = client("sqs")


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001
    metrics.add_metric("Replays", MetricUnit.Count, 1)
    requeued = requeue(objects, queue, settings.telemetry_queue_url)
    again = replay(quarantine, site, lake, twin, time.time_ns() // 1000)
    told = {"requeued": requeued, "resolved": again.resolved, "waiting": again.waiting, "readings": again.readings}
    metrics.add_metric("ReadingsReplayed", MetricUnit.Count, again.readings)
    logger.info("quarantine replayed", still=again.outcome.codes, extra=told)
    return told
