"""The questions that history asks, in the words of DuckDB. The words are ours; what people say goes in as values."""

# ruff: noqa: S608 (see above)

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from lineside.lake.live import COLUMNS
from lineside.lake.paths import HOUR_US, hour_of
from lineside.lake.runs import LEAST_TOLERANCE_US, TOLERANCE_TIMES_USUAL, Habit, Word
from lineside.telemetry.reading import Value

if TYPE_CHECKING:
    import duckdb

_STATISTICS = "avg(value_number), min(value_number), max(value_number), count(value_number)"


@dataclass(frozen=True)
class Rows:
    """Where the readings of a window are, each of them once for whoever reads `sql`.

    settled: compacted hours beside which nothing was appended. beside: those where something was; live: the numbers
    of the appended files in the table `live`.
    """

    start_us: int
    end_us: int
    settled: Sequence[Path] = ()
    beside: Sequence[Path] = ()
    live: Sequence[int] = ()
    where: str = "true"
    said: Mapping[str, Any] = field(default_factory=dict)
    """The values of `where`."""

    def __bool__(self) -> bool:
        return bool(self.settled or self.beside or self.live)

    def only(self, where: str, **said: Any) -> Rows:
        return Rows(self.start_us, self.end_us, self.settled, self.beside, self.live, where, said)

    @property
    def sql(self) -> str:
        parts = [f"SELECT {COLUMNS} FROM read_parquet($settled) WHERE {self._wanted}"] if self.settled else []
        return " UNION ALL ".join([*parts, *([self._once] if self.live or self.beside else [])])

    @property
    def values(self) -> dict[str, Any]:
        files = {"settled": list(map(str, self.settled)), "beside": list(map(str, self.beside)), "live": self.live}
        window = {"from_us": self.start_us, "until_us": self.end_us}
        return {name: value for name, value in files.items() if value} | window | dict(self.said)

    @property
    def _wanted(self) -> str:
        window = "observed_at >= make_timestamptz($from_us) AND observed_at < make_timestamptz($until_us)"
        return f"{window} AND {self.where}"

    @property
    def _once(self) -> str:
        """Received first counts; of those received at the same instant what is compacted, then the first batch."""
        files = f"SELECT {COLUMNS}, '' AS batch FROM read_parquet($beside) WHERE {self._wanted}"
        appended = f"""SELECT {COLUMNS}, batch FROM live
            WHERE file IN (SELECT unnest($live)) AND {self._wanted}"""
        both = " UNION ALL ".join(([files] if self.beside else []) + ([appended] if self.live else []))
        return f"""(SELECT DISTINCT ON (device, attribute, dataset, observed_at) {COLUMNS} FROM ({both})
            ORDER BY device, attribute, dataset, observed_at, received_at, batch)"""


class HourOf(NamedTuple):
    start_us: int
    device: str
    mean: float
    low: float
    high: float
    numbers: int


def hourly(database: duckdb.DuckDBPyConnection, rows: Rows, *, by_device: bool) -> list[HourOf]:
    """The numbers of each hour, and of each device where that is asked for.

    A compacted hour is that of a whole file, whose name says which hour it is.
    """
    device = "device" if by_device else "''"
    found: list[HourOf] = []
    if rows.settled:
        query = f"""SELECT filename, {device}, {_STATISTICS} FROM read_parquet($settled, filename = true)
            WHERE {rows.where} AND quality <> 'bad' GROUP BY ALL"""
        values = {"settled": list(map(str, rows.settled)), **rows.said}
        found += [HourOf(_start_us(row[0]), *row[1:]) for row in database.execute(query, values).fetchall()]
    appended = Rows(rows.start_us, rows.end_us, (), rows.beside, rows.live, rows.where, rows.said)
    if appended:
        query = f"""SELECT epoch_us(observed_at) // {HOUR_US} * {HOUR_US}, {device}, {_STATISTICS}
            FROM ({appended.sql}) WHERE quality <> 'bad' GROUP BY ALL"""
        found += [HourOf(*row) for row in database.execute(query, appended.values).fetchall()]
    return [one for one in found if one.numbers]


