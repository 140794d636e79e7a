"""CSV -> blocks. A row is a passage; the columns that a procedure table has are understood."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import NamedTuple

from lineside.manuals.blocks import Block, row_block, tidy

_HEADER_COLUMNS = {
    "document": "document",
    "revision": "revision",
    "title": "title",
    "status": "status",
    "approved_by": "approved_by",
    "effective_from": "effective_from",
    "superseded_by": "superseded_by",
    "superseded_on": "superseded_on",
}
_MACHINE_COLUMNS = {"machine", "device", "equipment", "maschine", "anlage", "设备"}
_MOST_ROWS = 50_000


class TableDocument(NamedTuple):
    """The rows of a table that belong to one revision of one document."""

    stated: dict[str, object]
    blocks: list[Block]


def table_documents(text: str) -> list[TableDocument]:
    """The documents in a table: one, unless its rows name their own document and revision. Raises ValueError."""
    rows = _rows(text)
    columns, body = rows[0], rows[1:]
    if not body:
        raise ValueError("the table has a header and no rows")
    documents: dict[tuple[tuple[str, str], ...], list[Block]] = {}
    for row in body:
        cells = dict(zip(columns, row, strict=False))
        documents.setdefault(_stated(cells), []).extend(_block(cells))
    return [TableDocument(dict(stated), blocks) for stated, blocks in documents.items() if blocks]


def _rows(text: str) -> list[list[str]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    try:
        rows = [[tidy(cell) for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)]
    except csv.Error as error:
        raise ValueError(f"the table is broken: {error}") from error
    rows = [row for row in rows if any(row)]
    if not rows or len(rows[0]) < 2:
        raise ValueError("it has no columns; a table needs a header line and at least two columns")
    if len(rows) > _MOST_ROWS:
        raise ValueError(f"the table has more than {_MOST_ROWS} rows; split it")
    return rows


def _stated(cells: dict[str, str]) -> tuple[tuple[str, str], ...]:
    named = ((column.casefold(), cell) for column, cell in cells.items())
    return tuple((column, cell) for column, cell in named if column in _HEADER_COLUMNS and cell)


def _block(cells: dict[str, str]) -> Iterable[Block]:
    lower = {column.casefold(): cell for column, cell in cells.items()}
    machine = next((lower[column] for column in _MACHINE_COLUMNS if lower.get(column)), "")
    machines = (machine,) if machine and machine != "*" else None
    if lower.get("step") and lower.get("text"):
        section = ": ".join(filter(None, (machine, lower.get("alarm", ""))))
        return [Block("step", lower["text"], step=lower["step"], machines=machines, section=section or None)]
    shown = {column: cell for column, cell in cells.items() if column.casefold() not in _HEADER_COLUMNS}
    row = row_block(list(shown), list(shown.values()))
    return [Block("row", row.text, machines=machines)] if row else []
