"""The plant's words for Amazon Transcribe, against moto."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws

from cloud.vocabulary import phrases, renew
from lineside.errors import Misconfigured
from lineside.site import parse_site

BAKERY = """
site: north
lines:
  - id: line-1
    machines:
      - id: Freezer Tunnel
        attributes: {T: {label: Freezer temperature}}
      - id: Oven 2
      - id: Füller_10
"""


@pytest.fixture
def transcribe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client("transcribe", region_name="eu-central-1")


def test_names_are_spelled_as_transcribe_takes_them() -> None:
    spelled = phrases(parse_site(BAKERY))

    assert spelled == ("Freezer-Tunnel", "Oven-two", "Füller-one-zero", "Freezer-temperature")


def test_every_language_has_a_vocabulary(transcribe: Any) -> None:
    made = renew(transcribe, "north", parse_site(BAKERY))

    assert made == ["north-en", "north-de", "north-zh"]
    languages = {transcribe.get_vocabulary(VocabularyName=name)["LanguageCode"] for name in made}
    assert languages == {"en-US", "de-DE", "zh-CN"}


def test_a_vocabulary_that_is_there_is_renewed() -> None:
    """Moto cannot update one, so the wire itself answers; the client in front of it is the real one."""
    asked: list[tuple[str, dict[str, Any]]] = []

    def answer(request: Any, **_: Any) -> AWSResponse:
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        asked.append((operation, json.loads(request.body)))
        there = operation == "CreateVocabulary"
        body = b'{"__type": "ConflictException", "Message": "there"}' if there else b'{"VocabularyState": "PENDING"}'
        return AWSResponse(request.url, 400 if there else 200, {}, _Raw(io.BytesIO(body)))

    session = boto3.Session("testing", "testing", region_name="eu-central-1")
    session.events.register("before-send.transcribe", answer)

    renew(session.client("transcribe"), "north", parse_site(BAKERY))

    renewed = [body for operation, body in asked if operation == "UpdateVocabulary"]
    assert [body["VocabularyName"] for body in renewed] == ["north-en", "north-de", "north-zh"]
    assert {tuple(body["Phrases"]) for body in renewed} == {phrases(parse_site(BAKERY))}


class _Raw:
    """The body as botocore reads it."""

    def __init__(self, body: io.BytesIO) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body.read()


def test_a_site_without_a_word_that_can_be_heard_is_refused(transcribe: Any) -> None:
    with pytest.raises(Misconfigured, match="no name that Amazon Transcribe could listen for"):
        renew(transcribe, "north", parse_site("site: north\nlines:\n  - id: line-1\n"))
