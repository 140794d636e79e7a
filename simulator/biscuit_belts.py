"""Belts, as rows: each draws a patch of belt of one kind, in BGR from 0 to 1."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.biscuit_truth import Floats, between, happens, noise

COLOURS = (
    (0.93, 0.94, 0.94),
    (0.75, 0.75, 0.74),
    (0.55, 0.55, 0.54),
    (0.30, 0.30, 0.30),
    (0.12, 0.12, 0.12),
    (0.62, 0.36, 0.12),
    (0.80, 0.55, 0.30),
    (0.35, 0.18, 0.08),
    (0.35, 0.45, 0.20),
    (0.20, 0.30, 0.10),
    (0.45, 0.60, 0.68),
    (0.30, 0.42, 0.30),
)
"""White, greys, black, blues, greens, beige and olive; BGR."""


def _flat(rng: np.random.Generator, side: tuple[int, ...], colour: Floats) -> Floats:
    grain = noise(rng, side, cells=between(rng, 20, 90), octaves=2) * between(rng, 0, 0.03)
    return colour * (1 + grain[..., None])


def _grid(side: tuple[int, ...], pitch: float, angle: float) -> tuple[Floats, Floats]:
    rows, columns = np.mgrid[0 : side[0], 0 : side[1]].astype(np.float32)
    turned = np.deg2rad(angle)
    along = (columns * np.cos(turned) + rows * np.sin(turned)) / pitch
    across = (rows * np.cos(turned) - columns * np.sin(turned)) / pitch
    return along.astype(np.float32), across.astype(np.float32)


def _angle(rng: np.random.Generator) -> float:
    return float(rng.choice([0.0, 90.0, 45.0])) + float(rng.normal(0, 3))


def _woven(rng: np.random.Generator, side: tuple[int, ...], colour: Floats) -> Floats:
    along, across = _grid(side, min(side) * between(rng, 0.008, 0.03), _angle(rng))
    over = (np.floor(along) + np.floor(across)) % 2
    thread = np.where(over > 0, np.sin(np.pi * (along % 1)), np.sin(np.pi * (across % 1)))
    depth = between(rng, 0.08, 0.3)
    return np.asarray(_flat(rng, side, colour) * (1 - depth + depth * 1.4 * thread[..., None])).astype(np.float32)


def _mesh(rng: np.random.Generator, side: tuple[int, ...], colour: Floats) -> Floats:
    along, across = _grid(side, min(side) * between(rng, 0.03, 0.08), _angle(rng))
    wire = between(rng, 0.2, 0.45)
    is_wire = ((along % 1) < wire) | ((across % 1) < wire)
    through = colour * between(rng, 0.25, 0.6)
    return np.where(is_wire[..., None], _flat(rng, side, colour), through)


def _modular(rng: np.random.Generator, side: tuple[int, ...], colour: Floats) -> Floats:
    along, across = _grid(side, min(side) * between(rng, 0.08, 0.2), _angle(rng))
    gap = between(rng, 0.03, 0.08)
    shift = 0.5 * (np.floor(across) % 2)
    dark = ((across % 1) < gap) | (((along + shift) % 2) < gap * 1.2)
    return np.where(dark[..., None], colour * between(rng, 0.4, 0.7), _flat(rng, side, colour))


def _steel(rng: np.random.Generator, side: tuple[int, ...], colour: Floats) -> Floats:
    grey = np.float32(between(rng, 0.45, 0.8)) * np.ones(3, np.float32) + 0.1 * (colour - colour.mean())
    rows = rng.standard_normal((side[0], 1)).astype(np.float32)
    brushed = np.repeat(rows, side[1], axis=1) * 0.02 + noise(rng, side, cells=4, octaves=1) * 0.03
    along, _ = _grid(side, min(side) * between(rng, 0.3, 0.9), _angle(rng))
    streak = np.exp(-(((along - between(rng, 0, 2)) / 0.25) ** 2)) * between(rng, 0, 0.3)
    return np.asarray(grey * (1 + brushed[..., None] + streak[..., None]), np.float32)


def _striped(rng: np.random.Generator, side: tuple[int, ...], colour: Floats) -> Floats:
    """Ribs or stripes, sharp or soft."""
    along, _ = _grid(
        side, min(side) * between(rng, 0.02, 0.2), between(rng, 0, 180) if happens(rng, 0.4) else _angle(rng)
    )
    wave = np.sin(2 * np.pi * along)
    if happens(rng, 0.5):
        wave = np.sign(wave)
    return np.asarray(_flat(rng, side, colour) * (1 + between(rng, 0.02, 0.15) * wave[..., None]), np.float32)


def _speckled(rng: np.random.Generator, side: tuple[int, ...], colour: Floats) -> Floats:
    grain = rng.standard_normal(side, dtype=np.float32) * between(rng, 0.01, 0.1)
    blots = noise(rng, side, between(rng, 6, 60), 2) * between(rng, 0, 0.07)
    return np.asarray(colour * (1 + grain + blots)[..., None], np.float32)


BELTS: tuple[tuple[str, Callable[[np.random.Generator, tuple[int, ...], Floats], Floats]], ...] = (
    ("plain", _flat),
    ("woven", _woven),
    ("mesh", _mesh),
    ("modular", _modular),
    ("steel", _steel),
    ("striped", _striped),
    ("speckled", _speckled),
)


def belt(rng: np.random.Generator, side: tuple[int, ...], biscuit: Floats) -> tuple[str, Floats]:
    """A belt on which a person can see a biscuit of this colour: at least 0.12 apart in lightness or tint."""
    name, draw = BELTS[int(rng.integers(len(BELTS)))]
    colour = biscuit
    while float(np.abs(colour - biscuit).max()) < 0.14 or _both(colour, biscuit) < 0.2:
        base = np.array(COLOURS[int(rng.integers(len(COLOURS)))], np.float32)
        if happens(rng, 0.3):
            base = rng.uniform(0.04, 0.97, 3).astype(np.float32)
        colour = np.clip(base * between(rng, 0.85, 1.1), 0.02, 1.0).astype(np.float32)
    patch = np.asarray(draw(rng, side, colour), np.float32)
    if happens(rng, 0.35):
        patch = _crumbs(rng, patch, biscuit)
    return name, patch


def _both(one: Floats, other: Floats) -> float:
    return float(np.abs(one - other).sum())


def _crumbs(rng: np.random.Generator, patch: Floats, biscuit: Floats) -> Floats:
    import cv2

    drawn = patch.copy()
    side = min(patch.shape[:2])
    for _ in range(int(rng.integers(3, 40))):
        at = (int(rng.integers(patch.shape[1])), int(rng.integers(patch.shape[0])))
        radius = max(1, round(side * between(rng, 0.002, 0.009)))
        tone = biscuit * between(rng, 0.7, 1.1)
        cv2.ellipse(drawn, at, (radius, max(1, radius // 2)), between(rng, 0, 180), 0, 360, tone.tolist(), -1)
    return drawn
