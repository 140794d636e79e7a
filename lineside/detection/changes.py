"""Did a value change before the defects did, and do the defects follow it?

A value that wanders is always somewhere else than half an hour ago. So a change counts by how far *this* value
wanders in as long a time, learned from its own past, and never by how far it lies outside the spread of its neighbours:
noise that remembers would fool that at once. `docs/cause.md` shows how it works and what it cannot see.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from lineside.detection.defects import TALLY_US, Tally
from lineside.detection.memory import LineMemory, SignalMemory
from lineside.detection.rejects import role_of
from lineside.detection.settings import DEFAULT, SECOND_US
from lineside.detection.traced import Change
from lineside.site.model import Line

Numbers = NDArray[np.float64]
Times = NDArray[np.int64]


@dataclass(frozen=True)
class ChangeSettings:
    """One set of numbers for every value of every site; lengths are in bins, which adapt to how often a value is told.

    `horizon_us`: how long before the defects a change may have begun, with the time that material takes to arrive;
    `lag_us`: that time alone. Neither is known for a line, so any up to these is tried.
    """

    least_before: int = 20
    level: int = 10
    """The bins just before a change whose median is what the value was."""
    recent: int = 5
    threshold: float = 6.0
    """So many times its usual wander a value must have moved."""
    caution: float = 10.0
    """A wander that was estimated from few bins has heavy tails; see `DriftSettings.caution`."""
    most_score: float = 50.0
    least_follow: float = 0.4
    """How closely the defects must follow the value (correlation)."""
    least_pieces: float = 12.0
    """Half minutes with fewer pieces, as a camera sees them, are taken together until they hold so many."""
    least_relative: float = 0.005
    settled_share: float = 0.15
    """A change begins where this share of it has not happened yet."""
    horizon_us: int = 1800 * SECOND_US
    lag_us: int = 900 * SECOND_US
    afterwards_us: int = 600 * SECOND_US
    """How long after the defects began a value may go on changing: a ramp that has passed the harmless is not over."""
    ahead_us: int = 600 * SECOND_US
    clearly_ahead: float = 0.05
    """A value that the defects fit this much better some minutes earlier comes after them: an effect, or chance."""
    slack_us: int = 30 * SECOND_US
    """How exactly either beginning is known."""


CHANGES = ChangeSettings()
_LAGS = (5, 8, 12, 18, 25)


@dataclass(frozen=True)
class Track:
    """One value over time, in bins, while its machine ran."""

    device: str
    attribute: str
    unit: str
    width_us: int
    times: Times
    values: Numbers


def tracks(memory: LineMemory, line: Line, device: str) -> Iterator[Track]:
    """What a machine measures of its process: numbers that are no running counters, by no name that we would know."""
    remembered = memory.devices.get(device)
    if remembered is None:
        return
    machine = line.by_id.get(device)
    declared = machine.rejects if machine else None
    for name, signal in sorted(remembered.signals.items()):
        if not _is_process_value(signal) or (declared and role_of(name, declared)):
            continue
        bins = signal.drift.bins
        width_us = bins.width_us(DEFAULT.bins)
        yield Track(device, name, signal.unit, width_us, np.array(bins.starts, np.int64), np.array(bins.values))


_COUNTED = frozenset(("", "C62", "H87"))


def _is_process_value(signal: SignalMemory) -> bool:
    """Not a counter. What has only ever gone one way, in a step or two, is a set-point if it has a physical unit."""
    drift = signal.drift
    if not drift.is_counter:
        return True
    return 0 < drift.ups + drift.downs <= 2 and signal.unit not in _COUNTED


def find_change(
    track: Track, defects_us: int, settings: ChangeSettings = CHANGES, *, by_us: int | None = None
) -> Change | None:
    """The clearest change that began before the defects, not too long before; None where the value only wandered.

    Every pair of a beginning and an end is tried: how far the value went between them, in units of how far it usually
    goes in as long a time. `by_us`: when the defects began at the latest, where few pieces leave that open.
    """
    by_us = defects_us if by_us is None else by_us
    last = int(track.times.searchsorted(by_us + settings.afterwards_us, "right"))
    times, values = track.times[:last], track.values[:last]
    first = max(settings.least_before, int(times.searchsorted(defects_us - settings.horizon_us)))
    final = min(int(times.searchsorted(by_us + settings.slack_us, "right")), last - settings.recent + 1)
    best: tuple[float, int, int, float] | None = None
    levels = _levels(values, settings.recent)
    for begin in range(first, final, 2):
        found = _best_end(track, values, levels, begin, settings)
        if best is None or found[0] > best[0]:
            best = found
    if best is None or best[0] < settings.threshold:
        return None
    score, begin, end, after = best
    begin = _onset(values, begin, end, after, settings)
    if times[begin] > by_us + settings.slack_us:
        return None
    return Change(
        track.device,
        track.attribute,
        track.unit,
        float(np.median(values[max(0, begin - settings.level) : begin])),
        after,
        int(times[begin]),
        int(times[end - 1]),
        min(score, settings.most_score),
    )


def _levels(values: Numbers, recent: int) -> Numbers:
    """The median of so many bins, from each bin on."""
    if len(values) < recent:
        return np.empty(0)
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(values, recent), axis=1))


def _best_end(
    track: Track, values: Numbers, levels: Numbers, begin: int, settings: ChangeSettings
) -> tuple[float, int, int, float]:
    """The end at which a change that begins at `begin` is clearest: score, begin, end, and the level reached."""
    before = float(np.median(values[begin - settings.level : begin]))
    reached, known = levels[begin:], levels[: begin - settings.recent + 1]
    spans = np.arange(len(reached)) + settings.recent + settings.level // 2
    least = settings.least_relative * max(abs(before), float(np.abs(reached).max())) + 1e-9
    least = max(least, _quantum(values[:begin]))
    usual = np.maximum(_wander(track.times[: len(known)], known, track.width_us, spans), least)
    scores = np.abs(reached - before) / (usual * (1 + settings.caution / begin))
    at = int(scores.argmax())
    return float(scores[at]), begin, begin + at + settings.recent, float(reached[at])


def _wander(times: Times, levels: Numbers, width_us: int, spans: NDArray[np.int64]) -> Numbers:
    """How far the level usually goes in so many bins, for each of `spans`.

    Measured up to a quarter of what is known, so that there are some such moves to measure; for longer, as a random
    walk would go on, which is the most that it may.
    """
    shortest = CHANGES.recent
    longest = max(shortest, len(levels) // 4)
    moves: list[float] = []
    known: list[int] = []
    for lag in [*(lag for lag in _LAGS if shortest <= lag < longest), longest]:
        apart = levels[lag:] - levels[:-lag]
        whole = times[lag:] - times[:-lag] <= 1.5 * lag * width_us
        if whole.sum() >= shortest:
            moves.append(max(_spread(apart[whole]), moves[-1] if moves else 0.0))
            known.append(lag)
    if not known:
        return np.full(len(spans), float(np.ptp(levels)))
    inside = np.interp(spans, known, moves)
    return np.asarray(inside * np.sqrt(np.maximum(1.0, spans / known[-1])))


def _quantum(values: Numbers) -> float:
    """The smallest step of a value that moves in steps: one or two of them are no news."""
    steps = np.abs(np.diff(values))
    return float(steps[steps > 0].min()) if steps.any() else 0.0


def _spread(moves: Numbers) -> float:
    """How large moves are, around zero. One excursion among them is part of what a value does, so it counts."""
    return max(1.4826 * float(np.median(np.abs(moves))), float(np.sqrt(np.mean(moves**2))))


def _onset(values: Numbers, begin: int, end: int, after: float, settings: ChangeSettings) -> int:
    """The first bin of the change: after the last one, on the way back from its end, that is still where it was.

    The clearest beginning lies within a slow change, so what it was is looked up again before the one that was found.
    """
    for _ in range(2):
        known = values[max(0, begin - settings.level) : begin]
        before = float(np.median(known))
        moved = abs(after - before)
        scatter = 1.4826 * float(np.median(np.abs(known - before)))
        near = min(max(settings.settled_share * moved, scatter), 0.4 * moved)
        still = np.flatnonzero(np.abs(values[:end] - before) <= near)
        begin = max(settings.level, min(int(still[-1]) + 1, end - 1)) if len(still) else begin
    return begin


def following(change: Change, track: Track, tallies: Sequence[Tally], settings: ChangeSettings = CHANGES) -> Change:
    """The change with how closely the defects follow the value, at the lag at which they do so best.

    Where the value rather follows the defects, they do not follow it at all.
    """
    since_us = change.since_us - 20 * TALLY_US
    until_us = max(change.until_us, change.since_us) + settings.lag_us
    counted = [one for one in tallies if one.pieces > 0 and since_us <= one.start_us <= until_us]
    if len(counted) < settings.recent:
        return change
    starts = np.array([one.start_us for one in counted], np.int64)
    pieces = np.array([one.pieces for one in counted])
    first = _pools(pieces, settings.least_pieces)
    weights = np.add.reduceat(pieces, first)
    rates = np.add.reduceat(np.array([one.bad for one in counted]), first) / weights
    best, best_lag, ahead = 0.0, 0, 0.0
    for lag_us in range(-settings.ahead_us, settings.lag_us + 1, TALLY_US):
        index = np.clip(track.times.searchsorted(starts - lag_us, "right") - 1, 0, None)
        moved = (track.values[index] - change.before) / (change.after - change.before)
        pooled = np.add.reduceat(np.clip(moved, -1, 2) * pieces, first) / weights
        found = _correlation(pooled, rates, weights)
        if lag_us < -settings.slack_us:
            ahead = max(ahead, found)
        elif found > best + 1e-6:
            best, best_lag = found, max(0, lag_us)
    if ahead > best + settings.clearly_ahead:
        return replace(change, follows=0.0)
    return replace(change, follows=best, lag_us=best_lag)


def _pools(pieces: Numbers, least: float) -> NDArray[np.int64]:
    """Where runs of half minutes begin that hold enough pieces each.

    Of three pieces that a camera saw none or one is bad, whatever the value does: chance would hide that they follow.
    """
    many = max(1, ceil(least / float(np.median(pieces))))
    return np.arange(0, len(pieces), many)


def _correlation(ones: Numbers, others: Numbers, weights: Numbers) -> float:
    ones, others = ones - np.average(ones, weights=weights), others - np.average(others, weights=weights)
    scale = float(np.sqrt(np.average(ones**2, weights=weights) * np.average(others**2, weights=weights)))
    return float(np.average(ones * others, weights=weights)) / scale if scale > 0 else 0.0
