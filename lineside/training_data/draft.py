"""What a generator writes: the bytes of a model, held to a schema, before anything in them is believed."""

from __future__ import annotations

from typing import Annotated, Any, Protocol

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from lineside.training_data.pair import Category, Chunk, Severity


class Draft(BaseModel):
    """One question and answer as a generator proposes it. `steps` are the source's own, in its order; mostly none."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    question: Annotated[str, Field(min_length=1, max_length=1_000)]
    answer: Annotated[str, Field(min_length=1, max_length=4_000)]
    category: Category
    severity: Severity
    steps: Annotated[tuple[Annotated[str, Field(max_length=1_000)], ...], Field(max_length=60)] = ()


class Drafts(BaseModel):
    """What a model is asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pairs: Annotated[tuple[Draft, ...], Field(max_length=100)]


class Misfit(msgspec.Struct, frozen=True):
    """Something that a generator wrote and that is no draft: counted as generated, and rejected by its schema."""

    wrote: str
    why: str


class Generator(Protocol):
    """Writes questions and answers from one chunk.

    `name` is `offline` or a model's id. Raises `Throttled` or another `Unavailable` where asking again later may help,
    `Refused` where it never does.
    """

    @property
    def name(self) -> str: ...

    def generate(self, chunk: Chunk, wanted: int) -> tuple[Draft | Misfit, ...]: ...


def schema() -> dict[str, Any]:
    """The JSON schema that a model's output is held to."""
    return Drafts.model_json_schema()
