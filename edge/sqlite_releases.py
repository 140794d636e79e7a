"""Releases, the aliases, and how their answers went, in one SQLite file (WAL), or in memory for a test.

The command line and the running plant open the same file: a switch by one is seen by the other.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from edge.sqlite import Database
from lineside.errors import Conflict
from lineside.releases.ports import RETENTION_US, released_by_others, switched_by_others
from lineside.releases.record import AliasTable, ModelRelease, Outcome

_SCHEMA = """
CREATE TABLE IF NOT EXISTS release (
    release_id TEXT PRIMARY KEY, made_us INTEGER NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS release_made ON release (made_us);
CREATE TABLE IF NOT EXISTS aliases (
    only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS outcome (
    answer_id TEXT NOT NULL, release_id TEXT NOT NULL, at_us INTEGER NOT NULL, stands INTEGER NOT NULL,
    verdict TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (answer_id, release_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS outcome_of ON outcome (release_id, at_us);
CREATE INDEX IF NOT EXISTS outcome_age ON outcome (at_us);
"""

_encode = msgspec.msgpack.Encoder().encode
_release = msgspec.msgpack.Decoder(ModelRelease).decode
_table = msgspec.msgpack.Decoder(AliasTable).decode
_outcome = msgspec.msgpack.Decoder(Outcome).decode

Listed = list[ModelRelease]


class Releases(Database):
    """The file that both stores share."""

    def __init__(self, file: Path | None = None) -> None:
        super().__init__("the records of releases", file, _SCHEMA, private=True)


class SqliteReleases:
    """A `ReleaseStore`."""

    def __init__(self, releases: Releases) -> None:
        self._releases = releases

    def get(self, release_id: str) -> ModelRelease | None:
        found = self._releases.rows("SELECT body FROM release WHERE release_id = ?", release_id)
        return _release(found[0][0]) if found else None

    def list(self, limit: int) -> Listed:
        found = self._releases.rows("SELECT body FROM release ORDER BY made_us DESC, release_id DESC LIMIT ?", limit)
        return [_release(body) for (body,) in found]

    def put(self, release: ModelRelease) -> None:
        row = (release.made_us, release.version, _encode(release), release.release_id)
        with self._releases.writing() as database:
            if release.version == 1:
                written = database.execute(
                    "INSERT OR IGNORE INTO release (made_us, version, body, release_id) VALUES (?, ?, ?, ?)", row
                )
            else:
                written = database.execute(
                    "UPDATE release SET made_us = ?, version = ?, body = ? WHERE release_id = ? AND version = ?",
                    (*row, release.version - 1),
                )
            if written.rowcount != 1:
                raise Conflict(released_by_others(release))

    def aliases(self) -> AliasTable:
        found = self._releases.rows("SELECT body FROM aliases")
        return _table(found[0][0]) if found else AliasTable()

    def switch(self, table: AliasTable) -> None:
        row = (table.version, _encode(table))
        with self._releases.writing() as database:
            if table.version == 1:
                written = database.execute("INSERT OR IGNORE INTO aliases VALUES (1, ?, ?)", row)
            else:
                written = database.execute(
                    "UPDATE aliases SET version = ?, body = ? WHERE version = ?", (*row, table.version - 1)
                )
            if written.rowcount != 1:
                raise Conflict(switched_by_others())


class SqliteOutcomes:
    """An `OutcomeStore`."""

    def __init__(self, releases: Releases) -> None:
        self._releases = releases

    def record(self, outcome: Outcome) -> None:
        stands = not (outcome.failed or outcome.withheld)
        row = (outcome.answer_id, outcome.release_id, outcome.at_us, stands, outcome.verdict, _encode(outcome))
        with self._releases.writing() as database:
            database.execute("INSERT OR IGNORE INTO outcome VALUES (?, ?, ?, ?, ?, ?)", row)
            database.execute("DELETE FROM outcome WHERE at_us <= ?", (outcome.at_us - RETENTION_US,))

    def judged(self, answer_id: str, verdict: Literal["up", "down"]) -> None:
        with self._releases.writing() as database:
            database.execute("UPDATE outcome SET verdict = ? WHERE answer_id = ? AND stands", (verdict, answer_id))

    def since(self, at_us: int, release_ids: tuple[str, ...]) -> list[Outcome]:
        marks = ", ".join("?" * len(release_ids))
        found = self._releases.rows(
            f"SELECT body, verdict FROM outcome WHERE release_id IN ({marks}) AND at_us >= ?"  # noqa: S608 - marks only
            " ORDER BY at_us, answer_id, release_id",
            *(*release_ids, at_us),
        )
        return [msgspec.structs.replace(_outcome(body), verdict=verdict) for body, verdict in found]
