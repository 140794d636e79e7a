"""One JSON message, or an array of them, as the bytes of each message.

An array in which one message is broken is still cut at its commas, so that one NaN does not take
the nine good messages beside it along. What is cut is not checked: whoever reads the piece does that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

# A string that is never closed reaches to the end. Possessive, so that no input makes it look twice.
_STRING: Final = rb'"[^"\\]*+(?:\\.?[^"\\]*+)*+(?:"|\Z)'
_TOKEN: Final = re.compile(_STRING + rb"|[\[\]{},]", re.DOTALL)
_STRINGS: Final = re.compile(_STRING, re.DOTALL)
_MESSAGE: Final = re.compile(rb'\s*+\{\s*+"(?:device|id)"\s*+:')
_decode_pieces: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode


def split_json(payload: bytes) -> Iterator[bytes]:
    """The messages of a payload in order; a payload that is no array is one message."""
    payload = payload.strip()
    if payload[:1] != b"[":
        yield payload
        return
    try:
        pieces = _decode_pieces(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        cut = _cut(payload)
        yield next(cut, payload)  # `[,` holds no message at all, and must be refused rather than vanish
        yield from cut
    else:
        for piece in pieces:
            yield bytes(piece)


def _cut(payload: bytes) -> Iterator[bytes]:
    """Cut at the commas that stand directly in the array, and where a message begins in one that was never closed."""
    depth, start = 0, 1
    for token in _TOKEN.finditer(payload):
        mark = token[0]
        if mark in b"[{":
            depth += 1
        elif mark in b"]}":
            depth -= 1
        elif mark == b"," and depth > 1 and _MESSAGE.match(payload, token.end()):
            depth = 1
        if depth == 0 or (depth == 1 and mark == b","):
            piece = payload[start : token.start()].strip()
            start = token.end()
            if piece:
                yield piece
    rest = payload[start:].strip()
    if rest:
        yield rest


def depth(payload: bytes) -> int:
    """How deeply a JSON text is nested, whether it is whole or not."""
    deepest = now = 0
    for token in _TOKEN.finditer(payload):
        now += (token[0] in b"[{") - (token[0] in b"]}")
        deepest = max(deepest, now)
    return deepest


def without_strings(raw: bytes) -> bytes:
    """The bytes with every string left out: what is left is structure, numbers and what should not be there."""
    return _STRINGS.sub(b"", raw)
