"""Retrieve at the wire: what goes out is what botocore sends, what comes back is what it decodes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from cloud.knowledge_base import KnowledgeBase
from lineside.errors import Misconfigured, Unavailable
from lineside.manuals.passage import Passage
from lineside.manuals.search import ManualSearch

TODAY = date(2025, 3, 3)
PASSAGES = (
    Passage("ice.1", "ice", "D", "T", "Ice blocks the inlet.", machines=("Freezer Tunnel",)),
    Passage("roll.1", "roll", "D", "T", "Replace the label roll."),
    Passage("old.1", "old", "D", "T", "Kick the door.", superseded_on="2025-01-01"),
)


class Raw(io.BytesIO):
    """A body as urllib3 hands it over."""

    def stream(self, **_: object) -> list[bytes]:
        return [self.read()]


class Service:
    """Answers every request of a client before it is sent."""

    def __init__(self, name: str, answer: Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]) -> None:
        self.asked: list[dict[str, Any]] = []
        self.urls: list[str] = []
        self._answer = answer
        self.client = boto3.client(
            name, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b",
            config=Config(retries={"total_max_attempts": 1}),
        )  # fmt: skip
        self.client.meta.events.register("before-send", self._send)

    def _send(self, request: AWSRequest, **_: object) -> AWSResponse:
        self.asked.append(json.loads(request.body))
        self.urls.append(request.url)
        status, body = self._answer(self.asked[-1])
        headers = {"content-type": "application/json"}
        if status >= 400:
            headers["x-amzn-ErrorType"] = body["__type"]
        return AWSResponse(request.url, status, headers, Raw(json.dumps(body).encode()))


def result(passage_id: str, score: float) -> dict[str, Any]:
    return {
        "content": {"text": "what is stored there is not quoted"},
        "location": {"type": "S3", "s3Location": {"uri": f"s3://b/{passage_id}.txt"}},
        "metadata": {"passage_id": passage_id},
        "score": score,
    }


def knowledge_base(*results: dict[str, Any]) -> Service:
    return Service("bedrock-agent-runtime", lambda asked: (200, {"retrievalResults": list(results)}))


def failing(name: str, status: int, code: str) -> Service:
    return Service(name, lambda asked: (status, {"__type": code, "message": "no"}))


def test_a_question_is_retrieved_and_the_near_passages_come_back_in_order():
    service = knowledge_base(result("ice.1", 0.7), result("roll.1", 0.4))

    near = KnowledgeBase(service.client, "KB12345678").nearest("frost?", 20, None)

    assert near == [("ice.1", 0.7), ("roll.1", 0.4)]
    assert service.urls[0].endswith("/knowledgebases/KB12345678/retrieve")
    assert service.asked[0]["retrievalQuery"] == {"text": "frost?"}
    assert service.asked[0]["retrievalConfiguration"]["vectorSearchConfiguration"] == {"numberOfResults": 20}


def test_where_passages_are_left_out_more_are_asked_for():
    service = knowledge_base(result("old.1", 0.9), result("ice.1", 0.7), result("roll.1", 0.4))

    near = KnowledgeBase(service.client, "KB12345678").nearest("frost?", 1, {"ice.1", "roll.1"})

    assert [each.passage_id for each in near] == ["ice.1"]
    assert service.asked[0]["retrievalConfiguration"]["vectorSearchConfiguration"] == {"numberOfResults": 100}


def test_an_object_of_somebody_else_is_passed_over():
    stranger = {"content": {"text": "x"}, "location": {"type": "S3"}, "score": 0.9}

    near = KnowledgeBase(knowledge_base(stranger, result("ice.1", 0.7)).client, "KB12345678").nearest("x", 5, None)

    assert [each.passage_id for each in near] == ["ice.1"]


def test_a_question_that_is_too_long_is_cut():
    service = knowledge_base()

    KnowledgeBase(service.client, "KB12345678").nearest("x" * 5_000, 5, None)

    assert len(service.asked[0]["retrievalQuery"]["text"]) == 1_000


def test_meaning_from_the_knowledge_base_and_words_from_here_are_one_search():
    service = knowledge_base(result("old.1", 0.95), result("ice.1", 0.8), result("gone.1", 0.7))
    searcher = ManualSearch(PASSAGES, meaning=KnowledgeBase(service.client, "KB12345678"))

    hits = searcher.search("frost on the label roll", today=TODAY)

    found = {hit.passage.passage_id: hit.found_by for hit in hits}
    assert found == {"ice.1": "meaning", "roll.1": "words"}
    assert all(hit.passage in PASSAGES for hit in hits)


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException", "ResourceNotFoundException"])
def test_while_the_knowledge_base_fails_words_answer_and_it_is_said(code):
    service = failing("bedrock-agent-runtime", 400, code)
    searcher = ManualSearch(PASSAGES, meaning=KnowledgeBase(service.client, "KB12345678"))

    assert [hit.passage.passage_id for hit in searcher.search("label", today=TODAY)] == ["roll.1"]
    assert code in searcher.trouble


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (403, "AccessDeniedException", Misconfigured),
        (400, "ValidationException", Misconfigured),
        (429, "ThrottlingException", Unavailable),
        (500, "InternalServerException", Unavailable),
    ],
)
def test_each_failure_says_who_must_act(status, code, error):
    client = failing("bedrock-agent-runtime", status, code).client

    with pytest.raises(error, match=code):
        KnowledgeBase(client, "KB12345678").nearest("x", 5, None)


def test_no_answer_is_unavailable():
    def silent(asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        raise EndpointConnectionError(endpoint_url="https://bedrock")

    with pytest.raises(Unavailable, match="did not answer"):
        KnowledgeBase(Service("bedrock-agent-runtime", silent).client, "KB12345678").nearest("x", 5, None)
