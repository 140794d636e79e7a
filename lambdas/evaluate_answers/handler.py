"""Base and candidate answer held-out questions, and judges mark both: one batch in each call."""

from __future__ import annotations

import os
import time
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.bedrock import BedrockWriter, bedrock_client
from cloud.clients import client, table
from cloud.imported_models import ImportedModels
from cloud.kept_objects import KeptObjects
from cloud.release_evaluation import KEPT, Evaluation
from cloud.releases import DynamoDbReleases
from cloud.s3 import S3Objects
from cloud.steps import told_by_class
from lambdas.evaluate_answers.settings import EvaluateAnswers, Settings
from lineside.releases.course import Course
from lineside.releases.evaluation.asking import Asking
from lineside.releases.settings import read_release_settings

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
lake = S3Objects(client("s3"), settings.lake_bucket_name)
runtime = bedrock_client()
evaluation = Evaluation(
    settings=read_release_settings(settings.training_file),
    course=Course(DynamoDbReleases(table(settings.line_table_name))),
    lake=lake,
    models=ImportedModels(client("bedrock")),
    writer_of=lambda row: BedrockWriter(row, runtime, streams=False),
    asking=Asking(pause=time.sleep, kept=KeptObjects(lake, KEPT), throttled_rises=True),
)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    metrics.add_metric("ReleaseSteps", MetricUnit.Count, 1)
    with told_by_class():
        asked = EvaluateAnswers.read(event)
        if asked.model:
            batches = evaluation.pick(asked.release_id, asked.model)
            metrics.add_metric("BatchesPicked", MetricUnit.Count, len(batches))
            logger.info("questions picked", release_id=asked.release_id, batches=len(batches))
            return {"batches": batches}
        judgements = evaluation.ask(asked.release_id, asked.batch)
    metrics.add_metric("Judgements", MetricUnit.Count, judgements)
    logger.info("batch judged", release_id=asked.release_id, batch=asked.batch, judgements=judgements)
    return {"judgements": judgements}
