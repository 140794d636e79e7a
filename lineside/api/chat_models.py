"""What people ask and are told, as bytes: chat, conversations, feedback, models, documents, voice. JSON."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from lineside.api.models import Body, View

LONGEST_QUESTION = 2_000
Language = Literal["en", "de", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")]


class Ask(Body):
    """One question. `alarm_id` and `line` say what the person is looking at."""

    question: Annotated[str, Field(max_length=LONGEST_QUESTION, pattern=r"\S")]
    conversation_id: Annotated[str, Field(max_length=128)] = ""
    """Empty begins a new conversation."""
    line: Annotated[str, Field(max_length=128)] = ""
    alarm_id: Annotated[str, Field(max_length=128)] = ""
    language: Language = "en"
    spoken: bool = False
    """Whether a microphone heard it; a change that it asks for is then proposed by voice."""


class CitationView(View):
    """A passage that the answer rests on. `page` opens in `/api/documents/{document_id}/pages/{page}`."""

    number: int
    document_id: str
    document: str
    title: str
    revision: str
    section: str
    step: str
    page: str
    quote: str
    reviewed: bool


class FactView(View):
    """One thing that a tool returned. `value` is in `unit` (UN/CEFACT); null for what is no number."""

    text: str
    tool: str
    value: float | None
    unit: str
    observed_at: str | None


class ToolView(View):
    """A tool that was called: its name, what it was asked in words, and whether it answered."""

    call_id: str
    tool: str
    title: str
    ok: bool
    summary: str
    seconds: float


class ProposalView(View):
    """A change that the person asked to have written down. It is no command: nothing sends it but a person's own press.

    `point` is the set-point to propose it for (`/api/command-points`), empty where the site file declares none; the
    values are in `unit`. `channel` is the way to propose it by: what was said or written to the assistant always needs
    another person.
    """

    device: str
    attribute: str
    label: str
    point: str
    from_value: float | None
    to_value: float
    unit: str
    channel: Literal["agent", "voice"]


class ToolStartedEvent(View):
    """Event `tool_started`."""

    call_id: str
    tool: str
    title: str


class TokenEvent(View):
    """Event `token`: the next piece of the answer."""

    text: str


class AnswerView(View):
    """Event `done`, and one answer of a conversation. The text here replaces what was streamed.

    `model` wrote it (`offline` without any model server). `replaced` says in a sentence why the model's words were
    withheld and the evidence was composed instead; empty when they stand. `known` is false for "I don't know".
    """

    answer_id: str
    conversation_id: str
    question: str
    text: str
    asked_at: str
    answered_at: str
    model: str
    router: str
    replaced: str
    known: bool
    stopped: bool
    citations: tuple[CitationView, ...]
    facts: tuple[FactView, ...]
    tools: tuple[ToolView, ...]
    choices: tuple[str, ...] = ()
    """Machines that could be meant, where the question named none clearly."""
    verdict: Literal["", "up", "down"] = ""
    release_id: str = ""
    """The release of the fine-tuned model that wrote it, where one did."""
    proposal: ProposalView | None = None


class ProblemEvent(View):
    """Event `problem`: the turn ended without an answer; `retry` says whether asking again may help."""

    detail: str
    retry: bool


EVENTS: dict[str, type[View]] = {
    "tool_started": ToolStartedEvent,
    "tool_ended": ToolView,
    "token": TokenEvent,
    "done": AnswerView,
    "problem": ProblemEvent,
}
"""What the stream of a chat consists of: the name of each event, and what its data is."""


class ConversationSummary(View):
    conversation_id: str
    title: str
    began_at: str
    last_at: str
    answers: int


class ConversationView(View):
    conversation_id: str
    title: str
    began_at: str
    answers: tuple[AnswerView, ...]


class SuggestionView(View):
    """A question that fits what is on the screen."""

    question: str
    alarm_id: str = ""


Reason = Literal["", "wrong_cause", "wrong_step", "not_useful", "unsafe", "other"]
Resolution = Literal["", "fixed", "partly", "not_fixed"]


class GiveFeedback(Body):
    """What an operator says of an answer or an advisory. Giving it again replaces the earlier verdict."""

    about: Literal["answer", "advisory"]
    about_id: Identifier
    verdict: Literal["up", "down"]
    reason: Reason = ""
    correction: Annotated[str, Field(max_length=2_000)] = ""
    resolution: Resolution = ""
    """Whether it helped, once the alarm is closed out."""


class FeedbackView(View):
    feedback_id: str
    about: Literal["answer", "advisory"]
    about_id: str
    verdict: Literal["up", "down"]
    reason: Reason
    correction: str
    resolution: Resolution = ""
    by: str
    given_at: str


class ModelView(View):
    """One model of the configuration. `state`: ready, cold, unavailable or unknown; `why` is a sentence."""

    name: str
    provider: str
    model: str
    roles: tuple[str, ...]
    state: Literal["ready", "cold", "unavailable", "unknown"]
    why: str


class DocumentView(View):
    """One document of the library. `status`: current, draft, withdrawn, superseded, unreviewed or unreadable."""

    document_id: str
    document: str
    title: str
    revision: str
    status: str
    effective_from: str
    pages: int
    passages: int
    media_type: str
    problem: str


class VoiceView(View):
    """What the voice of this runtime is made of. `vocabulary`: machine and attribute names to listen for."""

    speech_to_text: Literal["none", "server", "transcribe"]
    speech_output: Literal["browser", "polly"]
    longest_seconds: int
    languages: tuple[Language, ...]
    vocabulary: tuple[str, ...]


class TranscriptView(View):
    """What was heard; a person reads it before it is sent."""

    text: str
    language: str


class TranscribeAddress(View):
    """A signed address of Amazon Transcribe streaming, good for five minutes."""

    url: str
    sample_rate_hz: int
    expires_at: str


class Speak(Body):
    text: Annotated[str, Field(max_length=3_000, pattern=r"\S")]
    language: Language = "en"
