"""Images of the product: where cameras send them, who looks at them, and how long they are kept."""

from __future__ import annotations

from typing import Final

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from stacks.buckets import PrivateBucket, access_log, tell_event_bridge
from stacks.bundling import CodeSource
from stacks.functions import METRICS_NAMESPACE, HandlerFunction, grant_listing, grant_objects
from stacks.lake import LakeStack
from stacks.models import UsedModels, grant_models
from stacks.operations import FIVE_MINUTES
from stacks.queues import LastResort, WorkQueue
from stacks.schedules import SchedulerRole, call_on
from stacks.tables import RecordsTable

IMAGES, UPLOADS = "images", "uploads"
IMAGES_KEPT: Final = Duration.days(400)
"""As long as what was said of them. A site's own, shorter retention is kept by `inspect_image`, image by image."""
UPLOADS_KEPT: Final = Duration.days(35)
"""Longer than a message about one can wait: two weeks in the queue, two more in its last resort."""
RECORD_ACTIONS: Final = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query")

TIMEOUT: Final = Duration.minutes(5)
GATHERED: Final = Duration.seconds(5)
"""A camera sends an image a second; a call for each would cost more than looking at it."""
LATEST: Final = Duration.minutes(1)
LATE_SECONDS: Final = 900


class InspectionStack(Stack):
    """The bucket -> EventBridge -> a queue -> `inspect_image`, and a clock for what is due again or old."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        lake: LakeStack,
        code: CodeSource,
        site_file: str,
        models_file: str,
        models: UsedModels,
        stack_name: str | None = None,
    ) -> None:
        """`models` are those that may look; behind them stands the offline inspector, which needs none."""
        super().__init__(scope, construct_id, stack_name=stack_name, description="Lineside: images of the product")
        self._lake = lake
        self.bucket = _image_bucket(self)
        # Apart from the line table: who may see images is not who may see the line, and DynamoDB forgets these.
        self.table = RecordsTable(self, "InspectionTable", forgets=True)
        self._unturned = LastResort(self, "Unturned")
        inspect = self._inspect_image(code, site_file, models_file)
        grant_models(inspect, models)
        self._queue = self._uploads_to(inspect)
        self._turn(inspect)
        self._watch()
        CfnOutput(self, "ImageBucket", value=self.bucket.bucket_name)

    def let_review(self, function: HandlerFunction) -> None:
        """Let a function show images and keep what people say of them, and sign forms by which cameras send some."""
        self.table.grant(function, *RECORD_ACTIONS)
        grant_objects(self.bucket, function, ["GetObject"], [IMAGES])
        # A form may do what its signer may: put an object there, and nothing else.
        grant_objects(self.bucket, function, ["PutObject"], [UPLOADS])
        grant_listing(self.bucket, function)

    def _inspect_image(self, code: CodeSource, site_file: str, models_file: str) -> HandlerFunction:
        function = HandlerFunction(
            self,
            "inspect_image",
            code=code,
            description="Keeps images that were uploaded, inspects what is due, and forgets what is old",
            environment={
                "IMAGE_BUCKET_NAME": self.bucket.bucket_name,
                "INSPECTION_TABLE_NAME": self.table.table_name,
                "LAKE_BUCKET_NAME": self._lake.bucket.bucket_name,
                "SITE_FILE": site_file,
                "MODELS_FILE": models_file,
            },
            timeout=TIMEOUT,
            # A whole processor: the offline inspector looks with it.
            memory_mb=1769,
            on_failure=self._unturned,
            max_event_age=LATEST,
        )
        grant_objects(self.bucket, function, ["GetObject", "DeleteObject"], [UPLOADS])
        grant_objects(self.bucket, function, ["GetObject", "PutObject", "DeleteObject"], [IMAGES])
        grant_listing(self.bucket, function)
        grant_objects(self._lake.bucket, function, ["PutObject"], ["quarantine"])
        self.table.grant(function, *RECORD_ACTIONS)
        return function

    def _uploads_to(self, inspect: HandlerFunction) -> WorkQueue:
        # AWS asks for six times the function's timeout.
        queue = WorkQueue(self, "Uploads", visibility_timeout=Duration.minutes(30))
        created = events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={"bucket": {"name": [self.bucket.bucket_name]}, "object": {"key": [{"prefix": f"{UPLOADS}/"}]}},
        )
        events.Rule(self, "Uploaded", event_pattern=created, targets=[targets.SqsQueue(queue)])
        inspect.add_event_source(
            event_sources.SqsEventSource(
                queue, batch_size=10, max_batching_window=GATHERED, max_concurrency=2, report_batch_item_failures=True
            )
        )
        return queue

    def _turn(self, inspect: HandlerFunction) -> None:
        role = SchedulerRole(self, "SchedulerRole", function=inspect)
        for turn, every, why in (
            ("inspect", Duration.minutes(1), "Inspects what is due: what nobody could inspect, or had only begun"),
            ("tidy", Duration.hours(1), "Takes uploads that no message told of, and forgets what is old"),
        ):
            call_on(
                self,
                f"Turn-{turn}",
                schedule=scheduler.ScheduleExpression.rate(every),
                function=inspect,
                role=role,
                last_resort=self._unturned,
                event={"turn": turn},
                max_event_age=LATEST,
                description=why,
            )

    def _watch(self) -> None:
        def waiting(queue: LastResort) -> cloudwatch.Metric:
            return queue.metric_approximate_number_of_messages_visible(period=FIVE_MINUTES, statistic="Maximum")

        def counted(name: str) -> cloudwatch.Metric:
            return cloudwatch.Metric(
                namespace=METRICS_NAMESPACE,
                metric_name=name,
                dimensions_map={"service": "inspect_image"},
                statistic="Sum",
                period=FIVE_MINUTES,
            )

        oldest = self._queue.metric_approximate_age_of_oldest_message(period=FIVE_MINUTES, statistic="Maximum")
        for name, metric, above, why in (
            ("ImagesNotInspected", counted("ImagesNotInspected"), 0,
             "Images cannot be inspected; they are tried again, then go to people. See inspect_image's log."),
            ("VisionSkipped", counted("VisionSkipped"), 0,
             "A vision model did not answer, so another inspector looked; inspect_image's log says why."),
            ("ImagesRefused", counted("ImagesRefused"), 0,
             "A camera sends what is no image that can be taken; the quarantine holds its beginning and the reason."),
            ("UploadsAreLate", oldest, LATE_SECONDS,
             "Uploads wait for over fifteen minutes; see inspect_image's log."),
            ("UploadsNotTaken", waiting(self._queue.last_resort), 0,
             "Five attempts could not take some uploads; they lie in the bucket, and each hour tries them again."),
            ("ImagesNotTurned", waiting(self._unturned), 0,
             "Nobody looks any more what is due or old; see inspect_image's log."),
        ):  # fmt: skip
            self._lake.operations.watch(self, name, metric, above=above, why=why)


def _image_bucket(scope: Construct) -> s3.Bucket:
    """Not versioned: what is past its retention is to be gone."""
    bucket = PrivateBucket(
        scope,
        "Images",
        server_access_logs_bucket=access_log(scope),
        lifecycle_rules=[
            s3.LifecycleRule(prefix=f"{IMAGES}/", expiration=IMAGES_KEPT),
            s3.LifecycleRule(prefix=f"{UPLOADS}/", expiration=UPLOADS_KEPT),
            s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(7)),
        ],
    )
    tell_event_bridge(bucket)
    return bucket
