"""What is true of one rendered biscuit, and the chance behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Label = Literal["good", "cracked", "deformed", "bubbles"]
LABELS: tuple[Label, ...] = ("good", "cracked", "deformed", "bubbles")
Style = Literal["relief", "painted", "plain", "drawn", "foreign"]
STYLES: tuple[Style, ...] = ("relief", "painted", "plain", "drawn", "foreign")
Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Truth:
    """The label, and everything that was drawn by chance and is worth a row in a table of figures."""

    seed: int
    style: Style
    label: Label
    shape: Literal["round", "rectangular"]
    size: int
    """Pixels of the smaller side of the image."""
    cover: float
    """The biscuit's longest side as a share of the image's smaller side."""
    rotation: float
    """Degrees."""
    severity: float
    """0 (just worth rejecting) to 1 (nobody could miss it); 0 for a good one."""
    kind: str
    """Which crack, deformation or bubble it is; "" for a good one."""
    belt: str
    media_type: Literal["image/jpeg", "image/png"] = "image/png"
    quality: int = 0
    """Of JPEG."""
    regions: tuple[Box, ...] = ()
    """x, y, width, height of every defect, in pixels of the image."""
    extras: tuple[str, ...] = field(default=())
    """What a good biscuit may have, too: holes, letters, sugar, a pressed line, flutes."""


def noise(rng: np.random.Generator, size: tuple[int, ...], cells: float, octaves: int = 3) -> Floats:
    """Smooth noise of mean 0 and deviation 1: `cells` bumps across the smaller side, then finer and weaker ones."""
    import cv2

    height, width = size[0], size[1]
    total: Any = np.zeros((height, width), np.float32)
    side, weight = min(height, width), 1.0
    for _ in range(octaves):
        rows, columns = (max(2, min(length, round(cells * length / side))) for length in (height, width))
        grid = rng.standard_normal((rows, columns)).astype(np.float32)
        total += weight * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        cells, weight = cells * 2.1, weight * 0.55
    deviation = float(total.std()) or 1.0
    return np.asarray((total - total.mean()) / deviation, np.float32)


def between(rng: np.random.Generator, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def happens(rng: np.random.Generator, chance: float) -> bool:
    return bool(rng.random() < chance)
