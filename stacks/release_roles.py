"""The roles that a release hands over: whom SageMaker trains as, whom Bedrock imports as, and whom it judges as.

The first two see the bucket of artifacts and nothing of the lake; the last one the rows that it judges, and no weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.acknowledge import acknowledge, logical_id
from stacks.functions import imported_arn
from stacks.models import model_arns

CONTAINERS: Final = "763104351884"
"""The account of AWS's Deep Learning Containers."""
_ACCOUNT: Final = "<AWS::Region>:<AWS::AccountId>"


@dataclass(frozen=True)
class Code:
    """Zipped code on S3: its address, and a version that changes with its content."""

    bucket_arn: str
    bucket_name: str
    key: str
    version: str

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket_name}/{self.key}"

    @property
    def arn(self) -> str:
        return f"{self.bucket_arn}/{self.key}"


class TrainingRole(iam.Role):
    """What a training job may do. `weights` is an S3 prefix and `token_secret` a secret's name; "" for none."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        artifacts: s3.Bucket,
        code: Code,
        weights: str = "",
        token_secret: str = "",
        package_group_arn: str = "",
    ) -> None:
        super().__init__(scope, construct_id, assumed_by=_for_this_account("sagemaker.amazonaws.com"))
        logs = ours("logs", "log-group:/aws/sagemaker/TrainingJobs")
        images = f"arn:{Aws.PARTITION}:ecr:{Aws.REGION}:{CONTAINERS}:repository/*"
        self._may(["s3:ListBucket"], [artifacts.bucket_arn, code.bucket_arn])
        self._may(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], [artifacts.arn_for_objects("*")])
        self._may(["s3:GetObject"], [code.arn])
        self._may(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams"], [logs, f"{logs}:*"])
        self._may(["logs:PutLogEvents"], [f"{logs}:log-stream:*"])
        self._may(["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], [images])
        self._may(["ecr:GetAuthorizationToken", "cloudwatch:PutMetricData"], ["*"])
        findings = [
            f"<{logical_id(artifacts)}.Arn>/*",
            f"arn:<AWS::Partition>:logs:{_ACCOUNT}:log-group:/aws/sagemaker/TrainingJobs:*",
            f"arn:<AWS::Partition>:logs:{_ACCOUNT}:log-group:/aws/sagemaker/TrainingJobs:log-stream:*",
            f"arn:<AWS::Partition>:ecr:<AWS::Region>:{CONTAINERS}:repository/*",
            "*",
        ]
        if weights:
            findings += self._let_read_weights(weights)
        if token_secret:
            self._may(["secretsmanager:GetSecretValue"], [ours("secretsmanager", f"secret:{token_secret}-??????")])
        if package_group_arn:
            findings += self._let_register(package_group_arn)
        acknowledge(
            self.node.find_child("DefaultPolicy"),
            *(f"IAM5[Resource::{finding}]" for finding in findings),
            reason="A job names its files, log streams and image; a registry's token and metrics know no resource.",
        )

    def _may(self, actions: Sequence[str], resources: Sequence[str]) -> None:
        self.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))

    def _let_read_weights(self, weights: str) -> list[str]:
        bucket, _, prefix = weights.removeprefix("s3://").partition("/")
        objects = f"{bucket}/{prefix.rstrip('/')}/*" if prefix else f"{bucket}/*"
        self._may(["s3:GetObject"], [f"arn:{Aws.PARTITION}:s3:::{objects}"])
        self._may(["s3:ListBucket"], [f"arn:{Aws.PARTITION}:s3:::{bucket}"])
        return [f"arn:<AWS::Partition>:s3:::{objects}"]

    def _let_register(self, group_arn: str) -> list[str]:
        """Serverless customization registers what it made, and reads the base model of the public hub."""
        hub = f"arn:{Aws.PARTITION}:sagemaker:{Aws.REGION}:aws:hub"
        packages = ours("sagemaker", "model-package/*")
        self._may(["sagemaker:DescribeHub", "sagemaker:DescribeHubContent"], [f"{hub}/*", f"{hub}-content/*"])
        self._may(
            ["sagemaker:CreateModelPackage", "sagemaker:DescribeModelPackage", "sagemaker:AddTags"],
            [group_arn, packages],
        )
        self._may(["sagemaker:DescribeModelPackageGroup"], [group_arn])
        return [f"arn:<AWS::Partition>:sagemaker:<AWS::Region>:aws:{each}" for each in ("hub/*", "hub-content/*")] + [
            f"arn:<AWS::Partition>:sagemaker:{_ACCOUNT}:model-package/*"
        ]


class ImportRole(iam.Role):
    """Reads an artifact for Bedrock's import jobs of this account, and for nobody else."""

    def __init__(self, scope: Construct, construct_id: str, *, artifacts: s3.Bucket) -> None:
        jobs = f"arn:{Aws.PARTITION}:bedrock:{Aws.REGION}:{Aws.ACCOUNT_ID}:model-import-job/*"
        super().__init__(
            scope,
            construct_id,
            assumed_by=_for_this_account("bedrock.amazonaws.com", {"ArnLike": {"aws:SourceArn": jobs}}),
        )
        here = {"StringEquals": {"aws:ResourceAccount": Aws.ACCOUNT_ID}}
        for action, resource in (
            ("s3:ListBucket", artifacts.bucket_arn),
            ("s3:GetObject", artifacts.arn_for_objects("*")),
        ):
            self.add_to_policy(iam.PolicyStatement(actions=[action], resources=[resource], conditions=here))
        name = logical_id(artifacts)
        acknowledge(
            self.node.find_child("DefaultPolicy"),
            f"IAM5[Resource::<{name}.Arn>/*]",
            reason="An artifact's prefix is named by its release, long after this was deployed.",
        )


