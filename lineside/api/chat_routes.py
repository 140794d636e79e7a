"""Asking, conversations, verdicts, the library and voice."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated

from fastapi import APIRouter, Body, HTTPException, Query, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from lineside.api.access import Engineer, Operator, Viewer
from lineside.api.chat_models import (
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

router = APIRouter(prefix="/api")
TODO = HTTPException(501, "not yet")


@router.post("/chat", response_class=EventSourceResponse)
async def chat(ask: Ask, person: Viewer, services: Ports) -> AsyncIterable[ServerSentEvent]:
    """One turn, as server-sent events: `tool_started`, `tool_ended`, `token`, and at the end `done` or `problem`.

    Closing the stream stops the turn; what was said so far is kept.
    """
    raise TODO
    yield


@router.get("/suggestions")
def suggestions(
    person: Viewer, services: Ports, line: str = "", alarm_id: str = "", language: Language = "en"
) -> list[SuggestionView]:
    raise TODO


@router.get("/models")
def models(person: Viewer, services: Ports) -> list[ModelView]:
    raise TODO


@router.get("/conversations")
def conversations(
    person: Viewer, services: Ports, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[ConversationSummary]:
    raise TODO


@router.get("/conversations/{conversation_id}")
def conversation(conversation_id: str, person: Viewer, services: Ports) -> ConversationView:
    raise TODO


@router.delete("/conversations/{conversation_id}", status_code=204)
def delete_conversation(conversation_id: str, person: Viewer, services: Ports) -> None:
    raise TODO


@router.put("/feedback")
def give_feedback(given: GiveFeedback, person: Operator, services: Ports) -> FeedbackView:
    """A verdict on an answer of one's own or on an advisory; a second one replaces the first."""
    raise TODO


@router.get("/feedback")
def feedback(
    person: Engineer, services: Ports, limit: Annotated[int, Query(ge=1, le=1_000)] = 200
) -> list[FeedbackView]:
    raise TODO


@router.get("/documents")
def documents(person: Viewer, services: Ports) -> list[DocumentView]:
    raise TODO


@router.get("/documents/{document_id}/file")
def document_file(document_id: str, person: Viewer, services: Ports) -> Response:
    raise TODO


@router.get("/documents/{document_id}/pages/{page}", responses={200: {"content": {"image/png": {}}}})
def document_page(document_id: str, page: int, person: Viewer, services: Ports) -> Response:
    """A page as a picture (PNG)."""
    raise TODO


@router.get("/documents/{document_id}/text", responses={200: {"content": {"text/plain": {}}}})
def document_text(document_id: str, person: Viewer, services: Ports) -> Response:
    raise TODO


@router.get("/voice")
def voice(person: Viewer, services: Ports) -> VoiceView:
    raise TODO


@router.post("/voice/transcript")
def transcript(
    person: Viewer,
    services: Ports,
    audio: Annotated[bytes, Body(media_type="audio/webm")],
    language: Language = "en",
) -> TranscriptView:
    """Recorded speech (at most 30 s) to text, by the plant's speech-to-text server."""
    raise TODO


@router.post("/voice/transcribe-address")
def transcribe_address(
    person: Viewer,
    services: Ports,
    language: Language = "en",
    sample_rate_hz: Annotated[int, Query(ge=8_000, le=48_000)] = 16_000,
) -> TranscribeAddress:
    raise TODO


@router.post("/voice/speech", responses={200: {"content": {"audio/mpeg": {}}}})
def speech(speak: Speak, person: Viewer, services: Ports) -> Response:
    raise TODO
