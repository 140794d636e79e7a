"""A stored file as numpy columns: what the lake reads windows from."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from lineside.lake.rows import Ints, instants
from lineside.lake.window import SeriesKey

_ALWAYS_READ = ["device", "attribute", "observed_at", "value_number", "received_at"]
_NAMES = ["dataset", "unit", "quality"]
_TEXT = "value_text"
_GROUPS_WORTH_ASKING = 4
_BEYOND_ANY_NAME = "\U0010ffff"


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
    runs: Runs
    at_us: Ints
    received_us: Ints
    number: NDArray[np.float64]
    text: NDArray[Any] | None
    unit: NDArray[np.int32] | None
    """Index into `units` of each row; None where all rows have the first."""
    units: list[str]
    bad: NDArray[np.bool_] | None
    """Which rows have quality bad; None where none has."""

    @property
    def size_bytes(self) -> int:
        """About what it holds of memory; texts are shared between rows."""
        return 1024 + len(self.at_us) * (40 if self.text is not None else 32) + 400 * len(self.runs)

    def unit_of(self, row: int) -> str:
        return self.units[0 if self.unit is None else int(self.unit[row])]


@dataclass(slots=True)
class Runs:
    """Where each signal lies in a chunk, worked out for a device when it is first asked for.

    A batch of a large line holds hundreds of signals, and a question is mostly about one machine.
    """

    names: list[list[str]]
    """The device, attribute and dataset names that `codes` index."""
    codes: list[list[int]]
    """The codes of each run's device, attribute and dataset."""
    lows: list[int]
    """The first row of each run, and the number of rows at the end."""
    has_text: list[bool]
    spans: dict[str, tuple[int, int]]
    """Device -> its first run and the one after its last."""
    _known: dict[str, list[Run]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.has_text)

    def of(self, devices: Collection[str] | None) -> list[Run]:
        """The runs of these devices (None: all)."""
        wanted = self.spans if devices is None else {device for device in devices if device in self.spans}
        return [run for device in wanted for run in self._known.get(device) or self._of_device(device)]

    def _of_device(self, device: str) -> list[Run]:
        attributes, datasets = self.names[1:]
        runs = [
            Run(
                (device, attributes[self.codes[1][at]], datasets[self.codes[2][at]]),
                self.lows[at],
                self.lows[at + 1],
                self.has_text[at],
            )
            for at in range(*self.spans[device])
        ]
        self._known[device] = runs
        return runs


@dataclass(frozen=True, slots=True)
class Footer:
    """A file's directory: the first and last device of each row group."""

    metadata: pq.FileMetaData
    column: dict[str, int]
    first: list[str]
    last: list[str]

    @classmethod
    def read(cls, file: pq.ParquetFile) -> Footer:
        metadata = file.metadata
        column = {name: at for at, name in enumerate(metadata.schema.names)}
        groups = range(metadata.num_row_groups)
        spans = [metadata.row_group(group).column(column["device"]).statistics for group in groups]
        return cls(
            metadata,
            column,
            [span.min if span is not None and span.has_min_max else "" for span in spans],
            [span.max if span is not None and span.has_min_max else _BEYOND_ANY_NAME for span in spans],
        )

    def groups(self, devices: Collection[str] | None) -> tuple[int, ...]:
        """The row groups that may hold these devices (None: all)."""
        if devices is None or len(self.first) == 1:
            return tuple(range(len(self.first)))
        found: set[int] = set()
        for device in devices:
            found.update(range(bisect_left(self.last, device), bisect_right(self.first, device)))
        return tuple(sorted(found))

    def constants(self, groups: tuple[int, ...]) -> dict[str, str]:
        """The columns that need not be read: names with one value throughout these groups, texts that are not there."""
        if not groups or len(groups) > _GROUPS_WORTH_ASKING:
            return {}
        columns = [[self.metadata.row_group(group).column(self.column[name]) for group in groups] for name in _NAMES]
        found = {name: _only_value(column) for name, column in zip(_NAMES, columns, strict=True)}
        constants = {name: value for name, value in found.items() if value is not None}
        texts = [self.metadata.row_group(group).column(self.column[_TEXT]) for group in groups]
        return constants | ({_TEXT: ""} if all(map(_all_null, texts)) else {})


