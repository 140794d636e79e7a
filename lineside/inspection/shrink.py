"""Large images become small ones: a model reads no more from them, and bills by their pixels."""

from __future__ import annotations

from typing import Final

import numpy as np

from lineside.inspection.intake import JPEG, without_metadata
from lineside.inspection.ports import Image

MOST_BYTES: Final = 1_000_000
"""An image of few pixels with 16 bits each may have more; Bedrock takes 3.75 MB."""
_QUALITY: Final = 90


def shrunk(image: Image, longest_side: int) -> Image | None:
    """The image without metadata, as a JPEG of at most `longest_side` pixels where it is larger, or has many bytes.

    None for one whose pixels cannot be decoded. `image` was checked, so that it fits into memory.
    """
    if max(image.width, image.height) <= longest_side and len(image.content) <= MOST_BYTES:
        return without_metadata(image)
    import cv2  # a large package, which only those need who show large images to a model

    try:
        packed = np.frombuffer(image.content, np.uint8)
        pixels = cv2.imdecode(packed, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        if pixels is None or pixels.shape[:2] != (image.height, image.width):
            return None
        scale = min(1.0, longest_side / max(image.width, image.height))
        width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
        done, written = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    except cv2.error:
        return None
    return Image(written.tobytes(), JPEG, width, height) if done else None
