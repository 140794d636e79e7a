"""Style "drawn": as wide a family of simple drawings as there are people who draw biscuits.

Each property is drawn by chance and by itself: flat or shaded dough, a rim or none, any texture; cracks as straight,
bent, jagged or branched lines of any tone; bubbles as flat, shaded or ringed discs, lighter or darker than the dough.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.biscuit_outline import Outline, Points
from simulator.biscuit_place import Place, around, holes, letters, spots
from simulator.biscuit_relief import Surface
from simulator.biscuit_truth import Floats, between, happens, noise


def drawn(
    rng: np.random.Generator,
    place: Place,
    mask: Floats,
    outline: Outline,
    dough: Floats,
    aspect: float,
    defect: tuple[str, float],
) -> tuple[Floats, Surface]:
    surface = Surface(np.zeros(mask.shape, np.float32), np.ones(mask.shape, np.float32))
    picture: Any = np.asarray(dough * _texture(rng, place, mask)[..., None], np.float32)
    _rim(rng, place, outline, picture)
    _decorate(rng, place, mask, aspect, picture, surface)
    kind, severity = defect
    if kind in ("crack", "cracks", "broken"):
        for drawn_mask in _cracks(rng, place, mask, kind, severity):
            _line(rng, place, picture, drawn_mask, surface)
    elif kind in ("blisters", "craters"):
        _bubbles(rng, place, mask, picture, surface, severity)
    if outline.fold is not None:
        flap = place.filled(outline.fold)[..., None]
        picture[:] = picture * (1 - flap * between(rng, 0.05, 0.3))
    return np.asarray(picture, np.float32), surface


def _texture(rng: np.random.Generator, place: Place, mask: Floats) -> Floats:
    import cv2

    tone = np.ones(mask.shape, np.float32)
    if happens(rng, 0.5):
        tone += rng.standard_normal(mask.shape, dtype=np.float32) * between(rng, 0.005, 0.07)
    if happens(rng, 0.45):
        tone += noise(rng, mask.shape, between(rng, 4, 60), 2) * between(rng, 0.01, 0.06)
    if happens(rng, 0.25):
        specks = noise(rng, mask.shape, between(rng, 60, 140), 1)
        tone += np.clip(specks - 1.7, 0, 1) * between(rng, -0.45, 0.3)
    if happens(rng, 0.45):
        soft = cv2.GaussianBlur(mask, (0, 0), max(1.0, place.unit * between(rng, 0.04, 0.3)))
        tone *= 1 + (np.clip((soft - 0.5) * 2, 0, 1) - 1) * between(rng, -0.12, 0.4)
    if happens(rng, 0.2):
        rows, columns = np.ogrid[0 : mask.shape[0], 0 : mask.shape[1]]
        apart = np.hypot(columns - place.x, rows - place.y) / place.unit
        tone *= (1 + between(rng, -0.15, 0.15) * (apart - 0.5)).astype(np.float32)
    return np.asarray(tone, np.float32)


def _rim(rng: np.random.Generator, place: Place, outline: Outline, picture: Any) -> None:
    if happens(rng, 0.45):
        edge = np.round(place.pixels(outline.points)).astype(np.int32)
        width = max(1, round(place.unit * between(rng, 0.01, 0.07)))
        spot = np.zeros(picture.shape[:2], np.uint8)
        _stroke(spot, edge, width, closed=True)
        for bite in outline.bites:
            _stroke(spot, np.round(place.pixels(bite)).astype(np.int32), width, closed=True)
        _tone(picture, spot, between(rng, 0.5, 0.95) if happens(rng, 0.85) else between(rng, 1.05, 1.2))


def _stroke(spot: Any, points: Any, width: int, *, closed: bool = False) -> None:
    import cv2

    cv2.polylines(spot, [points], closed, 255, width, cv2.LINE_AA)


def _tone(picture: Any, spot: Any, shade: float) -> None:
    """Times `shade` where `spot` (0 to 255) is set; only in its box."""
    import cv2

    left, top, width, height = cv2.boundingRect(spot)
    part = (slice(top, top + height), slice(left, left + width))
    picture[part] *= 1 + (shade - 1) * spot[part][..., None].astype(np.float32) / 255


def _decorate(
    rng: np.random.Generator, place: Place, mask: Floats, aspect: float, picture: Any, surface: Surface
) -> None:
    """What a good one may have, too: holes, letters, a pressed line, sugar."""
    if happens(rng, 0.45):
        surface.extras.append("holes")
        radius, shade = between(rng, 0.012, 0.036), between(rng, 0.3, 0.8)
        for x, y in place.pixels(holes(rng, aspect)):
            _dot(picture, (x, y), radius * place.unit, shade)
    if happens(rng, 0.15):
        surface.extras.append("letters")
        picture *= 1 - letters(rng, place, aspect)[..., None] * between(rng, -0.12, 0.3)
    if happens(rng, 0.12):
        surface.extras.append("line")
        inner = np.round(place.pixels(_figure(aspect) * between(rng, 0.72, 0.9))).astype(np.int32)
        spot = np.zeros(mask.shape, np.uint8)
        _stroke(spot, inner, max(1, round(place.unit * between(rng, 0.01, 0.03))), closed=True)
        _tone(picture, spot, between(rng, 0.75, 1.15))
    if happens(rng, 0.12):
        surface.extras.append("sugar")
        shade = between(rng, 1.1, 1.4) if happens(rng, 0.6) else between(rng, 0.5, 0.85)
        for x, y in spots(rng, place, mask, int(rng.integers(10, 60)), 0.02):
            _dot(picture, (x, y), between(rng, 0.006, 0.022) * place.unit, shade)


def _figure(aspect: float) -> Points:
    if aspect > 0.99:
        angles = np.linspace(0, 2 * np.pi, 90, endpoint=False)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.array([[1, aspect], [-1, aspect], [-1, -aspect], [1, -aspect]])


def _dot(picture: Any, at: tuple[float, float], radius: float, shade: float) -> None:
    import cv2

    reach = int(radius) + 2
    x, y = int(at[0]), int(at[1])
    top, left = max(0, y - reach), max(0, x - reach)
    part = picture[top : y + reach + 1, left : x + reach + 1]
    if part.size:
        spot = np.zeros(part.shape[:2], np.uint8)
        middle = (round((at[0] - left) * 16), round((at[1] - top) * 16))
        cv2.circle(spot, middle, max(8, round(radius * 16)), 255, -1, cv2.LINE_AA, 4)
        part *= 1 + (shade - 1) * spot[..., None].astype(np.float32) / 255


def _path(rng: np.random.Generator, start: Points, end: Points) -> Points:
    """Straight, bent, jagged or wandering from `start` to `end`."""
    count = int(rng.integers(4, 24))
    share = np.linspace(0, 1, count)[:, None]
    way = end - start
    aside = np.array([-way[1], way[0]])
    path = start + share * way
    choice = rng.random()
    if choice < 0.3:
        path = path + np.sin(np.pi * share) * aside * rng.normal(0, 0.2)
    elif choice < 0.75:
        path = path + rng.normal(0, between(rng, 0.02, 0.07), (count, 1)) * aside / (np.hypot(*way) + 0.2)
    elif choice < 0.9:
        swing = np.cumsum(rng.normal(0, 0.06, (count, 1)), axis=0)
        path = path + (swing - share * swing[-1]) * aside
    return np.asarray(path)


def _cracks(rng: np.random.Generator, place: Place, mask: Floats, kind: str, severity: float) -> list[Any]:
    low = min(1.0, float(mask.sum()) / place.unit**2 / 3.2)
    width = place.unit * between(rng, 0.012, 0.03 + 0.04 * severity)
    found = []
    for _ in range(1 if kind != "cracks" else int(rng.integers(2, 5))):
        turned = between(rng, 0, 2 * np.pi)
        way = np.array([np.cos(turned), np.sin(turned)])
        length = (0.4 + 1.1 * severity) * between(rng, 0.85, 1.15) * (0.75 if kind == "cracks" else 1.0)
        start = way * between(rng, 0.3, 1.0) * low if happens(rng, 0.6) else rng.uniform(-0.35, 0.35, 2) * [1, low]
        end = start - way * length + rng.normal(0, 0.1, 2)
        if kind == "broken":
            aside = np.array([-way[1], way[0]]) * between(rng, -0.4, 0.4) * low
            start, end = way * 1.4 + aside, aside - way * 1.4
        paths = [_path(rng, start, end)]
        for _ in range(int(rng.integers(1, 4)) if happens(rng, 0.35) else 0):
            root = paths[0][int(rng.integers(len(paths[0]) // 2, len(paths[0])))]
            side = turned + np.pi + float(rng.choice([-1, 1])) * between(rng, 0.4, 1.3)
            tip = root + np.array([np.cos(side), np.sin(side)]) * length * between(rng, 0.15, 0.4)
            paths.append(_path(rng, root, tip))
        found.append(_stroked(place, mask, paths, width, tapered=happens(rng, 0.4)))
    return found


def _stroked(place: Place, mask: Floats, paths: list[Points], width: float, *, tapered: bool) -> Any:
    import cv2

    spot = np.zeros(mask.shape, np.uint8)
    for number, path in enumerate(paths):
        points = np.round(place.pixels(path) * 16).astype(np.int32)
        own = width * (0.65 if number else 1.0)
        for at in range(len(points) - 1):
            narrow = own * (1 - 0.7 * at / len(points)) if tapered else own
            cv2.line(spot, points[at].tolist(), points[at + 1].tolist(), 255, max(1, round(narrow)), cv2.LINE_AA, 4)
    spot[mask < 0.5] = 0
    return spot


def _line(rng: np.random.Generator, place: Place, picture: Any, spot: Any, surface: Surface) -> None:
    import cv2

    if not spot.any():
        return
    if happens(rng, 0.3):
        spot = cv2.GaussianBlur(spot, (0, 0), max(0.5, place.unit * between(rng, 0.002, 0.008)))
    if happens(rng, 0.2):
        shift = max(1, round(place.unit * 0.015))
        _tone(picture, np.roll(spot, (shift, shift), axis=(0, 1)), between(rng, 1.05, 1.25))
    _tone(picture, spot, between(rng, 0.1, 0.62))
    rows, columns = np.nonzero(spot > 60)
    if len(rows):
        surface.regions.append(around(np.stack([columns, rows], axis=1).astype(np.float64), place))


Look = Callable[[np.random.Generator, Any, Any, float], Any]
"""From the distance to a bubble's middle (1 at its edge), how far towards the light (-1 to 1) and the sharpness of
edges (pixels per radius) to a factor for the dough."""


def _inside(apart: Any, sharp: float, edge: float = 1.0) -> Any:
    return np.clip((edge - apart) * sharp + 0.5, 0, 1)


def _contrast(rng: np.random.Generator) -> float:
    """Of light or of dark; never less than a person sees."""
    return between(rng, 0.1, 0.35) if happens(rng, 0.6) else -between(rng, 0.12, 0.5)


def _flat_disc(rng: np.random.Generator, apart: Any, _: Any, sharp: float) -> Any:
    tone = 1 + _contrast(rng) * _inside(apart, sharp)
    if happens(rng, 0.5):
        ring = _inside(apart, sharp) - _inside(apart, sharp, between(rng, 0.7, 0.92))
        tone = tone * (1 + ring * _contrast(rng))
    return tone


def _soft_disc(rng: np.random.Generator, apart: Any, towards: Any, _: float) -> Any:
    return 1 + _contrast(rng) * np.clip(1 - apart**2, 0, 1) ** between(rng, 0.5, 1.5) + 0 * towards


def _ring(rng: np.random.Generator, apart: Any, _: Any, sharp: float) -> Any:
    ring = _inside(apart, sharp) - _inside(apart, sharp, between(rng, 0.55, 0.85))
    return 1 + ring * _contrast(rng) * 1.2


def _dome(rng: np.random.Generator, apart: Any, towards: Any, sharp: float) -> Any:
    gain = between(rng, 0.12, 0.4)
    tone = 1 + _inside(apart, sharp) * (gain * towards + between(rng, -0.05, 0.15))
    return tone + between(rng, 0, 0.4) * np.exp(-((apart**2 - 0.8 * towards + 0.16) / 0.12))


def _with_shine(rng: np.random.Generator, apart: Any, towards: Any, sharp: float) -> Any:
    tone = _flat_disc(rng, apart, towards, sharp)
    shine = np.exp(-(np.maximum(apart**2 - 2 * 0.4 * towards + 0.16, 0) / between(rng, 0.04, 0.15)))
    return tone + between(rng, 0.1, 0.5) * shine


def _pit(rng: np.random.Generator, apart: Any, _: Any, sharp: float) -> Any:
    """A light rim around a dark middle."""
    core = _inside(apart, sharp, between(rng, 0.5, 0.8))
    return 1 + between(rng, 0.05, 0.3) * (_inside(apart, sharp) - core) - between(rng, 0.15, 0.5) * core


LOOKS: tuple[Look, ...] = (_flat_disc, _flat_disc, _soft_disc, _ring, _dome, _with_shine, _with_shine, _pit)


def _bubbles(
    rng: np.random.Generator, place: Place, mask: Floats, picture: Any, surface: Surface, severity: float
) -> None:
    count = int(rng.integers(1, 4 + round(10 * severity)))
    radius = between(rng, 0.085, 0.13) if count > 4 else between(rng, 0.1, 0.3)
    look, light = LOOKS[int(rng.integers(len(LOOKS)))], between(rng, 0, 2 * np.pi)
    look_seed = int(rng.integers(2**31))
    squeezed = between(rng, 0.7, 1.0) if happens(rng, 0.3) else 1.0
    for x, y in spots(rng, place, mask, count, radius):
        own = max(2.5, radius * place.unit * between(rng, 0.75, 1.0))
        reach = int(own * 1.2) + 2
        top, left = max(0, round(y) - reach), max(0, round(x) - reach)
        part = picture[top : round(y) + reach + 1, left : round(x) + reach + 1]
        rows, columns = np.mgrid[top : top + part.shape[0], left : left + part.shape[1]].astype(np.float32)
        across, down = (columns - x) / own, (rows - y) / own / squeezed
        towards = across * np.cos(light) + down * np.sin(light)
        tone = look(np.random.default_rng(look_seed), np.hypot(across, down), towards, own)
        part *= np.maximum(tone, 0.05).astype(np.float32)[..., None]
        surface.regions.append(around(np.array([[x - own, y - own], [x + own, y + own]]), place))
