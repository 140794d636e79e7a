"""What the HTTP application needs beside the stores of the line; both runtimes bring their own."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from lineside.api.access import Person
from lineside.api.chat_models import (
    AnswerView,
    Ask,
    ConversationSummary,
    ConversationView,
    DocumentView,
    FeedbackView,
    Language,
    ModelView,
    ProblemEvent,
    SuggestionView,
    TokenEvent,
    ToolStartedEvent,
    ToolView,
    TranscribeAddress,
    TranscriptView,
    VoiceView,
)
from lineside.api.people_models import AccountView, ChangeAccount, NewAccount, OidcView
from lineside.errors import Refused

ChatEvent = ToolStartedEvent | ToolView | TokenEvent | AnswerView | ProblemEvent


class Chat(Protocol):
    """The assistant, as a conversation. `stop` ends the turn; what was said so far is kept and marked stopped."""

    def ask(self, question: Ask, person: Person, stop: threading.Event) -> AsyncGenerator[ChatEvent, None]: ...

    def suggestions(self, line: str, alarm_id: str, language: Language) -> list[SuggestionView]: ...

    def models(self) -> list[ModelView]: ...


class Conversations(Protocol):
    """A person's own conversations; nobody else's are found. `person` is a `Person.key`.

    Saving the same answer twice is harmless. An answer is forgotten after 90 days.
    """

    def save(self, person: str, answer: AnswerView) -> None: ...

    def list(self, person: str, limit: int) -> list[ConversationSummary]: ...

    def get(self, person: str, conversation_id: str) -> ConversationView | None: ...

    def answer(self, person: str, answer_id: str) -> AnswerView | None: ...

    def delete(self, person: str, conversation_id: str) -> bool: ...


def feedback_id_of(person: str, about_id: str) -> str:
    """One for each person (a `Person.key`) and thing: saying it again replaces what was said."""
    return sha256(f"{person}\0{about_id}".encode()).hexdigest()[:32]


class Feedback(Protocol):
    """Verdicts; one per person and thing, the newest counts. Their ids are made by `feedback_id_of`."""

    def save(self, feedback: FeedbackView) -> None: ...

    def recent(self, limit: int) -> list[FeedbackView]: ...

    def of(self, person: str, about_ids: Sequence[str]) -> dict[str, FeedbackView]:
        """What the person (a `Person.key`) said of these, by what it is about."""
        ...


class AlarmEvent(msgspec.Struct, frozen=True):
    """Something a person did to an alarm, or said of it. Appending the same `event_id` twice is harmless."""

    event_id: str
    alarm_id: str
    line: str
    at_us: int
    what: Literal[
        "acknowledged", "shelved", "unshelved", "out_of_service", "returned_to_service", "comment"
    ]  # fmt: skip
    by: str
    note: str = ""


class AlarmLog(Protocol):
    """What people did, append only."""

    def append(self, event: AlarmEvent) -> None: ...

    def of_alarm(self, alarm_id: str) -> list[AlarmEvent]: ...

    def between(self, line: str, start_us: int, end_us: int) -> list[AlarmEvent]: ...


class Documents(Protocol):
    """The library, as far as people may look into it."""

    def list(self) -> list[DocumentView]: ...

    def file(self, document_id: str) -> tuple[str, str, bytes] | None:
        """Name, media type, content."""
        ...

    def page_png(self, document_id: str, page: int) -> bytes | None:
        """A page of a PDF as a picture, 1500 pixels wide at most; None where there is no such page."""
        ...

    def text(self, document_id: str) -> str | None:
        """The text of a document that has no pages."""
        ...


class Voice(Protocol):
    """Speech in and out, as far as this runtime has it."""

    def about(self) -> VoiceView: ...

    def transcribe(self, audio: bytes, media_type: str, language: Language) -> TranscriptView: ...

    def transcribe_address(self, language: Language, sample_rate_hz: int) -> TranscribeAddress: ...

    def speak(self, text: str, language: Language) -> bytes:
        """MP3."""
        ...


class Session(msgspec.Struct, frozen=True):
    """A signed-in account. `secret` goes into the cookie; only its hash is kept."""

    secret: str
    person: Person
    expires_us: int


class UploadForm(Protocol):
    """Where an image is posted to, and the fields that come before the file."""

    @property
    def url(self) -> str: ...

    @property
    def fields(self) -> dict[str, str]: ...


class ImageUploads(Protocol):
    """Forms by which a camera sends images past the application, where its own door is too narrow for them."""

    @property
    def expires_seconds(self) -> int: ...

    def form(self, device: str, taken_us: int, media_type: str) -> UploadForm:
        """For one image of one machine that the site file names. Raises `Refused` for another type, `Unavailable`."""
        ...


class UnknownAccount(Refused):
    """Nobody has this name here."""


class Accounts(Protocol):
    """The accounts of a plant. A cloud has none of these: people are kept by its identity provider."""

    def sign_in(self, name: str, password: str, source: str, now_us: int) -> Session:
        """`WrongPassword`, which never says whether it was the name or the password, or `TooMany` after some tries."""
        ...

    def sign_out(self, secret: str) -> None: ...

    def list(self) -> list[AccountView]: ...

    def add(self, account: NewAccount, now_us: int) -> AccountView: ...

    def change(self, name: str, change: ChangeAccount) -> AccountView:
        """`UnknownAccount`, or `Refused` where no admin would be left."""
        ...

    def remove(self, name: str) -> None: ...


class Console(msgspec.Struct, frozen=True):
    """Where the built console lies, and how people sign in."""

    folder: Path | None = None
    oidc: OidcView | None = None
