"""Base and candidate for tests: they answer by a rule, through the same port as a real model."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lineside.answering.models import ModelRow
from lineside.answering.writer import Prompt
from lineside.releases.evaluation.asking import Asking
from lineside.releases.evaluation.model import HeldOut
from tests.answering.writers import a_row


@dataclass
class Answering:
    """Knows the questions, and says of each what `rule` makes of it."""

    questions: list[HeldOut]
    rule: Callable[[HeldOut], str]
    row: ModelRow = field(default_factory=lambda: a_row("model", model="llama3.2:3b"))
    asked: list[Prompt] = field(default_factory=list)

    def write(self, prompt: Prompt, stop: threading.Event | None = None) -> Iterator[str]:
        self.asked.append(prompt)
        found = next(each for each in self.questions if f"\n{each.question}\n" in prompt.user)
        yield self.rule(found)


@dataclass
class KeptInMemory:
    content: dict[str, bytes] = field(default_factory=dict)

    def get(self, key: str) -> bytes | None:
        return self.content.get(key)

    def put(self, key: str, content: bytes) -> None:
        self.content[key] = content


def asking(kept: KeptInMemory | None = None, pauses: list[float] | None = None, **how: object) -> Asking:
    noted = [] if pauses is None else pauses
    return Asking(pause=noted.append, kept=kept, **how)  # type: ignore[arg-type]


def right(question: HeldOut) -> str:
    return question.reference


def half(question: HeldOut) -> str:
    """The first half of the words; made up where nothing is known."""
    words = question.reference.split()
    return "It is blue." if question.absent else " ".join(words[: (len(words) + 1) // 2])


def always(text: str) -> Callable[[HeldOut], str]:
    return lambda question: text