class OpinionRole(iam.Role):
    """Bedrock's own evaluation: reads the rows of a release, asks `evaluator`, writes its results beside them."""

    def __init__(self, scope: Construct, construct_id: str, *, lake: s3.Bucket, evaluator: str) -> None:
        jobs = {"ArnLike": {"aws:SourceArn": ours("bedrock", "evaluation-job/*")}}
        super().__init__(scope, construct_id, assumed_by=_for_this_account("bedrock.amazonaws.com", jobs))
        rows = lake.arn_for_objects("releases/*/second-opinion/*")
        statements = (
            (["s3:GetObject", "s3:PutObject"], [rows]),
            (["s3:ListBucket", "s3:GetBucketLocation"], [lake.bucket_arn]),
            (["bedrock:InvokeModel", "bedrock:GetInferenceProfile"], model_arns(evaluator)),
        )
        for actions, resources in statements:
            self.add_to_policy(iam.PolicyStatement(actions=actions, resources=resources))
        policy = self.node.find_child("DefaultPolicy")
        routed = evaluator.partition(".")[2]
        acknowledge(
            policy,
            f"IAM5[Resource::{imported_arn(lake)}/releases/*/second-opinion/*]",
            reason="The rows lie under their release, which gets its name long after this was deployed.",
        )
        if len(model_arns(evaluator)) > 1:
            acknowledge(
                policy,
                f"IAM5[Resource::arn:<AWS::Partition>:bedrock:*::foundation-model/{routed}]",
                reason="An inference profile routes to one of several Regions, and which ones is AWS's to change.",
            )

    def may_be_passed(self) -> iam.PolicyStatement:
        """To Bedrock, and to no other service."""
        to_bedrock = {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}}
        return iam.PolicyStatement(actions=["iam:PassRole"], resources=[self.role_arn], conditions=to_bedrock)


def ours(service: str, resource: str) -> str:
    """The ARN of something of this account in this Region."""
    return f"arn:{Aws.PARTITION}:{service}:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource}"


def _for_this_account(service: str, more: dict[str, dict[str, str]] | None = None) -> iam.ServicePrincipal:
    conditions = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}, **(more or {})}
    return iam.ServicePrincipal(service, conditions=conditions)
