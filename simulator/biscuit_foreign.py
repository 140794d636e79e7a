"""Style "foreign": drawn by other means than all other styles, so that it can say what an inspector does on pictures
of somebody else. Nothing is ever fitted or chosen on it.

Everything is a distance in numpy: the outline, what is missing of it, cracks, bubbles, the belt. It shares no drawing
with the other styles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulator.biscuit_truth import Box, Bytes, Floats, Label, Truth

SCENE = 512
"""Pixels of the smaller side at which it is drawn, at most."""


@dataclass
class Sheet:
    """A square picture; `x` and `y` are in the biscuit's own frame, whose half length is 1."""

    x: Floats
    y: Floats
    unit: float
    """Pixels."""
    depth: Floats
    """How far inside the biscuit each pixel is; negative outside."""
    tone: Floats
    middle: tuple[float, float]
    turned: float
    half: float
    """Of the biscuit's height; 1 where it is round."""
    boxes: list[Box] = field(default_factory=list)

    def share(self, distance: Floats) -> Floats:
        """1 where `distance` is above 0, smooth over a pixel."""
        return np.asarray(np.clip(distance * self.unit + 0.5, 0, 1), np.float32)

    def mark(self, where: Floats) -> None:
        rows, columns = np.nonzero(where > 0.3)
        if len(rows):
            left, top = int(columns.min()), int(rows.min())
            self.boxes.append((left, top, int(columns.max()) - left + 1, int(rows.max()) - top + 1))


def foreign(seed: int, label: Label, side: int) -> tuple[Bytes, Truth]:
    import cv2

    rng = np.random.default_rng([seed, 9_173])
    small = min(side, SCENE)
    is_round, severity = bool(rng.random() < 0.5), float(rng.random()) if label != "good" else 0.0
    sheet = _sheet(rng, small, is_round)
    dough = np.array([rng.uniform(0.25, 0.75), 0, 0]) + np.array([0, rng.uniform(0.05, 0.15), rng.uniform(0.15, 0.3)])
    dough = np.minimum(dough + np.array([0, dough[0], dough[0]]), 0.97).astype(np.float32)
    _crust(rng, sheet)
    kind = ""
    if label != "good":
        options = KINDS[label]
        name, draw = options[int(rng.integers(len(options)))]
        kind = name
        draw(rng, sheet, severity)
    picture = _belt(rng, small, dough)
    inside = sheet.share(sheet.depth)[..., None]
    shade = np.clip(
        1 - sheet.share(_blurred(sheet.depth, small * 0.01) + 0.02)[..., None] * rng.uniform(0, 0.5), 0.3, 1
    )
    picture = picture * shade * (1 - inside) + dough * sheet.tone[..., None] * inside
    shown = cv2.resize(_exposed(rng, picture), (side, side), interpolation=cv2.INTER_CUBIC)
    factor = side / small
    boxes = tuple(
        (round(x * factor), round(y * factor), round(w * factor), round(h * factor)) for x, y, w, h in sheet.boxes
    )
    truth = Truth(
        seed,
        "foreign",
        label,
        "round" if is_round else "rectangular",
        side,
        round(2 * sheet.unit / small, 3),
        round(float(np.rad2deg(sheet.turned)), 1),
        round(severity, 3),
        kind,
        "waves",
        "image/jpeg" if rng.random() < 0.5 else "image/png",
        int(rng.integers(60, 96)),
        boxes,
    )
    return np.asarray(shown, np.uint8), truth


def _sheet(rng: np.random.Generator, small: int, is_round: bool) -> Sheet:
    half = 1.0 if is_round else float(rng.uniform(0.5, 0.95))
    unit = small * min(rng.uniform(0.2, 0.38), 0.36 / (1.0 if is_round else float(np.hypot(1, half))) * 1.1)
    turned = float(rng.uniform(0, 2 * np.pi))
    middle = (float(small / 2 + rng.uniform(-0.07, 0.07) * small), float(small / 2 + rng.uniform(-0.07, 0.07) * small))
    rows, columns = np.mgrid[0:small, 0:small].astype(np.float32)
    across, down = (columns - middle[0]) / unit, (rows - middle[1]) / unit
    x = (across * np.cos(turned) + down * np.sin(turned)).astype(np.float32)
    y = (down * np.cos(turned) - across * np.sin(turned)).astype(np.float32)
    if is_round:
        depth = 1 - np.hypot(x, y)
    else:
        corner = rng.uniform(0.03, 0.2)
        wide, high = np.abs(x) - 1 + corner, np.abs(y) - half + corner
        depth = corner - np.hypot(np.maximum(wide, 0), np.maximum(high, 0)) - np.minimum(np.maximum(wide, high), 0)
    return Sheet(x, y, unit, depth.astype(np.float32), np.ones_like(x), middle, turned, half)


def _blurred(values: Floats, reach: float) -> Floats:
    import cv2

    return np.asarray(cv2.blur(values, (int(reach) * 2 + 1, int(reach) * 2 + 1)), np.float32)


