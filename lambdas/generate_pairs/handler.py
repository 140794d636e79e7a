"""A model writes questions and answers about one document, chunk by chunk, until all is written or time runs out."""

from __future__ import annotations

import os
from typing import Any, Final

import msgspec
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import client
from cloud.generator import cloud_generator
from cloud.preparation import ask
from cloud.s3 import S3Objects
from cloud.steps import told_by_class
from cloud.training_run import TrainingRun
from lambdas.generate_pairs.settings import GeneratePairs, Settings
from lineside.releases.settings import read_release_settings

ANSWERS_OF_A_CHUNK: Final = 3
"""A chunk may need so many answers, when one cannot be read or runs into its limit; more is seldom."""
SPARE_SECONDS: Final = 30

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
row = read_release_settings(settings.training_file).generator
objects = S3Objects(client("s3"), settings.lake_bucket_name)
generator = cloud_generator(row, objects)
needed_seconds = SPARE_SECONDS + (ANSWERS_OF_A_CHUNK * row.timeout_seconds if row else 0)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    def goes_on() -> bool:
        return context.get_remaining_time_in_millis() / 1000 > needed_seconds

    metrics.add_metric("Steps", MetricUnit.Count, 1)
    with told_by_class():
        asked = GeneratePairs.read(event)
        run = TrainingRun(objects, asked.run)
        done = ask(run, asked.document_id, asked.first, generator, goes_on)
    metrics.add_metric("ChunksWritten", MetricUnit.Count, done.written - asked.first)
    logger.info("questions written", run=run.name, document_id=asked.document_id, written=done.written, left=done.left)
    told: dict[str, Any] = msgspec.to_builtins(done)
    return told
