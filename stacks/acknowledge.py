"""Findings of cdk-nag that we accept: each on its own resource, with the reason."""

from __future__ import annotations

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, *findings: str, reason: str) -> None:
    """Accept findings such as `IAM5[Resource::*]` of the AwsSolutions pack on one construct."""
    ids = [f"AwsSolutions::AwsSolutions-{finding}" for finding in findings]
    Validations.of(construct).acknowledge(*(Acknowledgment(id=finding, reason=reason) for finding in ids))
