"""Pieces of signals from several files -> one signal each, every reading once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lineside.lake.chunk import Chunk, Run
from lineside.lake.window import Series, SeriesKey


class Piece(NamedTuple):
    """One signal in one file: rows lo <= row < hi of `chunk`, sorted by time."""

    key: SeriesKey
    chunk: Chunk
    lo: int
    hi: int
    has_text: bool


def cut(chunk: Chunk, start_us: int, end_us: int, devices: Collection[str] | None) -> Iterator[Piece]:
    """What a chunk holds of start_us <= observed < end_us, signal by signal."""
    for run in chunk.runs.of(devices):
        lo, hi = _bounds(chunk, run, start_us, end_us)
        if lo < hi:
            yield Piece(run.key, chunk, lo, hi, run.has_text)


def join(pieces: list[Piece], include_bad: bool) -> Series:
    """One signal from its pieces. A reading of quality bad is left out only after it has won or lost its identity."""
    series, order = _in_order(pieces)
    bad = None if include_bad else _bad(pieces)
    if bad is None:
        return series
    good = np.flatnonzero(~(bad if order is None else bad[order]))
    text = None if series.text is None else [series.text[row] for row in good.tolist()]
    if not len(good):
        return Series(series.at_us[good], series.number[good], text)
    newest = int(good[-1] if order is None else order[good[-1]])
    return Series(series.at_us[good], series.number[good], text, _unit_of_row(pieces, newest))


def _bounds(chunk: Chunk, run: Run, start_us: int, end_us: int) -> tuple[int, int]:
    at = chunk.at_us[run.lo : run.hi]
    if at[0] >= start_us and at[-1] < end_us:
        return run.lo, run.hi
    first, last = at.searchsorted((start_us, end_us))
    return run.lo + int(first), run.lo + int(last)


def _in_order(pieces: list[Piece]) -> tuple[Series, NDArray[np.intp] | None]:
    """The signal, and which rows of the concatenated pieces it took where that is not all of them in their order."""
    if len(pieces) == 1:
        return _alone(pieces[0]), None
    at = np.concatenate([piece.chunk.at_us[piece.lo : piece.hi] for piece in pieces])
    if (at[1:] > at[:-1]).all():
        order = None
    else:
        # Ties in the time of receiving go to the compacted hour, then to the first batch by name.
        pieces.sort(key=lambda piece: piece.chunk.batch)
        at = np.concatenate([piece.chunk.at_us[piece.lo : piece.hi] for piece in pieces])
        order = _first_received(at, np.concatenate([p.chunk.received_us[p.lo : p.hi] for p in pieces]))
    number = np.concatenate([piece.chunk.number[piece.lo : piece.hi] for piece in pieces])
    text = _texts(pieces)
    if order is None:
        return Series(at, number, None if text is None else text.tolist(), _unit_of_row(pieces, len(at) - 1)), None
    unit = _unit_of_row(pieces, int(order[-1]))
    return Series(at[order], number[order], None if text is None else text[order].tolist(), unit), order


def _alone(piece: Piece) -> Series:
    _, chunk, lo, hi, has_text = piece
    text = chunk.text[lo:hi].tolist() if has_text and chunk.text is not None else None
    return Series(chunk.at_us[lo:hi], chunk.number[lo:hi], text, chunk.unit_of(hi - 1))


def _first_received(at: NDArray[np.int64], received: NDArray[np.int64]) -> NDArray[np.intp]:
    order = np.lexsort((received, at))
    first = np.ones(len(order), bool)
    first[1:] = at[order[1:]] != at[order[:-1]]
    return order[first]


def _bad(pieces: list[Piece]) -> NDArray[np.bool_] | None:
    if all(piece.chunk.bad is None for piece in pieces):
        return None
    bad = [
        np.zeros(piece.hi - piece.lo, bool) if piece.chunk.bad is None else piece.chunk.bad[piece.lo : piece.hi]
        for piece in pieces
    ]
    joined = np.concatenate(bad)
    return joined if joined.any() else None


def _texts(pieces: list[Piece]) -> NDArray[np.object_] | None:
    if not any(piece.has_text for piece in pieces):
        return None
    texts = [
        np.full(piece.hi - piece.lo, None, object)
        if piece.chunk.text is None
        else piece.chunk.text[piece.lo : piece.hi]
        for piece in pieces
    ]
    return np.concatenate(texts)


def _unit_of_row(pieces: list[Piece], row: int) -> str:
    for _, chunk, lo, hi, _ in pieces:
        if row < hi - lo:
            return chunk.unit_of(lo + row)
        row -= hi - lo
    raise IndexError(row)
