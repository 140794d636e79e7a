"""Once an hour: the small files of closed hours become one file each, which is what Athena reads."""

from __future__ import annotations

import os
import time
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import client
from cloud.s3 import S3Objects
from lambdas.compact_lake.settings import Settings
from lineside.lake.compact import compact_hours
from lineside.lake.damage import Damaged
from lineside.lake.lake import LATENESS_SECONDS

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
objects = S3Objects(client("s3"), settings.lake_bucket_name)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001
    metrics.add_metric("Compactions", MetricUnit.Count, 1)
    damaged = Damaged(objects)
    done = asdict(compact_hours(objects, time.time_ns() // 1000, LATENESS_SECONDS, damaged=damaged))
    for sentence in damaged.told():
        logger.error("lake file unreadable", why=sentence)
    metrics.add_metric("ReadingsCompacted", MetricUnit.Count, done["rows"])
    metrics.add_metric("ReadingsConflicting", MetricUnit.Count, done["conflicts"])
    logger.info("hours compacted", extra=done)
    return done
