"""Buckets as every one of ours is: private, encrypted, TLS alone, no ACLs."""

from __future__ import annotations

from typing import Any, Final, cast

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3
from constructs import Construct

LOGS_KEPT: Final = Duration.days(90)


class PrivateBucket(s3.Bucket):
    """S3-managed keys: a key of our own would bill every request for each of many small objects."""

    def __init__(self, scope: Construct, construct_id: str, **more: Any) -> None:
        """`more`: whatever else an `s3.Bucket` takes; it may also loosen what is set here, in sight of its reader."""
        ours: dict[str, Any] = {
            "encryption": s3.BucketEncryption.S3_MANAGED,
            "enforce_ssl": True,
            "block_public_access": s3.BlockPublicAccess.BLOCK_ALL,
            "object_ownership": s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        }
        super().__init__(scope, construct_id, **(ours | more))


def access_log(scope: Construct) -> PrivateBucket:
    """Where the buckets of a stack write down who asked for what."""
    return PrivateBucket(scope, "AccessLog", lifecycle_rules=[s3.LifecycleRule(expiration=LOGS_KEPT)])


def tell_event_bridge(bucket: s3.Bucket) -> None:
    """Let EventBridge know of what comes and goes in it."""
    resource = cast("s3.CfnBucket", bucket.node.default_child)
    # As a property: the CDK's own switch would deploy another function to set it.
    resource.add_property_override("NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", True)
