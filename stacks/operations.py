"""What the people who run Lineside are told: one encrypted topic, and alarms that publish to it."""

from __future__ import annotations

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as alarm_actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct


class Operations(Construct):
    """The key of all topics, and the topic of the alarms.

    A key of our own ($1 a month) because CloudWatch cannot publish to a topic under the key that AWS manages for SNS.
    """

    def __init__(self, scope: Construct, construct_id: str, *, email: str = "") -> None:
        super().__init__(scope, construct_id)
        self.key = kms.Key(
            self,
            "Key",
            description="Encrypts Lineside's topics",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.key.add_to_resource_policy(_alarms_may(["kms:Decrypt", "kms:GenerateDataKey"], "*"))
        self.topic = sns.Topic(self, "Topic", display_name="Lineside operations", master_key=self.key, enforce_ssl=True)
        # A topic with a policy of its own, here the one about TLS, no longer has the default that lets alarms publish.
        self.topic.add_to_resource_policy(_alarms_may(["sns:Publish"], self.topic.topic_arn))
        if email:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))

    def watch(self, scope: Construct, construct_id: str, metric: cloudwatch.IMetric, *, above: float, why: str) -> None:
        """Tell the operations topic when `metric` exceeds `above` in five minutes; no data is good news."""
        alarm = cloudwatch.Alarm(
            scope,
            construct_id,
            metric=metric,
            threshold=above,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=why,
        )
        self._announce(alarm)

    def expect(
        self, scope: Construct, construct_id: str, metric: cloudwatch.IMetric, *, periods: int, why: str
    ) -> None:
        """Tell the operations topic when `metric` has been zero or absent for `periods` periods in a row."""
        alarm = cloudwatch.Alarm(
            scope,
            construct_id,
            metric=metric,
            threshold=1,
            evaluation_periods=periods,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
            alarm_description=why,
        )
        self._announce(alarm)

    def _announce(self, alarm: cloudwatch.Alarm) -> None:
        alarm.add_alarm_action(alarm_actions.SnsAction(self.topic))
        alarm.add_ok_action(alarm_actions.SnsAction(self.topic))


FIVE_MINUTES = Duration.minutes(5)


def _alarms_may(actions: list[str], resource: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions=actions,
        resources=[resource],
        conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
    )
