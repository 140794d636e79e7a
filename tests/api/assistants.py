"""Assistants for tests: they say what a test wants, and see whether they were told to stop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from lineside.answering.evidence import Citation, Fact
from lineside.api.chat import AssistantChat
from lineside.api.services import Services
from lineside.assistant.events import Event, Question, Reply, Token, ToolEnded, ToolStarted
from lineside.manuals.passage import Passage
from lineside.releases.ports import OutcomeStore

PASSAGE = Passage(
    "p-1", "sop-ft-02", "SOP-FT-02", "Freezer Tunnel", "Press STOP. Lock it out.", "3", page="4", step="2"
)
SAID: tuple[Event, ...] = (
    ToolStarted("t-1", "telemetry", "Looks at the Freezer Tunnel"),
    ToolEnded("t-1", "telemetry", "Looks at the Freezer Tunnel", True, "-17.5 °C", 0.2),
    Token("It is "),
    Token("too warm."),
)
REPLY = Reply(
    text="It is too warm: -17.5 °C [1].",
    model="offline",
    router="offline",
    citations=(Citation(1, PASSAGE, "Press STOP."),),
    facts=(Fact("The Freezer Tunnel is at -17.5 °C", "telemetry", -17.5, "CEL", 1_741_000_000_000_000),),
    tools=(ToolEnded("t-1", "telemetry", "Looks at the Freezer Tunnel", True, "-17.5 °C", 0.2),),
)


@dataclass
class Says:
    """Says these events, one every `seconds`; an error is raised. Told to stop, it ends with a stopped reply."""

    events: Sequence[Event | Exception] = (*SAID, REPLY)
    seconds: float = 0.0
    obeys: bool = True
    asked: list[Question] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)

    def suggestions(self, line: str, alarm_id: str, language: str, now_us: int) -> list[str]:
        return [f"{language}: why is {alarm_id or line} at {now_us}?"]

    async def ask(self, question: Question, stop: threading.Event) -> AsyncIterator[Event]:
        self.asked.append(question)
        said = ""
        try:
            for event in self.events:
                await asyncio.sleep(self.seconds)
                if stop.is_set() and self.obeys:
                    self.stopped.set()
                    yield Reply(text=said, model="offline", router="offline", stopped=True)
                    return
                if isinstance(event, Exception):
                    raise event
                said += event.text if isinstance(event, Token) else ""
                yield event
        finally:
            self.closed.set()


def chat_with(
    assistant: Says,
    services: Services,
    new_id: Callable[[], str] | None = None,
    outcomes: OutcomeStore | None = None,
) -> AssistantChat:
    numbers = iter(range(1, 10_000))
    return AssistantChat(
        assistant,
        services.conversations,
        now_us=services.now_us,
        new_id=new_id or (lambda: f"id-{next(numbers)}"),
        models=list,
        outcomes=outcomes,
    )
