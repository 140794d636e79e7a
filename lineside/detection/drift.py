"""Drift of one signal: has it moved further than it normally does?

A causal, re-basing detector: the median of the last few bins against the median of the half hour before (in bins),
in units of the largest of several scales. The decisive one is the signal's own habit: how far it moved in quiet
times. `docs/detection.md` tells the reason of every step.
"""

from __future__ import annotations

from itertools import pairwise
from math import sqrt

import msgspec

from lineside.detection.bins import Bins
from lineside.detection.habit import Habit, median, median_of_sorted
from lineside.detection.level import Level
from lineside.detection.settings import Settings

_STEPS_PER_CORRECTION = 50
_RESET_SHARE = 0.1


class Move(msgspec.Struct):
    """A signal that has left `normal`: `score` is how far it is now in units of `scale`, `peak` how far it was."""

    normal: float
    scale: float
    onset_us: int
    score: float
    peak: float
    bins: int = 0


class Drift(msgspec.Struct):
    """What the drift detector remembers of one signal. `value` is the median of its last bins.

    `told` says whether the move it is in is part of a finding already.
    """

    bins: Bins = msgspec.field(default_factory=Bins)
    habit: Habit = msgspec.field(default_factory=Habit)
    level: Level = msgspec.field(default_factory=Level)
    move: Move | None = None
    value: float = 0.0
    told: bool = False
    unlearned: int = 0
    returned: int = 0
    ups: int = 0
    downs: int = 0

    @property
    def is_out(self) -> bool:
        return self.move is not None or self.level.out

    @property
    def is_counter(self) -> bool:
        """It only ever went one way, apart from resets and rare corrections."""
        return min(self.ups, self.downs) * _STEPS_PER_CORRECTION <= max(self.ups, self.downs)

    def is_returning(self, recovered: float) -> bool:
        """Back from its peak by the share `recovered`, though perhaps not all the way."""
        if self.level.out:
            return False
        return self.move is None or abs(self.move.score) < (1 - recovered) * self.move.peak

    def movement(self) -> Move | None:
        """The move that it is in; if only the slow channel is out, that in its terms."""
        if self.move is not None or not self.level.out:
            return self.move
        score = self.level.score()
        return Move(self.level.mean, self.level.deviation, self.bins.starts[-1], score, abs(score))


def judge(drift: Drift, closed: int, settings: Settings) -> None:
    """Look at each of the `closed` newest bins in turn."""
    bins = drift.bins
    _count_steps(drift, bins.values[-closed - 1 :])
    if drift.is_counter:
        drift.move = None
    else:
        hole_us = settings.drift.forget_after_gap * bins.width_us(settings.bins)
        for end in range(len(bins) - closed + 1, len(bins) + 1):
            was_out = drift.is_out
            _judge_bin(drift, end, hole_us, settings)
            drift.told = drift.told and was_out
    bins.trim()


def _count_steps(drift: Drift, values: list[float]) -> None:
    for before, after in pairwise(values):
        if after > before:
            drift.ups += 1
        elif after < before and not 0 <= after <= _RESET_SHARE * before:
            drift.downs += 1


