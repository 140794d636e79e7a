"""How much better, and how sure: the relative improvement of the mean mark, with a paired bootstrap over questions.

Questions are drawn with replacement, each with the marks of both models from every judge, so what is hard for both
stays together. The interval is the 2.5th to the 97.5th percentile of the draws.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from lineside.releases.evaluation.marks import Floats

RESAMPLES: Final = 10_000
_AT_ONCE: Final = 500
"""Draws that are held in memory together."""
LOW, HIGH = 2.5, 97.5


class Improvement(msgspec.Struct, frozen=True):
    """`value` 0.14 is 14 % better than the base; `low` and `high` are its 95 % interval. Over so many questions."""

    value: float
    low: float
    high: float
    questions: int


def improvement(means: Floats, seed: int, resamples: int = RESAMPLES) -> Improvement | None:
    """Of `means[question, who, judge]`, NaN where a judge gave no marks: the mean of the judges' improvements.

    None where there is nothing to compare.
    """
    judged: NDArray[np.bool_] = ~np.isnan(means.sum(axis=1))
    asked = judged.any(axis=1)
    judging = judged.any(axis=0)
    if not asked.any():
        return None
    sums = np.where(judged[:, None, :], means, 0.0)[asked][:, :, judging]
    value = float((_relative(sums.sum(axis=0)[None])).mean())
    drawn = _drawn(sums, seed, resamples)
    low, high = np.nanpercentile(drawn, [LOW, HIGH])
    return Improvement(value, float(low), float(high), int(asked.sum()))


def _drawn(sums: Floats, seed: int, resamples: int) -> Floats:
    """The improvement in each draw. A draw counts how often each question is in it; a product then adds them up."""
    generator = np.random.default_rng(seed)
    count = len(sums)
    flat = sums.reshape(count, -1)
    found = []
    for done in range(0, resamples, _AT_ONCE):
        size = min(_AT_ONCE, resamples - done)
        chosen = generator.integers(0, count, size=(size, count)) + count * np.arange(size)[:, None]
        times = np.bincount(chosen.ravel(), minlength=size * count).reshape(size, count).astype(np.float64)
        found.append(_relative((times @ flat).reshape(size, *sums.shape[1:])).mean(axis=1))
    return np.concatenate(found)


def _relative(sums: Floats) -> Floats:
    """`[draw, who, judge]` -> `[draw, judge]`. A judge that marked the same questions for both has one count for both,
    so sums compare as means do; a draw without any question of a judge says nothing of it."""
    base, candidate = sums[:, 0], sums[:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        relative: Floats = np.where(base > 0, candidate / base - 1.0, np.nan)
    return relative
