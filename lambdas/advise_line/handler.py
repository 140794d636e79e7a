"""One tick of one line: what is wrong, why, and who must know."""

from __future__ import annotations

import os
import time
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud.bedrock import bedrock_writers
from cloud.clients import client, table
from cloud.dynamodb_alarms import DynamoDbAdvisoryStore, DynamoDbAlarmStore
from cloud.dynamodb_inspections import DynamoDbInspections
from cloud.releases import DynamoDbReleases
from cloud.s3 import S3Objects
from cloud.sns import SnsNotifier
from lambdas.advise_line.settings import Settings, Tick
from lineside.advice.advisor import Advisor, TickResult
from lineside.advice.memory import ObjectMemoryStore
from lineside.advice.sops import read_site_sops
from lineside.advice.wording import BUDGET_SECONDS, ChainWording
from lineside.answering.chain import Chain
from lineside.answering.models import OFFLINE, read_models
from lineside.errors import Misconfigured, Unavailable
from lineside.inspection.pieces import SeenPieces
from lineside.lake import Lake
from lineside.releases.aliases import CachedAliases
from lineside.site import read_site

settings = Settings.read(os.environ)
logger = Logger()
metrics = Metrics()
tracer = Tracer()
site = read_site(settings.site_file)
objects = S3Objects(client("s3"), settings.lake_bucket_name)
line_table = table(settings.line_table_name)
lake = Lake(objects)
models = read_models(settings.models_file) if settings.models_file else OFFLINE
# A tick gives its models twenty seconds; a connection that is silent for longer answers nobody any more.
aliases = CachedAliases(DynamoDbReleases(line_table).aliases, time.monotonic)
writers = bedrock_writers(models, aliases, read_timeout_seconds=BUDGET_SECONDS)
advisor = Advisor(
    site=site,
    lake=lake,
    alarms=DynamoDbAlarmStore(line_table),
    advisories=DynamoDbAdvisoryStore(line_table),
    memory=ObjectMemoryStore(objects),
    notifier=SnsNotifier(client("sns"), settings.advisory_topic_arn),
    sops=read_site_sops(site, settings.site_file.parent),
    wording=ChainWording(Chain(writers, site, time.monotonic)) if writers else None,
    inspections=SeenPieces(DynamoDbInspections(table(settings.inspection_table_name))),
)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001
    metrics.add_metric("Ticks", MetricUnit.Count, 1)
    tick = Tick.model_validate(event)
    if tick.site != site.site or tick.line not in advisor.line_ids:
        raise Misconfigured(f"the schedule names {tick.site}/{tick.line}, which the site file does not; deploy again")
    result = advisor.tick(tick.line, tick.now_us(settings.settling_seconds))
    told = _tell(tick, result)
    for sentence in lake.damaged.told():
        logger.error("lake file unreadable", line=tick.line, why=sentence)
    if result.untold:
        # The tick is kept; the retry of this call, or the next tick, sends what did not leave.
        raise Unavailable(f"{len(result.untold)} messages about {tick.line} did not leave")
    return told


def _tell(tick: Tick, result: TickResult) -> dict[str, int]:
    told = {
        "findings": len(result.findings),
        "incidents": len(result.incidents),
        "advisories": len(result.advisories),
        "notifications": len(result.notifications),
        "untold": len(result.untold),
    }
    metrics.add_dimension("line", tick.line)
    for name, count in told.items():
        metrics.add_metric(name.capitalize(), MetricUnit.Count, count)
    alarm_ids = [notification.alarm_id for notification in result.notifications]
    logger.info(
        "line judged",
        line=tick.line,
        scheduled_at=tick.scheduled_at,
        alarm_ids=alarm_ids,
        composed_by=[advisory.composed_by for advisory in result.advisories],
        why_not=[sentence for advisory in result.advisories for sentence in advisory.why_not],
        extra=told,
    )
    return told
