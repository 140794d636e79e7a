"""Files that travel with a deployment: a bucket for them, filled by the CDK's own function, without Docker."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as deployment
from constructs import Construct

from stacks.acknowledge import acknowledge, logical_id

_FUNCTION: Final = "Custom::CDKBucketDeployment"
_ASSETS: Final = "arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*"
_ACTIONS: Final = ("s3:GetBucket*", "s3:GetObject*", "s3:List*", "s3:Abort*", "s3:DeleteObject*")


def upload(
    scope: Construct,
    construct_id: str,
    *,
    folder: Path,
    bucket: s3.Bucket,
    only: str = "",
    but: Sequence[str] = (),
    cache_control: str = "",
    prune: bool = False,
) -> None:
    """Put the files of a folder into a bucket of this stack: those that fit `only`, or all `but` some.

    `prune`: what the folder no longer has is deleted.
    """
    deployment.BucketDeployment(
        scope,
        construct_id,
        sources=[deployment.Source.asset(str(folder))],
        destination_bucket=bucket,
        exclude=["*"] if only else list(but),
        include=[only] if only else None,
        cache_control=[deployment.CacheControl.from_string(cache_control)] if cache_control else None,
        prune=prune,
        memory_limit=512,
    )
    _accept_findings(Stack.of(scope), bucket)


def _accept_findings(stack: Stack, bucket: s3.Bucket) -> None:
    (function,) = [child for child in stack.node.children if child.node.id.startswith(_FUNCTION)]
    role = function.node.find_child("ServiceRole")
    logging = "arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    name = logical_id(bucket)
    acknowledge(function, "L1", reason="The CDK chooses the runtime of its own function.")
    acknowledge(role, f"IAM4[Policy::{logging}]", reason="The CDK's own function, called during a deployment only.")
    acknowledge(
        role.node.find_child("DefaultPolicy"),
        *(f"IAM5[Action::{action}]" for action in _ACTIONS),
        f"IAM5[Resource::{_ASSETS}]",
        f"IAM5[Resource::<{name}.Arn>/*]",
        reason="The CDK's own function, called during a deployment only; it writes to this one bucket.",
    )
