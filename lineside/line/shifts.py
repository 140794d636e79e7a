"""The shifts of a plant: who worked from when to when, by the clock on its wall.

A shift lasts until the next one begins. The clock is that of the site's time zone, so on the nights on which it is put
forward or back the shift that works then is an hour shorter or longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lineside.site.model import Shift

SECOND_US = 1_000_000


class Worked(NamedTuple):
    """One shift on one day: start_us <= t < end_us."""

    name: str
    start_us: int
    end_us: int


def shifts_between(shifts: Sequence[Shift], timezone: str, start_us: int, end_us: int) -> list[Worked]:
    """The shifts that overlap start <= t < end, oldest first, whole."""
    zone = ZoneInfo(timezone)
    first, last = _local(start_us, zone).date(), _local(end_us, zone).date()
    days = (first + timedelta(days=at) for at in range(-1, (last - first).days + 3))
    begins = sorted({_begin(shift, day, zone) for day in days for shift in shifts})
    worked = [Worked(name, at_us, until_us) for (at_us, name), (until_us, _) in pairwise(begins)]
    return [one for one in worked if one.end_us > start_us and one.start_us < max(end_us, start_us + 1)]


def shift_at(shifts: Sequence[Shift], timezone: str, at_us: int) -> Worked:
    """The shift that works at this instant."""
    return shifts_between(shifts, timezone, at_us, at_us)[0]


def names_of(worked: Iterable[Worked], start_us: int, end_us: int) -> str:
    """Who worked from start to end, in order; each name once."""
    within = [one for one in worked if min(one.end_us, end_us) - max(one.start_us, start_us) >= 60 * SECOND_US]
    return ", ".join(dict.fromkeys(one.name for one in within))


def _begin(shift: Shift, day: date, zone: ZoneInfo) -> tuple[int, str]:
    at = datetime.combine(day, time.fromisoformat(shift.start), zone)
    return int(at.astimezone(UTC).timestamp()) * SECOND_US, shift.name


def _local(at_us: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at_us // SECOND_US, zone)
