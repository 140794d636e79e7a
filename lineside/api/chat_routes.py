"""Asking, conversations, verdicts, the library and voice."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import AsyncGenerator, AsyncIterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from lineside.advice.model import Advisory
from lineside.api.access import Engineer, Operator, Person, Viewer
from lineside.api.chat_models import (
    EVENTS,
    LANGUAGES,
    AnswerView,
    Ask,
    ConversationSummary,
    ConversationView,
    DocumentView,
    FeedbackView,
    GiveFeedback,
    Language,
    ModelView,
    Speak,
    SuggestionView,
    TranscribeAddress,
    TranscriptView,
    VoiceView,
)
from lineside.api.line_routes import Ports
from lineside.api.ports import Chat, Documents, Voice, feedback_id_of
from lineside.api.services import Services
from lineside.api.verdicts import verdict_on_advisory, verdict_on_answer
from lineside.api.voice import AUDIO_TYPES, LONGEST_AUDIO_SECONDS, media_type_of, vocabulary_of
from lineside.telemetry.timestamps import render
from lineside.training_data.verdict import Verdict

router = APIRouter(prefix="/api")

HEARTBEAT_SECONDS: Final = 10.0
"""The shortest idle limit on the way is 30 s; a comment that is lost once must not end the stream."""
LOOK_SECONDS: Final = 0.5
MOST_ADVISORIES: Final = 500
TRANSCRIPT_PATH: Final = "/api/voice/transcript"
SHOWN_IN_THE_BROWSER: Final = frozenset({"application/pdf", "text/plain", "text/markdown", "text/csv"})
EVENT_NAMES: Final = {model: name for name, model in EVENTS.items()}

Id = Annotated[str, Path(max_length=256)]
T = TypeVar("T")


@dataclass(frozen=True)
class OneTurn:
    """A question that may be asked now."""

    chat: Chat
    ask: Ask


def chat_of(services: Services) -> Chat:
    if services.chat is None:
        raise HTTPException(404, "there is no assistant here")
    return services.chat


def one_turn(ask: Ask, person: Viewer, services: Ports, request: Request, response: Response) -> Iterator[OneTurn]:
    """Everything that can be refused is refused before the stream begins. The headers name the conversation at once,
    so that whoever stops the first answer still goes on in the same conversation."""
    chat = chat_of(services)
    if ask.line and services.line(ask.line) is None:
        raise HTTPException(404, f"there is no line {ask.line!r}")
    if not ask.conversation_id:
        ask = ask.model_copy(update={"conversation_id": secrets.token_urlsafe(16)})
    elif services.conversations.get(person.key, ask.conversation_id) is None:
        raise HTTPException(404, "you have no such conversation; leave it out to begin a new one")
    with request.app.state.turns.one(person.key, services.now_us()):
        response.headers["Lineside-Conversation"] = ask.conversation_id
        yield OneTurn(chat, ask)


@router.post("/chat", response_class=EventSourceResponse)
async def chat(
    turn: Annotated[OneTurn, Depends(one_turn)], person: Viewer, services: Ports
) -> AsyncIterable[ServerSentEvent]:
    """One turn, as server-sent events: `tool_started`, `tool_ended`, `token`, and at the end `done` or `problem`.

    Closing the stream stops the turn; what was said so far is kept. A comment comes every ten seconds of silence. The
    header `Lineside-Conversation` names the conversation. A `problem` after `done` says that the answer was not kept.
    """
    stop = threading.Event()
    events = turn.chat.ask(turn.ask, person, stop)
    async with aclosing(beating(events, services.stopping, stop)) as beats:
        async for event in beats:
            if event is None:
                yield ServerSentEvent(comment="still working")
            else:
                yield ServerSentEvent(event=EVENT_NAMES[type(event)], data=event)


async def beating(
    events: AsyncGenerator[T, None], stopping: threading.Event, stop: threading.Event
) -> AsyncGenerator[T | None, None]:
    """The events, with None after every ten seconds of silence. A process that ends stops the turn first.

    The events are read by a task of their own: whoever listens may be cut off in the middle of waiting for one.
    """
    heard: asyncio.Queue[T | None] = asyncio.Queue(maxsize=100)
    reading = asyncio.create_task(_read(events, heard))
    quiet_seconds = 0.0
    try:
        while not (reading.done() and heard.empty()):
            if stopping.is_set():
                stop.set()
            try:
                event = await asyncio.wait_for(heard.get(), LOOK_SECONDS)
            except TimeoutError:
                quiet_seconds += LOOK_SECONDS
                if quiet_seconds >= HEARTBEAT_SECONDS:
                    yield None
                    quiet_seconds = 0.0
                continue
            if event is None:
                break
            quiet_seconds = 0.0
            yield event
        await reading
    finally:
        stop.set()
        reading.cancel()


async def _read(events: AsyncGenerator[T, None], heard: asyncio.Queue[T | None]) -> None:
    async with aclosing(events):
        async for event in events:
            await heard.put(event)
    await heard.put(None)


@router.get("/suggestions")
def suggestions(
    _: Viewer,
    services: Ports,
    line: Annotated[str, Query(max_length=128)] = "",
    alarm_id: Annotated[str, Query(max_length=128)] = "",
    language: Language = "en",
) -> list[SuggestionView]:
    """Questions that fit the alarm, or the line; none where there is no assistant."""
    if line and services.line(line) is None:
        raise HTTPException(404, f"there is no line {line!r}")
    return services.chat.suggestions(line, alarm_id, language) if services.chat else []


@router.get("/models")
def models(_: Viewer, services: Ports) -> list[ModelView]:
    """The models of the configuration and whether they answer; none where there is no assistant."""
    return services.chat.models() if services.chat else []


@router.get("/conversations")
def conversations(
    person: Viewer, services: Ports, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[ConversationSummary]:
    """One's own, newest first."""
    return services.conversations.list(person.key, limit)


