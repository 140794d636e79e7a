"""Telemetry from a machine's message to the lake and the twin."""

from __future__ import annotations

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.bundling import CodeSource
from stacks.functions import HandlerFunction, grant_listing, grant_objects
from stacks.lake import LakeStack
from stacks.operations import FIVE_MINUTES
from stacks.queues import LastResort, WorkQueue
from stacks.schedules import SchedulerRole, call_on
from stacks.telemetry_rule import UNDELIVERED_PREFIX, TelemetryRule, ThingPolicy

INGEST_TIMEOUT = Duration.seconds(60)
# A batch is one object per line and hour, so fewer, larger batches are what makes the lake cheap; 20 seconds cost
# the five-minute advisor nothing.
BATCH_WINDOW = Duration.seconds(20)
BATCH_SIZE = 500
MAX_CONCURRENT_BATCHES = 10
TWIN_ACTIONS = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem")


class IngestionStack(Stack):
    """IoT rule -> queue -> `ingest_telemetry`; quarantine and its replay; compaction once an hour."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        lake: LakeStack,
        code: CodeSource,
        site_file: str,
        stack_name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id, stack_name=stack_name, description="Lineside: telemetry to lake and twin")
        self._lake = lake
        self._code = code
        self._site_file = site_file
        # AWS asks for six times the function's timeout, and the window counts too.
        queue = WorkQueue(self, "Telemetry", visibility_timeout=Duration.seconds(6 * 60 + 20))
        rule = TelemetryRule(self, "TelemetryRule", queue=queue, bucket=lake.bucket)
        ThingPolicy(self, "ThingPolicy", basic_ingest_prefix=rule.basic_ingest_prefix)
        self._ingest(queue)
        self.replay_quarantine = self._replay(queue)
        self._compact()
        self._watch(queue, rule)
        CfnOutput(self, "BasicIngestPrefix", value=rule.basic_ingest_prefix)

    def _ingest(self, queue: sqs.Queue) -> None:
        ingest = HandlerFunction(
            self,
            "ingest_telemetry",
            code=self._code,
            description="Stores telemetry in the lake and the twin; quarantines what cannot be read",
            environment={
                "LAKE_BUCKET_NAME": self._lake.bucket.bucket_name,
                "LINE_TABLE_NAME": self._lake.table.table_name,
                "SITE_FILE": self._site_file,
            },
            timeout=INGEST_TIMEOUT,
            memory_mb=1024,
        )
        ingest.add_event_source(
            event_sources.SqsEventSource(
                queue,
                batch_size=BATCH_SIZE,
                max_batching_window=BATCH_WINDOW,
                max_concurrency=MAX_CONCURRENT_BATCHES,
                report_batch_item_failures=True,
            )
        )
        grant_objects(self._lake.bucket, ingest, ["PutObject"], ["raw", "quarantine"])
        self._lake.table.grant(ingest, *TWIN_ACTIONS)

    def _replay(self, queue: sqs.Queue) -> HandlerFunction:
        replay = HandlerFunction(
            self,
            "replay_quarantine",
            code=self._code,
            description="Sends quarantined and undelivered messages through ingestion again; started by a person",
            environment={
                "LAKE_BUCKET_NAME": self._lake.bucket.bucket_name,
                "LINE_TABLE_NAME": self._lake.table.table_name,
                "TELEMETRY_QUEUE_URL": queue.queue_url,
                "SITE_FILE": self._site_file,
            },
            timeout=Duration.minutes(5),
            memory_mb=1024,
        )
        grant_objects(self._lake.bucket, replay, ["PutObject"], ["raw", "quarantine"])
        grant_objects(self._lake.bucket, replay, ["GetObject", "DeleteObject"], ["quarantine", UNDELIVERED_PREFIX])
        grant_listing(self._lake.bucket, replay)
        self._lake.table.grant(replay, *TWIN_ACTIONS)
        queue.grant_send_messages(replay)
        CfnOutput(self, "ReplayFunction", value=replay.function_name)
        return replay

    def _compact(self) -> None:
        failed = LastResort(self, "CompactionLastResort")
        compact = HandlerFunction(
            self,
            "compact_lake",
            code=self._code,
            description="Writes closed hours to the prefix that Athena reads",
            environment={"LAKE_BUCKET_NAME": self._lake.bucket.bucket_name},
            timeout=Duration.minutes(15),
            memory_mb=2048,
            on_failure=failed,
            max_event_age=Duration.hours(1),
        )
        prefixes = ["raw", "readings"]
        grant_objects(self._lake.bucket, compact, ["GetObject", "PutObject", "DeleteObject"], prefixes)
        grant_listing(self._lake.bucket, compact)
        role = SchedulerRole(self, "CompactionSchedulerRole", function=compact)
        call_on(
            self,
            "CompactionSchedule",
            schedule=scheduler.ScheduleExpression.cron(minute="20"),
            function=compact,
            role=role,
            last_resort=failed,
            event={},
            max_event_age=Duration.hours(1),
        )
        self._watch_last_resort("CompactionFailed", failed, "Compaction failed; Athena does not see the latest hours.")

    def _watch(self, queue: WorkQueue, rule: TelemetryRule) -> None:
        self._lake.operations.watch(
            self,
            "TelemetryIsLate",
            queue.metric_approximate_age_of_oldest_message(period=FIVE_MINUTES, statistic="Maximum"),
            above=300,
            why="Telemetry waits for over five minutes: the advisor judges an old line. See ingest_telemetry's log.",
        )
        self._watch_last_resort(
            "TelemetryNotStored",
            queue.last_resort,
            "Five attempts could not store some telemetry; redrive the queue.",
        )
        failures = cloudwatch.Metric(
            namespace="AWS/IoT",
            metric_name="Failure",
            dimensions_map={"RuleName": rule.rule.ref, "ActionType": "SQS"},
            statistic="Sum",
            period=FIVE_MINUTES,
        )
        why = f"The IoT rule could not reach the queue; replay the lake's {UNDELIVERED_PREFIX}/."
        self._lake.operations.watch(self, "TelemetryUndelivered", failures, above=0, why=why)

    def _watch_last_resort(self, construct_id: str, queue: sqs.Queue, why: str) -> None:
        depth = queue.metric_approximate_number_of_messages_visible(period=FIVE_MINUTES, statistic="Maximum")
        self._lake.operations.watch(self, construct_id, depth, above=0, why=why)
