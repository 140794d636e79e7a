"""The one Arrow schema of telemetry, and how it is written to Parquet.

Site, line, date and hour are in the path and not repeated in the rows. A field is only ever added, with the
version raised; readers ask for columns by name.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

VERSION = 1
ROWS_PER_GROUP = 32_768
"""Small enough that one machine's minutes out of a line's hour read little (rows are sorted by device), large
enough that the footer of an hour with a million rows stays a few kilobytes."""

INSTANT = pa.timestamp("us", "UTC")
NAME = pa.dictionary(pa.int32(), pa.string())

SCHEMA = pa.schema(
    [
        pa.field("device", NAME, nullable=False),
        pa.field("attribute", NAME, nullable=False),
        pa.field("dataset", NAME, nullable=False),
        pa.field("observed_at", INSTANT, nullable=False),
        pa.field("value_number", pa.float64()),
        pa.field("value_text", NAME),
        pa.field("value_kind", NAME, nullable=False),
        pa.field("unit", NAME, nullable=False),
        pa.field("source_value", NAME),
        pa.field("source_unit", NAME, nullable=False),
        pa.field("quality", NAME, nullable=False),
        pa.field("reason", NAME, nullable=False),
        pa.field("flags", NAME, nullable=False),
        pa.field("received_at", INSTANT, nullable=False),
    ],
    metadata={"lineside.schema": "reading", "lineside.version": str(VERSION)},
)
"""value_number is null for text; a boolean is 1 or 0 there, with value_kind saying so. source_value is the text of
what was sent, where that differs from the value."""

KINDS = ("number", "boolean", "text")
NUMBER, BOOLEAN, TEXT = range(3)


def to_parquet(table: pa.Table) -> bytes:
    """A sorted table of `SCHEMA` as one Parquet file. The same rows give the same bytes."""
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        row_group_size=ROWS_PER_GROUP,
        use_dictionary=[field.name for field in SCHEMA if field.name not in ("observed_at", "received_at")],
        column_encoding={"observed_at": "DELTA_BINARY_PACKED", "received_at": "DELTA_BINARY_PACKED"},
    )
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def from_parquet(data: bytes, columns: list[str] | None = None) -> pa.Table:
    """The rows of one file, a dictionary shared by all row groups."""
    table = pq.ParquetFile(pa.BufferReader(data)).read(columns=columns, use_threads=False)
    return table.unify_dictionaries().combine_chunks()
