"""Pairs as the checks let them through, made up for what stands behind the checks."""

from __future__ import annotations

from lineside.manuals.passage import Passage
from lineside.training_data.pair import REFUSAL, Pair
from lineside.training_data.validate import pair_id


def passage(number: int, text: str = "", *, document: str = "sop-1", section: str = "Work", **about: object) -> Passage:
    own = text or f"Passage {number} of {document} says what only it says: {number * 7919 % 9973}."
    return Passage(f"{document}.{number}", document, document.upper(), "Filler", own, "2", section=section, **about)  # type: ignore[arg-type]


def pair(
    question: str, answer: str = "", *, document: str = "sop-1", section: str = "Work",
    passages: tuple[Passage, ...] = (), made_by: str = "some-model", revision: str = "2",
) -> Pair:  # fmt: skip
    """A refusal without an answer. Without passages it has one of its own."""
    own = passages or (passage(sum(question.encode()) % 997, f"About: {question}", document=document, section=section),)
    kind = "answer" if answer else "refusal"
    return Pair(
        pair_id=pair_id(kind, own[0].passage_id, question, answer or REFUSAL),  # type: ignore[arg-type]
        question=question,
        answer=answer or REFUSAL,
        kind=kind,  # type: ignore[arg-type]
        category="operation",
        severity="low",
        steps=(),
        document=document.upper(),
        document_id=document,
        revision=revision,
        page="1",
        section=section,
        passage_id=own[0].passage_id,
        passages=own,
        made_by=made_by,
        reviewed=True,
        machines=("Filler",),
    )
