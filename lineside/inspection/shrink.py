"""Large images become small ones: a model reads no more from them, and bills by their pixels."""

from __future__ import annotations

from typing import Final

import numpy as np

from lineside.inspection.intake import JPEG, without_metadata
from lineside.inspection.ports import Image

_QUALITY: Final = 90


def shrunk(image: Image, longest_side: int) -> Image | None:
    """The image without metadata, as a JPEG of at most `longest_side` pixels where it is larger than that.

    None for one whose pixels cannot be decoded. `image` was checked, so that it fits into memory.
    """
    import cv2  # a large package, which only those need who show images to a model

    if max(image.width, image.height) <= longest_side:
        return without_metadata(image)
    try:
        packed = np.frombuffer(image.content, np.uint8)
        pixels = cv2.imdecode(packed, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        if pixels is None or pixels.shape[:2] != (image.height, image.width):
            return None
        scale = longest_side / max(image.width, image.height)
        width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
        done, written = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    except cv2.error:
        return None
    return Image(written.tobytes(), JPEG, width, height) if done else None
