"""What would it do? The simulated line as a `LineModel`: an hour that was measured, replayed with another set-point.

Dough and cold follow what was measured; long stops stand where they stood; everything else is drawn by chance, in
pairs of one seed. Where the replays without the change do not count what was counted, nothing is concluded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from statistics import fmean, stdev
from typing import Final, NamedTuple

import numpy as np

from lineside.control.what_if import (
    INTERVAL,
    Change,
    Course,
    Hour,
    Limits,
    Outcome,
    Point,
    Stop,
    WhatIf,
    headline,
    outcome,
    unknown,
)
from simulator.faults import Fault
from simulator.followed import FollowedProcess, Measured
from simulator.line import Line
from simulator.machines import CONVEYOR, FORMER, FREEZER, INSPECTOR, LEFT_TURN, MACHINES, RIGHT_TURN, SEALER
from simulator.setpoints import POINTS, SETTLED, SetPoint

REPLAYS: Final = 12
WARM_UP_SECONDS: Final = 300
SEED: Final = 20_340
LEAST_SECONDS: Final = 600.0
GAP_SECONDS: Final = 180.0
"""Longer than this without a value, and what lay between is anybody's guess."""
STUCK_SECONDS: Final = 300.0
"""No dough and no air keeps one temperature so long."""
LONG_STOP_SECONDS: Final = 60.0
"""Shorter stops than this are drawn by chance, as on the line that nobody measures."""
MISFIT_SPREADS, MISFIT_SHARE = 4.0, 0.05
"""What was counted may be so many standard deviations of the replays, or such a share, off their mean."""
HOUR_SECONDS: Final = 3600.0
NO_LIMITS: Final = (None, None)

DOUGH, MOISTURE, AIR = (FORMER, "Temperature"), (FORMER, "Moisture"), (FREEZER, "Temperature")
REJECTS, GOOD = (INSPECTOR, "Bad"), (INSPECTOR, "Good")
SHOWN: Mapping[Point, tuple[str, Callable[[Line], float]]] = {
    DOUGH: ("CEL", lambda line: line.process.dough_celsius),
    MOISTURE: ("P1", lambda line: line.process.moisture_percent),
    AIR: ("CEL", lambda line: line.process.freezer_celsius),
    (FORMER, "Torque"): ("NU", lambda line: line.process.torque),
    (FREEZER, "Speed"): ("RPM", lambda line: line.process.belt_speed),
    (CONVEYOR, "Speed"): ("RPM", lambda line: line.set_points.held(CONVEYOR, "SpeedSetpoint")),
}
"""What a machine shows of itself while it runs, each with its unit."""


class _Replay(NamedTuple):
    """The figures of one replay; counts and minutes of the whole of it."""

    rejects: float
    good: float
    stood_minutes: float
    outside_minutes: tuple[float, ...]
    shown: float


class CookieLineModel:
    """The cookie line of the simulator. One question takes as long as two dozen hours of it (`REPLAYS` pairs)."""

    feeds: Mapping[str, tuple[str, ...]] = {
        **{row.device: (row.feeds,) if row.feeds else () for row in MACHINES},
        LEFT_TURN: (SEALER,),
        RIGHT_TURN: (CONVEYOR,),
    }
    points: Mapping[Point, str] = {point: row.code for point, row in POINTS.items()}
    signals: Mapping[Point, str] = {DOUGH: "CEL", MOISTURE: "P1", AIR: "CEL"}
    counters: Mapping[str, tuple[str, ...]] = {INSPECTOR: (REJECTS[1], GOOD[1])}

    def __init__(self, replays: int = REPLAYS, seed: int = SEED) -> None:
        self._replays, self._seed = replays, seed

    def effect(self, change: Change, hour: Hour) -> WhatIf:
        """The hour without and with the change, so many times each, and what differs; or why nobody can tell."""
        if why := _unusable(change, hour):
            return unknown(why)
        was = _schedule(hour.courses)
        point = (change.device, change.attribute)
        before = [each for each in was if each[1:3] != point or each[0] < 0]
        then = [*before, (0.0, *point, change.value)]
        without = [self._replay(number, hour, change, was, was) for number in range(self._replays)]
        if why := _misfit(hour, without):
            return unknown(why, _assumed(hour, without))
        with_change = [self._replay(number, hour, change, was, then) for number in range(self._replays)]
        found = _outcomes(change, hour, without, with_change)
        return WhatIf(
            headline=headline([each for each in found if each.name != "readback"]),
            outcomes=found,
            replays=self._replays,
            minutes=hour.seconds / 60,
            assumed=_assumed(hour, without),
            interval=INTERVAL,
        )

    def _replay(
        self, number: int, hour: Hour, change: Change, was: Sequence[SetPoint], then: Sequence[SetPoint]
    ) -> _Replay:
        stops = [Fault("jam", stop.device, stop.since, stop.until - stop.since) for stop in _long(hour)]
        line = Line(np.random.default_rng([self._seed, number]), stops, at=-float(WARM_UP_SECONDS), set_points=then)
        line.process = FollowedProcess(_measured(hour), was, line.at)
        line.run_until(0.0)
        return _watched(line, hour.seconds, change)


