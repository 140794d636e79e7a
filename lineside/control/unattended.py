"""The checks of what Lineside does by itself: off unless the site file has a row for it, and within that row."""

from __future__ import annotations

from collections.abc import Iterator

from lineside.control.case import Case, quoted, shown
from lineside.control.checks import check, is_within
from lineside.control.conditions import HOUR_SECONDS
from lineside.control.request import Check
from lineside.control.snapshot import StandingAlarm
from lineside.site.commands import Automatic


def unattended(case: Case) -> Iterator[Check]:
    """A row must allow it, an alarm that stands must call for it, and nobody may have stopped automation."""
    if case.request.channel != "automatic" or case.point is None:
        return
    stopped = case.snapshot.automation_stopped
    told = "automation is stopped; a person must start it again" if stopped else "automation is not stopped"
    yield check("automation", not stopped, told)
    rows = case.point.automatic
    told = "" if rows else "no row of `automatic` lets this point be changed without a person"
    yield check("automatic_row", bool(rows), told or f"{len(rows)} rows of `automatic` are declared")
    if rows:
        yield from _by_row(case, rows)


def _by_row(case: Case, rows: tuple[Automatic, ...]) -> Iterator[Check]:
    alarm = next((one for one in case.snapshot.alarms if one.alarm_id == case.request.alarm_id), None)
    row = next((row for row in rows if alarm and (row.alarm, row.cause) == (alarm.kind, alarm.cause)), None)
    yield check("automatic_alarm", row is not None, _alarm_told(case.request.alarm_id, alarm, row is not None))
    if row is not None:
        yield _direction_and_step(case, row)
        yield _automatic_rate(case, row)


def _alarm_told(alarm_id: str, alarm: StandingAlarm | None, fits: bool) -> str:
    if not alarm_id:
        return "no alarm is named that would call for it"
    if alarm is None:
        return f"the alarm {quoted(alarm_id)} is not known to stand"
    name = f"the alarm {quoted(alarm_id)} of kind {quoted(alarm.kind)} caused by {quoted(alarm.cause)}"
    return f"{name} allows it" if fits else f"{name} is in no row of `automatic`"


def _direction_and_step(case: Case, row: Automatic) -> Check:
    value, was = case.value, case.in_force
    if isinstance(was, str):
        return check("automatic_step", False, f"the step cannot be judged: {was}")
    if value is None:
        return check("automatic_step", False, "the step cannot be judged: the value has no unit that fits")
    change = value - was
    goes_there = change > 0 if row.direction == "up" else change < 0
    small = is_within(change, row.largest_step, value, was)
    told = f"the step is {change:+.12g}; by itself it may go {row.direction} by {shown(row.largest_step)}"
    return check("automatic_step", goes_there and small, told, was=was, value=value, largest_step=row.largest_step)


def _automatic_rate(case: Case, row: Automatic) -> Check:
    hour = [sent for sent in case.sent if case.ago_seconds(sent.sent_us) <= HOUR_SECONDS]
    count = sum(sent.channel in ("automatic", "") for sent in hour)
    told = f"{count} were sent automatically in the last hour; {row.max_per_hour} are allowed"
    return check("automatic_rate", count < row.max_per_hour, told, sent=count, max_per_hour=row.max_per_hour)
