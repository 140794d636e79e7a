"""Declared limits of one attribute, high and low apart, with on-delay, off-delay and deadband.

Judged on every reading, not only on the last one at a tick: a value holds until the next reading, so a violation
that lasts as long as the on-delay is found although it is over by the time of the tick.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from lineside.detection.finding import Evidence, Finding
from lineside.detection.settings import SECOND_US, LimitSettings
from lineside.site.model import Attribute

Side = Literal["high", "low"]


class Limit(msgspec.Struct, frozen=True):
    """One limit: `sign` makes larger worse, so that high and low are one rule."""

    side: Side
    at: float
    deadband: float
    on_delay_us: int
    off_delay_us: int

    @property
    def sign(self) -> float:
        return 1.0 if self.side == "high" else -1.0

    def is_beyond(self, value: float) -> bool:
        return self.sign * (value - self.at) > 0

    def is_well_inside(self, value: float) -> bool:
        return self.sign * (value - self.at) <= -self.deadband


class Excursion(msgspec.Struct):
    """Where one limit stands. `since_us`: beyond it (0: not); `inside_us`: back inside (0: not); worst value so far.

    `active` once the on-delay has passed, until the off-delay has. `ended_us` is when it last ended.
    """

    since_us: int = 0
    inside_us: int = 0
    active: bool = False
    ended_us: int = 0
    last: float = 0.0
    last_us: int = 0
    worst: float = 0.0
    worst_us: int = 0


def limits_of(attribute: Attribute, settings: LimitSettings) -> list[Limit]:
    """The limits that a site file declares, with the defaults where it says no more."""
    deadband = attribute.deadband if attribute.deadband is not None else _deadband(attribute, settings)
    on_us = _delay_us(attribute.on_delay_seconds, settings.on_delay_seconds)
    off_us = _delay_us(attribute.off_delay_seconds, settings.off_delay_seconds)
    sides: tuple[tuple[Side, float | None], ...] = (("high", attribute.high), ("low", attribute.low))
    return [Limit(side, at, deadband, on_us, off_us) for side, at in sides if at is not None]


def _deadband(attribute: Attribute, settings: LimitSettings) -> float:
    if attribute.low is not None and attribute.high is not None:
        return settings.deadband_share * (attribute.high - attribute.low)
    only = attribute.high if attribute.high is not None else attribute.low
    return settings.deadband_share * abs(only or 0.0)


def _delay_us(declared: float | None, default: float) -> int:
    return int((declared if declared is not None else default) * SECOND_US)


def follow(excursion: Excursion, limit: Limit, times: list[int], values: list[float], now_us: int) -> bool:
    """Take readings, sorted and newer than all before. True when the limit was violated at any time since then."""
    violated = excursion.active
    if not excursion.since_us and not any(limit.is_beyond(value) for value in values):
        _remember_last(excursion, times, values)
        return False
    for at_us, value in zip(times, values, strict=True):
        violated |= _pass_time(excursion, limit, at_us)
        _take(excursion, limit, at_us, value)
    _remember_last(excursion, times, values)
    return _pass_time(excursion, limit, now_us) or violated


def _remember_last(excursion: Excursion, times: list[int], values: list[float]) -> None:
    if times:
        excursion.last_us, excursion.last = times[-1], values[-1]


def _pass_time(excursion: Excursion, limit: Limit, at_us: int) -> bool:
    """The last value held until `at_us`; the delays may have passed. Returns whether the limit is violated."""
    if not excursion.since_us:
        return False
    if excursion.inside_us:
        if at_us - excursion.inside_us >= limit.off_delay_us:
            excursion.ended_us = excursion.inside_us + limit.off_delay_us
            excursion.since_us, excursion.inside_us, excursion.active = 0, 0, False
    elif at_us - excursion.since_us >= limit.on_delay_us:
        excursion.active = True
    return excursion.active


def _take(excursion: Excursion, limit: Limit, at_us: int, value: float) -> None:
    if limit.is_beyond(value):
        if not excursion.since_us:
            excursion.since_us = excursion.worst_us = at_us
            excursion.worst = value
        excursion.inside_us = 0
        if limit.sign * (value - excursion.worst) > 0:
            excursion.worst, excursion.worst_us = value, at_us
    elif not excursion.active:
        excursion.since_us = 0
    elif not limit.is_well_inside(value):
        excursion.inside_us = 0
    elif not excursion.inside_us:
        excursion.inside_us = at_us


def finding_of(
    excursion: Excursion, limit: Limit, device: str, attribute: str, unit: str, now_us: int, onset_us: int
) -> Finding:
    """What to say of a violated limit: the worst value and the latest one, against the limit."""
    worst = _evidence(limit, device, attribute, unit, excursion.worst, excursion.worst_us, "worst")
    last = _evidence(limit, device, attribute, unit, excursion.last, excursion.last_us, "latest")
    evidence = (worst,) if excursion.last_us == excursion.worst_us else (worst, last)
    ended_us = 0 if excursion.active else excursion.ended_us
    return Finding("limit", device, onset_us, now_us, attribute, evidence, limit.side, ended_us)


def _evidence(limit: Limit, device: str, attribute: str, unit: str, value: float, at_us: int, which: str) -> Evidence:
    return Evidence(
        device=device,
        attribute=attribute,
        value=value,
        observed_us=at_us,
        unit=unit,
        expected=limit.at,
        note=f"{which}; {limit.side} limit",
    )
