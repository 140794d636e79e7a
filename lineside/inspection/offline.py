"""The inspector that needs no model and no network: classical vision, and chances fitted on rendered biscuits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from lineside.inspection import png
from lineside.inspection.intake import JPEG
from lineside.inspection.model import Region, Seen, Verdict
from lineside.inspection.ports import Example, Image

if TYPE_CHECKING:
    from lineside.inspection.colours import Bytes
    from lineside.inspection.features import Measured
    from lineside.inspection.judge import Network

ENOUGH: Final = 448
"""Pixels of the smaller side; a larger JPEG is decoded at a half, a quarter or an eighth of its size."""
UNREADABLE: Final = 0.95
"""The confidence with which a picture is unreadable: it is a rule, not a chance that was fitted."""
FLAT: Final = 2.0
"""Levels of 255 that a picture must spread over, as a standard deviation, to show anything."""
MISSING: Final = 128
"""What a JPEG's decoder puts where there is no data, in all three colours."""


class OfflineInspector:
    """An `Inspector`. Holds nothing between two images; `examples` do not change what it sees."""

    def __init__(self, network: Network | None = None) -> None:
        from lineside.inspection.judge import shipped

        self._network = network or shipped()

    def inspect(self, image: Image, examples: Sequence[Example] = ()) -> Seen:  # noqa: ARG002 - part of the port
        from lineside.inspection.features import measured
        from lineside.inspection.segment import Unreadable

        try:
            pixels, shrunk = decoded(image)
            found = measured(pixels)
        except Unreadable as error:
            return Seen("unreadable", UNREADABLE, reason=str(error))
        return self._judged(found, shrunk, image)

    def _judged(self, found: Measured, shrunk: float, image: Image) -> Seen:
        from lineside.inspection.judge import chances, verdict_of

        chance = chances(found.values, self._network)
        verdict = verdict_of(chance, self._network.good_above)
        boxes = found.boxes.get(verdict, [])
        regions = tuple(_region([value * shrunk for value in box], image) for box in boxes)
        return Seen(verdict, round(chance[verdict], 4), regions, _reason(verdict, chance, found))


def decoded(image: Image) -> tuple[Bytes, float]:
    """The pixels (BGR), and how many of the image's pixels one of them stands for. Raises `Unreadable`."""
    import cv2

    from lineside.inspection.segment import Unreadable

    times = 1
    while image.media_type == JPEG and times < 8 and min(image.width, image.height) >= 2 * times * ENOUGH:
        times *= 2
    mode = {1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4}.get(
        times, cv2.IMREAD_REDUCED_COLOR_8
    )
    try:
        content = image.content if image.media_type == JPEG else png.unpacked(image.content)
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), mode | cv2.IMREAD_IGNORE_ORIENTATION)
    except (cv2.error, png.Broken):
        pixels = None
    if pixels is None:
        raise Unreadable("the picture cannot be decoded")
    step = max(1, min(pixels.shape[:2]) // 128)
    _, spread = cv2.meanStdDev(np.ascontiguousarray(pixels[::step, ::step]))
    if float(spread.max()) < FLAT:
        raise Unreadable("the picture is of one colour")
    if image.media_type == JPEG and _is_cut_short(pixels):
        raise Unreadable("the end of the picture is missing")
    return np.asarray(pixels, np.uint8), image.width / pixels.shape[1]


def _is_cut_short(pixels: npt.NDArray[np.generic]) -> bool:
    """Rows whose data is missing are decoded as one even grey."""
    return bool((pixels[-max(2, len(pixels) // 16) :] == MISSING).all())


def _region(box: list[float], image: Image) -> Region:
    left, top = max(0, int(box[0])), max(0, int(box[1]))
    right, low = min(image.width, round(box[0] + box[2])), min(image.height, round(box[1] + box[3]))
    left, top = min(left, image.width - 1), min(top, image.height - 1)
    return left, top, max(1, right - left), max(1, low - top)


def _reason(verdict: Verdict, chance: dict[Verdict, float], found: Measured) -> str:
    length = float(np.exp(found.values["lines_clear_longest"])) - 0.06
    off = float(np.exp(found.values["outline_90"])) - 0.004
    others = max((each for each in chance if each != verdict), key=lambda each: chance[each])
    return (
        f"the outline is off by {off:.0%} of half its length, the longest dark line has {max(0.0, length):.0%} of it; "
        f"next likeliest is {others} ({chance[others]:.0%})"
    )
