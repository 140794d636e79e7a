"""Compaction: the many small files of a closed hour become one, while readers read and writers write.

For each hour: read the compacted object and all raw files; keep each reading once; swap the compacted object in one
step, only if it still is the one that was read; only then delete the raw files that went in. So at every instant a
reading is in the compacted object or in a raw file, and Athena, which reads compacted objects alone, never sees one
twice. A crash after the swap leaves raw files whose readings are all known: the next run deletes them. Two
compactors at once: one loses the swap and starts again. Late files are merged by the next run. A raw file that cannot
be read stays where it is, and so does an hour whose compacted object cannot: nothing is deleted or overwritten unread.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from lineside.errors import Conflict, Unavailable
from lineside.lake.damage import Damaged, Unreadable, decoding
from lineside.lake.objects import ObjectStore
from lineside.lake.paths import RAW, Hour, RawFile, hour_of, raw_files
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
    unreadable: int = 0
    """Files that could not be read and were left as they are."""

    def __add__(self, other: Compacted) -> Compacted:
        return Compacted(
            self.hours + other.hours,
            self.files + other.files,
            self.rows + other.rows,
            self.duplicates + other.duplicates,
            self.conflicts + other.conflicts,
            self.unreadable + other.unreadable,
        )


def compact_hours(
    objects: ObjectStore,
    now_us: int,
    lateness_seconds: float,
    *,
    site: str = "",
    line: str = "",
    damaged: Damaged | None = None,
) -> Compacted:
    """Compact every hour with raw files that ended `lateness_seconds` before `now_us`: of one line, or of all.

    `damaged` hears of the files that cannot be read.
    """
    damaged = damaged or Damaged(objects)
    total = Compacted()
    for hour in _with_raw(objects, site, line):
        if hour.end_us + lateness_seconds * 1e6 <= now_us:
            total += compact_hour(objects, hour, damaged)
    return total


def compact_hour(objects: ObjectStore, hour: Hour, damaged: Damaged) -> Compacted:
    """Merge the raw files of one hour into its compacted object. `Unavailable` after losing to others too often."""
    for _ in range(_ATTEMPTS):
        files = raw_files(objects.list(hour.raw))
        if not files:
            return Compacted()
        try:
            done, merged = _swap(objects, hour, files, damaged)
        except (KeyError, Conflict):
            # Another compactor took a file away or swapped the hour first: look again.
            continue
        together(objects, objects.delete, merged)
        return done
    raise Unavailable(f"{hour.compacted} was changed by others {_ATTEMPTS} times")


def _swap(objects: ObjectStore, hour: Hour, files: list[RawFile], damaged: Damaged) -> tuple[Compacted, list[str]]:
    """Merge what can be read into the compacted object. Returns what was done, and the raw files that are in it now."""
    tag = objects.tag(hour.compacted)
    earlier = _read(objects, hour.compacted, damaged) if tag is not None else None
    if tag is not None and earlier is None:
        return Compacted(unreadable=1), []
    stored = [earlier] if earlier is not None else []
    # In the order in which batches win a tie; what was compacted before comes first.
    keys = [file.key for file in sorted(files, key=lambda file: (file.batch, file.key))]
    found = together(objects, lambda key: _read(objects, key, damaged), keys)
    raw = {key: table for key, table in zip(keys, found, strict=True) if table is not None}
    unreadable = len(keys) - len(raw)
    if not raw:
        return Compacted(unreadable=unreadable), []
    table = pa.concat_tables([*stored, *raw.values()]).unify_dictionaries().combine_chunks()
    kept = distinct(rows_of(table))
    had = earlier.num_rows if earlier is not None else 0
    if not stored or (kept.order >= had).any():
        objects.put_if(hour.compacted, to_parquet(table.take(pa.array(kept.order))), tag)
    return Compacted(1, len(raw), len(kept.order) - had, kept.duplicates, kept.conflicts, unreadable), list(raw)


def _read(objects: ObjectStore, key: str, damaged: Damaged) -> pa.Table | None:
    data = objects.get(key)
    try:
        with decoding(key):
            return from_parquet(data)
    except Unreadable as unreadable:
        damaged.note(unreadable)
        return None


def _with_raw(objects: ObjectStore, site: str, line: str) -> list[Hour]:
    prefix = RAW + (f"site={site}/" if site else "") + (f"line={line}/" if site and line else "")
    found = {hour_of(key) for key in objects.list(prefix)}
    return sorted((hour for hour in found if hour is not None), key=lambda hour: (hour.site, hour.line, hour.start_us))
