"""A tool's result as a model reads it: small JSON, with the passages numbered as the answer may cite them."""

from __future__ import annotations

import msgspec

from lineside.assistant.found import Found, Item
from lineside.manuals.passage import Passage

LONGEST_RESULT = 12_000
"""Characters; about 3,000 tokens, so that three results fit into a small model's context."""


class ShownFact(msgspec.Struct, frozen=True, omit_defaults=True):
    about: str
    text: str
    machine: str = ""
    value: float | None = None
    unit: str = ""


class ShownPassage(msgspec.Struct, frozen=True, omit_defaults=True):
    """`n` is the number under which the answer cites it: [1]."""

    n: int
    document: str
    text: str
    title: str = ""
    revision: str = ""
    section: str = ""
    step: str = ""
    page: str = ""
    machines: tuple[str, ...] = ()
    unreviewed: bool = False


class Shown(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came back, in words. Everything in it is data, whoever wrote it."""

    tool: str
    summary: str
    facts: tuple[ShownFact, ...] = ()
    passages: tuple[ShownPassage, ...] = ()
    choices: tuple[str, ...] = ()
    nothing: str = ""
    ok: bool = True
    left_out: int = 0

    def about(self, *topics: str) -> list[ShownFact]:
        """The facts of these topics, topic by topic."""
        return [fact for topic in topics for fact in self.facts if fact.about == topic]

    @property
    def text(self) -> str:
        return msgspec.json.encode(self).decode()


def decode(text: str) -> Shown | None:
    """What `Shown.text` gave; None for anything else."""
    try:
        return msgspec.json.decode(text, type=Shown)
    except (msgspec.DecodeError, UnicodeError):
        return None


def shown(found: Found, numbers: dict[str, int]) -> Shown:
    """A result for a model; `numbers` are those of the turn's passages by their id."""
    whole = Shown(
        found.tool,
        found.summary,
        tuple(map(_fact, found.items)),
        tuple(_passage(passage, numbers[passage.passage_id]) for passage in found.passages),
        found.choices,
        found.nothing,
        found.ok,
    )
    return _bounded(whole)


def _bounded(whole: Shown) -> Shown:
    """The same within `LONGEST_RESULT`: the last facts go first, then the last passages, and how many is said."""
    kept = whole
    while len(kept.text) > LONGEST_RESULT and (kept.facts or kept.passages):
        if len(kept.facts) > 4 or not kept.passages:
            facts = kept.facts[: len(kept.facts) * 3 // 4]
            kept = msgspec.structs.replace(kept, facts=facts)
        else:
            kept = msgspec.structs.replace(kept, passages=kept.passages[:-1])
        left_out = len(whole.facts) - len(kept.facts) + len(whole.passages) - len(kept.passages)
        kept = msgspec.structs.replace(kept, left_out=left_out)
    return kept


def _fact(item: Item) -> ShownFact:
    return ShownFact(item.topic, item.fact.text, item.machine, item.fact.value, item.fact.unit)


def _passage(passage: Passage, number: int) -> ShownPassage:
    return ShownPassage(
        number, passage.document, passage.text, passage.title, passage.revision, passage.section, passage.step,
        passage.page, passage.machines, not passage.reviewed,
    )  # fmt: skip
