"""Models in the plant: Ollama, and any server that speaks OpenAI's chat completions (vLLM, llama.cpp, LM Studio).

No proxy of the environment is used: a model server of the plant stands on its own network.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import httpx

from lineside.answering.models import ModelRow, Models, Structured
from lineside.answering.schemas import in_words, plain_schema
from lineside.answering.writer import (
    Aliases,
    CutShort,
    FixedAliases,
    Picture,
    Prompt,
    Waking,
    Writer,
    model_id_of,
    without_thinking,
)
from lineside.errors import LinesideError, Misconfigured, Refused, Throttled, Unavailable

CONNECT_SECONDS = 3.0
FIRST_RETRY_SECONDS = 0.5
LONGEST_RETRY_SECONDS = 8.0
LONGEST_LINE = 1_000_000

_FOR_A_PERSON = frozenset({401, 403, 404})
_BUSY = frozenset({429, 503})
_WAKES = ("loading", "warming", "starting")


def plant_writers(
    models: Models, aliases: Aliases | None = None, api_keys: Mapping[str, str] | None = None
) -> tuple[Writer, ...]:
    """The answering models of the plant in the order of the file, up to the offline row.

    `api_keys` are the values of the environment variables that the rows name, read where the process starts.
    """
    keys = api_keys or {}
    return tuple(
        ServerWriter(row, aliases or FixedAliases(), keys.get(row.api_key_env, ""))
        for row in models.asked
        if row.provider in DIALECTS
    )


class Heard(NamedTuple):
    """What one line of a stream says. `finish` is why the answer ends with it; "" where it goes on."""

    text: str = ""
    finish: str = ""
    error: str = ""


class Dialect(NamedTuple):
    """How one kind of server is spoken to. `read` raises what indexing and `json` raise for a line that is none."""

    url: Callable[[str], str]
    settings: Callable[[ModelRow], dict[str, Any]]
    read: Callable[[str], Heard]
    held: Callable[[dict[str, Any]], dict[str, Any]]
    """What a request says more where its answer must hold to a schema."""
    picture: Callable[[Picture], dict[str, Any]]
    """A picture as a message of its own, with its words."""


@dataclass
class ServerWriter:
    """A `Writer`: one streaming request, asked again while the server is busy or loading the model."""

    row: ModelRow
    aliases: Aliases = field(default_factory=FixedAliases)
    api_key: str = ""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def write(self, prompt: Prompt, stop: threading.Event | None = None) -> Iterator[str]:
        model = prompt.model_id or model_id_of(self.row, self.aliases)
        started = self.monotonic()
        budget_seconds = min(prompt.budget_seconds, self.row.timeout_seconds)
        patient_until = started + min(prompt.patience_seconds, budget_seconds)
        timeout = httpx.Timeout(budget_seconds, connect=min(CONNECT_SECONDS, budget_seconds))
        with (
            _translated(self.row.name),
            httpx.Client(timeout=timeout, trust_env=False, verify=trusted()) as client,
            self._asked_until_served(client, self._request(client, model, prompt), patient_until, stop) as response,
        ):
            yield from without_thinking(self._pieces(response, started + budget_seconds, stop))

    def _request(self, client: httpx.Client, model: str, prompt: Prompt) -> httpx.Request:
        dialect = DIALECTS[self.row.provider]
        headers = {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        how = _held_by(self.row) if prompt.schema else ""
        held = dialect.held(plain_schema(prompt.schema)) if prompt.schema and how == "format" else {}
        body = {
            "model": model,
            "messages": _messages(prompt, how, dialect),
            "stream": True,
            **dialect.settings(self.row),
            **held,
        }
        return client.build_request("POST", dialect.url(self.row.url.rstrip("/")), json=body, headers=headers)

    @contextmanager
    def _asked_until_served(
        self, client: httpx.Client, request: httpx.Request, until: float, stop: threading.Event | None
    ) -> Iterator[httpx.Response]:
        wait_seconds = FIRST_RETRY_SECONDS
        while True:
            with _closing(client.send(request, stream=True)) as response:
                if response.status_code == 200:
                    yield response
                    return
                complaint = _complaint(self.row.name, response)
            stopped = stop is not None and stop.is_set()
            if response.status_code not in _BUSY or stopped or self.monotonic() + wait_seconds > until:
                raise complaint
            self._pause(wait_seconds, stop)
            wait_seconds = min(LONGEST_RETRY_SECONDS, 2 * wait_seconds)

    def _pause(self, seconds: float, stop: threading.Event | None) -> None:
        if stop:
            stop.wait(seconds)
        else:
            self.sleep(seconds)

    def _pieces(self, response: httpx.Response, ends: float, stop: threading.Event | None) -> Iterator[str]:
        """The words of the answer. Raises where the stream ends before the answer does."""
        name = self.row.name
        for line in _lines(response):
            if stop and stop.is_set():
                return
            if self.monotonic() > ends:
                raise Unavailable(f"{name} took longer than it may and was cut off")
            heard = self._heard(line)
            if heard.error:
                raise Unavailable(f"{name} failed: {heard.error}")
            if heard.text:
                yield heard.text
            if heard.finish:
                self._refuse_unfinished(heard.finish)
                return
        raise Unavailable(f"{name} broke off in the middle of its answer")

    def _heard(self, line: str) -> Heard:
        try:
            return DIALECTS[self.row.provider].read(line)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise Unavailable(f"{self.row.name} answered with something that is no chat stream") from error

    def _refuse_unfinished(self, reason: str) -> None:
        if reason == "length":
            limit = f"its limit of {self.row.max_tokens} tokens"
            raise CutShort(f"{self.row.name} ran into {limit} before its answer was finished")
        if reason == "content_filter":
            raise CutShort(f"{self.row.name} was stopped by a content filter before its answer was finished")


def _ollama_settings(row: ModelRow) -> dict[str, Any]:
    options = {"temperature": row.temperature, "num_predict": row.max_tokens, "num_ctx": row.context_tokens}
    return {"options": options}


def _read_ollama(line: str) -> Heard:
    """A line of JSON for every piece, the last with `done`."""
    if not line.strip():
        return Heard()
    event = json.loads(line)
    if error := event.get("error"):
        return Heard(error=_one_line(error))
    text = str(event.get("message", {}).get("content") or "")
    return Heard(text, str(event.get("done_reason") or "stop") if event["done"] else "")


def _openai_url(base: str) -> str:
    return f"{base if base.endswith('/v1') else base + '/v1'}/chat/completions"


def _openai_settings(row: ModelRow) -> dict[str, Any]:
    return {"max_tokens": row.max_tokens, "temperature": row.temperature}


def _read_openai(line: str) -> Heard:
    """Server-sent events: between two of them may stand comments, other fields and empty lines, and nothing else."""
    if not line.startswith("data:"):
        if line and not line.startswith((":", "event:", "id:", "retry:")):
            raise ValueError("not a line of an event stream")
        return Heard()
    data = line.removeprefix("data:").strip()
    if data == "[DONE]":
        return Heard(finish="stop")
    event = json.loads(data)
    if error := event.get("error"):
        return Heard(error=_one_line(error))
    if not event["choices"]:  # the last event of some servers carries the token counts alone
        return Heard()
    choice = event["choices"][0]
    return Heard(str(choice["delta"].get("content") or ""), str(choice.get("finish_reason") or ""))


def _ollama_held(schema: dict[str, Any]) -> dict[str, Any]:
    return {"format": schema}


def _openai_held(schema: dict[str, Any]) -> dict[str, Any]:
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}}


def _ollama_picture(picture: Picture) -> dict[str, Any]:
    return {"role": "user", "content": picture.words, "images": [_base64(picture)]}


def _openai_picture(picture: Picture) -> dict[str, Any]:
    url = f"data:{picture.media_type};base64,{_base64(picture)}"
    return {
        "role": "user",
        "content": [{"type": "text", "text": picture.words}, {"type": "image_url", "image_url": {"url": url}}],
    }


def _base64(picture: Picture) -> str:
    return b64encode(picture.content).decode()


DIALECTS = {
    "ollama": Dialect(lambda base: f"{base}/api/chat", _ollama_settings, _read_ollama, _ollama_held, _ollama_picture),
    "openai": Dialect(_openai_url, _openai_settings, _read_openai, _openai_held, _openai_picture),
}


def _held_by(row: ModelRow) -> Structured:
    if row.structured == "tool":
        raise Misconfigured(
            f"{row.name} says `structured: tool`, which is for Bedrock; a server in the plant takes format or prompt"
        )
    return row.structured or "format"


@cache
def trusted() -> ssl.SSLContext:
    """Whom a model server may be certified by; reading the list takes longer than most answers of a small model."""
    return ssl.create_default_context()


def _messages(prompt: Prompt, how: Structured, dialect: Dialect) -> list[dict[str, Any]]:
    system = prompt.system
    if prompt.schema and how == "prompt":
        system = f"{system}\n\n{in_words(prompt.schema)}"
    shown = [dialect.picture(picture) for picture in prompt.pictures]
    return [{"role": "system", "content": system}, *shown, {"role": "user", "content": prompt.user}]


def _lines(response: httpx.Response) -> Iterator[str]:
    """Lines of UTF-8. httpx's own way splits at U+2028 too, which may stand inside a string of JSON."""
    waiting = b""
    for chunk in response.iter_bytes():
        waiting += chunk
        *lines, waiting = waiting.split(b"\n")
        yield from (line.decode(errors="replace").rstrip("\r") for line in lines)
        if len(waiting) > LONGEST_LINE:
            break
    if waiting:
        yield waiting.decode(errors="replace")


