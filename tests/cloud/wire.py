"""AWS services that moto does not have: real boto3 clients, real bytes, and an answer in place of the request."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

REGION = "eu-central-1"


@dataclass
class Wire:
    """Answers in the order scripted, the last one again; `sent` is what went out."""

    sent: list[AWSPreparedRequest] = field(default_factory=list)
    _answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)

    def answers(self, body: dict[str, Any], status: int = 200) -> None:
        self._answers.append((status, {"content-type": "application/json"}, json.dumps(body).encode()))

    def answers_bytes(self, body: bytes, content_type: str) -> None:
        self._answers.append((200, {"content-type": content_type}, body))

    def refuses(self, code: str, status: int = 400) -> None:
        headers = {"content-type": "application/json", "x-amzn-ErrorType": code}
        self._answers.append((status, headers, json.dumps({"message": "no", "__type": code}).encode()))

    def client(self, service: str) -> Any:
        session = session_with_keys()
        client = session.client(service)
        client.meta.events.register("before-send", self._answer)
        return client

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.body) for request in self.sent]

    def _answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        self.sent.append(request)
        status, headers, body = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return AWSResponse(request.url, status, headers, _Raw(body))


def session_with_keys() -> Any:
    return boto3.Session("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "a/session+token=", REGION)


class _Raw:
    """The body as urllib3 hands it over."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self._body

    def read(self, *_: Any, **__: Any) -> bytes:
        body, self._body = self._body, b""
        return body

    def close(self) -> None:
        pass
