"""Style "painted": no landscape and no light of its own; everything is a mark in a colour, as an illustrator would.

It shares outlines and places with "relief" and nothing else: cracks, bubbles, texture and browning are made otherwise,
so that an inspector that does well on one by a quirk of its rendering fails on the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.biscuit_outline import Outline, Points
from simulator.biscuit_place import Place, around, holes, letters, spots
from simulator.biscuit_relief import Surface
from simulator.biscuit_truth import Floats, between, happens, noise


def painted(
    rng: np.random.Generator,
    place: Place,
    mask: Floats,
    outline: Outline,
    dough: Floats,
    aspect: float,
    defect: tuple[str, float],
) -> tuple[Floats, Surface]:
    surface = Surface(np.zeros(mask.shape, np.float32), np.ones(mask.shape, np.float32))
    picture = _ground(rng, place, mask, dough)
    _marks(rng, place, aspect, picture, surface)
    if outline.fold is not None:
        flap = place.filled(outline.fold)[..., None]
        picture[:] = picture * (1 - flap) + picture.mean(axis=(0, 1)) * between(rng, 0.75, 1.1) * flap
    kind, severity = defect
    if kind in PAINTERS:
        PAINTERS[kind](rng, place, mask, picture, surface, severity)
    return np.asarray(picture, np.float32), surface


def _ground(rng: np.random.Generator, place: Place, mask: Floats, dough: Floats) -> Floats:
    """Dough with speckles, cloudy browning and a baked rim."""
    import cv2

    clouds = noise(rng, mask.shape, cells=5, octaves=2) * between(rng, 0.0, 0.06)
    speckles = noise(rng, mask.shape, cells=140, octaves=1)
    dark = np.where(speckles > 1.6, speckles - 1.6, 0) * -between(rng, 0.0, 0.2)
    soft = cv2.GaussianBlur(mask, (0, 0), max(1.0, place.unit * between(rng, 0.05, 0.15)))
    rim = (1 - np.clip((soft - 0.5) * 2, 0, 1)) * between(rng, 0.05, 0.4)
    tone = (1 + clouds + dark - rim).astype(np.float32)
    tint = np.stack([np.ones_like(tone), 1 + 0.2 * rim, 1 + 0.35 * rim], axis=2).astype(np.float32)
    return np.asarray(dough * tone[..., None] * tint, np.float32)


def _marks(rng: np.random.Generator, place: Place, aspect: float, picture: Any, surface: Surface) -> None:
    if happens(rng, 0.4):
        surface.extras.append("holes")
        radius = max(0.8, between(rng, 0.014, 0.035) * place.unit)
        shade = between(rng, 0.35, 0.75)
        for x, y in place.pixels(holes(rng, aspect)):
            _dot(picture, (x, y), (radius, radius), shade, 0.0)
    if happens(rng, 0.15):
        surface.extras.append("letters")
        picture *= 1 - letters(rng, place, aspect)[..., None] * between(rng, 0.06, 0.2)


def _dot(picture: Any, at: tuple[float, float], sides: tuple[float, float], shade: float, turned: float) -> None:
    import cv2

    spot = np.zeros(picture.shape[:2], np.uint8)
    axes = (max(1, round(sides[0])), max(1, round(sides[1])))
    cv2.ellipse(spot, (round(at[0]), round(at[1])), axes, turned, 0, 360, 255, -1, cv2.LINE_AA)
    _tone(picture, spot, shade)


def _tone(picture: Any, spot: Any, shade: float) -> None:
    """Darken (or lighten) where `spot` (0 to 255) is set; only in its box, as there may be many."""
    import cv2

    left, top, width, height = cv2.boundingRect(spot)
    part = (slice(top, top + height), slice(left, left + width))
    picture[part] *= 1 + (shade - 1) * spot[part][..., None].astype(np.float32) / 255


def _jagged(rng: np.random.Generator, start: Points, end: Points, rough: float) -> Points:
    """Midpoints pushed aside, again and again: lightning between two points."""
    path = np.stack([start, end])
    for _ in range(5):
        between_them = (path[:-1] + path[1:]) / 2
        step = np.diff(path, axis=0)
        aside = np.stack([-step[:, 1], step[:, 0]], axis=1) * rng.normal(0, rough, (len(step), 1))
        merged = np.empty((len(path) + len(between_them), 2))
        merged[0::2], merged[1::2] = path, between_them + aside
        path = merged
    return path


def _crack(
    rng: np.random.Generator, place: Place, mask: Floats, picture: Any, surface: Surface, severity: float
) -> None:
    low = float(np.abs(surface_extent(place, mask)).min())
    length = (0.35 + 1.1 * severity) * between(rng, 0.85, 1.15)
    turned = between(rng, 0, 2 * np.pi)
    way = np.array([np.cos(turned), np.sin(turned)])
    start = way * between(rng, 0.5, 0.98) * low if happens(rng, 0.6) else rng.uniform(-0.3, 0.3, 2)
    end = start - way * length + rng.normal(0, 0.12, 2)
    _line(rng, place, mask, picture, surface, _jagged(rng, start, end, between(rng, 0.08, 0.22)), severity)


def surface_extent(place: Place, mask: Floats) -> Points:
    """Half the biscuit's sides in its own frame, roughly."""
    area = float(mask.sum()) / place.unit**2
    return np.array([1.0, min(1.0, area / 4 if area < 3 else 1.0)])


