"""Models on Bedrock: Converse and ConverseStream, for foundation models and for imported ones by their alias.

An imported model that was not asked for five minutes is unloaded; the first call then fails with
`ModelNotReadyException` until it is loaded again, in about two minutes. That is retried here, for as long as the
prompt's patience allows, because botocore's own retries neither know that limit nor hear a stop.

An answer that must hold to a JSON schema is the input of a tool that the model has to call, which most models of
Bedrock know; `structured` of the row says where it is held by the output's format, or by words alone.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
import urllib3.exceptions
from botocore.config import Config
from botocore.eventstream import ParserError
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from lineside.answering.models import ModelRow, Models, Structured
from lineside.answering.schemas import in_words, plain_schema
from lineside.answering.writer import (
    Aliases,
    CutShort,
    FixedAliases,
    Prompt,
    Waking,
    Writer,
    model_id_of,
    without_thinking,
)
from lineside.errors import LinesideError, Misconfigured, Refused, Throttled, Unavailable

NOBODY_WAITS_SECONDS = 300.0
"""Bedrock may take five minutes to serve the first answer of a sleeping model; a shorter wait would ask in vain."""

FIRST_RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 15.0

TOOL = "write"
"""The tool whose input is the answer, where an answer must hold to a schema."""

_FOR_A_PERSON = frozenset(
    {
        "AccessDeniedException",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "ResourceNotFoundException",
        "ExpiredTokenException",
    }
)
_TOO_OFTEN = frozenset({"ThrottlingException", "TooManyRequestsException", "Throttling"})
_FINISHED = frozenset({"end_turn", "stop_sequence", "tool_use"})
_CUT_SHORT = {
    "max_tokens": "ran into its limit of {row.max_tokens} tokens",
    "model_context_window_exceeded": "ran out of its context",
    "guardrail_intervened": "was stopped by a guardrail",
    "content_filtered": "was stopped by a content filter",
}


def bedrock_client(read_timeout_seconds: float = NOBODY_WAITS_SECONDS) -> Any:
    """A client for Bedrock's runtime. One attempt: whoever asks retries what can be retried."""
    config = Config(connect_timeout=3, read_timeout=read_timeout_seconds, retries={"total_max_attempts": 1})
    return boto3.client("bedrock-runtime", config=config)


def bedrock_writers(
    models: Models,
    aliases: Aliases | None = None,
    *,
    client: Any = None,
    read_timeout_seconds: float | None = None,
) -> tuple[Writer, ...]:
    """The answering models of Bedrock in the order of the file, up to the offline row.

    `read_timeout_seconds` is how long a connection may be silent: the row's own timeout where a person waits, and
    `NOBODY_WAITS_SECONDS` where nobody does.
    """
    return tuple(
        BedrockWriter(
            row, client or bedrock_client(read_timeout_seconds or row.timeout_seconds), aliases or FixedAliases()
        )
        for row in models.asked
        if row.provider == "bedrock"
    )


@dataclass
class BedrockWriter:
    """A `Writer`. With `streams` off one Converse call brings the whole answer as one piece."""

    row: ModelRow
    client: Any
    aliases: Aliases = field(default_factory=FixedAliases)
    streams: bool = True
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def write(self, prompt: Prompt, stop: threading.Event | None = None) -> Iterator[str]:
        model_id = prompt.model_id or model_id_of(self.row, self.aliases)
        started = self.monotonic()
        ends = started + min(prompt.budget_seconds, self.row.timeout_seconds)
        with _translated(self.row.name):
            answer = self._asked_until_awake(model_id, prompt, started + prompt.patience_seconds, stop)
            if answer is None:
                return
            pieces = (
                self._stream(answer, _Heard(waits=prompt.schema is not None), ends, stop)
                if self.streams
                else self._whole(answer)
            )
            yield from without_thinking(pieces)

    def _asked_until_awake(
        self, model_id: str, prompt: Prompt, until: float, stop: threading.Event | None
    ) -> dict[str, Any] | None:
        """Bedrock's answer; None once a person has stopped."""
        wait_seconds = FIRST_RETRY_SECONDS
        while not (stop and stop.is_set()):
            try:
                return self._ask(model_id, prompt)
            except ClientError as error:
                if _code(error) != "ModelNotReadyException":
                    raise
                if self.monotonic() + wait_seconds > until:
                    raise Waking(f"{self.row.name} is waking up; it answers in a minute or two") from error
            self._pause(wait_seconds, stop)
            wait_seconds = min(LONGEST_RETRY_SECONDS, 2 * wait_seconds)
        return None

    def _ask(self, model_id: str, prompt: Prompt) -> dict[str, Any]:
        ask = self.client.converse_stream if self.streams else self.client.converse
        request = {
            "modelId": model_id,
            "system": [{"text": prompt.system}],
            "messages": [{"role": "user", "content": [*_shown(prompt), {"text": prompt.user}]}],
            "inferenceConfig": {"maxTokens": self.row.max_tokens, "temperature": self.row.temperature},
            **_held(prompt, self.row.structured or "tool"),
        }
        try:
            answer: dict[str, Any] = ask(**request)
        except ClientError as error:
            if not _cannot_be_forced(error, request):
                raise
            del request["toolConfig"]["toolChoice"]
            answer = ask(**request)
        return answer

    def _pause(self, seconds: float, stop: threading.Event | None) -> None:
        if stop:
            stop.wait(seconds)
        else:
            self.sleep(seconds)

    def _whole(self, answer: dict[str, Any]) -> Iterator[str]:
        """The text blocks alone, or what the tool was called with: a block of reasoning is nothing to read."""
        blocks = answer.get("output", {}).get("message", {}).get("content", [])
        called = [block["toolUse"]["input"] for block in blocks if "toolUse" in block]
        yield json.dumps(called[0]) if called else "".join(block["text"] for block in blocks if "text" in block)
        self._refuse_unfinished(answer.get("stopReason", ""))

    def _stream(
        self, answer: dict[str, Any], heard: _Heard, ends: float, stop: threading.Event | None
    ) -> Iterator[str]:
        finished = False
        stream = answer["stream"]
        try:
            for event in stream:
                if stop and stop.is_set():
                    return
                if self.monotonic() > ends:
                    raise Unavailable(f"{self.row.name} took longer than it may and was cut off")
                yield from heard.words(event.get("contentBlockDelta", {}))
                if "messageStop" in event:
                    finished = True
                    yield from heard.rest()
                    self._refuse_unfinished(event["messageStop"]["stopReason"])
        finally:
            stream.close()
        if not finished:
            raise Unavailable(f"{self.row.name} broke off in the middle of its answer")

    def _refuse_unfinished(self, reason: str) -> None:
        if reason in _FINISHED:
            return
        how = _CUT_SHORT.get(reason, "ended with {reason!r}").format(row=self.row, reason=reason)
        raise CutShort(f"{self.row.name} {how} before its answer was finished")


