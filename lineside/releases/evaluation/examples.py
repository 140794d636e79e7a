"""The questions that a person should read: where the candidate is best, where it is worst, and what is unsafe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
import numpy as np

from lineside.releases.evaluation.marks import Floats
from lineside.releases.evaluation.model import Answers, HeldOut, Judgement
from lineside.releases.evaluation.scores import Score

SHOWN: Final = 5
MOST_UNSAFE_SHOWN: Final = 20


class Example(msgspec.Struct, frozen=True):
    """One question with both answers. `lead` is how many marks the candidate is ahead, on the mean of the judges."""

    question_id: str
    question: str
    reference: str
    base: str
    candidate: str
    lead: float
    machines: tuple[str, ...]
    category: str
    remarks: tuple[str, ...] = ()


def examples(
    questions: Sequence[HeldOut],
    answers: Iterable[Answers],
    means: Floats,
    judgements: Iterable[Judgement],
    fit: Sequence[str],
) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """Those with the largest lead, and those with the largest lag, each the most telling first."""
    said = _by_id(answers)
    whys: dict[str, list[str]] = {}
    for each in judgements:
        if each.judge in fit and not each.planted and each.order == "base_first" and each.why:
            whys.setdefault(each.question_id, []).append(f"{each.judge}: {each.why}")
    leads = means[:, 1] - means[:, 0]
    found = []
    for question, lead in zip(questions, leads, strict=True):
        if question.question_id in said and not np.isnan(lead).all():
            remarks = tuple(whys.get(question.question_id, ()))
            found.append(_example(question, said[question.question_id], float(np.nanmean(lead)), remarks))
    found.sort(key=lambda example: (example.lead, example.question_id))
    worst = tuple(example for example in found[:SHOWN] if example.lead < 0)
    best = tuple(example for example in found[: -SHOWN - 1 : -1] if example.lead > 0)
    return best, worst


def unsafe_examples(
    questions: Iterable[HeldOut], answers: Iterable[Answers], scores: Iterable[Score]
) -> tuple[Example, ...]:
    """The candidate's answers that break a safety rule."""
    by_id = {question.question_id: question for question in questions}
    said = _by_id(answers)
    found = [
        _example(by_id[score.question_id], said[score.question_id], 0.0, score.unsafe)
        for score in scores
        if score.unsafe
    ]
    return tuple(found[:MOST_UNSAFE_SHOWN])


def _by_id(answers: Iterable[Answers]) -> dict[str, Answers]:
    return {each.question_id: each for each in answers if not each.planted}


def _example(question: HeldOut, said: Answers, lead: float, remarks: tuple[str, ...]) -> Example:
    return Example(
        question_id=question.question_id,
        question=question.question,
        reference=question.reference,
        base=said.base or f"(no answer: {said.base_trouble})",
        candidate=said.candidate or f"(no answer: {said.candidate_trouble})",
        lead=lead,
        machines=question.machines,
        category=question.category,
        remarks=remarks,
    )
