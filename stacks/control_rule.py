"""What a machine that is commanded may hear and answer, and where its answers go."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iot as iot
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.telemetry_rule import OWN_NAME, OWN_PLACE
from stacks.topic_rule import TopicRule, iot_arn

SHADOW = "setpoints"
PARAMETER = "message"
MOST_LETTERS = 1_800
"""Of the 2,048 that AWS IoT takes in a policy; its frame is the rest."""
LETTERS_OF_A_THING = 4 * 95
"""Four resources, but for the thing's name in each."""
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


class BridgePolicies(Construct):
    """For the certificate of a plant that receives commands for its machines (`lineside up --aws-iot`).

    It connects under one client id, hears what is asked of the things that are named and of no other, and answers for
    them. AWS IoT takes 2,048 letters in a policy and ten policies at a certificate, so there are as many as it needs.
    """

    def __init__(self, scope: Construct, construct_id: str, *, site: str, things: Sequence[str]) -> None:
        super().__init__(scope, construct_id)
        own = [f"client/lineside-{site}", f"topic/cmd/lineside/{site}/*/response"]
        connect = [
            _allow("iot:Connect", [iot_arn(self, own[0])]),
            _allow("iot:Publish", [iot_arn(self, own[1])]),
        ]
        documents = [connect, *map(self._speak_for, _fitting(things))]
        self.policies = [
            iot.CfnPolicy(self, f"Policy{number}", policy_document={"Version": "2012-10-17", "Statement": statements})
            for number, statements in enumerate(documents)
        ]

    def _speak_for(self, things: Sequence[str]) -> list[dict[str, object]]:
        topics = [
            topic
            for thing in things
            for topic in (f"$aws/commands/things/{thing}/executions/*", f"$aws/things/{thing}/shadow/name/{SHADOW}/*")
        ]
        return [
            _allow("iot:Subscribe", [iot_arn(self, f"topicfilter/{each}") for each in topics]),
            _allow(["iot:Receive", "iot:Publish"], [iot_arn(self, f"topic/{each}") for each in topics]),
        ]


def _fitting(things: Sequence[str]) -> list[list[str]]:
    """As many together as fit into a policy."""
    groups: list[list[str]] = []
    for thing in things:
        letters = sum(LETTERS_OF_A_THING + 4 * len(each) for each in (*(groups[-1] if groups else ()), thing))
        if not groups or letters > MOST_LETTERS:
            groups.append([])
        groups[-1].append(thing)
    return groups


def _allow(actions: str | list[str], resources: list[str]) -> dict[str, object]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


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
