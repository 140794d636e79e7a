"""An IoT rule that carries messages, byte for byte, to a queue; what the queue does not take goes to a bucket."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_iot as iot
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.acknowledge import acknowledge
from stacks.functions import imported_arn


class TopicRule(Construct):
    """What is published on `topics` -> `queue`. What it does not take goes to `bucket` under `undelivered_prefix`/: to
    S3, because a second queue would most likely be gone together with the first."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        topics: str,
        description: str,
        queue: sqs.IQueue,
        bucket: s3.Bucket,
        undelivered_prefix: str,
    ) -> None:
        super().__init__(scope, construct_id)
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("iot.amazonaws.com"))
        queue.grant_send_messages(role)
        _grant_undelivered(role, bucket, undelivered_prefix)
        to_queue = iot.CfnTopicRule.SqsActionProperty(
            queue_url=queue.queue_url, role_arn=role.role_arn, use_base64=False
        )
        to_bucket = iot.CfnTopicRule.S3ActionProperty(
            bucket_name=bucket.bucket_name,
            # The error record does not say when the message came, so its name does.
            key=f"{undelivered_prefix}/${{timestamp()}}-${{newuuid()}}.json",
            role_arn=role.role_arn,
        )
        self.rule = iot.CfnTopicRule(
            self,
            "Rule",
            topic_rule_payload=iot.CfnTopicRule.TopicRulePayloadProperty(
                sql=_sql(topics),
                aws_iot_sql_version="2016-03-23",
                description=description,
                rule_disabled=False,
                actions=[iot.CfnTopicRule.ActionProperty(sqs=to_queue)],
                error_action=iot.CfnTopicRule.ActionProperty(s3=to_bucket),
            ),
        )
        # CloudFormation makes the rule only when the role may already do its work.
        self.rule.node.add_dependency(role)


def iot_arn(scope: Construct, resource: str) -> str:
    stack = Stack.of(scope)
    return f"arn:{stack.partition}:iot:{stack.region}:{stack.account}:{resource}"


def _sql(topics: str) -> str:
    # `encode(*, 'base64')` keeps the very bytes, also of what is no JSON at all; `SELECT *` would drop such a message.
    # `topic()` leaves out the `$aws/rules/<rule>/` of Basic Ingest, so both ways look the same from here on.
    return f"SELECT encode(*, 'base64') AS payload, topic() AS topic, timestamp() AS received FROM '{topics}'"  # noqa: S608


def _grant_undelivered(role: iam.Role, bucket: s3.Bucket, prefix: str) -> None:
    iam.Grant.add_to_principal(
        grantee=role, actions=["s3:PutObject"], resource_arns=[bucket.arn_for_objects(f"{prefix}/*")]
    )
    acknowledge(
        role.node.find_child("DefaultPolicy"),
        f"IAM5[Resource::{imported_arn(bucket)}/{prefix}/*]",
        reason="Undelivered messages are named by their time and a random id, under this prefix only.",
    )
