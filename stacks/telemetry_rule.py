"""What a device may say and where it goes: the IoT rule, and the policy of a thing."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_iot as iot
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.acknowledge import acknowledge
from stacks.functions import imported_arn

TELEMETRY_TOPICS = "dt/lineside/+/+/+"
UNDELIVERED_PREFIX = "undelivered"

# `encode(*, 'base64')` keeps the very bytes, also of what is no JSON at all; `SELECT *` would drop such a message.
# `topic()` leaves out the `$aws/rules/<rule>/` of Basic Ingest, so both ways look the same from here on.
SQL = f"SELECT encode(*, 'base64') AS payload, topic() AS topic, timestamp() AS received FROM '{TELEMETRY_TOPICS}'"  # noqa: S608

# Written into the thing's attributes when it is registered, so that one policy fits every thing and each thing
# reaches its own topics only.
OWN_PLACE = "${iot:Connection.Thing.Attributes[site]}/${iot:Connection.Thing.Attributes[line]}"
OWN_NAME = "${iot:Connection.Thing.ThingName}"


class TelemetryRule(Construct):
    """Telemetry -> `queue`. What the queue does not take goes to `bucket` under `undelivered/`."""

    def __init__(self, scope: Construct, construct_id: str, *, queue: sqs.IQueue, bucket: s3.Bucket) -> None:
        super().__init__(scope, construct_id)
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("iot.amazonaws.com"))
        queue.grant_send_messages(role)
        _grant_undelivered(bucket, role)
        self.rule = iot.CfnTopicRule(
            self,
            "Rule",
            topic_rule_payload=iot.CfnTopicRule.TopicRulePayloadProperty(
                sql=SQL,
                aws_iot_sql_version="2016-03-23",
                description="Telemetry of every machine, byte for byte, to the ingestion queue",
                rule_disabled=False,
                actions=[_to_queue(queue, role)],
                error_action=_to_bucket(bucket, role),
            ),
        )
        # CloudFormation makes the rule only when the role may already do its work.
        self.rule.node.add_dependency(role)
        self.basic_ingest_prefix = f"$aws/rules/{self.rule.ref}"


class ThingPolicy(Construct):
    """What one machine may do: connect as itself, publish its own telemetry, hear its own commands."""

    def __init__(self, scope: Construct, construct_id: str, *, basic_ingest_prefix: str) -> None:
        super().__init__(scope, construct_id)
        telemetry = f"dt/lineside/{OWN_PLACE}/{OWN_NAME}"
        commands = f"cmd/lineside/{OWN_PLACE}/{OWN_NAME}/request"
        self.policy = iot.CfnPolicy(
            self,
            "Policy",
            policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "iot:Connect",
                        "Resource": _arn(self, f"client/{OWN_NAME}"),
                        "Condition": {"Bool": {"iot:Connection.Thing.IsAttached": "true"}},
                    },
                    {
                        "Effect": "Allow",
                        "Action": "iot:Publish",
                        "Resource": [
                            _arn(self, f"topic/{telemetry}"),
                            _arn(self, f"topic/{basic_ingest_prefix}/{telemetry}"),
                        ],
                    },
                    {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": _arn(self, f"topicfilter/{commands}")},
                    {"Effect": "Allow", "Action": "iot:Receive", "Resource": _arn(self, f"topic/{commands}")},
                ],
            },
        )


def _arn(scope: Construct, resource: str) -> str:
    stack = Stack.of(scope)
    return f"arn:{stack.partition}:iot:{stack.region}:{stack.account}:{resource}"


def _to_queue(queue: sqs.IQueue, role: iam.Role) -> iot.CfnTopicRule.ActionProperty:
    return iot.CfnTopicRule.ActionProperty(
        sqs=iot.CfnTopicRule.SqsActionProperty(queue_url=queue.queue_url, role_arn=role.role_arn, use_base64=False)
    )


def _to_bucket(bucket: s3.Bucket, role: iam.Role) -> iot.CfnTopicRule.ActionProperty:
    """S3, because a second queue would most likely be gone together with the first."""
    return iot.CfnTopicRule.ActionProperty(
        s3=iot.CfnTopicRule.S3ActionProperty(
            bucket_name=bucket.bucket_name,
            # The error record does not say when the message came, so its name does.
            key=f"{UNDELIVERED_PREFIX}/${{timestamp()}}-${{newuuid()}}.json",
            role_arn=role.role_arn,
        )
    )


def _grant_undelivered(bucket: s3.Bucket, role: iam.Role) -> None:
    iam.Grant.add_to_principal(
        grantee=role, actions=["s3:PutObject"], resource_arns=[bucket.arn_for_objects(f"{UNDELIVERED_PREFIX}/*")]
    )
    acknowledge(
        role.node.find_child("DefaultPolicy"),
        f"IAM5[Resource::{imported_arn(bucket)}/{UNDELIVERED_PREFIX}/*]",
        reason="Undelivered messages are named by their time and a random id, under this prefix only.",
    )
