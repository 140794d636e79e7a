"""What a tool returns: facts that can be said as they stand, passages that can be quoted, and what was looked at."""

from __future__ import annotations

import msgspec

from lineside.answering.evidence import Fact
from lineside.manuals.passage import Passage


class Item(msgspec.Struct, frozen=True, omit_defaults=True):
    """One fact, and what it is about: `topic` is a word of the tool's own list, such as `lost` or `limits`."""

    topic: str
    fact: Fact
    machine: str = ""


class Proposal(msgspec.Struct, frozen=True):
    """A change of a value that a person may propose. Nothing sends it: it is a record, no command."""

    machine: str
    attribute: str
    from_value: float | None
    to_value: float
    unit: str
    refused: str = ""
    """Why it cannot even be proposed, in a sentence."""
    point: str = ""
    """The command point of the machine that would be set, in whose unit the values are; empty where it has none."""
    label: str = ""
    """What people call the value."""


class Found(msgspec.Struct, frozen=True):
    """The result of one call. `ok` is False where the call itself was wrong; finding nothing is no error.

    `nothing` says in a sentence that there is nothing, and where was looked; empty where something was found.
    """

    tool: str
    summary: str
    items: tuple[Item, ...] = ()
    passages: tuple[Passage, ...] = ()
    searched: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    nothing: str = ""
    ok: bool = True
    proposal: Proposal | None = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        return tuple(item.fact for item in self.items)

    def about(self, *topics: str) -> list[Item]:
        """The items of these topics, topic by topic."""
        return [item for topic in topics for item in self.items if item.topic == topic]
