"""The first step of the data preparation: which files there are, one reference each."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import client
from cloud.library_file import unpack
from cloud.preparation import list_items
from cloud.s3 import S3Objects
from cloud.steps import told_by_class
from cloud.training_run import TrainingRun
from lambdas.list_documents.settings import ListDocuments, Settings
from lineside.site import read_site

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
site = read_site(settings.site_file)
library = unpack(settings.library_file.read_bytes(), settings.site_file.parent.resolve())
objects = S3Objects(client("s3"), settings.lake_bucket_name)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    metrics.add_metric("Steps", MetricUnit.Count, 1)
    with told_by_class():
        asked = ListDocuments.read(event)
        given = asked.given
        run = TrainingRun(objects, given.run or asked.execution)
        count = list_items(run, library, objects)
    # The plant's own day.
    today = given.today or datetime.now(UTC).astimezone(ZoneInfo(site.timezone)).date()
    metrics.add_metric("DocumentsListed", MetricUnit.Count, count)
    logger.info("documents listed", run=run.name, documents=count)
    return {
        "run": run.name,
        "today": today.isoformat(),
        "pairs": given.pairs,
        "seed": given.seed,
        "documents": count,
        "items": run.items_key,
    }
