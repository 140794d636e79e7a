"""Athena's view of the lake: a Glue table whose partitions are computed, so that nobody ever has to add one."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_glue as glue
from aws_cdk import aws_s3 as s3
from constructs import Construct

READINGS_PREFIX = "readings"

# The columns of `lineside.lake`'s schema in Hive's words; tests/test_seams.py holds the two together.
COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("device", "string", "as telemetry names it"),
    ("attribute", "string", ""),
    ("dataset", "string", "tells several sources of one attribute apart"),
    ("observed_at", "timestamp", "UTC"),
    ("value_number", "double", "null for text; true is 1 and false is 0"),
    ("value_text", "string", ""),
    ("value_kind", "string", "number, boolean or text"),
    ("unit", "string", "UN/CEFACT Recommendation 20"),
    ("source_value", "string", "what was sent, where it differs"),
    ("source_unit", "string", ""),
    ("quality", "string", "good, uncertain or bad"),
    ("reason", "string", "why quality is not good"),
    ("flags", "string", "late, out_of_order, future, clock_step"),
    ("received_at", "timestamp", "UTC"),
)


class ReadingsTable(Construct):
    """`SELECT ... FROM readings WHERE line = 'line-1' AND date = '2025-03-03' AND hour = 6` reads one hour's file."""

    def __init__(
        self, scope: Construct, construct_id: str, *, bucket: s3.IBucket, site: str, lines: Sequence[str]
    ) -> None:
        super().__init__(scope, construct_id)
        self.database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=Aws.ACCOUNT_ID,
            database_input=glue.CfnDatabase.DatabaseInputProperty(description="Lineside: readings of the plant"),
        )
        location = f"s3://{bucket.bucket_name}/{READINGS_PREFIX}"
        self.table = glue.CfnTable(
            self,
            "Readings",
            catalog_id=Aws.ACCOUNT_ID,
            database_name=self.database.ref,
            table_input=glue.CfnTable.TableInputProperty(
                name="readings",
                description="One row per reading; closed hours only",
                table_type="EXTERNAL_TABLE",
                partition_keys=[_column("site", "string"), _column("line", "string"), *_time_keys()],
                parameters=_projection(location, site, lines),
                storage_descriptor=_parquet(location),
            ),
        )


def _time_keys() -> list[glue.CfnTable.ColumnProperty]:
    return [_column("date", "string", "UTC day of observation"), _column("hour", "int", "UTC hour of observation")]


def _column(name: str, kind: str, comment: str | None = None) -> glue.CfnTable.ColumnProperty:
    return glue.CfnTable.ColumnProperty(name=name, type=kind, comment=comment)


def _projection(location: str, site: str, lines: Sequence[str]) -> dict[str, str]:
    return {
        "classification": "parquet",
        "projection.enabled": "true",
        "projection.site.type": "enum",
        "projection.site.values": site,
        "projection.line.type": "enum",
        "projection.line.values": ",".join(lines),
        "projection.date.type": "date",
        "projection.date.format": "yyyy-MM-dd",
        "projection.date.range": "2020-01-01,NOW+1DAYS",
        "projection.hour.type": "integer",
        "projection.hour.range": "0,23",
        "projection.hour.digits": "2",
        "storage.location.template": f"{location}/site=${{site}}/line=${{line}}/date=${{date}}/hour=${{hour}}",
    }


def _parquet(location: str) -> glue.CfnTable.StorageDescriptorProperty:
    return glue.CfnTable.StorageDescriptorProperty(
        location=f"{location}/",
        columns=[_column(name, kind, comment or None) for name, kind, comment in COLUMNS],
        input_format="org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        output_format="org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        serde_info=glue.CfnTable.SerdeInfoProperty(
            serialization_library="org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
        ),
    )
