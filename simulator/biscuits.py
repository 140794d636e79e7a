"""Rendered biscuits, seen from above on a belt, with labelled defects. The same seed gives the same picture.

Nothing here knows how an inspector looks at them. Severity is uniform from 0 to 1 for every defect; what it means for
each kind stands where the kind is drawn.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Literal

import numpy as np

from simulator.biscuit_belts import belt
from simulator.biscuit_camera import lit, seen, shadowed
from simulator.biscuit_drawn import drawn
from simulator.biscuit_foreign import foreign
from simulator.biscuit_outline import DEFORMATIONS, Outline, Points, as_baked, circle, rectangle
from simulator.biscuit_paint import painted
from simulator.biscuit_place import around, placed
from simulator.biscuit_plain import plain
from simulator.biscuit_relief import relief
from simulator.biscuit_truth import LABELS, Box, Bytes, Floats, Label, Style, Truth, between, happens

MIXED: tuple[Style, ...] = ("relief", "painted", "drawn", "plain")
SMALLEST, LARGEST = 128, 2048
SCENE = 560
"""Pixels of the smaller side at which the scene is drawn; the camera makes larger pictures of it."""
KINDS: dict[Label, tuple[str, ...]] = {
    "good": ("",),
    "cracked": ("crack", "crack", "cracks", "broken"),
    "deformed": tuple(name for name, _ in DEFORMATIONS),
    "bubbles": ("blisters", "blisters", "craters"),
}
DOUGHS = ((0.62, 0.80, 0.90), (0.42, 0.64, 0.82), (0.28, 0.50, 0.72), (0.18, 0.36, 0.56), (0.12, 0.23, 0.36))
"""From cream to dark brown; BGR. What lies between is baked, too."""
PAINTERS = {"relief": relief, "painted": painted, "plain": plain, "drawn": drawn}


def render(
    seed: int, style: Style = "relief", label: Label | None = None, size: int | None = None, largest: int = LARGEST
) -> tuple[Bytes, Truth]:
    """One biscuit, BGR. `size`: pixels of the picture's smaller side. What is not given is drawn by the seed."""
    rng = np.random.default_rng([seed, len(style)])
    chosen: Label = label or LABELS[int(rng.integers(len(LABELS)))]
    side = size or round(float(np.exp(rng.uniform(np.log(SMALLEST), np.log(largest)))))
    kind = str(rng.choice(KINDS[chosen]))
    severity = between(rng, 0, 1) if chosen != "good" else 0.0
    aspect, points = _shape(rng)
    points, fluted = as_baked(rng, points)
    outline = _outline(rng, points, kind, severity)
    cover = between(rng, 0.35, 0.92)
    if style == "foreign":
        return foreign(seed, chosen, side)
    wide = float(rng.choice([1.0, 1.0, 4 / 3, 16 / 10]))
    scene_side = min(side, SCENE)
    place = placed(rng, (scene_side, round(scene_side * wide)), cover, outline)
    mask = place.mask(outline)
    dough = _any_dough(rng) if style == "drawn" and happens(rng, 0.5) else _dough(rng)
    colours, surface = PAINTERS[style](rng, place, mask, outline, dough, aspect, (kind, severity))
    name, patch = belt(rng, mask.shape, dough)
    patch = shadowed(rng, patch, mask)
    scene = lit(rng, np.asarray(patch * (1 - mask[..., None]) + colours * mask[..., None], np.float32))
    picture = seen(rng, scene, (round(side * wide), side))
    boxes = [*surface.regions, *(around(place.pixels(hurt), place) for hurt in outline.hurt)]
    truth = Truth(
        seed,
        style,
        chosen,
        "round" if aspect == 1.0 and len(points) and _is_round(points) else "rectangular",
        side,
        round(place.unit * 2 / scene_side, 3),
        round(place.rotation, 1),
        round(severity, 3),
        kind,
        name,
        regions=_scaled(boxes, side / scene_side),
        extras=(*surface.extras, *(("flutes",) if fluted else ())),
    )
    return picture, _coded(rng, truth)


def _shape(rng: np.random.Generator) -> tuple[float, Points]:
    if happens(rng, 0.5):
        return 1.0, circle()
    aspect = between(rng, 0.45, 1.0)
    return aspect, rectangle(aspect, between(rng, 0.0, 0.18))


def _is_round(points: Points) -> bool:
    reach = np.hypot(*points.T)
    return bool(reach.max() / reach.min() < 1.2)


def _outline(rng: np.random.Generator, points: Points, kind: str, severity: float) -> Outline:
    for name, deform in DEFORMATIONS:
        if name == kind:
            return deform(rng, points, severity)
    return Outline(points)


def _dough(rng: np.random.Generator) -> Floats:
    at = between(rng, 0, len(DOUGHS) - 1.001)
    lower, share = DOUGHS[int(at)], at % 1
    mixed = np.array(lower) * (1 - share) + np.array(DOUGHS[int(at) + 1]) * share
    return np.clip(mixed * (1 + rng.normal(0, 0.04, 3)), 0.04, 0.97).astype(np.float32)


def _any_dough(rng: np.random.Generator) -> Floats:
    """Yellow, reddish, grey or greenish: what somebody might take for a biscuit's colour."""
    value = between(rng, 0.2, 0.97)
    return (value * np.array([between(rng, 0.2, 1.0), between(rng, 0.6, 1.0), 1.0])).astype(np.float32)


def _scaled(boxes: list[Box], factor: float) -> tuple[Box, ...]:
    return tuple(
        (round(x * factor), round(y * factor), max(1, round(width * factor)), max(1, round(height * factor)))
        for x, y, width, height in boxes
    )


def _coded(rng: np.random.Generator, truth: Truth) -> Truth:
    if happens(rng, 0.6):
        return replace(truth, media_type="image/jpeg", quality=int(rng.integers(50, 96)))
    return truth


def encode(picture: Bytes, truth: Truth) -> bytes:
    """As PNG, or as JPEG of the truth's quality."""
    import cv2

    if truth.media_type == "image/jpeg":
        return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, truth.quality])[1])
    return bytes(cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])


def biscuits(
    count: int, seed: int, style: Style | Literal["mixed"] = "mixed", largest: int = LARGEST
) -> Iterator[tuple[bytes, Truth]]:
    """`count` encoded pictures with seeds from `seed * 1_000_000` on; mixed: the styles of `MIXED` in turn."""
    for number in range(count):
        own: Style = style if style != "mixed" else MIXED[number % len(MIXED)]
        picture, truth = render(seed * 1_000_000 + number, own, largest=largest)
        yield encode(picture, truth), truth


def write_folder(out: Path, count: int, seed: int, style: Style | Literal["mixed"] = "mixed") -> None:
    """The pictures, and `labels.jsonl` beside them: one line per picture with its file and its truth."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "labels.jsonl").open("w", encoding="utf-8") as labels:
        for number, (content, truth) in enumerate(biscuits(count, seed, style)):
            name = f"{number:05d}.{'jpg' if truth.media_type == 'image/jpeg' else 'png'}"
            (out / name).write_bytes(content)
            labels.write(json.dumps({"file": name, **asdict(truth)}) + "\n")
