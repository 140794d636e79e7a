"""The first step of a release: refuse it with every reason, or say what is to be trained."""

from __future__ import annotations

import os
import time
from typing import Any

import msgspec
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import client, table
from cloud.imported_models import ImportedModels
from cloud.release_start import Asked, ReleaseStart
from cloud.releases import DynamoDbReleases
from cloud.s3 import S3Objects
from cloud.steps import told_by_class
from cloud.training_job import TrainingPlace
from lambdas.check_release.settings import CheckRelease, Settings
from lineside.releases.course import Course
from lineside.releases.settings import read_release_settings

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
s3 = client("s3")
start = ReleaseStart(
    settings=read_release_settings(settings.training_file),
    course=Course(DynamoDbReleases(table(settings.line_table_name))),
    lake=S3Objects(s3, settings.lake_bucket_name),
    artifacts=S3Objects(s3, settings.artifacts_bucket_name),
    models=ImportedModels(client("bedrock")),
    place=TrainingPlace(
        region=s3.meta.region_name,
        role_arn=settings.training_role_arn,
        code=settings.training_code,
        code_version=settings.code_version,
        output=f"s3://{settings.artifacts_bucket_name}/",
        model_package_group_arn=settings.model_package_group_arn,
    ),
    quota=settings.imported_models_quota,
)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    metrics.add_metric("ReleaseSteps", MetricUnit.Count, 1)
    with told_by_class():
        asked = CheckRelease.read(event)
        plan = start.check(Asked(asked.release_id, asked.execution, asked.dataset), time.time_ns() // 1_000)
    metrics.add_metric("ReleasesStarted", MetricUnit.Count, 0 if plan.prepare else 1)
    logger.info("release may start", release_id=plan.release_id, dataset=asked.dataset, way=plan.way)
    told: dict[str, Any] = msgspec.to_builtins(plan)
    return told
