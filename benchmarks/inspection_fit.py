"""Fits the offline inspector's network on rendered biscuits; nothing here runs in a plant.

The same biscuits and the same numpy give the same weights. What is told of biscuits that the network had not seen
comes from folds: each is judged by networks that were fitted without it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from lineside.inspection.features import measured
from lineside.inspection.intake import ImageLimits, check_image
from lineside.inspection.judge import CLASSES, Weights, scaled
from lineside.inspection.offline import decoded
from lineside.inspection.segment import Unreadable
from simulator.biscuit_truth import Truth

Matrix = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]
LIMITS: Final = ImageLimits(most_bytes=32_000_000)
NETWORKS: Final = 4
"""Their scores are averaged; each starts from other random numbers."""
HIDDEN: Final = 20
"""Units of each of them."""
ROUNDS, BATCH, RATE = 50, 128, 3e-3
DECAY: Final = 0.03
"""How strongly coefficients are pulled to 0, in shares of `RATE` a step."""
SHAKE: Final = 0.15
"""Deviation of the noise on every scaled measure while fitting: no rule may hang on a hair."""
FOLDS: Final = 5
GOOD_REJECTED: Final = 0.006
"""Of the tuning biscuits, each judged by networks that were fitted without it."""


@dataclass(frozen=True)
class Tuning:
    """One row per picture: its measures, its class, its style."""

    names: list[str]
    values: Matrix
    classes: Whole
    styles: npt.NDArray[np.str_]


@dataclass(frozen=True)
class Fit:
    """Networks beside each other, as one with `NETWORKS` times `HIDDEN` units."""

    means: Matrix
    deviations: Matrix
    first: Floats
    units: Floats
    second: Floats
    base: Floats

    def scores(self, values: Matrix) -> Matrix:
        given = scaled(values, self.means, self.deviations)
        return np.asarray(np.tanh(given @ self.first + self.units) @ self.second + self.base, np.float64)


def measures_of(pictures: Iterator[tuple[bytes, Truth]], told: Callable[[str], None] = lambda _: None) -> Tuning:
    """What is unreadable is left out; `told` hears of every five hundredth."""
    rows, classes, styles, names = list[list[float]](), list[int](), list[str](), list[str]()
    for number, (content, truth) in enumerate(pictures, 1):
        if number % 500 == 0:
            told(f"{number} biscuits are measured")
        try:
            values = measured(decoded(check_image(content, LIMITS))[0]).values
        except Unreadable:
            continue
        names = list(values)
        rows.append(list(values.values()))
        classes.append(CLASSES.index(truth.label))
        styles.append(truth.style)
    return Tuning(names, np.array(rows), np.array(classes), np.array(styles))


def softmax(scores: Matrix) -> Matrix:
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def network(values: Matrix, classes: Whole) -> Fit:
    """`NETWORKS` of them, fitted one after the other."""
    means, deviations = values.mean(axis=0), values.std(axis=0) + 1e-6
    given = scaled(values, means, deviations).astype(np.float32)
    parts = [_trained(given, classes, seed) for seed in range(NETWORKS)]
    first, units, second, base = (list(one) for one in zip(*parts, strict=True))
    return Fit(
        means,
        deviations,
        np.concatenate(first, axis=1),
        np.concatenate(units),
        np.asarray(np.concatenate(second) / NETWORKS, np.float32),
        np.asarray(np.mean(base, axis=0), np.float32),
    )


def _trained(given: Floats, classes: Whole, seed: int) -> list[Floats]:
    """Adam on the cross entropy, in small batches, with a rate that falls to 0 as a cosine."""
    rng = np.random.default_rng(seed)
    count, width = given.shape
    wanted = np.eye(len(CLASSES), dtype=np.float32)[classes]
    found = [
        rng.standard_normal((width, HIDDEN), np.float32) / np.float32(np.sqrt(width)),
        np.zeros(HIDDEN, np.float32),
        rng.standard_normal((HIDDEN, len(CLASSES)), np.float32) / np.float32(np.sqrt(HIDDEN)),
        np.zeros(len(CLASSES), np.float32),
    ]
    means, squares = ([np.zeros_like(one) for one in found] for _ in range(2))
    steps, step = ROUNDS * (count // BATCH), 0
    for _ in range(ROUNDS):
        order = rng.permutation(count)
        for start in range(0, count - BATCH + 1, BATCH):
            step += 1
            own = order[start : start + BATCH]
            shaken = given[own] + rng.standard_normal((BATCH, width), np.float32) * np.float32(SHAKE)
            rate = RATE * 0.5 * (1 + np.cos(np.pi * step / steps))
            for at, slope in enumerate(_slopes(found, shaken, wanted[own])):
                means[at] = 0.9 * means[at] + 0.1 * slope
                squares[at] = 0.999 * squares[at] + 0.001 * slope**2
                length = np.sqrt(squares[at] / (1 - 0.999**step)) + 1e-8
                held = DECAY * found[at] if found[at].ndim == 2 else 0.0
                found[at] = np.asarray(found[at] - rate * (means[at] / (1 - 0.9**step) / length + held), np.float32)
    return found


def _slopes(found: list[Floats], given: Floats, wanted: Floats) -> list[Floats]:
    first, units, second, base = found
    hidden = np.tanh(given @ first + units)
    scores = hidden @ second + base
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    wrong = (odds / odds.sum(axis=1, keepdims=True) - wanted) / np.float32(len(given))
    back = (wrong @ second.T) * (1 - hidden * hidden)
    return [given.T @ back, back.sum(axis=0), hidden.T @ wrong, wrong.sum(axis=0)]


def unseen_scores(tuning: Tuning) -> Matrix:
    """Of every picture, by networks that were fitted without it."""
    fold = np.random.default_rng(0).permutation(len(tuning.classes)) % FOLDS
    scores = np.zeros((len(tuning.classes), len(CLASSES)))
    for number in range(FOLDS):
        own = fold == number
        scores[own] = network(tuning.values[~own], tuning.classes[~own]).scores(tuning.values[own])
    return scores


def fitted(tuning: Tuning) -> tuple[Weights, Matrix]:
    """The weights, and the chances that each biscuit got from networks which had not seen it."""
    scores = unseen_scores(tuning)
    temperature = _temperature(scores, tuning.classes)
    unseen = softmax(scores / temperature)
    good = np.sort(unseen[tuning.classes == 0, 0])
    bar = float(np.clip(good[int(GOOD_REJECTED * len(good))] * 0.98, 0.005, 0.5))
    found = network(tuning.values, tuning.classes)
    table = np.column_stack([found.means, found.deviations, found.first]).round(4).tolist()
    units = np.column_stack([found.units, found.second]).astype(np.float64).round(4)
    weights = Weights(
        dict(zip(tuning.names, table, strict=True)),
        [(one[0], one[1], one[2], one[3], one[4]) for one in units.tolist()],
        (*found.base.astype(np.float64).round(4).tolist(),),
        round(temperature, 3),
        round(bar, 4),
    )
    return weights, unseen


def _temperature(scores: Matrix, classes: Whole) -> float:
    tried, rows = np.linspace(0.3, 3.0, 55), np.arange(len(scores))
    losses = [-np.log(softmax(scores / one)[rows, classes] + 1e-12).mean() for one in tried]
    return float(tried[int(np.argmin(losses))])


def as_text(weights: Weights) -> str:
    """JSON with one measure, and one hidden unit, on a line."""
    rows = ",\n".join(f"        {json.dumps(name)}: {json.dumps(row)}" for name, row in weights.rows.items())
    units = ",\n".join(f"        {json.dumps(unit)}" for unit in weights.units)
    rest = ((name, json.dumps(getattr(weights, name))) for name in ("base", "temperature", "good_above"))
    lines = ",\n".join(f'    "{name}": {value}' for name, value in rest)
    return f'{{\n    "rows": {{\n{rows}\n    }},\n    "units": [\n{units}\n    ],\n{lines}\n}}\n'


def macro(truth: Whole, said: Whole) -> float:
    """The mean of the classes' F1."""
    scores = []
    for kind in range(len(CLASSES)):
        either = int((said == kind).sum() + (truth == kind).sum())
        scores.append(2 * int(((said == kind) & (truth == kind)).sum()) / either if either else 0.0)
    return float(np.mean(scores))


def across(tuning: Tuning) -> Iterator[str]:
    """Each style judged by networks that were fitted on the others; the likeliest class, without the bar."""
    for style in sorted(set(tuning.styles.tolist())):
        own = tuning.styles == style
        scores = network(tuning.values[~own], tuning.classes[~own]).scores(tuning.values[own])
        score = macro(tuning.classes[own], scores.argmax(axis=1))
        yield f"fitted without {style}, judged on it: macro F1 {score:.3f} of {int(own.sum())}"
