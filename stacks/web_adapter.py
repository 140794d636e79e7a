"""The Lambda Web Adapter: a layer that hands a function's calls to a web server inside it, and streams its answers.

https://awslabs.github.io/aws-lambda-web-adapter
"""

from __future__ import annotations

from typing import Final

from aws_cdk import Aws
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

AWS_ACCOUNT_OF_THE_LAYER: Final = "753240598075"
PORT: Final = "8080"

ENVIRONMENT: Final = {
    # The layer's own start, which runs the function's handler as a program.
    "AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap",
    # Holds for every answer of the function, so every route of the API must be one that streams.
    "AWS_LWA_INVOKE_MODE": "response_stream",
    "AWS_LWA_PORT": PORT,
    # Not /health: that one says 503 while a neighbour is down, and the adapter would wait for ever.
    "AWS_LWA_READINESS_CHECK_PROTOCOL": "tcp",
    # A cold start may take longer than the ten seconds that Lambda gives the start alone.
    "AWS_LWA_ASYNC_INIT": "true",
}


def web_adapter(scope: Construct, version: str) -> lambda_.ILayerVersion:
    """The layer for arm64. `version` is a number of AWS's own layer, or the ARN of a copy, as China needs one."""
    arn = version if version.startswith("arn:") else _arn(version)
    return lambda_.LayerVersion.from_layer_version_arn(scope, "WebAdapter", arn)


def _arn(version: str) -> str:
    layer = f"{AWS_ACCOUNT_OF_THE_LAYER}:layer:LambdaAdapterLayerArm64:{version}"
    return f"arn:{Aws.PARTITION}:lambda:{Aws.REGION}:{layer}"
