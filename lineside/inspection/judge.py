"""From measures to chances: a small neural network whose numbers stand in `weights.json`.

It has one hidden layer. Its numbers are fitted by `python -m benchmarks.inspection fit` on rendered biscuits. A chance
is the softmax of the scores divided by a temperature that was fitted on biscuits which the network had not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
    """`rows`: for each measure its mean, its deviation, and its coefficient for each hidden unit. `units`: for each
    hidden unit its constant, and its coefficient for each of `CLASSES`."""

    rows: dict[str, list[float]]
    units: list[tuple[float, float, float, float, float]]
    base: tuple[float, float, float, float]
    temperature: float
    good_above: float
    """A biscuit is good where the chance of it is above that: to throw away a good one is worse than to miss a bad
    one, by (1 - good_above) / good_above to 1."""


@dataclass(frozen=True)
class Network:
    """`Weights` as matrices."""

    names: tuple[str, ...]
    usual: Matrix
    """Two rows: means and deviations."""
    first: Matrix
    """Measures x hidden units; the last row holds the units' constants."""
    second: Matrix
    """Hidden units x classes; the last row holds the classes' constants."""
    temperature: float
    good_above: float


def network_of(weights: Weights) -> Network:
    table, units = np.array(list(weights.rows.values())), np.array(weights.units)
    return Network(
        tuple(weights.rows),
        table[:, :2].T,
        np.vstack([table[:, 2:], units[:, 0]]),
        np.vstack([units[:, 1:], weights.base]),
        weights.temperature,
        weights.good_above,
    )


@cache
def shipped() -> Network:
    return network_of(msgspec.json.decode(WEIGHTS_FILE.read_bytes(), type=Weights))


def chances(values: Mapping[str, float], network: Network) -> dict[Verdict, float]:
    """Of each class; they add up to 1."""
    given = scaled(np.array([values[name] for name in network.names]), *network.usual)
    scores = np.tanh(given @ network.first[:-1] + network.first[-1]) @ network.second[:-1] + network.second[-1]
    odds = np.exp((scores - scores.max()) / network.temperature)
    return dict(zip(CLASSES, (odds / odds.sum()).tolist(), strict=True))


def scaled(values: Matrix, means: Matrix, deviations: Matrix) -> Matrix:
    return np.asarray(np.clip((values - means) / deviations, -FAR, FAR))


def verdict_of(chance: Mapping[Verdict, float], good_above: float) -> Verdict:
    if chance["good"] > good_above:
        return "good"
    return max(CLASSES[1:], key=lambda verdict: chance[verdict])
