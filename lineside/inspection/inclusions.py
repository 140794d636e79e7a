"""Chocolate drops, raisins, nuts: compact and far darker than the dough. No bubble is, and no crack is compact."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from lineside.inspection.colours import Bytes, Floats
from lineside.inspection.segment import SIDE
from lineside.inspection.surface import Surface

HALF: Final = SIDE / 2
DARK: Final = -0.45
"""Logarithm of brightness against what lies around: where an inclusion begins."""
DARKEST: Final = -0.7
"""What it is at its middle: half as bright as the dough, or less. A bubble's shade is not so deep."""
RADII: Final = (0.026 * HALF, 0.16 * HALF)
"""Of a disc of the same area, in pixels; what is smaller is a docker hole."""
LEAST_FULL: Final = 0.6
"""The share of its box that it fills; a disc fills 0.79."""
MOST_LONG: Final = 1.8
AROUND: Final = 2
"""Pixels of a blurred edge."""


def without_inclusions(surface: Surface) -> Surface:
    """The same surface, with what lies around each inclusion in its place."""
    import cv2

    dark = np.asarray((surface.flat < DARK) & (surface.mask > 0), np.uint8)
    if not dark.any():
        return surface
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=4, ltype=cv2.CV_16U)
    spots = np.zeros_like(dark)
    for number, (left, top, wide, high, area) in enumerate(stats[1:count].tolist(), start=1):
        if _is_of_a_drop(wide, high, area):
            box = np.s_[top : top + high, left : left + wide]
            own = labels[box] == number
            if float(np.median(surface.flat[box][own])) < DARKEST:
                spots[box][own] = 1
    if not spots.any():
        return surface
    wide = cv2.dilate(spots, np.ones((2 * AROUND + 1, 2 * AROUND + 1), np.uint8))
    return replace(surface, flat=_filled(surface.flat, np.asarray(wide, np.uint8), surface.mask))


def _is_of_a_drop(wide: int, high: int, area: int) -> bool:
    """The size of a drop, and as compact."""
    if not RADII[0] ** 2 <= area / np.pi <= RADII[1] ** 2:
        return False
    return max(wide, high) <= MOST_LONG * min(wide, high) and area >= LEAST_FULL * wide * high


def _filled(flat: Floats, spots: Bytes, mask: Bytes) -> Floats:
    """With the mean of what is known close around, or further away where nothing close is."""
    import cv2

    known = np.asarray((mask > 0) & (spots == 0), np.float32)
    reach = 2 * int(2 * RADII[1]) + 1
    near, near_known = cv2.blur(flat * known, (9, 9)), cv2.blur(known, (9, 9))
    far, far_known = cv2.blur(flat * known, (reach, reach)), cv2.blur(known, (reach, reach))
    guess = np.where(near_known > 0.15, near / (near_known + 1e-6), far / (far_known + 1e-6))
    return np.asarray(np.where((spots > 0) & (mask > 0), guess, flat), np.float32)
