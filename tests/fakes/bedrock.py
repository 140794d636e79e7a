"""Bedrock's runtime without Bedrock: real boto3 clients, real bytes, and no network.

The handler answers in place of the HTTP request, so botocore still builds, validates and signs every request and
still decodes every response, event streams included.

    bedrock = FakeBedrock()
    bedrock.says("The conveyor ", "stands.")
    client = bedrock.client()              # or bedrock.session(), for who makes its own client
"""

from __future__ import annotations

import json
import struct
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config

REGION = "us-east-1"


@dataclass
class Asked:
    """One request as it went over the wire."""

    operation: str
    model: str
    body: dict[str, Any]

    @property
    def user_text(self) -> str:
        """Everything that the newest user message says."""
        (*_, newest) = [message for message in self.body["messages"] if message["role"] == "user"]
        return "\n".join(block.get("text", "") for block in newest["content"])

    @property
    def system_text(self) -> str:
        return "\n".join(block["text"] for block in self.body.get("system", []))


@dataclass
class Answer:
    """What comes back once: content blocks, or an error instead."""

    blocks: list[dict[str, Any]] = field(default_factory=list)
    stop_reason: str = "end_turn"
    error: tuple[int, str, str] | None = None
    raised: Exception | None = None
    cut_after: int | None = None
    stream_error: tuple[str, str] | None = None
    first_piece_seconds: float = 0.0
    between_seconds: float = 0.0


class FakeBedrock:
    """Answers in the order scripted; the last one again when there are no more."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._answers: deque[Answer] = deque()
        self._routes: Callable[[Asked], Answer | None] = lambda asked: None

    def says(self, *pieces: str, stop_reason: str = "end_turn", reasoning: str = "", **how: Any) -> Answer:
        """Text in these pieces, after `reasoning` that no one should read."""
        thought = [{"reasoningContent": {"reasoningText": {"text": reasoning}}}] if reasoning else []
        return self.answers(Answer([*thought, {"text": list(pieces)}], stop_reason, **how))

    def calls_tool(self, name: str, arguments: dict[str, Any], *, call_id: str = "call-1", text: str = "") -> Answer:
        said = [{"text": [text]}] if text else []
        use = {"toolUse": {"toolUseId": call_id, "name": name, "input": arguments}}
        return self.answers(Answer([*said, use], "tool_use"))

    def fails(self, code: str, message: str = "no", status: int = 400) -> Answer:
        return self.answers(Answer(error=(status, code, message)))

    def raises(self, error: Exception) -> Answer:
        """The connection itself fails."""
        return self.answers(Answer(raised=error))

    def answers(self, answer: Answer) -> Answer:
        self._answers.append(answer)
        return answer

    def route(self, choose: Callable[[Asked], Answer | None]) -> None:
        """Let a function answer by what was asked; None leaves it to the script."""
        self._routes = choose

    def session(self) -> boto3.Session:
        """A session whose clients for Bedrock's runtime are answered here."""
        session = boto3.Session("testing", "testing", region_name=REGION)
        session.events.register("before-send.bedrock-runtime", self._respond)
        return session

    def client(self, config: Config | None = None) -> Any:
        return self.session().client("bedrock-runtime", config=config or Config(retries={"total_max_attempts": 1}))

    def _respond(self, request: Any, **_: Any) -> AWSResponse:
        _, _, path = request.url.partition("/model/")
        model, _, operation = path.rpartition("/")
        asked = Asked(operation, unquote(unquote(model)), json.loads(request.body))
        self.asked.append(asked)
        answer = self._routes(asked) or (self._answers.popleft() if len(self._answers) > 1 else self._answers[0])
        if answer.raised:
            raise answer.raised
        if answer.error:
            status, code, message = answer.error
            headers = {"x-amzn-ErrorType": code, "content-type": "application/json"}
            return AWSResponse(request.url, status, headers, Raw(iter([json.dumps({"message": message}).encode()])))
        if operation == "converse-stream":
            headers = {"content-type": "application/vnd.amazon.eventstream"}
            return AWSResponse(request.url, 200, headers, Raw(_streamed(answer)))
        time.sleep(answer.first_piece_seconds)
        body = json.dumps(_whole(answer)).encode()
        return AWSResponse(request.url, 200, {"content-type": "application/json"}, Raw(iter([body])))


class Raw:
    """What botocore reads a response from."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.closed = False

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        self.closed = True


def _whole(answer: Answer) -> dict[str, Any]:
    content = [{"text": "".join(block["text"])} if "text" in block else block for block in answer.blocks]
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": answer.stop_reason,
        "usage": {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15},
        "metrics": {"latencyMs": 1},
    }


def _streamed(answer: Answer) -> Iterator[bytes]:
    time.sleep(answer.first_piece_seconds)
    events = list(_events(answer))
    for kind, body in events if answer.cut_after is None else events[: answer.cut_after]:
        yield encode_event(kind, body)
        time.sleep(answer.between_seconds)
    if answer.stream_error:
        yield encode_event(answer.stream_error[0], {"message": answer.stream_error[1]}, exception=True)


def _events(answer: Answer) -> Iterable[tuple[str, dict[str, Any]]]:
    yield "messageStart", {"role": "assistant"}
    for index, block in enumerate(answer.blocks):
        yield from _block_events(index, block)
        yield "contentBlockStop", {"contentBlockIndex": index}
    yield "messageStop", {"stopReason": answer.stop_reason}
    usage = {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15}
    yield "metadata", {"usage": usage, "metrics": {"latencyMs": 1}}


def _block_events(index: int, block: dict[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    if "text" in block:
        for piece in block["text"]:
            yield "contentBlockDelta", {"contentBlockIndex": index, "delta": {"text": piece}}
    elif "reasoningContent" in block:
        text = block["reasoningContent"]["reasoningText"]["text"]
        yield "contentBlockDelta", {"contentBlockIndex": index, "delta": {"reasoningContent": {"text": text}}}
    else:
        use = block["toolUse"]
        start = {"toolUse": {"toolUseId": use["toolUseId"], "name": use["name"]}}
        yield "contentBlockStart", {"contentBlockIndex": index, "start": start}
        written = json.dumps(use["input"])
        for at in range(0, len(written), 40):
            delta = {"toolUse": {"input": written[at : at + 40]}}
            yield "contentBlockDelta", {"contentBlockIndex": index, "delta": delta}


def encode_event(kind: str, body: dict[str, Any], *, exception: bool = False) -> bytes:
    """One message in `application/vnd.amazon.eventstream`: lengths, headers, payload, and a checksum of each part."""
    types = {":message-type": "exception", ":exception-type": kind} if exception else {
        ":message-type": "event",
        ":event-type": kind,
    }  # fmt: skip
    headers = b"".join(_header(*header) for header in [*types.items(), (":content-type", "application/json")])
    payload = json.dumps(body).encode()
    prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
    prelude += struct.pack("!I", zlib.crc32(prelude))
    message = prelude + headers + payload
    return message + struct.pack("!I", zlib.crc32(message))


def _header(name: str, value: str) -> bytes:
    return struct.pack("!B", len(name)) + name.encode() + b"\x07" + struct.pack("!H", len(value)) + value.encode()
