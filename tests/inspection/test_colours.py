"""What a distribution of colours is, held against how textbooks write it; and a much larger picture made small."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lineside.inspection.colours import DARKEST, LEAST_SPREAD, RARE, learnt, products
from lineside.inspection.segment import _sized

SIDE = 20
EVERYWHERE = np.ones((SIDE, SIDE), bool)


def pixels(seed):
    """Logarithms of one colour, whose three parts vary together; as many as colours are learnt from."""
    rng = np.random.default_rng(seed)
    drawn = rng.normal(size=(SIDE * SIDE, 3)) @ (rng.normal(size=(3, 3)) * 0.2) + rng.uniform(-2, 0, 3)
    return np.ascontiguousarray(drawn.T.reshape(3, SIDE, SIDE), np.float32)


@pytest.mark.parametrize("seed", range(8))
def test_the_distance_is_minus_twice_the_log_likelihood(seed):
    logs = pixels(seed)
    flat = logs.reshape(3, -1).astype(np.float64)
    spread = np.cov(flat, bias=True) + np.eye(3) * LEAST_SPREAD**2
    away = flat - flat.mean(axis=1)[:, None]

    belt = learnt(logs, EVERYWHERE, 1)

    usual = np.log(np.linalg.det(spread))
    expected = (away * np.linalg.solve(spread, away)).sum(axis=0) + usual
    assert np.allclose(belt.distance(products(logs)), expected, atol=0.02)
    assert belt.usual == pytest.approx(usual, abs=1e-3)


def test_of_two_colours_the_commoner_is_the_likelier():
    logs = np.full((3, SIDE, SIDE), -1.0, np.float32)
    logs[:, :5] = -2.0

    distance = learnt(logs, EVERYWHERE, 2).distance(products(logs)).reshape(SIDE, SIDE)

    narrow = 6 * np.log(LEAST_SPREAD)
    assert np.allclose(distance[5:], narrow - 2 * np.log(0.75), atol=0.02)
    assert np.allclose(distance[:5], narrow - 2 * np.log(0.25), atol=0.02)


@pytest.mark.parametrize("seed", range(8))
def test_a_shadow_is_any_darker_pixel_at_a_price(seed):
    logs = pixels(seed)
    belt = learnt(logs, EVERYWHERE, 1)

    lighter = [belt.distance(products(logs + np.float32(more))) for more in np.linspace(0, DARKEST, 361)]

    expected = np.minimum(lighter[0], np.min(lighter, axis=0) + RARE)
    assert (expected < lighter[0]).any()
    assert np.allclose(belt.distance(products(logs), shadows=True), expected, atol=0.05)


@pytest.mark.parametrize(("height", "width"), [(600, 800), (700, 650), (1_201, 997)])
def test_of_a_much_larger_picture_nine_pixels_become_one(height, width):
    picture = np.random.default_rng(height).integers(0, 256, (height, width, 3), np.uint8)
    chosen = cv2.resize(picture, (600, 540), interpolation=cv2.INTER_NEAREST)

    small = _sized(picture, (200, 180))

    assert (small == cv2.resize(chosen, (200, 180), interpolation=cv2.INTER_AREA)).all()
