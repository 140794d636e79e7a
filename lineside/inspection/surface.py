"""The biscuit's brightness, freed of what does not belong to it: belt, slow shading, and the scale of its colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from lineside.inspection.colours import Bytes, Floats
from lineside.inspection.segment import SIDE, Cut

RIM: Final = 6.5
"""Pixels from the edge."""
SLOW: Final = 0.15 * SIDE
"""Shading that changes over more pixels than that is the dough's dome, or the light's."""


@dataclass(frozen=True)
class Surface:
    """`flat`: logarithm of brightness, 0 on average around each pixel; outside the biscuit it is 0."""

    flat: Floats
    mask: Bytes
    inner: Bytes
    """The biscuit without its rim."""
    grain: float
    """What neighbouring pixels differ by where nothing is: the dough's grain and the camera's noise."""


def surface_of(cut: Cut) -> Surface:
    import cv2

    share = cut.mask.astype(np.float32)
    blue, green, red = cut.logs
    bright = 0.2 * blue + 0.45 * green + 0.35 * red
    near = cv2.erode(cut.mask, np.ones((3, 3), np.uint8)).astype(np.float32)
    around = _mean(bright, near, 3.0)
    whole = np.where(near > 0, bright, around)
    flat = np.where(share > 0, whole - _mean(whole, share, SLOW), 0).astype(np.float32)
    padded = cv2.copyMakeBorder(cut.mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    inner = np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 3)[1:-1, 1:-1] > RIM, np.uint8)
    chosen = np.abs(flat - cv2.blur(flat, (5, 5)))[inner > 0][::7]
    return Surface(flat, cut.mask, inner, float(np.median(chosen)) if len(chosen) else 0.0)


def _mean(values: Floats, share: Floats, reach: float) -> Floats:
    """The mean of what lies around each pixel, weighed by `share`; made at a quarter of the size where it is slow."""
    import cv2

    if reach < 8:
        width = 2 * round(2 * reach) + 1
        total, weight = (cv2.blur(one, (width, width)) for one in (values * share, share))
        return np.asarray(total / (weight + 1e-4), np.float32)
    size = (max(4, values.shape[1] // 4), max(4, values.shape[0] // 4))
    small = [cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (values * share, share)]
    total, weight = (cv2.GaussianBlur(one, (0, 0), reach / 4) for one in small)
    return np.asarray(cv2.resize(total / (weight + 1e-4), values.shape[::-1]), np.float32)
