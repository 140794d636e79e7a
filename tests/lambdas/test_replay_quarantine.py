"""`replay_quarantine`: what had to wait is read again, once it can be."""

import base64
import json

import boto3

from tests.lambdas.aws import BUCKET
from tests.lambdas.telemetry import START, event, sent, warm


def test_what_can_be_read_now_is_stored_and_waits_no_longer(aws, tmp_path):
    of_another = base64.b64decode(json.loads(warm("Cookie Former", 0)["body"])["payload"])
    aws.invoke("ingest_telemetry", event([sent("Freezer Tunnel", of_another, START, "other")]))
    waiting_before = aws.keys("quarantine/waiting/")
    # A person says in the site file that the freezer's controller speaks for the machines beside it.
    mended = aws.site_file.read_text().replace(
        "- id: Freezer Tunnel\n", "- id: Freezer Tunnel\n        gateway: true\n"
    )
    aws.site_file = tmp_path / "site.yaml"
    aws.site_file.write_text(mended.replace("sop_directory: sops", ""))

    told = aws.invoke("replay_quarantine", {})

    assert len(waiting_before) == 1
    assert told == {"requeued": 0, "resolved": 1, "waiting": 0, "readings": 1}
    assert aws.keys("quarantine/waiting/") == []
    assert len(aws.keys("raw/")) == 1


def test_what_still_cannot_be_read_goes_on_waiting(aws):
    aws.invoke("ingest_telemetry", event([sent("Cookie Former", b"{", START, "bad")]))

    told = aws.invoke("replay_quarantine", {})

    assert told == {"requeued": 0, "resolved": 0, "waiting": 1, "readings": 0}
    assert len(aws.keys("quarantine/waiting/")) == 1


def test_what_the_rule_could_not_deliver_goes_to_the_queue_after_all(aws):
    record = json.loads(warm("Cookie Former", 0)["body"])
    left = {"topic": record["topic"], "base64OriginalPayload": record["payload"], "ruleName": "r", "failures": []}
    key = f"undelivered/{record['received']}-0a1b.json"
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=json.dumps(left).encode())

    told = aws.invoke("replay_quarantine", {})

    (queued,) = boto3.client("sqs").receive_message(QueueUrl=aws.queue_url)["Messages"]
    assert told["requeued"] == 1
    assert aws.keys("undelivered/") == []
    again = aws.invoke("ingest_telemetry", event([{"messageId": "m", "body": queued["Body"]}]))
    assert again == {"batchItemFailures": []}
    assert len(aws.keys("raw/")) == 1
