"""Style "relief": the biscuit is a landscape of heights, lit from one side; a crack is a valley, a bubble a hill."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from simulator.biscuit_outline import Outline, Points
from simulator.biscuit_place import Place, around, box_of, holes, letters, spots
from simulator.biscuit_truth import Box, Floats, between, happens, noise


@dataclass
class Surface:
    """Heights in pixels, colour as a factor, and where the defects are."""

    height: Floats
    tone: Floats
    regions: list[Box] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)


def relief(
    rng: np.random.Generator,
    place: Place,
    mask: Floats,
    outline: Outline,
    dough: Floats,
    aspect: float,
    defect: tuple[str, float],
) -> tuple[Floats, Surface]:
    """The biscuit's colours, and its surface. `defect` is a kind and its severity."""
    import cv2

    inside = cv2.distanceTransform((mask > 0.5).astype(np.uint8), cv2.DIST_L2, 5).astype(np.float32)
    rim = between(rng, 0.06, 0.2) * place.unit
    dome = rim * between(rng, 0.4, 0.9) * np.sqrt(1 - (1 - np.clip(inside / rim, 0, 1)) ** 2)
    grain = noise(rng, mask.shape, cells=90, octaves=2) * between(rng, 0.0, 0.006) * place.unit
    hills = noise(rng, mask.shape, cells=8, octaves=2) * between(rng, 0.0, 0.008) * place.unit
    surface = Surface(np.asarray(dome + grain + hills, np.float32), np.ones(mask.shape, np.float32))
    _decorate(rng, place, aspect, surface)
    _fold(rng, place, outline, surface)
    kind, severity = defect
    if kind in CRACKS:
        CRACKS[kind](rng, place, mask, surface, severity)
    elif kind in BUBBLES:
        BUBBLES[kind](rng, place, mask, surface, severity)
    return _shaded(rng, place, inside, dough, surface), surface


def _decorate(rng: np.random.Generator, place: Place, aspect: float, surface: Surface) -> None:
    if happens(rng, 0.4):
        pit = max(0.7, between(rng, 0.014, 0.035) * place.unit)
        deep = between(rng, 0.5, 1.2)
        surface.extras.append("holes")
        for x, y in place.pixels(holes(rng, aspect)):
            well = _hill(place, x, y, pit, 2.0)
            surface.height -= well * pit * deep
            surface.tone *= 1 - 0.4 * deep * well
    if happens(rng, 0.15):
        surface.extras.append("letters")
        surface.height -= letters(rng, place, aspect) * between(rng, 0.008, 0.022) * place.unit


def _hill(place: Place, x: float, y: float, radius: float, steep: float) -> Floats:
    """1 at its top, next to nothing three radii away, where it is cut off."""
    hill = np.zeros((place.height, place.width), np.float32)
    top, left = max(0, int(y - 3 * radius)), max(0, int(x - 3 * radius))
    part = hill[top : int(y + 3 * radius) + 2, left : int(x + 3 * radius) + 2]
    rows, columns = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
    part[:] = np.exp(-((np.hypot(columns - x, rows - y) / radius) ** steep))
    return hill


def _fold(rng: np.random.Generator, place: Place, outline: Outline, surface: Surface) -> None:
    if outline.fold is None:
        return
    flap = place.filled(outline.fold)
    surface.height += flap * between(rng, 0.05, 0.1) * place.unit
    surface.tone *= 1 - between(rng, 0.05, 0.2) * flap


def _walk(rng: np.random.Generator, start: Points, heading: float, length: float, wild: float) -> Points:
    """A path that wanders: each step turns a little, and now and then much."""
    steps = 40
    turns = rng.normal(0, wild, steps) + rng.normal(0, 0.7, steps) * (rng.random(steps) < 0.12)
    turns = np.cumsum(turns) * 0.97
    turns -= np.linspace(0, turns[-1] * 0.5, steps)
    moves = np.stack([np.cos(heading + turns), np.sin(heading + turns)], axis=1) * length / steps
    return np.asarray(start + np.concatenate([np.zeros((1, 2)), np.cumsum(moves, axis=0)]))


def _valley(rng: np.random.Generator, place: Place, mask: Floats, path: Points, width: float) -> Floats:
    """How deep in a crack every pixel is, 0 to 1; it narrows towards its end."""
    import cv2

    drawn = np.zeros(mask.shape, np.uint8)
    points = np.round(place.pixels(path) * 16).astype(np.int32)
    for at in range(len(points) - 1):
        narrow = max(1, round(width * (1 - 0.7 * at / len(points)) * between(rng, 0.7, 1.3)))
        cv2.line(drawn, points[at].tolist(), points[at + 1].tolist(), 255, narrow, cv2.LINE_AA, 4)
    return np.asarray(np.asarray(cv2.GaussianBlur(drawn, (3, 3), 0.6), np.float32) / 255 * (mask > 0.5)).astype(
        np.float32
    )


def _edge_point(rng: np.random.Generator, mask: Floats, place: Place) -> tuple[Points, float]:
    """A point on the edge in the biscuit's frame, and the heading inwards."""
    angle = between(rng, 0, 2 * np.pi)
    out = np.array([np.cos(angle), np.sin(angle)])
    reach = np.linspace(0, 1.3, 90)[:, None] * out
    pixels = np.round(place.pixels(reach)).astype(int)
    pixels = np.clip(pixels, 0, [place.width - 1, place.height - 1])
    inside = np.nonzero(mask[pixels[:, 1], pixels[:, 0]] > 0.5)[0]
    return reach[inside[-1] if len(inside) else 0], angle + np.pi + float(rng.normal(0, 0.4))


