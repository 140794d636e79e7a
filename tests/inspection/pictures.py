"""Images to test with, written byte by byte, so that each part can be wrong on purpose."""

from __future__ import annotations

import zlib
from functools import cache

from lineside.inspection.intake import check_image
from lineside.inspection.ports import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def header(width: int, height: int, depth: int = 8, colour: int = 0, interlace: int = 0) -> bytes:
    return chunk(
        b"IHDR", width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([depth, colour, 0, 0, interlace])
    )


def rows(width: int, height: int, shade: int = 0) -> bytes:
    return (b"\0" + bytes([shade]) * width) * height


def a_png(width: int = 160, height: int = 130, shade: int = 0, *, more: bytes = b"", behind: bytes = b"") -> bytes:
    """A grey PNG; `more` are chunks before its pixels, `behind` bytes after its end."""
    pixels = chunk(b"IDAT", zlib.compress(rows(width, height, shade)))
    return SIGNATURE + header(width, height) + more + pixels + chunk(b"IEND") + behind


def segment(marker: int, data: bytes = b"") -> bytes:
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2, "big") + data


def frame(width: int, height: int, marker: int = 0xC0, depth: int = 8, channels: int = 1) -> bytes:
    size = bytes([depth]) + height.to_bytes(2, "big") + width.to_bytes(2, "big") + bytes([channels])
    return segment(marker, size + b"\x01\x11\x00" * channels)


def scan(data: bytes) -> bytes:
    return segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + data


def a_jpeg(
    width: int = 160, height: int = 130, *, before: bytes = b"", behind: bytes = b"", pixels: bytes = b""
) -> bytes:
    """What is built as a JPEG; no decoder would like its pixels."""
    data = pixels or b"\x55\xff\x00\xff\xd0" * (width * height // 500)
    return b"\xff\xd8" + before + frame(width, height) + scan(data) + b"\xff\xd9" + behind


@cache
def an_image(shade: int = 0) -> Image:
    """One of 256 images."""
    return check_image(a_png(shade=shade))
