"""The outcomes of two releases as figures that can be compared: one for each conversation, not one for each answer.

Conversations are what was drawn by lot. Answers of one conversation go wrong together, so counting them one by one
would take one annoyed person for many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import Final, NamedTuple

from lineside.releases.record import Outcome
from lineside.releases.significance import share_is_higher, values_are_higher

Conversation = Sequence[Outcome]


class Compared(NamedTuple):
    """What a comparison found. `told` says it in words, `p` is the chance of it without a difference."""

    p: float
    canary: float
    live: float
    canary_of: int
    live_of: int
    told: str


class Figure(NamedTuple):
    """A figure by which releases are compared. `of_one` is a conversation's own; None where it has none.

    `least` conversations of each release must have one. Of shares a conversation counts 1 where any answer is bad.
    """

    name: str
    title: str
    least: int
    of_one: Callable[[Conversation], float | None]
    is_share: bool = True


def _any(answers: Iterable[bool]) -> float | None:
    """Whether any of them is; None where there are none, for what is missing is not good."""
    known = list(answers)
    return float(any(known)) if known else None


def _thumbs_down(conversation: Conversation) -> float | None:
    return _any(one.verdict == "down" for one in conversation if one.verdict)


def _withheld(conversation: Conversation) -> float | None:
    return _any(one.withheld for one in conversation if not one.failed)


def _failed(conversation: Conversation) -> float | None:
    return _any(one.failed for one in conversation)


def _seconds(conversation: Conversation) -> float | None:
    known = [one.seconds for one in conversation if not one.failed]
    return median(known) if known else None


LEAST_CONVERSATIONS: Final = 20
"""So many of each release are needed to compare them at all."""

FIGURES: Final = (
    Figure("thumbs_down", "thumbs down", 10, _thumbs_down),
    Figure("withheld", "words withheld by the number check", LEAST_CONVERSATIONS, _withheld),
    Figure("failed", "no answer", LEAST_CONVERSATIONS, _failed),
    Figure("seconds", "time to write", LEAST_CONVERSATIONS, _seconds, is_share=False),
)


def conversations(outcomes: Iterable[Outcome]) -> list[Conversation]:
    """The answers of each conversation together; one of no conversation stands by itself."""
    found: dict[tuple[str, str], list[Outcome]] = {}
    for one in outcomes:
        key = ("c", one.conversation) if one.conversation else ("a", one.answer_id)
        found.setdefault(key, []).append(one)
    return list(found.values())


def compare(
    figure: Figure, live: Sequence[Conversation], canary: Sequence[Conversation], most_slower: float
) -> Compared | None:
    """One figure of both, None where too few conversations have it."""
    ours, theirs = _values(figure, canary), _values(figure, live)
    if min(len(ours), len(theirs)) < figure.least:
        return None
    if not figure.is_share:
        return _compared_values(figure, ours, theirs, most_slower)
    bad, bad_live = round(sum(ours)), round(sum(theirs))
    of_live = _share(bad_live, len(theirs))
    told = f"{figure.title}: in {_share(bad, len(ours))} conversations of the canary, {of_live} of live"
    p = share_is_higher(bad, len(ours), bad_live, len(theirs))
    return Compared(p, bad / len(ours), bad_live / len(theirs), len(ours), len(theirs), told)


def lacking(figure: Figure, live: Sequence[Conversation], canary: Sequence[Conversation]) -> str:
    """Why a figure was not compared, in a sentence."""
    of, of_live = len(_values(figure, canary)), len(_values(figure, live))
    return (
        f"{figure.title} could not be compared: {of} conversations of the canary and {of_live} of live have such a"
        f" figure, and {figure.least} of each are needed."
    )


def _compared_values(figure: Figure, ours: list[float], theirs: list[float], most_slower: float) -> Compared:
    p = values_are_higher(ours, [most_slower * each for each in theirs])
    typical, typical_live = median(ours), median(theirs)
    told = (
        f"{figure.title}: {typical:.1f} s with the canary, {typical_live:.1f} s with live, of which"
        f" {most_slower:g} times are allowed"
    )
    return Compared(p, typical, typical_live, len(ours), len(theirs), told)


def _values(figure: Figure, of: Sequence[Conversation]) -> list[float]:
    return [value for one in of if (value := figure.of_one(one)) is not None]


def _share(bad: int, of: int) -> str:
    return f"{bad} of {of} ({100 * bad / of:.0f} %)"
