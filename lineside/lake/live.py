"""What was appended to hours that are not compacted yet, remembered as rows.

The live hour of a line is a small file every few seconds. An appended file never changes, so each is decoded once and
its rows are kept in a table of the engine's own memory until compaction has taken the file away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lineside.lake.paths import RawFile

if TYPE_CHECKING:
    import duckdb

COLUMNS = "device, attribute, dataset, observed_at, value_number, value_text, value_kind, unit, quality, received_at"
MOST_ROWS = 1_000_000
"""Of about a hundred bytes. An hour of ten machines with eighty signals at 0.2 Hz has 60,000."""


class Live:
    """The table `live`, and which files are in it. Not safe between threads: its owner holds a lock."""

    def __init__(self, database: duckdb.DuckDBPyConnection, most_rows: int = MOST_ROWS) -> None:
        self._database = database
        self._most_rows = most_rows
        self._kept: dict[str, RawFile] = {}
        self._numbers: dict[str, int] = {}
        self._next = 0
        database.execute("""
            CREATE TABLE live (file INTEGER, batch VARCHAR, device VARCHAR, attribute VARCHAR, dataset VARCHAR,
                observed_at TIMESTAMPTZ, value_number DOUBLE, value_text VARCHAR, value_kind VARCHAR, unit VARCHAR,
                quality VARCHAR, received_at TIMESTAMPTZ)
        """)

    @property
    def rows(self) -> int:
        """How many readings are remembered."""
        return sum(file.rows for file in self._kept.values())

    def missing(self, wanted: Iterable[RawFile]) -> list[RawFile]:
        """Those of these files that are not in the table yet."""
        return [file for file in wanted if file.key not in self._kept]

    def take(self, files: Sequence[RawFile], paths: Sequence[Path]) -> None:
        """Decode these files into the table, all or none of them."""
        if not files:
            return
        self._database.execute(
            f"""INSERT INTO live SELECT $next + list_position($paths, filename),
                $batches[list_position($paths, filename)], {COLUMNS} FROM read_parquet($paths, filename = true)
            """,  # noqa: S608 (the words are ours; what people say goes in as values)
            {"paths": list(map(str, paths)), "batches": [file.batch for file in files], "next": self._next},
        )
        for offset, file in enumerate(files):
            self._kept[file.key] = file
            self._numbers[file.key] = self._next + offset + 1
        self._next += len(files)

    def numbers(self, wanted: Iterable[RawFile]) -> list[int]:
        """The column `file` of the rows of these files."""
        return [self._numbers[file.key] for file in wanted]

    def forget_gone(self, prefix: str, standing: Iterable[RawFile]) -> None:
        """Forget the files under `prefix` that do not stand any more."""
        keys = {file.key for file in standing}
        self._forget([key for key in self._kept if key.startswith(prefix) and key not in keys])

    def forget_much(self) -> None:
        """Forget the oldest files, once the table is too long."""
        rows = self.rows
        going: list[str] = []
        for key, file in self._kept.items():
            if rows <= self._most_rows:
                break
            rows -= file.rows
            going.append(key)
        self._forget(going)

    def _forget(self, keys: Sequence[str]) -> None:
        if not keys:
            return
        numbers = [self._numbers.pop(key) for key in keys]
        for key in keys:
            del self._kept[key]
        self._database.execute("DELETE FROM live WHERE file IN (SELECT unnest($numbers))", {"numbers": numbers})
