"""Verdicts, the library and voice over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest

from lineside.api.chat_models import DocumentView, Language, TranscribeAddress, TranscriptView, VoiceView
from lineside.errors import Malformed
from tests.api.conftest import PEOPLE, advisory, as_person
from tests.contracts.people import an_answer

if TYPE_CHECKING:
    from tests.api.conftest import Plant

ADA = PEOPLE["Ada"]
VERDICT = {
    "about": "answer",
    "about_id": "a-1",
    "verdict": "down",
    "reason": "wrong_step",
    "correction": "Lock it out.",
}
WEBM = b"\x1a\x45\xdf\xa3" + b"x" * 100


def test_a_verdict_on_an_answer_of_ones_own_is_kept_and_shown_in_the_conversation(plant: Plant) -> None:
    plant.services.conversations.save(ADA.key, an_answer(1))

    given = plant.client.put("/api/feedback", json=VERDICT)

    assert (given.status_code, given.json()["by"], given.json()["given_at"]) == (200, "Ada", "2025-03-03T06:10:00Z")
    assert plant.client.get("/api/conversations/c-1").json()["answers"][0]["verdict"] == "down"
    (listed,) = plant.client.get("/api/feedback").json()
    assert (listed["reason"], listed["correction"]) == ("wrong_step", "Lock it out.")


def test_giving_a_verdict_again_replaces_it(plant: Plant) -> None:
    plant.services.conversations.save(ADA.key, an_answer(1))
    first = plant.client.put("/api/feedback", json=VERDICT).json()
    plant.clock[0] += 60_000_000

    second = plant.client.put("/api/feedback", json={"about": "answer", "about_id": "a-1", "verdict": "up"}).json()

    assert first["feedback_id"] == second["feedback_id"]
    assert plant.client.get("/api/feedback").json() == [second]


def test_an_advisory_may_be_judged_by_every_operator(plant: Plant) -> None:
    plant.services.advisories.save(advisory(1))
    verdict = {"about": "advisory", "about_id": "a-1", "verdict": "up"}

    given = [plant.client.put("/api/feedback", json=verdict, headers=as_person(who)) for who in ("Ada", "operator")]

    assert [one.status_code for one in given] == [200, 200]
    assert {one["by"] for one in plant.client.get("/api/feedback").json()} == {"Ada", "Olga"}


@pytest.mark.parametrize("about", ["answer", "advisory"])
def test_nobody_judges_what_is_not_theirs_or_not_there(plant: Plant, about: str) -> None:
    plant.services.conversations.save(PEOPLE["operator"].key, an_answer(1))

    answer = plant.client.put("/api/feedback", json=VERDICT | {"about": about})

    assert answer.status_code == 404
    assert plant.client.get("/api/feedback").json() == []


@pytest.mark.parametrize(
    "mistake",
    [{"verdict": "meh"}, {"reason": "because"}, {"correction": "x" * 2_001}, {"about_id": "a b"}, {"about_id": ""}],
)
def test_a_verdict_that_cannot_be_is_refused(plant: Plant, mistake: dict[str, str]) -> None:
    assert plant.client.put("/api/feedback", json=VERDICT | mistake).status_code == 422


def test_conversations_are_ones_own_and_can_be_deleted(plant: Plant) -> None:
    plant.services.conversations.save(ADA.key, an_answer(1))
    plant.services.conversations.save(PEOPLE["viewer"].key, an_answer(2, conversation="c-2"))

    listed = plant.client.get("/api/conversations").json()
    deleted = [plant.client.delete(f"/api/conversations/{one}").status_code for one in ("c-1", "c-1", "c-2")]

    assert [one["conversation_id"] for one in listed] == ["c-1"]
    assert deleted == [204, 404, 404]
    assert plant.services.conversations.get(PEOPLE["viewer"].key, "c-2") is not None


class Shelf:
    """A library of a few files."""

    FILES: ClassVar = {
        "sop": ("SOP «1».pdf", "application/pdf", b"%PDF-1.7"),
        "notes": ("notes.md", "text/markdown", "# Größe".encode()),
        "page": ("page.html", "text/html", b"<script>alert(1)</script>"),
        "named": ('a"; filename="b.exe\r\nX: y', "text/plain", b""),
    }

    def list(self) -> list[DocumentView]:
        return []

    def file(self, document_id: str) -> tuple[str, str, bytes] | None:
        return self.FILES.get(document_id)

    def page_png(self, document_id: str, page: int) -> bytes | None:
        return b"\x89PNG" if (document_id, page) == ("sop", 1) else None

    def text(self, document_id: str) -> str | None:
        return "# Größe" if document_id == "notes" else None


def test_a_pdf_and_a_text_are_shown_and_everything_else_is_downloaded(plant: Plant) -> None:
    plant.has(documents=Shelf())

    pdf, notes, page = (plant.client.get(f"/api/documents/{one}/file") for one in ("sop", "notes", "page"))

    assert (pdf.headers["content-type"], pdf.content) == ("application/pdf", b"%PDF-1.7")
    assert (
        pdf.headers["content-disposition"]
        == "inline; filename=\"SOP _1_.pdf\"; filename*=UTF-8''SOP%20%C2%AB1%C2%BB.pdf"
    )
    assert notes.headers["content-type"] == "text/markdown; charset=utf-8"
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-disposition"].startswith("attachment;")
    assert notes.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert page.headers["content-security-policy"].startswith("sandbox;")
    assert {one.headers["x-content-type-options"] for one in (pdf, notes, page)} == {"nosniff"}


def test_a_name_cannot_write_headers_of_its_own(plant: Plant) -> None:
    plant.has(documents=Shelf())

    answer = plant.client.get("/api/documents/named/file")

    told = answer.headers["content-disposition"]
    assert "x" not in answer.headers
    assert told.count('"') == 2
    assert "\n" not in told


def test_a_page_is_a_picture_and_a_text_is_plain(plant: Plant) -> None:
    plant.has(documents=Shelf())

    page = plant.client.get("/api/documents/sop/pages/1")
    text = plant.client.get("/api/documents/notes/text")

    assert (page.headers["content-type"], page.content) == ("image/png", b"\x89PNG")
    assert (text.headers["content-type"], text.text) == ("text/plain; charset=utf-8", "# Größe")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("x/file", 404),
        ("x/text", 404),
        ("sop/text", 404),
        ("sop/pages/2", 404),
        ("sop/pages/0", 422),
        ("sop/pages/x", 422),
    ],
)
def test_what_is_not_in_the_library_is_said(plant: Plant, path: str, status: int) -> None:
    plant.has(documents=Shelf())

    assert plant.client.get(f"/api/documents/{path}").status_code == status


def test_without_a_library_there_is_an_empty_list(plant: Plant) -> None:
    assert plant.client.get("/api/documents").json() == []
    assert plant.client.get("/api/documents/x/file").json()["detail"] == "there is no library here"


class Hears:
    """A voice that repeats how much it was given."""

    def __init__(self, speech_to_text: str = "server", speech_output: str = "browser") -> None:
        self._about = VoiceView.model_validate(
            {
                "speech_to_text": speech_to_text,
                "speech_output": speech_output,
                "longest_seconds": 30,
                "languages": ["en"],
                "vocabulary": [],
            }
        )

    def about(self) -> VoiceView:
        return self._about

    def transcribe(self, audio: bytes, media_type: str, language: Language) -> TranscriptView:
        if audio.endswith(b"noise"):
            raise Malformed("the speech-to-text server cannot read this recording; record it again")
        return TranscriptView(text=f"{len(audio)} bytes of {media_type}", language=language)

    def transcribe_address(self, language: Language, sample_rate_hz: int) -> TranscribeAddress:
        return TranscribeAddress(url="wss://x", sample_rate_hz=sample_rate_hz, expires_at="2025-03-03T06:15:00Z")

    def speak(self, text: str, language: Language) -> bytes:
        return b"ID3" + text.encode()


@pytest.mark.parametrize(
    ("audio", "kind"),
    [
        (WEBM, "audio/webm"),
        (b"OggS" + b"x" * 20, "audio/ogg"),
        (b"\x00\x00\x00\x20ftypM4A ", "audio/mp4"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
    ],
)
def test_a_recording_is_known_by_its_content_whatever_it_is_called(plant: Plant, audio: bytes, kind: str) -> None:
    plant.has(voice=Hears())

    answer = plant.client.post(
        "/api/voice/transcript?language=de", content=audio, headers={"Content-Type": "application/json"}
    )

    assert answer.json() == {"text": f"{len(audio)} bytes of {kind}", "language": "de"}


@pytest.mark.parametrize(
    ("audio", "status"),
    [(b"", 422), (b"<html>", 415), (b"RIFF\x00\x00\x00\x00AVI ", 415), (WEBM + b"noise", 400)],
)
def test_what_is_no_speech_is_refused_with_a_sentence(plant: Plant, audio: bytes, status: int) -> None:
    plant.has(voice=Hears())

    answer = plant.client.post("/api/voice/transcript", content=audio)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_recording_may_be_longer_than_other_requests_but_not_endless(plant: Plant) -> None:
    plant.has(voice=Hears())

    fits = plant.client.post("/api/voice/transcript", content=WEBM[:4] + b"x" * 1_500_000)
    too_long = plant.client.post("/api/voice/transcript", content=WEBM[:4] + b"x" * 1_572_870)
    elsewhere = plant.client.post("/api/voice/speech", content=b"x" * 1_500_000)

    assert [one.status_code for one in (fits, too_long, elsewhere)] == [200, 413, 413]


def test_each_runtime_has_its_own_voice_and_says_what_it_lacks(plant: Plant) -> None:
    def answers() -> list[int]:
        client = plant.client
        return [
            client.post("/api/voice/transcript", content=WEBM).status_code,
            client.post("/api/voice/transcribe-address").status_code,
            client.post("/api/voice/speech", json={"text": "Hello"}).status_code,
        ]

    none = answers()
    plant.has(voice=Hears())
    in_a_plant = answers()
    plant.has(voice=Hears("transcribe", "polly"))
    in_the_cloud = answers()

    assert (none, in_a_plant, in_the_cloud) == ([404, 404, 404], [200, 404, 404], [404, 200, 200])


def test_without_a_voice_the_browser_still_knows_the_names_of_the_machines(plant: Plant) -> None:
    about = plant.client.get("/api/voice").json()

    assert (about["speech_to_text"], about["speech_output"]) == ("none", "browser")
    assert about["vocabulary"] == ["Freezer Tunnel", "Box Sealer", "Air temperature"]
