"""JPEG files, segment by segment (ITU-T T.81, annex B), without decoding a pixel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from lineside.errors import Malformed

START: Final = b"\xff\xd8\xff"
MOST_SEGMENTS: Final = 1_000
MOST_SCANS: Final = 40
"""Every scan makes a decoder walk over all of the picture again; a progressive photograph has about ten."""

_FRAMES: Final = frozenset((0xC0, 0xC1, 0xC2))
"""Baseline, extended and progressive, with Huffman codes: what cameras write and decoders read."""
_OTHER_FRAMES: Final = frozenset((0xC3, *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)))
_TABLES: Final = frozenset((0xC4, 0xDB, 0xDD))
_SCAN, _END, _ADOBE, _COMMENT = 0xDA, 0xD9, 0xEE, 0xFE
_APPLICATION: Final = frozenset(range(0xE0, 0xF0))
_SHOWN: Final = _FRAMES | _TABLES | {_SCAN, _END}
_NEXT_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""Behind a scan: zero and the restart marks belong to it."""
_MOST_PADDING: Final = 16
_ADOBE_BYTES: Final = 12
_PIXELS_PER_BYTE: Final = 512
"""At most: each block of 64 pixels takes a bit or more."""


class Broken(Malformed):
    """The bytes begin as a JPEG and are none."""


class Segment(NamedTuple):
    """`start` is its marker; `data` the place of what follows the length; `end` that of the next marker."""

    marker: int
    start: int
    data: int
    end: int


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height as the frame says. Raises `Broken`. A thumbnail's frame stands inside a segment of metadata."""
    for segment in _segments(content):
        if segment.marker in _FRAMES:
            return _frame(content, segment)
        if segment.marker == _SCAN:
            break
    raise Broken("its size does not stand before its pixels")


def check(content: bytes) -> None:
    """Raises `Broken` unless it is one frame with its scans, whole, with nothing behind it."""
    segments = list(_segments(content))
    markers = [segment.marker for segment in segments]
    frames = sum(marker in _FRAMES for marker in markers)
    if frames != 1:
        raise Broken(f"it has {frames} frames, and one picture has one")
    if markers[-1] != _END:
        raise Broken("it ends before its end mark (EOI)")
    scans = markers.count(_SCAN)
    if not 0 < scans <= MOST_SCANS:
        raise Broken(f"it has {scans} scans; from 1 to {MOST_SCANS} are taken")
    width, height = size_of(content)
    if sum(one.end - one.data for one in segments if one.marker == _SCAN) < width * height // _PIXELS_PER_BYTE:
        raise Broken("it does not hold as many pixels as its size")


def bare(content: bytes) -> bytes:
    """Only what a decoder needs: frame, tables, scans, and the mark that says how the colours are meant."""
    return START[:2] + b"".join(content[one.start : one.end] for one in _segments(content) if _is_shown(content, one))


def _is_shown(content: bytes, one: Segment) -> bool:
    if one.marker == _ADOBE:
        return one.end - one.data == _ADOBE_BYTES and content.startswith(b"Adobe", one.data)
    return one.marker in _SHOWN


def _segments(content: bytes) -> Iterator[Segment]:
    """Every segment up to the end mark, which must be the last byte; a scan with all of its data."""
    at = 2
    for _ in range(MOST_SEGMENTS):
        if at == len(content):
            return
        start = at
        at = _behind_padding(content, at)
        marker, data = content[at], at + 3
        if marker == _END:
            if at + 1 != len(content):
                raise Broken("something stands behind its end mark (EOI)")
            yield Segment(marker, start, at + 1, at + 1)
            return
        end = data - 2 + int.from_bytes(content[at + 1 : data], "big")
        if end < data or end > len(content):
            raise Broken("it ends in the middle of a segment")
        _refuse_strange(marker)
        if marker == _SCAN:
            end = _behind_scan(content, end)
        yield Segment(marker, start, data, end)
        at = end
    raise Broken(f"it has more than {MOST_SEGMENTS:,} segments")


def _behind_padding(content: bytes, at: int) -> int:
    """Where the marker's second byte stands: any number of FF may come before it, and in earnest few do."""
    begin = content[at : at + _MOST_PADDING]
    padding = len(begin) - len(begin.lstrip(b"\xff"))
    if not 0 < padding < _MOST_PADDING:
        raise Broken("something that is no segment stands between its segments")
    if at + padding == len(content):
        raise Broken("it ends in the middle of a segment")
    return at + padding


def _behind_scan(content: bytes, at: int) -> int:
    found = _NEXT_MARKER.search(content, at)
    if found is None:
        raise Broken("it ends before its end mark (EOI)")
    return found.start()


def _refuse_strange(marker: int) -> None:
    if marker in _OTHER_FRAMES:
        raise Broken("it is packed in a way that few programs read (lossless, arithmetic or hierarchical)")
    if marker not in _FRAMES | _TABLES | _APPLICATION | {_SCAN, _COMMENT}:
        raise Broken(f"it has a segment {marker:02X} that has no place in a picture of one frame")


def _frame(content: bytes, segment: Segment) -> tuple[int, int]:
    data = content[segment.data : segment.end]
    if len(data) < 6 or len(data) != 6 + 3 * data[5]:
        raise Broken("its frame is not as long as it says")
    depth, height, width, channels = (
        data[0],
        int.from_bytes(data[1:3], "big"),
        int.from_bytes(data[3:5], "big"),
        data[5],
    )
    if depth != 8 or channels not in (1, 3):
        raise Broken("only 8 bits for each of one or three colours are taken; it has others")
    if not (width and height):
        raise Broken("its frame gives no size")
    return width, height
