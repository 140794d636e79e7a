"""Speech in the cloud: the address is signed as AWS would sign it, and Polly is asked for what it can say."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from cloud.voice import CloudVoice
from lineside.errors import Malformed, Misconfigured, Refused, Unavailable
from lineside.site import read_site
from tests.cloud.wire import REGION, Wire, session_with_keys

SITE = read_site(Path(__file__).parents[2] / "samples" / "site.yaml")
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


def voice(polly: object = None, vocabulary: str = "") -> CloudVoice:
    return CloudVoice(polly, session_with_keys(), SITE, vocabulary=vocabulary)


def keyed(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature_of(url: str) -> str:
    """The signature that AWS computes for this address, after its documentation of Signature Version 4."""
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    del asked["X-Amz-Signature"]
    query = "&".join(f"{quote(name, safe='-_.~')}={quote(asked[name], safe='-_.~')}" for name in sorted(asked))
    canonical = "\n".join(
        ("GET", parts.path, query, f"host:{parts.netloc}", "", "host", hashlib.sha256(b"").hexdigest())
    )
    day, signed_at = asked["X-Amz-Date"][:8], asked["X-Amz-Date"]
    scope = f"{day}/{REGION}/transcribe/aws4_request"
    to_sign = "\n".join(("AWS4-HMAC-SHA256", signed_at, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    key = f"AWS4{SECRET}".encode()
    for part in (day, REGION, "transcribe", "aws4_request"):
        key = keyed(key, part)
    return keyed(key, to_sign).hex()


def test_the_address_of_transcribe_carries_the_signature_that_aws_computes():
    address = voice(vocabulary="bakery-machines").transcribe_address("de", 16_000)

    parts = urlsplit(address.url)
    asked = dict(parse_qsl(parts.query))
    assert (parts.scheme, parts.netloc) == ("wss", f"transcribestreaming.{REGION}.amazonaws.com:8443")
    assert parts.path == "/stream-transcription-websocket"
    assert asked["X-Amz-Signature"] == signature_of(address.url)
    assert asked["X-Amz-Security-Token"] == "a/session+token="
    assert {name: asked[name] for name in ("language-code", "media-encoding", "sample-rate", "vocabulary-name")} == {
        "language-code": "de-DE",
        "media-encoding": "pcm",
        "sample-rate": "16000",
        "vocabulary-name": "bakery-machines-de",
    }


def test_an_address_of_which_anything_is_changed_no_longer_has_the_right_signature():
    url = voice().transcribe_address("en", 16_000).url
    signature = dict(parse_qsl(urlsplit(url).query))["X-Amz-Signature"]

    assert signature_of(url.replace("en-US", "de-DE")) != signature
    assert signature_of(url.replace("X-Amz-Expires=300", "X-Amz-Expires=86400")) != signature


def test_the_address_is_good_for_five_minutes_and_says_until_when():
    before = datetime.now(UTC)
    address = voice().transcribe_address("en", 48_000)

    asked = dict(parse_qsl(urlsplit(address.url).query))
    good_for = datetime.fromisoformat(address.expires_at) - before
    assert asked["X-Amz-Expires"] == "300"
    assert "vocabulary-name" not in asked
    assert 298 <= good_for.total_seconds() <= 310
    assert SECRET not in address.url


def test_without_credentials_somebody_is_told_rather_than_a_browser_refused():
    class NoKeys:
        region_name = REGION

        def get_credentials(self) -> None:
            return None

    with pytest.raises(Misconfigured, match="no AWS credentials"):
        CloudVoice(None, NoKeys(), SITE).transcribe_address("en", 16_000)


@pytest.mark.parametrize(("language", "speaker"), [("en", "Joanna"), ("de", "Vicki"), ("zh", "Zhiyu")])
def test_polly_speaks_each_language_of_the_console_with_a_neural_voice(language, speaker):
    wire = Wire()
    wire.answers_bytes(b"ID3 mp3", "audio/mpeg")

    spoken = voice(wire.client("polly")).speak("The <break/> freezer", language)

    assert spoken == b"ID3 mp3"
    assert wire.bodies == [
        {
            "Engine": "neural",
            "OutputFormat": "mp3",
            "Text": "The <break/> freezer",
            "TextType": "text",
            "VoiceId": speaker,
        }
    ]


def test_where_a_region_lacks_the_neural_voice_the_plain_one_speaks():
    wire = Wire()
    wire.refuses("EngineNotSupportedException")
    wire.answers_bytes(b"plain", "audio/mpeg")

    assert voice(wire.client("polly")).speak("stop", "zh") == b"plain"
    assert [body["Engine"] for body in wire.bodies] == ["neural", "standard"]


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("TextLengthExceededException", 400, Malformed),
        ("AccessDeniedException", 403, Misconfigured),
        ("ServiceFailureException", 400, Unavailable),
        ("EngineNotSupportedException", 400, Unavailable),
    ],
)
def test_what_polly_refuses_says_who_must_act(code, status, kind):
    wire = Wire()
    wire.refuses(code, status)

    with pytest.raises(kind, match=r"spoken|Polly"):
        voice(wire.client("polly")).speak("stop", "en")


def test_the_console_is_told_to_use_transcribe_and_polly_and_which_names_to_listen_for():
    about = voice().about()

    assert (about.speech_to_text, about.speech_output) == ("transcribe", "polly")
    assert about.languages == ("en", "de", "zh")
    assert "Freezer Tunnel" in about.vocabulary
    with pytest.raises(Refused, match="from the browser itself"):
        voice().transcribe(b"", "audio/webm", "en")
