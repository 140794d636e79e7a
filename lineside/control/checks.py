"""The checks of what is asked: is it declared, new, in time, in the right unit, and within its limits?

A row takes the case and gives its checks; one that does not apply gives none. Each keeps the values it looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from lineside.control.case import Case, Unusable, converted, in_unit, quoted, shown
from lineside.control.request import Check
from lineside.site.safety import why_never
from lineside.telemetry.timestamps import render

_ROUNDING = 1e-9
"""30.1 + 4.9 is not 35 in floating point: a step may be larger by this part of the numbers it comes from."""


def check(name: str, passed: bool, reason: str, **values: str | float | bool | None) -> Check:
    return Check(name=name, passed=passed, reason=reason, values=values)


def declared(case: Case) -> Iterator[Check]:
    """Only what the site file declares can be commanded, under exactly its names."""
    request = case.request
    values: dict[str, str | float | bool | None] = {"device": request.device, "attribute": request.attribute}
    if case.machine is None:
        told = f"no machine of this site is called {quoted(request.device)}; names must match to the letter"
    elif case.point is None:
        told = (
            f"{quoted(request.attribute)} of {quoted(request.device)} is not declared under `commands`; "
            "what is not declared there cannot be commanded"
        )
    else:
        told = ""
    yield check("declared", not told, told or "the site file declares this point", **values)


def safety(case: Case) -> Iterator[Check]:
    """A safety function is never commanded, whatever a site file says."""
    never = _why_never(case)
    told = f"a safety function can never be commanded: {never}" if never else "no safety function"
    yield check("safety", not never, told)


def _why_never(case: Case) -> str:
    machine, name = case.machine, case.request.attribute
    known = machine.attributes.get(name) if machine else None
    names = {"the machine": case.request.device, "the attribute": name, "the label": known.label if known else ""}
    return why_never(names, declared=bool(machine and machine.safety) or bool(known and known.safety))


def replay(case: Case) -> Iterator[Check]:
    """One id is one command."""
    sent, answered = case.request.id in case.snapshot.sent_ids, case.request.id in case.answered
    told = "was sent already" if sent else "was decided already" if answered else ""
    name = quoted(case.request.id)
    reason = f"the id {name} {told}; a new command needs a new id" if told else f"the id {name} is new"
    yield check("replay", not told, reason, id=case.request.id)


def expiry(case: Case) -> Iterator[Check]:
    expires_us, now_us = case.request.expires_us, case.snapshot.now_us
    now, expires = render(now_us), render(expires_us)
    in_time = expires_us > now_us
    reason = f"it may be sent until {expires}" if in_time else f"it expired at {expires}; now it is {now}"
    yield check("expiry", in_time, reason, expires_at=expires, now=now)


def unit(case: Case) -> Iterator[Check]:
    """The request's unit must be one of the point's quantity; its value is converted."""
    if case.point is None:
        return
    request = case.request
    try:
        value = converted(request.value, request.unit, case.unit, request.attribute)
    except Unusable as error:
        yield check("unit", False, str(error), given=request.unit, declared=case.unit)
        return
    told = f"{in_unit(request.value, request.unit)} is {in_unit(value, case.unit)}"
    yield check("unit", True, told, given=request.unit, declared=case.unit, value=value)


def limits(case: Case) -> Iterator[Check]:
    """Absolute, and inclusive at both ends."""
    point, value = case.point, case.value
    if point is None or value is None:
        return
    within = point.min <= value <= point.max
    wanted, allowed = in_unit(value, case.unit), f"{shown(point.min)} to {in_unit(point.max, case.unit)}"
    side = "below" if value < point.min else "above"
    told = f"{wanted} lies within {allowed}" if within else f"{wanted} is {side} the limits {allowed}"
    yield check("limits", within, told, value=value, min=point.min, max=point.max)


def step(case: Case) -> Iterator[Check]:
    """The change from the value in force; unknown is never small."""
    point, value, was = case.point, case.value, case.in_force
    if point is None or value is None or point.max_step is None:
        return
    if isinstance(was, str):
        told = f"the step cannot be judged: {was}"
        yield check("step", False, told, max_step=point.max_step)
        return
    change, largest = value - was, in_unit(point.max_step, case.unit)
    small = is_within(change, point.max_step, value, was)
    told = f"from {shown(was)} to {in_unit(value, case.unit)} is a step of {change:+.12g}; {largest} is the most"
    yield check("step", small, told, was=was, value=value, max_step=point.max_step)


def is_within(change: float, most: float, *scale: float) -> bool:
    """Whether a change is no larger than `most`, but for the rounding of numbers of this scale."""
    return abs(change) <= most + _ROUNDING * max(abs(most), *(abs(number) for number in scale))
