"""Every five minutes, per line: what is wrong, why, and who must know."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from stacks.bundling import CodeSource
from stacks.functions import HandlerFunction, grant_listing, grant_objects
from stacks.ingestion import BATCH_WINDOW
from stacks.lake import LakeStack
from stacks.models import UsedModels, grant_models
from stacks.operations import FIVE_MINUTES
from stacks.queues import LastResort
from stacks.schedules import SchedulerRole, call_on

TICK = Duration.minutes(5)
LINE_TABLE_ACTIONS = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query")
# A reading waits up to the batch window in the queue, and then some seconds for its function.
SETTLING = Duration.seconds(BATCH_WINDOW.to_seconds() + 10)


class AdvisorStack(Stack):
    """One schedule per line -> `advise_line` -> the advisory topic."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        lake: LakeStack,
        inspection_table: dynamodb.ITableV2,
        code: CodeSource,
        site: str,
        lines: Sequence[str],
        site_file: str,
        emails: Sequence[str] = (),
        phones: Sequence[str] = (),
        models_file: str = "",
        models: UsedModels | None = None,
        stack_name: str | None = None,
    ) -> None:
        """`models` are those of the models file; without either no model words an advisory and none may be asked."""
        super().__init__(scope, construct_id, stack_name=stack_name, description="Lineside: the five-minute advisor")
        self._lake, self._inspection_table = lake, inspection_table
        self._untold = LastResort(self, "Untold")
        self.topic = self._advisory_topic(emails, phones)
        self._failed_ticks = LastResort(self, "FailedTicks")
        self.advise_line = self._advise_line(code, site_file)
        if models_file and models:
            self._let_models_word(models_file, models)
        self._tick_every_line(site, lines)
        self._watch()
        CfnOutput(self, "AdvisoryTopic", value=self.topic.topic_arn)

    def _advisory_topic(self, emails: Sequence[str], phones: Sequence[str]) -> sns.Topic:
        topic = sns.Topic(
            self, "Advisories", display_name="Lineside", master_key=self._lake.operations.key, enforce_ssl=True
        )
        for email in emails:
            topic.add_subscription(subscriptions.EmailSubscription(email, dead_letter_queue=self._untold))
        urgent = sns.SubscriptionFilter.string_filter(allowlist=["critical", "high"])
        for phone in phones:
            # Not `SmsSubscription`: that one drops its dead letter queue.
            sns.Subscription(
                topic,
                phone,
                topic=topic,
                protocol=sns.SubscriptionProtocol.SMS,
                endpoint=phone,
                filter_policy={"severity": urgent},
                dead_letter_queue=self._untold,
            )
        return topic

    def _advise_line(self, code: CodeSource, site_file: str) -> HandlerFunction:
        advise = HandlerFunction(
            self,
            "advise_line",
            code=code,
            description="One tick of one line: window -> findings -> cause -> alarms -> advisory -> people",
            environment={
                "LAKE_BUCKET_NAME": self._lake.bucket.bucket_name,
                "LINE_TABLE_NAME": self._lake.table.table_name,
                "INSPECTION_TABLE_NAME": self._inspection_table.table_name,
                "ADVISORY_TOPIC_ARN": self.topic.topic_arn,
                "SITE_FILE": site_file,
                "SETTLING_SECONDS": str(SETTLING.to_seconds()),
            },
            timeout=Duration.seconds(120),
            memory_mb=1024,
            on_failure=self._failed_ticks,
            max_event_age=TICK,
        )
        grant_objects(self._lake.bucket, advise, ["GetObject"], ["raw", "readings"])
        grant_objects(self._lake.bucket, advise, ["GetObject", "PutObject", "DeleteObject"], ["memory"])
        grant_listing(self._lake.bucket, advise)
        self._lake.table.grant(advise, *LINE_TABLE_ACTIONS)
        self._inspection_table.grant(advise, "dynamodb:Query")
        # Not `topic.grant_publish`: it adds `kms:GenerateDataKey*`, and plain GenerateDataKey is all that SNS uses.
        iam.Grant.add_to_principal(grantee=advise, actions=["sns:Publish"], resource_arns=[self.topic.topic_arn])
        self._lake.operations.key.grant(advise, "kms:Decrypt", "kms:GenerateDataKey")
        return advise

    def _let_models_word(self, models_file: str, models: UsedModels) -> None:
        self.advise_line.add_environment("MODELS_FILE", models_file)
        grant_models(self.advise_line, models)

    def _tick_every_line(self, site: str, lines: Sequence[str]) -> None:
        group = scheduler.ScheduleGroup(self, "Ticks")
        role = SchedulerRole(self, "SchedulerRole", function=self.advise_line)
        for line in lines:
            call_on(
                self,
                f"Tick-{line}",
                schedule=scheduler.ScheduleExpression.rate(TICK),
                function=self.advise_line,
                role=role,
                last_resort=self._failed_ticks,
                # The time of the schedule, not of the call: a retry judges the same window again.
                event={"site": site, "line": line, "scheduled_at": scheduler.ContextAttribute.scheduled_time},
                # A late tick is dropped, not stacked on the next one.
                max_event_age=TICK,
                group=group,
                description=f"The advisor's tick of {line}",
            )

    def _watch(self) -> None:
        operations = self._lake.operations
        failed = self._failed_ticks.metric_approximate_number_of_messages_visible(
            period=FIVE_MINUTES, statistic="Maximum"
        )
        operations.watch(self, "TicksFailed", failed, above=0, why="A line was not judged; see advise_line's log.")
        untold = self._untold.metric_approximate_number_of_messages_visible(period=FIVE_MINUTES, statistic="Maximum")
        operations.watch(self, "AdvisoriesKept", untold, above=0, why="SNS gave up on an advisory; it waits in Untold.")
        invocations = self.advise_line.metric_invocations(period=FIVE_MINUTES, statistic="Sum")
        operations.expect(
            self,
            "TicksStopped",
            invocations,
            periods=3,
            why="No line was judged for fifteen minutes; see the schedules.",
        )
        undelivered = cloudwatch.Metric(
            namespace="AWS/SNS",
            metric_name="NumberOfNotificationsFailed",
            dimensions_map={"TopicName": self.topic.topic_name},
            statistic="Sum",
            period=FIVE_MINUTES,
        )
        operations.watch(
            self, "AdvisoriesUndelivered", undelivered, above=0, why="SNS could not deliver an advisory to a person."
        )
