"""Passages have changed -> the knowledge base reads them again."""

from __future__ import annotations

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import client
from cloud.ingestion_job import start_ingestion
from lambdas.sync_manuals.settings import Settings

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
bedrock = client("bedrock-agent")


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:
    """Raises `Unavailable` while another ingestion runs: the queue brings the changes again, and none is forgotten."""
    metrics.add_metric("PassagesChanged", MetricUnit.Count, len(event["Records"]))
    job_id = start_ingestion(
        bedrock, settings.knowledge_base_id, settings.data_source_id, token=str(context.aws_request_id)
    )
    logger.info("ingestion started", job_id=job_id, changes=len(event["Records"]))
    return {"ingestion_job_id": job_id}