def _line(
    rng: np.random.Generator,
    place: Place,
    mask: Floats,
    picture: Any,
    surface: Surface,
    path: Points,
    severity: float,
) -> None:
    import cv2

    width = max(1, round(place.unit * (0.012 + 0.05 * severity * between(rng, 0.3, 1.0))))
    pixels = place.pixels(path)
    points = np.round(pixels * 16).astype(np.int32)
    drawn = np.zeros(mask.shape, np.uint8)
    half = len(points) // 2
    cv2.polylines(drawn, [points[: half + 1]], False, 255, width, cv2.LINE_AA, 4)
    cv2.polylines(drawn, [points[half:]], False, 255, max(1, round(width * 0.6)), cv2.LINE_AA, 4)
    drawn[mask < 0.5] = 0
    if happens(rng, 0.35):
        _tone(picture, np.roll(drawn, (width, width), axis=(0, 1)), between(rng, 1.05, 1.2))
    _tone(picture, drawn, between(rng, 0.18, 0.58))
    rows, columns = np.nonzero(drawn > 60)
    if len(rows):
        surface.regions.append(around(np.stack([columns, rows], axis=1).astype(np.float64), place))


def _cracks(
    rng: np.random.Generator, place: Place, mask: Floats, picture: Any, surface: Surface, severity: float
) -> None:
    """A star of cracks from one place, or some that have nothing to do with each other."""
    if happens(rng, 0.5):
        for _ in range(int(rng.integers(2, 4))):
            _crack(rng, place, mask, picture, surface, severity * between(rng, 0.3, 0.9))
        return
    middle = rng.uniform(-0.25, 0.25, 2)
    first = between(rng, 0, 2 * np.pi)
    for arm in range(3):
        turned = first + arm * 2.1 + float(rng.normal(0, 0.3))
        end = middle + np.array([np.cos(turned), np.sin(turned)]) * (0.3 + 0.5 * severity)
        _line(rng, place, mask, picture, surface, _jagged(rng, middle, end, 0.12), severity)


def _broken(
    rng: np.random.Generator, place: Place, mask: Floats, picture: Any, surface: Surface, severity: float
) -> None:
    turned = between(rng, 0, 2 * np.pi)
    way = np.array([np.cos(turned), np.sin(turned)])
    aside = np.array([-way[1], way[0]]) * between(rng, -0.35, 0.35)
    path = _jagged(rng, way * 1.4 + aside, aside - way * 1.4, between(rng, 0.04, 0.1))
    _line(rng, place, mask, picture, surface, path, max(0.25, severity))


def _bubble(rng: np.random.Generator, picture: Any, at: tuple[float, float], radius: float, light: float) -> None:
    """A disc with a bright spot towards the light and a dark sickle on the other side."""
    import cv2

    reach = int(radius * 1.35) + 2
    x, y = round(at[0]), round(at[1])
    top, left = max(0, y - reach), max(0, x - reach)
    part = picture[top : y + reach + 1, left : x + reach + 1]
    rows, columns = np.mgrid[top : top + part.shape[0], left : left + part.shape[1]].astype(np.float32)
    across, down = (columns - at[0]) / radius, (rows - at[1]) / radius
    apart = np.hypot(across, down)
    disc = np.clip((1 - apart) * radius, 0, 1)
    towards = across * np.cos(light) + down * np.sin(light)
    gain = between(rng, 0.1, 0.3)
    shine = np.exp(-(((across - 0.4 * np.cos(light)) ** 2 + (down - 0.4 * np.sin(light)) ** 2) / 0.12))
    sickle = np.exp(-(((apart - 0.92) / 0.16) ** 2)) * np.clip(-towards, 0, 1)
    tone = 1 + disc * (0.35 * gain + gain * 0.8 * towards + gain * 1.2 * shine) - sickle * gain * 1.6
    part *= cv2.GaussianBlur(tone.astype(np.float32), (3, 3), 0)[..., None]


def _blisters(
    rng: np.random.Generator, place: Place, mask: Floats, picture: Any, surface: Surface, severity: float
) -> None:
    count = 1 + int(rng.integers(0, 2 + round(14 * severity)))
    radius = (0.09 + 0.06 * severity) if count > 4 else (0.13 + 0.16 * severity)
    light = between(rng, 0, 2 * np.pi)
    for x, y in spots(rng, place, mask, count, radius):
        own = max(2.2, radius * place.unit * between(rng, 0.75, 1.0))
        _bubble(rng, picture, (x, y), own, light)
        surface.regions.append(around(np.array([[x - own, y - own], [x + own, y + own]]), place))


def _craters(
    rng: np.random.Generator, place: Place, mask: Floats, picture: Any, surface: Surface, severity: float
) -> None:
    """A light ring with a darker, ragged middle."""
    radius = 0.1 + 0.12 * severity
    for x, y in spots(rng, place, mask, int(rng.integers(1, 3 + round(6 * severity))), radius):
        own = max(2.6, radius * place.unit * between(rng, 0.7, 1.0))
        _dot(picture, (x, y), (own, own), between(rng, 1.1, 1.3), 0.0)
        _dot(
            picture, (x, y), (own * 0.62, own * between(rng, 0.45, 0.65)), between(rng, 0.5, 0.75), between(rng, 0, 90)
        )
        surface.regions.append(around(np.array([[x - own, y - own], [x + own, y + own]]), place))


PAINTERS = {"crack": _crack, "cracks": _cracks, "broken": _broken, "blisters": _blisters, "craters": _craters}
