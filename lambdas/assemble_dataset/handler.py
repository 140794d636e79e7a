"""The last step of the data preparation: collect, de-duplicate, split, report."""

from __future__ import annotations

import os
from typing import Any

import msgspec
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import client, table
from cloud.dynamodb_verdicts import DynamoDbVerdicts
from cloud.preparation import assemble_run
from cloud.s3 import S3Objects
from cloud.steps import told_by_class
from cloud.training_run import TrainingRun
from lambdas.assemble_dataset.settings import AssembleDataset, Settings

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
objects = S3Objects(client("s3"), settings.lake_bucket_name)
verdicts = DynamoDbVerdicts(table(settings.people_table_name), settings.site)
MOST_VERDICTS = 10_000


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    metrics.add_metric("Steps", MetricUnit.Count, 1)
    with told_by_class():
        run = TrainingRun(objects, AssembleDataset.read(event).run)
        prepared = assemble_run(run, objects, verdicts.list("accepted", MOST_VERDICTS))
    told: dict[str, Any] = msgspec.to_builtins(prepared)
    metrics.add_metric("DatasetsAssembled", MetricUnit.Count, 1)
    metrics.add_metric("DocumentsFailed", MetricUnit.Count, prepared.documents_failed)
    logger.info("dataset assembled", run=run.name, extra=told)
    return {"run": run.name, "bucket": settings.lake_bucket_name, **told}
