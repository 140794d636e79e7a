"""A fine-tuned model, from its dataset to the people it answers, and back: a state machine and its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aws_cdk import Aws, CfnOutput, CfnParameter, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from stacks.acknowledge import acknowledge
from stacks.bundling import CodeSource
from stacks.data_preparation import DATASETS, DataPreparationStack
from stacks.functions import METRICS_NAMESPACE, HandlerFunction, grant_listing, grant_objects
from stacks.lake import LakeStack
from stacks.models import UsedModels, grant_models
from stacks.operations import FIVE_MINUTES
from stacks.queues import LastResort
from stacks.release_machine import ReleaseMachine
from stacks.release_roles import Code, ImportRole, TrainingRole, ours
from stacks.schedules import SchedulerRole, call_on

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


class ReleasesStack(Stack):
    """`machine` is started with `{"dataset": "datasets/<hash>/"}`, or with `{}` to have one prepared first."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        lake: LakeStack,
        people_table: dynamodb.ITable,
        approver: iam.IRole,
        data_preparation: DataPreparationStack,
        code: CodeSource,
        training_file: str,
        choices: ReleaseChoices,
        training_code: Path | None = None,
        stack_name: str | None = None,
    ) -> None:
        """`approver` is the role that passes on what a person decided; `training_code` a folder, once it is bundled."""
        super().__init__(scope, construct_id, stack_name=stack_name, description="Lineside: releases of the model")
        self._lake, self._code, self._people, self._choices = lake, code, people_table, choices
        self._line = {"LINE_TABLE_NAME": lake.table.table_name}
        self._training = {**self._line, "TRAINING_FILE": training_file}
        self._evaluating = {**self._training, "LAKE_BUCKET_NAME": lake.bucket.bucket_name}
        self.artifacts = _artifacts(self)
        self.topic = self._approval_topic()
        packages = self._package_group() if choices.serverless else None
        trained = _training_code(self, training_code)
        training_role = TrainingRole(
            self,
            "TrainingRole",
            artifacts=self.artifacts,
            code=trained,
            weights=choices.weights,
            token_secret=choices.token_secret,
            package_group_arn=packages.attr_model_package_group_arn if packages else "",
        )
        self.machine = ReleaseMachine(
            self,
            "ReleaseModel",
            functions={
                "CheckRelease": self._check_release(training_role, trained, packages),
                "CheckArtifact": self._check_artifact(packages is not None),
                "EvaluateAnswers": self._evaluate_answers(),
                "WeighRelease": self._weigh_release(),
                "RequestApproval": self._request_approval(),
                "SwitchRelease": self._switch_release(),
                "WatchCanary": self._watch_canary(),
                "AbandonRelease": self._abandon_release(),
            },
            training_role=training_role,
            import_role=ImportRole(self, "ImportRole", artifacts=self.artifacts),
            prepare=data_preparation.state_machine,
        )
        self.machine.let_answer(self, "ApproverMayAnswer", approver)
        self.machine.take_back_the_stopped(self, "Stopped")
        self._schedule(self._consider_release())
        self._watch()
        CfnOutput(self, "ReleaseMachine", value=self.machine.state_machine_arn)
        CfnOutput(self, "ArtifactsBucket", value=self.artifacts.bucket_name)

    def _check_release(
        self, role: TrainingRole, code: Code, packages: sagemaker.CfnModelPackageGroup | None
    ) -> HandlerFunction:
        function = self._function(
            "check_release",
            "Refuses a release with every reason before it costs anything, or says what is to be trained",
            {
                **self._evaluating,
                "ARTIFACTS_BUCKET_NAME": self.artifacts.bucket_name,
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

    def _check_artifact(self, serverless: bool) -> HandlerFunction:
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

    def _evaluate_answers(self) -> HandlerFunction:
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

    def _weigh_release(self) -> HandlerFunction:
        function = self._function(
            "weigh_release",
            "Weighs what all batches say, and writes the report",
            self._evaluating,
            timeout=Duration.minutes(5),
            memory_mb=2048,
        )
        grant_objects(self._lake.bucket, function, ["GetObject", "PutObject"], [RELEASES])
        grant_listing(self._lake.bucket, function)
        self._grant_records(function)
        return function

    def _request_approval(self) -> HandlerFunction:
        function = self._function(
            "request_approval",
            "Tells people that a release waits for them, and keeps the token with which they answer",
            {
                **self._line,
                "APPROVAL_TOPIC_ARN": self.topic.topic_arn,
                "CONSOLE_ADDRESS": self._choices.console_address,
            },
            timeout=SHORT,
        )
        self._grant_records(function)
        self._grant_imported(function, "bedrock:GetImportedModel")
        _may(function, ["sns:Publish"], [self.topic.topic_arn])
        self._lake.operations.key.grant(function, "kms:Decrypt", "kms:GenerateDataKey")
        return function

    def _switch_release(self) -> HandlerFunction:
        function = self._function(
            "switch_release", "Lets an approved release answer, first as a canary", self._training, timeout=SHORT
        )
        self._grant_records(function)
        return function

    def _watch_canary(self) -> HandlerFunction:
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

    def _abandon_release(self) -> HandlerFunction:
        function = self._function(
            "abandon_release",
            "Takes back what a release has made: its job, its model, its files, its canary",
            {**self._line, "ARTIFACTS_BUCKET_NAME": self.artifacts.bucket_name},
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

    def _consider_release(self) -> HandlerFunction:
        self._unconsidered = LastResort(self, "Unconsidered")
        function = self._function(
            "consider_release",
            "Starts a release where enough verdicts were accepted since the last one; off unless training.yaml says so",
            {
                **self._training,
                "SITE": self._choices.site,
                "PEOPLE_TABLE_NAME": self._people.table_name,
                "RELEASE_MACHINE_ARN": self.machine.state_machine_arn,
            },
            timeout=SHORT,
        )
        self._lake.table.grant(function, *READ)
        self._people.grant(function, "dynamodb:Query")
        _may(function, ["states:StartExecution", "states:ListExecutions"], [self.machine.state_machine_arn])
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
            self,
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
        _may(function, list(actions), [self.artifacts.arn_for_objects("*")])
        _may(function, ["s3:ListBucket"], [self.artifacts.bucket_arn])
        name = self.get_logical_id(self.artifacts.node.default_child)  # type: ignore[arg-type]
        acknowledge(
            function.execution_role.node.find_child("DefaultPolicy"),
            f"IAM5[Resource::<{name}.Arn>/*]",
            reason="An artifact's prefix is named by its release, long after this was deployed.",
        )

    def _grant_imported(self, function: HandlerFunction, *actions: str) -> None:
        _may(function, list(actions), [ours("bedrock", "imported-model/*")])
        _accept(function, "bedrock:<AWS::Region>:<AWS::AccountId>:imported-model/*")

    def _approval_topic(self) -> sns.Topic:
        topic = sns.Topic(
            self,
            "Approvals",
            display_name="Lineside releases",
            master_key=self._lake.operations.key,
            enforce_ssl=True,
        )
        for email in self._choices.approval_emails:
            topic.add_subscription(subscriptions.EmailSubscription(email))
        return topic

    def _package_group(self) -> sagemaker.CfnModelPackageGroup:
        """Where serverless customization registers what it made."""
        return sagemaker.CfnModelPackageGroup(
            self,
            "Packages",
            model_package_group_name="lineside",
            model_package_group_description="Models that Lineside had customized",
        )

    def _schedule(self, function: HandlerFunction) -> None:
        call_on(
            self,
            "Consider",
            schedule=scheduler.ScheduleExpression.rate(Duration.days(self._choices.every_days)),
            function=function,
            role=SchedulerRole(self, "SchedulerRole", function=function),
            last_resort=self._unconsidered,
            event={},
            max_event_age=Duration.hours(6),
            description="Has enough been learned for another release?",
        )

    def _watch(self) -> None:
        operations = self._lake.operations
        machine, sums = self.machine, {"period": FIVE_MINUTES, "statistic": "Sum"}
        why = "A release failed; its record and the execution say why. LeftBehind: something it made may still cost."
        operations.watch(self, "ReleaseFailed", machine.metric_failed(**sums), above=0, why=why)
        operations.watch(
            self, "ReleaseLate", machine.metric_timed_out(**sums), above=0, why="A release ran out of time."
        )
        taken_back = cloudwatch.Metric(
            namespace=METRICS_NAMESPACE,
            metric_name="CanariesTakenBack",
            dimensions_map={"service": "watch_canary"},
            **sums,
        )
        why = "A canary did worse than the live release, or a person ended it; the release's record has the figures."
        operations.watch(self, "CanaryTakenBack", taken_back, above=0, why=why)
        waiting = self._unconsidered.metric_approximate_number_of_messages_visible(
            period=FIVE_MINUTES, statistic="Maximum"
        )
        why = "Whether to start a release could not be considered; see consider_release's log."
        operations.watch(self, "ReleaseNotConsidered", waiting, above=0, why=why)


def _artifacts(scope: Construct) -> s3.Bucket:
    """Not in the lake: SageMaker and Bedrock read here, and weights are deleted for good when a release is."""
    access_log = s3.Bucket(
        scope,
        "AccessLog",
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(90))],
    )
    return s3.Bucket(
        scope,
        "Artifacts",
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        server_access_logs_bucket=access_log,
        lifecycle_rules=[s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(7))],
    )


def _training_code(scope: Construct, folder: Path | None) -> Code:
    """Zipped and uploaded by the CDK under its own hash; without a folder its place is a parameter without a value."""
    if folder is None:
        bucket = CfnParameter(scope, "TrainingCodeBucket", description="Where the training's code lies")
        key = CfnParameter(scope, "TrainingCodeKey", description="The training's code, a zip file")
        arn = f"arn:{Aws.PARTITION}:s3:::{bucket.value_as_string}"
        return Code(arn, bucket.value_as_string, key.value_as_string, "unbundled")
    asset = assets.Asset(scope, "TrainingCode", path=str(folder))
    return Code(asset.bucket.bucket_arn, asset.s3_bucket_name, asset.s3_object_key, asset.asset_hash)


def _may(function: HandlerFunction, actions: Sequence[str], resources: Sequence[str]) -> None:
    function.add_to_role_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))


def _accept(function: HandlerFunction, *findings: str) -> None:
    acknowledge(
        function.execution_role.node.find_child("DefaultPolicy"),
        *(f"IAM5[Resource::arn:<AWS::Partition>:{finding}]" for finding in findings),
        reason="Jobs and models are named by their release, long after this was deployed.",
    )
