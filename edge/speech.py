"""Speech to text by a server of the plant that speaks OpenAI's dialect, such as a whisper.cpp or faster-whisper server.

Audio never leaves the plant and is kept nowhere. The names of the site's machines go along, as words to expect.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import httpx
import msgspec

from lineside.api.chat_models import LANGUAGES, Language, TranscribeAddress, TranscriptView, VoiceView
from lineside.api.voice import LONGEST_AUDIO_SECONDS
from lineside.errors import Malformed, Misconfigured, Refused, Unavailable

PATH: Final = "/v1/audio/transcriptions"
PATIENCE: Final = httpx.Timeout(60.0, connect=3.0)
LONGEST_PROMPT: Final = 800
"""Whisper looks at the last 224 tokens of its prompt."""
FILE_NAMES: Final = {
    "audio/webm": "speech.webm",
    "audio/mp4": "speech.mp4",
    "audio/ogg": "speech.ogg",
    "audio/wav": "speech.wav",
}
"""Servers tell the kind of a recording by the name of its file."""
LONGEST_ANSWER: Final = 65_536


class _Heard(msgspec.Struct):
    text: str


class SpeechServer:
    """A `Voice` whose speech to text is at `address`, such as `http://127.0.0.1:8080`; the browser itself speaks.

    `model` is what that server calls it; `key` is sent as a bearer token where the server wants one.
    """

    def __init__(self, address: str, vocabulary: Sequence[str], *, model: str = "whisper-1", key: str = "") -> None:
        self._url = address.rstrip("/").removesuffix("/v1") + PATH
        self._vocabulary, self._model, self._key = tuple(vocabulary), model, key

    def about(self) -> VoiceView:
        return VoiceView(
            speech_to_text="server",
            speech_output="browser",
            longest_seconds=LONGEST_AUDIO_SECONDS,
            languages=LANGUAGES,
            vocabulary=self._vocabulary,
        )

    def transcribe(self, audio: bytes, media_type: str, language: Language) -> TranscriptView:
        """What was said. `Malformed` for a recording that the server cannot read, `Unavailable` where it is away."""
        fields = {"model": self._model, "language": language, "prompt": self.prompt(), "response_format": "json"}
        files = {"file": (FILE_NAMES.get(media_type, "speech"), audio, media_type)}
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        try:
            answer = httpx.post(self._url, data=fields, files=files, headers=headers, timeout=PATIENCE)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(f"the speech-to-text server does not answer: {error or type(error).__name__}") from error
        return TranscriptView(text=_heard(answer), language=language)

    def prompt(self) -> str:
        """The words to expect, as many as are looked at."""
        prompt = ""
        for word in self._vocabulary:
            longer = f"{prompt}, {word}" if prompt else word
            if len(longer) > LONGEST_PROMPT:
                break
            prompt = longer
        return prompt

    def transcribe_address(self, language: Language, sample_rate_hz: int) -> TranscribeAddress:  # noqa: ARG002
        raise Refused("there is no Amazon Transcribe in a plant; send the recording")

    def speak(self, text: str, language: Language) -> bytes:  # noqa: ARG002
        raise Refused("the browser itself speaks in a plant")


def _heard(answer: httpx.Response) -> str:
    if answer.status_code in (401, 403, 404):
        raise Misconfigured(
            f"the speech-to-text server refuses us with {answer.status_code}; look at its address and key"
        )
    if 400 <= answer.status_code < 500 and answer.status_code not in (408, 429):
        raise Malformed("the speech-to-text server cannot read this recording; record it again")
    if not answer.is_success or len(answer.content) > LONGEST_ANSWER:
        raise Unavailable(f"the speech-to-text server failed with {answer.status_code}; try again, or type")
    try:
        heard = msgspec.json.decode(answer.content, type=_Heard)
    except msgspec.MsgspecError as error:
        raise Unavailable("the speech-to-text server answered with something else than text; type instead") from error
    return " ".join(heard.text.split())
