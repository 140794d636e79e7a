"""What one turn with the assistant consists of."""

from __future__ import annotations

import msgspec

from lineside.answering.chain import Attempt
from lineside.answering.evidence import Citation, Fact
from lineside.assistant.found import Proposal


class Turn(msgspec.Struct, frozen=True):
    """An earlier question of the same conversation, and what was answered."""

    question: str
    answer: str


class Question(msgspec.Struct, frozen=True):
    """What a person asks. `line` and `alarm_id` are what they are looking at; `now_us` is the time of asking."""

    text: str
    now_us: int
    person: str = ""
    line: str = ""
    alarm_id: str = ""
    language: str = "en"
    history: tuple[Turn, ...] = ()
    conversation: str = ""
    """Keeps its model while the released ones stay as they are."""


class ToolStarted(msgspec.Struct, frozen=True, tag=True):
    call_id: str
    tool: str
    title: str


class ToolEnded(msgspec.Struct, frozen=True, tag=True):
    call_id: str
    tool: str
    title: str
    ok: bool
    summary: str
    seconds: float


class Token(msgspec.Struct, frozen=True, tag=True):
    """The next piece of the answer's text."""

    text: str


class Reply(msgspec.Struct, frozen=True, tag=True):
    """The answer, last event of a turn that worked. `text` replaces what was streamed."""

    text: str
    model: str
    """Who wrote it: a row's name, `offline`, or `evidence` where no model's words stood."""
    router: str
    replaced: str = ""
    """Why the model's words were withheld and the evidence composed instead, in a sentence; empty when they stand."""
    known: bool = True
    stopped: bool = False
    citations: tuple[Citation, ...] = ()
    facts: tuple[Fact, ...] = ()
    tools: tuple[ToolEnded, ...] = ()
    choices: tuple[str, ...] = ()
    """Machines that could be meant, where the question named none clearly."""
    release_id: str = ""
    """The release of the fine-tuned model whose words these are, where one's are."""
    attempts: tuple[Attempt, ...] = ()
    """How each release that was asked fared."""
    proposal: Proposal | None = None
    """The change that the person asked to have written down. Nobody has proposed it yet, and nothing was sent."""


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The turn ended without an answer."""

    detail: str
    retry: bool


Event = ToolStarted | ToolEnded | Token | Reply | Failed
