"""Both adapters of every port: the plant's, and the cloud's on moto in this process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.fakes.dynamodb import one_request_at_a_time

REGION = "eu-central-1"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An AWS account of our own, empty."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield


@pytest.fixture
def bucket(aws: None) -> tuple[Any, str]:
    """An S3 client and the name of an empty bucket."""
    client = boto3.client("s3")
    client.create_bucket(Bucket="lake-of-a-test", CreateBucketConfiguration={"LocationConstraint": REGION})
    return client, "lake-of-a-test"


@pytest.fixture
def table(aws: None) -> Any:
    """The one table, empty."""
    return boto3.resource("dynamodb").create_table(
        TableName="line",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "PK", "AttributeType": "S"},
            {"AttributeName": "SK", "AttributeType": "S"},
        ],
    )


@pytest.fixture(autouse=True)
def _one_request_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    one_request_at_a_time(monkeypatch)
