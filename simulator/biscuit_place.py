"""Where the biscuit lies in the picture, and what stands on it: holes, letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.biscuit_outline import Outline, Points
from simulator.biscuit_truth import Box, Floats, between, happens

LETTERS = "ABCDEFGHKLMNOPRSTUVXZ"
TEXTS = ("BISCUIT", "BUTTER", "OAT", "MILK", "TEA TIME", "SABLE", "1897", "CRISP", "GOLD")


@dataclass(frozen=True)
class Place:
    """From the biscuit's own frame (longest half is 1) to pixels of the scene."""

    height: int
    width: int
    unit: float
    """Pixels."""
    x: float
    y: float
    rotation: float
    """Degrees."""

    def pixels(self, points: Points) -> Points:
        turned = np.deg2rad(self.rotation)
        matrix = np.array([[np.cos(turned), -np.sin(turned)], [np.sin(turned), np.cos(turned)]])
        return np.asarray(points @ matrix.T * self.unit + np.array([self.x, self.y])).astype(np.float64)

    def filled(self, points: Points) -> Floats:
        """1 inside, 0 outside, smooth at the edge."""
        import cv2

        drawn: Any = np.zeros((self.height, self.width), np.uint8)
        cv2.fillPoly(drawn, [np.round(self.pixels(points) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        return np.asarray(np.asarray(drawn, np.float32) / 255).astype(np.float32)

    def mask(self, outline: Outline) -> Floats:
        whole = self.filled(outline.points)
        for bite in outline.bites:
            whole = whole * (1 - self.filled(bite))
        return np.asarray(whole, np.float32)


def placed(rng: np.random.Generator, side: tuple[int, int], cover: float, outline: Outline) -> Place:
    """Somewhere in the picture, and wholly in it."""
    rotation = between(rng, 0, 360)
    height, width = side
    rough = Place(height, width, 1.0, 0.0, 0.0, rotation).pixels(outline.points)
    extent = rough.max(axis=0) - rough.min(axis=0)
    unit = cover * min(side) / 2
    unit = min(unit, 0.93 * height / float(extent[1]), 0.93 * width / float(extent[0]))
    half = extent * unit / 2
    middle = (rough.max(axis=0) + rough.min(axis=0)) / 2 * unit
    slack = np.maximum(0.0, np.array([width, height]) / 2 - half - 0.03 * min(side))
    shift = rng.uniform(-1, 1, 2) * slack * rng.choice([0.3, 1.0])
    center = np.array([width, height]) / 2 - middle + shift
    return Place(height, width, unit, float(center[0]), float(center[1]), rotation)


def holes(rng: np.random.Generator, aspect: float) -> Points:
    """Docking holes on a grid or on rings, well inside."""
    if aspect > 0.95 and happens(rng, 0.5):
        rings = [np.array([[0.0, 0.0]])]
        for radius in (0.3, 0.6)[: int(rng.integers(1, 3))]:
            angles = np.linspace(0, 2 * np.pi, int(rng.integers(5, 12)), endpoint=False)
            rings.append(radius * np.stack([np.cos(angles), np.sin(angles)], axis=1))
        return np.concatenate(rings)
    columns = int(rng.integers(2, 7))
    rows = max(2, round(columns * aspect))
    x, y = np.meshgrid(np.linspace(-0.65, 0.65, columns), np.linspace(-0.62, 0.62, rows) * aspect)
    grid = np.stack([x.ravel(), y.ravel()], axis=1)
    return np.asarray(grid[np.hypot(*grid.T) < (0.75 if aspect > 0.95 else 2.0)]).astype(np.float64)


def letters(rng: np.random.Generator, place: Place, aspect: float) -> Floats:
    """A stamp: a word or two, perhaps with a line around it; 1 where it is pressed in."""
    import cv2

    side = 512
    stamp: Any = np.zeros((side, side), np.uint8)
    word = str(rng.choice(TEXTS)) if happens(rng, 0.6) else "".join(rng.choice(list(LETTERS), 5))
    font = int(rng.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX]))
    thick = int(rng.integers(3, 9))
    (length, tall), _ = cv2.getTextSize(word, font, 1.0, thick)
    scale = min(300 / length, 160 * aspect / tall)
    lines = 2 if aspect > 0.6 and happens(rng, 0.4) else 1
    for line in range(lines):
        middle = 256 + (line - (lines - 1) / 2) * tall * scale * 1.7
        at = (round(256 - length * scale / 2), round(middle + tall * scale / 2))
        cv2.putText(stamp, word, at, font, scale, 255, thick, cv2.LINE_AA)
    if happens(rng, 0.4):
        _frame(stamp, aspect, thick)
    turned = np.deg2rad(place.rotation)
    zoom = place.unit / 256
    matrix = zoom * np.array([[np.cos(turned), -np.sin(turned)], [np.sin(turned), np.cos(turned)]])
    shift = np.array([place.x, place.y]) - matrix @ np.array([256.0, 256.0])
    moved = cv2.warpAffine(
        stamp, np.column_stack([matrix, shift]), (place.width, place.height), flags=cv2.INTER_AREA | cv2.INTER_LINEAR
    )
    return np.asarray(np.asarray(moved, np.float32) / 255).astype(np.float32)


def _frame(stamp: Any, aspect: float, thick: int) -> None:
    import cv2

    if aspect > 0.95:
        cv2.circle(stamp, (256, 256), 205, 255, thick, cv2.LINE_AA)
    else:
        half = round(210 * aspect)
        cv2.rectangle(stamp, (46, 256 - half), (466, 256 + half), 255, thick, cv2.LINE_AA)


def spots(rng: np.random.Generator, place: Place, mask: Floats, count: int, radius: float) -> Points:
    """Places for bubbles inside the biscuit, `radius` (in units) away from the edge and from each other."""
    import cv2

    inside = cv2.distanceTransform((mask > 0.5).astype(np.uint8), cv2.DIST_L2, 3) > radius * place.unit
    rows, columns = np.nonzero(inside)
    kept: list[tuple[float, float]] = []
    for _ in range(count * 6):
        if not len(rows) or len(kept) == count:
            break
        pick = int(rng.integers(len(rows)))
        spot = (float(columns[pick]), float(rows[pick]))
        if all(np.hypot(spot[0] - x, spot[1] - y) > 1.7 * radius * place.unit for x, y in kept):
            kept.append(spot)
    return np.array(kept).reshape(-1, 2)


def box_of(marked: Floats, least: float = 0.2) -> Box | None:
    rows, columns = np.nonzero(marked > least)
    if not len(rows):
        return None
    left, top = int(columns.min()), int(rows.min())
    return left, top, int(columns.max()) - left + 1, int(rows.max()) - top + 1


def around(points: Points, place: Place) -> Box:
    """The box around points in pixels, within the picture."""
    left, top = np.clip(np.floor(points.min(axis=0)), 0, [place.width - 1, place.height - 1])
    right, low = np.clip(np.ceil(points.max(axis=0)), 0, [place.width - 1, place.height - 1])
    return int(left), int(top), int(right - left) + 1, int(low - top) + 1
