"""Commands, the points in flight, the stop-all switch and the audit log in one SQLite file (WAL), or in memory.

One file, so that a command, its point and its entry in the log change in one transaction. Every transaction is on the
disk before anything goes to a machine (`synchronous = FULL`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec

from edge.sqlite import Database
from lineside.control.audit import Note, encoded, following
from lineside.control.ports import (
    NO_NUMBER,
    RECORDS_KEPT_US,
    PointTaken,
    changed_by_others,
    memory_changed,
    point_taken,
)
from lineside.control.record import ENDED, IN_FLIGHT, Command
from lineside.errors import Conflict

_SCHEMA = """
CREATE TABLE IF NOT EXISTS command (
    site TEXT NOT NULL, command_id TEXT NOT NULL, line TEXT NOT NULL, version INTEGER NOT NULL,
    is_open INTEGER NOT NULL, proposed_us INTEGER NOT NULL, latest_us INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (site, command_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS command_open ON command (site, proposed_us) WHERE is_open;
CREATE INDEX IF NOT EXISTS command_latest ON command (site, line, latest_us);
CREATE TABLE IF NOT EXISTS in_flight (
    site TEXT NOT NULL, device TEXT NOT NULL, attribute TEXT NOT NULL, command_id TEXT NOT NULL,
    PRIMARY KEY (site, device, attribute)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS automation_stopped (site TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS automatic_memory (
    site TEXT NOT NULL, line TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (site, line)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit (
    site TEXT NOT NULL, number INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (site, number)) WITHOUT ROWID;
"""

_encode = msgspec.msgpack.Encoder().encode
_command = msgspec.msgpack.Decoder(Command).decode


class CommandRecords(Database):
    """The file that both stores share."""

    def __init__(self, file: Path | None = None) -> None:
        super().__init__("the records of commands", file, _SCHEMA, private=True)


class SqliteCommands:
    """A `CommandStore`."""

    def __init__(self, records: CommandRecords) -> None:
        self._records = records

    def get(self, site: str, command_id: str) -> Command | None:
        found = self._records.rows("SELECT body FROM command WHERE site = ? AND command_id = ?", site, command_id)
        return _command(found[0][0]) if found else None

    def put(self, command: Command, note: Note | None = None) -> None:
        with self._records.writing() as database:
            _write(database, command)
            _forget_old(database, command)
            _give_or_take_point(database, command)
            if note is not None:
                _append(database, command.site, note)

    def recent(self, site: str, line: str, since_us: int) -> list[Command]:
        found = self._records.rows(
            "SELECT body FROM command WHERE site = ? AND line = ? AND latest_us >= ?"
            " ORDER BY latest_us DESC, command_id DESC",
            *(site, line, since_us),
        )
        return [_command(body) for (body,) in found]

    def open(self, site: str) -> list[Command]:
        found = self._records.rows(
            "SELECT body FROM command WHERE site = ? AND is_open ORDER BY proposed_us, command_id", site
        )
        return [_command(body) for (body,) in found]

    def automation_stopped(self, site: str) -> bool:
        return bool(self._records.rows("SELECT 1 FROM automation_stopped WHERE site = ?", site))

    def stop_automation(self, site: str, *, stopped: bool) -> None:
        with self._records.writing() as database:
            if stopped:
                database.execute("INSERT OR IGNORE INTO automation_stopped VALUES (?)", (site,))
            else:
                database.execute("DELETE FROM automation_stopped WHERE site = ?", (site,))

    def automatic_memory(self, site: str, line: str) -> bytes | None:
        found = self._records.rows("SELECT body FROM automatic_memory WHERE site = ? AND line = ?", site, line)
        return found[0][0] if found else None

    def remember(self, site: str, line: str, memory: bytes, *, was: bytes | None, notes: Sequence[Note] = ()) -> None:
        with self._records.writing() as database:
            if was is None:
                written = database.execute(
                    "INSERT OR IGNORE INTO automatic_memory VALUES (?, ?, ?)", (site, line, memory)
                )
            else:
                written = database.execute(
                    "UPDATE automatic_memory SET body = ? WHERE site = ? AND line = ? AND body = ?",
                    (memory, site, line, was),
                )
            if written.rowcount != 1:
                raise Conflict(memory_changed(line))
            for note in notes:
                _append(database, site, note)


class SqliteAuditLog:
    """An `AuditLog`."""

    def __init__(self, records: CommandRecords) -> None:
        self._records = records

    def append(self, site: str, at_us: int, by: str, what: str, detail: str) -> str:
        with self._records.writing() as database:
            return _append(database, site, Note(at_us, by, what, detail))

    def entries(self, site: str, after: int = 0, limit: int = 1_000) -> list[bytes]:
        found = self._records.rows(
            "SELECT body FROM audit WHERE site = ? AND number > ? ORDER BY number LIMIT ?", site, after, limit
        )
        return [_as_stored(body) for (body,) in found]

    def newest(self, site: str, limit: int, before: int = NO_NUMBER) -> list[bytes]:
        found = self._records.rows(
            "SELECT body FROM audit WHERE site = ? AND number < ? ORDER BY number DESC LIMIT ?", site, before, limit
        )
        return [_as_stored(body) for (body,) in reversed(found)]

    def sites(self) -> list[str]:
        """Those that have entries, and those that have commands and should have some."""
        return [
            site
            for (site,) in self._records.rows("SELECT site FROM audit UNION SELECT site FROM command ORDER BY site")
        ]


def _write(database: sqlite3.Connection, command: Command) -> None:
    row = (
        *(command.line, command.version, command.status not in ENDED, command.proposed_us, command.latest_us),
        *(_encode(command), command.site, command.command_id),
    )
    if command.version == 1:
        written = database.execute(
            "INSERT OR IGNORE INTO command (line, version, is_open, proposed_us, latest_us, body, site, command_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
    else:
        written = database.execute(
            "UPDATE command SET line = ?, version = ?, is_open = ?, proposed_us = ?, latest_us = ?, body = ?"
            " WHERE site = ? AND command_id = ? AND version = ?",
            (*row, command.version - 1),
        )
    if written.rowcount != 1:
        raise Conflict(changed_by_others(command))


def _forget_old(database: sqlite3.Connection, command: Command) -> None:
    """With each new command of a line, what ended there long ago."""
    if command.version == 1:
        database.execute(
            "DELETE FROM command WHERE site = ? AND line = ? AND latest_us < ? AND NOT is_open",
            (command.site, command.line, command.proposed_us - RECORDS_KEPT_US),
        )


def _give_or_take_point(database: sqlite3.Connection, command: Command) -> None:
    point = (command.site, command.device, command.attribute)
    if command.status not in IN_FLIGHT:
        database.execute(
            "DELETE FROM in_flight WHERE site = ? AND device = ? AND attribute = ? AND command_id = ?",
            (*point, command.command_id),
        )
        return
    database.execute("INSERT OR IGNORE INTO in_flight VALUES (?, ?, ?, ?)", (*point, command.command_id))
    (holder,) = database.execute(
        "SELECT command_id FROM in_flight WHERE site = ? AND device = ? AND attribute = ?", point
    ).fetchone()
    if holder != command.command_id:
        raise PointTaken(point_taken(command))


def _as_stored(body: object) -> bytes:
    """An entry as it was written; a number or a text that somebody put there by hand is none, and reads as empty."""
    return body if isinstance(body, bytes) else b""


def _append(database: sqlite3.Connection, site: str, note: Note) -> str:
    last = database.execute("SELECT body FROM audit WHERE site = ? ORDER BY number DESC LIMIT 1", (site,)).fetchone()
    entry = following(site, _as_stored(last[0]) if last else None, note)
    database.execute("INSERT INTO audit VALUES (?, ?, ?)", (site, entry.number, encoded(entry)))
    return entry.hash