class Course(NamedTuple):
    """The readings of one signal in one unit; in the whole window, or in one bucket of it. Times in microseconds."""

    attribute: str
    dataset: str
    unit: str
    bucket: int | None
    readings: int
    last_us: int
    last: dict[str, Any]
    numbers: int
    number_us: int | None
    first: float | None
    mean: float | None
    low: float | None
    high: float | None
    slope: float | None

    @property
    def name(self) -> str:
        """As the twin calls it."""
        return f"{self.attribute}@{self.dataset}" if self.dataset else self.attribute

    @property
    def last_value(self) -> Value | None:
        kind, number, text = self.last["kind"], self.last["number"], self.last["text"]
        if kind == "text":
            return str(text) if text is not None else None
        return bool(number) if kind == "boolean" else number


def courses(database: duckdb.DuckDBPyConnection, rows: Rows, width_us: int) -> list[Course]:
    """Every signal and unit of these rows as a whole, and in buckets of `width_us` (0: none). Quality bad is left out.

    `slope` is in units per hour.
    """
    if not rows:
        return []
    bucket, sets = "NULL::BIGINT", "GROUP BY attribute, dataset, unit"
    if width_us:
        bucket = "bucket"
        sets = "GROUP BY GROUPING SETS ((attribute, dataset, unit), (attribute, dataset, unit, bucket))"
    query = f"""
        WITH said AS (
            SELECT attribute, dataset, unit, value_kind, value_text, value_number, epoch_us(observed_at) AS at_us,
                CASE WHEN value_kind = 'number' THEN value_number END AS number,
                (epoch_us(observed_at) - $from_us) // {max(1, width_us)} AS bucket
            FROM ({rows.sql}) WHERE quality <> 'bad')
        SELECT attribute, dataset, unit, {bucket}, count(*), max(at_us),
            arg_max({{'kind': value_kind, 'number': value_number, 'text': value_text}}, at_us),
            count(number), max(at_us) FILTER (number IS NOT NULL), arg_min(number, at_us),
            avg(number), min(number), max(number), regr_slope(number, (at_us - $from_us) / 3.6e9)
        FROM said {sets} ORDER BY ALL"""
    return [Course(*row) for row in database.execute(query, rows.values).fetchall()]


class RiseOf(NamedTuple):
    attribute: str
    dataset: str
    bucket: int
    readings: int
    by: float


def rises(database: duckdb.DuckDBPyConnection, rows: Rows, width_us: int) -> list[RiseOf]:
    """How much each counter rose in each bucket of `width_us`, told where it was seen.

    A counter that fell to less than half began again from zero; one that then is where it was before the fall was
    misread once. A smaller fall is a correction.
    """
    if not rows:
        return []
    query = f"""
        WITH said AS (
            SELECT attribute, dataset, epoch_us(observed_at) AS at_us, value_number AS is_now,
                lag(value_number) OVER told AS was, lag(value_number, 2) OVER told AS was_before,
                lead(value_number) OVER told AS will_be
            FROM ({rows.sql}) WHERE quality <> 'bad' AND value_kind = 'number'
            WINDOW told AS (PARTITION BY attribute, dataset ORDER BY observed_at))
        SELECT attribute, dataset, (at_us - $from_us) // {width_us} AS bucket, count(*), sum(CASE
            WHEN was IS NULL THEN 0
            WHEN is_now >= was AND was < was_before / 2 AND is_now >= was_before THEN is_now - was_before
            WHEN is_now >= was THEN is_now - was
            WHEN is_now < was / 2 AND coalesce(will_be < was, true) THEN greatest(is_now, 0)
            ELSE 0 END)
        FROM said GROUP BY ALL ORDER BY ALL"""
    return [RiseOf(*row) for row in database.execute(query, rows.values).fetchall()]


@dataclass(frozen=True)
class Said:
    """What a device said of its state. `pauses` are those that may be too long: from one word to the next."""

    habit: Habit
    words: list[Word]
    pauses: list[tuple[int, int]]
    last_us: int


