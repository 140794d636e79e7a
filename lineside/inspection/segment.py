"""Where the biscuit lies: the one thing in the picture that is not belt.

What touches the picture's border is belt. Its colours, as logarithms and freed of the light's slope, become a few
normal distributions; what they cannot explain becomes the biscuit's. Both are then estimated again from what they
explain, first on the whole picture and then, finer, around the biscuit. A shadow is belt that is darker and no other
colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

COARSE: Final = 152
"""Pixels of the longest side of the picture where the biscuit is looked for first."""
FINE: Final = 150
"""Pixels of the biscuit's longest side where its outline is found."""
SIDE: Final = 224
"""Pixels of the biscuit's longest side where it is looked at."""
LEAST_SOLID: Final = 0.72
"""The share of its hull that a biscuit fills, even a bitten one."""
LEAST_CERTAIN: Final = 1.0
STEADY: Final = 0.015
"""An outline that changed on fewer of the pixels is found."""
MARGIN: Final = 0.14
"""Of belt around the biscuit, as a share of its longest side."""
DARKEST: Final = 0.9
"""A shadow takes at most 1 - exp(-0.9) = 59 % of the light."""
RARE: Final = np.float32(1.5)
"""What a shadow must explain better, in squares of deviations, than the plain belt does."""
LEAST_AREA: Final = 0.012
"""Of the picture; what is smaller is a crumb."""


class Unreadable(Exception):
    """There is not one whole biscuit in the picture; the sentence says what is there instead."""


@dataclass(frozen=True)
class Cut:
    """The biscuit alone, its longest side `SIDE` pixels, with belt around it."""

    logs: Floats
    """Logarithms of blue, green and red."""
    mask: Bytes
    """1 where the biscuit is."""
    left: float
    top: float
    scale: float
    """Pixels of the image per pixel of the cut; `left` and `top` are pixels of the image."""
    certain: float
    """How clearly biscuit and belt differ along the outline, in units of their own spread."""


@dataclass(frozen=True)
class Colours:
    """Normal distributions of colours: means, whitening matrices, and the logarithms of their weights."""

    means: Floats
    whites: Floats
    weights: Floats

    def distance(self, logs: Floats, *, shadows: bool = False) -> Floats:
        """Minus twice the log likelihood of the likeliest distribution, pixel by pixel."""
        import cv2

        best: Any = None
        for mean, white, weight in zip(self.means, self.whites, self.weights, strict=True):
            apart = cv2.transform(logs, np.column_stack([white, -white @ mean]).astype(np.float32))
            squares = cv2.transform(cv2.multiply(apart, apart), np.ones((1, 3), np.float32))
            if shadows:
                squares = cv2.min(squares, _shadowed(apart, squares, white))
            squares = np.asarray(squares - np.float32(2 * weight), np.float32)
            best = squares if best is None else cv2.min(best, squares)
        return np.asarray(best, np.float32)


def _shadowed(apart: Any, squares: Any, white: Floats) -> Any:
    """The squares where a pixel may be darker by any amount that a shadow takes, at the price of `RARE`."""
    import cv2

    grey = np.asarray(white @ np.ones(3, np.float32), np.float32)
    length = float(grey @ grey)
    along = cv2.transform(apart, grey[None])
    share = np.clip(along / length, -DARKEST, 0)
    return squares + share * (share * length - 2 * along) + RARE


