"""What everything else stands on: the lake, the line table, and the topic of the operations people."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_athena as athena
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.buckets import PrivateBucket, access_log
from stacks.operations import Operations
from stacks.readings_table import ReadingsTable
from stacks.tables import RecordsTable

ATHENA_RESULTS_PREFIX = "athena-results"


class LakeStack(Stack):
    """`bucket` keeps what happened, `table` how the line stands now."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        site: str,
        lines: Sequence[str],
        operations_email: str = "",
        stack_name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id, stack_name=stack_name, description="Lineside: lake and line table")
        self.operations = Operations(self, "Operations", email=operations_email)
        self.bucket = _lake_bucket(self)
        # Twins, alarms and what the detectors remember, as an adjacency list: one partition per site and line.
        # Commands that ended a year and more ago are forgotten.
        self.table = RecordsTable(self, "LineTable", forgets=True)
        readings = ReadingsTable(self, "Catalog", bucket=self.bucket, site=site, lines=lines)
        workgroup = _workgroup(self, self.bucket)
        CfnOutput(self, "LakeBucket", value=self.bucket.bucket_name)
        CfnOutput(self, "ReadingsDatabase", value=readings.database.ref)
        CfnOutput(self, "AthenaWorkgroup", value=workgroup.ref)


def _lake_bucket(scope: Construct) -> s3.Bucket:
    return PrivateBucket(
        scope,
        "Lake",
        versioned=True,
        server_access_logs_bucket=access_log(scope),
        lifecycle_rules=[
            # Compaction deletes what it has rewritten; a week is long enough to notice that it should not have.
            s3.LifecycleRule(
                noncurrent_version_expiration=Duration.days(7),
                abort_incomplete_multipart_upload_after=Duration.days(7),
                expired_object_delete_marker=True,
            ),
            s3.LifecycleRule(prefix=f"{ATHENA_RESULTS_PREFIX}/", expiration=Duration.days(7)),
        ],
    )


def _workgroup(scope: Construct, bucket: s3.Bucket) -> athena.CfnWorkGroup:
    return athena.CfnWorkGroup(
        scope,
        "Workgroup",
        name="lineside",
        description="Questions about Lineside's readings",
        work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
            enforce_work_group_configuration=True,
            publish_cloud_watch_metrics_enabled=True,
            # A slip of the keyboard should not read the whole lake: 10 GB is five cents.
            bytes_scanned_cutoff_per_query=10_000_000_000,
            result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                output_location=f"s3://{bucket.bucket_name}/{ATHENA_RESULTS_PREFIX}/",
                encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                    encryption_option="SSE_S3"
                ),
            ),
        ),
    )