def _crust(rng: np.random.Generator, sheet: Sheet) -> None:
    """Waves of brown, a darker edge, and for every third a grid of pricks."""
    for _ in range(int(rng.integers(0, 5))):
        way, length = rng.uniform(0, 2 * np.pi), rng.uniform(3, 25)
        phase = (sheet.x * np.cos(way) + sheet.y * np.sin(way)) * length + rng.uniform(0, 6)
        sheet.tone *= (1 + rng.uniform(0.0, 0.025) * np.sin(phase)).astype(np.float32)
    sheet.tone *= (1 + rng.standard_normal(sheet.tone.shape) * rng.uniform(0, 0.04)).astype(np.float32)
    edge = rng.uniform(0.04, 0.25)
    sheet.tone *= (1 - rng.uniform(0, 0.35) * np.clip(1 - sheet.depth / edge, 0, 1)).astype(np.float32)
    if rng.random() < 0.35:
        pitch, size = rng.uniform(0.25, 0.4), rng.uniform(0.015, 0.03)
        apart = np.hypot((sheet.x + pitch / 2) % pitch - pitch / 2, (sheet.y + pitch / 2) % pitch - pitch / 2)
        sheet.tone *= 1 - rng.uniform(0.25, 0.6) * sheet.share(size - apart) * (sheet.depth > 0.15)


