"""Makes `talk_scores.json`: raw marks of three judges, whose means rise by 17, 15 and 10 per cent.

    python tests/releases/evaluation/make_talk_scores.py > tests/releases/evaluation/talk_scores.json

The marks are drawn at random (whole ones, seed 20) and then moved by single marks until their sums are those of
`SUMS`; which question got which mark is chance, and nothing is rounded. The three figures are the ones that the talk
behind this project showed for its three judges, with 14 per cent as their mean.
"""

from __future__ import annotations

import json
import random
import sys
from itertools import product

SEED = 20
QUESTIONS = 60
CRITERIA = 3
ORDERS = 2
SUMS = {"first judge": (2_000, 2_340), "second judge": (2_000, 2_300), "third judge": (2_100, 2_310)}
"""All marks of base and candidate together: 360 each, so means of 5.56 and 6.5 for the first judge."""


def talk_scores() -> dict[str, object]:
    """`marks[judge][who][question][order][criterion]`."""
    chance = random.Random(SEED)
    marks = {
        judge: {who: _marks(chance, total) for who, total in zip(("base", "candidate"), totals, strict=True)}
        for judge, totals in SUMS.items()
    }
    return {"made_by": "tests/releases/evaluation/make_talk_scores.py", "marks": marks}


def _marks(chance: random.Random, total: int) -> list[list[list[int]]]:
    mean = total / (QUESTIONS * ORDERS * CRITERIA)
    quality = [chance.gauss(mean, 1.5) for _ in range(QUESTIONS)]
    found = [[[_mark(chance.gauss(each, 0.7)) for _ in range(CRITERIA)] for _ in range(ORDERS)] for each in quality]
    places = list(product(range(QUESTIONS), range(ORDERS), range(CRITERIA)))
    while (off := total - sum(mark for question in found for order in question for mark in order)) != 0:
        question, order, criterion = chance.choice(places)
        moved = found[question][order][criterion] + (1 if off > 0 else -1)
        found[question][order][criterion] = min(10, max(1, moved))
    return found


def _mark(value: float) -> int:
    return min(10, max(1, round(value)))


if __name__ == "__main__":
    json.dump(talk_scores(), sys.stdout, separators=(",", ":"))
    sys.stdout.write("\n")
