"""What a person might change because of an alarm: the set-points of its cause, and which way its numbers point. Pure.

This suggests and does no more. Whatever comes of it is a person's proposal, and goes through every check of a command.

A set-point counts where its machine caused the alarm, or where the alarm's evidence is about the value that it sets. A
direction is said where that value was last seen outside its declared limits; a number only where the value in force is
known and the point declares a largest step: one such step towards the limit, and never beyond what the point allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from lineside.advice.text import clean, number
from lineside.alarms.model import Alarm
from lineside.control.case import Unusable, converted
from lineside.control.one_step import one_step
from lineside.control.readback import Shown, in_force
from lineside.detection.finding import Evidence
from lineside.site.commands import CommandPoint
from lineside.site.model import Line, Machine, Site

Direction = Literal["", "up", "down"]


class Beyond(msgspec.Struct, frozen=True):
    """A value outside its declared limits: `value` and `limit` in `unit`, and when it was seen."""

    attribute: str
    value: float
    limit: float
    unit: str
    observed_us: int


class PossibleChange(msgspec.Struct, frozen=True):
    """One set-point that a person might change. `value` is in `unit`; None where no rule can say one.

    `direction` is empty, and `because` None, where nothing about it was seen outside its limits.
    """

    device: str
    attribute: str
    unit: str
    direction: Direction = ""
    value: float | None = None
    because: Beyond | None = None


def possible_changes(alarm: Alarm, line: Line, values: Mapping[str, Shown], now_us: int) -> tuple[PossibleChange, ...]:
    """Those with a direction first, each in the order of the line. `values`: by machine, as they are now."""
    found = [_change(alarm, machine, point, values.get(machine.id, {}), now_us) for machine, point in _of(alarm, line)]
    return tuple(sorted(found, key=lambda one: not one.direction))


def change_lines(alarm: Alarm, site: Site) -> tuple[str, ...]:
    """`Lower TemperatureSetpoint of Cookie Former: Dough temperature was 6.8 °C, above 4 °C.`

    Only what a direction is known of, and no value: what is in force by then, the console shows.
    """
    line = next((line for line in site.lines if line.id == alarm.line), None)
    found = possible_changes(alarm, line, {}, alarm.seen_us) if line else ()
    return tuple(_line(each, each.because, site) for each in found if each.because)


def _line(change: PossibleChange, because: Beyond, site: Site) -> str:
    point = f"{clean(site.label(change.device, change.attribute), 60)} of {clean(change.device, 60)}"
    seen = clean(site.label(change.device, because.attribute), 60)
    beyond = f"{'above' if change.direction == 'down' else 'below'} {number(because.limit, because.unit)}"
    act = "Lower" if change.direction == "down" else "Raise"
    return f"{act} {point}: {seen} was {number(because.value, because.unit)}, {beyond}."


def _of(alarm: Alarm, line: Line) -> Iterator[tuple[Machine, CommandPoint]]:
    seen = {(each.device, each.attribute) for each in alarm.evidence}
    for machine in line.machines:
        told = {point.attribute for device, name in seen if device == machine.id for point in machine.points_for(name)}
        for point in machine.commands:
            if machine.id == alarm.cause or point.attribute in told:
                yield machine, point


def _change(alarm: Alarm, machine: Machine, point: CommandPoint, shown: Shown, now_us: int) -> PossibleChange:
    unit = machine.unit(point.attribute)
    beyond = _beyond(alarm, machine, point)
    if beyond is None:
        return PossibleChange(machine.id, point.attribute, unit)
    direction: Literal["up", "down"] = "down" if beyond.value > beyond.limit else "up"
    was = in_force(shown, point.attribute, unit, now_us)
    value = None if was is None or point.max_step is None else one_step(was, direction, point.max_step, point)
    return PossibleChange(machine.id, point.attribute, unit, direction, value, beyond)


def _beyond(alarm: Alarm, machine: Machine, point: CommandPoint) -> Beyond | None:
    """The newest that the evidence says of what this point sets, where that is outside its limits. What is over says
    nothing: it may be well by now."""
    about = [
        each for each in alarm.evidence if each.device == machine.id and point in machine.points_for(each.attribute)
    ]
    if not alarm.active or not about:
        return None
    return _outside(max(about, key=lambda each: each.observed_us), machine)


def _outside(evidence: Evidence, machine: Machine) -> Beyond | None:
    declared = machine.attributes.get(evidence.attribute)
    if declared is None or isinstance(evidence.value, bool | str):
        return None
    try:
        value = converted(float(evidence.value), evidence.unit, declared.unit, evidence.attribute)
    except Unusable:
        return None
    low, high = declared.low, declared.high
    limit = low if low is not None and value < low else high if high is not None and value > high else None
    return None if limit is None else Beyond(evidence.attribute, value, limit, declared.unit, evidence.observed_us)