@router.get("/conversations/{conversation_id}")
def conversation(conversation_id: Id, person: Viewer, services: Ports) -> ConversationView:
    """One of one's own, with what one said of its answers."""
    found = services.conversations.get(person.key, conversation_id)
    if found is None:
        raise HTTPException(404, "you have no such conversation")
    given = services.feedback.of(person.key, [answer.answer_id for answer in found.answers])
    answers = tuple(
        answer.model_copy(update={"verdict": given[answer.answer_id].verdict}) if answer.answer_id in given else answer
        for answer in found.answers
    )
    return found.model_copy(update={"answers": answers})


@router.delete("/conversations/{conversation_id}", status_code=204)
def delete_conversation(conversation_id: Id, person: Viewer, services: Ports) -> None:
    if not services.conversations.delete(person.key, conversation_id):
        raise HTTPException(404, "you have no such conversation")


@router.put("/feedback")
def give_feedback(given: GiveFeedback, person: Operator, services: Ports) -> FeedbackView:
    """A verdict on an answer of one's own or on an advisory; a second one replaces the first.

    What the second one leaves out stays as it was; the reason and the correction do so while the thumb does.
    """
    about = _about(given, person, services)
    if about is None:
        what = "answer of yours" if given.about == "answer" else "advisory"
        raise HTTPException(404, f"there is no {what} {given.about_id!r}")
    feedback = FeedbackView(
        feedback_id=feedback_id_of(person.key, given.about_id),
        by=person.name,
        given_at=render(services.now_us()),
        **{**_said_before(given, person, services), **given.model_dump(exclude_unset=True)},
    )
    services.feedback.save(feedback)
    if services.verdicts is not None:
        services.verdicts.save(_verdict(feedback, person, about, services))
    if services.outcomes is not None and given.about == "answer":
        services.outcomes.judged(given.about_id, given.verdict)
    return feedback


@router.get("/feedback")
def feedback(_: Engineer, services: Ports, limit: Annotated[int, Query(ge=1, le=1_000)] = 200) -> list[FeedbackView]:
    """What people said, newest first."""
    return services.feedback.recent(limit)


@router.get("/documents")
def documents(_: Viewer, services: Ports) -> list[DocumentView]:
    """The library: what is in force, what is not, and what cannot be read; none where there is no library."""
    return services.documents.list() if services.documents else []


@router.get(
    "/documents/{document_id}/file",
    responses={200: {"content": {kind: {} for kind in (*sorted(SHOWN_IN_THE_BROWSER), "application/octet-stream")}}},
    response_class=Response,
)
def document_file(document_id: Id, _: Viewer, services: Ports) -> Response:
    """The document as it is kept. It is shown, and nothing in it runs."""
    found = _library(services).file(document_id)
    if found is None:
        raise HTTPException(404, f"there is no document {document_id!r}")
    name, media_type, content = found
    kind = media_type.partition(";")[0].strip().lower()
    is_shown = kind in SHOWN_IN_THE_BROWSER
    headers = {
        "Content-Disposition": disposition(name, inline=is_shown),
        "Content-Security-Policy": FILE_POLICY if kind == "application/pdf" else f"sandbox; {FILE_POLICY}",
        "Cache-Control": "private, no-cache",
    }
    shown_as = kind if not kind.startswith("text/") else f"{kind}; charset=utf-8"
    return Response(content, media_type=shown_as if is_shown else "application/octet-stream", headers=headers)


FILE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
"""Nothing is loaded and nothing runs. Browsers refuse to show a PDF at all inside `sandbox`, which has no script of our
origin to fear: everything else is sandboxed as well."""


