"""Which Bedrock models a function may ask: foundation models by their ids; an imported one gets its id later."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from stacks.acknowledge import acknowledge
from stacks.functions import HandlerFunction

ACTIONS = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")


@dataclass(frozen=True)
class UsedModels:
    """`model_ids` of foundation models; `imported` where an alias of the models file points at imported ones."""

    model_ids: tuple[str, ...] = ()
    imported: bool = False


def grant_models(function: HandlerFunction, models: UsedModels) -> None:
    """Converse and InvokeModel, with and without streaming, on these models alone."""
    resources = [foundation_model_arn(model_id) for model_id in models.model_ids]
    if models.imported:
        resources.append(f"arn:{Aws.PARTITION}:bedrock:{Aws.REGION}:{Aws.ACCOUNT_ID}:imported-model/*")
        acknowledge(
            function.execution_role.node.find_child("DefaultPolicy"),
            "IAM5[Resource::arn:<AWS::Partition>:bedrock:<AWS::Region>:<AWS::AccountId>:imported-model/*]",
            reason="A released model gets its id when it is imported, long after this was deployed.",
        )
    if resources:
        iam.Grant.add_to_principal(grantee=function, actions=list(ACTIONS), resource_arns=resources)


def foundation_model_arn(model_id: str) -> str:
    return f"arn:{Aws.PARTITION}:bedrock:{Aws.REGION}::foundation-model/{model_id}"
