"""Style "plain": the least that a person would call a drawing of a biscuit. No inspector is ever tuned on it."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.biscuit_outline import Outline
from simulator.biscuit_place import Place, around, holes, spots
from simulator.biscuit_relief import Surface
from simulator.biscuit_truth import Floats, between, happens


def plain(
    rng: np.random.Generator,
    place: Place,
    mask: Floats,
    outline: Outline,
    dough: Floats,
    aspect: float,
    defect: tuple[str, float],
) -> tuple[Floats, Surface]:
    """One colour with a little grain, a rim, dots for holes, straight-edged cracks and two-tone discs."""
    import cv2

    surface = Surface(np.zeros(mask.shape, np.float32), np.ones(mask.shape, np.float32))
    grain = 1 + rng.standard_normal(mask.shape, dtype=np.float32) * between(rng, 0.005, 0.04)
    picture: Any = np.asarray(dough * grain[..., None], np.float32)
    edge = np.round(place.pixels(outline.points)).astype(np.int32)
    cv2.polylines(picture, [edge], True, (dough * 0.8).tolist(), max(1, round(place.unit * 0.05)), cv2.LINE_AA)
    if happens(rng, 0.5):
        surface.extras.append("holes")
        for x, y in place.pixels(holes(rng, aspect)):
            cv2.circle(picture, (round(x), round(y)), max(1, round(0.025 * place.unit)), (dough * 0.55).tolist(), -1)
    kind, severity = defect
    if kind in ("crack", "cracks", "broken"):
        for _ in range(1 if kind != "cracks" else 3):
            _crack(rng, place, mask, picture, dough, surface, 1.0 if kind == "broken" else severity)
    elif kind in ("blisters", "craters"):
        _discs(rng, place, mask, picture, dough, surface, severity, kind == "craters")
    return np.asarray(picture, np.float32), surface


def _crack(
    rng: np.random.Generator,
    place: Place,
    mask: Floats,
    picture: Any,
    dough: Floats,
    surface: Surface,
    severity: float,
) -> None:
    import cv2

    turned = between(rng, 0, 2 * np.pi)
    way, aside = np.array([np.cos(turned), np.sin(turned)]), np.array([-np.sin(turned), np.cos(turned)])
    along = np.linspace(between(rng, 0.3, 0.9), -0.2 - 0.6 * severity, int(rng.integers(5, 12)))
    path = along[:, None] * way + rng.normal(0, 0.06, len(along))[:, None] * aside
    drawn = np.zeros(mask.shape, np.uint8)
    width = max(1, round(place.unit * (0.015 + 0.04 * severity)))
    cv2.polylines(drawn, [np.round(place.pixels(path)).astype(np.int32)], False, 255, width, cv2.LINE_AA)
    drawn[mask < 0.5] = 0
    share = drawn[..., None].astype(np.float32) / 255
    picture[:] = picture * (1 - share) + dough * between(rng, 0.2, 0.5) * share
    rows, columns = np.nonzero(drawn)
    if len(rows):
        surface.regions.append(around(np.stack([columns, rows], axis=1).astype(np.float64), place))


def _discs(
    rng: np.random.Generator,
    place: Place,
    mask: Floats,
    picture: Any,
    dough: Floats,
    surface: Surface,
    severity: float,
    burst: bool,
) -> None:
    import cv2

    for x, y in spots(rng, place, mask, int(rng.integers(2, 10)), 0.1 + 0.05 * severity):
        radius = max(2, round((0.1 + 0.05 * severity) * place.unit * between(rng, 0.7, 1.0)))
        at = (round(x), round(y))
        cv2.circle(picture, at, radius, (dough * 0.75).tolist(), -1, cv2.LINE_AA)
        cv2.circle(picture, at, max(1, round(radius * 0.85)), (dough * 1.12).tolist(), -1, cv2.LINE_AA)
        spot = (at[0] - radius // 3, at[1] - radius // 3)
        tone = dough * (0.6 if burst else 1.35)
        cv2.circle(picture, spot, max(1, round(radius * 0.35)), tone.tolist(), -1, cv2.LINE_AA)
        corners = np.array([[x - radius, y - radius], [x + radius, y + radius]], np.float64)
        surface.regions.append(around(corners, place))
