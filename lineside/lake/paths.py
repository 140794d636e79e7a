"""The one way to spell a path in the lake.

    raw/site=S/line=L/date=YYYY-MM-DD/hour=HH/<first us>-<last us>-<rows>-<batch id>.parquet   what was appended
    readings/site=S/line=L/date=YYYY-MM-DD/hour=HH/part.parquet                                closed hours, compacted

Date and hour are those of the *observed* time, in UTC, so a reader builds its paths and never searches for them.
A raw file's name says which span it holds, so a reader skips files without opening them. Athena's table reads
`readings/` only, with partition projection over site, line, date and hour.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256

HOUR_US = 3_600_000_000

RAW = "raw/"
READINGS = "readings/"
QUARANTINE = "quarantine/"

_SLUG = re.compile(r"[a-zA-Z0-9:_-]{1,128}")
_BATCH = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}")
_RAW_NAME = re.compile(r"\d+-\d+-\d+-[a-zA-Z0-9_-]+\.parquet", re.ASCII)
_HOUR_KEY = re.compile(r"(?:raw|readings)/site=([^/]+)/line=([^/]+)/date=(\d{4}-\d\d-\d\d)/hour=(\d\d)/")


@dataclass(frozen=True, slots=True)
class Hour:
    """One observed hour of one line. `start_us` is a multiple of `HOUR_US`."""

    site: str
    line: str
    start_us: int

    @property
    def end_us(self) -> int:
        return self.start_us + HOUR_US

    @property
    def raw(self) -> str:
        """The prefix under which what was appended to this hour lies."""
        return f"{RAW}{_folder(self.site, self.line, self.start_us)}"

    @property
    def compacted(self) -> str:
        """The one object that holds this hour once it is compacted."""
        return f"{READINGS}{_folder(self.site, self.line, self.start_us)}part.parquet"


@dataclass(frozen=True, slots=True)
class RawFile:
    """What the name of an appended file says: first_us <= observed <= last_us for each of its `rows`."""

    key: str
    first_us: int
    last_us: int
    rows: int
    batch: str


def hours(site: str, line: str, start_us: int, end_us: int) -> list[Hour]:
    """The hours that hold start_us <= observed < end_us."""
    first = start_us - start_us % HOUR_US
    return [Hour(site, line, start) for start in range(first, max(end_us, start_us), HOUR_US)]


def raw_key(hour: Hour, first_us: int, last_us: int, rows: int, batch: str) -> str:
    return f"{hour.raw}{first_us:016d}-{last_us:016d}-{rows}-{batch_name(batch)}.parquet"


@lru_cache(maxsize=1 << 16)
def raw_file(key: str) -> RawFile:
    """The span, rows and batch that the name of a raw file tells; ValueError where it is not one of ours."""
    name = key.rpartition("/")[2].removesuffix(".parquet")
    first_us, last_us, rows, batch = name.split("-", 3)
    return RawFile(key, int(first_us), int(last_us), int(rows), batch)


def raw_files(keys: Iterable[str]) -> list[RawFile]:
    """The raw files among these keys; what others have put beside them is none of ours."""
    return [raw_file(key) for key in keys if _RAW_NAME.fullmatch(key.rpartition("/")[2])]


def batch_name(batch_id: str) -> str:
    """A batch id as a file name may carry it: itself where that is plain, else its hash."""
    if _BATCH.fullmatch(batch_id):
        return batch_id
    return sha256(batch_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def hour_of(key: str) -> Hour | None:
    """The hour that an object of the lake belongs to; None for a key of another kind."""
    match = _HOUR_KEY.match(key)
    if match is None:
        return None
    site, line, date, hour = match.groups()
    start = datetime.fromisoformat(f"{date}T{hour}:00:00+00:00")
    return Hour(site, line, int(start.timestamp()) * 1_000_000)


@lru_cache(maxsize=4096)
def _folder(site: str, line: str, start_us: int) -> str:
    if not (_SLUG.fullmatch(site) and _SLUG.fullmatch(line)):
        raise ValueError(f"{site!r} and {line!r} must be slugs to name a path")
    start = datetime.fromtimestamp(start_us // 1_000_000, UTC)
    return f"site={site}/line={line}/date={start:%Y-%m-%d}/hour={start:%H}/"
