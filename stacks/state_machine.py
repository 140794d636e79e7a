"""A state machine from a file of `statemachines/`, with its log, its traces and the right to call its functions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.acknowledge import acknowledge
from stacks.functions import HandlerFunction

DEFINITIONS: Final = Path(__file__).parents[1] / "statemachines"


class WrittenMachine(sfn.StateMachine):
    """`name` is the file's, without its ending. `functions` by the name of their substitution: `CheckRelease` is
    `${CheckReleaseArn}`; `others` are further substitutions. `log_id` names the log group in its scope."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        functions: Mapping[str, HandlerFunction],
        others: Mapping[str, str] | None = None,
        log_id: str = "MachineLog",
        logs_kept: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        without_resource: str = "X-Ray and the delivery of logs know no resource.",
    ) -> None:
        """`without_resource`: why its role may do something everywhere, as the checks are told."""
        log_group = logs.LogGroup(scope, log_id, retention=logs_kept, removal_policy=RemovalPolicy.DESTROY)
        arns = {f"{function}Arn": each.function_arn for function, each in functions.items()}
        super().__init__(
            scope,
            construct_id,
            definition_body=sfn.DefinitionBody.from_string(
                (DEFINITIONS / f"{name}.asl.json").read_text(encoding="utf-8")
            ),
            definition_substitutions={**(others or {}), **arns},
            logs=sfn.LogOptions(destination=log_group, level=sfn.LogLevel.ALL, include_execution_data=False),
            tracing_enabled=True,
        )
        for arn in arns.values():
            iam.Grant.add_to_principal(grantee=self, actions=["lambda:InvokeFunction"], resource_arns=[arn])
        policy = self.role.node.find_child("DefaultPolicy")
        acknowledge(policy, "IAM5[Resource::*]", reason=without_resource)
