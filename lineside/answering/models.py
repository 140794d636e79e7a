"""Which models there are, as rows of a file: `models.yaml` -> `Models`.

The order of the rows is the order in which they are asked: the next one answers where the one before could not.
A row holds no secret; `api_key_env` names the environment variable that does.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lineside.errors import Misconfigured
from lineside.manuals.settings import EmbedderRow

Provider = Literal["bedrock", "ollama", "openai", "offline"]
Role = Literal["router", "answerer", "vision"]
Alias = Literal["", "live", "canary", "previous"]
Structured = Literal["", "tool", "format", "prompt"]

LARGEST_FILE = 1_000_000


def _list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:/-]{0,63}$")]
VariableName = Annotated[str, Field(pattern=r"^([A-Z_][A-Z0-9_]*)?$")]
Seconds = Annotated[float, Field(gt=0, le=900)]


class ModelRow(_Row):
    """One model. `alias` is a released model (which one that is changes with a release); `model` is a fixed one.

    `tools`: whether it is trusted to call tools; where it is not, the code picks them. `timeout_seconds` is how long
    one answer may take in all, `context_tokens` how much prompt and answer it can hold together.
    `structured`: how an answer is held to a JSON schema: by a tool that it must call, by the server's output format,
    or by asking for it alone; "" for the provider's usual way.
    """

    name: Name
    provider: Provider
    model: str = ""
    alias: Alias = ""
    url: str = ""
    roles: Annotated[tuple[Role, ...], BeforeValidator(_list), Field(min_length=1)] = ("answerer",)
    tools: bool = False
    max_tokens: Annotated[int, Field(ge=16, le=32_768)] = 700
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.1
    timeout_seconds: Seconds = 60.0
    context_tokens: Annotated[int, Field(ge=1_024, le=2_000_000)] = 8_192
    api_key_env: VariableName = ""
    structured: Structured = ""


class SpeechRow(_Row):
    """A speech-to-text server that speaks OpenAI's `/v1/audio/transcriptions`."""

    url: str
    model: str = ""
    timeout_seconds: Seconds = 30.0
    api_key_env: VariableName = ""


class Models(_Row):
    """Every model of a plant or a cloud, in the order in which they are asked."""

    models: tuple[ModelRow, ...] = ()
    embedder: EmbedderRow | None = None
    speech: SpeechRow | None = None

    @property
    def answerers(self) -> tuple[ModelRow, ...]:
        """Who may write answers, first choice first."""
        return tuple(row for row in self.models if "answerer" in row.roles)

    @property
    def routers(self) -> tuple[ModelRow, ...]:
        """Who may choose tools, first choice first."""
        return tuple(row for row in self.models if "router" in row.roles)

    @property
    def lookers(self) -> tuple[ModelRow, ...]:
        """Who may look at images, first choice first; behind them stands the offline inspector."""
        return tuple(row for row in self.models if "vision" in row.roles and row.provider != "offline")

    @property
    def asked(self) -> tuple[ModelRow, ...]:
        """The answerers that are models: those before the offline row, which always answers."""
        names = [row.provider for row in self.answerers]
        return self.answerers[: names.index("offline")] if "offline" in names else self.answerers

    def row(self, name: str) -> ModelRow | None:
        return next((row for row in self.models if row.name == name), None)


OFFLINE = Models(models=(ModelRow(name="offline", provider="offline", roles=("router", "answerer"), tools=False),))
"""What there is without a file: rules that choose the tools, and answers that quote."""


