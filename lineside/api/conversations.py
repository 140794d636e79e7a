"""What a conversation is, made from its answers; both stores of them use the same rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lineside.api.chat_models import AnswerView, ConversationSummary, ConversationView
from lineside.telemetry.timestamps import DAY_US, parse, render

RETENTION_US: Final = 90 * DAY_US
"""An answer is forgotten after so long, and a conversation with its last one."""
LONGEST_TITLE: Final = 80


def as_of_answer(answer: AnswerView) -> tuple[int, int]:
    """When it was asked and answered, in microseconds."""
    return parse(answer.asked_at), parse(answer.answered_at)


def title_of(question: str) -> str:
    """The first question, on one line and not too long."""
    words = " ".join(question.split())
    return words if len(words) <= LONGEST_TITLE else words[: LONGEST_TITLE - 1].rstrip() + "…"


def summary_of(
    conversation_id: str, first_question: str, began_us: int, last_us: int, answers: int
) -> ConversationSummary:
    return ConversationSummary(
        conversation_id=conversation_id,
        title=title_of(first_question),
        began_at=render(began_us),
        last_at=render(last_us),
        answers=answers,
    )


def conversation_view(conversation_id: str, answers: Sequence[AnswerView]) -> ConversationView:
    """`answers` oldest first; at least one."""
    return ConversationView(
        conversation_id=conversation_id,
        title=title_of(answers[0].question),
        began_at=render(min(as_of_answer(one)[0] for one in answers)),
        answers=tuple(answers),
    )
