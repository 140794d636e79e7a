"""The state machine of a release, and what its role may do: each service by the names that a release gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.acknowledge import acknowledge
from stacks.functions import HandlerFunction
from stacks.release_roles import ours
from stacks.state_machine import WrittenMachine

NAMES: Final = "lineside-*"
"""How the jobs and models of releases are called; `cloud/training_job.py` names them."""
_HERE: Final = "<AWS::Region>:<AWS::AccountId>"


class ReleaseMachine(WrittenMachine):
    """`release_model.asl.json`, and what it may do for a release."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: Mapping[str, HandlerFunction],
        training_role: iam.Role,
        import_role: iam.Role,
        prepare: sfn.StateMachine,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            name="release_model",
            functions=functions,
            others={"ImportRoleArn": import_role.role_arn, "PrepareTrainingDataArn": prepare.state_machine_arn},
            log_id=f"{construct_id}Log",
            without_resource="CreateModelImportJob, X-Ray and the delivery of logs know no resource.",
        )
        self._let_train(training_role)
        self._let_import(import_role)
        self._let_prepare(prepare)

    def let_answer(self, scope: Construct, construct_id: str, role: iam.IRole) -> None:
        """Let somebody answer the task that waits for a person, and do nothing else to this machine."""
        statement = iam.PolicyStatement(
            actions=["states:SendTaskSuccess", "states:SendTaskFailure"], resources=[self.state_machine_arn]
        )
        iam.Policy(scope, construct_id, roles=[role], statements=[statement])

    def take_back_the_stopped(self, scope: Construct, construct_id: str) -> None:
        """An execution that a person stops runs no step of its own any more; another one takes back what it made."""
        name, execution = (events.EventField.from_path(f"$.detail.{each}") for each in ("name", "executionArn"))
        events.Rule(
            scope,
            construct_id,
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={"status": ["ABORTED", "TIMED_OUT"], "stateMachineArn": [self.state_machine_arn]},
            ),
            targets=[
                targets.SfnStateMachine(
                    self,
                    input=events.RuleTargetInput.from_object(
                        {"abandoned": {"release_id": name, "execution": execution}}
                    ),
                )
            ],
        )

    def _let_train(self, role: iam.Role) -> None:
        job = ours("sagemaker", f"training-job/{NAMES}")
        self._may(["sagemaker:CreateTrainingJob", "sagemaker:DescribeTrainingJob", "sagemaker:StopTrainingJob"], [job])
        self._may(["sagemaker:AddTags"], [job])
        self._may_pass(role, "sagemaker.amazonaws.com")
        self._may_follow("StepFunctionsGetEventsForSageMakerTrainingJobsRule")
        self._accept(f"arn:<AWS::Partition>:sagemaker:{_HERE}:training-job/{NAMES}")

    def _let_import(self, role: iam.Role) -> None:
        self._may(["bedrock:CreateModelImportJob"], ["*"])
        self._may(["bedrock:GetModelImportJob"], [ours("bedrock", "model-import-job/*")])
        self._may_pass(role, "bedrock.amazonaws.com")
        self._accept(f"arn:<AWS::Partition>:bedrock:{_HERE}:model-import-job/*")

    def _let_prepare(self, prepare: sfn.StateMachine) -> None:
        name = prepare.state_machine_name
        self._may(["states:StartExecution"], [prepare.state_machine_arn])
        self._may(["states:DescribeExecution", "states:StopExecution"], [ours("states", f"execution:{name}:*")])
        self._may_follow("StepFunctionsGetEventsForStepFunctionsExecutionRule")
        # How cdk-nag spells what comes from another stack.
        spelled = prepare.stack.resolve(prepare.stack.export_value(name))["Fn::ImportValue"]
        self._accept(f"arn:<AWS::Partition>:states:{_HERE}:execution:{spelled}:*")

    def _may(self, actions: Sequence[str], resources: Sequence[str]) -> None:
        self.add_to_role_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))

    def _may_pass(self, role: iam.Role, service: str) -> None:
        self.add_to_role_policy(
            iam.PolicyStatement(
                actions=["iam:PassRole"],
                resources=[role.role_arn],
                conditions={"StringEquals": {"iam:PassedToService": service}},
            )
        )

    def _may_follow(self, rule: str) -> None:
        """Step Functions hears of a job's end by a rule of its own, under this name."""
        self._may(["events:PutTargets", "events:PutRule", "events:DescribeRule"], [ours("events", f"rule/{rule}")])

    def _accept(self, finding: str) -> None:
        acknowledge(
            self.role.node.find_child("DefaultPolicy"),
            f"IAM5[Resource::{finding}]",
            reason="Jobs and executions are named by their release, long after this was deployed.",
        )
