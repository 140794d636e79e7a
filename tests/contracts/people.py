"""Both stores of what people said and did, and answers to keep in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from cloud.dynamodb_people import DynamoDbAlarmLog, DynamoDbConversations, DynamoDbFeedback
from cloud.dynamodb_verdicts import DynamoDbVerdicts
from edge.sqlite_people import People, SqliteAlarmLog, SqliteConversations, SqliteFeedback, SqliteVerdicts
from lineside.api.chat_models import AnswerView
from lineside.api.ports import AlarmLog, Conversations, Feedback
from lineside.telemetry.timestamps import parse, render
from lineside.training_data.verdict import VerdictStore

NOW_US = parse("2025-03-03T06:00:00Z")
DAY_US = 86_400_000_000
BOTH = ["sqlite", "dynamodb"]


@dataclass
class Stores:
    conversations: Conversations
    feedback: Feedback
    alarm_log: AlarmLog
    verdicts: VerdictStore
    clock: list[int] = field(default_factory=lambda: [NOW_US])


@contextmanager
def stores_of(kind: str, folder: Path) -> Iterator[Stores]:
    clock = [NOW_US]
    if kind == "dynamodb":
        with mock_aws():
            table = a_table()
            yield Stores(
                DynamoDbConversations(table, "north", lambda: clock[0]),
                DynamoDbFeedback(table, "north"),
                DynamoDbAlarmLog(table, "north"),
                DynamoDbVerdicts(table, "north"),
                clock,
            )
        return
    people = People(folder / "people.db")
    yield Stores(
        SqliteConversations(people, lambda: clock[0]),
        SqliteFeedback(people),
        SqliteAlarmLog(people),
        SqliteVerdicts(people),
        clock,
    )
    people.close()


def a_table(name: str = "line") -> Any:
    return boto3.resource(
        "dynamodb", region_name="eu-central-1", aws_access_key_id="testing", aws_secret_access_key="testing"
    ).create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "PK", "AttributeType": "S"},
            {"AttributeName": "SK", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def an_answer(number: int = 1, *, conversation: str = "c-1", seconds: float = 0, **changes: object) -> AnswerView:
    """Answer `a-<number>`, asked `seconds` after `NOW_US` and answered two seconds later."""
    asked_us = NOW_US + int(seconds * 1e6)
    said: dict[str, object] = {
        "answer_id": f"a-{number}",
        "conversation_id": conversation,
        "question": f"Question {number}?",
        "text": f"Answer {number} with “quotes” and 27.8 °C.",
        "asked_at": render(asked_us),
        "answered_at": render(asked_us + 2_000_000),
        "model": "offline",
        "router": "offline",
        "replaced": "",
        "known": True,
        "stopped": False,
        "citations": (),
        "facts": ({"text": "It is 27.8 °C", "tool": "telemetry", "value": 27.8, "unit": "CEL", "observed_at": None},),
        "tools": (),
    }
    return AnswerView.model_validate(said | changes)