def learnt(pixels: Floats, count: int) -> Colours:
    """Of `pixels` (n x 3), by k-means; the spread is never less than a camera's noise."""
    import cv2

    step = max(1, len(pixels) // 1200)
    chosen = np.ascontiguousarray(pixels[::step], np.float32)
    count = max(1, min(count, len(chosen) // 8))
    cv2.setRNGSeed(7)
    _, labels, centers = cv2.kmeans(chosen, count, None, (3, 12, 0.01), 1, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    means, whites, weights = [], [], []
    for at in range(count):
        own = chosen[labels[:, 0] == at]
        if len(own) < max(6, 0.02 * len(chosen)):
            continue
        spread = np.cov(own.T) + np.eye(3) * 0.03**2
        values, vectors = np.linalg.eigh(spread)
        means.append(centers[at])
        whites.append((vectors / np.sqrt(values)).T)
        weights.append(np.log(len(own) / len(chosen)) - 0.5 * float(np.log(values).sum()))
    return Colours(np.array(means, np.float32), np.array(whites, np.float32), np.array(weights, np.float32))


def logs_of(pixels: Bytes) -> Floats:
    import cv2

    table = np.log((np.arange(256, dtype=np.float32) + 6) / 261).astype(np.float32)
    return np.asarray(table[cv2.GaussianBlur(pixels, (3, 3), 0.6)], np.float32)


def cut(pixels: Bytes) -> Cut:
    """The biscuit in a picture (BGR). Raises `Unreadable`."""
    import cv2

    height, width = pixels.shape[:2]
    zoom = min(1.0, COARSE / max(height, width))
    small = cv2.resize(pixels, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA) if zoom < 1 else pixels
    rough = _coarse(logs_of(np.asarray(small, np.uint8)))
    left, top, wide, high = (value / zoom for value in cv2.boundingRect(rough))
    pad = MARGIN * max(wide, high)
    x, y = max(0, int(left - pad)), max(0, int(top - pad))
    right, low = min(width, int(left + wide + pad) + 1), min(height, int(top + high + pad) + 1)
    scale = max(wide, high) / FINE
    size = (max(8, round((right - x) / scale)), max(8, round((low - y) / scale)))
    near = _sized(pixels[y:low, x:right], size)
    start = cv2.resize(rough[int(y * zoom) : int(low * zoom) + 1, int(x * zoom) : int(right * zoom) + 1], size)
    sure, mask = _fine(logs_of(near), np.asarray(start, np.uint8))
    final = _sized(pixels[y:low, x:right], (mask.shape[1], mask.shape[0]))
    return Cut(logs_of(final), mask, x, y, (right - x) / mask.shape[1], sure)


def _sized(pixels: Any, size: tuple[int, int]) -> Bytes:
    import cv2

    shrinks = size[0] < pixels.shape[1]
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC), np.uint8)


def _flattened(logs: Floats, belt: npt.NDArray[np.bool_]) -> Floats:
    """Free of the light's slope and of dark corners, as the belt's brightness shows them; seen on every third row."""
    import cv2

    rows, columns = (np.linspace(-1, 1, length, dtype=np.float32) for length in logs.shape[:2])
    y, x = np.nonzero(belt[::3, ::2])
    grey = logs[::3, ::2][y, x] @ np.full(3, 1 / 3, np.float32)
    down, right = rows[::3][y], columns[::2][x]
    terms = np.stack([np.ones_like(down), down, right, down * down + right * right], axis=1)
    grey -= np.median(grey)
    keep = np.ones(len(grey), bool)
    found = np.zeros(4, np.float32)
    for _ in range(2):
        chosen = terms[keep]
        normal = chosen.T @ chosen + np.diag([1e-3, 1, 1, 4]).astype(np.float32) * len(grey) * 0.01
        found = np.linalg.solve(normal, chosen.T @ grey[keep]).astype(np.float32)
        left = np.abs(grey - terms @ found)
        keep = left <= max(0.02, 2.0 * float(np.median(left)))
    slope = (found[1] * rows + found[3] * rows**2)[:, None] + (found[2] * columns + found[3] * columns**2)[None]
    return np.asarray(logs - cv2.merge([np.clip(slope, -0.6, 0.6)] * 3), np.float32)


def _coarse(logs: Floats) -> Bytes:
    import cv2

    shape = logs.shape[:2]
    rim = max(2, round(0.03 * min(shape)))
    border = np.ones(shape, bool)
    border[rim:-rim, rim:-rim] = False
    flat = _flattened(logs, border)
    belt = learnt(flat[border], 4)
    soft = 0.012 * min(shape) + 0.5
    strange = cv2.GaussianBlur(np.sqrt(np.maximum(belt.distance(flat, shadows=True) - _usual(belt), 0)), (0, 0), soft)
    level = max(1.7, _otsu(np.asarray(strange, np.float32)))
    mask = _largest(np.asarray(strange > level, np.uint8), shape)
    if mask is None:
        plain = cv2.GaussianBlur(np.sqrt(np.maximum(belt.distance(flat) - _usual(belt), 0)), (0, 0), soft)
        mask = _largest(np.asarray(plain > max(2.0, _otsu(np.asarray(plain, np.float32))), np.uint8), shape)
    if mask is None:
        raise Unreadable("nothing in the picture differs from the belt")
    for _ in range(2):
        mask = _again(logs, mask, shape, soft)
    _check_alone(mask, shape)
    return mask


def _usual(colours: Colours) -> float:
    return float(-2 * colours.weights.max())


def _otsu(values: Floats) -> float:
    import cv2

    most = max(1e-3, float(np.percentile(values, 99)))
    found, _ = cv2.threshold(np.asarray(np.clip(values / most * 255, 0, 255), np.uint8), 0, 255, cv2.THRESH_OTSU)
    return found / 255 * most


def _again(logs: Floats, mask: Bytes, shape: tuple[int, ...], soft: float) -> Bytes:
    import cv2

    kernel = np.ones((5, 5), np.uint8)
    outside, inside = cv2.dilate(mask, kernel) == 0, cv2.erode(mask, np.ones((3, 3), np.uint8)) > 0
    if inside.sum() < 30 or outside.sum() < 100:
        return mask
    flat = _flattened(logs, outside)
    ratio = learnt(flat[outside], 4).distance(flat, shadows=True) - learnt(flat[inside], 3).distance(flat)
    smooth = cv2.GaussianBlur(np.clip(ratio, -12, 12), (0, 0), soft)
    found = _largest(np.asarray(smooth > 0, np.uint8), shape)
    if found is None:
        return mask
    _check_no_other(np.asarray(smooth > 0, np.uint8), found)
    return found


def _largest(mask: Bytes, shape: tuple[int, ...]) -> Bytes | None:
    """The largest patch, opened, with its holes filled; None where it is a crumb."""
    import cv2

    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3)))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=4)
    if count < 2:
        return None
    best = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    if stats[best, cv2.CC_STAT_AREA] < LEAST_AREA * shape[0] * shape[1]:
        return None
    return filled(np.asarray(labels == best, np.uint8))