def _watched(line: Line, seconds: float, change: Change) -> _Replay:
    inspector, station = line.inspector, line.stations[change.device]
    rejects, good, stood, shown = inspector.bad, inspector.good, 0, 0.0
    _, readback = SHOWN.get((change.device, change.readback), ("", None))
    limits = [(SHOWN[change.device, name][1], low, high) for name, (low, high) in _limits(change).items()]
    outside = [0] * len(limits)
    while line.at < seconds:
        line.step()
        stood += inspector.state != "Running"
        if station.state == "Running":
            for index, (show, low, high) in enumerate(limits):
                value = show(line)
                outside[index] += (low is not None and value < low) or (high is not None and value > high)
        if readback and line.at <= max(1.0, change.within_seconds):
            shown = readback(line)
    return _Replay(
        inspector.bad - rejects, inspector.good - good, stood / 60, tuple(each / 60 for each in outside), shown
    )


def _limits(change: Change) -> dict[str, Limits]:
    """Those of the attributes that the model shows."""
    declared = change.limits or {}
    return {name: limits for name, limits in declared.items() if (change.device, name) in SHOWN and limits != NO_LIMITS}


def _outcomes(
    change: Change, hour: Hour, without: Sequence[_Replay], with_change: Sequence[_Replay]
) -> tuple[Outcome, ...]:
    per_hour = HOUR_SECONDS / hour.seconds

    def told(
        name: str, label: str, unit: str, figure: Callable[[_Replay], float], observed: float | None = None
    ) -> Outcome:
        before, after = ([figure(each) for each in side] for side in (without, with_change))
        return outcome(name, label, unit, before, after, observed)

    found = [
        told("rejects", "rejects", "an hour", lambda one: one.rejects * per_hour, hour.counted[REJECTS] * per_hour),
        told("good", "good pieces", "an hour", lambda one: one.good * per_hour, hour.counted[GOOD] * per_hour),
        told("stopped", f"stopped minutes of {INSPECTOR}", "an hour", lambda one: one.stood_minutes * per_hour),
    ]
    for index, name in enumerate(_limits(change)):
        label = f"minutes of {name} outside its limits"
        found.append(told(f"outside:{name}", label, "an hour", _outside(index, per_hour)))
    if (change.device, change.readback) in SHOWN:
        unit, _ = SHOWN[change.device, change.readback]
        found.append(told("readback", f"{change.readback} as read back", unit, lambda one: one.shown))
    return tuple(found)


def _outside(index: int, per_hour: float) -> Callable[[_Replay], float]:
    return lambda one: one.outside_minutes[index] * per_hour


def _unusable(change: Change, hour: Hour) -> str:
    """Why this change or this hour cannot be replayed; empty where it can."""
    row = POINTS[change.device, change.attribute]
    if not row.low <= change.value <= row.high:
        return f"the model's {change.device} takes {row.low:g} to {row.high:g} {row.code}, not {change.value:g}"
    if hour.seconds < LEAST_SECONDS:
        return f"only {hour.seconds / 60:.0f} minutes were measured, and it takes {LEAST_SECONDS / 60:.0f} to compare"
    missing = [point for point in (REJECTS, GOOD) if point not in hour.counted]
    if missing:
        return f"nobody counted {missing[0][1]} of {missing[0][0]}, so the replay cannot be held against the hour"
    if (change.device, change.attribute) not in hour.courses:
        return f"{change.device} did not say which {change.attribute} is in force"
    return next(filter(None, (_flaw(point, hour) for point in CookieLineModel.signals)), "")


