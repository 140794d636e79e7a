"""The head of a safetensors file: which tensors it holds, in which shape and precision. The numbers stay unread.

Layout: eight bytes little-endian N, N bytes of JSON, then the tensors' bytes without a gap.
Source: "Format" in the README of huggingface/safetensors.
"""

from __future__ import annotations

import json
from math import prod
from typing import Any, Final, NamedTuple

from lineside.errors import Malformed

_LENGTH_BYTES: Final = 8
_LARGEST_HEADER: Final = 100_000_000
_ITEM_BYTES: Final = {"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2,
                      "U16": 2, "I8": 1, "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1}  # fmt: skip
_FULL: Final = ("F32", "F16", "BF16")


class Tensor(NamedTuple):
    """One tensor; `start` and `end` count bytes from the file's beginning."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int

    @property
    def is_full(self) -> bool:
        """Whether it is in a precision that models are trained in."""
        return self.dtype in _FULL


Weights = dict[str, Tensor]


def read_header(head: bytes, size: int) -> Weights:
    """The tensors of a file of `size` bytes that begins with `head`. Raises `Malformed`, as the end of a sentence."""
    length = int.from_bytes(head[:_LENGTH_BYTES], "little")
    begin = _LENGTH_BYTES + length
    if len(head) < _LENGTH_BYTES or length > _LARGEST_HEADER or begin > size:
        raise Malformed("is no safetensors file, or only a part of one")
    if len(head) < begin:
        raise Malformed(f"has a header of {length} bytes, of which only {len(head)} were read")
    try:
        header = json.loads(head[_LENGTH_BYTES:begin])
        entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
        tensors = {name: _tensor(entry, begin) for name, entry in entries.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Malformed("has a header that cannot be read") from error
    _covered(tensors, begin, size)
    return tensors


def _tensor(entry: dict[str, Any], begin: int) -> Tensor:
    start, end = entry["data_offsets"]
    return Tensor(str(entry["dtype"]), tuple(int(each) for each in entry["shape"]), begin + start, begin + end)


def _covered(tensors: Weights, begin: int, size: int) -> None:
    """Every byte belongs to one tensor, and every tensor has the bytes that its shape needs."""
    at = begin
    for name, tensor in sorted(tensors.items(), key=lambda each: each[1].start):
        item = _ITEM_BYTES.get(tensor.dtype)
        if tensor.start != at or (item is not None and tensor.end - tensor.start != prod(tensor.shape) * item):
            raise Malformed(f"has a tensor {name} whose bytes do not fit its shape")
        at = tensor.end
    if at != size:
        raise Malformed(f"should have {at} bytes and has {size}")
