"""`ingest_telemetry`: good messages are stored beside a bad one; only what is durable is acknowledged."""

import json
from io import BytesIO

import boto3
import pyarrow.parquet as pq
import pytest

from tests.lambdas.aws import BUCKET, Cloud
from tests.lambdas.telemetry import START, event, sent, warm


def rows(aws: Cloud) -> int:
    """Readings in the raw files, duplicates included."""
    s3 = boto3.client("s3")
    bodies = [s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in aws.keys("raw/")]
    return sum(pq.read_table(BytesIO(body)).num_rows for body in bodies)


def test_a_batch_becomes_one_object_for_its_line_and_hour(aws):
    answer = aws.invoke("ingest_telemetry", event(warm("Cookie Former", second) for second in range(10)))

    assert answer == {"batchItemFailures": []}
    (key,) = aws.keys("raw/")
    assert key.startswith("raw/site=bakery-north/line=line-1/date=2025-03-03/hour=06/")
    assert rows(aws) == 10


@pytest.mark.parametrize(
    "bad",
    [b"\xff\xfe\x00", b"{", b'{"device": "Cookie Former", "ts": "yesterday"}', b"[" * 5_000, b"", b"x" * 140_000],
    ids=["not utf-8", "not json", "no time", "nested", "empty", "oversized"],
)
def test_nine_good_messages_are_stored_beside_one_that_nobody_can_read(aws, bad):
    records = [warm("Cookie Former", second) for second in range(9)]
    records.insert(4, sent("Cookie Former", bad, START, "bad"))

    answer = aws.invoke("ingest_telemetry", event(records))

    assert answer == {"batchItemFailures": []}
    assert rows(aws) == 9
    (key,) = aws.keys("quarantine/")
    kept = json.loads(boto3.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())
    assert kept["reason"]
    assert kept["message_id"] == "bad"


def test_a_machine_cannot_speak_for_another(aws):
    forged = warm("Cookie Former", 0)
    other = sent("Freezer Tunnel", json.loads(forged["body"])["payload"].encode(), START, "other")

    aws.invoke("ingest_telemetry", event([other]))

    assert aws.keys("raw/") == []
    assert len(aws.keys("quarantine/")) == 1


def test_with_the_lake_gone_every_message_comes_again(aws):
    module = aws.load("ingest_telemetry")
    boto3.client("s3").delete_bucket(Bucket=BUCKET)
    records = [warm("Cookie Former", second) for second in range(3)]

    answer = module.handler(event(records), aws.context())

    failed = [item["itemIdentifier"] for item in answer["batchItemFailures"]]
    assert failed == [record["messageId"] for record in records]


def test_with_the_table_gone_every_message_comes_again(aws):
    boto3.client("dynamodb").delete_table(TableName="the-line-table")

    answer = aws.invoke("ingest_telemetry", event([warm("Cookie Former", 0)]))

    assert answer == {"batchItemFailures": [{"itemIdentifier": "Cookie Former-0"}]}


def test_a_redelivery_changes_nothing_that_a_reader_sees(aws):
    records = [warm("Cookie Former", second) for second in range(10)]

    aws.invoke("ingest_telemetry", event(records))
    twin_before = boto3.client("dynamodb").scan(TableName="the-line-table")["Items"]
    aws.invoke("ingest_telemetry", event(records))
    aws.invoke("ingest_telemetry", event(records[3:7]))
    compacted = aws.invoke("compact_lake", {})

    assert boto3.client("dynamodb").scan(TableName="the-line-table")["Items"] == twin_before
    assert compacted["rows"] == 10
    assert compacted["duplicates"] == 4


def test_what_happened_is_counted_where_cloudwatch_looks(aws, capsys):
    aws.invoke("ingest_telemetry", event([warm("Cookie Former", 0), sent("Cookie Former", b"{", START, "bad")]))

    (metrics,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert metrics["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Lineside"
    assert metrics["MessagesReceived"] == [2.0]
    assert metrics["ReadingsStored"] == [1.0]
    assert metrics["ReadingsQuarantined"] == [1.0]


def test_the_log_has_facts_and_never_the_event(aws, caplog):
    aws.invoke("ingest_telemetry", event([warm("Cookie Former", 0), sent("Cookie Former", b"secret {", START, "bad")]))

    (logged,) = caplog.records
    assert logged.message == "batch stored"
    assert (logged.messages, logged.stored) == (2, 1)
    assert sum(logged.quarantined.values()) == 1
    assert "secret" not in str(vars(logged))
