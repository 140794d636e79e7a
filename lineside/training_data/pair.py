"""One question and its answer, where it comes from, and why it may not be used."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from lineside.answering.prompt import NO_ANSWER
from lineside.manuals.passage import Passage

Category = Literal["operation", "fault", "safety", "compliance"]
Severity = Literal["low", "medium", "high", "critical"]
Kind = Literal["answer", "refusal"]
Part = Literal["train", "validation", "test"]

OFFLINE: Final = "offline"
"""Who made a pair from a document's structure, without any model."""
FEEDBACK: Final = "feedback"
"""Who made a pair that operators said and an engineer reviewed."""
REFUSAL: Final = f"{NO_ANSWER}. The documents do not say this."
"""The answer to what the documents do not say. It begins with the sign by which the answering chain knows it."""

Reason = Literal[
    "schema",               # not what was asked for: a field is missing, empty, or of a wrong kind
    "length",               # question or answer too short or too long
    "language",             # not the language of its source
    "number",               # a number that the source does not have
    "unit",                 # the source's number in a unit that the source does not give it
    "code",                 # a code, part number or document number that the source does not have
    "name",                 # a quoted name that the source does not have
    "step_invented",        # a step that the source does not have
    "step_order",           # the source's steps in another order
    "unsupported",          # words of the answer that the source does not say
    "not_from_source",      # a question that the source alone does not answer, or one about "the passage" itself
    "superseded",           # about a revision that is not in force
    "personal_data",        # an address, a telephone number, a name of a person
    "duplicate",            # as good as the same as an earlier pair
    "answerable",           # a refusal to a question that the documents do answer
    "held_out",             # too near to what the model is tested on
    "too_many_of_one_person",
]  # fmt: skip


class Chunk(msgspec.Struct, frozen=True):
    """Whole passages of one section of one document, no longer than the token budget; what a generator is shown."""

    chunk_id: str
    """The same for the same content, so that what was paid for once is found again."""
    passages: tuple[Passage, ...]
    tokens: int
    overlapping: int = 0
    """How many of the first passages another chunk is about; they stand here so that what follows is understood."""
    goes_on: bool = False
    """Whether the section goes on in another chunk, so that a list of steps at the end may not be all of them."""

    @property
    def text(self) -> str:
        return "\n".join(passage.text for passage in self.passages)


class Pair(msgspec.Struct, frozen=True):
    """A question, its answer, and the passages that the answer rests on.

    A refusal rests on nothing: `passages` are then what a search would find for it, and do not answer it.
    """

    pair_id: str
    question: str
    answer: str
    kind: Kind
    category: Category
    severity: Severity
    steps: tuple[str, ...]
    document: str
    document_id: str
    revision: str
    page: str
    section: str
    passage_id: str
    """The first of the passages that it rests on."""
    passages: tuple[Passage, ...]
    made_by: str
    """`offline`, `feedback`, or the id of the model that wrote it."""
    reviewed: bool
    """Whether the document carries its approval; for feedback, whether an engineer accepted it (always)."""
    machines: tuple[str, ...] = ()
    language: str = "en"


class Rejected(msgspec.Struct, frozen=True):
    """A pair that may not be used, or what a model wrote instead of one, and why in one sentence."""

    reason: Reason
    why: str
    document: str
    question: str = ""
    answer: str = ""
    made_by: str = ""
    pair_id: str = ""
    chunk_id: str = ""