def said(database: duckdb.DuckDBPyConnection, rows: Rows) -> dict[str, Said]:
    """Device -> what its rows say, as text; of several datasets the one that says most."""
    if not rows:
        return {}
    database.execute(
        f"""CREATE OR REPLACE TEMP TABLE words AS
        WITH told AS (
            SELECT device, dataset, epoch_us(observed_at) AS at_us, lower(trim(value_text)) AS state
            FROM ({rows.sql}) WHERE quality <> 'bad' AND trim(value_text) <> '')
        SELECT *, lag(at_us) OVER told AS before, coalesce(state <> lag(state) OVER told, true) AS is_new
        FROM told WINDOW told AS (PARTITION BY device, dataset ORDER BY at_us)""",
        rows.values,
    )
    habits = _habits(database, "words")
    changes: dict[tuple[str, str], list[tuple[int, int | None, str, bool]]] = defaultdict(list)
    for device, dataset, *word in database.execute(
        f"""SELECT device, dataset, at_us, before, state, is_new FROM words
        JOIN (SELECT device, dataset, quantile_disc(at_us - before, 0.5) AS usual FROM words GROUP BY ALL)
        USING (device, dataset)
        WHERE is_new OR at_us - before > greatest({LEAST_TOLERANCE_US}, {TOLERANCE_TIMES_USUAL} * usual)
        ORDER BY device, dataset, at_us"""
    ).fetchall():
        changes[device, dataset].append((word[0], word[1], word[2], word[3]))
    found: dict[str, Said] = {}
    for (device, dataset), (habit, last_us) in habits.items():
        if device in found and habit.words <= found[device].habit.words:
            continue
        mine = changes[device, dataset]
        pauses = [(before, at) for at, before, _, _ in mine if before is not None]
        words = [Word(at, state) for at, _, state, is_new in mine if is_new]
        found[device] = Said(habit, words, pauses, last_us)
    return found


def heard(database: duckdb.DuckDBPyConnection, rows: Rows) -> dict[str, Said]:
    """Device -> how often it said anything at all, with no words."""
    if not rows:
        return {}
    database.execute(
        f"""CREATE OR REPLACE TEMP TABLE heard AS
        SELECT device, '' AS dataset, at_us, lag(at_us) OVER told AS before, false AS is_new
        FROM (SELECT DISTINCT device, epoch_us(observed_at) AS at_us FROM ({rows.sql}))
        WINDOW told AS (PARTITION BY device ORDER BY at_us)""",
        rows.values,
    )
    pauses: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for device, before, at in database.execute(
        f"SELECT device, before, at_us FROM heard WHERE at_us - before > {LEAST_TOLERANCE_US} ORDER BY at_us"
    ).fetchall():
        pauses[device].append((before, at))
    return {
        device: Said(habit, [], pauses[device], last_us)
        for (device, _), (habit, last_us) in _habits(database, "heard").items()
    }


def _habits(database: duckdb.DuckDBPyConnection, table: str) -> dict[tuple[str, str], tuple[Habit, int]]:
    query = f"""SELECT device, dataset, count(*), count(*) FILTER (is_new),
        coalesce(quantile_disc(at_us - before, 0.5), 0), coalesce(quantile_disc(at_us - before, 0.9), 0), max(at_us)
        FROM {table} GROUP BY ALL ORDER BY ALL"""
    return {(row[0], row[1]): (Habit(*row[2:6]), row[6]) for row in database.execute(query).fetchall()}


def is_readable(database: duckdb.DuckDBPyConnection, path: Path) -> str:
    """Why a file cannot be read, "" where it can."""
    import duckdb

    counts = ", ".join(f"count({name.strip()})" for name in COLUMNS.split(","))
    try:
        database.execute(f"SELECT {counts} FROM read_parquet($file)", {"file": str(path)}).fetchall()
    except duckdb.Error as error:
        return (str(error).splitlines() or [type(error).__name__])[0][:200]
    return ""


def of_devices(devices: Collection[str] | None) -> tuple[str, dict[str, Any]]:
    """The condition that a row is of one of these devices, and its values; None is all of them."""
    if devices is None:
        return "true", {}
    names = {f"device_{number}": name for number, name in enumerate(sorted(set(devices)))}
    return f"device IN ({', '.join(f'${name}' for name in names)})" if names else "false", names


def of_attributes(attributes: Iterable[str] | None) -> tuple[str, dict[str, Any]]:
    """The same for signals, by attribute or `attribute@dataset`."""
    if attributes is None:
        return "true", {}
    names = {f"attribute_{number}": name for number, name in enumerate(sorted(set(attributes)))}
    if not names:
        return "false", {}
    listed = ", ".join(f"${name}" for name in names)
    if not any("@" in name for name in names.values()):
        return f"attribute IN ({listed})", names
    return f"(attribute IN ({listed}) OR (dataset <> '' AND attribute || '@' || dataset IN ({listed})))", names


def _start_us(filename: str) -> int:
    found = re.search(r"(?:raw|readings)/site=[^/]+/line=[^/]+/date=[^/]+/hour=[^/]+/", filename)
    hour = hour_of(found.group()) if found else None
    if hour is None:
        raise ValueError(f"{filename} is not in the lake's layout")
    return hour.start_us