@contextmanager
def _closing(response: httpx.Response) -> Iterator[httpx.Response]:
    try:
        yield response
    finally:
        response.close()


@contextmanager
def _translated(name: str) -> Iterator[None]:
    try:
        yield
    except httpx.ConnectError as error:
        raise Unavailable(f"{name} is not reachable; is its server running?") from error
    except httpx.TimeoutException as error:
        raise Unavailable(f"{name} did not answer in time") from error
    except httpx.RemoteProtocolError as error:
        raise Unavailable(f"{name} broke off in the middle of its answer") from error
    except httpx.HTTPError as error:
        raise Unavailable(f"{name} could not be reached: {type(error).__name__}") from error


def _complaint(name: str, response: httpx.Response) -> LinesideError:
    status, said = response.status_code, _said(response)
    if status in _FOR_A_PERSON:
        return Misconfigured(f"{name} cannot be used: its server answers {status}{said}")
    if status == 503 and any(word in said.lower() for word in _WAKES):
        return Waking(f"{name} is waking up; it answers in a minute or two")
    if status == 429:
        return Throttled(f"{name} is asked too often: its server answers {status}{said}")
    if status in _BUSY:
        return Unavailable(f"{name} is busy: its server answers {status}{said}")
    if 400 <= status < 500:
        return Refused(f"{name} does not take this prompt: its server answers {status}{said}")
    return Unavailable(f"{name} failed: its server answers {status}{said}")


def _said(response: httpx.Response) -> str:
    """` (model "x" not found)`: the server's own words, bounded and on one line; nothing where it said none."""
    try:
        data = json.loads(response.read()[:10_000])
    except ValueError:
        return ""
    text = _one_line(data.get("error", "")) if isinstance(data, dict) else ""
    return f" ({text})" if text else ""


def _one_line(error: object) -> str:
    message = error.get("message", "") if isinstance(error, dict) else error
    visible = "".join(letter if letter.isprintable() else " " for letter in str(message))
    return " ".join(visible.split())[:160]
