"""Which readings are the same reading, decided on columns.

Two readings with the same device, attribute, dataset and observed time are one. The one received first counts; of
those received at the same instant, the one from the first batch. A later one with another value is a conflict.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lineside.lake.schema import TEXT
from lineside.lake.window import SeriesKey

Ints = NDArray[np.int64]

IDENTITY_COLUMNS = [
    "device", "attribute", "dataset", "observed_at", "value_number", "value_text", "value_kind", "received_at",
]  # fmt: skip
_KIND_MIX = np.array([0, 1 << 62, 1 << 61], np.int64)


@dataclass(frozen=True)
class Rows:
    """The identity of each reading of a batch or a file, in no order.

    series: the distinct device, attribute and dataset, sorted; code: the index into it of each row.
    observed, received: microseconds since 1970 UTC. fingerprint: equal where the values are equal (within a process).
    """

    series: list[SeriesKey]
    code: Ints
    observed: Ints
    received: Ints
    fingerprint: Ints


@dataclass(frozen=True)
class Distinct:
    """The rows that count, in the lake's order (series, time).

    `duplicates` were dropped, `conflicts` of them with another value than the row that was kept.
    """

    order: Ints
    duplicates: int
    conflicts: int


def distinct(rows: Rows) -> Distinct:
    """Sort by series and time and keep the first received of each identity; ties keep the order given."""
    order = np.lexsort((rows.received, rows.observed, rows.code))
    code, observed = rows.code[order], rows.observed[order]
    first = np.ones(len(order), bool)
    first[1:] = (code[1:] != code[:-1]) | (observed[1:] != observed[:-1])
    if first.all():
        return Distinct(order, 0, 0)
    group = np.cumsum(first) - 1
    kept = order[first]
    differs = rows.fingerprint[order] != rows.fingerprint[kept][group]
    return Distinct(kept, len(order) - len(kept), int(differs.sum()))


def fingerprints(kind: NDArray[np.int8], number: NDArray[np.float64], text: list[str | None] | None) -> Ints:
    """One integer per value, equal where the values are."""
    # Adding zero makes -0.0 and 0.0 one value.
    prints = (number + 0.0).view(np.int64) ^ _KIND_MIX[kind]
    if text is not None:
        is_text = kind == TEXT
        hashes = np.fromiter(map(hash, text), np.int64, len(text))
        prints = np.where(is_text, hashes ^ _KIND_MIX[TEXT], prints)
    return prints


def rows_of(table: pa.Table) -> Rows:
    """The identities of a stored table (`IDENTITY_COLUMNS`, unified and in one chunk)."""
    series, code = _series(table)
    kind = _codes_as(table.column("value_kind"), {"number": 0, "boolean": 1, "text": TEXT}).astype(np.int8)
    number = table.column("value_number").chunk(0).fill_null(0.0).to_numpy() if len(table) else np.zeros(0)
    text = table.column("value_text")
    texts = text.to_pylist() if text.null_count < len(text) else None
    return Rows(series, code, instants(table, "observed_at"), instants(table, "received_at"),
                fingerprints(kind, number, texts))  # fmt: skip


def instants(table: pa.Table, name: str) -> Ints:
    """A timestamp column as microseconds."""
    column = table.column(name)
    if not len(column):
        return np.zeros(0, np.int64)
    return column.chunk(0).view(pa.int64()).to_numpy()  # type: ignore[no-any-return]


def _series(table: pa.Table) -> tuple[list[SeriesKey], Ints]:
    if not len(table):
        return [], np.zeros(0, np.int64)
    columns = [table.column(name).chunk(0) for name in ("device", "attribute", "dataset")]
    names = [column.dictionary.to_pylist() for column in columns]
    codes = [column.indices.to_numpy().astype(np.int64) for column in columns]
    combined = (codes[0] * len(names[1]) + codes[1]) * len(names[2]) + codes[2]
    used, inverse = np.unique(combined, return_inverse=True)
    keys = [
        (
            names[0][one // (len(names[1]) * len(names[2]))],
            names[1][one // len(names[2]) % len(names[1])],
            names[2][one % len(names[2])],
        )
        for one in used.tolist()
    ]
    by_name = sorted(range(len(keys)), key=keys.__getitem__)
    rank = np.empty(len(keys), np.int64)
    rank[by_name] = np.arange(len(keys))
    return [keys[at] for at in by_name], rank[inverse]


def _codes_as(column: pa.ChunkedArray, meaning: dict[str, int]) -> Ints:
    if not len(column):
        return np.zeros(0, np.int64)
    chunk = column.chunk(0)
    means = np.array([meaning[name] for name in chunk.dictionary.to_pylist()], np.int64)
    return means[chunk.indices.to_numpy()]  # type: ignore[no-any-return]