def _crack(rng: np.random.Generator, place: Place, mask: Floats, surface: Surface, severity: float) -> None:
    from_edge = happens(rng, 0.6)
    start, heading = _edge_point(rng, mask, place)
    if not from_edge:
        start, heading = rng.uniform(-0.4, 0.4, 2) * [1.0, 0.5], between(rng, 0, 2 * np.pi)
    length = (0.35 + 1.1 * severity) * between(rng, 0.85, 1.15)
    width = max(1.0, place.unit * (0.012 + 0.05 * severity * between(rng, 0.3, 1.0)))
    path = _walk(rng, start, heading, length, between(rng, 0.08, 0.3))
    deep = _valley(rng, place, mask, path, width)
    for _ in range(int(rng.integers(0, 3))):
        at = int(rng.integers(8, 32))
        side = heading + float(rng.choice([-1, 1])) * between(rng, 0.5, 1.2)
        branch = _walk(rng, path[at], side, length * between(rng, 0.2, 0.45), 0.2)
        deep = np.maximum(deep, _valley(rng, place, mask, branch, width * 0.6))
    _carve(rng, surface, deep, width)


def _carve(rng: np.random.Generator, surface: Surface, deep: Floats, width: float) -> None:
    surface.height -= deep * width * between(rng, 0.5, 1.2)
    surface.tone *= 1 - between(rng, 0.42, 0.85) * deep
    found = box_of(deep)
    if found:
        surface.regions.append(found)


def _cracks(rng: np.random.Generator, place: Place, mask: Floats, surface: Surface, severity: float) -> None:
    for _ in range(int(rng.integers(2, 5))):
        _crack(rng, place, mask, surface, severity * between(rng, 0.3, 0.9))


def _broken(rng: np.random.Generator, place: Place, mask: Floats, surface: Surface, severity: float) -> None:
    """Through and through: one rough line from edge to edge."""
    start, heading = _edge_point(rng, mask, place)
    path = _walk(rng, start, heading, 2.6, 0.07)
    width = max(1.3, place.unit * (0.02 + 0.05 * severity))
    deep = _valley(rng, place, mask, np.concatenate([path, path[::-1]]), width)
    _carve(rng, surface, deep, width)


def _blister(place: Place, x: float, y: float, radius: float, high: float, surface: Surface) -> None:
    rows, columns = np.ogrid[0 : place.height, 0 : place.width]
    apart = np.hypot(columns - x, rows - y) / radius
    cap = np.sqrt(np.clip(1 - apart**2, 0, 1)) ** 1.2
    surface.height += (cap * radius * high).astype(np.float32)
    surface.regions.append(around(np.array([[x - radius, y - radius], [x + radius, y + radius]]), place))


def _blisters(rng: np.random.Generator, place: Place, mask: Floats, surface: Surface, severity: float) -> None:
    count = 1 + int(rng.integers(0, 2 + round(14 * severity)))
    radius = (0.09 + 0.06 * severity) if count > 4 else (0.13 + 0.16 * severity)
    for x, y in spots(rng, place, mask, count, radius):
        own = radius * place.unit * between(rng, 0.75, 1.0)
        _blister(place, x, y, max(2.0, own), between(rng, 0.35, 0.8), surface)


def _craters(rng: np.random.Generator, place: Place, mask: Floats, surface: Surface, severity: float) -> None:
    """Burst bubbles: a raised ring around a dark pit with a rough edge."""
    radius = 0.1 + 0.12 * severity
    for x, y in spots(rng, place, mask, int(rng.integers(1, 3 + round(6 * severity))), radius):
        own = max(2.2, radius * place.unit * between(rng, 0.7, 1.0))
        _blister(place, x, y, own, between(rng, 0.4, 0.7), surface)
        pit = _hill(place, x, y, own * between(rng, 0.5, 0.7), 5.0)
        surface.height -= pit * own * 0.5
        surface.tone *= 1 - between(rng, 0.2, 0.5) * pit


CRACKS = {"crack": _crack, "cracks": _cracks, "broken": _broken}
BUBBLES = {"blisters": _blisters, "craters": _craters}


def _shaded(rng: np.random.Generator, place: Place, inside: Floats, dough: Floats, surface: Surface) -> Floats:
    import cv2

    turned, tilt = between(rng, 0, 2 * np.pi), between(rng, 0.4, 1.0)
    slope_x = cv2.Sobel(surface.height, cv2.CV_32F, 1, 0, scale=0.125)
    slope_y = cv2.Sobel(surface.height, cv2.CV_32F, 0, 1, scale=0.125)
    steep = 1 / np.sqrt(1 + slope_x**2 + slope_y**2)
    lambert = (1 - tilt * (slope_x * np.cos(turned) + slope_y * np.sin(turned))) * steep
    ambient = between(rng, 0.35, 0.65)
    light = ambient + (1 - ambient) * np.clip(lambert, 0, 1.8)
    light += between(rng, 0, 0.25) * np.clip(lambert - 1.15, 0, 1) ** 2
    brown = np.exp(-inside / (between(rng, 0.05, 0.25) * place.unit)) * between(rng, 0.0, 0.35)
    mottled = noise(rng, inside.shape, cells=12, octaves=4) * between(rng, 0.005, 0.045)
    tone = surface.tone * (1 - brown + mottled) * light
    logs = cv2.log(np.maximum(tone, 1e-4).astype(np.float32))
    return np.asarray(dough * cv2.exp(cv2.merge([logs * 1.15, logs * 1.03, logs * 0.95])), np.float32)
