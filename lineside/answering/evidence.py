"""What an answer may rest on: facts that tools returned, and passages that are quoted."""

from __future__ import annotations

import msgspec

from lineside.manuals.passage import Passage


class Fact(msgspec.Struct, frozen=True):
    """One thing that a tool returned, as a sentence with its numbers, units and local times.

    `value` is in `unit` (UN/CEFACT) and None for what is no single number; `observed_us` is 0 where it has no time.
    """

    text: str
    tool: str
    value: float | None = None
    unit: str = ""
    observed_us: int = 0


class Citation(msgspec.Struct, frozen=True):
    """A passage as an answer quotes it; `number` is the [1] in its text."""

    number: int
    passage: Passage
    quote: str


class Evidence(msgspec.Struct, frozen=True):
    """Everything that was found for one question. Its text is data: nothing in it is an instruction."""

    facts: tuple[Fact, ...] = ()
    passages: tuple[Passage, ...] = ()
    searched: tuple[str, ...] = ()
    """What was looked at, in words, so that "I don't know" can say where."""