def _flaw(point: Point, hour: Hour) -> str:
    """What is wrong with a signal that the replay would follow."""
    device, attribute = point
    course = hour.courses.get(point, ())
    seconds = [0.0, *(second for second, _ in course), hour.seconds]
    gap = max(later - sooner for sooner, later in pairwise(seconds))
    if gap > GAP_SECONDS:
        return f"nothing was heard of {attribute} of {device} for {gap / 60:.0f} minutes"
    if _stuck_seconds(course) >= STUCK_SECONDS:
        return f"{attribute} of {device} did not move at all for minutes: its sensor may be stuck"
    return ""


def _stuck_seconds(course: Course) -> float:
    longest, since = 0.0, course[0][0]
    for (_, before), (second, value) in pairwise(course):
        since = since if value == before else second
        longest = max(longest, second - since)
    return longest


def _misfit(hour: Hour, without: Sequence[_Replay]) -> str:
    """Why the model is not to be believed of this hour; empty where its replays count what was counted."""
    counts = (
        ("rejects", hour.counted[REJECTS], [one.rejects for one in without]),
        ("good pieces", hour.counted[GOOD], [one.good for one in without]),
    )
    for what, counted, replayed in counts:
        mean = fmean(replayed)
        # A count varies by its root at least, whatever so few replays show.
        spread = max(stdev(replayed), math.sqrt(mean))
        if abs(counted - mean) > max(MISFIT_SPREADS * spread, MISFIT_SHARE * mean):
            span = f"{min(replayed):,.0f} to {max(replayed):,.0f}"
            return f"the model does not fit this hour: {counted:,.0f} {what} were counted, and its replays have {span}"
    return ""


def _assumed(hour: Hour, without: Sequence[_Replay]) -> tuple[str, ...]:
    minutes = hour.seconds / 60
    rejects, good = [one.rejects for one in without], [one.good for one in without]
    stops = _long(hour)
    stood_minutes = sum(stop.until - stop.since for stop in stops) / 60
    kept = f"{len(stops)} long stops of other machines ({stood_minutes:.0f} min) stand where they stood"
    return (
        "The line is a model of a cookie line, not the plant itself; it says what such a line would have done.",
        f"Dough temperature, dough moisture and freezer temperature follow what was measured in the last {minutes:.0f} "
        "minutes, and so do the other set-points; the new one is in force from the first second on.",
        f"{kept if stops else 'No machine stood still for long'}; short stops, each reject and the resets of the "
        f"{INSPECTOR} are drawn by chance, the same with and without the change.",
        f"Without the change the replays have {min(rejects):,.0f} to {max(rejects):,.0f} rejects, and "
        f"{hour.counted[REJECTS]:,.0f} were counted; {min(good):,.0f} to {max(good):,.0f} good pieces, and "
        f"{hour.counted[GOOD]:,.0f} were counted.",
    )


def _long(hour: Hour) -> list[Stop]:
    """The inspector's are left out: it trips, or does not, by what the change makes of the rejects."""
    known = {row.device for row in MACHINES} - {INSPECTOR}
    return [stop for stop in hour.stops if stop.device in known and stop.until - stop.since >= LONG_STOP_SECONDS]


def _schedule(courses: Mapping[Point, Course]) -> list[SetPoint]:
    """What was in force, as the machines told it. What never differed from the usual was set by nobody."""
    found: list[SetPoint] = []
    for (device, attribute), row in POINTS.items():
        in_force = row.usual
        for index, (second, value) in enumerate(courses.get((device, attribute), ())):
            if abs(value - in_force) > SETTLED and row.low <= value <= row.high:
                found.append((second if index else -float(WARM_UP_SECONDS), device, attribute, value))
                in_force = value
    return found


def _measured(hour: Hour) -> Measured:
    seconds = np.arange(-WARM_UP_SECONDS, hour.seconds + 1)
    dough, moisture, air = (_each_second(seconds, hour.courses[point]) for point in (DOUGH, MOISTURE, AIR))
    return Measured(dough, moisture, air)


def _each_second(seconds: np.ndarray, course: Course) -> list[float]:
    at, values = zip(*course, strict=True)
    followed: list[float] = np.interp(seconds, at, values).tolist()
    return followed
