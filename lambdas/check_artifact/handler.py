"""What a training has left: can it be imported?"""

from __future__ import annotations

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.artifacts import Artifact
from cloud.clients import client, table
from cloud.releases import DynamoDbReleases
from cloud.steps import told_by_class
from cloud.training_job import TrainingJobs, bucket_and_key, job_name
from lambdas.check_artifact.settings import CheckArtifact, Settings
from lineside.releases.course import Course

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
s3 = client("s3")
jobs = TrainingJobs(client("sagemaker"))
course = Course(DynamoDbReleases(table(settings.line_table_name)))


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    metrics.add_metric("ReleaseSteps", MetricUnit.Count, 1)
    with told_by_class():
        asked = CheckArtifact.read(event)
        artifact = Artifact(s3, *bucket_and_key(jobs.artifact(job_name(asked.release_id))))
        artifact.check()
        course.note(asked.release_id, status="importing", artifact=artifact.uri)
    metrics.add_metric("ArtifactsChecked", MetricUnit.Count, 1)
    logger.info("artifact can be imported", release_id=asked.release_id, artifact=artifact.uri)
    return {"artifact": artifact.uri}
