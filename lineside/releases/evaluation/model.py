"""What an evaluation is made of, from the question that is held out to the report."""

from __future__ import annotations

from typing import Literal

import msgspec

from lineside.manuals.passage import Passage
from lineside.training_data.pair import Category, Severity

Criterion = Literal["accuracy", "completeness", "relevance"]
CRITERIA: tuple[Criterion, ...] = ("accuracy", "completeness", "relevance")
Who = Literal["base", "candidate"]
Order = Literal["base_first", "candidate_first"]


class HeldOut(msgspec.Struct, frozen=True):
    """A test question as `test.jsonl` holds it. Both models are shown `passages`, the ones that retrieval found."""

    question_id: str
    question: str
    reference: str
    absent: bool
    """The documents do not answer it: a refusal is right."""
    category: Category
    severity: Severity
    machines: tuple[str, ...]
    steps: tuple[str, ...]
    passages: tuple[Passage, ...]
    language: str = "en"


class Answers(msgspec.Struct, frozen=True):
    """What both models said to one question. "" where a model failed, with the reason."""

    question_id: str
    base: str
    candidate: str
    base_trouble: str = ""
    candidate_trouble: str = ""
    planted: bool = False
    """To see whether the judges notice: a known bad answer stands in for the base's, the reference for the other."""


class Judgement(msgspec.Struct, frozen=True):
    """One judge's marks, 1..10, for both answers to one question, in one order. `trouble` where it gave none."""

    judge: str
    question_id: str
    order: Order
    base: dict[Criterion, float]
    candidate: dict[Criterion, float]
    planted: bool = False
    trouble: str = ""
    why: str = ""
    """The judge's own words, to be shown and never to be acted on."""
