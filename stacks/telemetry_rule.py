"""What a device may say and where it goes: the IoT rule, and the policy of a thing."""

from __future__ import annotations

from aws_cdk import aws_iot as iot
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.topic_rule import TopicRule, iot_arn

TELEMETRY_TOPICS = "dt/lineside/+/+/+"
UNDELIVERED_PREFIX = "undelivered"

# Written into the thing's attributes when it is registered, so that one policy fits every thing and each thing
# reaches its own topics only.
OWN_PLACE = "${iot:Connection.Thing.Attributes[site]}/${iot:Connection.Thing.Attributes[line]}"
OWN_NAME = "${iot:Connection.Thing.ThingName}"


class TelemetryRule(TopicRule):
    """Telemetry -> `queue`. What the queue does not take goes to `bucket` under `undelivered/`."""

    def __init__(self, scope: Construct, construct_id: str, *, queue: sqs.IQueue, bucket: s3.Bucket) -> None:
        super().__init__(
            scope,
            construct_id,
            topics=TELEMETRY_TOPICS,
            description="Telemetry of every machine, byte for byte, to the ingestion queue",
            queue=queue,
            bucket=bucket,
            undelivered_prefix=UNDELIVERED_PREFIX,
        )
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
                        "Resource": iot_arn(self, f"client/{OWN_NAME}"),
                        "Condition": {"Bool": {"iot:Connection.Thing.IsAttached": "true"}},
                    },
                    {
                        "Effect": "Allow",
                        "Action": "iot:Publish",
                        "Resource": [
                            iot_arn(self, f"topic/{telemetry}"),
                            iot_arn(self, f"topic/{basic_ingest_prefix}/{telemetry}"),
                        ],
                    },
                    {
                        "Effect": "Allow",
                        "Action": "iot:Subscribe",
                        "Resource": iot_arn(self, f"topicfilter/{commands}"),
                    },
                    {"Effect": "Allow", "Action": "iot:Receive", "Resource": iot_arn(self, f"topic/{commands}")},
                ],
            },
        )
