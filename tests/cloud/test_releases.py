"""Which model an alias means, on moto's DynamoDB."""

import boto3
import pytest
from moto import mock_aws

from cloud.releases import KEPT_SECONDS, DynamoDbAliases, key_of
from lineside.errors import Unavailable

ARN = "arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdef123456"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def table():
    with mock_aws():
        dynamodb = boto3.resource("dynamodb", region_name="eu-central-1")
        keys = [("PK", "HASH"), ("SK", "RANGE")]
        yield dynamodb.create_table(
            TableName="line",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        )


def test_an_alias_is_the_model_that_was_released_and_none_before(table):
    clock = Clock()
    aliases = DynamoDbAliases(table, clock)
    before = aliases.model_id("live")

    table.put_item(Item={**key_of("live"), "model_id": ARN})
    clock.now += KEPT_SECONDS + 1

    assert before is None
    assert aliases.model_id("live") == ARN
    assert aliases.model_id("canary") is None


def test_a_rollback_is_seen_within_half_a_minute_and_not_asked_for_at_every_answer(table):
    clock = Clock()
    aliases = DynamoDbAliases(table, clock)
    table.put_item(Item={**key_of("live"), "model_id": "new"})
    first = aliases.model_id("live")

    table.put_item(Item={**key_of("live"), "model_id": "old"})
    at_once = aliases.model_id("live")
    clock.now += KEPT_SECONDS + 1

    assert (first, at_once, aliases.model_id("live")) == ("new", "new", "old")


def test_a_table_that_does_not_answer_is_no_missing_release(table):
    aliases = DynamoDbAliases(table, Clock())
    table.delete()

    with pytest.raises(Unavailable, match="which model is live"):
        aliases.model_id("live")
