"""What cameras leave in the bucket of images, and what EventBridge says of it, as the queue hands it over."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from moto.core.config import default_user_config

from cloud.images import Upload
from tests.fakes.bedrock import FakeBedrock
from tests.lambdas.aws import IMAGE_BUCKET

EYE = """
models:
  - {name: eye, provider: bedrock, model: "amazon.nova-lite-v1:0", roles: [vision], max_tokens: 400}
  - {name: offline, provider: offline, roles: [router, answerer]}
"""
"""One model that sees."""


def key_of(number: int = 0, taken_us: int = 1_700_000_000_000_000, thing: str = "cookie-inspector") -> str:
    return Upload("bakery-north", "line-1", thing, taken_us, f"upload-{number:04}").key


def put(content: bytes, key: str) -> str:
    boto3.client("s3").put_object(Bucket=IMAGE_BUCKET, Key=key, Body=content)
    return key


def told(*keys: str) -> dict[str, Any]:
    """One batch of the queue; a message's id is the key that it tells of."""
    return {"Records": [{"messageId": key, "body": json.dumps(created(key)), "eventSource": "aws:sqs"} for key in keys]}


def created(key: str) -> dict[str, Any]:
    """`Object Created`, as AWS documents it."""
    return {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "123456789012",
        "time": "2026-11-12T00:00:00Z",
        "region": "eu-central-1",
        "resources": [f"arn:aws:s3:::{IMAGE_BUCKET}"],
        "detail": {
            "version": "0",
            "bucket": {"name": IMAGE_BUCKET},
            "object": {
                "key": key,
                "size": 5,
                "etag": "b1946ac92492d2347c6235b4d2611184",
                "sequencer": "617f08299329d18",
            },
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": "123456789012",
            "source-ip-address": "1.2.3.4",
            "reason": "POST Object",
        },
    }


def answers_at_the_wire(bedrock: FakeBedrock, monkeypatch: pytest.MonkeyPatch) -> None:
    """moto lets requests to Bedrock's runtime pass, and the fake answers them; for clients that are made after this."""
    monkeypatch.setitem(
        default_user_config["core"], "passthrough", {"urls": [r"https://bedrock-runtime\."], "services": []}
    )
    assert boto3.DEFAULT_SESSION is not None
    boto3.DEFAULT_SESSION.events.register("before-send.bedrock-runtime", bedrock._respond)
