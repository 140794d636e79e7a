"""Findings of cdk-nag that we accept: each on its own resource, with the reason."""

from __future__ import annotations

from typing import cast

from aws_cdk import Acknowledgment, CfnElement, Stack, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, *findings: str, reason: str) -> None:
    """Accept findings such as `IAM5[Resource::*]` of the AwsSolutions pack on one construct."""
    ids = [f"AwsSolutions::AwsSolutions-{finding}" for finding in findings]
    Validations.of(construct).acknowledge(*(Acknowledgment(id=finding, reason=reason) for finding in ids))


def logical_id(construct: IConstruct) -> str:
    """Of the CloudFormation resource that a construct is made of, as findings spell it."""
    return Stack.of(construct).get_logical_id(cast("CfnElement", construct.node.default_child))
