"""Speech in the cloud: Amazon Polly speaks, and the browser itself streams to Amazon Transcribe.

The browser gets an address that is signed for five minutes and one purpose; no audio passes through us, and what was
heard comes back to it as text that a person reads before it is sent. Nothing said by voice decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError

from lineside.api.chat_models import Language, TranscribeAddress, TranscriptView, VoiceView
from lineside.api.voice import LONGEST_AUDIO_SECONDS, vocabulary_of
from lineside.errors import Malformed, Misconfigured, Refused, Unavailable
from lineside.site.model import Site
from lineside.telemetry.timestamps import render

GOOD_FOR_SECONDS: Final = 300
"""The longest that Transcribe takes, from signing to connecting; a stream that was begun goes on."""
PORT: Final = 8443
PATH: Final = "/stream-transcription-websocket"


@dataclass(frozen=True)
class Spoken:
    """One language as the two services know it."""

    heard_as: str
    voice: str


LANGUAGES: Final[dict[Language, Spoken]] = {
    "en": Spoken("en-US", "Joanna"),
    "de": Spoken("de-DE", "Vicki"),
    "zh": Spoken("zh-CN", "Zhiyu"),
}
ENGINES: Final = ("neural", "standard")
"""Not every Region has every voice as a neural one."""

_TOO_LONG: Final = frozenset({"TextLengthExceededException"})
_FOR_A_PERSON: Final = frozenset({"AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException"})


def vocabulary_name(name: str, language: Language) -> str:
    """A vocabulary of Transcribe has one language, and a stream may only name one of its own."""
    return f"{name}-{language}"


class CloudVoice:
    """A `Voice`. `polly` is boto3's client; `session` a boto3 session, whose credentials sign the address.

    `vocabulary` names the custom vocabularies of Transcribe that `cloud.vocabulary` makes; "" is none.
    """

    def __init__(self, polly: Any, session: Any, site: Site, *, vocabulary: str = "") -> None:
        self._polly, self._session = polly, session
        self._site, self._vocabulary = site, vocabulary

    def about(self) -> VoiceView:
        return VoiceView(
            speech_to_text="transcribe",
            speech_output="polly",
            longest_seconds=LONGEST_AUDIO_SECONDS,
            languages=tuple(LANGUAGES),
            vocabulary=vocabulary_of(self._site),
        )

    def transcribe(self, audio: bytes, media_type: str, language: Language) -> TranscriptView:  # noqa: ARG002
        raise Refused("speech goes to Amazon Transcribe from the browser itself here")

    def transcribe_address(self, language: Language, sample_rate_hz: int) -> TranscribeAddress:
        """A websocket address for 16-bit mono PCM. Only its begin counts: whoever has connected may stream on."""
        asked = {
            "language-code": LANGUAGES[language].heard_as,
            "media-encoding": "pcm",
            "sample-rate": str(sample_rate_hz),
            **({"vocabulary-name": vocabulary_name(self._vocabulary, language)} if self._vocabulary else {}),
        }
        region = self._session.region_name
        suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        signed = self._signed(f"https://transcribestreaming.{region}.{suffix}:{PORT}{PATH}?{urlencode(asked)}", region)
        return TranscribeAddress(
            url="wss" + signed.removeprefix("https"), sample_rate_hz=sample_rate_hz, expires_at=_expiry(signed)
        )

    def speak(self, text: str, language: Language) -> bytes:
        """The text as MP3. Plain text, so nothing in it is markup."""
        for engine in ENGINES:
            spoken = self._synthesized(text, LANGUAGES[language].voice, engine)
            if spoken is not None:
                return spoken
        raise Unavailable(f"Amazon Polly has no voice for {language} in this Region")

    def _synthesized(self, text: str, voice: str, engine: str) -> bytes | None:
        """None where this Region does not have the voice in this engine."""
        try:
            answer = self._polly.synthesize_speech(
                Engine=engine, OutputFormat="mp3", Text=text, TextType="text", VoiceId=voice
            )
            return bytes(answer["AudioStream"].read())
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "EngineNotSupportedException":
                return None
            raise _translated(code) from error
        except (BotoCoreError, OSError) as error:
            raise Unavailable(f"Amazon Polly did not answer: {error}") from error

    def _signed(self, url: str, region: str) -> str:
        credentials = self._session.get_credentials()
        if credentials is None:
            raise Misconfigured("there are no AWS credentials to sign an address of Amazon Transcribe with")
        request = AWSRequest(method="GET", url=url)
        frozen = credentials.get_frozen_credentials()
        SigV4QueryAuth(frozen, "transcribe", region, expires=GOOD_FOR_SECONDS).add_auth(request)
        return str(request.url)


def _translated(code: str) -> Malformed | Misconfigured | Unavailable:
    if code in _TOO_LONG:
        return Malformed("this text is too long to be spoken at once")
    if code in _FOR_A_PERSON:
        return Misconfigured(f"Amazon Polly refused us: {code}")
    return Unavailable(f"Amazon Polly did not speak: {code}")


def _expiry(signed: str) -> str:
    (signed_at,) = parse_qs(urlsplit(signed).query)["X-Amz-Date"]
    until = datetime.strptime(signed_at, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) + timedelta(seconds=GOOD_FOR_SECONDS)
    return render(round(until.timestamp() * 1_000_000))