def _judge_bin(drift: Drift, end: int, hole_us: int, settings: Settings) -> None:
    """Look at the bin before `end`, as if nothing came after it."""
    rules, bins = settings.drift, drift.bins
    if end < rules.recent + rules.least_reference:
        return
    drift.value = sorted(bins.values[end - rules.recent : end])[rules.recent // 2]
    _watch_level(drift, end, settings)
    if drift.move is None:
        _look_for_a_move(drift, end, hole_us, settings)
    elif bins.starts[end - 1] - bins.starts[end - 2] > hole_us:
        drift.move = None
    else:
        _follow(drift, drift.move, end, settings)


def _watch_level(drift: Drift, end: int, settings: Settings) -> None:
    bins = drift.bins
    leaving = end - 1 - settings.drift.search
    if leaving >= 0:
        drift.level.learn(bins.values[leaving], bins.starts[leaving], settings.level)
    drift.level.watch(bins.values[end - 1], drift.value, bins.starts[end - 1], settings.level)


def _look_for_a_move(drift: Drift, end: int, hole_us: int, settings: Settings) -> None:
    rules = settings.drift
    reference = sorted(_reference(drift.bins, end, hole_us, settings))
    if len(reference) < rules.least_reference:
        return
    normal = median_of_sorted(reference)
    moved = abs(drift.value - normal)
    threshold = rules.threshold * (1 + rules.caution / (1 + len(drift.habit)))
    if moved <= threshold * _cheap_scale(drift, normal, settings) or not _is_news(drift, moved, settings):
        _learn(drift, moved, settings)
        return
    if not _is_measured(drift, end, settings):
        return
    scale = _scale(drift, reference, normal, settings)
    if moved <= threshold * scale:
        _learn(drift, moved, settings)
        return
    first = end - rules.recent
    for index in range(first, end):
        drift.bins.flagged[index] = True
    score = (drift.value - normal) / scale
    drift.move = Move(normal, scale, _onset(drift, first, end, normal, scale), score, abs(score))


def _reference(bins: Bins, end: int, hole_us: int, settings: Settings) -> list[float]:
    """The newest unflagged bins before the recent ones, none from beyond a hole in the data; newest last."""
    rules, starts = settings.drift, bins.starts
    last = end - rules.recent
    newest = last - rules.reference
    if newest >= 0 and starts[end - 1] - starts[newest] <= hole_us and True not in bins.flagged[newest:last]:
        return bins.values[newest:last]
    first = _after_hole(starts, max(0, last - rules.search), end, hole_us)
    pairs = zip(bins.values[first:last], bins.flagged[first:last], strict=True)
    return [value for value, flagged in pairs if not flagged][-rules.reference :]


def _after_hole(starts: list[int], first: int, end: int, hole_us: int) -> int:
    """The first bin from `first` on that no hole separates from the bin before `end`."""
    for index in range(end - 1, first, -1):
        if starts[index] - starts[index - 1] > hole_us:
            return index
    return first


def _cheap_scale(drift: Drift, normal: float, settings: Settings) -> float:
    """The part of the scale that costs nothing; the whole is at least this."""
    rules = settings.drift
    least = rules.least_relative * abs(normal) + 1e-9
    if len(drift.habit) < rules.least_habit:
        return least
    return max(least, rules.habit_factor * drift.habit.median)


def _is_news(drift: Drift, moved: float, settings: Settings) -> bool:
    """With a long history, only a record is."""
    return len(drift.habit) < settings.drift.record_after or moved > drift.habit.record


def _is_measured(drift: Drift, end: int, settings: Settings) -> bool:
    """It changes within its reference. A constant or a set-point that is changed has not drifted."""
    rules, values = settings.drift, drift.bins.values
    last = end - rules.recent
    before = values[max(0, last - rules.reference) : last]
    changes = sum(a != b for a, b in pairwise(before))
    return changes >= rules.least_changes


def _scale(drift: Drift, reference: list[float], normal: float, settings: Settings) -> float:
    """In what unit a move of this signal counts; `reference` is sorted."""
    rules, count = settings.drift, len(reference)
    spread = 1.4826 * median([abs(value - normal) for value in reference])
    mean = sum(reference) / count
    deviation = sqrt(sum((value - mean) ** 2 for value in reference) / count)
    steps = [after - before for before, after in pairwise(reference) if after > before]
    quantum = min(steps, default=0.0)
    return max(
        spread,
        rules.spread_share * deviation,
        rules.quantum_share * quantum,
        _cheap_scale(drift, normal, settings),
    )


def _onset(drift: Drift, first: int, end: int, normal: float, scale: float) -> int:
    """When the recent bins left the normal for good."""
    bins = drift.bins
    onset = end - 1
    while onset > first and abs(bins.values[onset - 1] - normal) > 2 * scale:
        onset -= 1
    return bins.starts[onset]


def _learn(drift: Drift, moved: float, settings: Settings) -> None:
    drift.unlearned += 1
    if drift.unlearned >= settings.drift.learn_every or len(drift.habit) < settings.drift.learn_all:
        drift.unlearned = 0
        drift.habit.learn(moved)


def _follow(drift: Drift, move: Move, end: int, settings: Settings) -> None:
    """While it is out: it comes back, or it stays long enough to be the new normal."""
    rules, bins = settings.drift, drift.bins
    move.bins += 1
    move.score = (drift.value - move.normal) / move.scale
    move.peak = max(move.peak, abs(move.score))
    if abs(move.score) < rules.threshold / 2:
        bins.flagged[end - 1] = abs(bins.values[end - 1] - move.normal) > 2 * move.scale
        drift.move = None
        drift.returned += 1
        if drift.returned >= rules.returns_to_habit:
            _learn_as_habit(drift, move.peak * move.scale, settings)
    elif move.bins >= rules.settle:
        _rebase(drift, move, end, settings)
    else:
        bins.flagged[end - 1] = True


def _rebase(drift: Drift, move: Move, end: int, settings: Settings) -> None:
    """A move that stays becomes normal, and is remembered as something this signal does."""
    rules, bins = settings.drift, drift.bins
    for index in range(end):
        bins.flagged[index] = index < end - rules.keep
    _learn_as_habit(drift, abs(drift.value - move.normal), settings)
    drift.move = None


def _learn_as_habit(drift: Drift, moved: float, settings: Settings) -> None:
    """Learn one move as often as it takes to count among many small ones."""
    for _ in range(max(1, round(len(drift.habit) * settings.drift.lasting_share))):
        drift.habit.learn(moved)
