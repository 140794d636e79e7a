"""Commands to machines: a state machine that follows each, the only function that may send, and the way of answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.bundling import CodeSource
from stacks.control_rule import SHADOW, AnswersRule, BridgePolicies, CommandedPolicy, SetPointCommand
from stacks.functions import METRICS_NAMESPACE, HandlerFunction
from stacks.lake import LakeStack
from stacks.operations import FIVE_MINUTES
from stacks.queues import LastResort, WorkQueue
from stacks.schedules import SchedulerRole, call_on
from stacks.state_machine import WrittenMachine
from stacks.topic_rule import iot_arn

SHORT: Final = Duration.minutes(1)
LATEST: Final = Duration.minutes(1)
"""A turn of the clock that comes later than so is left to the next one."""


@dataclass(frozen=True)
class CommandedThings:
    """The things of this site that have command points, by the way they are told: as a command, or by a shadow."""

    commands: tuple[str, ...]
    shadows: tuple[str, ...]


class ControlStack(Stack):
    """`machine` is started by whoever writes down that a command is approved, with `{"command_id": ...}`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        lake: LakeStack,
        advisories: sns.ITopic,
        code: CodeSource,
        site: str,
        site_file: str,
        things: CommandedThings,
        stack_name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id, stack_name=stack_name, description="Lineside: commands to machines")
        self._lake, self._code, self._things = lake, code, things
        self._environment = {"LINE_TABLE_NAME": lake.table.table_name, "SITE_FILE": site_file}
        self._unturned = LastResort(self, "Unturned")
        send = self._send_command(SetPointCommand(self, "SetPoint", site=site).arn, advisories.topic_arn)
        watch = self._function("watch_command", "One look whether a machine shows what it was told", self._environment)
        self.machine = WrittenMachine(
            self, "RunCommand", name="run_command", functions={"SendCommand": send, "WatchCommand": watch}
        )
        self._answers(site)
        self._turn_each_minute(send)
        self._watch()
        policy = CommandedPolicy(self, "CommandedPolicy").policy
        CfnOutput(self, "CommandMachine", value=self.machine.state_machine_arn)
        CfnOutput(self, "CommandedThingPolicy", value=policy.ref)
        named = list(dict.fromkeys((*things.commands, *things.shadows)))
        bridge = BridgePolicies(self, "Bridge", site=site, things=named).policies
        CfnOutput(self, "BridgePolicies", value=" ".join(each.ref for each in bridge))

    def let_start(self, starter: iam.IGrantable) -> None:
        """Let somebody have an approved command followed, and do nothing else to the machine."""
        iam.Grant.add_to_principal(
            grantee=starter, actions=["states:StartExecution"], resource_arns=[self.machine.state_machine_arn]
        )

    def _function(
        self, verb_noun: str, description: str, environment: dict[str, str], on_failure: LastResort | None = None
    ) -> HandlerFunction:
        function = HandlerFunction(
            self,
            verb_noun,
            code=self._code,
            description=description,
            environment=environment,
            timeout=SHORT,
            memory_mb=512,
            on_failure=on_failure,
            max_event_age=LATEST if on_failure else None,
        )
        self._lake.table.grant(function, "dynamodb:GetItem", "dynamodb:Query")
        # An entry of the audit log can be put and never deleted.
        _may_write(function, self._lake, "dynamodb:PutItem", ["COMMAND#*", "COMMAND-LINE#*", "AUDIT#*"])
        _may_write(function, self._lake, "dynamodb:DeleteItem", ["COMMAND#*", "COMMAND-LINE#*"])
        return function

    def _send_command(self, command_arn: str, topic_arn: str) -> HandlerFunction:
        things_arn = iot_arn(self, "thing/")
        function = self._function(
            "send_command",
            "Checks approved commands again and sends them; by the clock, whatever is due or automatic",
            {
                **self._environment,
                "COMMAND_ARN": command_arn,
                "THINGS_ARN": things_arn,
                "ADVISORY_TOPIC_ARN": topic_arn,
            },
            on_failure=self._unturned,
        )
        commanded = [f"{things_arn}{thing}" for thing in self._things.commands]
        if commanded:
            _may(function, ["iot:StartCommandExecution"], [command_arn, *commanded])
        shadows = [f"{things_arn}{thing}/{SHADOW}" for thing in self._things.shadows]
        if shadows:
            _may(function, ["iot:GetThingShadow", "iot:UpdateThingShadow"], shadows)
        # People are told of everything that is automatic.
        _may(function, ["sns:Publish"], [topic_arn])
        self._lake.operations.key.grant(function, "kms:Decrypt", "kms:GenerateDataKey")
        return function

    def _answers(self, site: str) -> None:
        # AWS asks for six times the function's timeout.
        self._queue = WorkQueue(self, "Answers", visibility_timeout=Duration.minutes(6))
        self._rule = AnswersRule(self, "AnswersRule", site=site, queue=self._queue, bucket=self._lake.bucket)
        hear = self._function("hear_command", "Takes what machines answer to commands", self._environment)
        hear.add_event_source(
            event_sources.SqsEventSource(self._queue, batch_size=10, max_concurrency=2, report_batch_item_failures=True)
        )

    def _turn_each_minute(self, send: HandlerFunction) -> None:
        call_on(
            self,
            "Turn",
            schedule=scheduler.ScheduleExpression.rate(Duration.minutes(1)),
            function=send,
            role=SchedulerRole(self, "SchedulerRole", function=send),
            last_resort=self._unturned,
            event={},
            max_event_age=LATEST,
            description="Ends what has expired, and goes on with commands that nothing else follows",
        )

    def _watch(self) -> None:
        operations = self._lake.operations

        def waiting(queue: LastResort) -> cloudwatch.Metric:
            return queue.metric_approximate_number_of_messages_visible(period=FIVE_MINUTES, statistic="Maximum")

        def counted(service: str, name: str) -> cloudwatch.Metric:
            return cloudwatch.Metric(
                namespace=METRICS_NAMESPACE,
                metric_name=name,
                dimensions_map={"service": service},
                statistic="Sum",
                period=FIVE_MINUTES,
            )

        failed = self.machine.metric_failed(period=FIVE_MINUTES, statistic="Sum")
        why = "Nothing follows a command any more but the clock; the execution says why."
        operations.watch(self, "CommandNotFollowed", failed, above=0, why=why)
        late = self.machine.metric_timed_out(period=FIVE_MINUTES, statistic="Sum")
        operations.watch(self, "CommandLate", late, above=0, why="A command did not end within two hours.")
        why = "Commands are approved and cannot be handed to AWS IoT; see send_command's log."
        operations.watch(self, "CommandsHeldUp", counted("send_command", "CommandsHeldUp"), above=0, why=why)
        why = "Nobody looks any more what is due, expired or to be read back; see send_command's log."
        operations.watch(self, "CommandsNotTurned", waiting(self._unturned), above=0, why=why)
        why = "Answers came that no command was waiting for; see hear_command's log."
        operations.watch(self, "AnswersDropped", counted("hear_command", "AnswersDropped"), above=0, why=why)
        why = "Five attempts could not take some answers; redrive the queue. The read-back decides without them."
        operations.watch(self, "AnswersNotHeard", waiting(self._queue.last_resort), above=0, why=why)
        undelivered = cloudwatch.Metric(
            namespace="AWS/IoT",
            metric_name="Failure",
            dimensions_map={"RuleName": self._rule.rule.ref, "ActionType": "SQS"},
            statistic="Sum",
            period=FIVE_MINUTES,
        )
        why = "The IoT rule could not reach the queue of answers; the read-back decides without them."
        operations.watch(self, "AnswersUndelivered", undelivered, above=0, why=why)


def _may(function: HandlerFunction, actions: list[str], resources: list[str]) -> None:
    function.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=resources))


def _may_write(function: HandlerFunction, lake: LakeStack, action: str, partitions: list[str]) -> None:
    function.add_to_role_policy(
        iam.PolicyStatement(
            actions=[action],
            resources=[lake.table.table_arn],
            conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": partitions}},
        )
    )
