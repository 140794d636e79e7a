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

from lineside.inspection.colours import Bools, Bytes, Colours, Floats, flattened, learnt, planes, products

COARSE: Final = (112, 176)
"""Pixels of the longest side of the picture where the biscuit is looked for first; the second where it was not found
at the first."""
FINE: Final = 112
"""Pixels of the biscuit's longest side where its outline is found."""
SIDE: Final = 192
"""Pixels of the biscuit's longest side where it is looked at."""
LEAST_SOLID: Final = 0.72
"""The share of its hull that a biscuit fills, even a bitten one."""
TOUCHES: Final = 0.12
"""Of the picture's smaller side: where the biscuit meets the border on more than that, it is cut off. One that only
touches it, or lacks the tip of a corner, is still judged."""
LEAST_CERTAIN: Final = 1.0
STEADY: Final = 0.025
"""An outline that changed on fewer of the pixels is found."""
MARGIN: Final = 0.1
"""Of belt around the biscuit, as a share of its longest side."""
SHADOWED, MOSTLY = 0.88, 0.55
"""Of what differs from the belt: with more than the first share the biscuit is found, with less than the second it
is not, whatever lies around it."""
AGAIN: Final = 1
"""Times that belt and biscuit are learnt anew on the whole picture."""
LEAST_AREA: Final = 0.012
"""Of the picture; what is smaller is a crumb."""


class Unreadable(Exception):
    """There is not one whole biscuit in the picture; the sentence says what is there instead."""


class Swallowed(Unreadable):
    """A biscuit of the belt's tint was taken for its shadow; a second look, without shadows, finds it."""


class SeveralBiscuits(Unreadable):
    """A second look would not make one of them."""


@dataclass(frozen=True)
class Cut:
    """The biscuit alone, its longest side `SIDE` pixels, with belt around it."""

    logs: Floats
    """Logarithms of blue, green and red; three planes."""
    mask: Bytes
    """1 where the biscuit is."""
    left: float
    top: float
    scale: float
    """Pixels of the image per pixel of the cut; `left` and `top` are pixels of the image."""
    certain: float
    """How clearly biscuit and belt differ along the outline, in units of their own spread."""


def cut(pixels: Bytes) -> Cut:
    """The biscuit in a picture (BGR). Raises `Unreadable`.

    Where it is not found, it is looked for once more, finer, and what is darker than the belt is no shadow: a brown
    biscuit on a beige belt has the belt's tint.
    """
    try:
        return _cut(pixels, COARSE[0], shadows=True)
    except SeveralBiscuits:
        raise
    except Unreadable:
        return _cut(pixels, COARSE[1], shadows=False)


def _cut(pixels: Bytes, coarse: int, *, shadows: bool) -> Cut:
    import cv2

    height, width = pixels.shape[:2]
    zoom = min(1.0, coarse / max(height, width))
    small = _sized(pixels, (round(width * zoom), round(height * zoom))) if zoom < 1 else pixels
    rough = _coarse(planes(small), shadows=shadows)
    left, top, wide, high = (value / zoom for value in cv2.boundingRect(rough))
    pad = MARGIN * max(wide, high)
    x, y = max(0, int(left - pad)), max(0, int(top - pad))
    right, low = min(width, int(left + wide + pad) + 1), min(height, int(top + high + pad) + 1)
    scale = SIDE / max(wide, high)
    near = _sized(pixels[y:low, x:right], (max(12, round((right - x) * scale)), max(12, round((low - y) * scale))))
    size = tuple(max(8, round(length * FINE / SIDE)) for length in near.shape[1::-1])
    start = cv2.resize(rough[int(y * zoom) : int(low * zoom) + 1, int(x * zoom) : int(right * zoom) + 1], size)
    sure, mask = _fine(
        planes(_sized(near, (size[0], size[1]))), np.asarray(start, np.uint8), near.shape[1::-1], shadows=shadows
    )
    return Cut(planes(near), mask, x, y, (right - x) / mask.shape[1], sure)


