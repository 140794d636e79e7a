"""Recorded telemetry through the real code, in event time: decode, lake, detection, alarms, advisor.

First every row is decoded and stored in the lake, as ingestion would; then the advisor ticks from the first reading
to the last and sees, at each tick, only what was observed before it. Broker and inbox are not part of it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

import numpy as np

from edge.sqlite_alarms import Records, SqliteAdvisoryStore, SqliteAlarmStore, SqliteMemoryStore
from lineside.advice.advisor import Advisor, AdvisorSettings
from lineside.advice.model import Notification
from lineside.advice.sops import Sops
from lineside.alarms.model import Alarm
from lineside.alarms.step import Change
from lineside.errors import Malformed
from lineside.lake import Lake
from lineside.lake.memory import MemoryObjects
from lineside.lake.objects import ObjectStore
from lineside.lake.window import Series, Window
from lineside.site.model import Site
from lineside.telemetry.decode import Decoded, Origin, Rejected, decode
from lineside.telemetry.from_csv import looks_like_csv
from lineside.telemetry.reading import Reading

SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US
PIECE_BYTES = 48_000
"""A piece of a file is a message like any other: at most 128 kB, and few enough rows to be read one by one."""
MOST_LINES_IN_A_VALUE = 100
BATCH_READINGS = 250_000
QUIET_US = 86_400 * SECOND_US
"""After a day without a reading in which nothing changed, nothing can change by the passing of time alone: no silence,
shelf or other delay that can be set is longer. Such ticks are left out."""
READ_AHEAD_US = 6 * 3600 * SECOND_US
MOST_REJECTS_KEPT = 10_000

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done, and how much there is."""


