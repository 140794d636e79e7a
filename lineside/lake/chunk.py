"""A stored file as numpy columns: what the lake reads windows from."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from lineside.lake.rows import Ints, instants
from lineside.lake.window import SeriesKey

COLUMNS = [
    "device", "attribute", "dataset", "observed_at", "value_number", "value_text", "unit", "quality", "received_at",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """One signal within a chunk: rows lo <= row < hi, sorted by time."""

    key: SeriesKey
    lo: int
    hi: int
    has_text: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """The decoded rows of a file, or of some of its row groups. `batch` is "" for a compacted hour."""

    batch: str
    runs: dict[str, list[Run]]
    at_us: Ints
    received_us: Ints
    number: NDArray[np.float64]
    text: NDArray[Any] | None
    unit: NDArray[np.int32]
    units: list[str]
    bad: NDArray[np.bool_] | None
    """Which rows have quality bad; None where none has."""

    @property
    def size_bytes(self) -> int:
        """About what it holds of memory; texts are shared between rows."""
        return 512 + len(self.at_us) * (36 if self.text is not None else 28) + 300 * sum(map(len, self.runs.values()))


@dataclass(frozen=True, slots=True)
class Footer:
    """A file's directory: the first and last device of each row group."""

    metadata: pq.FileMetaData
    first: list[str]
    last: list[str]

    @classmethod
    def read(cls, file: pq.ParquetFile) -> Footer:
        metadata = file.metadata
        spans = [metadata.row_group(group).column(0).statistics for group in range(metadata.num_row_groups)]
        return cls(metadata, [span.min for span in spans], [span.max for span in spans])

    def groups(self, devices: Collection[str] | None) -> tuple[int, ...]:
        """The row groups that may hold these devices (None: all)."""
        if devices is None:
            return tuple(range(len(self.first)))
        found: set[int] = set()
        for device in devices:
            found.update(range(bisect_left(self.last, device), bisect_right(self.first, device)))
        return tuple(sorted(found))


def open_file(source: Path | bytes, footer: Footer | None = None) -> pq.ParquetFile:
    """A Parquet file on disk or in memory, without reading the footer twice."""
    known = footer.metadata if footer else None
    if isinstance(source, bytes):
        return pq.ParquetFile(pa.BufferReader(source), metadata=known)
    return pq.ParquetFile(source, metadata=known, memory_map=True)


def read_chunk(file: pq.ParquetFile, groups: tuple[int, ...], batch: str) -> Chunk:
    """Decode row groups of a file."""
    table = file.read_row_groups(list(groups), columns=COLUMNS, use_threads=False)
    if len(groups) > 1:
        table = table.unify_dictionaries().combine_chunks()
    if not len(table):
        none = np.zeros(0, np.int64)
        return Chunk(batch, {}, none, none, np.zeros(0), None, np.zeros(0, np.int32), [], None)
    unit, text = table.column("unit").chunk(0), table.column("value_text").chunk(0)
    return Chunk(
        batch,
        _runs(table, text),
        instants(table, "observed_at"),
        instants(table, "received_at"),
        table.column("value_number").chunk(0).fill_null(np.nan).to_numpy(),
        _texts(text),
        unit.indices.to_numpy(),
        unit.dictionary.to_pylist(),
        _bad(table.column("quality").chunk(0)),
    )


def _bad(quality: pa.DictionaryArray) -> NDArray[np.bool_] | None:
    names = quality.dictionary.to_pylist()
    if "bad" not in names:
        return None
    bad: NDArray[np.bool_] = quality.indices.to_numpy() == names.index("bad")
    return bad if bad.any() else None


def _texts(column: pa.DictionaryArray) -> NDArray[Any] | None:
    if column.null_count == len(column):
        return None
    texts = np.array([*column.dictionary.to_pylist(), None], object)
    return texts[column.indices.fill_null(len(texts) - 1).to_numpy()]  # type: ignore[no-any-return]


def _runs(table: pa.Table, text: pa.DictionaryArray) -> dict[str, list[Run]]:
    columns = [table.column(name).chunk(0) for name in ("device", "attribute", "dataset")]
    codes = [column.indices.to_numpy() for column in columns]
    names = [column.dictionary.to_pylist() for column in columns]
    starts = np.ones(len(table), bool)
    starts[1:] = (codes[0][1:] != codes[0][:-1]) | (codes[1][1:] != codes[1][:-1]) | (codes[2][1:] != codes[2][:-1])
    lows = np.flatnonzero(starts)
    texts = _any_text(text, lows)
    devices, attributes, datasets = (code[lows].tolist() for code in codes)
    highs = [*lows[1:].tolist(), len(table)]
    runs: dict[str, list[Run]] = {}
    for at, lo in enumerate(lows.tolist()):
        key = (names[0][devices[at]], names[1][attributes[at]], names[2][datasets[at]])
        runs.setdefault(key[0], []).append(Run(key, lo, highs[at], texts[at]))
    return runs


def _any_text(text: pa.DictionaryArray, lows: NDArray[np.intp]) -> list[bool]:
    if text.null_count == len(text):
        return [False] * len(lows)
    given = text.is_valid().to_numpy(zero_copy_only=False)
    return np.logical_or.reduceat(given, lows).tolist()  # type: ignore[no-any-return]
