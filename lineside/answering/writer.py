"""Whoever writes words: one model behind one method, and what can go wrong with it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

import msgspec

from lineside.answering.models import ModelRow
from lineside.errors import Refused, Unavailable


class Waking(Unavailable):
    """The model is not loaded: an imported model after five quiet minutes, a local one after its start. Ask again
    in a minute or two."""


class CutShort(Refused):
    """The model ran into a limit, or was stopped by a filter, before its answer was finished. The same question to
    the same model gets no further."""


class Picture(msgspec.Struct, frozen=True):
    """An image in a prompt, behind the words that say what it is."""

    words: str
    content: bytes
    media_type: str
    """image/png or image/jpeg."""


class Prompt(msgspec.Struct, frozen=True):
    """What one model is asked once. `system` holds our instructions alone, `user` the question and the evidence.

    `patience_seconds` is how long to wait for the first piece, waking the model included; `budget_seconds` how long
    the whole answer may take.
    """

    system: str
    user: str
    patience_seconds: float = 60.0
    budget_seconds: float = 60.0
    schema: dict[str, Any] | None = None
    """A JSON schema that the answer must hold to; whoever asked validates it again. None for free text."""
    model_id: str = ""
    """What the row means, where whoever asks has looked it up; "" lets the writer look its alias up by itself."""
    pictures: tuple[Picture, ...] = ()
    """Shown before `user` is said, in this order; for a model that sees."""


class Writer(Protocol):
    """One model that writes. `write` yields its words as they come and raises a `LinesideError` when they do not.

    `Unavailable` (or `Waking`) where asking again later may help, `CutShort` where the answer was not finished,
    `Refused` where this prompt is not accepted, `Misconfigured` where a person must mend the row or its server.
    When `stop` is set it ends soon, without an error.
    """

    @property
    def row(self) -> ModelRow: ...

    def write(self, prompt: Prompt, stop: threading.Event | None = None) -> Iterator[str]: ...


class Released(msgspec.Struct, frozen=True):
    """The model that an alias means: `model_id` is what its server calls it, such as an imported model's ARN.

    `alias` is the one that it holds itself: a row that asks for `live` gets `canary` for a canary's conversations.
    """

    model_id: str
    release_id: str = ""
    alias: str = ""


class Aliases(Protocol):
    """Which model is released under an alias (`live`, `canary`, `previous`); None while none is.

    A conversation keeps its model while the aliases stay as they are.
    """

    def released(self, alias: str, conversation: str = "") -> Released | None: ...


class FixedAliases:
    """Aliases that a person wrote down."""

    def __init__(self, released: Mapping[str, str] | None = None) -> None:
        self._released = dict(released or {})

    def released(self, alias: str, conversation: str = "") -> Released | None:  # noqa: ARG002
        model_id = self._released.get(alias)
        return Released(model_id, alias=alias) if model_id else None


def released_of(row: ModelRow, aliases: Aliases, conversation: str = "") -> Released:
    """The model that a row means now. Raises `Unavailable` while nothing is released under its alias."""
    if not row.alias:
        return Released(row.model)
    released = aliases.released(row.alias, conversation)
    if released is None:
        raise Unavailable(f"no model is released as {row.alias} yet")
    return released


def model_id_of(row: ModelRow, aliases: Aliases, conversation: str = "") -> str:
    """What the server calls the model that a row means now. Raises as `released_of` does."""
    return released_of(row, aliases, conversation).model_id


_OPENING = re.compile(r"\A\s*<(think|thinking|reasoning|analysis)>", re.IGNORECASE)
_LONGEST_OPENING = 12


def without_thinking(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces without a block of thought at their beginning, as some models print it (`<think>...</think>`).

    A thought that never ends leaves nothing, which is an empty answer.
    """
    waiting, closing, spoken = "", "", False
    for piece in pieces:
        if spoken:
            yield piece
            continue
        waiting += piece
        if not closing and (opening := _OPENING.match(waiting)):
            closing, waiting = f"</{opening[1].lower()}>", waiting[opening.end() :]
        if closing:
            end = waiting.lower().find(closing)
            waiting, closing = (waiting[end + len(closing) :], "") if end >= 0 else (waiting, closing)
        if waiting and not closing and not _may_open(waiting):
            yield waiting.lstrip()
            waiting, spoken = "", True
    if waiting and not closing:
        yield waiting


def _may_open(text: str) -> bool:
    """Whether this may still become the tag that opens a thought."""
    begun = text.lstrip().lower()
    return not begun or (len(begun) < _LONGEST_OPENING and begun.startswith("<") and ">" not in begun)
