"""Does the offline inspector tell good biscuits from bad ones, how sure is it rightly, and how fast?

`python -m benchmarks.inspection fit` writes `lineside/inspection/weights.json` from rendered biscuits of the seeds 1 to
9 (or folders of them); `test` judges those of seed 100 and up, which nothing was ever fitted or chosen on.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from lineside.inspection.features import measured
from lineside.inspection.intake import ImageLimits, check_image
from lineside.inspection.judge import CLASSES, WEIGHTS_FILE, Weights, scaled
from lineside.inspection.model import Verdict
from lineside.inspection.offline import OfflineInspector, decoded
from lineside.inspection.segment import Unreadable
from simulator.biscuit_truth import Style, Truth
from simulator.biscuits import biscuits

Matrix = npt.NDArray[np.float64]
LIMITS = ImageLimits(most_bytes=32_000_000)
TUNING_SEEDS, TEST_SEED = range(1, 10), 100
TEST_COUNT = 1_000
RIDGE = 4.0
"""How strongly the coefficients are held small; chosen by cross-validation on the tuning biscuits."""
FOLDS = 8
GOOD_REJECTED = 0.01
"""Of the tuning biscuits, when each is judged by coefficients that were fitted without it."""


@dataclass(frozen=True)
class Tuning:
    """One row per picture: its measures, its class, its style."""

    names: list[str]
    values: Matrix
    classes: npt.NDArray[np.int64]
    styles: list[str]


@dataclass(frozen=True)
class Judged:
    """A picture that was inspected: what is true, what was said, and how many milliseconds of processor time."""

    truth: Truth
    said: Verdict
    confidence: float
    decode_ms: float
    all_ms: float


def measures_of(pictures: Iterator[tuple[bytes, Truth]]) -> Tuning:
    rows, classes, styles, names = list[list[float]](), list[int](), list[str](), list[str]()
    for content, truth in pictures:
        try:
            values = measured(decoded(check_image(content, LIMITS))[0]).values
        except Unreadable:
            continue
        names = list(values)
        rows.append(list(values.values()))
        classes.append(CLASSES.index(truth.label))
        styles.append(truth.style)
    return Tuning(names, np.array(rows), np.array(classes), styles)


def folder(path: Path) -> Iterator[tuple[bytes, Truth]]:
    """What `simulator.biscuits.write_folder` wrote."""
    for line in (path / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        yield (path / said.pop("file")).read_bytes(), msgspec.convert(said, Truth)


def softmax(scores: Matrix) -> Matrix:
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def regression(values: Matrix, classes: npt.NDArray[np.int64]) -> Matrix:
    """Newton's method; the last row is the constant."""
    given = np.column_stack([values, np.ones(len(values))])
    width, kinds = given.shape[1], len(CLASSES)
    wanted, found = np.eye(kinds)[classes], np.zeros((width, kinds))
    ridge = np.full((width, kinds), RIDGE)
    ridge[-1] = 1e-3
    for _ in range(25):
        chance = softmax(given @ found)
        slope = (given.T @ (chance - wanted) + ridge * found).T.ravel()
        blocks = [
            [given.T @ (given * (chance[:, [a]] * ((a == b) - chance[:, [b]]))) for b in range(kinds)]
            for a in range(kinds)
        ]
        step = np.linalg.solve(np.block(blocks) + np.diag(ridge.T.ravel() + 1e-6), slope)
        found -= step.reshape(kinds, width).T
        if np.abs(step).max() < 1e-5:
            break
    return found


def unseen_scores(values: Matrix, classes: npt.NDArray[np.int64]) -> Matrix:
    """Of every picture, by coefficients that were fitted without it."""
    fold = np.random.default_rng(0).permutation(len(classes)) % FOLDS
    scores = np.zeros((len(classes), len(CLASSES)))
    for number in range(FOLDS):
        own = fold == number
        found = regression(values[~own], classes[~own])
        scores[own] = np.column_stack([values[own], np.ones(int(own.sum()))]) @ found
    return scores


def fitted(tuning: Tuning) -> Weights:
    means, deviations = tuning.values.mean(axis=0), tuning.values.std(axis=0) + 1e-6
    values = scaled(tuning.values, means, deviations)
    scores = unseen_scores(values, tuning.classes)
    rows = np.arange(len(scores))
    tried = np.linspace(0.6, 3.0, 49)
    losses = [-np.log(softmax(scores / one)[rows, tuning.classes] + 1e-12).mean() for one in tried]
    temperature = float(tried[int(np.argmin(losses))])
    good = np.sort(softmax(scores / temperature)[tuning.classes == 0, 0])
    bar = float(np.clip(good[int(GOOD_REJECTED * len(good))] * 0.98, 0.02, 0.5))
    found = regression(values, tuning.classes)
    table = np.column_stack([means, deviations, found[:-1]]).round(5).tolist()
    first, second, third, fourth = found[-1].round(5).tolist()
    named = {name: tuple(row) for name, row in zip(tuning.names, table, strict=True)}
    return Weights(named, (first, second, third, fourth), round(temperature, 3), round(bar, 4))


def as_text(weights: Weights) -> str:
    """JSON with one measure on a line."""
    rows = ",\n".join(f"        {json.dumps(name)}: {json.dumps(row)}" for name, row in weights.rows.items())
    rest = ((name, json.dumps(getattr(weights, name))) for name in ("base", "temperature", "good_above"))
    lines = ",\n".join(f'    "{name}": {value}' for name, value in rest)
    return f'{{\n    "rows": {{\n{rows}\n    }},\n{lines}\n}}\n'


