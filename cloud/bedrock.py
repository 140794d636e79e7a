"""Models on Bedrock: Converse and ConverseStream, for foundation models and for imported ones by their alias.

An imported model that was not asked for five minutes is unloaded; the first call then fails with
`ModelNotReadyException` until it is loaded again, in about two minutes. That is retried here, for as long as the
prompt's patience allows, because botocore's own retries neither know that limit nor hear a stop.
"""

from __future__ import annotations

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

from lineside.answering.models import ModelRow, Models
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
from lineside.errors import LinesideError, Misconfigured, Refused, Unavailable

NOBODY_WAITS_SECONDS = 300.0
"""Bedrock may take five minutes to serve the first answer of a sleeping model; a shorter wait would ask in vain."""

FIRST_RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 15.0

_FOR_A_PERSON = frozenset(
    {
        "AccessDeniedException",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "ResourceNotFoundException",
        "ExpiredTokenException",
    }
)
_FINISHED = frozenset({"end_turn", "stop_sequence"})
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
            pieces = self._stream(answer, ends, stop) if self.streams else self._whole(answer)
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
        answer: dict[str, Any] = ask(
            modelId=model_id,
            system=[{"text": prompt.system}],
            messages=[{"role": "user", "content": [{"text": prompt.user}]}],
            inferenceConfig={"maxTokens": self.row.max_tokens, "temperature": self.row.temperature},
        )
        return answer

    def _pause(self, seconds: float, stop: threading.Event | None) -> None:
        if stop:
            stop.wait(seconds)
        else:
            self.sleep(seconds)

    def _whole(self, answer: dict[str, Any]) -> Iterator[str]:
        """The text blocks alone: a block of reasoning is nothing to read."""
        blocks = answer.get("output", {}).get("message", {}).get("content", [])
        yield "".join(block["text"] for block in blocks if "text" in block)
        self._refuse_unfinished(answer.get("stopReason", ""))

    def _stream(self, answer: dict[str, Any], ends: float, stop: threading.Event | None) -> Iterator[str]:
        finished = False
        stream = answer["stream"]
        try:
            for event in stream:
                if stop and stop.is_set():
                    return
                if self.monotonic() > ends:
                    raise Unavailable(f"{self.row.name} took longer than it may and was cut off")
                if text := event.get("contentBlockDelta", {}).get("delta", {}).get("text"):
                    yield text
                if "messageStop" in event:
                    finished = True
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
    if code == "ThrottlingException":
        return Unavailable(f"{name} is asked too often just now; Bedrock throttles")
    return Unavailable(f"{name} did not answer: Bedrock says {code}")


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