@router.get(
    "/documents/{document_id}/pages/{page}", responses={200: {"content": {"image/png": {}}}}, response_class=Response
)
def document_page(
    document_id: Id, page: Annotated[int, Path(ge=1, le=100_000)], _: Viewer, services: Ports
) -> Response:
    """A page as a picture (PNG)."""
    png = _library(services).page_png(document_id, page)
    if png is None:
        raise HTTPException(404, f"there is no page {page} of a document {document_id!r}")
    return Response(png, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


@router.get("/documents/{document_id}/text", responses={200: {"content": {"text/plain": {}}}}, response_class=Response)
def document_text(document_id: Id, _: Viewer, services: Ports) -> Response:
    """The text of a document that has no pages."""
    text = _library(services).text(document_id)
    if text is None:
        raise HTTPException(404, f"there is no text of a document {document_id!r}")
    headers = {"Content-Security-Policy": f"sandbox; {FILE_POLICY}", "Cache-Control": "private, no-cache"}
    return Response(text, media_type="text/plain; charset=utf-8", headers=headers)


@router.get("/voice")
def voice(_: Viewer, services: Ports) -> VoiceView:
    """What there is of voice here. Where this runtime hears nothing, the browser still speaks."""
    if services.voice is not None:
        return services.voice.about()
    return VoiceView(
        speech_to_text="none",
        speech_output="browser",
        longest_seconds=LONGEST_AUDIO_SECONDS,
        languages=LANGUAGES,
        vocabulary=vocabulary_of(services.site),
    )


_AUDIO = {"schema": {"type": "string", "format": "binary"}}
_NO_SUCH_VOICE: Final = {
    "server": "there is no speech-to-text server here",
    "transcribe": "there is no Amazon Transcribe here",
    "polly": "the browser itself speaks here",
}


async def recorded(request: Request, _: Viewer) -> bytes:
    """The body, if it is speech as browsers record it."""
    audio = await request.body()
    if not audio:
        raise HTTPException(422, "there is no recording in this request")
    if not media_type_of(audio):
        raise HTTPException(415, f"this is no recording in one of {', '.join(AUDIO_TYPES)}")
    return audio


@router.post(
    "/voice/transcript",
    openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(AUDIO_TYPES, _AUDIO)}},
)
def transcript(
    audio: Annotated[bytes, Depends(recorded)], _: Viewer, services: Ports, language: Language = "en"
) -> TranscriptView:
    """Recorded speech (at most 30 s, webm, mp4, ogg or wav) to text, by the plant's speech-to-text server."""
    return _voice(services, "server").transcribe(audio, media_type_of(audio), language)


@router.post("/voice/transcribe-address")
def transcribe_address(
    _: Viewer,
    services: Ports,
    language: Language = "en",
    sample_rate_hz: Annotated[int, Query(ge=8_000, le=48_000)] = 16_000,
) -> TranscribeAddress:
    """Where the browser may stream speech to, for five minutes."""
    return _voice(services, "transcribe").transcribe_address(language, sample_rate_hz)


@router.post("/voice/speech", responses={200: {"content": {"audio/mpeg": {}}}}, response_class=Response)
def speech(speak: Speak, _: Viewer, services: Ports) -> Response:
    """The text, spoken (MP3)."""
    return Response(_voice(services, "polly").speak(speak.text, speak.language), media_type="audio/mpeg")


def _voice(services: Services, kind: str) -> Voice:
    """The voice, if this runtime has this kind of it."""
    voice = services.voice
    about = voice.about() if voice is not None else None
    if voice is None or about is None or kind not in (about.speech_to_text, about.speech_output):
        raise HTTPException(404, _NO_SUCH_VOICE[kind])
    return voice


def _said_before(given: GiveFeedback, person: Person, services: Services) -> dict[str, str]:
    earlier = services.feedback.of(person.key, [given.about_id]).get(given.about_id)
    said: dict[str, str] = {"reason": "", "correction": "", "resolution": earlier.resolution if earlier else ""}
    if earlier and earlier.verdict == given.verdict:
        said |= {"reason": earlier.reason, "correction": earlier.correction}
    return said


def _about(given: GiveFeedback, person: Person, services: Services) -> AnswerView | Advisory | None:
    """An answer of their own, or an advisory that was given here lately."""
    if given.about == "answer":
        return services.conversations.answer(person.key, given.about_id)
    site = services.site.site
    recent = (services.advisories.recent(site, line.id, MOST_ADVISORIES) for line in services.lines())
    return next((one for advisories in recent for one in advisories if one.advisory_id == given.about_id), None)


def _verdict(feedback: FeedbackView, person: Person, about: AnswerView | Advisory, services: Services) -> Verdict:
    if isinstance(about, Advisory):
        return verdict_on_advisory(feedback, person, about, services.documents.list() if services.documents else ())
    return verdict_on_answer(feedback, person, about)


def disposition(name: str, *, inline: bool) -> str:
    """Content-Disposition for a file of this name, whatever characters it has (RFC 6266)."""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in " ._-") else "_" for one in name)[:120]
    return (
        f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name[:200], safe='')}"
    )


def _library(services: Services) -> Documents:
    if services.documents is None:
        raise HTTPException(404, "there is no library here")
    return services.documents
