"""Speech to text by a server of the plant: what is sent, what is heard, and what goes wrong."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from edge.speech import LONGEST_PROMPT, SpeechServer
from lineside.errors import LinesideError, Malformed, Misconfigured, Unavailable

AUDIO = b"\x1a\x45\xdf\xa3 not really webm \r\n--boundary"


class FakeWhisper(ThreadingHTTPServer):
    """Answers as an OpenAI-compatible server does; keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.answer = 200, json.dumps({"text": "  Why did the\n Cookie Inspector stop? "}).encode()
        self.fields: dict[str, bytes] = {}
        self.file_name = ""
        self.path = ""
        self.key = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: FakeWhisper

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        for part in BytesParser().parsebytes(head + body).get_payload():
            assert isinstance(part, Message)
            name = str(part.get_param("name", header="content-disposition"))
            self.server.fields[name] = bytes(part.get_payload(decode=True))  # type: ignore[arg-type]
            self.server.file_name = part.get_filename() or self.server.file_name
        self.server.path, self.server.key = self.path, self.headers.get("Authorization", "")
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def whisper() -> Iterator[FakeWhisper]:
    server = FakeWhisper()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.loopback
def test_a_recording_is_sent_with_its_language_and_the_words_to_expect(whisper: FakeWhisper) -> None:
    speech = SpeechServer(f"{whisper.address}/v1/", ["Cookie Inspector", "Freezer Tunnel"], model="small", key="k")

    heard = speech.transcribe(AUDIO, "audio/webm", "de")

    assert (heard.text, heard.language) == ("Why did the Cookie Inspector stop?", "de")
    assert whisper.path == "/v1/audio/transcriptions"
    assert whisper.fields["file"] == AUDIO
    assert whisper.file_name == "speech.webm"
    assert whisper.fields["language"] == b"de"
    assert whisper.fields["model"] == b"small"
    assert whisper.fields["prompt"] == b"Cookie Inspector, Freezer Tunnel"
    assert whisper.key == "Bearer k"


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("status", "answer", "kind", "told"),
    [
        (400, b"{}", Malformed, "cannot read this recording"),
        (401, b"{}", Misconfigured, "look at its address and key"),
        (404, b"nothing here", Misconfigured, "404"),
        (500, b"oops", Unavailable, "failed with 500"),
        (503, b"", Unavailable, "failed with 503"),
        (429, b"", Unavailable, "failed with 429"),
        (200, b"not json", Unavailable, "something else than text"),
        (200, b'{"text": null}', Unavailable, "something else than text"),
        (200, b'{"text": "' + b"a" * 70_000 + b'"}', Unavailable, "failed with 200"),
    ],
)
def test_what_goes_wrong_says_who_must_act(
    whisper: FakeWhisper, status: int, answer: bytes, kind: type[LinesideError], told: str
) -> None:
    whisper.status, whisper.answer = status, answer

    with pytest.raises(kind, match=told):
        SpeechServer(whisper.address, []).transcribe(AUDIO, "audio/ogg", "en")


@pytest.mark.loopback
def test_a_server_that_is_away_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"

        with pytest.raises(Unavailable, match="does not answer"):
            SpeechServer(address, []).transcribe(AUDIO, "audio/wav", "en")


def test_no_more_words_go_along_than_are_looked_at() -> None:
    words = [f"Machine number {number}" for number in range(200)]

    prompt = SpeechServer("http://127.0.0.1:1", words).prompt()

    assert len(prompt) <= LONGEST_PROMPT
    assert prompt.split(", ") == words[: len(prompt.split(", "))]


def test_it_says_what_it_is() -> None:
    about = SpeechServer("http://127.0.0.1:1", ["Freezer Tunnel"]).about()

    assert (about.speech_to_text, about.speech_output, about.longest_seconds) == ("server", "browser", 30)
    assert about.vocabulary == ("Freezer Tunnel",)
