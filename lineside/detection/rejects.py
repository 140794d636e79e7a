"""Reject rate: rejects per piece over a window, from the running counters that a machine declares."""

from __future__ import annotations

from typing import Literal

import msgspec

from lineside.detection.finding import Evidence, Finding
from lineside.detection.settings import SECOND_US, RejectSettings
from lineside.site.model import RejectRate

Role = Literal["rejects", "total", "good"]


class Step(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How much a counter rose between two readings."""

    at_us: int
    by: float


class Counter(msgspec.Struct):
    """A running counter: its last value, and its rises within the window."""

    value: float | None = None
    steps: list[Step] = []

    def take(self, times: list[int], values: list[float]) -> None:
        """Take readings, sorted and newer than all before."""
        for at_us, value in zip(times, values, strict=True):
            by = self._rise(value)
            self.value = value
            if by > 0:
                self.steps.append(Step(at_us, by))

    def _rise(self, value: float) -> float:
        """A counter that fell to less than half began again from zero; a smaller fall is a correction."""
        if self.value is None:
            return 0.0
        if value >= self.value:
            return value - self.value
        return value if value < self.value / 2 else 0.0

    def forget_before(self, at_us: int) -> None:
        self.steps = [step for step in self.steps if step.at_us > at_us]

    def total(self) -> float:
        return sum(step.by for step in self.steps)


class Rejects(msgspec.Struct):
    """What is remembered of one machine's reject rate. `since_us`: too high since then (0: it is not)."""

    rejects: Counter = msgspec.field(default_factory=Counter)
    pieces: Counter = msgspec.field(default_factory=Counter)
    since_us: int = 0


def role_of(attribute: str, declared: RejectRate) -> Role | None:
    """What an attribute counts, if it is one of the declared counters."""
    if attribute == declared.rejects:
        return "rejects"
    if attribute == declared.total:
        return "total"
    return "good" if attribute == declared.good else None


def find_rejects(
    rejects: Rejects, declared: RejectRate, device: str, now_us: int, settings: RejectSettings
) -> Finding | None:
    """The finding of this tick, if the share of rejects is too high, or not yet clearly back."""
    start_us = now_us - int(declared.window_minutes * 60 * SECOND_US)
    rejects.rejects.forget_before(start_us)
    rejects.pieces.forget_before(start_us)
    bad = rejects.rejects.total()
    pieces = rejects.pieces.total() + (bad if declared.total is None else 0.0)
    if not _is_too_high(bad, pieces, declared, was=rejects.since_us > 0, settings=settings):
        rejects.since_us = 0
        return None
    rejects.since_us = rejects.since_us or _onset(rejects, now_us)
    return _finding(rejects, declared, device, bad, pieces, now_us)


def _is_too_high(bad: float, pieces: float, declared: RejectRate, *, was: bool, settings: RejectSettings) -> bool:
    if pieces < settings.least_pieces or bad < settings.least_rejects:
        return False
    return bad / pieces > declared.max_fraction * (settings.ends_at if was else 1.0)


def _onset(rejects: Rejects, now_us: int) -> int:
    return rejects.rejects.steps[0].at_us if rejects.rejects.steps else now_us


def _finding(rejects: Rejects, declared: RejectRate, device: str, bad: float, pieces: float, now_us: int) -> Finding:
    newest_us = max(counter.steps[-1].at_us for counter in (rejects.rejects, rejects.pieces) if counter.steps)
    share = bad / pieces
    evidence = Evidence(
        device=device,
        attribute=declared.rejects,
        value=share,
        observed_us=newest_us,
        unit="C62",
        expected=declared.max_fraction,
        score=share / declared.max_fraction,
        note=f"{bad:g} rejects in {pieces:g} pieces in {declared.window_minutes:g} minutes",
    )
    return Finding("reject_rate", device, rejects.since_us, now_us, declared.rejects, (evidence,))
