"""Alarms, advisories and the detectors' memory in one SQLite file (WAL), or in memory for a replay."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.sqlite import Database
from lineside.advice.model import Advisory
from lineside.alarms.model import Alarm
from lineside.errors import Conflict

_SCHEMA = """
CREATE TABLE IF NOT EXISTS alarm (
    site TEXT NOT NULL, line TEXT NOT NULL, alarm_id TEXT NOT NULL, is_open INTEGER NOT NULL,
    raised_us INTEGER NOT NULL, cleared_us INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (site, line, alarm_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS alarm_open ON alarm (site, line) WHERE is_open;
CREATE INDEX IF NOT EXISTS alarm_raised ON alarm (site, line, raised_us);
CREATE INDEX IF NOT EXISTS alarm_cleared ON alarm (site, line, cleared_us);
CREATE TABLE IF NOT EXISTS advisory (
    site TEXT NOT NULL, line TEXT NOT NULL, advisory_id TEXT NOT NULL, drafted_us INTEGER NOT NULL,
    body BLOB NOT NULL, PRIMARY KEY (site, line, advisory_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS advisory_drafted ON advisory (site, line, drafted_us);
CREATE TABLE IF NOT EXISTS memory (
    site TEXT NOT NULL, line TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (site, line)) WITHOUT ROWID;
"""

_encode = msgspec.msgpack.Encoder().encode
_alarm = msgspec.msgpack.Decoder(Alarm).decode
_advisory = msgspec.msgpack.Decoder(Advisory).decode


class Records(Database):
    """The file that the three stores share."""

    def __init__(self, file: Path | None = None) -> None:
        """Open or create `file`; without one, everything is forgotten with the object."""
        super().__init__("the alarm records", file, _SCHEMA)


class SqliteAlarmStore:
    """An `AlarmStore`."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def open_alarms(self, site: str, line: str, *, cleared_since_us: int | None = None) -> list[Alarm]:
        found = self._records.rows(
            "SELECT body FROM alarm WHERE site = ? AND line = ? AND is_open"
            " UNION SELECT body FROM alarm WHERE site = ? AND line = ? AND cleared_us >= ?",
            *(site, line, site, line, cleared_since_us or _NEVER_US),
        )
        return sorted((_alarm(body) for (body,) in found), key=_age)

    def history(self, site: str, line: str, since_us: int, until_us: int) -> list[Alarm]:
        found = self._records.rows(
            "SELECT body FROM alarm WHERE site = ? AND line = ? AND raised_us >= ? AND raised_us < ?",
            *(site, line, since_us, until_us),
        )
        return sorted((_alarm(body) for (body,) in found), key=_age)

    def get(self, site: str, line: str, alarm_id: str) -> Alarm | None:
        found = self._records.rows(_GET, site, line, alarm_id)
        return _alarm(found[0][0]) if found else None

    def save(self, alarm: Alarm, *, was: Alarm | None) -> None:
        with self._records.writing() as database:
            found = database.execute(_GET, (alarm.site, alarm.line, alarm.alarm_id)).fetchone()
            if (_alarm(found[0]) if found else None) != was:
                raise Conflict(f"alarm {alarm.alarm_id} was changed by somebody else")
            database.execute(
                "INSERT OR REPLACE INTO alarm VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(alarm.site, alarm.line, alarm.alarm_id, alarm.is_open),
                    *(alarm.raised_us, alarm.cleared_us, _encode(alarm)),
                ),
            )


class SqliteAdvisoryStore:
    """An `AdvisoryStore`."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def save(self, advisory: Advisory) -> None:
        with self._records.writing() as database:
            database.execute(
                "INSERT OR REPLACE INTO advisory VALUES (?, ?, ?, ?, ?)",
                (advisory.site, advisory.line, advisory.advisory_id, advisory.drafted_us, _encode(advisory)),
            )

    def recent(self, site: str, line: str, limit: int) -> list[Advisory]:
        found = self._records.rows(
            "SELECT body FROM advisory WHERE site = ? AND line = ? ORDER BY drafted_us DESC, advisory_id DESC LIMIT ?",
            *(site, line, limit),
        )
        return [_advisory(body) for (body,) in found]


class SqliteMemoryStore:
    """A `MemoryStore`."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def load(self, site: str, line: str) -> bytes | None:
        found = self._records.rows("SELECT body FROM memory WHERE site = ? AND line = ?", site, line)
        return found[0][0] if found else None

    def save(self, site: str, line: str, memory: bytes) -> None:
        with self._records.writing() as database:
            database.execute("INSERT OR REPLACE INTO memory VALUES (?, ?, ?)", (site, line, memory))


_GET = "SELECT body FROM alarm WHERE site = ? AND line = ? AND alarm_id = ?"
_NEVER_US = 2**62


def _age(alarm: Alarm) -> tuple[int, str]:
    return (alarm.raised_us, alarm.alarm_id)
