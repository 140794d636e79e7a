"""From measures to chances: a multinomial logistic regression whose numbers stand in `weights.json`.

They are fitted by `python -m benchmarks.inspection fit` on rendered biscuits. A chance is the softmax of the scores
divided by a temperature that was fitted on biscuits which the numbers themselves had not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from lineside.inspection.model import Verdict

WEIGHTS_FILE: Final = Path(__file__).with_name("weights.json")
CLASSES: Final[tuple[Verdict, ...]] = ("good", "cracked", "deformed", "bubbles")
FAR: Final = 4.0
"""A measure further from the usual than so many deviations counts as so far: nothing unheard of decides alone."""
Matrix = npt.NDArray[np.float64]


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rows`: for each measure its mean, its deviation, and its coefficient for each of `CLASSES`."""

    rows: dict[str, tuple[float, float, float, float, float, float]]
    base: tuple[float, float, float, float]
    temperature: float
    good_above: float
    """A biscuit is good where the chance of it is above that: to throw away a good one is worse than to miss a bad
    one, by (1 - good_above) / good_above to 1."""


@cache
def shipped() -> Weights:
    return msgspec.json.decode(WEIGHTS_FILE.read_bytes(), type=Weights)


def chances(values: Mapping[str, float], weights: Weights) -> dict[Verdict, float]:
    """Of each class; they add up to 1."""
    table = np.array(list(weights.rows.values()))
    given = np.array([values[name] for name in weights.rows])
    scores = (scaled(given, table[:, 0], table[:, 1]) @ table[:, 2:] + np.array(weights.base)) / weights.temperature
    odds = np.exp(scores - scores.max())
    return dict(zip(CLASSES, (odds / odds.sum()).tolist(), strict=True))


def scaled(values: Matrix, means: Matrix, deviations: Matrix) -> Matrix:
    return np.asarray(np.clip((values - means) / deviations, -FAR, FAR))


def verdict_of(chance: Mapping[Verdict, float], weights: Weights) -> Verdict:
    if chance["good"] > weights.good_above:
        return "good"
    return max(CLASSES[1:], key=lambda verdict: chance[verdict])
