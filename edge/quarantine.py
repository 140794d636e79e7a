"""Quarantine in one SQLite file (WAL)."""

from __future__ import annotations

import builtins
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from lineside.errors import Unavailable
from lineside.line.quarantine import Quarantined

LOCK_PATIENCE_SECONDS = 5.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS quarantined (
    site TEXT NOT NULL, entry_id TEXT NOT NULL, received_us INTEGER NOT NULL, resolved_us INTEGER NOT NULL,
    body BLOB NOT NULL, PRIMARY KEY (site, entry_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS quarantined_waiting ON quarantined (site, received_us) WHERE resolved_us = 0;
"""
_KEEP = """
INSERT INTO quarantined VALUES (?, ?, ?, 0, ?) ON CONFLICT (site, entry_id)
DO UPDATE SET resolved_us = 0, received_us = excluded.received_us, body = excluded.body WHERE resolved_us <> 0
"""
_WAITING = "SELECT body FROM quarantined WHERE site = ? AND resolved_us = 0 ORDER BY received_us, entry_id LIMIT ?"

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Quarantined).decode


class SqliteQuarantine:
    """A `Quarantine`. Any thread may use it; what is kept survives a power cut."""

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
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def keep(self, entries: Sequence[Quarantined]) -> None:
        rows = [(entry.site, entry.entry_id, entry.received_us, _encode(entry)) for entry in entries]
        with self._writing() as database:
            database.executemany(_KEEP, rows)

    def list(self, site: str, limit: int = 1_000) -> builtins.list[Quarantined]:
        with self._lock, _translated():
            return [_decode(body) for (body,) in self._database.execute(_WAITING, (site, limit))]

    def get(self, site: str, entry_id: str) -> Quarantined | None:
        query = "SELECT body, resolved_us FROM quarantined WHERE site = ? AND entry_id = ?"
        with self._lock, _translated():
            found = self._database.execute(query, (site, entry_id)).fetchone()
        return msgspec.structs.replace(_decode(found[0]), resolved_us=found[1]) if found else None

    def resolve(self, site: str, entry_id: str, now_us: int) -> None:
        mark = "UPDATE quarantined SET resolved_us = ? WHERE site = ? AND entry_id = ? AND resolved_us = 0"
        with self._writing() as database:
            database.execute(mark, (now_us, site, entry_id))

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
        raise Unavailable(f"the quarantine's database did not answer: {error}") from error