def _belt(rng: np.random.Generator, small: int, dough: Floats) -> Floats:
    colour: npt.NDArray[np.float64] = dough.astype(np.float64)
    while float(np.abs(colour - dough).max()) < 0.16:
        colour = rng.uniform(0.08, 0.92) * (1 + rng.uniform(-0.35, 0.35, 3))
    rows, columns = np.mgrid[0:small, 0:small].astype(np.float32) / small
    tone = np.ones((small, small), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        way, length = rng.uniform(0, 2 * np.pi), rng.uniform(8, 220)
        tone *= (1 + rng.uniform(0, 0.06) * np.sin((columns * np.cos(way) + rows * np.sin(way)) * length)).astype(
            np.float32
        )
    tone *= (1 + rng.standard_normal(tone.shape) * rng.uniform(0, 0.05)).astype(np.float32)
    return np.asarray(np.clip(colour, 0.03, 0.97) * tone[..., None], np.float32)


def _exposed(rng: np.random.Generator, picture: Floats) -> Bytes:
    import cv2

    small = len(picture)
    ramp = np.linspace(-1, 1, small, dtype=np.float32)
    light = 1 + rng.uniform(-0.2, 0.2) * ramp[:, None] + rng.uniform(-0.2, 0.2) * ramp[None]
    softened = cv2.GaussianBlur(picture * light[..., None], (0, 0), 0.3 + small * rng.uniform(0, 0.0025))
    noisy = softened * rng.uniform(0.6, 1.15) + rng.normal(0, rng.uniform(0.002, 0.02), picture.shape)
    return np.clip(noisy * 255, 0, 255).astype(np.uint8)


def _crack(rng: np.random.Generator, sheet: Sheet, severity: float) -> None:
    """A chain of short straight pieces; its depth is the distance to the nearest of them."""
    way = rng.uniform(0, 2 * np.pi)
    point = rng.uniform(-0.3, 0.3, 2) * [1, sheet.half] - 0.4 * np.array([np.cos(way), np.sin(way) * sheet.half])
    near = np.full(sheet.x.shape, 9.0, np.float32)
    for _ in range(4 + round(8 * severity)):
        step = rng.uniform(0.1, 0.16) * np.array([np.cos(way), np.sin(way)])
        share = np.clip(((sheet.x - point[0]) * step[0] + (sheet.y - point[1]) * step[1]) / (step @ step), 0, 1)
        apart = np.hypot(sheet.x - point[0] - share * step[0], sheet.y - point[1] - share * step[1])
        near = np.minimum(near, apart).astype(np.float32)
        point, way = point + step, way + rng.normal(0, 0.45)
    width = max(0.8 / sheet.unit, rng.uniform(0.008, 0.014 + 0.02 * severity))
    drawn = sheet.share(width - near) * (sheet.depth > 0)
    sheet.tone *= 1 - rng.uniform(0.45, 0.85) * drawn
    sheet.mark(drawn)


def _split(rng: np.random.Generator, sheet: Sheet, severity: float) -> None:
    """From edge to edge, along a wave."""
    way, off = rng.uniform(0, np.pi), rng.uniform(-0.25, 0.25) * sheet.half
    along = sheet.x * np.cos(way) + sheet.y * np.sin(way)
    aside = sheet.y * np.cos(way) - sheet.x * np.sin(way) - off
    for length in (3.0, 7.0, 17.0):
        aside = aside + rng.normal(0, 0.12) / length * 2 * np.sin(along * length + rng.uniform(0, 6))
    width = max(0.8 / sheet.unit, 0.01 + 0.025 * severity)
    drawn = sheet.share((width - np.abs(aside)).astype(np.float32)) * (sheet.depth > 0)
    sheet.tone *= 1 - rng.uniform(0.45, 0.85) * drawn
    sheet.mark(drawn)


def _bubble_places(rng: np.random.Generator, sheet: Sheet, radius: float, count: int) -> list[tuple[float, float]]:
    kept: list[tuple[float, float]] = []
    for _ in range(400):
        x, y = float(rng.uniform(-1, 1)), float(rng.uniform(-1, 1) * sheet.half)
        at = np.unravel_index(int(np.argmin((sheet.x - x) ** 2 + (sheet.y - y) ** 2)), sheet.x.shape)
        free = all(np.hypot(x - one, y - other) > 2.1 * radius for one, other in kept)
        if free and sheet.depth[at] > 1.15 * radius:
            kept.append((x, y))
        if len(kept) == count:
            break
    return kept or [(0.0, 0.0)]


def _bubbles(rng: np.random.Generator, sheet: Sheet, severity: float) -> None:
    """Caps with a light side, or discs, or hollow ones; all of one biscuit are alike."""
    radius = rng.uniform(0.09, 0.13) + 0.1 * severity * rng.random()
    gain, way = rng.uniform(0.15, 0.4), rng.uniform(0, 2 * np.pi)
    look = int(rng.integers(4))
    for x, y in _bubble_places(rng, sheet, radius, 1 + int(rng.integers(0, 2 + round(7 * severity)))):
        own = radius * rng.uniform(0.85, 1.1)
        apart = np.hypot(sheet.x - x, sheet.y - y) / own
        disc = sheet.share((own * (1 - apart)).astype(np.float32))
        towards = ((sheet.x - x) * np.cos(way) + (sheet.y - y) * np.sin(way)) / own
        change = (
            gain * towards * np.clip(1.3 - apart, 0, 1) * 1.5,
            np.full_like(apart, gain * 0.8),
            np.full_like(apart, -gain),
            gain * (apart > 0.72) - 0.3 * gain,
        )[look]
        sheet.tone *= (1 + disc * change).astype(np.float32)
        sheet.mark(disc)


def _squashed(rng: np.random.Generator, sheet: Sheet, severity: float) -> None:
    """A circle becomes an egg or an oval; a rectangle a wedge."""
    whole = np.maximum(sheet.depth, -0.3)
    if sheet.half > 0.99:
        x = sheet.x * (1 + rng.uniform(0, 0.2) * sheet.y)
        sheet.depth = (1 - np.hypot(x, sheet.y * (1.2 + 0.4 * severity))).astype(np.float32)
    else:
        slope = (0.18 + 0.25 * severity) * sheet.half
        sheet.depth = np.minimum(whole, sheet.half - slope * (1 + sheet.x) - np.abs(sheet.y)).astype(np.float32)
    sheet.mark(sheet.share(sheet.depth))


def _gnawed(rng: np.random.Generator, sheet: Sheet, severity: float) -> None:
    way = rng.uniform(0, 2 * np.pi)
    reach = min(1 / max(abs(np.cos(way)), 1e-6), sheet.half / max(abs(np.sin(way)), 1e-6)) if sheet.half < 0.99 else 1.0
    radius = (0.22 + 0.25 * severity) * max(0.7, sheet.half)
    x, y = reach * np.cos(way), reach * np.sin(way)
    apart = np.hypot(sheet.x - x, sheet.y - y) + 0.02 * np.sin(9 * np.arctan2(sheet.y - y, sheet.x - x))
    sheet.mark(sheet.share((radius - apart).astype(np.float32)) * (sheet.depth > 0))
    sheet.depth = np.minimum(sheet.depth, apart - radius).astype(np.float32)


def _clipped(rng: np.random.Generator, sheet: Sheet, severity: float) -> None:
    """A straight piece is gone: a corner, or a side of a circle."""
    signs = rng.choice([-1.0, 1.0], 2)
    way = np.array([signs[0] * sheet.half, signs[1]]) if sheet.half < 0.99 else rng.normal(0, 1, 2)
    way = way / np.hypot(*way)
    far = float((np.abs(way) * [1, sheet.half]).sum()) if sheet.half < 0.99 else 1.0
    cut = far - (0.22 + 0.25 * severity) * sheet.half - sheet.x * way[0] - sheet.y * way[1]
    sheet.mark(sheet.share((-cut).astype(np.float32)) * (sheet.depth > 0))
    sheet.depth = np.minimum(sheet.depth, cut).astype(np.float32)


def _wobbly(rng: np.random.Generator, sheet: Sheet, severity: float) -> None:
    around = np.arctan2(sheet.y, sheet.x)
    swing = sum(rng.uniform(0.4, 1) * np.sin(order * around + rng.uniform(0, 6)) for order in (2, 3, 5))
    sheet.depth = (sheet.depth - (0.06 + 0.07 * severity) * sheet.half * swing).astype(np.float32)
    sheet.mark(sheet.share(sheet.depth))


Draw = Callable[[np.random.Generator, Sheet, float], None]
KINDS: dict[Label, tuple[tuple[str, Draw], ...]] = {
    "cracked": (("chain", _crack), ("split", _split)),
    "bubbles": (("caps", _bubbles),),
    "deformed": (("squashed", _squashed), ("gnawed", _gnawed), ("clipped", _clipped), ("wobbly", _wobbly)),
}
