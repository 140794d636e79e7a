"""Defects per piece: how many pieces of a span were bad, by counters or by images, and since when there are more.

A machine's counters count every piece; a camera may look at a few of them only. So images are judged by chance: one bad
one of three says little about a limit of 2 %, seven of thirty say enough.
"""

from __future__ import annotations

from collections import Counter as Counts
from collections.abc import Iterable, Sequence
from math import exp, floor, lgamma, log, log1p
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from lineside.detection.finding import Evidence, Finding
from lineside.detection.settings import SECOND_US, RejectSettings
from lineside.site.model import RejectRate

Numbers = NDArray[np.float64]

GOOD, UNREADABLE = "good", "unreadable"
"""Every other verdict names a defect. An unreadable image says nothing about the piece."""

TALLY_US = 30 * SECOND_US
KEPT_US = 2 * 3600 * SECOND_US
HARDLY_LESS = 2.0
"""In the logarithm of the likelihood: 19 of 20 changes lie where it is less than this below its greatest."""
BURST_US = 90 * SECOND_US
"""Three half minutes: a machine trips on what it counted in about one."""
IMAGES = "defects in images"


class Inspected(msgspec.Struct, frozen=True):
    """One piece that was looked at. `weight`: how much a defect counts, 1 for a person's word, else the confidence."""

    device: str
    taken_us: int
    verdict: str
    weight: float = 1.0