def _shown(prompt: Prompt) -> Iterator[dict[str, Any]]:
    """Each picture as a block of its own, behind its words. botocore puts the bytes into base64."""
    for picture in prompt.pictures:
        yield {"text": picture.words}
        kind = picture.media_type.removeprefix("image/")
        yield {"image": {"format": kind, "source": {"bytes": picture.content}}}


def _held(prompt: Prompt, how: Structured) -> dict[str, Any]:
    """What a request says more where its answer must hold to a schema."""
    if prompt.schema is None:
        return {}
    if how == "prompt":
        return {"system": [{"text": f"{prompt.system}\n\n{in_words(prompt.schema)}"}]}
    schema = plain_schema(prompt.schema)
    if how == "format":
        written = {"name": TOOL, "schema": json.dumps(schema)}
        return {"outputConfig": {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": written}}}}
    tool = {"name": TOOL, "description": "Takes the whole answer.", "inputSchema": {"json": schema}}
    return {"toolConfig": {"tools": [{"toolSpec": tool}], "toolChoice": {"tool": {"name": TOOL}}}}


def _cannot_be_forced(error: ClientError, request: dict[str, Any]) -> bool:
    """Whether the model knows tools, but not that it must call one; given a single tool, it calls that one anyway."""
    message = str(error.response["Error"].get("Message", ""))
    return "toolConfig" in request and _code(error) == "ValidationException" and "toolChoice" in message


class _Heard:
    """Takes the words out of a stream: what the first tool is called with, else its text.

    With `waits` text is held back until it is certain that no tool is called: some models say first what they will do.
    """

    def __init__(self, *, waits: bool) -> None:
        self._waits = waits
        self._text = ""
        self._tool: int | None = None

    def words(self, event: dict[str, Any]) -> Iterator[str]:
        delta, block = event.get("delta", {}), event.get("contentBlockIndex", 0)
        if text := delta.get("text"):
            if self._waits:
                self._text += text
            else:
                yield text
        elif written := delta.get("toolUse", {}).get("input"):
            self._tool = block if self._tool is None else self._tool
            if block == self._tool:
                yield written

    def rest(self) -> Iterator[str]:
        if self._text and self._tool is None:
            yield self._text


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """Bedrock's errors as ours, each with the sentence that stands in the answer's reasons."""
    try:
        yield
    except ClientError as error:
        raise _ours(name, _code(error), error.response["Error"].get("Message", "")) from error
    except (BotoCoreError, urllib3.exceptions.HTTPError, OSError) as error:
        raise Unavailable(f"{name} could not be reached on Bedrock: {type(error).__name__}") from error
    except (ResponseParserError, ParserError) as error:
        raise Unavailable(f"{name} answered with something that is no message of Bedrock") from error


def _ours(name: str, code: str, message: str) -> LinesideError:
    code = code[:1].upper() + code[1:]  # an error in a stream is spelled `throttlingException`
    if code == "ModelNotReadyException":
        return Waking(f"{name} is waking up; it answers in a minute or two")
    if code in _FOR_A_PERSON:
        return Misconfigured(f"{name} may not be used: Bedrock says {code}")
    if code == "ValidationException":
        return Refused(f"{name} does not take this prompt: {' '.join(message.split())[:160]}")
    if code in _TOO_OFTEN:
        return Throttled(f"{name} is asked too often just now; Bedrock throttles")
    return Unavailable(f"{name} did not answer: Bedrock says {code}")


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
