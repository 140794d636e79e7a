"""Inspections of a plant in one SQLite file (WAL), or in memory for a test."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from edge.sqlite import Database
from lineside.errors import Conflict
from lineside.inspection.model import Inspection
from lineside.inspection.ports import RECORDS_KEPT_US, Place, changed_by_others, place_of

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS inspection (
    site TEXT NOT NULL, image_id TEXT NOT NULL, line TEXT NOT NULL, taken_us INTEGER NOT NULL,
    received_us INTEGER NOT NULL, place TEXT NOT NULL, place_us INTEGER NOT NULL, version INTEGER NOT NULL,
    body BLOB NOT NULL, PRIMARY KEY (site, image_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS inspection_place ON inspection (site, place, place_us, image_id);
CREATE INDEX IF NOT EXISTS inspection_taken ON inspection (site, line, taken_us, image_id);
CREATE INDEX IF NOT EXISTS inspection_age ON inspection (received_us);
"""
_INSERT: Final = "INSERT OR IGNORE INTO inspection VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_UPDATE: Final = """
UPDATE inspection SET line = ?, taken_us = ?, received_us = ?, place = ?, place_us = ?, version = ?, body = ?
WHERE site = ? AND image_id = ? AND version = ?
"""

_EVER_US: Final = (1 << 63) - 1

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Inspection).decode


class SqliteInspections:
    """An `InspectionStore`. Any thread and any process may use the file; what is written survives a power cut."""

    def __init__(self, file: Path | None = None) -> None:
        self._database = Database("the records of inspections", file, _SCHEMA, private=True)

    def close(self) -> None:
        self._database.close()

    def get(self, site: str, image_id: str) -> Inspection | None:
        found = self._listed("site = ? AND image_id = ?", site, image_id)
        return found[0] if found else None

    def sites(self) -> list[str]:
        """Those that have inspections."""
        return [site for (site,) in self._database.rows("SELECT DISTINCT site FROM inspection ORDER BY site")]

    def put(self, inspection: Inspection) -> None:
        place, place_us = place_of(inspection)
        key = (inspection.site, inspection.image_id)
        row = (inspection.line, inspection.taken_us, inspection.received_us, place, place_us, inspection.version)
        body = _encode(inspection)
        with self._database.writing() as database:
            if inspection.version == 1:
                written = database.execute(_INSERT, (*key, *row, body))
                forgotten_us = inspection.received_us - RECORDS_KEPT_US
                database.execute("DELETE FROM inspection WHERE received_us < ?", (forgotten_us,))
            else:
                written = database.execute(_UPDATE, (*row, body, *key, inspection.version - 1))
            if written.rowcount != 1:
                raise Conflict(changed_by_others(inspection))

    def waiting(self, site: str, limit: int) -> list[Inspection]:
        return self._placed(site, "waiting", limit)

    def unseen(self, site: str, now_us: int, limit: int) -> list[Inspection]:
        query = "site = ? AND place = 'unseen' AND place_us <= ? ORDER BY place_us, image_id LIMIT ?"
        return self._listed(query, site, now_us, limit)

    def since(self, site: str, line: str, taken_us: int, limit: int = 10_000) -> list[Inspection]:
        query = "site = ? AND line = ? AND taken_us >= ? ORDER BY taken_us, image_id LIMIT ?"
        return self._listed(query, site, line, taken_us, limit)

    def reviewed(self, site: str, limit: int, before_us: int | None = None) -> list[Inspection]:
        query = "site = ? AND place = 'reviewed' AND place_us < ? ORDER BY place_us DESC, image_id DESC LIMIT ?"
        return self._listed(query, site, _EVER_US if before_us is None else before_us, limit)

    def older(self, site: str, received_us: int, limit: int) -> list[Inspection]:
        query = "site = ? AND place IN ('seen', 'waiting') AND place_us < ? ORDER BY place_us, image_id LIMIT ?"
        return self._listed(query, site, received_us, limit)

    def _placed(self, site: str, place: Place, limit: int) -> list[Inspection]:
        return self._listed("site = ? AND place = ? ORDER BY place_us, image_id LIMIT ?", site, place, limit)

    def _listed(self, condition: str, *values: object) -> list[Inspection]:
        query = f"SELECT body FROM inspection WHERE {condition}"  # noqa: S608 - the conditions above alone
        return [_decode(body) for (body,) in self._database.rows(query, *values)]
