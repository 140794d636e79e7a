"""What all batches say together: the report, and whether the candidate passes; a second opinion where it is wanted."""

from __future__ import annotations

import os
import time
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import client, table
from cloud.evaluation_job import SecondOpinion
from cloud.imported_models import ImportedModels
from cloud.release_evaluation import Evaluation, nobody
from cloud.releases import DynamoDbReleases
from cloud.s3 import S3Objects
from cloud.steps import told_by_class
from lambdas.weigh_release.settings import Settings, WeighRelease
from lineside.releases.course import Course
from lineside.releases.evaluation.asking import Asking
from lineside.releases.settings import read_release_settings

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
lake = S3Objects(client("s3"), settings.lake_bucket_name)
bedrock = client("bedrock")
release_settings = read_release_settings(settings.training_file)
evaluation = Evaluation(
    settings=release_settings,
    course=Course(DynamoDbReleases(table(settings.line_table_name))),
    lake=lake,
    models=ImportedModels(bedrock),
    writer_of=nobody,
    asking=Asking(pause=time.sleep),
)
opinion = SecondOpinion(
    lake, settings.lake_bucket_name, settings.second_opinion_role_arn, release_settings.second_opinion
)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    metrics.add_metric("ReleaseSteps", MetricUnit.Count, 1)
    with told_by_class():
        asked = WeighRelease.read(event)
        found = evaluation.weigh(asked.release_id).evaluated
        if opinion.evaluator and found.passed:
            ask_for_a_second_opinion(asked.release_id)
    metrics.add_metric("ReleasesWeighed", MetricUnit.Count, 1)
    logger.info(
        "release weighed",
        release_id=asked.release_id,
        passed=found.passed,
        improvement=found.improvement,
        low=found.low,
        high=found.high,
        questions=found.questions,
    )
    return {"passed": found.passed, "why": " ".join(found.reasons)}


def ask_for_a_second_opinion(release_id: str) -> None:
    questions, told = evaluation.said(release_id)
    begun = opinion.begin(bedrock, release_id, questions, told.answers)
    metrics.add_metric("SecondOpinionsBegun", MetricUnit.Count, len(begun.jobs))
    logger.info("second opinion asked for", release_id=release_id, jobs=begun.jobs, why=begun.why)
