"""Dark lines on the biscuit: how long, how deep, how many; holes and letters are short, a crack is long.

Lengths are shares of half the biscuit's longest side, depths are logarithms of brightness.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from lineside.inspection.colours import Floats
from lineside.inspection.segment import SIDE
from lineside.inspection.surface import Surface

DEPTHS: Final = (0.09, 0.18, 0.35)
UNIT: Final = SIDE / 2
MOST: Final = 10
"""Patches of each depth that are looked at, the largest first."""


@dataclass(frozen=True)
class Line:
    """A connected patch of dark pixels; `box` is x, y, width, height in pixels of the cut."""

    length: float
    width: float
    """Area by length."""
    bend: float
    """Its shorter side by its longer one, of the narrowest box around it."""
    depth: float
    box: tuple[float, float, float, float]


def dark_lines(surface: Surface) -> dict[float, list[Line]]:
    """For each of `DEPTHS`, what is at least so dark between its surroundings; the longest first."""
    import cv2

    scaled = np.asarray(np.clip(128 + 100 * cv2.GaussianBlur(surface.flat, (0, 0), 0.7), 0, 255), np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13))
    depth = np.asarray(cv2.morphologyEx(scaled, cv2.MORPH_BLACKHAT, kernel), np.float32) / 100
    within = cv2.erode(surface.mask, np.ones((7, 7), np.uint8))
    return {
        level: _lines(np.asarray(depth * within, np.float32), max(level, 3.0 * surface.grain * min(1.0, level / 0.18)))
        for level in DEPTHS
    }


def _lines(depth: Floats, level: float) -> list[Line]:
    import cv2

    dark = np.asarray(depth > level, np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8, ltype=cv2.CV_16U)
    spans = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    order = [int(at) for at in np.argsort(-spans)[: MOST + 1] if at and stats[at, cv2.CC_STAT_AREA] >= 6]
    found = [_line(depth, labels, stats[at], at) for at in order]
    return sorted(found, key=lambda line: -line.length)


def _line(depth: Floats, labels: Any, stat: Any, at: int) -> Line:
    import cv2

    x, y, wide, high, area = (int(value) for value in stat)
    part = (slice(y, y + high), slice(x, x + wide))
    own = np.asarray(labels[part] == at, np.uint8)
    (_, sides, _) = cv2.minAreaRect(cv2.findNonZero(own))
    long, short = max(sides) + 1, min(sides) + 1
    return Line(
        long / UNIT,
        area / long / UNIT,
        short / long,
        cv2.mean(depth[part], own)[0],
        (float(x), float(y), float(wide), float(high)),
    )


def measures(lines: dict[float, list[Line]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, level in zip(("faint", "clear", "deep"), DEPTHS, strict=True):
        own = lines[level]
        thin = [line for line in own if line.length > 3.0 * line.width]
        first = thin[0] if thin else None
        found |= {
            f"lines_{name}_longest": _log(first.length if first else 0.0),
            f"lines_{name}_second": _log(thin[1].length if len(thin) > 1 else 0.0),
            f"lines_{name}_total": _log(sum(line.length for line in thin if line.length > 0.15)),
            f"lines_{name}_depth": first.depth if first else 0.0,
            f"lines_{name}_bend": first.bend if first else 0.0,
            f"lines_{name}_dots": float(np.log1p(sum(line.length < 0.15 for line in own))),
        }
    return found


def _log(length: float) -> float:
    return float(np.log(length + 0.06))
