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
from itertools import chain
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.inspection_fit import LIMITS, across, as_text, fitted, macro, measures_of
from lineside.inspection.intake import check_image
from lineside.inspection.judge import CLASSES, WEIGHTS_FILE, Network
from lineside.inspection.model import Verdict
from lineside.inspection.offline import OfflineInspector, decoded
from lineside.inspection.segment import Unreadable
from simulator.biscuit_truth import STYLES, Style, Truth
from simulator.biscuits import biscuits

TUNING_SEEDS, TEST_SEED = range(1, 10), 100
FIT_COUNT, TEST_COUNT, BENCH_COUNT = 6_000, 1_000, 200
FIT_DRAWN = 1_500
"""More of the style that varies most, of the next seed."""
LARGEST_TO_FIT = 900
"""Pixels of the smaller side. Larger ones take long to draw, and are made smaller before they are looked at."""
HELD_OUT: Style = "foreign"


@dataclass(frozen=True)
class Judged:
    """A picture that was inspected: what is true, what was said, and how many milliseconds of processor time."""

    truth: Truth
    said: Verdict
    confidence: float
    decode_ms: float
    all_ms: float


def folder(path: Path) -> Iterator[tuple[bytes, Truth]]:
    """What `simulator.biscuits.write_folder` wrote."""
    for line in (path / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        yield (path / said.pop("file")).read_bytes(), msgspec.convert(said, Truth)


def judged(pictures: Iterator[tuple[bytes, Truth]], network: Network | None = None) -> list[Judged]:
    import cv2

    cv2.setNumThreads(1)
    inspector, found = OfflineInspector(network), []
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
    classes = {name: number for number, name in enumerate(CLASSES)}
    truth = np.array([classes[one.truth.label] for one in found])
    return macro(truth, np.array([classes.get(one.said, -1) for one in found]))


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
    yield from report(judged(biscuits(BENCH_COUNT, TEST_SEED)))


def _pictures(chosen: argparse.Namespace) -> Iterator[tuple[bytes, Truth]]:
    if chosen.folders:
        return (one for path in chosen.folders for one in folder(path))
    if chosen.task == "test":
        return biscuits(chosen.count or TEST_COUNT, chosen.seed or TEST_SEED, chosen.style)
    if chosen.seed or chosen.count or chosen.style != "mixed":
        return biscuits(chosen.count or FIT_COUNT, chosen.seed or TUNING_SEEDS[0], chosen.style, LARGEST_TO_FIT)
    mixed = biscuits(FIT_COUNT, TUNING_SEEDS[0], "mixed", LARGEST_TO_FIT)
    return chain(mixed, biscuits(FIT_DRAWN, TUNING_SEEDS[1], "drawn", LARGEST_TO_FIT))


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inspection", description=__doc__)
    parser.add_argument("task", choices=("fit", "test", "across"))
    parser.add_argument("--folders", type=Path, nargs="+", help="Rendered before; else they are rendered now.")
    parser.add_argument(
        "--count", type=int, help=f"{FIT_COUNT + FIT_DRAWN:,} to fit, {TEST_COUNT:,} to test, unless given."
    )
    parser.add_argument("--seed", type=int, help="1 to 9 to fit, 100 and up to test.")
    parser.add_argument("--style", default="mixed", choices=("mixed", *STYLES))
    chosen = parser.parse_args()
    if chosen.seed and (chosen.task == "test") == (chosen.seed in TUNING_SEEDS):
        parser.error("the seeds 1 to 9 are for fitting, all others for testing")
    if chosen.task != "test" and chosen.style == HELD_OUT:
        parser.error(f"nothing is ever fitted on the style {HELD_OUT}")
    return chosen


def main() -> None:
    import cv2

    cv2.setNumThreads(1)
    chosen = _chosen()
    if chosen.task == "test":
        for label, figure in report(judged(_pictures(chosen))):
            print(f"  {label:<40} {figure}", flush=True)
        return
    tuning = measures_of(_pictures(chosen), lambda line: print(line, flush=True))
    if chosen.task == "across":
        for line in across(tuning):
            print(line, flush=True)
        return
    print("fitting", flush=True)
    weights, unseen = fitted(tuning)
    WEIGHTS_FILE.write_text(as_text(weights), encoding="utf-8")
    print(f"{len(tuning.classes)} biscuits: temperature {weights.temperature}, good above {weights.good_above}")
    said = np.where(unseen[:, 0] > weights.good_above, 0, 1 + unseen[:, 1:].argmax(axis=1))
    rejected = float((said[tuning.classes == 0] != 0).mean())
    print(f"each judged by networks that had not seen it: macro F1 {macro(tuning.classes, said):.3f}, ", end="")
    print(f"good rejected {rejected:.1%}")


if __name__ == "__main__":
    main()
