"""Earlier turns as messages for a model: the last few, shortened, so that "since when?" has something to refer to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lineside.advice.text import bounded
from lineside.assistant.events import Turn

MOST_TURNS = 4
LONGEST_QUESTION = 500
LONGEST_ANSWER = 1_200

Message = dict[str, Any]


def remembered(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns that still count, each bounded."""
    return tuple(
        Turn(bounded(turn.question, LONGEST_QUESTION), bounded(turn.answer, LONGEST_ANSWER))
        for turn in history[-MOST_TURNS:]
        if turn.question.strip() and turn.answer.strip()
    )


def messages_of(history: Sequence[Turn]) -> list[Message]:
    """The turns as a model's API takes them: a person and the assistant in turn."""
    return [
        message
        for turn in remembered(history)
        for message in (_message("user", turn.question), _message("assistant", turn.answer))
    ]


def turns_of(messages: Sequence[Message]) -> tuple[Turn, ...]:
    """The turns before the last question, read back from a model's messages."""
    texts = [(message["role"], text_of(message)) for message in messages]
    spoken = [(role, text) for role, text in texts if text]
    questions = [at for at, (role, _) in enumerate(spoken) if role == "user"]
    turns = [
        Turn(spoken[at][1], spoken[at + 1][1])
        for at in questions[:-1]
        if at + 1 < len(spoken) and spoken[at + 1][0] == "assistant"
    ]
    return tuple(turns)


def text_of(message: Message) -> str:
    """What was said in a message, without tool calls and results."""
    return "\n".join(block["text"] for block in message.get("content", ()) if "text" in block).strip()


def _message(role: str, text: str) -> Message:
    return {"role": role, "content": [{"text": text}]}
