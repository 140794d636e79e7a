"""Chance, one stream per thing that varies.

Every stream is advanced by its own clock only (a second, a stop, a box), so two runs of one seed, with and without
a fault, meet the same short stops and the same dough: their difference is the fault and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BLOCK = 1024
SHORT_STOP_SECONDS = (4.0, 50.0)
APART_SECONDS = 150.0
"""From the beginning of a stop to the earliest next one of the same machine."""


def normals(rng: np.random.Generator) -> Iterator[float]:
    """Endless standard normal numbers."""
    while True:
        yield from rng.standard_normal(BLOCK).tolist()


def uniforms(rng: np.random.Generator) -> Iterator[float]:
    """Endless numbers in [0, 1)."""
    while True:
        yield from rng.random(BLOCK).tolist()


def short_stops(rng: np.random.Generator, per_hour: float, after: float) -> Iterator[tuple[float, float]]:
    """Endless (second after `after` at which it would begin, seconds it lasts): median 20 s.

    They are so short that no sampling sees a minute, and so far apart that two of them are not one long stop: every
    stop that a person should hear of is a labelled fault.
    """
    at, shortest, longest = after, *SHORT_STOP_SECONDS
    while True:
        at += float(rng.exponential(3600 / per_hour - APART_SECONDS))
        lengths = rng.lognormal(np.log(20.0), 0.6, size=8)
        fitting = lengths[(lengths >= shortest) & (lengths <= longest)]
        yield at, float(fitting[0]) if len(fitting) else 20.0
        at += APART_SECONDS
