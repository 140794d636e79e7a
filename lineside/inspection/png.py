"""PNG files, chunk by chunk (W3C PNG, third edition, sections 5 and 11), without decoding a pixel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple, cast

from isal import isal_zlib

from lineside.errors import Malformed

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS: Final = 20_000
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_INTERLACED: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Adam7: where each pass begins, and its steps, across and down."""
_NEEDED: Final = frozenset((b"IHDR", b"PLTE", b"IDAT", b"IEND"))
_ANIMATED: Final = frozenset((b"acTL", b"fcTL", b"fdAT"))
_SHOWN: Final = _NEEDED | {b"tRNS"}
_PACKED: Final = 1 << 16
_UNPACKED: Final = (1 << 16) - 1
"""Bytes at a time: the most that a block which is not packed may have (RFC 1951, 3.2.4)."""
_CANNOT_UNPACK: Final = cast("type[Exception]", isal_zlib.error)
"""What its stub calls an instance is the class."""


class Broken(Malformed):
    """The bytes begin as a PNG and are none."""


class Chunk(NamedTuple):
    """`start` is where its length stands, `end` where the next one begins."""

    kind: bytes
    start: int
    end: int

    def data(self, content: bytes) -> memoryview:
        return memoryview(content)[self.start + 8 : self.end - 4]


