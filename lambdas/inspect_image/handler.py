"""A batch of uploads, or by the clock whatever is due: images are kept, inspected, and forgotten in time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.clients import client, table
from cloud.image_uploads import Taken, inspect_all, left_over, take, uploaded
from cloud.inspecting import desk_of, inspectors
from cloud.s3 import S3Objects
from cloud.s3_quarantine import S3Quarantine
from lambdas.inspect_image.settings import RESERVE_MS, Settings, Turn
from lineside.answering.models import read_models
from lineside.inspection.model import Inspection
from lineside.site import read_site

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
s3 = client("s3")
bucket = S3Objects(s3, settings.image_bucket_name)
desk = desk_of(
    read_site(settings.site_file),
    s3,
    settings.image_bucket_name,
    table(settings.inspection_table_name),
    S3Quarantine(S3Objects(s3, settings.lake_bucket_name)),
    inspectors(read_models(settings.models_file), time.monotonic),
)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    metrics.add_metric("InspectionTurns", MetricUnit.Count, 1)
    if "Records" in event:
        return _uploads(event, _time_left(context))
    if Turn.read(event).turn == "tidy":
        return _tidy(_time_left(context))
    return {"inspected": len(_inspect(_time_left(context)))}


def _uploads(event: dict[str, Any], has_time: Callable[[], bool]) -> dict[str, Any]:
    taken = take(desk, bucket, uploaded(event), _now_us())
    _tell(taken)
    _inspect(has_time)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in taken.again]}


def _tidy(has_time: Callable[[], bool]) -> dict[str, Any]:
    taken = take(desk, bucket, left_over(bucket), _now_us(), has_time)
    _tell(taken)
    forgotten = 0
    while has_time() and (found := desk.forget_old(_now_us())):
        forgotten += len(found)
    logger.info("images forgotten", count=forgotten)
    return {"taken": len(taken.kept), "left": len(taken.again), "forgotten": forgotten}


def _inspect(has_time: Callable[[], bool]) -> Sequence[Inspection]:
    touched = inspect_all(desk, _now_us, has_time)
    for each in touched:
        _tell_of(each)
    metrics.add_metric("ImagesInspected", MetricUnit.Count, sum(one.seen is not None for one in touched))
    metrics.add_metric("ImagesNotInspected", MetricUnit.Count, sum(one.seen is None for one in touched))
    metrics.add_metric("VisionSkipped", MetricUnit.Count, sum(bool(one.seen and one.seen.skipped) for one in touched))
    return touched


def _tell(taken: Taken) -> None:
    metrics.add_metric("ImagesRefused", MetricUnit.Count, len(taken.bad))
    logger.info("uploads taken", images=[one.image_id for one in taken.kept], bad=taken.bad)
    if taken.again:
        logger.warning("uploads come again", message_ids=taken.again, troubles=taken.troubles)


def _tell_of(one: Inspection) -> None:
    if one.seen is None:
        logger.warning("image not inspected", image_id=one.image_id, device=one.device, why=one.trouble)
        return
    logger.info(
        "image inspected",
        image_id=one.image_id,
        device=one.device,
        verdict=one.seen.verdict,
        confidence=one.seen.confidence,
        inspector=one.seen.inspector,
        skipped=one.seen.skipped,
        queued=one.queued,
    )


def _now_us() -> int:
    return time.time_ns() // 1_000


def _time_left(context: LambdaContext) -> Callable[[], bool]:
    return lambda: context.get_remaining_time_in_millis() > RESERVE_MS
