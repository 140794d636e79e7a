"""Everything that was written about one document, held against the document."""

from __future__ import annotations

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import client
from cloud.preparation import check_document, give_up
from cloud.s3 import S3Objects
from cloud.steps import told_by_class
from cloud.training_run import TrainingRun
from lambdas.validate_pairs.settings import Settings, ValidatePairs

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
objects = S3Objects(client("s3"), settings.lake_bucket_name)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001
    metrics.add_metric("Steps", MetricUnit.Count, 1)
    with told_by_class():
        asked = ValidatePairs.read(event)
        run = TrainingRun(objects, asked.run)
        problem = asked.failure.sentence if asked.failure else ""
        check = give_up if asked.give_up else check_document
        made = check(run, asked.document_id, problem)
    told = {"accepted": len(made.pairs), "rejected": len(made.rejected)}
    metrics.add_metric("PairsAccepted", MetricUnit.Count, told["accepted"])
    metrics.add_metric("PairsRejected", MetricUnit.Count, told["rejected"])
    logger.info("pairs checked", run=run.name, document_id=asked.document_id, why=made.problem, extra=told)
    return told