class _Header(NamedTuple):
    width: int
    height: int
    bits: int
    """Of one pixel."""
    interlaced: bool
    palette: bool

    @property
    def unpacked(self) -> int:
        """Bytes of all rows, each with the byte that names its filter."""
        if not self.interlaced:
            return self._rows(self.width, self.height)
        return sum(
            self._rows(-(-(self.width - x) // across), -(-(self.height - y) // down))
            for x, y, across, down in _INTERLACED
        )

    def _rows(self, width: int, height: int) -> int:
        return height * (1 + (width * self.bits + 7) // 8) if width > 0 and height > 0 else 0


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height as the header says. Raises `Broken`."""
    header = _header(content)
    return header.width, header.height


def check(content: bytes) -> None:
    """Raises `Broken` unless every chunk is whole and in its place, the pixels are as many as the header says, and
    nothing stands behind them. Unpacks the pixels in pieces, holding 64 kB at most."""
    header = _header(content)
    chunks = list(_chunks(content))
    _check_order(chunks, header)
    for _ in _unpacked(content, chunks, header.unpacked):
        pass


def bare(content: bytes) -> bytes:
    """Only the chunks that say what each pixel looks like."""
    shown = (content[one.start : one.end] for one in _chunks(content) if one.kind in _SHOWN)
    return SIGNATURE + b"".join(shown)


def unpacked(content: bytes) -> bytearray:
    """The same picture, its pixels not packed: what a decoder with a slow unpacker has done for it. Raises `Broken`.

    `content` was checked. The result is little larger than all its rows, which `ImageLimits` bound.
    """
    header, chunks = _header(content), list(_chunks(content))
    first = next((at for at, chunk in enumerate(chunks) if chunk.kind == b"IDAT"), len(chunks))
    found = bytearray(SIGNATURE)
    for chunk in chunks[:first]:
        if chunk.kind in _SHOWN:
            found += content[chunk.start : chunk.end]
    _append(found, b"IDAT", b"\x78\x01")
    checksum = 1
    for piece in _unpacked(content, chunks, header.unpacked):
        checksum = isal_zlib.adler32(piece, checksum)
        size = len(piece)
        _append(found, b"IDAT", b"\0" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little"), piece)
    _append(found, b"IDAT", b"\1\0\0\xff\xff" + checksum.to_bytes(4, "big"))
    _append(found, b"IEND", b"")
    return found


def _header(content: bytes) -> _Header:
    first = next(_chunks(content), None)
    if first is None or first.kind != b"IHDR" or first.end - first.start != 25:
        raise Broken("it does not begin with a header (IHDR) of 13 bytes")
    data = bytes(first.data(content))
    width, height = int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big")
    depth, colour, packing, filtering, interlace = data[8:]
    if not (0 < width < 1 << 31 and 0 < height < 1 << 31):
        raise Broken("its header gives no size")
    if depth not in _DEPTHS.get(colour, ()) or packing or filtering or interlace > 1:
        raise Broken("its header names a kind of pixel that PNG does not know")
    return _Header(width, height, depth * _CHANNELS[colour], bool(interlace), colour == 3)


def _chunks(content: bytes) -> Iterator[Chunk]:
    """Every chunk up to the end of the bytes, each with a checksum that holds."""
    start, view = len(SIGNATURE), memoryview(content)
    for _ in range(MOST_CHUNKS):
        if start == len(content):
            return
        end = start + 12 + int.from_bytes(view[start : start + 4], "big")
        if end > len(content) or len(content) - start < 12:
            raise Broken("it ends in the middle of a chunk")
        kind = bytes(view[start + 4 : start + 8])
        if not (kind.isascii() and kind.isalpha()):
            raise Broken("something that is no chunk stands between its chunks, or behind its end")
        if isal_zlib.crc32(view[start + 4 : end - 4]) != int.from_bytes(view[end - 4 : end], "big"):
            raise Broken(f"the checksum of its chunk {kind.decode()} does not fit")
        yield Chunk(kind, start, end)
        start = end
    raise Broken(f"it has more than {MOST_CHUNKS:,} chunks")


def _check_order(chunks: list[Chunk], header: _Header) -> None:
    kinds = [chunk.kind for chunk in chunks]
    if kinds[-1] != b"IEND" or chunks[-1].end - chunks[-1].start != 12:
        raise Broken("it ends without its end mark (IEND), or something stands behind that")
    if kinds.count(b"IHDR") != 1 or kinds.count(b"IEND") != 1 or kinds.count(b"PLTE") > 1:
        raise Broken("it has a header, a palette or an end mark twice")
    if _ANIMATED.intersection(kinds):
        raise Broken("it is animated; send one picture")
    # A capital first letter says that no decoder may pass over the chunk.
    if strange := next((kind for kind in kinds if kind[:1].isupper() and kind not in _NEEDED), None):
        raise Broken(f"it has a chunk {strange.decode()} that nobody knows")
    first = kinds.index(b"IDAT") if b"IDAT" in kinds else len(kinds)
    count = kinds.count(b"IDAT")
    if count == 0 or kinds[first : first + count] != [b"IDAT"] * count:
        raise Broken("its pixels (IDAT) are missing or not together")
    if (header.palette and b"PLTE" not in kinds[:first]) or b"PLTE" in kinds[first:]:
        raise Broken("its palette is missing or comes too late")


def _unpacked(content: bytes, chunks: list[Chunk], size: int) -> Iterator[bytes]:
    """The rows, in pieces of 64 kB at most. `Broken` unless they are `size` bytes and their own checksum holds; it
    stops in the piece with the first byte too many."""
    unpacker = isal_zlib.decompressobj()
    found = 0
    try:
        for chunk in chunks:
            if chunk.kind != b"IDAT":
                continue
            packed = chunk.data(content)
            for at in range(0, len(packed), _PACKED):
                rest: bytes | memoryview = packed[at : at + _PACKED]
                while rest:
                    piece = unpacker.decompress(rest, _UNPACKED)
                    found += len(piece)
                    if found > size:
                        raise Broken("it holds more pixels than its size")
                    yield piece
                    if unpacker.unused_data:
                        raise Broken("something stands behind its pixels")
                    rest = unpacker.unconsumed_tail
        while piece := unpacker.decompress(b"", _UNPACKED):
            found += len(piece)
            yield piece
    except _CANNOT_UNPACK:
        raise Broken("its pixels cannot be unpacked") from None
    if found != size or not unpacker.eof:
        raise Broken("it does not hold as many pixels as its size")


def _append(found: bytearray, kind: bytes, head: bytes, data: bytes = b"") -> None:
    """A chunk; its data come in two parts, because to join them is to copy them."""
    checksum = isal_zlib.crc32(data, isal_zlib.crc32(kind + head))
    found += (len(head) + len(data)).to_bytes(4, "big") + kind + head
    found += data
    found += checksum.to_bytes(4, "big")