def _sized(pixels: Any, size: tuple[int, int]) -> Bytes:
    """Of a much larger picture nine pixels, not all, become one: their noise is then far below what is looked at."""
    import cv2

    times = min(3, pixels.shape[1] // size[0])
    if times < 2:
        return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    chosen = cv2.resize(pixels, (times * size[0], times * size[1]), interpolation=cv2.INTER_NEAREST)
    if times == 2:
        return np.asarray(cv2.resize(chosen, size, interpolation=cv2.INTER_AREA), np.uint8)
    # The same as by area, at half its cost.
    means = cv2.blur(chosen, (times, times), anchor=(0, 0))
    return np.asarray(cv2.resize(means, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _coarse(logs: Floats, *, shadows: bool) -> Bytes:

    shape = logs.shape[1:]
    rim = max(2, round(0.03 * min(shape)))
    border = np.ones(shape, bool)
    border[rim:-rim, rim:-rim] = False
    flat = flattened(logs, border)
    belt, pixels = learnt(flat, border, 4), products(flat)
    soft = 0.012 * min(shape) + 0.5
    plain = _strange(belt, pixels, soft, shape, shadows=False)
    mask = _strange(belt, pixels, soft, shape, shadows=True) if shadows else None
    if mask is None:
        mask = plain
    if mask is None:
        raise Unreadable("nothing in the picture differs from the belt")
    for _ in range(AGAIN):
        mask = _again(logs, mask, soft, shadows=shadows)
    if shadows and plain is not None and _swallowed(mask, plain):
        raise Swallowed("what was taken for a shadow is the biscuit")
    _check_alone(mask, shape)
    return mask


def _strange(belt: Colours, pixels: Floats, soft: float, shape: tuple[int, ...], *, shadows: bool) -> Bytes | None:
    """The largest patch that the belt's colours explain badly."""
    import cv2

    off = np.sqrt(np.maximum(belt.distance(pixels, shadows=shadows) - np.float32(belt.usual), 0)).reshape(shape)
    strange = np.asarray(cv2.GaussianBlur(off, (0, 0), soft), np.float32)
    return _largest(np.asarray(strange > max(1.7 if shadows else 2.0, _otsu(strange)), np.uint8), shape)


def _swallowed(mask: Bytes, plain: Bytes) -> bool:
    """Whether a whole, compact thing was explained away all around as belt in a shadow: a shadow lies to one side."""
    edge = np.concatenate([plain[0], plain[-1], plain[:, 0], plain[:, -1]])
    share = float((mask & plain).sum()) / float(plain.sum())
    if share > SHADOWED or edge.any() or _solidity(plain) < 0.9:
        return False
    moved = float(np.hypot(*(_middle(mask) - _middle(plain))))
    to_one_side = (1 - share) * float(np.sqrt(plain.sum() / np.pi)) / max(share, 0.1)
    return share < MOSTLY or moved < 0.3 * to_one_side


def _middle(mask: Bytes) -> npt.NDArray[np.float64]:
    return np.array([at.mean() for at in np.nonzero(mask)])


def _solidity(mask: Bytes) -> float:
    import cv2

    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(outlines, key=cv2.contourArea)
    return float(cv2.contourArea(largest) / max(1.0, cv2.contourArea(cv2.convexHull(largest))))


def _otsu(values: Floats) -> float:
    import cv2

    at = int(0.99 * values.size)
    most = max(1e-3, float(np.partition(values, at, axis=None)[at]))
    found, _ = cv2.threshold(np.asarray(np.clip(values / most * 255, 0, 255), np.uint8), 0, 255, cv2.THRESH_OTSU)
    return found / 255 * most


def _ratio(logs: Floats, outside: Bools, inside: Bools, most: float, soft: float, *, shadows: bool) -> Floats:
    """How much better the biscuit's colours explain each pixel than the belt's do."""
    import cv2

    flat = flattened(logs, outside)
    pixels = products(flat)
    belt, dough = learnt(flat, outside, 4), learnt(flat, inside, 3)
    ratio = np.clip(belt.distance(pixels, shadows=shadows) - dough.distance(pixels), -most, most)
    return np.asarray(cv2.GaussianBlur(ratio.reshape(logs.shape[1:]), (0, 0), soft), np.float32)


def _again(logs: Floats, mask: Bytes, soft: float, *, shadows: bool) -> Bytes:
    import cv2

    outside, inside = cv2.dilate(mask, np.ones((5, 5), np.uint8)) == 0, cv2.erode(mask, np.ones((3, 3), np.uint8)) > 0
    if inside.sum() < 30 or outside.sum() < 100:
        return mask
    better = np.asarray(_ratio(logs, outside, inside, 12, soft, shadows=shadows) > 0, np.uint8)
    found = _largest(better, mask.shape)
    if found is None:
        return mask
    _check_no_other(better, found)
    return found


def _largest(mask: Bytes, shape: tuple[int, ...]) -> Bytes | None:
    """The largest patch, opened, with its holes filled; None where it is a crumb."""
    import cv2

    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3)))
    outlines, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    best = max(outlines, key=cv2.contourArea, default=None)
    if best is None or cv2.contourArea(best) < LEAST_AREA * shape[0] * shape[1]:
        return None
    return np.asarray(cv2.drawContours(np.zeros_like(mask), [best], -1, 1, -1), np.uint8)


