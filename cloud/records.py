"""What the queue hands to `ingest_telemetry`, and what the IoT rule leaves behind when there was no queue.

The rule's SQL (`stacks/telemetry_rule.py`) selects the payload in base64, the topic and the time of receiving, so that
bytes that are no JSON, and not even text, arrive as they were sent.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from lineside.line.ingest import Message

_NAME = re.compile(r"(?P<received_ms>\d{10,16})-[^/]+\.json$")


class _Envelope(msgspec.Struct, frozen=True):
    """A message body on the queue. `received` is in milliseconds since 1970; msgspec decodes the base64."""

    payload: bytes
    topic: str
    received: int


class _Undelivered(msgspec.Struct, frozen=True):
    """What an IoT rule's error action is given."""

    base64OriginalPayload: bytes  # noqa: N815 (AWS's spelling)
    topic: str


class _Record(msgspec.Struct, frozen=True):
    messageId: str  # noqa: N815 (AWS's spelling)
    body: str


class _Event(msgspec.Struct, frozen=True):
    Records: list[_Record]


_envelope = msgspec.json.Decoder(_Envelope)
_undelivered = msgspec.json.Decoder(_Undelivered)


def messages(event: dict[str, Any], now_us: int) -> list[Message]:
    """The messages of one SQS event. A body that the rule did not write is a message by itself, without a topic."""
    return [_message(record, now_us) for record in msgspec.convert(event, _Event).Records]


def body(message: Message) -> str:
    """A message as the rule would have put it on the queue."""
    envelope = _Envelope(message.payload, message.topic, message.received_us // 1000)
    return msgspec.json.encode(envelope).decode()


def undelivered(key: str, data: bytes) -> Message | None:
    """What the rule's error action stored under `key`; None where it is something else."""
    name = _NAME.search(key)
    if name is None:
        return None
    try:
        found = _undelivered.decode(data)
    except msgspec.MsgspecError:
        return None
    return Message(key, found.topic, found.base64OriginalPayload, int(name["received_ms"]) * 1000)


def _message(record: _Record, now_us: int) -> Message:
    try:
        envelope = _envelope.decode(record.body)
    except (msgspec.MsgspecError, UnicodeError):
        return Message(record.messageId, "", record.body.encode("utf-8", "surrogatepass"), now_us)
    return Message(record.messageId, envelope.topic, envelope.payload, envelope.received * 1000)
