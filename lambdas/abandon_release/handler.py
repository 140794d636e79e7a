"""Take back everything that a release has made, or clear away what no alias means any more."""

from __future__ import annotations

import os
import time
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import client, table
from cloud.imported_models import ImportedModels
from cloud.release_end import Decision, ReleaseEnd, reason_of
from cloud.releases import DynamoDbReleases
from cloud.s3 import S3Objects
from cloud.steps import told_by_class
from cloud.training_job import TrainingJobs
from lambdas.abandon_release.settings import AbandonRelease, Settings
from lineside.releases.course import Course
from lineside.releases.desk import ReleaseDesk

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
releases = DynamoDbReleases(table(settings.line_table_name))
end = ReleaseEnd(
    course=Course(releases),
    desk=ReleaseDesk(releases, now_us=lambda: time.time_ns() // 1_000),
    models=ImportedModels(client("bedrock")),
    jobs=TrainingJobs(client("sagemaker")),
    artifacts=S3Objects(client("s3"), settings.artifacts_bucket_name),
)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    metrics.add_metric("ReleaseSteps", MetricUnit.Count, 1)
    with told_by_class():
        asked = AbandonRelease.read(event)
        if asked.clear:
            cleared = end.clear()
            metrics.add_metric("UnusedModelsDeleted", MetricUnit.Count, len(cleared))
            logger.info("unused models deleted", release_id=asked.release_id, cleared=cleared)
            return {"cleared": cleared}
        given = asked.decision
        decision = Decision(given.approved, given.by, given.note) if given.by else None
        why = reason_of(asked.error, asked.cause)
        taken = end.take_back(asked.release_id, asked.execution, asked.how, why, decision)
    metrics.add_metric("ReleasesTakenBack", MetricUnit.Count, not taken.kept)
    logger.info(
        "release taken back",
        release_id=asked.release_id,
        how=asked.how,
        why=taken.reason,
        stopped=taken.stopped,
        deleted=taken.deleted,
        kept=taken.kept,
    )
    return {"reason": taken.reason, "kept": taken.kept}
