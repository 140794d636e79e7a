"""Round patches with a light and a dark side, or a light ring: blisters and burst bubbles.

Brightness is in logarithms. Two views: bands of sizes, in each the lightest, the darkest, and the strongest pair of
light beside dark; and votes for centres of circles, cast by every edge along its slope, to both sides, since of a
bubble's edge one side shines and the other lies in shade.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from lineside.inspection.segment import Bytes, Floats
from lineside.inspection.surface import Surface

BANDS: Final = (1.5, 2.5, 4.0, 6.5)
"""Standard deviations in pixels of the half-size cut."""
RADII: Final = (4, 6, 8, 11, 15)
"""Of circles, in pixels of the half-size cut: 0.07 to 0.27 of half the biscuit's longest side."""
LEAST_SLOPE: Final = 0.01
"""Of an edge, per pixel."""
MANY_VOTES: Final = 0.012
Found = tuple[float, float, float, float]


@dataclass(frozen=True)
class Edges:
    """Pixels with a slope, its direction (towards the light side), and how much each counts."""

    x: npt.NDArray[np.int64]
    y: npt.NDArray[np.int64]
    right: Floats
    down: Floats
    weight: Floats


def measures(surface: Surface) -> tuple[dict[str, float], list[Found]]:
    """The measures, and boxes (pixels of the cut) around the likeliest circles."""
    import cv2

    size = (surface.flat.shape[1] // 2, surface.flat.shape[0] // 2)
    half = np.asarray(cv2.resize(surface.flat, size, interpolation=cv2.INTER_AREA), np.float32)
    inner = np.asarray(cv2.resize(surface.inner, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    if not inner.any():
        inner[:] = 1
    found = _bands(half, inner) | _spots(half, inner)
    votes, boxes = _circles(half, inner)
    return found | votes, boxes


def _bands(half: Floats, inner: Bytes) -> dict[str, float]:
    import cv2

    found: dict[str, float] = {}
    blurred = [cv2.GaussianBlur(half, (0, 0), sigma) for sigma in (*BANDS, BANDS[-1] * 1.6)]
    where = inner > 0
    for number, sigma in enumerate(BANDS):
        band = (blurred[number] - blurred[number + 1]) * where
        reach = 2 * round(2.0 * sigma) + 1
        kernel = np.ones((reach, reach), np.uint8)
        pair = cv2.min(cv2.dilate(band, kernel), cv2.dilate(-band, kernel))
        own = band[where]
        found |= {
            f"band{number}_light": _log(float(own.max())),
            f"band{number}_dark": _log(float(-own.min())),
            f"band{number}_pair": _log(float(pair.max())),
            f"band{number}_usual": _log(float(np.abs(own).mean())),
        }
    return found


def _spots(half: Floats, inner: Bytes) -> dict[str, float]:
    """What is lighter, and what is darker, than all around it, and how much of the biscuit is."""
    import cv2

    scaled = np.asarray(np.clip(128 + 100 * cv2.GaussianBlur(half, (0, 0), 0.8), 0, 255), np.uint8)
    where, found = inner > 0, dict[str, float]()
    for name, way in (("light", cv2.MORPH_TOPHAT), ("dark", cv2.MORPH_BLACKHAT)):
        for width in (7, 15, 25):
            kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (width, width))
            own = np.asarray(cv2.morphologyEx(scaled, way, kernel), np.float32)[where] / 100
            found[f"spots{width}_{name}"] = _log(float(np.percentile(own, 99.7)))
            found[f"spots{width}_{name}_area"] = float(np.sqrt((own > 0.08).mean()))
    return found


def _circles(half: Floats, inner: Bytes) -> tuple[dict[str, float], list[Found]]:
    """By radius, as a share of the circle's length: the most votes for a light disc, for a dark one, and for both at
    one place, as of a bubble, whose edge is lighter than its middle on one side and darker on the other."""
    import cv2

    smooth = cv2.GaussianBlur(half, (0, 0), 1.2)
    right, down = (cv2.Sobel(smooth, cv2.CV_32F, *way, scale=0.125) for way in ((1, 0), (0, 1)))
    steep = cv2.magnitude(right, down) * (inner > 0)
    rows, columns = np.nonzero(steep > LEAST_SLOPE)
    slope = steep[rows, columns]
    east, south = (np.asarray(one[rows, columns] / slope, np.float32) for one in (right, down))
    edges = Edges(columns, rows, east, south, np.minimum(slope, 0.08))
    best: list[tuple[float, Found]] = []
    found: dict[str, float] = {}
    for radius in RADII:
        light, dark = (_votes(edges, half.shape, side) * inner for side in (radius, -radius))
        both = cv2.min(light, dark)
        most = float(both.max())
        y, x = divmod(int(np.argmax(light + dark)), half.shape[1])
        found |= {
            f"circle{radius}_light": _small(float(light.max())),
            f"circle{radius}_dark": _small(float(dark.max())),
            f"circle{radius}_both": _small(most),
            f"circle{radius}_count": float(np.log1p(_peaks(np.asarray(both, np.float32), radius))),
        }
        best.append((float((light + dark).max()), (2.0 * (x - radius), 2.0 * (y - radius), 4.0 * radius, 4.0 * radius)))
    best.sort(key=lambda one: -one[0])
    return found, [box for _, box in best[:1]]


def _peaks(votes: Floats, radius: int) -> int:
    """How many places stand out, each the highest within its circle."""
    import cv2

    kernel = np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)
    return int(((votes >= cv2.dilate(votes, kernel)) & (votes > MANY_VOTES)).sum())


def _votes(edges: Edges, shape: tuple[int, ...], side: int) -> Floats:
    import cv2

    x = np.rint(edges.x + side * edges.right).astype(np.int64)
    y = np.rint(edges.y + side * edges.down).astype(np.int64)
    inside = (x >= 0) & (x < shape[1]) & (y >= 0) & (y < shape[0])
    total = np.bincount(y[inside] * shape[1] + x[inside], edges.weight[inside], shape[0] * shape[1])
    spread = max(1.0, 0.22 * abs(side))
    soft = cv2.GaussianBlur(total.reshape(shape[:2]).astype(np.float32), (0, 0), spread)
    return np.asarray(soft * (spread**2 / abs(side)), np.float32)


def _small(value: float) -> float:
    return float(np.log(max(0.0, value) + 0.002))


def _log(value: float) -> float:
    return float(np.log(max(0.0, value) + 0.004))
