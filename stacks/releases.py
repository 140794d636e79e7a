"""A fine-tuned model, from its dataset to the people it answers, and back: a state machine and its steps."""

from __future__ import annotations

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

from stacks.buckets import PrivateBucket, access_log
from stacks.bundling import CodeSource
from stacks.data_preparation import DataPreparationStack
from stacks.functions import METRICS_NAMESPACE, HandlerFunction
from stacks.lake import LakeStack
from stacks.operations import FIVE_MINUTES
from stacks.queues import LastResort
from stacks.release_functions import ReleaseChoices, ReleaseFunctions
from stacks.release_machine import ReleaseMachine
from stacks.release_roles import Code, ImportRole, OpinionRole, TrainingRole
from stacks.schedules import SchedulerRole, call_on

__all__ = ["ReleaseChoices", "ReleasesStack"]

LATEST: Final = Duration.hours(6)
"""A question whether enough was learned that comes later than so waits for the next one."""


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
        self._lake, self._choices = lake, choices
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
        functions = ReleaseFunctions(
            self,
            lake=lake,
            people_table=people_table,
            artifacts=self.artifacts,
            topic=self.topic,
            code=code,
            training_file=training_file,
            choices=choices,
        )
        self.machine = ReleaseMachine(
            self,
            "ReleaseModel",
            functions={
                "CheckRelease": functions.check_release(training_role, trained, packages),
                "CheckArtifact": functions.check_artifact(packages is not None),
                "EvaluateAnswers": functions.evaluate_answers(),
                "WeighRelease": functions.weigh_release(self._opinion_role()),
                "RequestApproval": functions.request_approval(),
                "SwitchRelease": functions.switch_release(),
                "WatchCanary": functions.watch_canary(),
                "AbandonRelease": functions.abandon_release(),
            },
            training_role=training_role,
            import_role=ImportRole(self, "ImportRole", artifacts=self.artifacts),
            prepare=data_preparation.state_machine,
        )
        self.machine.let_answer(self, "ApproverMayAnswer", approver)
        self.machine.take_back_the_stopped(self, "Stopped")
        self._unconsidered = LastResort(self, "Unconsidered")
        self._schedule(functions.consider_release(self.machine.state_machine_arn))
        self._watch()
        CfnOutput(self, "ReleaseMachine", value=self.machine.state_machine_arn)
        CfnOutput(self, "ArtifactsBucket", value=self.artifacts.bucket_name)

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

    def _opinion_role(self) -> OpinionRole | None:
        if not self._choices.second_opinion:
            return None
        return OpinionRole(self, "OpinionRole", lake=self._lake.bucket, evaluator=self._choices.second_opinion)

    def _schedule(self, function: HandlerFunction) -> None:
        call_on(
            self,
            "Consider",
            schedule=scheduler.ScheduleExpression.rate(Duration.days(self._choices.every_days)),
            function=function,
            role=SchedulerRole(self, "SchedulerRole", function=function),
            last_resort=self._unconsidered,
            event={},
            max_event_age=LATEST,
            description="Has enough been learned for another release?",
        )

    def _watch(self) -> None:
        operations = self._lake.operations
        failed = self.machine.metric_failed(period=FIVE_MINUTES, statistic="Sum")
        why = "A release failed; its record and the execution say why. LeftBehind: something it made may still cost."
        operations.watch(self, "ReleaseFailed", failed, above=0, why=why)
        late = self.machine.metric_timed_out(period=FIVE_MINUTES, statistic="Sum")
        operations.watch(self, "ReleaseLate", late, above=0, why="A release ran out of time.")
        taken_back = cloudwatch.Metric(
            namespace=METRICS_NAMESPACE,
            metric_name="CanariesTakenBack",
            dimensions_map={"service": "watch_canary"},
            statistic="Sum",
            period=FIVE_MINUTES,
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
    return PrivateBucket(
        scope,
        "Artifacts",
        server_access_logs_bucket=access_log(scope),
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
