"""Tables as all of ours are: keys PK and SK, billed by request, restorable to any moment, and not lost by a slip."""

from __future__ import annotations

from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

FORGET_AT: Final = "expires_at"
"""The attribute by which DynamoDB forgets; seconds since 1970."""


class RecordsTable(dynamodb.TableV2):
    """`forgets`: what has an `expires_at` is deleted within days after it."""

    def __init__(self, scope: Construct, construct_id: str, *, forgets: bool = False) -> None:
        super().__init__(
            scope,
            construct_id,
            partition_key=dynamodb.Attribute(name="PK", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="SK", type=dynamodb.AttributeType.STRING),
            billing=dynamodb.Billing.on_demand(),
            time_to_live_attribute=FORGET_AT if forgets else None,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
