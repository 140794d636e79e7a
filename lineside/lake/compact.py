"""Compaction: the many small files of a closed hour become one, while readers read and writers write.

For each hour: read the compacted object and all raw files; keep each reading once; swap the compacted object in one
step, only if it still is the one that was read; only then delete the raw files that went in. So at every instant a
reading is in the compacted object or in a raw file, and Athena, which reads compacted objects alone, never sees one
twice. A crash after the swap leaves raw files whose readings are all known: the next run deletes them. Two
compactors at once: one loses the swap and starts again. Late files are merged by the next run.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from lineside.errors import Conflict, Unavailable
from lineside.lake.objects import ObjectStore
from lineside.lake.paths import RAW, Hour, RawFile, hour_of, raw_file
from lineside.lake.rows import distinct, rows_of
from lineside.lake.schema import from_parquet, to_parquet
from lineside.lake.together import together

_ATTEMPTS = 5


@dataclass(frozen=True)
class Compacted:
    """What a run did: hours swapped or cleaned up, readings new to their compacted hour, and those dropped."""

    hours: int = 0
    files: int = 0
    rows: int = 0
    duplicates: int = 0
    conflicts: int = 0

    def __add__(self, other: Compacted) -> Compacted:
        return Compacted(
            self.hours + other.hours,
            self.files + other.files,
            self.rows + other.rows,
            self.duplicates + other.duplicates,
            self.conflicts + other.conflicts,
        )


def compact_hours(
    objects: ObjectStore, now_us: int, lateness_seconds: float, *, site: str = "", line: str = ""
) -> Compacted:
    """Compact every hour with raw files that ended `lateness_seconds` before `now_us`: of one line, or of all."""
    total = Compacted()
    for hour in _with_raw(objects, site, line):
        if hour.end_us + lateness_seconds * 1e6 <= now_us:
            total += compact_hour(objects, hour)
    return total


def compact_hour(objects: ObjectStore, hour: Hour) -> Compacted:
    """Merge the raw files of one hour into its compacted object. `Unavailable` after losing to others too often."""
    for _ in range(_ATTEMPTS):
        files = [raw_file(key) for key in objects.list(hour.raw)]
        if not files:
            return Compacted()
        try:
            done = _swap(objects, hour, files)
        except (KeyError, Conflict):
            # Another compactor took a file away or swapped the hour first: look again.
            continue
        together(objects, objects.delete, [file.key for file in files])
        return done
    raise Unavailable(f"{hour.compacted} was changed by others {_ATTEMPTS} times")


def _swap(objects: ObjectStore, hour: Hour, files: list[RawFile]) -> Compacted:
    tag = objects.tag(hour.compacted)
    stored = [from_parquet(objects.get(hour.compacted))] if tag is not None else []
    # In the order in which batches win a tie; what was compacted before comes first.
    keys = [file.key for file in sorted(files, key=lambda file: (file.batch, file.key))]
    raw = together(objects, lambda key: from_parquet(objects.get(key)), keys)
    table = pa.concat_tables([*stored, *raw]).unify_dictionaries().combine_chunks()
    kept = distinct(rows_of(table))
    had = stored[0].num_rows if stored else 0
    if not stored or (kept.order >= had).any():
        objects.put_if(hour.compacted, to_parquet(table.take(pa.array(kept.order))), tag)
    return Compacted(1, len(files), len(kept.order) - had, kept.duplicates, kept.conflicts)


def _with_raw(objects: ObjectStore, site: str, line: str) -> list[Hour]:
    prefix = RAW + (f"site={site}/" if site else "") + (f"line={line}/" if site and line else "")
    found = {hour_of(key) for key in objects.list(prefix)}
    return sorted((hour for hour in found if hour is not None), key=lambda hour: (hour.site, hour.line, hour.start_us))
