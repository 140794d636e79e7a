"""What a machine that is commanded may hear and answer, and where its answers go."""

from __future__ import annotations

from aws_cdk import aws_iot as iot
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.telemetry_rule import OWN_NAME, OWN_PLACE
from stacks.topic_rule import TopicRule, iot_arn

SHADOW = "setpoints"
PARAMETER = "message"
UNDELIVERED_PREFIX = "undelivered-answers"
"""Apart from `undelivered/`, which is telemetry and is replayed: a late answer changes nothing."""


class SetPointCommand(Construct):
    """The one command that is declared with AWS IoT. What is to be set, and until when, stands in its one parameter."""

    def __init__(self, scope: Construct, construct_id: str, *, site: str) -> None:
        super().__init__(scope, construct_id)
        placeholder = "${aws:iot:commandexecution::parameter:" + PARAMETER + "}"
        self.command = iot.CfnCommand(
            self,
            "Command",
            command_id=f"lineside-{site}-set-point"[:64],
            display_name="Lineside: change a set-point",
            description="One set-point of one machine, approved and checked; it means nothing after its expires_at",
            namespace="AWS-IoT",
            mandatory_parameters=[
                iot.CfnCommand.CommandParameterProperty(
                    name=PARAMETER, type="STRING", description="The message as JSON: see docs/control.md"
                )
            ],
            payload_template=f'{{"{PARAMETER}": "{placeholder}"}}',
            preprocessor=iot.CfnCommand.CommandPreprocessorProperty(
                aws_json_substitution=iot.CfnCommand.AwsJsonSubstitutionCommandPreprocessorConfigProperty(
                    output_format="JSON"
                )
            ),
        )
        self.arn = iot_arn(self, f"command/{self.command.ref}")


class AnswersRule(TopicRule):
    """`cmd/lineside/<site>/<line>/<thing>/response` -> `queue`; what it does not take goes to `bucket`."""

    def __init__(self, scope: Construct, construct_id: str, *, site: str, queue: sqs.IQueue, bucket: s3.Bucket) -> None:
        super().__init__(
            scope,
            construct_id,
            topics=f"cmd/lineside/{site}/+/+/response",
            description="What machines answer to commands, byte for byte, to the queue of answers",
            queue=queue,
            bucket=bucket,
            undelivered_prefix=UNDELIVERED_PREFIX,
        )


class CommandedPolicy(Construct):
    """For the certificate of a thing that is commanded, beside the policy by which it sends telemetry.

    It hears its own commands and its own set-points, and answers on its own topic; it changes no `desired` of its own
    as far as a policy can say, since a shadow knows no such difference.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        executions = f"$aws/commands/things/{OWN_NAME}/executions"
        shadow = f"$aws/things/{OWN_NAME}/shadow/name/{SHADOW}"
        heard = [f"{shadow}/update/delta", f"{shadow}/get/accepted", f"{shadow}/get/rejected"]
        said = [
            f"cmd/lineside/{OWN_PLACE}/{OWN_NAME}/response",
            f"{executions}/*/response/json",
            *(f"{shadow}/{verb}" for verb in ("get", "update")),
        ]
        self.policy = iot.CfnPolicy(
            self,
            "Policy",
            policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "iot:Subscribe",
                        "Resource": [
                            iot_arn(self, f"topicfilter/{each}") for each in (f"{executions}/+/request/json", *heard)
                        ],
                    },
                    {
                        "Effect": "Allow",
                        "Action": "iot:Receive",
                        "Resource": [
                            iot_arn(self, f"topic/{each}") for each in (f"{executions}/*/request/json", *heard)
                        ],
                    },
                    {
                        "Effect": "Allow",
                        "Action": "iot:Publish",
                        "Resource": [iot_arn(self, f"topic/{each}") for each in said],
                    },
                ],
            },
        )
