"""Twins in one SQLite file (WAL), or in memory for a replay."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lineside.errors import Unavailable
from lineside.line.twin import DeviceTwin, advance, decode_twin, encode_twin, newest
from lineside.telemetry.reading import Reading

LOCK_PATIENCE_SECONDS = 5.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS twin (
    site TEXT NOT NULL, line TEXT NOT NULL, device TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (site, line, device)) WITHOUT ROWID;
"""
_LINE = "SELECT body FROM twin WHERE site = ? AND line = ? ORDER BY device"
_DEVICE = "SELECT body FROM twin WHERE site = ? AND line = ? AND device = ?"


class SqliteTwin:
    """A `TwinStore`. Any thread may use it. A power cut may take the newest updates; the next readings bring them."""

    def __init__(self, file: Path | None = None) -> None:
        """Open or create `file`; without one, everything is forgotten with the object."""
        self._lock = threading.RLock()
        with _translated():
            self._database = sqlite3.connect(
                str(file) if file else ":memory:",
                timeout=LOCK_PATIENCE_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def update(self, site: str, line: str, readings: Iterable[Reading]) -> int:
        news = newest(readings)
        with self._writing() as database:
            writes = []
            for device, values in news.items():
                found = database.execute(_DEVICE, (site, line, device)).fetchone()
                twin = decode_twin(found[0]) if found else DeviceTwin(site, line, device)
                advanced = advance(twin, values)
                if advanced is not None:
                    writes.append((site, line, device, encode_twin(advanced)))
            database.executemany("INSERT OR REPLACE INTO twin VALUES (?, ?, ?, ?)", writes)
        return len(writes)

    def line(self, site: str, line: str) -> list[DeviceTwin]:
        with self._lock, _translated():
            return [decode_twin(body) for (body,) in self._database.execute(_LINE, (site, line))]

    def device(self, site: str, line: str, device: str) -> DeviceTwin | None:
        with self._lock, _translated():
            found = self._database.execute(_DEVICE, (site, line, device)).fetchone()
        return decode_twin(found[0]) if found else None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or none."""
        with self._lock, _translated():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise Unavailable(f"the twin's database did not answer: {error}") from error
