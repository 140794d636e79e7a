"""Over all documents at once: which are in force, and how many questions each of their chunks is asked for."""

from __future__ import annotations

import os
from typing import Any

import msgspec
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import client
from cloud.generator import cloud_generator
from cloud.preparation import chosen, plan_questions
from cloud.s3 import S3Objects
from cloud.steps import told_by_class
from cloud.training_run import TrainingRun
from lambdas.plan_questions.settings import PlanQuestions, Settings
from lineside.releases.settings import read_release_settings

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
release = read_release_settings(settings.training_file)
objects = S3Objects(client("s3"), settings.lake_bucket_name)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    metrics.add_metric("Steps", MetricUnit.Count, 1)
    with told_by_class():
        asked = PlanQuestions.read(event)
        run = TrainingRun(objects, asked.run)
        dataset = chosen(release.dataset, asked.pairs, asked.seed)
        planned = plan_questions(run, asked.today, dataset, cloud_generator(release.generator, objects))
    told: dict[str, Any] = msgspec.to_builtins(planned)
    metrics.add_metric("QuestionsPlanned", MetricUnit.Count, planned.questions)
    logger.info("questions planned", run=run.name, extra=told)
    return {**told, "asked_documents": run.asked_key}
