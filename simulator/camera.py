"""The camera at the inspector: every so often it takes a picture of a cookie that passes.

Whether that cookie is good the line says: it is one of those that the inspector looks at in that second, and a bad one
where that throws it out. What is wrong with it follows from what spoilt it: a cookie that is soft from warm air cracks,
warm and dry dough deforms or blisters, and one that fails on a healthy line may have any of the three.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from simulator.biscuit_truth import Label, Truth
from simulator.chance import uniforms
from simulator.line import Line
from simulator.physics import HEALTHY_REJECTS, reject_chance
from simulator.stations import Inspector

SIDE = 192
"""Pixels of a picture's smaller side: small, so that a picture is drawn in about 30 ms."""
DEFECTS: tuple[Label, ...] = ("cracked", "deformed", "bubbles")
SPOILT_DOUGH: tuple[Label, ...] = ("deformed", "bubbles")
_PICTURES = (10**10, 10**11)
"""Seeds of pictures: none of those that an inspector is fitted or judged on (`simulator/biscuits.py`)."""


class Shot(NamedTuple):
    """One picture to be drawn: when it was taken (second of the line), of what, and the seed of all the rest."""

    at: float
    label: Label
    seed: int


class Camera:
    """Takes a picture every so many seconds, of a cookie that passes then. The line is what it is without one."""

    def __init__(self, rng: np.random.Generator, every_seconds: float) -> None:
        luck, pictures = rng.spawn(2)
        self._luck: Iterator[float] = uniforms(luck)
        self._pictures = pictures
        self._every_seconds = every_seconds
        self._due = -np.inf

    def look(self, line: Line) -> Shot | None:
        """The picture that is due. None before its time, and while nothing passes."""
        inspector = line.inspector
        if line.at < self._due or inspector.state != "Running" or not inspector.passed:
            return None
        self._due = line.at + self._every_seconds
        label = label_of(inspector, (next(self._luck), next(self._luck), next(self._luck)))
        return Shot(line.at, label, int(self._pictures.integers(*_PICTURES)))


def label_of(inspector: Inspector, luck: tuple[float, float, float]) -> Label:
    """Of a cookie that passes now. `luck`, each in [0, 1): which cookie it is, what spoilt it, and how that shows."""
    which, why, how = luck
    if which * inspector.passed >= inspector.thrown_out:
        return "good"
    usual = HEALTHY_REJECTS / reject_chance(inspector.trouble)
    if why < usual:
        shown = DEFECTS
    else:
        soft = (why - usual) / (1 - usual) < inspector.soft_share
        shown = ("cracked",) if soft else SPOILT_DOUGH
    return shown[int(how * len(shown))]


def developed(shot: Shot) -> tuple[bytes, Truth]:
    """The picture, encoded, and what is true of it."""
    from simulator.biscuits import encode, render

    pixels, truth = render(shot.seed, label=shot.label, size=SIDE)
    return encode(pixels, truth), truth