def _check_no_other(mask: Bytes, found: Bytes) -> None:
    """What is as large as half the biscuit, compact, and touches no border is a second one."""
    import cv2

    rest = cv2.erode(np.asarray(mask * (1 - found), np.uint8), np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(rest, connectivity=4, ltype=cv2.CV_16U)
    height, width = mask.shape
    for x, y, wide, high, area in stats[1:count].tolist():
        inside = x > 1 and y > 1 and x + wide < width - 1 and y + high < height - 1
        if inside and area > 0.4 * found.sum() and area > 0.5 * wide * high:
            raise SeveralBiscuits("there is more than one biscuit in the picture")


def _check_clear(certain: float, mask: Bytes) -> None:

    solid = _solidity(mask)
    if solid < LEAST_SOLID or certain < LEAST_CERTAIN:
        raise Unreadable("nothing in the picture has the clear outline of a biscuit")


def _check_alone(mask: Bytes, shape: tuple[int, ...]) -> None:
    edge = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    if edge.sum() > TOUCHES * min(shape):
        raise Unreadable("the biscuit is cut off by the picture's border")


def _fine(logs: Floats, start: Bytes, size: tuple[int, ...], *, shadows: bool) -> tuple[float, Bytes]:
    """The outline at `FINE`, then drawn at `size`, width and height; and how certain it is."""
    import cv2

    mask, ratio, kernel = start, np.zeros(start.shape, np.float32), np.ones((7, 7), np.uint8)
    for _ in range(2):
        outside, inside = cv2.dilate(mask, kernel) == 0, cv2.erode(mask, kernel) > 0
        if inside.sum() < 50 or outside.sum() < 100:
            raise Unreadable("the biscuit cannot be told from the belt")
        ratio = _ratio(logs, outside, inside, 15, 1.5, shadows=shadows)
        found = _largest(np.asarray(ratio > 0, np.uint8), ratio.shape)
        if found is None:
            raise Unreadable("the biscuit cannot be told from the belt")
        changed, mask = float((found != mask).mean()), found
        if changed < STEADY:
            break
    level = np.clip(np.where(mask > 0, np.maximum(ratio, 0.5), np.minimum(ratio, -0.5)), -3, 3)
    level = cv2.GaussianBlur(cv2.resize(level, size), (7, 7), 1.4)
    large = _largest(np.asarray(level > 0, np.uint8), level.shape)
    if large is None:
        raise Unreadable("the biscuit cannot be told from the belt")
    band = cv2.dilate(mask, kernel) - cv2.erode(mask, kernel)
    certain = float(np.abs(ratio[band > 0]).mean()) if band.any() else 0.0
    _check_clear(certain, large)
    return certain, large