def judged(pictures: Iterator[tuple[bytes, Truth]], weights: Weights | None = None) -> list[Judged]:
    import cv2

    cv2.setNumThreads(1)
    inspector, found = OfflineInspector(weights), []
    for content, truth in pictures:
        image = check_image(content, LIMITS)
        began = time.process_time()
        with contextlib.suppress(Unreadable):
            decoded(image)
        middle = time.process_time()
        seen = inspector.inspect(image)
        ended = time.process_time()
        found.append(Judged(truth, seen.verdict, seen.confidence, (middle - began) * 1e3, (ended - middle) * 1e3))
    return found


def macro_f1(found: Sequence[Judged]) -> float:
    scores = []
    for kind in CLASSES:
        hit = sum(one.said == kind == one.truth.label for one in found)
        either = sum(one.said == kind for one in found) + sum(one.truth.label == kind for one in found)
        scores.append(2 * hit / either if either else 0.0)
    return float(np.mean(scores))


def good_rejected(found: Sequence[Judged]) -> float:
    good = [one for one in found if one.truth.label == "good"]
    return sum(one.said != "good" for one in good) / max(1, len(good))


def calibration_error(found: Sequence[Judged]) -> float:
    """The expected difference between confidence and correctness, in ten bins of confidence."""
    total = 0.0
    for low in np.linspace(0, 0.9, 10):
        own = [one for one in found if low < one.confidence <= low + 0.1]
        if own:
            right = np.mean([one.said == one.truth.label for one in own])
            total += len(own) * abs(float(right) - float(np.mean([one.confidence for one in own])))
    return total / max(1, len(found))


def told(found: Sequence[Judged]) -> str:
    unreadable = sum(one.said == "unreadable" for one in found)
    scores = f"macro F1 {macro_f1(found):.3f}, good rejected {good_rejected(found):.1%}"
    return f"{scores}, unreadable {unreadable} of {len(found)}"


def report(found: Sequence[Judged]) -> Iterator[tuple[str, str]]:
    yield f"{len(found)} biscuits", told(found)
    for kind in CLASSES:
        own = [one for one in found if one.truth.label == kind]
        said = [f"{other} {sum(one.said == other for one in own)}" for other in (*CLASSES, "unreadable")]
        yield f"truly {kind}", ", ".join(said)
    for style in sorted({one.truth.style for one in found}):
        yield f"style {style}", told([one for one in found if one.truth.style == style])
    for low, high in ((128, 256), (256, 512), (512, 1024), (1024, 2049)):
        own = [one for one in found if low <= one.truth.size < high]
        if own:
            yield f"smaller side {low} to {high - 1} pixels", told(own)
    sure = [one for one in found if one.confidence >= 0.8]
    yield "confidence 0.8 or more", f"{len(sure) / max(1, len(found)):.0%} of them; {told(sure)}"
    yield "expected calibration error", f"{calibration_error(found):.3f}"
    times = np.array([one.all_ms for one in found])
    decoding = float(np.mean([one.decode_ms for one in found]))
    yield (
        "processor time per image",
        f"mean {times.mean():.1f} ms (of it decoding {decoding:.1f}), median {np.median(times):.1f}, "
        f"95th percentile {np.percentile(times, 95):.1f}",
    )


def bench() -> Iterator[tuple[str, str]]:
    yield from report(judged(biscuits(TEST_COUNT, TEST_SEED)))


def _pictures(arguments: argparse.Namespace, seed: int) -> Iterator[tuple[bytes, Truth]]:
    if arguments.folders:
        for path in arguments.folders:
            yield from folder(path)
        return
    style: Style | Literal["mixed"] = arguments.style
    yield from biscuits(arguments.count, seed, style)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inspection")
    parser.add_argument("task", choices=("fit", "test", "across"))
    parser.add_argument("--folders", type=Path, nargs="+", help="Rendered before; else they are rendered now.")
    parser.add_argument("--count", type=int, default=TEST_COUNT)
    parser.add_argument("--seed", type=int, default=None, help="1 to 9 to fit, 100 and up to test.")
    parser.add_argument("--style", default="mixed", choices=("mixed", "relief", "painted", "plain"))
    chosen = parser.parse_args()
    seed = chosen.seed or (TEST_SEED if chosen.task == "test" else TUNING_SEEDS[0])
    if (chosen.task == "test") == (seed in TUNING_SEEDS):
        parser.error("the seeds 1 to 9 are for fitting, all others for testing")
    if chosen.task == "test":
        for label, figure in report(judged(_pictures(chosen, seed))):
            print(f"  {label:<40} {figure}", flush=True)
        return
    tuning = measures_of(_pictures(chosen, seed))
    if chosen.task == "fit":
        weights = fitted(tuning)
        WEIGHTS_FILE.write_text(as_text(weights), encoding="utf-8")
        print(f"{len(tuning.classes)} biscuits: temperature {weights.temperature}, good above {weights.good_above}")
        return
    for line in across(tuning):
        print(line)


def across(tuning: Tuning) -> Iterator[str]:
    """Fitted on one style, judged on the other."""
    for style, other in (("relief", "painted"), ("painted", "relief")):
        own, rest = (np.array([one == name for one in tuning.styles]) for name in (style, other))
        means, deviations = tuning.values[own].mean(axis=0), tuning.values[own].std(axis=0) + 1e-6
        values = scaled(tuning.values, means, deviations)
        found = regression(values[own], tuning.classes[own])
        said = (np.column_stack([values[rest], np.ones(int(rest.sum()))]) @ found).argmax(axis=1)
        truth = tuning.classes[rest]
        scores = [
            2 * ((said == kind) & (truth == kind)).sum() / max(1, (said == kind).sum() + (truth == kind).sum())
            for kind in range(len(CLASSES))
        ]
        yield f"fitted on {style}, judged on {other}: macro F1 {np.mean(scores):.3f} of {len(truth)}"


if __name__ == "__main__":
    main()
