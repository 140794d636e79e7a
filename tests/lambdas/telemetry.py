"""SQS events as the IoT rule and the event source mapping make them, of telemetry in the native format."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cloud.records import body
from lineside.line.ingest import Message
from lineside.site import slug

START = datetime(2025, 3, 3, 6, 0, tzinfo=UTC)


def spoken(device: str, at: datetime, measurements: Mapping[str, Any]) -> dict[str, Any]:
    return {"device": device, "ts": at.isoformat().replace("+00:00", "Z"), "measurements": dict(measurements)}


def sent(device: str, payload: bytes, at: datetime, message_id: str) -> dict[str, Any]:
    """One record of the queue: what `device` published on its own topic."""
    topic = f"dt/lineside/bakery-north/line-1/{slug(device)}"
    message = Message(message_id, topic, payload, round(at.timestamp() * 1e6))
    return {"messageId": message_id, "receiptHandle": "r", "body": body(message), "eventSource": "aws:sqs"}


def warm(device: str, second: int, celsius: float = 2.5) -> dict[str, Any]:
    at = START + timedelta(seconds=second)
    message = spoken(device, at, {"Temperature": {"value": celsius, "unit": "CEL"}})
    return sent(device, json.dumps(message).encode(), at, f"{device}-{second}")


def event(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"Records": list(records)}
