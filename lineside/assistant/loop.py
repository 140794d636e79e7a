"""The Strands agent of one turn: a router model, the tools, and a loop that always ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel
from strands import Agent
from strands.agent.conversation_manager import NullConversationManager
from strands.models.model import Model
from strands.tools.executors import SequentialToolExecutor
from strands.types._events import ToolResultEvent, ToolStreamEvent
from strands.types.tools import AgentTool

from lineside.assistant.conversation import Message, messages_of, text_of
from lineside.assistant.defence import printed_calls, repaired
from lineside.assistant.events import Turn as Earlier
from lineside.assistant.strands_events import no_cost, text_events, tool_use_events
from lineside.assistant.toolbox import TOOLS, Call, Tool
from lineside.assistant.turn import Turn

T = TypeVar("T", bound=BaseModel)

LOOK_SECONDS = 0.1
"""How soon a stop is seen while a model is silent."""


async def routed(
    turn: Turn, model: Model, prompt: str, question: str, history: Sequence[Earlier], stop: threading.Event
) -> AsyncIterator[str]:
    """Let a model choose tools for a question; yields its words as they come. Raises what the model raises."""
    agent = Agent(
        model=model,
        messages=messages_of(history),  # type: ignore[arg-type]
        tools=[_StrandsTool(turn, tool) for tool in TOOLS.values()],
        system_prompt=prompt,
        callback_handler=None,
        conversation_manager=NullConversationManager(),
        tool_executor=SequentialToolExecutor(),
        retry_strategy=None,
    )
    events = agent.stream_async(question, limits={"turns": turn.limits.most_calls + 2}, cancel_signal=stop)
    async for text in _until(events, stop, turn.monotonic() + turn.limits.router_seconds, turn.monotonic):
        yield text
    if turn.failure is not None:
        raise turn.failure


async def _until(
    events: AsyncIterator[dict[str, Any]], stop: threading.Event, deadline: float, monotonic: Callable[[], float]
) -> AsyncIterator[str]:
    """The words of a stream, until it ends, somebody stops it or its time is up: also while it says nothing.

    One task hears it from beginning to end, for Strands keeps its context in it.
    """
    heard: asyncio.Queue[str | BaseException | None] = asyncio.Queue()

    async def hear() -> None:
        try:
            async for event in events:
                data = event.get("data")
                heard.put_nowait(data if isinstance(data, str) else "")
            heard.put_nowait(None)
        except Exception as error:
            heard.put_nowait(error)

    hearing = asyncio.create_task(hear())
    try:
        while not stop.is_set() and monotonic() < deadline:
            try:
                piece = await asyncio.wait_for(heard.get(), LOOK_SECONDS)
            except TimeoutError:
                continue
            if isinstance(piece, BaseException):
                raise piece
            if piece is None:
                return
            yield piece
    finally:
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)


class _StrandsTool(AgentTool):
    """One of our tools as Strands calls it."""

    def __init__(self, turn: Turn, tool: Tool) -> None:
        super().__init__()
        self._turn, self._tool = turn, tool

    @property
    def tool_name(self) -> str:
        return self._tool.name

    @property
    def tool_spec(self) -> Any:
        return {
            "name": self._tool.name,
            "description": self._tool.description,
            "inputSchema": {"json": self._tool.schema()},
        }

    @property
    def tool_type(self) -> str:
        return "lineside"

    async def stream(self, tool_use: Any, *_state: Any, **_kwargs: Any) -> AsyncGenerator[Any, None]:
        given = tool_use["input"]
        call = Call(self._tool.name, dict(given) if isinstance(given, dict) else {"input": str(given)})
        self._turn.started(call, tool_use["toolUseId"])
        yield ToolStreamEvent(tool_use, {"started": self._tool.name})
        try:
            result = await asyncio.to_thread(self._turn.make, call, tool_use["toolUseId"])
        except Exception as error:
            # Strands would turn it into a sentence for the model; an error of ours must end the turn instead.
            self._turn.failure = error
            raise
        yield ToolResultEvent(
            {
                "toolUseId": tool_use["toolUseId"],
                "status": "success" if result.ok else "error",
                "content": [{"text": result.text}],
            }
        )


class GuardedModel(Model):
    """A model whose printed tool calls are calls, and whose broken JSON is mended or refused.

    Its message is heard to the end before anything is passed on: what it prints is for the loop, not for people.
    """

    def __init__(self, inner: Model) -> None:
        self._inner = inner

    def update_config(self, **model_config: Any) -> None:
        self._inner.update_config(**model_config)

    def get_config(self) -> Any:
        return self._inner.get_config()

    def structured_output(
        self, output_model: type[T], prompt: Any, system_prompt: str | None = None, **kwargs: Any
    ) -> AsyncGenerator[dict[str, T | Any], None]:
        return self._inner.structured_output(output_model, prompt, system_prompt, **kwargs)

    async def stream(  # type: ignore[override]
        self, messages: Sequence[Message], tool_specs: Any = None, system_prompt: str | None = None, **kwargs: Any
    ) -> AsyncIterator[dict[str, Any]]:
        heard = _Heard()
        async for event in self._inner.stream(messages, tool_specs, system_prompt, **kwargs):  # type: ignore[arg-type]
            heard.take(event)  # type: ignore[arg-type]
        calls = heard.calls or [
            (f"printed-{len(messages)}-{number}", call)
            for number, call in enumerate(printed_calls(heard.text, _shown_to_it(messages, system_prompt)), 1)
        ]
        yield {"messageStart": {"role": "assistant"}}
        for block in _said(calls, heard.text):
            yield block
        yield {"messageStop": {"stopReason": "tool_use" if calls else "end_turn"}}
        yield heard.metadata


class _Heard:
    """A message as it comes in."""

    def __init__(self) -> None:
        self.text = ""
        self.metadata: dict[str, Any] = no_cost()
        self._calls: list[dict[str, str]] = []

    def take(self, event: dict[str, Any]) -> None:
        if "contentBlockStart" in event:
            use = event["contentBlockStart"].get("start", {}).get("toolUse")
            if use:
                self._calls.append({"id": use["toolUseId"], "name": use["name"], "input": ""})
        elif "contentBlockDelta" in event:
            delta = event["contentBlockDelta"]["delta"]
            self.text += delta.get("text") or ""
            if "toolUse" in delta and self._calls:
                self._calls[-1]["input"] += delta["toolUse"].get("input") or ""
        elif "metadata" in event:
            self.metadata = event

    @property
    def calls(self) -> list[tuple[str, Call]]:
        return [(each["id"], _call(each["name"], each["input"])) for each in self._calls]


def _call(name: str, text: str) -> Call:
    """A call with its arguments read, mended where that is possible; else a call that will be refused by its words."""
    arguments = repaired(text)
    return Call(name, arguments if arguments is not None else {"unreadable": text[:200]})


def _shown_to_it(messages: Sequence[Message], system_prompt: str | None) -> list[str]:
    """Everything that the model was shown and did not write itself."""
    results = [
        part["text"]
        for message in messages
        for block in message.get("content", ())
        if "toolResult" in block
        for part in block["toolResult"].get("content", ())
        if "text" in part
    ]
    return [*results, *(text_of(message) for message in messages if message["role"] == "user"), system_prompt or ""]


def _said(calls: Sequence[tuple[str, Call]], text: str) -> list[dict[str, Any]]:
    if not calls:
        return text_events([text or "DONE"])
    return [block for call_id, call in calls for block in tool_use_events(call_id, call)]
