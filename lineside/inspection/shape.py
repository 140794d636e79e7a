"""How far the outline is from the nearest circle, or the nearest rectangle with round corners.

Both are fitted so that a part of the outline that does not belong to them hardly pulls them: a biscuit that was
bitten is a circle with a bite. Lengths are shares of half the biscuit's longest side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from lineside.inspection.colours import Bytes
from lineside.inspection.segment import SIDE

Points = npt.NDArray[np.float64]
POINTS: Final = 160
UNIT: Final = SIDE / 2
ROUNDEST: Final = 0.42
"""A rectangle's corner: its radius as a share of half the shorter side, at most."""
PERFECT: Final = 0.08
"""The cost of an outline that is some eight thousandths off."""
_LOOSE: Final = 0.03
"""A point that is further off pulls the fit less and less."""


@dataclass(frozen=True)
class Shape:
    """`apart`: the outline's distance from the fitted figure, point by point; outwards is positive."""

    outline: Points
    apart: npt.NDArray[np.float64]
    figure: str
    solidity: float


def shape_of(mask: Bytes) -> Shape:
    import cv2

    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(outlines, key=cv2.contourArea)
    hull = cv2.convexHull(largest)
    outline = _smooth(_evenly(largest[:, 0].astype(np.float64) / UNIT))
    (x, y), (width, height), turned = cv2.minAreaRect(hull)
    box = (x / UNIT, y / UNIT, width / UNIT / 2, height / UNIT / 2, np.deg2rad(turned))
    figure, apart = _best(outline, box)
    solid = cv2.contourArea(largest) / max(1.0, cv2.contourArea(hull))
    return Shape(outline, apart, figure, float(solid))


def _evenly(points: Points) -> Points:
    closed = np.concatenate([points, points[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    at = np.linspace(0, along[-1], POINTS, endpoint=False)
    return np.stack([np.interp(at, along, closed[:, axis]) for axis in (0, 1)], axis=1)


def _smooth(points: Points) -> Points:
    """Flutes are no deformation: what swings more than forty times around the biscuit goes."""
    weights = np.exp(-((np.minimum(np.arange(POINTS), POINTS - np.arange(POINTS)) / 1.6) ** 2) / 2)
    spectrum = np.fft.fft(weights / weights.sum())[:, None] * np.fft.fft(points, axis=0)
    return np.asarray(np.fft.ifft(spectrum, axis=0).real)


def _cost(apart: npt.NDArray[np.float64]) -> float:
    return float(np.log1p((apart / _LOOSE) ** 2).mean())


Box = tuple[float, float, float, float, float]
Distance = Callable[[Points, npt.NDArray[np.float64]], npt.NDArray[np.float64]]


def _circle(points: Points, at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    x, y, radius = at[..., None]
    return np.asarray(np.hypot(points[:, 0] - x, points[:, 1] - y) - radius)


def _rectangle(points: Points, at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The signed distance from a rectangle: x, y, half width, half height, angle, radius of the corners."""
    left, top, wide, high, turned, corner = at[..., None]
    radius = np.clip(corner, 0.01, ROUNDEST * np.minimum(wide, high))
    cosine, sine = np.cos(turned), np.sin(turned)
    x, y = points[:, 0] - left, points[:, 1] - top
    across = np.abs(x * cosine + y * sine) - wide + radius
    down = np.abs(y * cosine - x * sine) - high + radius
    outer = np.hypot(np.maximum(across, 0), np.maximum(down, 0))
    return np.asarray(outer + np.minimum(np.maximum(across, down), 0) - radius)


def _fitted(points: Points, start: list[float], distance: Distance) -> npt.NDArray[np.float64]:
    """Gauss-Newton, each point weighed by how well it fits; all slopes are taken at once."""
    at = np.array(start)
    tilt = np.eye(len(at)) * 0.05
    steps = np.column_stack([np.zeros(len(at)), np.eye(len(at)) * 1e-4])
    for turn in range(7):
        tried = distance(points, at[:, None] + steps)
        apart, slopes = tried[0], (tried[1:] - tried[0]) / 1e-4
        loose = _LOOSE * (3.0 if turn < 3 else 1.0)
        weighed = slopes / (1 + (apart / loose) ** 2)
        at = at - np.clip(np.linalg.solve(weighed @ slopes.T + tilt, weighed @ apart), -0.2, 0.2)
    return distance(points, at)


def _as_circle(points: Points, box: Box) -> npt.NDArray[np.float64]:
    return _fitted(points, [box[0], box[1], (box[2] + box[3]) / 2], _circle)


def _as_rectangle(points: Points, box: Box) -> npt.NDArray[np.float64]:
    return _fitted(points, [*box, 0.12 * min(box[2], box[3])], _rectangle)


FIGURES: dict[str, Callable[[Points, Box], npt.NDArray[np.float64]]] = {
    "circle": _as_circle,
    "rectangle": _as_rectangle,
}


def _best(outline: Points, box: Box) -> tuple[str, npt.NDArray[np.float64]]:
    """The figure that fits best. Where the first is fitted perfectly, the next is not tried."""
    fits: dict[str, npt.NDArray[np.float64]] = {}
    for name, fit in FIGURES.items():
        fits[name] = fit(outline, box)
        if _cost(fits[name]) < PERFECT:
            break
    figure = min(fits, key=lambda name: _cost(fits[name]))
    return figure, fits[figure]


def measures(shape: Shape) -> dict[str, float]:
    apart = shape.apart
    size = np.sort(np.abs(apart))
    return {
        "outline_rms": _log(float(np.sqrt((apart**2).mean()))),
        "outline_median": _log(float(np.median(size))),
        "outline_90": _log(float(size[int(0.9 * POINTS)])),
        "outline_inwards": _log(float(-apart.min())),
        "outline_outwards": _log(float(apart.max())),
        "outline_share": float((size > 0.04).mean()),
        "outline_hollow": _log(1 - shape.solidity),
    }


def _log(length: float) -> float:
    return float(np.log(max(0.0, length) + 0.004))


def hurt(shape: Shape, least: float = 0.045) -> list[tuple[float, float, float, float]]:
    """Boxes (x, y, width, height; pixels of the cut) around the parts of the outline that are furthest off."""
    level = max(least, 0.5 * float(np.abs(shape.apart).max()))
    far = np.abs(shape.apart) > level
    if not far.any() or far.all():
        return [_box(shape.outline)]
    turn = int(np.argmin(far))
    rolled, points = np.roll(far, -turn), np.roll(shape.outline, -turn, axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], rolled.astype(np.int8), [0]])))
    runs = sorted(zip(edges[::2], edges[1::2], strict=True), key=lambda run: run[0] - run[1])
    return [_box(points[first:last]) for first, last in runs[:3]]


def _box(points: Points) -> tuple[float, float, float, float]:
    low, high = points.min(axis=0) * UNIT, points.max(axis=0) * UNIT
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])
