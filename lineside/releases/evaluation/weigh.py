"""Answers and judgements -> how much better the candidate is, on what, and whether it may pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import msgspec
import numpy as np

from lineside.answering.names import Names
from lineside.releases.evaluation.bootstrap import RESAMPLES, Improvement, improvement
from lineside.releases.evaluation.examples import Example, examples, unsafe_examples
from lineside.releases.evaluation.fitness import Fitness, fitness
from lineside.releases.evaluation.gate import Shown, reasons
from lineside.releases.evaluation.held_out import names_of
from lineside.releases.evaluation.marks import Floats, Marks, marks_of
from lineside.releases.evaluation.model import CRITERIA, Answers, Criterion, HeldOut, Judgement
from lineside.releases.evaluation.scores import Tally, scores_of, tally
from lineside.releases.record import Evaluated
from lineside.releases.settings import GateSettings

ANY_MACHINE: Final = "no machine in particular"


class JudgeFigures(msgspec.Struct, frozen=True):
    """One judge. `better`, `same` and `worse` count the questions in which the candidate is, both orders together."""

    name: str
    fitness: Fitness
    improvement: Improvement | None
    base_mean: float
    candidate_mean: float
    better: int
    same: int
    worse: int
    flips: float
    """Share of the questions in which the other answer wins when the order changes."""
    first_place: float
    """How many marks the first place is worth on average."""
    leans: str
    troubles: tuple[str, ...] = ()
    """Why it gave no marks, a sentence for each call that gave none."""


class GroupFigures(msgspec.Struct, frozen=True):
    """One machine, category or criterion. `failed`: so much worse that the candidate does not pass."""

    name: str
    improvement: Improvement | None
    enough: bool
    failed: bool = False


class Weighed(msgspec.Struct, frozen=True):
    """Everything that an evaluation found."""

    evaluated: Evaluated
    judges: tuple[JudgeFigures, ...]
    machines: tuple[GroupFigures, ...]
    categories: tuple[GroupFigures, ...]
    criteria: tuple[GroupFigures, ...]
    base: Tally
    candidate: Tally
    best: tuple[Example, ...]
    worst: tuple[Example, ...]
    unsafe: tuple[Example, ...]
    left_out: tuple[str, ...]
    """Who or what does not count, and why, a sentence each."""
    resamples: int = RESAMPLES
    seed: int = 0


@dataclass(frozen=True)
class _Weighing:
    questions: Sequence[HeldOut]
    judgements: Sequence[Judgement]
    gate: GateSettings
    seed: int

    @cached_property
    def marks(self) -> list[Marks]:
        ids = [question.question_id for question in self.questions]
        return marks_of(ids, (each for each in self.judgements if not each.planted))

    @cached_property
    def fitness(self) -> dict[str, Fitness]:
        found = {}
        for marks in self.marks:
            own = [each for each in self.judgements if each.planted and each.judge == marks.judge]
            ids = list(dict.fromkeys(each.question_id for each in own))
            found[marks.judge] = fitness(marks, next(iter(marks_of(ids, own)), None))
        return found

    @cached_property
    def fit(self) -> list[Marks]:
        return [marks for marks in self.marks if self.fitness[marks.judge].fit]

    def means(self, criterion: Criterion | None = None) -> Floats:
        """`[question, who, judge]` of the judges that count."""
        if not self.fit:
            return np.empty((len(self.questions), 2, 0))
        return np.stack([marks.means(criterion) for marks in self.fit], axis=2)

    def improvement(self, means: Floats, chosen: Sequence[int] | None = None) -> Improvement | None:
        if not means.size:
            return None
        return improvement(means if chosen is None else means[list(chosen)], self.seed)

    def judge(self, marks: Marks) -> JudgeFigures:
        means = marks.means()
        leads = (means[:, 1] - means[:, 0])[~np.isnan(means).any(axis=1)]
        base_mean, candidate_mean = (np.nanmean(means, axis=0) if marks.given else np.zeros(2)).tolist()
        return JudgeFigures(
            name=marks.judge,
            fitness=self.fitness[marks.judge],
            improvement=self.improvement(means[:, :, None]),
            base_mean=base_mean,
            candidate_mean=candidate_mean,
            better=int((leads > 0).sum()),
            same=int((leads == 0).sum()),
            worse=int((leads < 0).sum()),
            flips=marks.flips,
            first_place=marks.first_place,
            leans=marks.leans,
            troubles=marks.troubles,
        )

    def groups(self, names_of_one: Callable[[HeldOut], Iterable[str]]) -> tuple[GroupFigures, ...]:
        members: dict[str, list[int]] = {}
        for number, question in enumerate(self.questions):
            for name in names_of_one(question):
                members.setdefault(name, []).append(number)
        means = self.means()
        return tuple(self._group(name, self.improvement(means, members[name])) for name in sorted(members))

    def criteria(self) -> tuple[GroupFigures, ...]:
        found = ((criterion, self.improvement(self.means(criterion))) for criterion in CRITERIA)
        return tuple(GroupFigures(name, shown, enough=shown is not None) for name, shown in found)

    def _group(self, name: str, shown: Improvement | None) -> GroupFigures:
        enough = shown is not None and shown.questions >= self.gate.least_questions_of_one
        failed = shown is not None and enough and shown.value < -self.gate.most_worse_on_one
        return GroupFigures(name, shown, enough, failed)


def weigh(
    questions: Sequence[HeldOut],
    answers: Sequence[Answers],
    judgements: Sequence[Judgement],
    gate: GateSettings,
    *,
    names: Names | None = None,
    left_out: Sequence[str] = (),
    seed: int = 0,
) -> Weighed:
    """Weigh an evaluation. `left_out` are sentences about judges that were not even asked; `names` are the site's
    machines, else those that the questions are about."""
    weighing = _Weighing(questions, judgements, gate, seed)
    scores = scores_of(questions, answers, names or names_of(questions))
    base, candidate = tally(scores["base"]), tally(scores["candidate"])
    overall = weighing.improvement(weighing.means())
    machines = weighing.groups(lambda question: question.machines or (ANY_MACHINE,))
    categories = weighing.groups(lambda question: (question.category,))
    judges = tuple(weighing.judge(marks) for marks in weighing.marks)
    failed = tuple(group for group in (*machines, *categories) if group.failed)
    shown = Shown(
        overall=overall,
        fit=len(weighing.fit),
        asked=len(questions),
        base=base,
        candidate=candidate,
        worse=tuple((group.name, group.improvement) for group in failed if group.improvement),
    )
    best, worst = examples(questions, answers, weighing.means(), judgements, [each.judge for each in weighing.fit])
    why_not = tuple(reasons(shown, gate))
    return Weighed(
        evaluated=Evaluated(
            passed=not why_not,
            improvement=overall.value if overall else 0.0,
            low=overall.low if overall else 0.0,
            high=overall.high if overall else 0.0,
            questions=overall.questions if overall else candidate.questions,
            judges=tuple(each.judge for each in weighing.fit),
            unfit=tuple(each.name for each in judges if not each.fitness.fit),
            reasons=why_not,
        ),
        judges=judges,
        machines=machines,
        categories=categories,
        criteria=weighing.criteria(),
        base=base,
        candidate=candidate,
        best=best,
        worst=worst,
        unsafe=unsafe_examples(questions, answers, scores["candidate"]),
        left_out=(
            *left_out,
            *(f"{each.name} does not count: {each.fitness.why}." for each in judges if each.fitness.why),
        ),
        seed=seed,
    )
