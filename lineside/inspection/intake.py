"""Bytes become an `Image`, or are refused with a reason, before any decoder sees them.

What a file is, its own bytes say: no name and no header is asked. Both formats are walked from the first byte to the
last one, so that nothing can stand behind the image, or between its parts, that another program would read as
something else. The size in pixels is known, and bounded, before anything is unpacked.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from lineside.errors import Malformed, Unavailable
from lineside.inspection import jpeg, png
from lineside.inspection.ports import Image

PNG: Final = "image/png"
JPEG: Final = "image/jpeg"


class BadImage(Malformed):
    """An image that is not taken. `code` is stable and counted; the sentence says what the sender must change."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True)
class ImageLimits:
    """What is taken. A decoder holds at most `most_pixels` times eight bytes (four channels of 16 bits)."""

    most_bytes: int = 8_000_000
    least_side: int = 128
    most_side: int = 4_096
    most_pixels: int = 4_096 * 3_072


LIMITS: Final = ImageLimits()


def image_id_of(content: bytes) -> str:
    """SHA-256 in hex: the same bytes are the same image, whoever sends them and however often."""
    return sha256(content).hexdigest()


def check_image(content: bytes, limits: ImageLimits = LIMITS) -> Image:
    """The image that these bytes are. Raises `BadImage`, which is `Malformed`, with the reason.

    The content stays as it was sent, so that its hash does; `without_metadata` is what a model or a person is shown.
    """
    if len(content) > limits.most_bytes:
        raise BadImage("image_size", f"the image has {len(content):,} bytes; at most {limits.most_bytes:,} are taken")
    media_type = _type_of(content)
    reader = png if media_type == PNG else jpeg
    try:
        width, height = reader.size_of(content)
        _check_sides(width, height, limits)
        reader.check(content)
    except reader.Broken as error:
        raise BadImage("image_damaged", f"the {media_type.partition('/')[2].upper()} is not whole: {error}") from None
    return Image(content, media_type, width, height)


def read_again(content: bytes, image_id: str) -> Image:
    """An image that was checked when it was kept. Raises `Unavailable` where a disk has changed its bytes since."""
    try:
        if image_id_of(content) == image_id:
            media_type = _type_of(content)
            width, height = (png if media_type == PNG else jpeg).size_of(content)
            return Image(content, media_type, width, height)
    except Malformed:
        pass
    raise Unavailable(f"the kept image {image_id[:12]} is not what was sent any more; bring it back from a backup")


def without_metadata(image: Image) -> Image:
    """The same pixels without place, time, thumbnail, comments and orientation: the camera's words are nobody's orders.

    What is left is what a decoder needs. `image` was checked.
    """
    reader = png if image.media_type == PNG else jpeg
    return Image(reader.bare(image.content), image.media_type, image.width, image.height)


def _type_of(content: bytes) -> str:
    if not content:
        raise BadImage("image_type", "the image is empty")
    if content.startswith(png.SIGNATURE):
        return PNG
    if content.startswith(jpeg.START):
        return JPEG
    raise BadImage("image_type", "the bytes are neither a PNG nor a JPEG; send one of these")


def _check_sides(width: int, height: int, limits: ImageLimits) -> None:
    """Before anything is unpacked: a few bytes can claim to be a picture larger than any memory."""
    said = f"the image is {width} x {height} pixels"
    if min(width, height) < limits.least_side:
        raise BadImage("image_pixels", f"{said}; each side needs {limits.least_side} or more")
    if max(width, height) > limits.most_side:
        raise BadImage("image_pixels", f"{said}; a side may have {limits.most_side:,} at most")
    if width * height > limits.most_pixels:
        raise BadImage("image_pixels", f"{said}; {limits.most_pixels:,} in all is the most")
