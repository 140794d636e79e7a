"""How well somebody who heard only the telemetry named causes and victims, against the truth of the runs.

One rule for the product and for its broken variants:

- *cause*: what is said first while a fault is there (or within the grace after it) must name the faulted machine.
  Where faults overlap, what names the other fault's machine is set aside before asking what came first;
- *victims*: pairs of cause and victim. A pair that is said and true is right; one that is said and not true is false,
  whenever it was said; one that could be known at the time of the last word and was not said is missing. Pairs of a
  machine that either of two overlapping faults would have stopped count nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from simulator.truth import Truth

GRACE_SECONDS = 600.0
KNOWABLE_AFTER_SECONDS = 70.0
"""Nobody calls a stop a stop before a minute is over, and the last sample is five seconds old."""


class Told(NamedTuple):
    """One trouble as it was announced: seconds since the run began, the cause, and who lost time to it."""

    at: float
    kind: str
    cause: str
    victims: frozenset[str]
    as_of: float = float("inf")
    """The victims are those known by then: a message names who had lost time when it was sent."""


@dataclass
class Score:
    """Counts over any number of faults. Add runs with `add`."""

    faults: int = 0
    named: int = 0
    right: int = 0
    false: int = 0
    missing: int = 0
    stray: int = 0
    """Announcements that name a machine with no fault, or outside any fault's time."""
    by_kind: dict[str, list[int]] = field(default_factory=dict)
    """Kind of fault -> faults, causes named, victims right, false and missing."""

    @property
    def top1(self) -> float:
        return self.named / max(1, self.faults)

    @property
    def precision(self) -> float:
        """1 when nobody is called a victim who was none; 0 when nobody right was named at all."""
        return self.right / max(1, self.right + self.false)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missing)

    def add(self, truths: Sequence[Truth], told: Iterable[Told]) -> None:
        """Score one run."""
        heard = sorted(told, key=lambda one: one.at)  # what came at one instant stays in the order said
        self.stray += sum(not any(_is_about(one, truth) for truth in truths) for one in heard)
        said = {(one.cause, victim) for one in heard for victim in one.victims}
        for truth in truths:
            self._add_fault(truth, [other for other in truths if other is not truth], heard, said)
        true = {(truth.cause, victim) for truth in truths for victim in (*truth.victims, *truth.either)}
        causes = {truth.cause for truth in truths}
        self.false += sum(pair not in true for pair in said if pair[0] not in causes)

    def _add_fault(
        self, truth: Truth, others: Sequence[Truth], heard: Sequence[Told], said: set[tuple[str, str]]
    ) -> None:
        named = _first_cause(truth, others, heard) == truth.cause
        listed = {victim for cause, victim in said if cause == truth.cause} - set(truth.either)
        last_word = max((one.as_of for one in heard if _is_about(one, truth)), default=float("inf"))
        knowable = {victim for victim in truth.victims if truth.since[victim] + KNOWABLE_AFTER_SECONDS <= last_word}
        true = knowable | (listed & set(truth.victims))
        counts = (1, int(named), len(listed & true), len(listed - true), len(true - listed))
        self.faults += counts[0]
        self.named += counts[1]
        self.right += counts[2]
        self.false += counts[3]
        self.missing += counts[4]
        row = self.by_kind.setdefault(truth.kind, [0] * len(counts))
        self.by_kind[truth.kind] = [before + count for before, count in zip(row, counts, strict=True)]


def _first_cause(truth: Truth, others: Sequence[Truth], heard: Sequence[Told]) -> str | None:
    """The cause named first in the time of this fault."""
    for one in heard:
        in_time = truth.onset <= one.at <= truth.recovered + GRACE_SECONDS
        about_another = one.cause != truth.cause and any(_is_about(one, other) for other in others)
        if in_time and not about_another:
            return one.cause
    return None


def _is_about(one: Told, truth: Truth) -> bool:
    return one.cause == truth.cause and truth.onset <= one.at <= truth.recovered + GRACE_SECONDS
