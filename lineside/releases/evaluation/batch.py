"""The work of an evaluation in pieces: what a batch gives is JSON, and asking for it again costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product

import msgspec

from lineside.answering.writer import Writer
from lineside.releases.evaluation.answer import answers_of, asked
from lineside.releases.evaluation.asking import Asking, Said
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
    """Answers of both models to these questions, and the marks of every judge in both orders.

    One model after the other, so that a server that holds one at a time loads each once.
    """
    of_base, of_candidate = (_said(questions, writer, asking, step) for writer in (base, candidate))
    answers = tuple(map(answers_of, questions, of_base, of_candidate))
    return Told(answers, _judged(list(zip(questions, answers, strict=True)), judges, asking, step))


def judge_plants(plants: Sequence[Plant], judges: Sequence[Writer], asking: Asking, step: Step | None = None) -> Told:
    """What the judges make of known bad answers."""
    return Told(judgements=_judged([(plant.question, plant.answers) for plant in plants], judges, asking, step))


def batches(questions: Sequence[HeldOut], size: int) -> Iterator[Sequence[HeldOut]]:
    for start in range(0, len(questions), size):
        yield questions[start : start + size]


def calls_of(questions: int, plants: int, judges: int) -> int:
    """How many calls of a model an evaluation takes, without second chances."""
    return 2 * questions + len(ORDERS) * judges * (questions + plants)


def _said(questions: Sequence[HeldOut], writer: Writer, asking: Asking, step: Step | None) -> list[Said]:
    found = []
    for question in questions:
        found.append(asked(question, writer, asking))
        _tell(step)
    return found


def _judged(
    pairs: Sequence[tuple[HeldOut, Answers]], judges: Sequence[Writer], asking: Asking, step: Step | None
) -> tuple[Judgement, ...]:
    """Nothing is judged where both models failed: there is nothing to read."""
    found = []
    for writer, (question, said), order in product(judges, pairs, ORDERS):
        if said.base or said.candidate:
            found.append(judge(question, said, writer, order, asking))
        _tell(step)
    return tuple(found)


def _tell(step: Step | None) -> None:
    if step:
        step(1)
