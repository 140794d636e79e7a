"""One file of the data preparation: what documents and passages it holds, or why it cannot be read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import client
from cloud.library_file import unpack
from cloud.preparation import read_item
from cloud.s3 import S3Objects
from cloud.steps import told_by_class
from cloud.training_run import Item, TrainingRun
from lambdas.extract_passages.settings import ExtractPassages, Settings

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
library = unpack(settings.library_file.read_bytes(), settings.site_file.parent.resolve())
objects = S3Objects(client("s3"), settings.lake_bucket_name)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001
    metrics.add_metric("Steps", MetricUnit.Count, 1)
    with told_by_class():
        asked = ExtractPassages.read(event)
        run, item = TrainingRun(objects, asked.run), Item(**asked.item.model_dump())
        problem = asked.failure.sentence if asked.failure else ""
        with tempfile.TemporaryDirectory() as scratch:
            documents = read_item(run, item, library, objects, Path(scratch), problem)
    passages = sum(len(each.passages) for each in documents)
    problems = [each.problem for each in documents if each.problem]
    metrics.add_metric("PassagesExtracted", MetricUnit.Count, passages)
    logger.info("document read", run=run.name, item=item.item, passages=passages, problems=problems)
    return {"documents": len(documents), "passages": passages}
