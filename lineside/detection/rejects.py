"""Reject rate: rejects per piece over a window, from the running counters that a machine declares and from images.

Counters and images of one machine are two views of one thing: whichever is beyond the limit, it is one finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from lineside.detection import defects
from lineside.detection.defects import ImageRate, Inspected, Tally
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
    """What is remembered of one machine's reject rate. `since_us`: too high since then (0: it is not).

    `tallies` and `seen` are the half minutes of the last two hours, by counters and by images; the counters' steps up
    to `tallied_us` are in them. `rose_us` is when the rate went up, and `rose_by_us` when at the latest, as it looked
    when it was first too high: seen from later, a slow rise seems to begin later. `calm_us` is when it
    last ceased to be too high.
    """

    rejects: Counter = msgspec.field(default_factory=Counter)
    pieces: Counter = msgspec.field(default_factory=Counter)
    since_us: int = 0
    rose_us: int = 0
    rose_by_us: int = 0
    calm_us: int = 0
    tallies: list[Tally] = []
    tallied_us: int = 0
    seen: list[Tally] = []

    def rose(self) -> defects.Rose | None:
        """When the rate went up, if it is too high."""
        return defects.Rose(self.rose_us, max(self.rose_us, self.rose_by_us)) if self.rose_us else None

    def series(self) -> list[Tally]:
        """Defects over time: by counters, which count every piece, unless only the images show defects."""
        counted = sum(one.bad for one in self.tallies) >= sum(one.bad for one in self.seen)
        return self.tallies if counted else self.seen


def role_of(attribute: str, declared: RejectRate) -> Role | None:
    """What an attribute counts, if it is one of the declared counters."""
    if attribute == declared.rejects:
        return "rejects"
    if attribute == declared.total:
        return "total"
    return "good" if attribute == declared.good else None


def find_rejects(
    rejects: Rejects,
    declared: RejectRate,
    device: str,
    now_us: int,
    settings: RejectSettings,
    inspected: Sequence[Inspected] = (),
) -> Finding | None:
    """The finding of this tick, if the share of rejects is too high, or not yet clearly back."""
    _tally(rejects, declared, inspected, now_us)
    start_us = now_us - int(declared.window_minutes * 60 * SECOND_US)
    rejects.rejects.forget_before(start_us)
    rejects.pieces.forget_before(start_us)
    bad = rejects.rejects.total()
    pieces = rejects.pieces.total() + (bad if declared.total is None else 0.0)
    was = rejects.since_us > 0
    images = defects.images_too_high(inspected, declared, settings, now_us, was=was, calm_us=rejects.calm_us)
    evidence: list[Evidence] = []
    if _is_too_high(bad, pieces, declared, was=was, settings=settings):
        evidence.append(_counted(rejects, declared, device, bad, pieces))
    if images is not None:
        evidence.append(defects.image_evidence(images, declared, device))
    if not evidence:
        rejects.calm_us = now_us if was else rejects.calm_us
        rejects.since_us = rejects.rose_us = rejects.rose_by_us = 0
        return None
    if not was:
        rejects.since_us = _onset(rejects, images, now_us)
        rose = defects.began(rejects.series()) or defects.Rose(rejects.since_us, rejects.since_us)
        rejects.rose_us, rejects.rose_by_us = rose
    return Finding("reject_rate", device, rejects.since_us, now_us, declared.rejects, tuple(evidence))


def _tally(rejects: Rejects, declared: RejectRate, inspected: Sequence[Inspected], now_us: int) -> None:
    """Add what is new to the half minutes, before the window forgets it."""
    bad = [step for step in rejects.rejects.steps if step.at_us > rejects.tallied_us]
    counted = [step for step in rejects.pieces.steps if step.at_us > rejects.tallied_us]
    also_pieces = 1.0 if declared.total is None else 0.0
    events = [(step.at_us, step.by, also_pieces * step.by) for step in bad]
    events += [(step.at_us, 0.0, step.by) for step in counted]
    rejects.tallies = defects.added(rejects.tallies, defects.tallied(events), now_us)
    rejects.tallied_us = max((at_us for at_us, _, _ in events), default=rejects.tallied_us)
    rejects.seen = defects.images_tallied(rejects.seen, inspected, now_us)


def _is_too_high(bad: float, pieces: float, declared: RejectRate, *, was: bool, settings: RejectSettings) -> bool:
    if pieces < settings.least_pieces or bad < settings.least_rejects:
        return False
    return bad / pieces > declared.max_fraction * (settings.ends_at if was else 1.0)


def _onset(rejects: Rejects, images: ImageRate | None, now_us: int) -> int:
    counted_us = rejects.rejects.steps[0].at_us if rejects.rejects.steps else now_us
    return min(counted_us, images.first_us if images else now_us)


def _counted(rejects: Rejects, declared: RejectRate, device: str, bad: float, pieces: float) -> Evidence:
    newest_us = max(counter.steps[-1].at_us for counter in (rejects.rejects, rejects.pieces) if counter.steps)
    share = bad / pieces
    return Evidence(
        device=device,
        attribute=declared.rejects,
        value=share,
        observed_us=newest_us,
        unit="C62",
        expected=declared.max_fraction,
        score=share / declared.max_fraction,
        note=f"{bad:g} rejects in {pieces:g} pieces in {declared.window_minutes:g} minutes",
    )
