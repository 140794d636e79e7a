"""Quarantine in one SQLite file (WAL)."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from pathlib import Path

import msgspec

from edge.sqlite import Database
from lineside.line.quarantine import Quarantined

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
        self._database = Database("the quarantine's database", file, _SCHEMA)

    def close(self) -> None:
        self._database.close()

    def keep(self, entries: Sequence[Quarantined]) -> None:
        rows = [(entry.site, entry.entry_id, entry.received_us, _encode(entry)) for entry in entries]
        with self._database.writing() as database:
            database.executemany(_KEEP, rows)

    def list(self, site: str, limit: int = 1_000) -> builtins.list[Quarantined]:
        return [_decode(body) for (body,) in self._database.rows(_WAITING, site, limit)]

    def get(self, site: str, entry_id: str) -> Quarantined | None:
        query = "SELECT body, resolved_us FROM quarantined WHERE site = ? AND entry_id = ?"
        found = self._database.rows(query, site, entry_id)
        return msgspec.structs.replace(_decode(found[0][0]), resolved_us=found[0][1]) if found else None

    def resolve(self, site: str, entry_id: str, now_us: int) -> None:
        mark = "UPDATE quarantined SET resolved_us = ? WHERE site = ? AND entry_id = ? AND resolved_us = 0"
        with self._database.writing() as database:
            database.execute(mark, (now_us, site, entry_id))
