"""The work of an evaluation in pieces: what a batch gives is JSON, and asking for it again costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from lineside.answering.writer import Writer
from lineside.releases.evaluation.answer import answer
from lineside.releases.evaluation.asking import Asking
from lineside.releases.evaluation.judge import ORDERS, judge
from lineside.releases.evaluation.model import Answers, HeldOut, Judgement
from lineside.releases.evaluation.planted import Plant

Step = Callable[[int], None]
"""Told of so many calls of a model that are done."""


class Told(msgspec.Struct, frozen=True):
    """What batches found. `answers` holds no planted ones."""

    answers: tuple[Answers, ...] = ()
    judgements: tuple[Judgement, ...] = ()

    def __add__(self, other: Told) -> Told:
        return Told(self.answers + other.answers, self.judgements + other.judgements)


def evaluate_batch(
    questions: Sequence[HeldOut],
    base: Writer,
    candidate: Writer,
    judges: Sequence[Writer],
    asking: Asking,
    step: Step | None = None,
) -> Told:
    """Answers of both models to these questions, and the marks of every judge in both orders."""
    answers: list[Answers] = []
    judgements: list[Judgement] = []
    for question in questions:
        said = answer(question, base, candidate, asking)
        _tell(step, 2)
        answers.append(said)
        judgements += _judged(question, said, judges, asking, step)
    return Told(tuple(answers), tuple(judgements))


def judge_plants(plants: Sequence[Plant], judges: Sequence[Writer], asking: Asking, step: Step | None = None) -> Told:
    """What the judges make of known bad answers."""
    found = (_judged(plant.question, plant.answers, judges, asking, step) for plant in plants)
    return Told(judgements=tuple(judgement for some in found for judgement in some))


def batches(questions: Sequence[HeldOut], size: int) -> Iterator[Sequence[HeldOut]]:
    for start in range(0, len(questions), size):
        yield questions[start : start + size]


def calls_of(questions: int, plants: int, judges: int) -> int:
    """How many calls of a model an evaluation takes, without second chances."""
    return 2 * questions + len(ORDERS) * judges * (questions + plants)


def _judged(
    question: HeldOut, said: Answers, judges: Sequence[Writer], asking: Asking, step: Step | None
) -> Iterator[Judgement]:
    """Nothing is judged where both models failed: there is nothing to read."""
    for writer in judges:
        for order in ORDERS:
            if said.base or said.candidate:
                yield judge(question, said, writer, order, asking)
            _tell(step, 1)


def _tell(step: Step | None, calls: int) -> None:
    if step:
        step(calls)
