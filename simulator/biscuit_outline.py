"""The outline of a biscuit in its own frame (its longest half is 1), as baked and as it should not be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.biscuit_truth import between, happens

Points = npt.NDArray[np.float64]
CORNERS = 720


@dataclass(frozen=True)
class Outline:
    """A closed polygon, what was bitten off it, and where it was hurt (points to be boxed)."""

    points: Points
    bites: tuple[Points, ...] = ()
    hurt: tuple[Points, ...] = ()
    fold: Points | None = None
    """The flap that lies on the biscuit, where it was folded."""


def circle() -> Points:
    angles = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def rectangle(aspect: float, corner: float) -> Points:
    """`aspect` is height by width, at most 1; `corner` the radius of its corners as a share of the height."""
    radius = max(0.02, corner * 2 * aspect)
    centers = np.array([[1 - radius, aspect - radius], [radius - 1, aspect - radius]])
    centers = np.concatenate([centers, -centers])
    arcs = []
    for quarter, center in enumerate(centers):
        angles = np.linspace(quarter * np.pi / 2, (quarter + 1) * np.pi / 2, 24)
        arcs.append(center + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1))
    return _evenly(np.concatenate(arcs))


def _evenly(points: Points) -> Points:
    closed = np.concatenate([points, points[:1]])
    steps = np.hypot(*np.diff(closed, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.linspace(0, along[-1], CORNERS, endpoint=False)
    return np.stack([np.interp(at, along, closed[:, axis]) for axis in (0, 1)], axis=1)


def as_baked(rng: np.random.Generator, points: Points) -> tuple[Points, bool]:
    """The small irregularities of a good edge, and for some biscuits flutes. The second says whether it is fluted."""
    amplitude = between(rng, 0.001, 0.007)
    swing = np.zeros(CORNERS)
    phase = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    for order in range(3, 24):
        swing += rng.normal(0, amplitude / order**0.7) * np.cos(order * phase + between(rng, 0, 2 * np.pi))
    fluted = happens(rng, 0.15)
    if fluted:
        swing += between(rng, 0.01, 0.025) * np.cos(int(rng.integers(28, 60)) * phase)
    slight = 1 + rng.normal(0, 0.008)
    return _pushed(points, swing) * np.array([1.0, min(1.03, max(0.97, slight))]), fluted


def _pushed(points: Points, outwards: npt.NDArray[np.float64]) -> Points:
    tangent = np.roll(points, -2, axis=0) - np.roll(points, 2, axis=0)
    normal = np.stack([tangent[:, 1], -tangent[:, 0]], axis=1) / np.hypot(*tangent.T)[:, None]
    return np.asarray(points + normal * outwards[:, None]).astype(np.float64)


def _bump(rng: np.random.Generator, width: float) -> tuple[npt.NDArray[np.float64], int]:
    center = int(rng.integers(CORNERS))
    apart = np.abs(np.arange(CORNERS) - center)
    apart = np.minimum(apart, CORNERS - apart) / CORNERS * 2 * np.pi
    return np.exp(-((apart / width) ** 2)), center


def dented(rng: np.random.Generator, points: Points, severity: float) -> Outline:
    bump, center = _bump(rng, between(rng, 0.18, 0.5))
    depth = (0.12 + 0.28 * severity) * min(1.0, 1.3 * float(np.abs(points[:, 1]).max()))
    pushed = _pushed(points, -depth * bump)
    near = np.take(pushed, np.arange(center - 60, center + 60), axis=0, mode="wrap")
    return Outline(pushed, hurt=(near,))


def elongated(rng: np.random.Generator, points: Points, severity: float) -> Outline:
    """A circle becomes an oval; a rectangle leans, or its one end is wider than the other."""
    if np.abs(points[:, 1]).max() > 0.9 and np.hypot(*points.T).max() < 1.1:
        stretched = points * np.array([1.0, 1 / (1.2 + 0.4 * severity)])
    elif happens(rng, 0.5):
        stretched = points + points[:, 1:] * np.array([(0.22 + 0.3 * severity), 0.0])
    else:
        stretched = points * np.stack([np.ones(CORNERS), 1 - (0.16 + 0.22 * severity) * points[:, 0]], axis=1)
    return Outline(stretched, hurt=(stretched,))


def spread(rng: np.random.Generator, points: Points, severity: float) -> Outline:
    phase = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    swing = np.zeros(CORNERS)
    for order in (2, 3, 4, 5):
        swing += rng.uniform(0.4, 1.0) * np.cos(order * phase + between(rng, 0, 2 * np.pi))
    swing *= (0.07 + 0.1 * severity) / float(np.abs(swing).max()) * 1.2
    pushed = _pushed(points, swing)
    return Outline(pushed, hurt=(pushed,))


def bitten(rng: np.random.Generator, points: Points, severity: float) -> Outline:
    at = points[int(rng.integers(CORNERS))]
    radius = between(rng, 0.22, 0.32) + 0.3 * severity * float(np.abs(points[:, 1]).max())
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    rough = radius * (1 + rng.normal(0, 0.05, 40))
    bite = at * between(rng, 0.95, 1.1) + np.stack([rough * np.cos(angles), rough * np.sin(angles)], axis=1)
    return Outline(points, bites=(bite,), hurt=(bite,))


def waved(rng: np.random.Generator, points: Points, severity: float) -> Outline:
    """Waves all around, too deep and too few to be a fluted edge."""
    phase = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    low = float(np.abs(points[:, 1]).max())
    depth = (0.055 + 0.07 * severity) * min(1.0, 1.4 * low)
    swing = np.cos(int(rng.integers(3, 12)) * phase + between(rng, 0, 2 * np.pi))
    pushed = _pushed(points, depth * swing)
    return Outline(pushed, hurt=(pushed,))


def notched(rng: np.random.Generator, points: Points, severity: float) -> Outline:
    """One to three wedges are missing."""
    low = float(np.abs(points[:, 1]).max())
    found = []
    for _ in range(int(rng.integers(1, 4))):
        at = points[int(rng.integers(CORNERS))]
        out = at / np.hypot(*at)
        across = np.array([-out[1], out[0]])
        deep, wide = (0.16 + 0.3 * severity) * low, between(rng, 0.08, 0.25)
        found.append(np.stack([at - deep * out, at + 0.3 * out + wide * across, at + 0.3 * out - wide * across]))
    return Outline(points, bites=tuple(found), hurt=tuple(found))


def nibbled(rng: np.random.Generator, points: Points, severity: float) -> Outline:
    """Several smaller bites, round and clean."""
    low = float(np.abs(points[:, 1]).max())
    found = []
    for _ in range(int(rng.integers(1, 5))):
        at = points[int(rng.integers(CORNERS))]
        radius = (between(rng, 0.13, 0.2) + 0.2 * severity) * max(0.6, low)
        found.append(at * between(rng, 0.97, 1.08) + radius * circle()[::12])
    return Outline(points, bites=tuple(found), hurt=tuple(found))


def _halfplane(direction: float, distance: float) -> Points:
    """Everything further out than `distance` in `direction`, as a big square."""
    out = np.array([np.cos(direction), np.sin(direction)])
    across = np.array([-out[1], out[0]])
    near = out * distance
    return np.stack([near - 4 * across, near + 4 * across, near + 4 * across + 4 * out, near - 4 * across + 4 * out])


def corner_missing(rng: np.random.Generator, points: Points, severity: float) -> Outline:
    """Cut off along a rough line: a corner of a rectangle, a side of a circle."""
    reach = points @ np.array([np.cos(angles := _corner_angle(rng, points)), np.sin(angles)])
    distance = float(reach.max()) - (0.16 + 0.3 * severity) * float(np.abs(points[:, 1]).max())
    lost = points[reach > distance]
    cut = _halfplane(angles, distance)
    inner = np.linspace(cut[0], cut[1], 160)
    inner += rng.normal(0, 0.012, inner.shape)
    return Outline(points, bites=(np.concatenate([inner, cut[2:]]),), hurt=(lost,))


def _corner_angle(rng: np.random.Generator, points: Points) -> float:
    corner = points[int(np.argmax(np.abs(points).sum(axis=1)))]
    signs = rng.choice([-1.0, 1.0], 2)
    if np.hypot(*points.T).max() < 1.1:
        return between(rng, 0, 2 * np.pi)
    return float(np.arctan2(signs[1] * abs(corner[0]), signs[0] * abs(corner[1])))


def folded(rng: np.random.Generator, points: Points, severity: float) -> Outline:
    direction = between(rng, 0, 2 * np.pi)
    out = np.array([np.cos(direction), np.sin(direction)])
    reach = points @ out
    distance = float(reach.max()) - (0.2 + 0.3 * severity) * float(np.abs(points[:, 1]).max())
    flap = points[reach >= distance]
    mirrored = flap - 2 * ((flap @ out) - distance)[:, None] * out
    return Outline(points, bites=(_halfplane(direction, distance),), hurt=(mirrored, flap), fold=mirrored)


DEFORMATIONS: tuple[tuple[str, Callable[[np.random.Generator, Points, float], Outline]], ...] = (
    ("dented", dented),
    ("elongated", elongated),
    ("spread", spread),
    ("bitten", bitten),
    ("corner missing", corner_missing),
    ("folded", folded),
    ("waved", waved),
    ("notched", notched),
    ("nibbled", nibbled),
)
