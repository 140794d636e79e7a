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

from lineside.inspection.colours import Bytes, Floats
from lineside.inspection.surface import Surface

BANDS: Final = (1.3, 2.2, 3.5, 5.6)
"""Standard deviations in pixels of the half-size cut."""
RADII: Final = (3, 5, 7, 10, 15)
"""Of circles, in pixels of the half-size cut: 0.06 to 0.31 of half the biscuit's longest side."""
LEAST_SLOPE: Final = 0.01
"""Of an edge, per pixel."""
SECTORS: Final = 16
MANY_VOTES: Final = 0.3
MOST: Final = 6
"""Boxes of bubbles that are said."""
Found = tuple[float, float, float, float]


@dataclass(frozen=True)
class Edges:
    """Pixels with a slope, its direction (towards the light side), and how much each counts."""

    x: Floats
    y: Floats
    right: Floats
    down: Floats
    weight: Floats


@dataclass(frozen=True)
class Circle:
    """In pixels of the half-size cut; `votes` as a share of its length."""

    votes: float
    x: int
    y: int
    radius: int
    map: Floats
    """The votes of all places for a circle of its kind and size."""


def measures(surface: Surface) -> tuple[dict[str, float], list[Found]]:
    """The measures, and boxes (pixels of the cut) around the likeliest circles."""
    import cv2

    size = (surface.flat.shape[1] // 2, surface.flat.shape[0] // 2)
    half = np.asarray(cv2.resize(surface.flat, size, interpolation=cv2.INTER_AREA), np.float32)
    inner = np.asarray(cv2.resize(surface.inner, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    if not inner.any():
        inner[:] = 1
    found = _bands(half, inner)
    votes, boxes = _circles(half, inner)
    return found | votes, boxes


def _bands(half: Floats, inner: Bytes) -> dict[str, float]:
    import cv2

    found: dict[str, float] = {}
    blurred = [_soft(half, sigma) for sigma in (*BANDS, BANDS[-1] * 1.6)]
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


def _circles(half: Floats, inner: Bytes) -> tuple[dict[str, float], list[Found]]:
    """By radius, as a share of the circle's length: the most votes for a light disc, for a dark one, and for both at
    one place, as of a bubble, whose edge is lighter than its middle on one side and darker on the other."""
    import cv2

    smooth = cv2.GaussianBlur(half, (0, 0), 1.2)
    right, down = (cv2.Sobel(smooth, cv2.CV_32F, *way, scale=0.125) for way in ((1, 0), (0, 1)))
    steep = cv2.magnitude(right, down) * (inner > 0)
    plain = float(np.mean(steep[inner > 0]))
    rows, columns = np.nonzero(steep > max(LEAST_SLOPE, 0.7 * plain))
    slope = steep[rows, columns]
    east, south = (np.asarray(one[rows, columns] / slope, np.float32) for one in (right, down))
    full = max(2 * LEAST_SLOPE, 2.5 * plain)
    edges = Edges(
        columns.astype(np.float32),
        rows.astype(np.float32),
        east,
        south,
        np.asarray(np.minimum(slope, full) / full, np.float32),
    )
    best: dict[str, list[Circle]] = {"light": [], "dark": [], "both": []}
    found: dict[str, float] = {"slope": float(np.log(plain + 0.002))}
    for radius in RADII:
        light, dark = (_votes(edges, half.shape, side) * inner for side in (radius, -radius))
        for name, votes in (("light", light), ("dark", dark), ("both", cv2.min(light, dark))):
            y, x = divmod(int(np.argmax(votes)), half.shape[1])
            most = float(votes[y, x])
            best[name].append(Circle(most, x, y, radius, np.asarray(votes, np.float32)))
            found[f"circle{radius}_{name}"] = _small(most)
        found[f"circle{radius}_count"] = float(np.log1p(_peaks(light, radius, MANY_VOTES).sum()))
    smooth = np.asarray(cv2.GaussianBlur(half, (0, 0), 0.8), np.float32)
    chosen = {name: max(own, key=lambda circle: circle.votes) for name, own in best.items()}
    likeliest = max(chosen.values(), key=lambda circle: circle.votes * circle.radius**0.5)
    return found | _looks(np.asarray(smooth, np.float32), chosen), _boxes(likeliest)


def _boxes(likeliest: Circle) -> list[Found]:
    """Around the likeliest circle and those of its kind and size that have nearly as many votes."""
    votes, radius = likeliest.map, likeliest.radius
    rows, columns = np.nonzero(_peaks(votes, radius, 0.6 * likeliest.votes))
    order = np.argsort(-votes[rows, columns])[:MOST]
    side = 4.0 * radius
    return [(2.0 * (columns[at] - radius), 2.0 * (rows[at] - radius), side, side) for at in order]


def _looks(smooth: Floats, chosen: dict[str, Circle]) -> dict[str, float]:
    """What is within and around the likeliest circles: a bubble is one all around, a letter is not."""
    import cv2

    turned = np.linspace(0, 2 * np.pi, SECTORS, endpoint=False)
    reach = np.array([0.3, 0.6, 0.85, 1.15, 1.45])
    circles = list(chosen.values())
    at = np.array([[one.x, one.y] for one in circles], np.float64)
    radii = np.array([one.radius for one in circles], np.float64)
    away = radii[:, None, None] * reach * np.array([np.cos(turned), np.sin(turned)])[..., None, :, None]
    where = (at.T[:, :, None, None] + away).astype(np.float32).reshape(2, len(circles), -1)
    seen = cv2.remap(smooth, where[0], where[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    sectors = seen.reshape(len(circles), SECTORS, len(reach))
    found: dict[str, float] = {}
    for (name, circle), own in zip(chosen.items(), sectors, strict=True):
        middle, outside = own[:, :2].mean(axis=1), own[:, 3:].mean(axis=1)
        edge = own[:, 2] - outside
        apart = middle - outside
        sign = 1.0 if apart.mean() >= 0 else -1.0
        found |= {
            f"look_{name}_votes": _small(circle.votes),
            f"look_{name}_radius": float(np.log(circle.radius)),
            f"look_{name}_middle": float(apart.mean()),
            f"look_{name}_least": float(sign * np.sort(sign * apart)[2]),
            f"look_{name}_edge": float(edge.mean()),
            f"look_{name}_ring": float((own[:, 2] - middle).mean()),
            f"look_{name}_sides": float(np.hypot(apart @ np.cos(turned), apart @ np.sin(turned)) / SECTORS),
            f"look_{name}_uneven": float(apart.std()),
            f"look_{name}_around": float(outside.std()),
        }
    return found


def _soft(values: Floats, sigma: float) -> Floats:
    import cv2

    reach = 2 * round(2.5 * sigma) + 1
    return np.asarray(cv2.GaussianBlur(values, (reach, reach), sigma), np.float32)


def _peaks(votes: Floats, radius: int, least: float) -> npt.NDArray[np.bool_]:
    """Where places stand out, each the highest within its circle."""
    import cv2

    kernel = np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)
    return np.asarray((votes >= cv2.dilate(votes, kernel)) & (votes > least))


def _votes(edges: Edges, shape: tuple[int, ...], side: int) -> Floats:
    """Votes beyond the picture fall into a frame around it, which is cut off."""
    frame = abs(side)
    high, wide = shape[0] + 2 * frame, shape[1] + 2 * frame
    x = (edges.x + np.float32(side) * edges.right + np.float32(frame + 0.5)).astype(np.int64)
    y = (edges.y + np.float32(side) * edges.down + np.float32(frame + 0.5)).astype(np.int64)
    total = np.bincount(y * wide + x, edges.weight, high * wide).reshape(high, wide)
    spread = max(1.0, 0.22 * frame)
    soft = _soft(total[frame:-frame, frame:-frame].astype(np.float32), spread)
    return np.asarray(soft * np.float32(spread**2 / frame), np.float32)


def _small(value: float) -> float:
    return float(np.log(max(0.0, value) + 0.05))


def _log(value: float) -> float:
    return float(np.log(max(0.0, value) + 0.004))
