"""What people name in a question: a machine, a window of time. A wrong name is answered with the one probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fastapi import HTTPException

from lineside.api.services import Services
from lineside.errors import Malformed
from lineside.lake.history import LONGEST_US
from lineside.line.twin import DeviceTwin
from lineside.site.model import Line, Machine, thing_of
from lineside.telemetry.rejection import Rejection
from lineside.telemetry.timestamps import parse, render

MINUTE_US = 60_000_000
CLOCK_SKEW_US = 5 * MINUTE_US
"""A browser's clock may be ahead by so much; what it calls now is now."""


class Asked(NamedTuple):
    """start_us <= t < end_us."""

    start_us: int
    end_us: int


def window_of(since: str, until: str, now_us: int, usual_us: int) -> Asked:
    """The window from `since` to `until`, RFC 3339; empty is now and `usual_us` before it. Raises `Malformed`."""
    end_us = instant_of("until", until) if until else now_us
    if end_us > now_us + CLOCK_SKEW_US:
        raise Malformed(f"until ({until}) lies in the future; it is {render(now_us)} now")
    end_us = min(end_us, now_us)
    start_us = instant_of("since", since) if since else end_us - usual_us
    if start_us >= now_us:
        raise Malformed(f"since ({since}) lies in the future; it is {render(now_us)} now")
    if start_us >= end_us:
        raise Malformed(f"since ({since}) must be before until ({until or render(end_us)})")
    if end_us - start_us > LONGEST_US:
        raise Malformed("the window is longer than 31 days; ask for a shorter one")
    return Asked(start_us, end_us)


def instant_of(name: str, text: str) -> int:
    """An RFC 3339 time that somebody asked for. Raises `Malformed`, which says by its `name` which one is none."""
    try:
        # A plus sign that was not escaped arrives as a space.
        return parse(text.strip().replace(" ", "+") if "T" in text else text.strip())
    except Rejection as rejection:
        raise Malformed(f"{name}: {rejection}") from rejection


class Known(NamedTuple):
    """A machine of a line: as declared, or as heard where no line names it; with its twin, if it was ever heard."""

    machine: Machine
    declared: bool
    twin: DeviceTwin | None


def machines_of(services: Services, line: Line) -> list[Known]:
    """The declared machines in their order, then what else was heard on the line."""
    twins = {twin.device: twin for twin in services.twin.line(services.site.site, line.id)}
    declared = [Known(machine, True, twins.pop(machine.id, None)) for machine in line.machines]
    heard = [(Machine(id=device[:128], thing=thing_of(device)), twin) for device, twin in sorted(twins.items())]
    return [*declared, *(Known(machine, False, twin) for machine, twin in heard)]


def machine_named(name: str, known: Sequence[Known], where: str) -> Known:
    """The machine with this id, thing or, in other letter case, name; else 404 with those that were probably meant."""
    found = _named(name, known)
    if found is not None:
        return found
    names = [one.machine.id for one in known]
    raise HTTPException(404, f"there is no machine {name!r} on {where}{_meant(name, names)}")


def declared_machine(services: Services, name: str) -> Machine:
    """The machine of the site file with this id, thing or, in other letter case, name; else 404."""
    known = [one for line in services.site.lines for one in machines_of(services, line) if one.declared]
    return machine_named(name, known, f"the site {services.site.site}").machine


def _named(name: str, known: Sequence[Known]) -> Known | None:
    for one in known:
        if name == one.machine.id:
            return one
    folded = name.strip().casefold()
    return next((one for one in known if folded in (one.machine.id.casefold(), one.machine.thing.casefold())), None)


def attribute_named(name: str, known: Known) -> str:
    """The attribute with this name or label, as the twin calls it; 404 with those that were probably meant."""
    names = attributes_of(known)
    if name in names:
        return name
    folded = name.strip().casefold()
    for one in names:
        if folded in (one.casefold(), known.machine.label(one).casefold()):
            return one
    raise HTTPException(404, f"{known.machine.id} has no attribute {name!r}{_meant(name, names)}")


def attributes_of(known: Known) -> list[str]:
    """What the machine has said or is declared to say."""
    return sorted({*(known.twin.values if known.twin else ()), *known.machine.attributes})


def _meant(name: str, names: Iterable[str], most: int = 3) -> str:
    by_lower_case = {one.casefold(): one for one in names}
    close = difflib.get_close_matches(name.casefold(), by_lower_case, n=most, cutoff=0.5)
    if close:
        return f"; did you mean {' or '.join(repr(by_lower_case[one]) for one in close)}?"
    few = sorted(by_lower_case.values())[:12]
    return f"; there are {', '.join(few)}" if few else "; nothing was ever heard there"
