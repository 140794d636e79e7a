"""The checks of the machine and the moment: its state and mode, the interlocks, the rate, and what is in flight."""

from __future__ import annotations

from collections.abc import Iterator

from lineside.control.case import Case, Unusable, converted, quoted, shown
from lineside.control.checks import check, is_within
from lineside.control.request import Check, SentCommand
from lineside.site.commands import STALE_SECONDS, Interlock, Readback
from lineside.telemetry.timestamps import render

HOUR_SECONDS = 3_600
UNANSWERED_SECONDS = 30.0
"""So long a command without a read-back is in flight."""


def state(case: Case) -> Iterator[Check]:
    """The machine's state must be one of those that the point allows."""
    point, machine = case.point, case.machine
    if point and machine and point.allowed_states:
        yield _word(case, "state", machine.state, point.allowed_states)


def mode(case: Case) -> Iterator[Check]:
    """The machine's mode likewise."""
    point = case.point
    if point and point.mode and point.allowed_modes:
        yield _word(case, "mode", point.mode, point.allowed_modes)


def _word(case: Case, name: str, attribute: str, allowed: tuple[str, ...]) -> Check:
    device, choice = case.request.device, " or ".join(allowed)
    try:
        found = case.text(device, attribute)
    except Unusable as error:
        return check(name, False, f"the {name} is not known: {error}", allowed=choice)
    fits = is_one_of(found, allowed)
    told = f"the {name} of {quoted(device)} is {quoted(found)}; allowed is {choice}"
    return check(name, fits, told, found=found, allowed=choice)


def is_one_of(word: str, words: tuple[str, ...]) -> bool:
    """In any letter case."""
    return word.casefold() in {one.strip().casefold() for one in words}


def interlocks(case: Case) -> Iterator[Check]:
    """Every interlock must hold."""
    for interlock in case.point.interlocks if case.point else ():
        try:
            yield _interlock(case, interlock)
        except Unusable as error:
            told = f"the interlock {_condition(interlock)} is not known to hold: {error}"
            yield check("interlock", False, told, device=interlock.device, attribute=interlock.attribute)


def _interlock(case: Case, interlock: Interlock) -> Check:
    device, attribute, max_age = interlock.device, interlock.attribute, interlock.max_age_seconds
    holds, found = True, ""
    value: str | float = ""
    if interlock.one_of:
        value = case.text(device, attribute, max_age)
        holds, found = is_one_of(value, interlock.one_of), quoted(value)
    if interlock.below is not None or interlock.above is not None:
        value = case.number(device, attribute, max_age)
        holds = holds and _lies(value, interlock)
        found = shown(value)
    told = f"the interlock {_condition(interlock)} {'holds' if holds else 'does not hold'}: it is {found}"
    return check("interlock", holds, told, device=device, attribute=attribute, value=value)


def _lies(value: float, interlock: Interlock) -> bool:
    below, above = interlock.below, interlock.above
    return (below is None or value < below) and (above is None or value > above)


def _condition(interlock: Interlock) -> str:
    bounds = [
        f"{word} {shown(at)}" for word, at in (("below", interlock.below), ("above", interlock.above)) if at is not None
    ]
    words = [f"one of {', '.join(interlock.one_of)}"] if interlock.one_of else []
    return f"{quoted(interlock.attribute)} of {quoted(interlock.device)} {' and '.join([*bounds, *words])}"


def rate(case: Case) -> Iterator[Check]:
    """No more commands in the last hour than the point allows."""
    point = case.point
    if point is None or point.max_per_hour is None:
        return
    count = sum(case.ago_seconds(sent.sent_us) <= HOUR_SECONDS for sent in case.sent)
    told = f"{count} commands were sent to this point in the last hour; {point.max_per_hour} are allowed"
    yield check("rate", count < point.max_per_hour, told, sent=count, max_per_hour=point.max_per_hour)


def in_flight(case: Case) -> Iterator[Check]:
    """At most one command to a point is under way, until its read-back is seen or its time for that is over."""
    if case.point is None:
        return
    under_way = next((sent for sent in case.sent if _is_in_flight(case, sent)), None)
    if under_way is None:
        yield check("in_flight", True, "no other command to this point is under way")
        return
    told = f"the command {quoted(under_way.id)}, sent at {render(under_way.sent_us)}, is still under way to this point"
    yield check("in_flight", False, told, id=under_way.id)


def _is_in_flight(case: Case, sent: SentCommand) -> bool:
    readback = case.point.readback if case.point else None
    within = readback.within_seconds if readback else UNANSWERED_SECONDS
    if sent.done or case.ago_seconds(sent.sent_us) > within:
        return False
    return readback is None or not _is_read_back(case, sent, readback)


def _is_read_back(case: Case, sent: SentCommand, readback: Readback) -> bool:
    """Whether the machine has shown, since it was sent, that it did it."""
    found = case.snapshot.value(sent.device, readback.attribute)
    if sent.value is None or found is None or found.observed_us < sent.sent_us:
        return False
    max_age_seconds = max(STALE_SECONDS, readback.within_seconds)
    try:
        number, unit = case.measured(sent.device, readback.attribute, max_age_seconds)
        seen = converted(number, unit, case.unit, readback.attribute)
        wanted = converted(sent.value, sent.unit, case.unit, sent.attribute)
    except Unusable:
        return False
    return is_within(seen - wanted, readback.tolerance, seen, wanted)
