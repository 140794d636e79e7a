"""The light above the belt and the camera that looks down on it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from simulator.biscuit_truth import Bytes, Floats, between, happens, noise

TILE: Final = 640
"""Pixels after which the noise repeats."""


def lit(rng: np.random.Generator, scene: Floats) -> Floats:
    """A gradient, darker corners, patches, a colour temperature and an exposure that a camera would still accept."""
    import cv2

    height, width = scene.shape[:2]
    rows = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    columns = np.linspace(-1, 1, width, dtype=np.float32)[None]
    turned, slope = between(rng, 0, 2 * np.pi), between(rng, 0, 0.32)
    light = 1 + slope * (columns * np.float32(np.cos(turned)) + rows * np.float32(np.sin(turned)))
    light *= 1 - np.float32(between(rng, 0, 0.2)) * (columns**2 + rows**2)
    light += noise(rng, (height, width), cells=2, octaves=1) * between(rng, 0, 0.04)
    warmth = rng.normal(0, 0.06)
    tint = np.array([1 - warmth, 1 + rng.normal(0, 0.015), 1 + warmth], np.float32)
    exposure = between(rng, 0.55, 1.2) if happens(rng, 0.6) else 1.0
    bright = np.clip(scene * light[..., None] * (tint * np.float32(exposure)), 0, 1.1)
    return np.asarray(cv2.pow(bright, between(rng, 0.85, 1.15)), np.float32)


def seen(rng: np.random.Generator, scene: Floats, size: tuple[int, int]) -> Bytes:
    """Focus, motion, the sensor's noise; `size` is width and height of the picture."""
    import cv2

    side = min(scene.shape[:2])
    if happens(rng, 0.6):
        scene = cv2.GaussianBlur(scene, (0, 0), max(0.2, side * between(rng, 0.0002, 0.003))).astype(np.float32)
    if happens(rng, 0.25):
        scene = _moved(rng, scene, side * between(rng, 0.002, 0.009))
    shrinks = size[0] < scene.shape[1]
    whole = np.clip(scene * 255 + 0.5, 0, 255).astype(np.uint8)
    sized = cv2.resize(whole, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return np.asarray(cv2.add(sized, _grain(rng, size, between(rng, 0.0, 0.025)), dtype=cv2.CV_8U), np.uint8)


def _grain(rng: np.random.Generator, size: tuple[int, int], strength: float) -> Any:
    """The sensor's noise in levels of 255, in brightness and, coarser, in colour; it repeats in a large picture."""
    import cv2

    width, height = min(size[0], TILE), min(size[1], TILE)
    grain = rng.standard_normal((height, width, 1), dtype=np.float32)
    colour = cv2.resize(rng.standard_normal((max(2, height // 2), max(2, width // 2), 3), np.float32), (width, height))
    tile = np.rint((grain + 0.5 * colour) * np.float32(strength * 255)).astype(np.int16)
    times = (-(-size[1] // height), -(-size[0] // width), 1)
    return np.ascontiguousarray(np.tile(tile, times)[: size[1], : size[0]])


def _moved(rng: np.random.Generator, scene: Floats, length: float) -> Floats:
    import cv2

    taps = max(3, round(length) | 1)
    kernel = np.zeros((taps, taps), np.float32)
    middle = taps // 2
    turned = between(rng, 0, np.pi)
    end = (round(middle + middle * np.cos(turned)), round(middle + middle * np.sin(turned)))
    cv2.line(kernel, (2 * middle - end[0], 2 * middle - end[1]), end, 1.0, 1)
    return np.asarray(cv2.filter2D(scene, -1, kernel / kernel.sum()), np.float32)


def shadowed(rng: np.random.Generator, patch: Floats, mask: Floats) -> Floats:
    """The biscuit's shadow on the belt; it lies beside the biscuit, away from the light."""
    import cv2

    side = min(mask.shape)
    turned, length = between(rng, 0, 2 * np.pi), side * between(rng, 0.0, 0.035)
    move = np.array([[1, 0, length * np.cos(turned)], [0, 1, length * np.sin(turned)]], np.float32)
    cast = cv2.warpAffine(mask, move, (mask.shape[1], mask.shape[0]))
    soft = cv2.GaussianBlur(cast, (0, 0), max(0.5, side * between(rng, 0.003, 0.02)))
    return np.asarray(patch * (1 - between(rng, 0.1, 0.55) * soft[..., None]), np.float32)
