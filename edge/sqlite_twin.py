"""Twins in one SQLite file (WAL), or in memory for a replay."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from edge.sqlite import Database
from lineside.line.twin import DeviceTwin, advance, decode_twin, encode_twin, newest
from lineside.telemetry.reading import Reading

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
        self._database = Database("the twin's database", file, _SCHEMA, synchronous="NORMAL")

    def close(self) -> None:
        self._database.close()

    def update(self, site: str, line: str, readings: Iterable[Reading]) -> int:
        news = newest(readings)
        with self._database.writing() as database:
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
        return [decode_twin(body) for (body,) in self._database.rows(_LINE, site, line)]

    def device(self, site: str, line: str, device: str) -> DeviceTwin | None:
        found = self._database.rows(_DEVICE, site, line, device)
        return decode_twin(found[0][0]) if found else None
