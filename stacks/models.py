"""Which Bedrock models a function may ask: foundation models by their ids; an imported one gets its id later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from stacks.acknowledge import acknowledge
from stacks.functions import HandlerFunction

GEOGRAPHIES: Final = frozenset({"us", "us-gov", "eu", "apac", "au", "ca", "jp", "global"})
"""What the id of a system-defined inference profile begins with."""
ACTIONS = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")


@dataclass(frozen=True)
class UsedModels:
    """`model_ids` of foundation models or of inference profiles (`us.anthropic...`); `imported` where an alias of the
    models file points at imported ones."""

    model_ids: tuple[str, ...] = ()
    imported: bool = False


def grant_models(function: HandlerFunction, models: UsedModels) -> None:
    """Converse and InvokeModel, with and without streaming, on these models alone."""
    resources = [arn for model_id in models.model_ids for arn in model_arns(model_id)]
    if models.imported:
        resources.append(f"arn:{Aws.PARTITION}:bedrock:{Aws.REGION}:{Aws.ACCOUNT_ID}:imported-model/*")
        acknowledge(
            function.execution_role.node.find_child("DefaultPolicy"),
            "IAM5[Resource::arn:<AWS::Partition>:bedrock:<AWS::Region>:<AWS::AccountId>:imported-model/*]",
            reason="A released model gets its id when it is imported, long after this was deployed.",
        )
    if resources:
        iam.Grant.add_to_principal(grantee=function, actions=list(ACTIONS), resource_arns=resources)
        _accept_profiles(function, models)


def model_arns(model_id: str) -> list[str]:
    """A foundation model; or an inference profile, and its model in every Region that the profile may route to."""
    geography, _, routed = model_id.partition(".")
    if geography not in GEOGRAPHIES:
        return [foundation_model_arn(model_id)]
    profile = f"arn:{Aws.PARTITION}:bedrock:{Aws.REGION}:{Aws.ACCOUNT_ID}:inference-profile/{model_id}"
    return [profile, f"arn:{Aws.PARTITION}:bedrock:*::foundation-model/{routed}"]


def _accept_profiles(function: HandlerFunction, models: UsedModels) -> None:
    routed = [model_id.partition(".")[2] for model_id in models.model_ids if model_id.partition(".")[0] in GEOGRAPHIES]
    if routed:
        acknowledge(
            function.execution_role.node.find_child("DefaultPolicy"),
            *(f"IAM5[Resource::arn:<AWS::Partition>:bedrock:*::foundation-model/{model_id}]" for model_id in routed),
            reason="An inference profile routes to one of several Regions, and which ones is AWS's to change.",
        )


def foundation_model_arn(model_id: str) -> str:
    return f"arn:{Aws.PARTITION}:bedrock:{Aws.REGION}::foundation-model/{model_id}"
