"""The offline model: a Strands `Model` that routes by rules and answers by quoting. No server, no weights.

It sees what any model sees, the messages and the tools, and emits what any model emits: tool calls, then words. What
it can ask about and how it answers is in `understand.py`, `route.py` and `answer.py`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel
from strands.models.model import Model

from lineside.assistant.answer import Composed, compose
from lineside.assistant.conversation import Message, text_of, turns_of
from lineside.assistant.phrases import Say
from lineside.assistant.route import first_calls, next_calls
from lineside.assistant.shown import Shown, decode
from lineside.assistant.strands_events import no_cost, text_events, tool_use_events
from lineside.assistant.toolbox import Call
from lineside.assistant.understand import Known, Understood, understand
from lineside.errors import Refused

NAME = "offline"
PIECE = 24
"""Characters in one streamed piece: an answer that appears at once reads worse than one that is written."""

T = TypeVar("T", bound=BaseModel)


class OfflineModel(Model):
    """One turn's model. `said` is what it answered last, with what a text alone cannot say."""

    def __init__(self, known: Known, say: Say) -> None:
        self._known, self._say = known, say
        self.said: Composed | None = None

    def update_config(self, **model_config: Any) -> None:
        """There is nothing to configure: the rules are code."""

    def get_config(self) -> dict[str, Any]:
        return {"model_id": NAME, "context_window_limit": 200_000}

    async def structured_output(
        self, output_model: type[T], *_asked: Any, **_kwargs: Any
    ) -> AsyncGenerator[dict[str, T | Any], None]:
        raise Refused(f"the offline model quotes; it fills in no {output_model.__name__}")
        yield {}

    async def stream(  # type: ignore[override]
        self, messages: Sequence[Message], *_ignored: Any, **_kwargs: Any
    ) -> AsyncIterable[dict[str, Any]]:
        asked = self.understood(messages)
        results, done = results_of(messages), calls_of(messages)
        calls = next_calls(asked, results, done) if done else first_calls(asked)
        yield {"messageStart": {"role": "assistant"}}
        if calls:
            for number, call in enumerate(calls, len(done) + 1):
                for event in tool_use_events(f"call-{number}", call):
                    yield event
            yield {"messageStop": {"stopReason": "tool_use"}}
        else:
            self.said = compose(asked, results, self._say)
            text = self.said.text
            for event in text_events([text[at : at + PIECE] for at in range(0, len(text), PIECE)]):
                yield event
            yield {"messageStop": {"stopReason": "end_turn"}}
        yield no_cost()

    def understood(self, messages: Sequence[Message]) -> Understood:
        """What the newest question asks, in the light of the conversation."""
        question = next((text_of(m) for m in reversed(messages) if m["role"] == "user" and text_of(m)), "")
        return understand(question, self._known, turns_of(messages))


def calls_of(messages: Sequence[Message]) -> list[Call]:
    """The tools called since the newest question."""
    return [
        Call(block["toolUse"]["name"], dict(block["toolUse"]["input"]))
        for message in _since_the_question(messages)
        for block in message.get("content", ())
        if "toolUse" in block
    ]


def results_of(messages: Sequence[Message]) -> list[Shown]:
    """What the tools returned since the newest question. A result that is none of ours is no result."""
    texts = [
        part["text"]
        for message in _since_the_question(messages)
        for block in message.get("content", ())
        if "toolResult" in block
        for part in block["toolResult"].get("content", ())
        if "text" in part
    ]
    return [result for result in map(decode, texts) if result is not None]


def _since_the_question(messages: Sequence[Message]) -> Sequence[Message]:
    newest = max(
        (at for at, message in enumerate(messages) if message["role"] == "user" and text_of(message)), default=0
    )
    return messages[newest + 1 :]
