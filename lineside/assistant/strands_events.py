"""The events of a model's message, as Strands wants them from every `Model`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from lineside.assistant.toolbox import Call

StreamEvent = dict[str, Any]


def tool_use_events(call_id: str, call: Call) -> list[StreamEvent]:
    arguments = msgspec.json.encode(call.arguments).decode()
    return [
        {"contentBlockStart": {"start": {"toolUse": {"toolUseId": call_id, "name": call.tool}}}},
        {"contentBlockDelta": {"delta": {"toolUse": {"input": arguments}}}},
        {"contentBlockStop": {}},
    ]


def text_events(pieces: Iterable[str]) -> list[StreamEvent]:
    deltas = [{"contentBlockDelta": {"delta": {"text": piece}}} for piece in pieces]
    return [{"contentBlockStart": {"start": {}}}, *deltas, {"contentBlockStop": {}}]


def no_cost() -> StreamEvent:
    usage = {"inputTokens": 0, "outputTokens": 0, "totalTokens": 0}
    return {"metadata": {"usage": usage, "metrics": {"latencyMs": 0}}}