def filled(mask: Bytes) -> Bytes:
    import cv2

    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(cv2.drawContours(np.zeros_like(mask), outlines, -1, 1, -1), np.uint8)


def _check_no_other(mask: Bytes, found: Bytes) -> None:
    """What is as large as half the biscuit, compact, and touches no border is a second one."""
    import cv2

    rest = cv2.erode(np.asarray(mask * (1 - found), np.uint8), np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(rest, connectivity=4)
    height, width = mask.shape
    for x, y, wide, high, area in stats[1:count].tolist():
        inside = x > 1 and y > 1 and x + wide < width - 1 and y + high < height - 1
        if inside and area > 0.4 * found.sum() and area > 0.5 * wide * high:
            raise Unreadable("there is more than one biscuit in the picture")


def _check_clear(certain: float, mask: Bytes) -> None:
    import cv2

    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(outlines, key=cv2.contourArea)
    solid = cv2.contourArea(largest) / max(1.0, cv2.contourArea(cv2.convexHull(largest)))
    if solid < LEAST_SOLID or certain < LEAST_CERTAIN:
        raise Unreadable("nothing in the picture has the clear outline of a biscuit")


def _check_alone(mask: Bytes, shape: tuple[int, ...]) -> None:
    edge = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    if edge.sum() > 0.03 * min(shape):
        raise Unreadable("the biscuit is cut off by the picture's border")


def _fine(logs: Floats, start: Bytes) -> tuple[float, Bytes]:
    """The outline at `FINE`, then drawn at `SIDE`; and how certain it is."""
    import cv2

    mask, ratio = start, np.zeros(start.shape, np.float32)
    for _ in range(2):
        outside = cv2.dilate(mask, np.ones((7, 7), np.uint8)) == 0
        inside = cv2.erode(mask, np.ones((7, 7), np.uint8)) > 0
        if inside.sum() < 50 or outside.sum() < 100:
            raise Unreadable("the biscuit cannot be told from the belt")
        flat = _flattened(logs, outside)
        ratio = learnt(flat[outside], 4).distance(flat, shadows=True) - learnt(flat[inside], 3).distance(flat)
        ratio = np.asarray(cv2.GaussianBlur(np.clip(ratio, -15, 15), (0, 0), 1.6), np.float32)
        found = _largest(np.asarray(ratio > 0, np.uint8), ratio.shape)
        if found is None:
            raise Unreadable("the biscuit cannot be told from the belt")
        changed, mask = float((found != mask).mean()), found
        if changed < STEADY:
            break
    size = tuple(round(length * SIDE / FINE) for length in mask.shape[::-1])
    level = cv2.resize(np.where(mask > 0, np.maximum(ratio, 0.5), np.minimum(ratio, -0.5)), size)
    level = cv2.GaussianBlur(np.clip(level, -3, 3), (0, 0), 1.5)
    large = _largest(np.asarray(level > 0, np.uint8), level.shape)
    if large is None:
        raise Unreadable("the biscuit cannot be told from the belt")
    band = cv2.dilate(mask, np.ones((9, 9), np.uint8)) - cv2.erode(mask, np.ones((9, 9), np.uint8))
    certain = float(np.abs(ratio[band > 0]).mean())
    _check_clear(certain, large)
    return certain, large
