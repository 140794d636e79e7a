"""What is measured of one picture: a few dozen numbers with names, and the places they come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lineside.inspection import bubbles, cracks, shape
from lineside.inspection.colours import Bytes
from lineside.inspection.inclusions import without_inclusions
from lineside.inspection.segment import Cut, cut
from lineside.inspection.surface import surface_of


@dataclass(frozen=True)
class Measured:
    """`boxes`: for each defect, where it would be; x, y, width, height in pixels of the image."""

    values: dict[str, float]
    boxes: dict[str, list[tuple[float, float, float, float]]]


def measured(pixels: Bytes) -> Measured:
    """Of a picture (BGR). Raises `Unreadable`."""
    found = cut(pixels)
    surface = surface_of(found)
    dough = without_inclusions(surface)
    outline = shape.shape_of(found.mask)
    lines = cracks.dark_lines(surface)
    round_ones, circles = bubbles.measures(dough)
    values = {
        **shape.measures(outline),
        **cracks.measures(lines),
        **round_ones,
        "grain": float(np.log(surface.grain + 0.002)),
        "scale": float(np.clip(np.log(found.scale), -2.5, 1.0)),
        "certain": float(np.log(found.certain + 0.5)),
    }
    clear = [line.box for line in lines[cracks.DEPTHS[1]] if line.length > 0.2] or [
        line.box for line in lines[cracks.DEPTHS[0]][:1]
    ]
    boxes = {"deformed": shape.hurt(outline), "cracked": clear[:4], "bubbles": circles}
    return Measured(values, {name: [_in_image(box, found) for box in own] for name, own in boxes.items()})


def _in_image(box: tuple[float, float, float, float], found: Cut) -> tuple[float, float, float, float]:
    x, y, width, height = (value * found.scale for value in box)
    return found.left + x, found.top + y, width, height
