"""Questions about the past: hourly means, the course of a signal, a machine's states, by DuckDB out of Parquet.

The files are named by built paths, never searched for. An hour that is compacted holds each reading once; only an
hour with appended files beside it has its duplicates dropped here, and what was appended is remembered (`live.py`).
Objects that are not on this machine are fetched by name into a folder: DuckDB's wheel carries no S3 client. A file
that cannot be read is left out, and told. This module must not load pyarrow: a function carries one of the two.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TypeVar

from lineside.errors import Refused, Unavailable
from lineside.lake import questions
from lineside.lake.damage import Damaged, Unreadable
from lineside.lake.fetched import SCRATCH_BYTES, Fetched
from lineside.lake.live import MOST_ROWS, Live
from lineside.lake.objects import ObjectStore
from lineside.lake.paths import HOUR_US, Hour, RawFile, hours, raw_files
from lineside.lake.runs import Run, runs_of
from lineside.lake.together import together
from lineside.telemetry.reading import Value

Answer = TypeVar("Answer")

LONGEST_US = 31 * 24 * HOUR_US
LOOK_BACK_US = 2 * HOUR_US
"""How far before a window its first states are looked for: a machine may speak only on a change."""
_LEAST_FOR_A_TREND = 3
_ATTEMPTS = 5
_DAY_BY_DAY = 3
"""A window of more hours is listed by days, which from far away is one request for 24."""


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


@dataclass(frozen=True, slots=True)
class Rise:
    """How much a counter rose from `start_us` to the next rise, by how many readings."""

    start_us: int
    by: float
    readings: int = 1


@dataclass(frozen=True)
class _Files:
    """The objects of one hour as they stand; `compacted` is the tag of its compacted object, None where is none."""

    hour: Hour
    compacted: str | None
    appended: list[RawFile]


class History:
    """Reads a lake through one DuckDB connection. Safe between threads, one question at a time.

    scratch: where objects of a distant store are kept while they are in use, `scratch_bytes` of them between two
    questions; not needed for a local one. live_rows: how much of what was appended is remembered.
    """

    def __init__(
        self,
        objects: ObjectStore,
        scratch: Path | None = None,
        *,
        scratch_bytes: int = SCRATCH_BYTES,
        live_rows: int = MOST_ROWS,
    ) -> None:
        import duckdb

        self.damaged = Damaged(objects)
        """The files that could not be read and are left out."""
        self._objects = objects
        self._fetched = Fetched(objects, scratch, scratch_bytes)
        self._unreadable: dict[str, str | None] = {}
        self._lock = Lock()
        self._database = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
        # Footers are kept; a swapped file is recognised by its time and size.
        self._database.execute("SET parquet_metadata_cache = true")
        self._database.execute("SET enable_progress_bar = false")  # it would print among the words of the process
        self._live = Live(self._database, live_rows)

    def close(self) -> None:
        self._database.close()

    @property
    def remembered(self) -> int:
        """How many appended readings are kept in memory."""
        return self._live.rows

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
        start_us, end_us = start_us - start_us % HOUR_US, -(-end_us // HOUR_US) * HOUR_US
        where, said = questions.of_devices(devices)

        def ask(rows: questions.Rows) -> list[HourlyMean]:
            wanted = rows.only(f"attribute = $attribute AND {where}", attribute=attribute, **said)
            hourly = questions.hourly(self._database, wanted, by_device=by_device)
            return [HourlyMean(one.start_us, one.mean, one.low, one.high, one.numbers, one.device) for one in hourly]

        return sorted(self._answer(site, line, start_us, end_us, ask), key=lambda mean: (mean.start_us, mean.device))

    def summaries(
        self, site: str, line: str, device: str, attributes: Sequence[str] | None, start_us: int, end_us: int
    ) -> list[Summary]:
        """What start <= observed < end holds of each attribute of a device (`attribute@dataset` of a dataset), by name.

        attributes: those wanted, every dataset of each, or `attribute@dataset`; None for all of them.
        """
        return [trace.summary for trace in self.traces(site, line, device, attributes, start_us, end_us, 0)]

    def traces(
        self, site: str, line: str, device: str, attributes: Sequence[str] | None, start_us: int, end_us: int, most: int
    ) -> list[Trace]:
        """The same, each with its course in `most` buckets of equal width at most; empty ones are left out."""
        _bounded(start_us, end_us)
        width_us = max(1, -(-(end_us - start_us) // most)) if most > 0 else 0
        where, said = questions.of_attributes(attributes)

        def ask(rows: questions.Rows) -> list[questions.Course]:
            wanted = rows.only(f"device = $device AND {where}", device=device, **said)
            return questions.courses(self._database, wanted, width_us)

        by_name: dict[str, list[questions.Course]] = {}
        for course in self._answer(site, line, start_us, end_us, ask):
            by_name.setdefault(course.name, []).append(course)
        return [_trace(name, by_name[name], start_us, width_us) for name in sorted(by_name)]

    def rises(
        self, site: str, line: str, device: str, counters: Sequence[str], start_us: int, end_us: int, step_us: int
    ) -> dict[str, list[Rise]]:
        """How much running counters of a device rose in each step of start <= observed < end in which they spoke.

        A counter that begins again is recognised; of several datasets the one that says most counts. One that said
        nothing has no entry.
        """
        _bounded(start_us, end_us)
        where, said = questions.of_attributes(counters)

        def ask(rows: questions.Rows) -> list[questions.RiseOf]:
            wanted = rows.only(f"device = $device AND {where}", device=device, **said)
            return questions.rises(self._database, wanted, step_us)

        found: dict[str, dict[str, list[questions.RiseOf]]] = {}
        for rise in self._answer(site, line, start_us, end_us, ask):
            found.setdefault(rise.attribute, {}).setdefault(rise.dataset, []).append(rise)
        busiest = {name: max(sets.values(), key=_readings) for name, sets in found.items()}
        return {
            name: [Rise(start_us + rise.bucket * step_us, rise.by, rise.readings) for rise in told]
            for name, told in busiest.items()
        }

    def state_runs(
        self, site: str, line: str, state_attributes: dict[str, str], start_us: int, end_us: int
    ) -> dict[str, list[Run]]:
        """Device -> its states in start <= t < end, without holes, for devices each with its attribute of state.

        `unknown` where the device was silent for clearly longer than usual, or had not spoken yet.
        """
        _bounded(start_us, end_us)

        def ask(rows: questions.Rows) -> dict[str, list[Run]]:
            said = self._said(rows, state_attributes)
            quiet = [device for device, one in said.items() if one.habit.only_on_a_change]
            where, names = questions.of_devices(quiet)
            heard = questions.heard(self._database, rows.only(where, **names)) if quiet else {}
            return {device: _runs(said.get(device), heard.get(device), start_us, end_us) for device in state_attributes}

        return self._answer(site, line, start_us - LOOK_BACK_US, end_us, ask)

    def _said(self, rows: questions.Rows, state_attributes: dict[str, str]) -> dict[str, questions.Said]:
        found: dict[str, questions.Said] = {}
        for attribute in sorted(set(state_attributes.values())):
            where, names = questions.of_devices(
                [device for device, named in state_attributes.items() if named == attribute]
            )
            wanted = rows.only(f"attribute = $attribute AND {where}", attribute=attribute, **names)
            found |= questions.said(self._database, wanted)
        return found

    def _answer(
        self, site: str, line: str, start_us: int, end_us: int, ask: Callable[[questions.Rows], Answer]
    ) -> Answer:
        wanted = hours(site, line, start_us, end_us)
        with self._lock:
            try:
                return self._asked(wanted, start_us, end_us, ask)
            finally:
                self._live.forget_much()
                self._fetched.tidy()

    def _asked(self, wanted: list[Hour], start_us: int, end_us: int, ask: Callable[[questions.Rows], Answer]) -> Answer:
        import duckdb

        for _ in range(_ATTEMPTS):
            files = self._look(wanted, start_us, end_us)
            try:
                return ask(self._rows(files, start_us, end_us))
            except KeyError:
                continue  # compaction replaced a file between our listing and our reading: list again
            except duckdb.Error:
                if not self._set_aside(files):
                    raise
        raise Unavailable(f"the lake of {wanted[0].site}/{wanted[0].line} changed under the reader {_ATTEMPTS} times")

    def _look(self, wanted: list[Hour], start_us: int, end_us: int) -> list[_Files]:
        # Raw files first: what is taken away afterwards is in the compacted object, which is looked at later.
        appended = self._listed([hour.raw for hour in wanted])
        compacted = [hour.compacted for hour in wanted]
        if len(wanted) > _DAY_BY_DAY:
            standing = {key for keys in self._listed([_folder(key) for key in compacted]).values() for key in keys}
            compacted = [key if key in standing else "" for key in compacted]
        tags = together(self._objects, lambda key: self._objects.tag(key) if key else None, compacted)
        return [
            self._hour(hour, tag, appended.get(hour.raw, []), start_us, end_us)
            for hour, tag in zip(wanted, tags, strict=True)
        ]

    def _hour(self, hour: Hour, tag: str | None, keys: Iterable[str], start_us: int, end_us: int) -> _Files:
        standing = raw_files(keys)
        self._live.forget_gone(hour.raw, standing)
        files = sorted(standing, key=lambda file: (file.batch, file.key))
        within = [file for file in files if file.last_us >= start_us and file.first_us < end_us]
        return _Files(
            hour,
            None if tag is None or self._is_set_aside(hour.compacted, tag) else tag,
            [file for file in within if not self._is_set_aside(file.key, None)],
        )

    def _listed(self, folders: list[str]) -> dict[str, list[str]]:
        """Folder -> the keys in it."""
        far = len(folders) > _DAY_BY_DAY
        prefixes = sorted({folder.partition("hour=")[0] for folder in folders}) if far else folders
        found: dict[str, list[str]] = {}
        for keys in together(self._objects, self._objects.list, prefixes):
            for key in keys:
                found.setdefault(_folder(key), []).append(key)
        return found

    def _rows(self, files: list[_Files], start_us: int, end_us: int) -> questions.Rows:
        appended = [file for found in files for file in found.appended]
        missing = self._live.missing(appended)
        self._live.take(missing, self._fetched.paths((file.key, "") for file in missing))
        settled = [(found.hour.compacted, found.compacted) for found in files if found.compacted and not found.appended]
        beside = [(found.hour.compacted, found.compacted) for found in files if found.compacted and found.appended]
        return questions.Rows(
            start_us, end_us, self._fetched.paths(settled), self._fetched.paths(beside), self._live.numbers(appended)
        )

    def _set_aside(self, files: list[_Files]) -> bool:
        """Find what could not be read, and leave it out from now on. True where asking again may help."""
        named = [(file.key, "") for found in files for file in self._live.missing(found.appended)]
        named += [(found.hour.compacted, found.compacted) for found in files if found.compacted]
        changed = False
        for key, tag in named:
            if self._objects.tag(key) != (tag or self._objects.tag(key)) or self._objects.tag(key) is None:
                changed = True  # compaction replaced it, or took it away
            elif why := questions.is_readable(self._database, self._fetched.paths([(key, tag)])[0]):
                self._unreadable[key] = self._objects.tag(key)
                self.damaged.note(Unreadable(key, why))
                changed = True
        return changed

    def _is_set_aside(self, key: str, tag: str | None) -> bool:
        if key not in self._unreadable:
            return False
        if self._unreadable[key] == (tag or self._objects.tag(key)):
            return True
        del self._unreadable[key]
        return False


def _bounded(start_us: int, end_us: int) -> None:
    if end_us - start_us > LONGEST_US:
        raise Refused("a window of the past has at most 31 days")


def _folder(key: str) -> str:
    return key.rpartition("/")[0] + "/"


def _readings(told: list[questions.RiseOf]) -> int:
    return sum(rise.readings for rise in told)


def _runs(said: questions.Said | None, heard: questions.Said | None, start_us: int, end_us: int) -> list[Run]:
    """The runs of one device; where its words tell nothing of its silence, its other readings may."""
    if said is None:
        return runs_of([], [], start_us, end_us)
    judged = heard if said.habit.only_on_a_change and heard else said
    return runs_of(said.words, judged.habit.silences([*judged.pauses, (judged.last_us, end_us)]), start_us, end_us)


def _trace(name: str, courses: list[questions.Course], start_us: int, width_us: int) -> Trace:
    """The courses of one signal. Should its unit have changed, numbers are told in that of the newest."""
    whole = [course for course in courses if course.bucket is None]
    newest = max(whole, key=lambda course: course.last_us)
    counted = max(whole, key=lambda course: course.number_us or 0)
    return Trace(
        Summary(
            attribute=name,
            unit=counted.unit if counted.numbers else newest.unit,
            count=sum(course.readings for course in whole),
            last=newest.last_value,
            last_us=newest.last_us,
            first=counted.first,
            mean=counted.mean,
            low=counted.low,
            high=counted.high,
            trend_per_hour=_slope(counted),
        ),
        tuple(
            Bucket(start_us + course.bucket * width_us, course.mean, course.low, course.high, course.numbers)
            for course in courses
            if course.bucket is not None and course.unit == counted.unit and course.numbers
            and course.mean is not None and course.low is not None and course.high is not None
        ),
    )  # fmt: skip


def _slope(course: questions.Course) -> float | None:
    enough = course.numbers >= _LEAST_FOR_A_TREND and course.slope is not None and math.isfinite(course.slope)
    return course.slope if enough else None
