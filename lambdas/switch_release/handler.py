"""Let an approved release answer: a share of the conversations, or, the first one ever, everybody."""

from __future__ import annotations

import os
import time
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import table
from cloud.release_end import Decision
from cloud.release_switch import let_answer, start_canary
from cloud.releases import DynamoDbReleases
from cloud.steps import told_by_class
from lambdas.switch_release.settings import Settings, SwitchRelease
from lineside.releases.desk import ReleaseDesk
from lineside.releases.settings import read_release_settings

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
share = read_release_settings(settings.training_file).canary.share
desk = ReleaseDesk(DynamoDbReleases(table(settings.line_table_name)), now_us=lambda: time.time_ns() // 1_000)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    metrics.add_metric("ReleaseSteps", MetricUnit.Count, 1)
    canary = False
    with told_by_class():
        asked = SwitchRelease.read(event)
        if asked.to == "canary":
            given = asked.decision
            canary = start_canary(desk, asked.release_id, Decision(given.approved, given.by, given.note), share)
        else:
            let_answer(desk, asked.release_id)
    metrics.add_metric("Switches", MetricUnit.Count, 1)
    logger.info("release may answer", release_id=asked.release_id, to=asked.to, canary=canary)
    return {"canary": canary}
