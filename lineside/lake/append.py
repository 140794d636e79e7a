"""Appending to the lake: one object per batch and observed hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from lineside.errors import Unavailable
from lineside.lake.damage import Damaged, Unreadable, decoding
from lineside.lake.encode import Batch, encode
from lineside.lake.ledger import HourLedger, SeriesNumbers
from lineside.lake.objects import ObjectStore
from lineside.lake.paths import Hour, batch_name, raw_files, raw_key
from lineside.lake.recent import Recent
from lineside.lake.rows import IDENTITY_COLUMNS, Ints, distinct, rows_of
from lineside.lake.schema import from_parquet, to_parquet
from lineside.telemetry.reading import Reading

_ATTEMPTS = 5


@dataclass(frozen=True)
class Appended:
    """What became of a batch: `stored` and `duplicates` add up to its readings.

    `conflicts` of the duplicates had another value than the reading that was kept.
    """

    stored: int
    duplicates: int
    conflicts: int = 0

    def __add__(self, other: Appended) -> Appended:
        return Appended(
            self.stored + other.stored, self.duplicates + other.duplicates, self.conflicts + other.conflicts
        )


class Appender(Protocol):
    def append(self, site: str, line: str, readings: Sequence[Reading], batch_id: str) -> Appended: ...


class SharedAppender:
    """For many writers at once: each counts duplicates within its own batch, readers and compaction drop the rest."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def append(self, site: str, line: str, readings: Sequence[Reading], batch_id: str) -> Appended:
        batch = encode(readings)
        for start_us, rows in batch.by_hour():
            put_rows(self._objects, Hour(site, line, start_us), batch, rows, batch_id)
        return Appended(len(batch.order), batch.duplicates, batch.conflicts)


class ExactAppender:
    """For one writer: counts duplicates against everything that the observed hour holds, and stores no reading twice.

    The files of the same batch do not count, so that a batch repeated after a crash between storing and
    acknowledging gives the same files and the same counts. A repeat must come before its hour is compacted.
    """

    def __init__(self, objects: ObjectStore, memory_bytes: int, damaged: Damaged | None = None) -> None:
        self._objects = objects
        self._damaged = damaged or Damaged(objects)
        self._ledgers: Recent[Hour, HourLedger] = Recent(memory_bytes, lambda ledger: ledger.size_bytes)
        self._numbers: dict[tuple[str, str], SeriesNumbers] = {}

    def append(self, site: str, line: str, readings: Sequence[Reading], batch_id: str) -> Appended:
        batch = encode(readings)
        total = Appended(0, batch.duplicates, batch.conflicts)
        for start_us, rows in batch.by_hour():
            total += self._append_hour(Hour(site, line, start_us), batch, rows, batch_id)
        return total

    def _append_hour(self, hour: Hour, batch: Batch, rows: Ints, batch_id: str) -> Appended:
        ledger = self._ledger(hour, batch_name(batch_id))
        series = self._line_numbers(hour).of(batch.rows)[rows]
        observed, prints = batch.rows.observed[rows], batch.rows.fingerprint[rows]
        known, conflicting = ledger.known(series, observed, prints)
        new = ~known
        # Should the store fail now, what it holds is uncertain: the hour is read again before it is next written.
        self._ledgers.forget(hour)
        if new.any():
            put_rows(self._objects, hour, batch, rows[new], batch_id)
        ledger.add(series[new], observed[new], prints[new], batch_name(batch_id))
        self._ledgers.keep(hour, ledger)
        return Appended(int(new.sum()), int(known.sum()), int(conflicting.sum()))

    def _ledger(self, hour: Hour, batch: str) -> HourLedger:
        ledger = self._ledgers.get(hour)
        if ledger is None or batch in ledger.batches:
            ledger = self._rebuilt(hour, batch)
        return ledger

    def _rebuilt(self, hour: Hour, without: str) -> HourLedger:
        for _ in range(_ATTEMPTS):
            try:
                return self._read(hour, without)
            except KeyError:
                # Compaction moved a file between our listing and our reading: list again.
                continue
        raise Unavailable(f"{hour.raw} changed under the reader {_ATTEMPTS} times")

    def _read(self, hour: Hour, without: str) -> HourLedger:
        ledger = HourLedger(hour.start_us)
        files = raw_files(self._objects.list(hour.raw))
        others = [file for file in files if file.batch != without]
        if self._objects.tag(hour.compacted) is not None:
            self._learn(ledger, hour, hour.compacted, "")
        for file in others:
            self._learn(ledger, hour, file.key, file.batch)
        return ledger

    def _learn(self, ledger: HourLedger, hour: Hour, key: str, batch: str) -> None:
        data = self._objects.get(key)
        try:
            with decoding(key):
                rows = rows_of(from_parquet(data, IDENTITY_COLUMNS))
        except Unreadable as unreadable:
            self._damaged.note(unreadable)  # what it held cannot be told from new readings
            return
        order = distinct(rows).order
        series = self._line_numbers(hour).of(rows)[order]
        observed, prints = rows.observed[order], rows.fingerprint[order]
        known, _ = ledger.known(series, observed, prints)
        ledger.add(series[~known], observed[~known], prints[~known], batch)

    def _line_numbers(self, hour: Hour) -> SeriesNumbers:
        return self._numbers.setdefault((hour.site, hour.line), SeriesNumbers())


def put_rows(objects: ObjectStore, hour: Hour, batch: Batch, rows: Ints, batch_id: str) -> None:
    """Store rows of a batch under the name that tells their span; the same rows give the same name and bytes."""
    observed = batch.rows.observed[rows]
    key = raw_key(hour, int(np.min(observed)), int(np.max(observed)), len(rows), batch_id)
    objects.put(key, to_parquet(batch.table(rows)))