def read_models(path: Path) -> Models:
    """The models in this file. Raises Misconfigured with every mistake in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Misconfigured(f"there is no models file at {path}; samples/models.yaml shows one") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"the models file {path} cannot be read: {error}") from error
    return parse_models(text, str(path))


def parse_models(text: str, name: str = "models.yaml") -> Models:
    """The models in this text; `name` stands in the report. Raises Misconfigured with every mistake in it."""
    data = _loaded(text, name)
    mistakes = [*_invalid(data), *_inconsistent(data)]
    if mistakes:
        count = f"{len(mistakes)} mistake{'s' if len(mistakes) > 1 else ''}"
        raise Misconfigured(f"{name} has {count}:", tuple(mistakes))
    return Models.model_validate(data)


def _loaded(text: str, name: str) -> dict[str, Any]:
    if len(text) > LARGEST_FILE:
        raise Misconfigured(f"{name} is {len(text):,} characters long; a models file has at most {LARGEST_FILE:,}")
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise Misconfigured(f"{name} is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(data, dict) or not isinstance(data.get("models"), list) or not data["models"]:
        raise Misconfigured(f"{name} must begin with `models:` and a list of rows, as samples/models.yaml does")
    return data


def _invalid(data: dict[str, Any]) -> Iterator[str]:
    """What is wrong in one value."""
    try:
        Models.model_validate(data)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            yield f"{_place(data, found['loc'])}{_sentence(dict(found))}"


def _inconsistent(data: dict[str, Any]) -> Iterator[str]:
    """What is wrong between values; also where single values are wrong, so that one report says everything."""
    rows = [(number, row) for number, row in enumerate(data["models"]) if isinstance(row, dict)]
    seen: set[str] = set()
    for number, row in rows:
        place = _place(data, ("models", number))
        yield from (f"{place}{mistake}" for mistake in _row_mistakes(row))
        name = str(row.get("name", ""))
        if name and name in seen:
            yield f"{place}another row has this name; names are used once"
        seen.add(name)
    if isinstance(speech := data.get("speech"), dict):
        yield from (f"speech: {mistake}" for mistake in _url_mistakes(speech.get("url")))


def _row_mistakes(row: dict[str, Any]) -> Iterator[str]:
    provider = row.get("provider")
    if provider not in get_args(Provider):
        return
    named = bool(row.get("model")) + bool(row.get("alias"))
    if provider == "offline":
        yield from (f"the offline model has no {key}" for key in ("model", "alias", "url") if row.get(key))
        return
    if named != 1:
        yield "needs either `model` or `alias`, and not both"
    if provider == "bedrock":
        yield from ("Bedrock has no url; its Region is that of the account's settings" for _ in [0] if row.get("url"))
    else:
        yield from _url_mistakes(row.get("url"))
    yield from _token_mistakes(row)


def _token_mistakes(row: dict[str, Any]) -> Iterator[str]:
    answer = row.get("max_tokens", ModelRow.model_fields["max_tokens"].default)
    context = row.get("context_tokens", ModelRow.model_fields["context_tokens"].default)
    if isinstance(answer, int) and isinstance(context, int) and answer > context // 2:
        yield f"max_tokens {answer} leaves no room for a prompt in context_tokens {context}"


def _url_mistakes(url: object) -> Iterator[str]:
    try:
        parts = urlsplit(str(url or ""))
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        yield "url must be the address of a server, such as http://127.0.0.1:11434"
    elif parts.username or parts.password:
        yield "url must hold no password; name its environment variable with api_key_env"


def _place(data: dict[str, Any], path: tuple[str | int, ...]) -> str:
    if path and path[0] == "models" and len(path) > 1 and isinstance(path[1], int):
        row = data["models"][path[1]]
        called = row.get("name") if isinstance(row, dict) else None
        return f"{called or f'row {path[1] + 1}'}: " + "".join(f"{key}: " for key in path[2:3])
    return "".join(f"{key}: " for key in path)


def _sentence(error: dict[str, Any]) -> str:
    kind, key = error["type"], str(error["loc"][-1])
    if kind == "extra_forbidden":
        return f"not known here{_meant(key, _keys_at(error['loc']))}"
    if kind == "missing":
        return "missing"
    if kind == "literal_error":
        expected = str(error["ctx"]["expected"])
        return f"must be {expected}, not {error['input']!r}"
    if kind == "string_pattern_mismatch" and key == "api_key_env":
        return "is the name of an environment variable, such as MODEL_API_KEY, never the key itself"
    if kind == "string_pattern_mismatch":
        return "may hold letters, digits, spaces and . _ : / - only, at most 64"
    message = str(error["msg"])
    return f"{message[0].lower()}{message[1:]}"


def _keys_at(path: tuple[str | int, ...]) -> Iterable[str]:
    rows: dict[str | int, type[BaseModel]] = {"models": ModelRow, "speech": SpeechRow, "embedder": EmbedderRow}
    model = rows.get(path[0], Models) if len(path) > 1 else Models
    return model.model_fields


def _meant(given: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(given.casefold(), list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