@dataclass
class Recording:
    """What the files held, stored in a lake. `rows` = stored + duplicates + rejected + missing."""

    site: Site
    lake: Lake
    rows: int = 0
    stored: int = 0
    duplicates: int = 0
    conflicts: int = 0
    missing: int = 0
    rejected: int = 0
    rejects: list[Rejected] = field(default_factory=list)
    """The first of them, for people to read; `rejected` counts all."""
    start_us: int = 2**62
    end_us: int = 0
    """When the last reading was observed."""
    lines: set[str] = field(default_factory=set)
    """The lines that have readings. One that was not recorded is not judged: its machines are not silent but absent."""
    hours: set[int] = field(default_factory=set)
    """The hours since 1970 in which something was observed."""

    def has_readings(self, start_us: int, end_us: int) -> bool:
        """Whether something was observed in the hours that start <= t < end touches."""
        return any(hour in self.hours for hour in range(start_us // HOUR_US, (end_us - 1) // HOUR_US + 1))


@dataclass
class Replayed:
    """What people would have received, and every alarm."""

    notifications: list[Notification]
    alarms: list[Alarm]
    ticks: int


def record(
    files: Sequence[Path],
    site: Site,
    received_us: int,
    objects: ObjectStore | None = None,
    progress: Progress | None = None,
) -> Recording:
    """Decode telemetry CSV files and store them. Raises `Malformed` for a file that is none."""
    recording = Recording(site, Lake(objects if objects is not None else MemoryObjects(), exact=True))
    total = sum(file.stat().st_size for file in files)
    waiting: list[Reading] = []
    done = 0
    for piece in (piece for file in files for piece in _pieces(file)):
        decoded = _decode(piece.payload, Origin(site, received_us=received_us, format="csv"))
        recording.missing += decoded.missing
        recording.rejected += len(decoded.rejected)
        recording.rejects += decoded.rejected[: MOST_REJECTS_KEPT - len(recording.rejects)]
        waiting += decoded.readings
        done += piece.size
        if len(waiting) >= BATCH_READINGS:
            _store(recording, waiting)
            waiting = []
            _report(progress, "reading", done, total)
    _store(recording, waiting)
    _report(progress, "reading", total, total)
    recording.rows = recording.stored + recording.duplicates + recording.rejected + recording.missing
    return recording


def play(
    recording: Recording,
    sops: Sops,
    tick_seconds: float = 300.0,
    first_tick_seconds: float | None = None,
    settings: AdvisorSettings | None = None,
    progress: Progress | None = None,
) -> Replayed:
    """Tick through a recording. The first tick comes `first_tick_seconds` (else one tick) after the first reading.

    The last tick comes just after the last reading, so that trouble at the end is told.
    """
    told, records = _Told(), Records()
    alarms = SqliteAlarmStore(records)
    advisor = Advisor(
        site=recording.site,
        lake=_ReadAhead(recording.lake),
        alarms=alarms,
        advisories=SqliteAdvisoryStore(records),
        memory=SqliteMemoryStore(records),
        notifier=told,
        sops=sops,
        settings=settings or AdvisorSettings(),
        keeps_memory=True,
    )
    ticks = _ticks(recording, tick_seconds, first_tick_seconds)
    done = _tick_through(advisor, recording, ticks, progress) if recording.lines else 0
    raised = [alarm for line_id in recording.lines for alarm in alarms.history(recording.site.site, line_id, 0, 2**62)]
    records.close()
    return Replayed(told.notifications, sorted(raised, key=lambda alarm: (alarm.raised_us, alarm.alarm_id)), done)


def _tick_through(advisor: Advisor, recording: Recording, ticks: Ticks, progress: Progress | None) -> int:
    """Tick every recorded line at every instant, but for days in which nothing can change. Returns the ticks made."""
    lines = [line_id for line_id in advisor.line_ids if line_id in recording.lines]
    quiet_since_us = recording.start_us
    hours = sorted(recording.hours)
    done = number = 0
    while number < len(ticks):
        now_us = ticks[number]
        if done % 256 == 0:
            _report(progress, "watching", number, len(ticks))
        if recording.has_readings(now_us - QUIET_US, now_us):
            quiet_since_us = now_us
        elif now_us - quiet_since_us > QUIET_US:
            number = _next_busy(ticks, number, hours)
            continue
        number += 1
        done += 1
        results = [advisor.tick(line_id, now_us) for line_id in lines]
        if any(result.notifications or any(map(_matters, result.changes)) for result in results):
            quiet_since_us = now_us
    _report(progress, "watching", len(ticks), len(ticks))
    return done


def _next_busy(ticks: Ticks, number: int, hours: Sequence[int]) -> int:
    """The first later tick that has an hour with readings behind it, else the last; past the end after that."""
    at = bisect_left(hours, ticks[number] // HOUR_US)
    busy = ticks.first_after(hours[at] * HOUR_US) if at < len(hours) else len(ticks)
    return max(number + 1, min(busy, len(ticks) - 1))


def _matters(change: Change) -> bool:
    """More than that an alarm which stands has been seen standing once more."""
    was, now = change.was, change.alarm
    return was is None or (was.state, was.overlay, was.severity) != (now.state, now.overlay, now.severity)


@dataclass(frozen=True)
class _Piece:
    """Some rows of a file under its header. `size`: bytes of the file read for it."""

    payload: bytes
    size: int


def _pieces(file: Path) -> Iterator[_Piece]:
    with file.open("rb") as rows:
        header = rows.readline(PIECE_BYTES).removeprefix(b"\xef\xbb\xbf")
        if not header.strip():
            raise Malformed(f"{file} is empty; telemetry CSV begins with timestamp,device,attribute,value,unit")
        if not looks_like_csv(header):
            raise Malformed(f"{file} has no header timestamp,device,attribute,value,unit")
        lacking = decode(header, Origin(None, received_us=0, format="csv")).rejected
        if lacking:
            raise Malformed(f"{file}: {lacking[0].reason}")
        for piece in _records(rows):
            yield _Piece(header.rstrip(b"\r\n") + b"\n" + piece, len(piece))


def _records(rows: BufferedReader) -> Iterator[bytes]:
    """The rest of a file in pieces that end where a row ends, also where a quoted value spans lines."""
    while piece := rows.read(PIECE_BYTES):
        lines = [piece, rows.readline(PIECE_BYTES)]
        quotes = piece.count(b'"') + lines[1].count(b'"')
        while quotes % 2 and len(lines) < MOST_LINES_IN_A_VALUE and (line := rows.readline(PIECE_BYTES)):
            lines.append(line)
            quotes += line.count(b'"')
        yield b"".join(lines)


def _decode(payload: bytes, origin: Origin) -> Decoded:
    """The rows of a piece. A quote that nobody closed swallows the rows after it: these are read one by one."""
    decoded = decode(payload, origin)
    swallowed = [each for each in decoded.rejected if each.raw.count(b"\n") > 1]
    if not swallowed:
        return decoded
    readings, missing = list(decoded.readings), decoded.missing
    rejected = [each for each in decoded.rejected if each not in swallowed]
    for each in swallowed:
        header, *rows = each.raw.splitlines(keepends=True)
        for alone in (decode(header + row.rstrip(b"\r\n"), origin) for row in rows if row.strip()):
            readings += alone.readings
            rejected += alone.rejected
            missing += alone.missing
    return Decoded(readings, rejected, missing)


def _store(recording: Recording, readings: list[Reading]) -> None:
    """Into the lake, line by line, in the order observed; of equal identities the first in the file comes first."""
    by_line: dict[str, list[Reading]] = {}
    line_of: dict[str, list[Reading]] = {}
    for reading in readings:
        kept = line_of.get(reading.device)
        if kept is None:
            kept = line_of[reading.device] = by_line.setdefault(recording.site.line_id(reading.device), [])
        kept.append(reading)
    for line_id, batch in by_line.items():
        batch.sort(key=_observed)
        batch_id = f"replay-{recording.stored + recording.duplicates:012d}"
        appended = recording.lake.append(recording.site.site, line_id, batch, batch_id)
        recording.stored += appended.stored
        recording.duplicates += appended.duplicates
        recording.conflicts += appended.conflicts
        recording.start_us = min(recording.start_us, batch[0].observed_us)
        recording.end_us = max(recording.end_us, batch[-1].observed_us)
        recording.lines.add(line_id)
        recording.hours.update({reading.observed_us // HOUR_US for reading in batch})


def _observed(reading: Reading) -> int:
    return reading.observed_us


@dataclass(frozen=True)
class Ticks:
    """When to look: at equal steps, and once at the end. Years of seconds are not written out."""

    steps: range
    last_us: int

    def __len__(self) -> int:
        return len(self.steps) + 1

    def __getitem__(self, number: int) -> int:
        return self.steps[number] if number < len(self.steps) else self.last_us

    def first_after(self, at_us: int) -> int:
        """The number of the first tick later than this."""
        return bisect_right(self.steps, at_us)


def _ticks(recording: Recording, tick_seconds: float, first_tick_seconds: float | None) -> Ticks:
    """Whole seconds, as people read them."""
    start_us = recording.start_us // SECOND_US * SECOND_US
    last_us = (recording.end_us // SECOND_US + 1) * SECOND_US
    step_us = max(SECOND_US, int(tick_seconds * SECOND_US))
    first_us = start_us + int((tick_seconds if first_tick_seconds is None else first_tick_seconds) * SECOND_US)
    return Ticks(range(first_us, last_us, step_us), last_us)


def _report(progress: Progress | None, stage: str, done: int, total: int) -> None:
    if progress is not None:
        progress(stage, done, total)


@dataclass
class _Told:
    """A notifier that only listens."""

    notifications: list[Notification] = field(default_factory=list)

    def notify(self, notification: Notification) -> None:
        self.notifications.append(notification)


class _ReadAhead:
    """Reads hours of the lake at once and cuts each tick's window out of them; a window never shows more than asked.

    Everything is stored before the first tick, so what was read ahead cannot be out of date.
    """

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._ahead: dict[tuple[str, str], Window] = {}

    def window(self, site: str, line: str, start_us: int, end_us: int) -> Window:
        ahead = self._ahead.get((site, line))
        if ahead is None or start_us < ahead.start_us or end_us > ahead.end_us:
            ahead = self._lake.window(site, line, start_us, max(end_us, start_us + READ_AHEAD_US))
            self._ahead[site, line] = ahead
        return Window(start_us, end_us, dict(_cut(ahead, start_us, end_us)))


def _cut(window: Window, start_us: int, end_us: int) -> Iterable[tuple[tuple[str, str, str], Series]]:
    for key, series in window.series.items():
        first, last = np.searchsorted(series.at_us, (start_us, end_us))
        if first < last:
            text = series.text[first:last] if series.text is not None else None
            if text is not None and not any(each is not None for each in text):
                text = None
            yield key, Series(series.at_us[first:last], series.number[first:last], text, series.unit)
