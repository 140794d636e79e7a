"""The steps of a release as functions, each with the rights that it needs and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.acknowledge import acknowledge, logical_id
from stacks.bundling import CodeSource
from stacks.data_preparation import DATASETS
from stacks.functions import HandlerFunction, grant_listing, grant_objects
from stacks.lake import LakeStack
from stacks.models import UsedModels, grant_models
from stacks.release_roles import Code, OpinionRole, TrainingRole, ours

RELEASES, SAID = "releases", "releases-said"
READ, WRITE = ("dynamodb:GetItem", "dynamodb:Query"), ("dynamodb:PutItem", "dynamodb:DeleteItem")
SHORT: Final = Duration.minutes(1)
LONGEST: Final = Duration.minutes(15)


@dataclass(frozen=True)
class ReleaseChoices:
    """What `training.yaml` and a person choose. `asked` are the models that answer and judge in an evaluation."""

    site: str
    asked: UsedModels
    serverless: bool = False
    weights: str = ""
    token_secret: str = ""
    every_days: int = 7
    approval_emails: tuple[str, ...] = ()
    console_address: str = ""
    imported_models_quota: int = 3
    second_opinion: str = ""


class ReleaseFunctions:
    """Made in `scope`, one by one."""

    def __init__(
        self,
        scope: Construct,
        *,
        lake: LakeStack,
        people_table: dynamodb.ITable,
        artifacts: s3.Bucket,
        topic: sns.Topic,
        code: CodeSource,
        training_file: str,
        choices: ReleaseChoices,
    ) -> None:
        self._scope, self._code, self._choices = scope, code, choices
        self._lake, self._people, self._artifacts, self._topic = lake, people_table, artifacts, topic
        self._line = {"LINE_TABLE_NAME": lake.table.table_name}
        self._training = {**self._line, "TRAINING_FILE": training_file}
        self._evaluating = {**self._training, "LAKE_BUCKET_NAME": lake.bucket.bucket_name}

    def check_release(
        self, role: TrainingRole, code: Code, packages: sagemaker.CfnModelPackageGroup | None
    ) -> HandlerFunction:
        function = self._function(
            "check_release",
            "Refuses a release with every reason before it costs anything, or says what is to be trained",
            {
                **self._evaluating,
                "ARTIFACTS_BUCKET_NAME": self._artifacts.bucket_name,
                "TRAINING_ROLE_ARN": role.role_arn,
                "TRAINING_CODE": code.uri,
                "CODE_VERSION": code.version,
                "MODEL_PACKAGE_GROUP_ARN": packages.attr_model_package_group_arn if packages else "",
                "IMPORTED_MODELS_QUOTA": str(self._choices.imported_models_quota),
            },
            timeout=Duration.minutes(5),
            memory_mb=2048,
        )
        grant_objects(self._lake.bucket, function, ["GetObject"], [DATASETS])
        grant_listing(self._lake.bucket, function)
        self._grant_artifacts(function, "s3:PutObject")
        self._grant_records(function)
        _may(function, ["bedrock:ListImportedModels", "bedrock:ListModelImportJobs"], ["*"])
        return function

    def check_artifact(self, serverless: bool) -> HandlerFunction:
        function = self._function(
            "check_artifact",
            "Looks whether what was trained can be imported",
            self._line,
            timeout=SHORT,
            memory_mb=1024,
        )
        self._grant_artifacts(function, "s3:GetObject")
        self._grant_records(function)
        _may(function, ["sagemaker:DescribeTrainingJob"], [ours("sagemaker", "training-job/lineside-*")])
        findings = ["sagemaker:<AWS::Region>:<AWS::AccountId>:training-job/lineside-*"]
        if serverless:
            _may(function, ["sagemaker:DescribeModelPackage"], [ours("sagemaker", "model-package/*")])
            findings.append("sagemaker:<AWS::Region>:<AWS::AccountId>:model-package/*")
        _accept(function, *findings)
        return function

    def evaluate_answers(self) -> HandlerFunction:
        function = self._function(
            "evaluate_answers",
            "Has base and candidate answer held-out questions, and judges mark both, a batch at a time",
            self._evaluating,
            # It waits for models nearly all of its time, one of which may have to be woken first.
            timeout=LONGEST,
            memory_mb=512,
        )
        grant_objects(self._lake.bucket, function, ["GetObject"], [DATASETS])
        grant_objects(self._lake.bucket, function, ["GetObject", "PutObject"], [RELEASES, SAID])
        grant_listing(self._lake.bucket, function)
        self._grant_records(function)
        grant_models(function, UsedModels(self._choices.asked.model_ids, imported=True))
        self._grant_imported(function, "bedrock:GetImportedModel")
        return function

    def weigh_release(self, opinion: OpinionRole | None) -> HandlerFunction:
        function = self._function(
            "weigh_release",
            "Weighs what all batches say, and writes the report",
            {**self._evaluating, "SECOND_OPINION_ROLE_ARN": opinion.role_arn if opinion else ""},
            timeout=Duration.minutes(5),
            memory_mb=2048,
        )
        grant_objects(self._lake.bucket, function, ["GetObject", "PutObject"], [RELEASES])
        grant_listing(self._lake.bucket, function)
        self._grant_records(function)
        if opinion:
            _may(function, ["bedrock:CreateEvaluationJob"], [ours("bedrock", "evaluation-job/*")])
            function.add_to_role_policy(opinion.may_be_passed())
            _accept(function, "bedrock:<AWS::Region>:<AWS::AccountId>:evaluation-job/*")
        return function

    def request_approval(self) -> HandlerFunction:
        function = self._function(
            "request_approval",
            "Tells people that a release waits for them, and keeps the token with which they answer",
            {
                **self._line,
                "APPROVAL_TOPIC_ARN": self._topic.topic_arn,
                "CONSOLE_ADDRESS": self._choices.console_address,
            },
            timeout=SHORT,
        )
        self._grant_records(function)
        self._grant_imported(function, "bedrock:GetImportedModel")
        _may(function, ["sns:Publish"], [self._topic.topic_arn])
        self._lake.operations.key.grant(function, "kms:Decrypt", "kms:GenerateDataKey")
        return function

    def switch_release(self) -> HandlerFunction:
        function = self._function(
            "switch_release", "Lets an approved release answer, first as a canary", self._training, timeout=SHORT
        )
        self._grant_records(function)
        return function

    def watch_canary(self) -> HandlerFunction:
        function = self._function(
            "watch_canary",
            "Looks at how a canary does beside the live release; promotes it, or takes it back",
            {**self._training, "PEOPLE_TABLE_NAME": self._people.table_name},
            timeout=SHORT,
            memory_mb=1024,
        )
        self._grant_records(function)
        self._people.grant(function, "dynamodb:Query")
        return function

    def abandon_release(self) -> HandlerFunction:
        function = self._function(
            "abandon_release",
            "Takes back what a release has made: its job, its model, its files, its canary",
            {**self._line, "ARTIFACTS_BUCKET_NAME": self._artifacts.bucket_name},
            timeout=Duration.minutes(5),
        )
        self._grant_artifacts(function, "s3:DeleteObject")
        self._grant_records(function)
        _may(
            function,
            ["sagemaker:DescribeTrainingJob", "sagemaker:StopTrainingJob"],
            [ours("sagemaker", "training-job/lineside-*")],
        )
        _accept(function, "sagemaker:<AWS::Region>:<AWS::AccountId>:training-job/lineside-*")
        _may(function, ["bedrock:ListImportedModels", "bedrock:ListModelImportJobs"], ["*"])
        self._grant_imported(function, "bedrock:DeleteImportedModel")
        return function

    def consider_release(self, machine_arn: str) -> HandlerFunction:
        function = self._function(
            "consider_release",
            "Starts a release where enough verdicts were accepted since the last one; off unless training.yaml says so",
            {
                **self._training,
                "SITE": self._choices.site,
                "PEOPLE_TABLE_NAME": self._people.table_name,
                "RELEASE_MACHINE_ARN": machine_arn,
            },
            timeout=SHORT,
        )
        self._lake.table.grant(function, *READ)
        self._people.grant(function, "dynamodb:Query")
        _may(function, ["states:StartExecution", "states:ListExecutions"], [machine_arn])
        return function

    def _function(
        self,
        verb_noun: str,
        description: str,
        environment: Mapping[str, str],
        *,
        timeout: Duration,
        memory_mb: int = 512,
    ) -> HandlerFunction:
        return HandlerFunction(
            self._scope,
            verb_noun,
            code=self._code,
            description=description,
            environment=environment,
            timeout=timeout,
            memory_mb=memory_mb,
        )

    def _grant_records(self, function: HandlerFunction) -> None:
        """The release's record and the aliases."""
        self._lake.table.grant(function, *READ, *WRITE)

    def _grant_artifacts(self, function: HandlerFunction, *actions: str) -> None:
        _may(function, list(actions), [self._artifacts.arn_for_objects("*")])
        _may(function, ["s3:ListBucket"], [self._artifacts.bucket_arn])
        name = logical_id(self._artifacts)
        acknowledge(
            function.execution_role.node.find_child("DefaultPolicy"),
            f"IAM5[Resource::<{name}.Arn>/*]",
            reason="An artifact's prefix is named by its release, long after this was deployed.",
        )

    def _grant_imported(self, function: HandlerFunction, *actions: str) -> None:
        _may(function, list(actions), [ours("bedrock", "imported-model/*")])
        _accept(function, "bedrock:<AWS::Region>:<AWS::AccountId>:imported-model/*")


def _may(function: HandlerFunction, actions: Sequence[str], resources: Sequence[str]) -> None:
    function.add_to_role_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))


def _accept(function: HandlerFunction, *findings: str) -> None:
    acknowledge(
        function.execution_role.node.find_child("DefaultPolicy"),
        *(f"IAM5[Resource::arn:<AWS::Partition>:{finding}]" for finding in findings),
        reason="Jobs and models are named by their release, long after this was deployed.",
    )
