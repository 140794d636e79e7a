"""Functions as all of ours are: arm64, Python 3.13, structured logs, traces, a role that may write its own log only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.acknowledge import acknowledge, logical_id
from stacks.bundling import CodeSource

METRICS_NAMESPACE = "Lineside"


class HandlerFunction(lambda_.Function):
    """The function in `lambdas/<verb_noun>/handler.py`."""

    def __init__(
        self,
        scope: Construct,
        verb_noun: str,
        *,
        code: CodeSource,
        description: str,
        environment: Mapping[str, str],
        timeout: Duration,
        memory_mb: int = 512,
        on_failure: sqs.IQueue | None = None,
        max_event_age: Duration | None = None,
        start: str = "",
        layers: Sequence[lambda_.ILayerVersion] = (),
    ) -> None:
        """`on_failure` and `max_event_age` are about asynchronous calls, such as those of a schedule.

        `start` is what runs instead of `handler.handler`, where a layer starts it.
        """
        log_group = logs.LogGroup(
            scope, f"{verb_noun}_log", retention=logs.RetentionDays.THREE_MONTHS, removal_policy=RemovalPolicy.DESTROY
        )
        # Not AWSLambdaBasicExecutionRole: that one may write every log group of the account.
        role = iam.Role(scope, f"{verb_noun}_role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(role)
        self.execution_role = role
        super().__init__(
            scope,
            verb_noun,
            code=code.code_of(verb_noun),
            handler=start or f"lambdas.{verb_noun}.handler.handler",
            layers=list(layers) or None,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            description=description,
            environment={**_observability(verb_noun), **environment},
            timeout=timeout,
            memory_size=memory_mb,
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            role=role,
            tracing=lambda_.Tracing.ACTIVE,
            on_failure=destinations.SqsDestination(on_failure) if on_failure else None,
            max_event_age=max_event_age,
            retry_attempts=2 if on_failure else None,
        )
        self._accept_findings()

    def _accept_findings(self) -> None:
        acknowledge(
            self.execution_role.node.find_child("DefaultPolicy"),
            "IAM5[Resource::*]",
            reason="X-Ray's PutTraceSegments and PutTelemetryRecords know no resource.",
        )
        acknowledge(
            self,
            "L1",
            reason="Lambda supports Python 3.13, and the bundle's wheels are built for it; the two move together.",
        )


def grant_objects(
    bucket: s3.Bucket, function: HandlerFunction, actions: Sequence[str], prefixes: Sequence[str]
) -> None:
    """Let a function do `actions` (`GetObject`, ...) to the objects under `prefixes`, and to nothing else.

    Narrower than `bucket.grant_read_write`, which allows `s3:GetObject*`, `s3:List*` and more.
    """
    iam.Grant.add_to_principal(
        grantee=function,
        actions=[f"s3:{action}" for action in actions],
        resource_arns=[bucket.arn_for_objects(f"{prefix}/*") for prefix in prefixes],
    )
    acknowledge(
        function.execution_role.node.find_child("DefaultPolicy"),
        *(f"IAM5[Resource::{_spelled_arn(bucket, function)}/{prefix}/*]" for prefix in prefixes),
        reason="Objects are named by time, line or content; the prefix is as narrow as a policy can say.",
    )


def _spelled_arn(bucket: s3.Bucket, function: HandlerFunction) -> str:
    """How cdk-nag spells the bucket's ARN in the function's stack."""
    if bucket.stack is not function.stack:
        return imported_arn(bucket)
    return f"<{logical_id(bucket)}.Arn>"


def imported_arn(bucket: s3.Bucket) -> str:
    """How cdk-nag spells the bucket's ARN in a stack that imports it."""
    imported = bucket.stack.resolve(bucket.stack.export_value(bucket.bucket_arn))
    return str(imported["Fn::ImportValue"])


def grant_listing(bucket: s3.Bucket, function: HandlerFunction) -> None:
    """Let a function list keys. Not narrowed by prefix: S3 would then answer 403, not 404, for a missing object."""
    iam.Grant.add_to_principal(grantee=function, actions=["s3:ListBucket"], resource_arns=[bucket.bucket_arn])


def _observability(verb_noun: str) -> dict[str, str]:
    return {
        "POWERTOOLS_SERVICE_NAME": verb_noun,
        "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE,
        "POWERTOOLS_LOG_LEVEL": "INFO",
    }
