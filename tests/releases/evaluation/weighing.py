"""An evaluation from marks alone, for tests of what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from lineside.releases.evaluation.model import CRITERIA, Answers, HeldOut, Judgement, Order
from lineside.releases.evaluation.planted import planted
from lineside.releases.evaluation.weigh import Weighed, weigh
from lineside.releases.settings import GateSettings

ORDERS: tuple[Order, ...] = ("base_first", "candidate_first")
Marker = Callable[[HeldOut, Order], tuple[float, float]]
"""The marks of base and candidate."""


def judged(
    judge: str, questions: Sequence[HeldOut], marker: Marker, *, fit: bool = True, orders: Iterable[Order] = ORDERS
) -> list[Judgement]:
    """Marks for every question, the same for every criterion, and for known bad answers."""
    real = [_judgement(judge, question, order, *marker(question, order)) for question in questions for order in orders]
    good = 9 if fit else 3
    bad = [
        _judgement(judge, plant.question, order, 3, good, planted=True)
        for plant in planted(questions)
        for order in ORDERS
    ]
    return [*real, *bad]


def _judgement(judge: str, question: HeldOut, order: Order, base: float, candidate: float, **how: Any) -> Judgement:
    return Judgement(
        judge, question.question_id, order, dict.fromkeys(CRITERIA, base), dict.fromkeys(CRITERIA, candidate), **how
    )


def references(questions: Iterable[HeldOut]) -> list[Answers]:
    """Both models answer as the reference does, so that every score is at its best."""
    return [Answers(each.question_id, each.reference, each.reference) for each in questions]


def weighed(
    questions: Sequence[HeldOut],
    judgements: Sequence[Judgement],
    answers: Sequence[Answers] | None = None,
    left_out: Sequence[str] = (),
    **gate: Any,
) -> Weighed:
    said = references(questions) if answers is None else answers
    return weigh(questions, said, judgements, GateSettings(**gate), left_out=left_out)
