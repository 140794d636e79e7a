"""A router model that says what a test wrote: real Strands events, one message after the other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Any

from strands.models.model import Model

from lineside.assistant.agent import Router
from lineside.assistant.strands_events import no_cost, text_events


class ScriptedModel(Model):
    """Each message is text, or (tool, arguments as an object or as raw text). `seen` are the messages it was shown."""

    def __init__(self, *messages: str | list[tuple[str, Any]], seconds: float = 0.0) -> None:
        self._messages, self._seconds = list(messages), seconds
        self.seen: list[list[dict[str, Any]]] = []
        self.prompts: list[str] = []

    def update_config(self, **model_config: Any) -> None: ...

    def get_config(self) -> dict[str, Any]:
        return {"model_id": "scripted", "context_window_limit": 8_192}

    async def structured_output(self, *_: Any, **__: Any) -> AsyncGenerator[dict[str, Any], None]:
        raise NotImplementedError
        yield {}

    async def stream(  # type: ignore[override]
        self, messages: Sequence[dict[str, Any]], tool_specs: Any = None, system_prompt: str | None = None, **_: Any
    ) -> AsyncIterator[dict[str, Any]]:
        self.seen.append(json.loads(json.dumps(list(messages), default=str)))
        self.prompts.append(system_prompt or "")
        await asyncio.sleep(self._seconds)
        said = self._messages.pop(0) if self._messages else "DONE"
        yield {"messageStart": {"role": "assistant"}}
        for event in text_events([said]) if isinstance(said, str) else _calls(said, len(self.seen)):
            yield event
        yield {"messageStop": {"stopReason": "end_turn" if isinstance(said, str) else "tool_use"}}
        yield no_cost()


def router(*messages: str | list[tuple[str, Any]], seconds: float = 0.0) -> tuple[Router, ScriptedModel]:
    model = ScriptedModel(*messages, seconds=seconds)
    return Router("scripted", lambda: model), model


def _calls(calls: Sequence[tuple[str, Any]], message: int) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    for number, (name, arguments) in enumerate(calls):
        written = arguments if isinstance(arguments, str) else json.dumps(arguments)
        events += [
            {"contentBlockStart": {"start": {"toolUse": {"toolUseId": f"{message}-{number}", "name": name}}}},
            {"contentBlockDelta": {"delta": {"toolUse": {"input": written}}}},
            {"contentBlockStop": {}},
        ]
    return events