def _only_value(chunks: list[pq.ColumnChunkMetaData]) -> str | None:
    """The value of all rows of a column that is never null; None where they differ or cannot be told."""
    values: set[str | None] = set()
    for chunk in chunks:
        found = chunk.statistics
        values.update((found.min, found.max) if found is not None and found.has_min_max else (None, ""))
    return values.pop() if len(values) == 1 else None


def _all_null(chunk: pq.ColumnChunkMetaData) -> bool:
    found = chunk.statistics
    return found is not None and found.has_null_count and found.null_count == chunk.num_values


def open_file(source: Path | bytes, footer: Footer | None = None) -> pq.ParquetFile:
    """A Parquet file on disk or in memory, without reading the footer twice."""
    known = footer.metadata if footer else None
    if isinstance(source, bytes):
        return pq.ParquetFile(pa.BufferReader(source), metadata=known)
    return pq.ParquetFile(source, metadata=known, memory_map=True)


def read_chunk(file: pq.ParquetFile, footer: Footer, groups: tuple[int, ...], batch: str) -> Chunk:
    """Decode row groups of a file."""
    constants = footer.constants(groups)
    wanted = _ALWAYS_READ + [name for name in (*_NAMES, _TEXT) if name not in constants]
    table = file.read_row_groups(list(groups), columns=wanted, use_threads=False)
    if len(groups) > 1:
        table = table.unify_dictionaries().combine_chunks()
    if not len(table):
        none = np.zeros(0, np.int64)
        return Chunk(batch, Runs([], [], [0], [], {}), none, none, np.zeros(0), None, None, [], None)
    unit, units = _unit(table, constants)
    text = None if _TEXT in constants else table.column(_TEXT).chunk(0)
    return Chunk(
        batch,
        _runs(table, constants, text),
        instants(table, "observed_at"),
        instants(table, "received_at"),
        table.column("value_number").chunk(0).fill_null(np.nan).to_numpy(),
        None if text is None else _texts(text),
        unit,
        units,
        _bad(table, constants),
    )


def _unit(table: pa.Table, constants: dict[str, str]) -> tuple[NDArray[np.int32] | None, list[str]]:
    if "unit" in constants:
        return None, [constants["unit"]]
    unit = table.column("unit").chunk(0)
    return unit.indices.to_numpy(), unit.dictionary.to_pylist()


def _bad(table: pa.Table, constants: dict[str, str]) -> NDArray[np.bool_] | None:
    if "quality" in constants:
        return np.ones(len(table), bool) if constants["quality"] == "bad" else None
    quality = table.column("quality").chunk(0)
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


def _runs(table: pa.Table, constants: dict[str, str], text: pa.DictionaryArray | None) -> Runs:
    named = [_names(table, name, constants) for name in ("device", "attribute", "dataset")]
    starts = np.zeros(len(table), bool)
    starts[0] = True
    for _, codes in named:
        starts[1:] |= codes[1:] != codes[:-1]
    lows = np.flatnonzero(starts)
    names = [labels for labels, _ in named]
    codes_of_runs = [codes[lows] for _, codes in named]
    return Runs(
        names,
        [codes.tolist() for codes in codes_of_runs],
        [*lows.tolist(), len(table)],
        _any_text(text, lows),
        _spans(names[0], codes_of_runs[0]),
    )


def _names(table: pa.Table, name: str, constants: dict[str, str]) -> tuple[list[str], NDArray[np.int32]]:
    if name in constants:
        return [constants[name]], np.zeros(len(table), np.int32)
    column = table.column(name).chunk(0)
    return column.dictionary.to_pylist(), column.indices.to_numpy()


def _spans(devices: list[str], device_of_run: NDArray[np.int32]) -> dict[str, tuple[int, int]]:
    firsts = np.flatnonzero(np.diff(device_of_run, prepend=-1)).tolist()
    names = [devices[code] for code in device_of_run[firsts].tolist()]
    return dict(zip(names, zip(firsts, [*firsts[1:], len(device_of_run)], strict=True), strict=True))


def _any_text(text: pa.DictionaryArray | None, lows: NDArray[np.intp]) -> list[bool]:
    if text is None or text.null_count == len(text):
        return [False] * len(lows)
    given = text.is_valid().to_numpy(zero_copy_only=False)
    return np.logical_or.reduceat(given, lows).tolist()  # type: ignore[no-any-return]
