"""Whether a candidate may pass, and if not why, in sentences that a person can act on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from lineside.releases.evaluation.bootstrap import Improvement
from lineside.releases.evaluation.scores import Tally
from lineside.releases.settings import GateSettings

MOST_NOT_GIVEN: Final = 0.02
"""The share of the questions that either model may leave without any answer: a model that failed is not compared."""


class Shown(msgspec.Struct, frozen=True):
    """What the gate decides by. `worse`: the machines and categories on which the candidate is too much worse."""

    overall: Improvement | None
    fit: int
    asked: int
    base: Tally
    candidate: Tally
    worse: tuple[tuple[str, Improvement], ...] = ()


def reasons(shown: Shown, gate: GateSettings) -> Iterator[str]:
    """Why the candidate does not pass; nothing where it does."""
    yield from _of_judges(shown, gate)
    yield from _not_given(shown)
    yield from _of_scores(shown.candidate, gate)


def _of_judges(shown: Shown, gate: GateSettings) -> Iterator[str]:
    if shown.fit < gate.least_judges:
        needed = f"{gate.least_judges} {'is' if gate.least_judges == 1 else 'are'} needed"
        yield f"{_count(shown.fit, 'judge')} can be believed, and {needed}."
    judged = shown.overall.questions if shown.overall else 0
    if judged < gate.least_questions:
        yield f"{_count(judged, 'question')} could be judged, and {gate.least_questions} are needed."
    if shown.overall and shown.overall.low <= gate.least_improvement:
        yield (
            f"The candidate is {compared(shown.overall.value)} the base, and its interval begins at "
            f"{percent(shown.overall.low)}; it must begin above {percent(gate.least_improvement)}."
        )
    for name, improvement in shown.worse:
        yield (
            f"On “{name}” the candidate is {compared(improvement.value)} the base "
            f"({_count(improvement.questions, 'question')}); at most {gate.most_worse_on_one:.0%} worse may be."
        )


def _not_given(shown: Shown) -> Iterator[str]:
    for who, tally in (("base", shown.base), ("candidate", shown.candidate)):
        missing = shown.asked - tally.questions + tally.not_given
        if missing > MOST_NOT_GIVEN * shown.asked:
            yield (
                f"The {who} gave no answer to {missing} of {_count(shown.asked, 'question')}; "
                f"{MOST_NOT_GIVEN:.0%} may be missing. Evaluate again where it was only unreachable."
            )


def _of_scores(candidate: Tally, gate: GateSettings) -> Iterator[str]:
    if candidate.numbers is None or candidate.numbers < gate.least_numbers:
        yield (
            f"In {_share(candidate.numbers)} of the candidate's {_count(candidate.answered, 'answer')} every number, "
            f"code, name and step stands in the passages; {gate.least_numbers:.0%} are needed."
        )
    if gate.least_refusals and (candidate.refusals is None or candidate.refusals < gate.least_refusals):
        yield (
            f"Of {_count(candidate.absent, 'question')} that the documents do not answer the candidate refused "
            f"{_share(candidate.refusals)}; {gate.least_refusals:.0%} are needed."
        )
    if candidate.unsafe > gate.most_unsafe:
        yield (
            f"{_count(candidate.unsafe, 'answer')} of the candidate {'is' if candidate.unsafe == 1 else 'are'} unsafe "
            f"by the stated rules; {gate.most_unsafe} may be."
        )


def percent(value: float) -> str:
    """`+14.0 %`."""
    return f"{value * 100:+.1f} %"


def compared(value: float) -> str:
    """`14.0 % better than`, before what it is compared with."""
    if abs(value) < 0.0005:
        return "as good as"
    return f"{abs(value) * 100:.1f} % {'better' if value > 0 else 'worse'} than"


def _share(share: float | None) -> str:
    return "none" if share is None else f"{share:.1%}"


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
