"""Questions about days: hourly means out of Parquet, by DuckDB.

The files are named by built paths, never searched for. An hour that is compacted holds each reading once, so its
mean is that of a whole file, whose name says which hour it is; only an hour with appended files beside it has its
duplicates dropped here. Objects that are not on this machine are fetched by name into a folder: DuckDB's wheel
carries no S3 client. This module must not load pyarrow: a function carries one of the two.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from lineside.errors import Unavailable
from lineside.lake.objects import ObjectStore
from lineside.lake.paths import Hour, hour_of, hours, raw_files
from lineside.telemetry.reading import Value

if TYPE_CHECKING:
    import duckdb

_ATTEMPTS = 5
_STATISTICS = "avg(value_number), min(value_number), max(value_number), count(value_number)"


@dataclass(frozen=True, slots=True)
class HourlyMean:
    """The numbers of one attribute in one hour, without those of quality bad. `device` is "" where not asked for.

    `start_us` is the start of the hour; mean, low and high are in the attribute's unit.
    """

    start_us: int
    mean: float
    low: float
    high: float
    count: int
    device: str = ""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The numbers of one attribute from `start_us` to the next bucket, without those of quality bad."""

    start_us: int
    mean: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a window holds of one attribute of one device, without readings of quality bad.

    `last` is the newest value, as told (number, text, true or false). `mean`, `low`, `high`, `first` and
    `trend_per_hour` (least squares, units per hour) are None where there is no number, or too few for a trend.
    """

    attribute: str
    unit: str
    count: int
    last: Value | None
    last_us: int
    first: float | None = None
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    trend_per_hour: float | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """A summary and the course of the values: at most as many buckets as were asked for, oldest first."""

    summary: Summary
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True)
class _Files:
    """The local files of one hour. `appended` is empty once the hour is compacted."""

    hour: Hour
    compacted: Path | None
    appended: list[Path]


class History:
    """Reads a lake through one DuckDB connection. Safe between threads, one question at a time.

    scratch: where objects of a distant store are kept while they are in use; not needed for a local one.
    """

    def __init__(self, objects: ObjectStore, scratch: Path | None = None) -> None:
        import duckdb

        self._objects = objects
        self._scratch = scratch
        self._lock = Lock()
        self._database = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
        # Footers are kept; a swapped file is recognised by its time and size.
        self._database.execute("SET parquet_metadata_cache = true")

    def close(self) -> None:
        self._database.close()

    def hourly_means(
        self,
        site: str,
        line: str,
        attribute: str,
        start_us: int,
        end_us: int,
        *,
        devices: Collection[str] | None = None,
        by_device: bool = False,
    ) -> list[HourlyMean]:
        """Mean, lowest, highest and count of an attribute for each hour that begins in start <= hour < end, in order.

        start_us and end_us are widened to whole hours. An hour without a number is left out.
        """
        wanted = hours(site, line, start_us, end_us)
        with self._lock:
            for _ in range(_ATTEMPTS):
                try:
                    return self._read(wanted, _Question(attribute, devices, by_device))
                except (KeyError, _duckdb_io_error()):
                    # Compaction replaced a file between our listing and our reading: list again.
                    continue
        raise Unavailable(f"the lake of {site}/{line} changed under the reader {_ATTEMPTS} times")

    def _read(self, wanted: list[Hour], question: _Question) -> list[HourlyMean]:
        files = [found for found in map(self._files, wanted) if found.compacted or found.appended]
        settled = [found.compacted for found in files if found.compacted and not found.appended]
        means = _by_file(self._database, settled, question) if settled else []
        for found in files:
            if found.appended:
                means += _without_duplicates(self._database, found, question)
        return sorted(means, key=lambda mean: (mean.start_us, mean.device))

    def _files(self, hour: Hour) -> _Files:
        # Raw files first: what is taken away afterwards is in the compacted object, which is looked at later.
        raw = sorted(raw_files(self._objects.list(hour.raw)), key=lambda file: (file.batch, file.key))
        tag = self._objects.tag(hour.compacted)
        compacted = self._local(hour.compacted, tag) if tag is not None else None
        return _Files(hour, compacted, [self._local(file.key, "") for file in raw])

    def _local(self, key: str, tag: str) -> Path:
        """The object as a file, under a path that still tells its hour."""
        path = self._objects.path(key)
        if path is not None:
            return path
        if self._scratch is None:
            raise Unavailable(f"{key} is not on this machine; History needs a scratch folder")
        folder, _, name = key.rpartition("/")
        path = self._scratch / folder / f"{sha256(tag.encode()).hexdigest()[:16]}-{name}"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            for older in path.parent.glob(f"*-{name}"):
                older.unlink()
            arriving = path.with_suffix(".arriving")
            arriving.write_bytes(self._objects.get(key))
            arriving.replace(path)
        return path


@dataclass(frozen=True)
class _Question:
    attribute: str
    devices: Collection[str] | None
    by_device: bool

    @property
    def device(self) -> str:
        return "device" if self.by_device else "''"

    @property
    def where(self) -> str:
        return "attribute = $attribute" + ("" if self.devices is None else " AND device IN (SELECT unnest($devices))")

    @property
    def values(self) -> dict[str, Any]:
        return {"attribute": self.attribute} | ({} if self.devices is None else {"devices": sorted(set(self.devices))})


def _by_file(database: duckdb.DuckDBPyConnection, files: Sequence[Path], question: _Question) -> list[HourlyMean]:
    query = f"""
        SELECT filename, {question.device} AS device, {_STATISTICS} FROM read_parquet($files, filename = true)
        WHERE {question.where} AND quality <> 'bad' GROUP BY ALL
    """  # noqa: S608 (the words are ours; what people say goes in as values)
    found = database.execute(query, {"files": [str(file) for file in files]} | question.values).fetchall()
    return [
        HourlyMean(_start_us(filename), mean, low, high, count, device)
        for filename, device, mean, low, high, count in found
        if count
    ]


def _without_duplicates(database: duckdb.DuckDBPyConnection, files: _Files, question: _Question) -> list[HourlyMean]:
    paths = ([files.compacted] if files.compacted else []) + files.appended
    # The files come in the order in which they win a tie in the time of receiving.
    query = f"""
        WITH once AS (
            SELECT DISTINCT ON (device, attribute, dataset, observed_at) device, value_number, quality
            FROM read_parquet($files, filename = true) WHERE {question.where}
            ORDER BY device, attribute, dataset, observed_at, received_at, list_position($files, filename))
        SELECT {question.device} AS device, {_STATISTICS} FROM once WHERE quality <> 'bad' GROUP BY ALL
    """  # noqa: S608 (the words are ours; what people say goes in as values)
    found = database.execute(query, {"files": [str(path) for path in paths]} | question.values).fetchall()
    start_us = files.hour.start_us
    return [HourlyMean(start_us, mean, low, high, count, device) for device, mean, low, high, count in found if count]


def _start_us(filename: str) -> int:
    found = re.search(r"(?:raw|readings)/site=[^/]+/line=[^/]+/date=[^/]+/hour=[^/]+/", filename)
    hour = hour_of(found.group()) if found else None
    if hour is None:
        raise ValueError(f"{filename} is not in the lake's layout")
    return hour.start_us


def _duckdb_io_error() -> type[Exception]:
    import duckdb

    return duckdb.IOException