class Tally(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The bad ones among the pieces of the half minute that begins at `start_us`."""

    start_us: int
    bad: float
    pieces: float


class ImageRate(msgspec.Struct, frozen=True):
    """The defects among the images of a window; `worst` is the class that dominates, seen `worst_count` times."""

    defects: float
    images: int
    worst: str
    worst_count: int
    first_us: int
    newest_us: int

    @property
    def share(self) -> float:
        return self.defects / self.images


def image_rate(inspected: Iterable[Inspected], start_us: int, until_us: int) -> ImageRate | None:
    """The rate over start < taken <= until; None where no image shows a defect."""
    window = [one for one in inspected if start_us < one.taken_us <= until_us and one.verdict != UNREADABLE]
    bad = [one for one in window if one.verdict != GOOD]
    if not bad:
        return None
    worst, count = min(Counts(one.verdict for one in bad).items(), key=lambda item: (-item[1], item[0]))
    times = [one.taken_us for one in window]
    defects = sum(min(1.0, max(0.0, one.weight)) for one in bad)
    return ImageRate(defects, len(window), worst, count, min(one.taken_us for one in bad), max(times))


def images_too_high(
    inspected: Sequence[Inspected],
    declared: RejectRate,
    settings: RejectSettings,
    now_us: int,
    *,
    was: bool,
    calm_us: int = 0,
) -> ImageRate | None:
    """What images show, where the share of defects is beyond the limit and not by chance; once it was, until it is
    clearly back.

    A camera that looks at few pieces needs longer than the declared window to be sure of a few percent. So where that
    window is beyond the limit, longer ones are asked too. None of them reaches back before `calm_us`, when the share
    was last back: the same defects would be told again.
    """
    window_us = int(declared.window_minutes * 60 * SECOND_US)
    if was:
        rate = image_rate(inspected, now_us - settings.ends_after_windows * window_us, now_us)
        limit = declared.max_fraction * settings.ends_at
        return rate if rate is not None and _is_beyond(rate, limit, settings) else None
    recent = image_rate(inspected, now_us - window_us, now_us)
    if recent is None or recent.share <= declared.max_fraction:
        return None
    for times in settings.image_windows:
        start_us = max(now_us - times * window_us, calm_us if times > 1 else 0)
        rate = image_rate(inspected, start_us, now_us)
        if rate is not None and _is_beyond(rate, declared.max_fraction, settings, settings.chance / times):
            return rate
    return None


def _is_beyond(rate: ImageRate, limit: float, settings: RejectSettings, chance: float = 1.0) -> bool:
    """Whether the share is beyond the limit, and so many by chance are less likely than that."""
    count = floor(rate.defects + 1e-9)
    if count < settings.least_rejects or rate.share <= limit:
        return False
    return chance >= 1 or chance_of(count, rate.images, limit) < chance


def chance_of(count: int, of: int, fraction: float) -> float:
    """The chance of at least `count` bad ones among `of`, if each is bad with this chance: the binomial tail."""
    if fraction >= 1:
        return 1.0
    bad, good = log(fraction), log1p(-fraction)
    ways = (lgamma(of + 1) - lgamma(number + 1) - lgamma(of - number + 1) for number in range(count))
    below = sum(exp(way + number * bad + (of - number) * good) for number, way in enumerate(ways))
    return max(0.0, 1 - below)


def image_evidence(rate: ImageRate, declared: RejectRate, device: str) -> Evidence:
    return Evidence(
        device=device,
        attribute=IMAGES,
        value=rate.share,
        observed_us=rate.newest_us,
        unit="C62",
        expected=declared.max_fraction,
        score=rate.share / declared.max_fraction,
        note=f"{rate.defects:.3g} of {rate.images} images, mostly {rate.worst} ({rate.worst_count})",
    )


def tallied(events: Iterable[tuple[int, float, float]]) -> list[Tally]:
    """Half minutes from (instant, bad ones, pieces), oldest first."""
    sums: dict[int, list[float]] = {}
    for at_us, bad, pieces in events:
        both = sums.setdefault(at_us - at_us % TALLY_US, [0.0, 0.0])
        both[0] += bad
        both[1] += pieces
    return [Tally(start_us, bad, pieces) for start_us, (bad, pieces) in sorted(sums.items())]


def added(before: Sequence[Tally], new: Sequence[Tally], now_us: int) -> list[Tally]:
    """Both together, without what is too old."""
    every = ((one.start_us, one.bad, one.pieces) for one in (*before, *new))
    return [one for one in tallied(every) if one.start_us >= now_us - KEPT_US]


def images_tallied(before: Sequence[Tally], inspected: Sequence[Inspected], now_us: int) -> list[Tally]:
    """The half minutes of the images. What is given again, later or with a person's word, replaces what was known."""
    readable = [one for one in inspected if one.verdict != UNREADABLE and one.taken_us <= now_us]
    new = tallied((one.taken_us, one.weight * (one.verdict != GOOD), 1.0) for one in readable)
    first_us = new[0].start_us if new else now_us
    return [one for one in before if now_us - KEPT_US <= one.start_us < first_us] + new


def burst(
    tallies: Sequence[Tally],
    declared: RejectRate,
    device: str,
    stopped_us: int,
    settings: RejectSettings,
    usual_until_us: int | None = None,
) -> Finding | None:
    """The rejects of the last moments before a machine stopped, if beyond the limit and clearly more than before.

    A machine that trips on rejects stands still before a window of minutes is full of them. What it had before is
    taken until `usual_until_us`, where it is known since when it has had more.
    """
    last = [one for one in tallies if stopped_us - BURST_US <= one.start_us <= stopped_us]
    usual_until_us = stopped_us - BURST_US if usual_until_us is None else usual_until_us
    before = [one for one in tallies if one.start_us < usual_until_us]
    bad, pieces = sum(one.bad for one in last), sum(one.pieces for one in last)
    if bad < settings.least_rejects or bad <= declared.max_fraction * pieces:
        return None
    usual = (1 + sum(one.bad for one in before)) / (1 + sum(one.pieces for one in before))
    if chance_of(floor(bad + 1e-9), round(pieces), min(usual, 1.0)) >= settings.chance:
        return None
    note = f"{bad:.3g} rejects in {pieces:g} pieces in the last moments before it stopped"
    evidence = Evidence(device, declared.rejects, bad / pieces, stopped_us, "C62", declared.max_fraction, note=note)
    since_us = next(one.start_us for one in last if one.bad > 0)
    return Finding("reject_rate", device, since_us, stopped_us, declared.rejects, (evidence,))


class Rose(NamedTuple):
    """When a rate went up: the likeliest instant, and the latest one that is hardly less likely."""

    likeliest_us: int
    latest_us: int


def began(tallies: Sequence[Tally]) -> Rose | None:
    """When the rate went up: the likeliest change of the chance of a defect, at once or in a steady rise until now.

    None where it never went up.
    """
    filled = [one for one in tallies if one.pieces > 0]
    bad = np.array([one.bad for one in filled])
    pieces = np.array([one.pieces for one in filled])
    likely: dict[int, float] = {}
    for index in range(len(filled)):
        before, after = bad[:index].sum() / max(pieces[:index].sum(), 1.0), bad[index:].sum() / pieces[index:].sum()
        if after <= before:
            continue
        rising = before + (after - before) * _rise(len(filled) - index)
        then = [_likelihood(bad[index:], pieces[index:], rates) for rates in (np.full(len(rising), after), rising)]
        steady = _likelihood(bad[:index], pieces[:index], np.full(index, before))
        likely[filled[index].start_us] = steady + max(then)
    if not likely:
        return None
    likeliest_us = max(likely, key=lambda at_us: (likely[at_us], -at_us))
    least = likely[likeliest_us] - HARDLY_LESS
    return Rose(likeliest_us, max(at_us for at_us, how in likely.items() if how >= least))


def _rise(count: int) -> Numbers:
    """From nearly nothing to twice the mean, which is one."""
    return np.asarray(2 * (np.arange(count) + 0.5) / count)


def _likelihood(bad: Numbers, pieces: Numbers, rates: Numbers) -> float:
    """The logarithm of the chance of what was seen, if these were the rates."""
    safe = np.clip(rates, 1e-9, 1 - 1e-9)
    return float((bad * np.log(safe) + (pieces - bad) * np.log1p(-safe)).sum())
