"""One request before the checks: the point it means, its value in the point's unit, and how values are looked at."""

from __future__ import annotations

import math
from collections.abc import Container
from dataclasses import dataclass
from functools import cached_property

from lineside.control.request import CommandRequest, SentCommand
from lineside.control.snapshot import Snapshot
from lineside.errors import Malformed
from lineside.line.twin import CurrentValue
from lineside.site.commands import STALE_SECONDS, CommandPoint
from lineside.site.model import Machine, Site
from lineside.units import canonical, resolve

AHEAD_SECONDS = 5.0
"""Clocks differ by so much at most; a value from further ahead says nothing about now."""
_SHOWN_LENGTH = 80


class Unusable(Malformed):
    """A value that must not be relied on; the sentence says why."""


@dataclass(frozen=True)
class Case:
    """A request, the site and the moment; `answered` are ids that were decided before, besides those that were sent."""

    site: Site
    request: CommandRequest
    snapshot: Snapshot
    answered: Container[str] = frozenset()

    @cached_property
    def machine(self) -> Machine | None:
        return self.site.machine_of.get(self.request.device)

    @cached_property
    def point(self) -> CommandPoint | None:
        """The declared point, by its exact name."""
        points = self.machine.commands if self.machine else ()
        return next((point for point in points if point.attribute == self.request.attribute), None)

    @cached_property
    def unit(self) -> str:
        """The point's declared unit, "" where it has none."""
        return self.machine.unit(self.request.attribute) if self.machine else ""

    @cached_property
    def value(self) -> float | None:
        """The wanted value in the point's unit; None where the request's unit does not fit."""
        try:
            return converted(self.request.value, self.request.unit, self.unit, self.request.attribute)
        except Unusable:
            return None

    @cached_property
    def in_force(self) -> float | str:
        """The value in force, in the point's unit; a sentence where it cannot be relied on."""
        device, attribute = self.request.device, self.request.attribute
        try:
            number, found = self.number(device, attribute), self.fresh(device, attribute)
        except Unusable as error:
            return str(error)
        if any(found.observed_us < sent.sent_us for sent in self.sent):
            return f"the value of {_name(device, attribute)} is older than the last command to it"
        return number

    @cached_property
    def sent(self) -> tuple[SentCommand, ...]:
        """What was sent to the same point."""
        return self.snapshot.sent_to(self.request.device, self.request.attribute)

    def ago_seconds(self, at_us: int) -> float:
        return (self.snapshot.now_us - at_us) / 1e6

    def fresh(self, device: str, attribute: str, max_age_seconds: float = STALE_SECONDS) -> CurrentValue:
        """The value of an attribute. Raises `Unusable` for one that is missing, stale, from the future or not good."""
        found = self.snapshot.value(device, attribute)
        why = "there is none" if found is None else self._why_not(found, max_age_seconds)
        if found is None or why:
            raise Unusable(f"the value of {_name(device, attribute)} cannot be used: {why}")
        return found

    def _why_not(self, found: CurrentValue, max_age_seconds: float) -> str:
        age_seconds = self.ago_seconds(found.observed_us)
        if age_seconds > max_age_seconds:
            return f"it is {age_seconds:,.1f} s old, and {max_age_seconds:g} s are allowed"
        if age_seconds < -AHEAD_SECONDS:
            return f"it is {-age_seconds:,.1f} s ahead of now"
        if found.quality != "good":
            told = f" ({quoted(found.reason, 200)})" if found.reason else ""
            return f"its quality is {quoted(found.quality)}{told}"
        return ""

    def number(self, device: str, attribute: str, max_age_seconds: float = STALE_SECONDS) -> float:
        """The same as a number in its declared unit, else in the canonical one of its quantity. Raises `Unusable`.

        What came without a unit is in the declared one, as telemetry takes it.
        """
        return self.measured(device, attribute, max_age_seconds)[0]

    def measured(self, device: str, attribute: str, max_age_seconds: float = STALE_SECONDS) -> tuple[float, str]:
        """The same, and the unit that it is in."""
        found = self.fresh(device, attribute, max_age_seconds)
        if isinstance(found.value, bool) or not isinstance(found.value, int | float):
            word = quoted(str(found.value))
            raise Unusable(f"the value of {_name(device, attribute)} is {word}, which is no number")
        machine = self.site.machine_of.get(device)
        wanted = (machine.unit(attribute) if machine else "") or _canonical(found.unit, attribute)
        try:
            number = converted(float(found.value), found.unit.strip() or wanted, wanted, attribute)
        except Unusable as error:
            raise Unusable(f"the value of {_name(device, attribute)} cannot be read: {error}") from None
        if not _is_possible(number, wanted, machine, attribute):
            told = f"the value of {_name(device, attribute)} is {in_unit(number, wanted)}"
            raise Unusable(f"{told}, which is not physically possible")
        return number, wanted

    def text(self, device: str, attribute: str, max_age_seconds: float = STALE_SECONDS) -> str:
        """The same as a word. Raises `Unusable`."""
        found = self.fresh(device, attribute, max_age_seconds)
        if isinstance(found.value, bool):
            return str(found.value).lower()
        if not isinstance(found.value, str):
            raise Unusable(f"the value of {_name(device, attribute)} is {found.value}, which is no word")
        return found.value.strip()


def converted(value: float, unit: str, wanted: str, attribute: str) -> float:
    """A value in the wanted unit ("": none). Raises `Unusable` for a unit that is missing, unknown or contradicts.

    What is converted is rounded to 12 digits, so that 14 degF is -10 degC exactly, and no limit is missed by rounding.
    """
    if unit == wanted or not (unit or wanted):
        return value
    if not unit.strip():
        raise Unusable(f"no unit is given; {wanted} is declared")
    if not wanted:
        raise Unusable(f"the unit {quoted(unit)} is given, and none is declared")
    target = resolve(wanted, attribute=attribute)
    source = resolve(unit, target.quantity if target else "", attribute)
    if source is None or target is None:
        raise Unusable(f"the unit {quoted(unit)} is not known; {wanted} is declared")
    if source.quantity != target.quantity:
        raise Unusable(f"the unit {quoted(unit)} is one of {source.quantity}; {wanted} is declared")
    if source.code == target.code:
        return value
    number = (value * source.factor + source.offset - target.offset) / target.factor
    if not math.isfinite(number):
        raise Unusable(f"{shown(value)} {source.code} is no value in {wanted}")
    return float(f"{number:.12g}")


def _canonical(unit: str, attribute: str) -> str:
    """Where nothing is declared: the unit in which telemetry keeps values of this quantity."""
    known = resolve(unit, attribute=attribute) if unit.strip() else None
    return canonical(known.quantity).code if known else unit


def _is_possible(number: float, unit: str, machine: Machine | None, attribute: str) -> bool:
    """Whether it lies in the attribute's physical range, which is in the attribute's own unit."""
    declared = machine.attributes.get(attribute) if machine else None
    low, high = (declared.physical_low, declared.physical_high) if declared else (None, None)
    if declared is None or (low is None and high is None):
        return math.isfinite(number)
    kept = converted(number, unit, declared.unit, attribute) if declared.unit else number
    return (low is None or kept >= low) and (high is None or kept <= high) and math.isfinite(kept)


def _name(device: str, attribute: str) -> str:
    return f"{quoted(attribute)} of {quoted(device)}"


def shown(number: float) -> str:
    """Every digit that counts, and no more: 40.000001 is not 40."""
    return repr(float(number)).removesuffix(".0")


def in_unit(number: float, unit: str) -> str:
    return f"{shown(number)} {unit}".rstrip()


def quoted(text: str, length: int = _SHOWN_LENGTH) -> str:
    """Somebody else's words inside a sentence of ours: short, and with nothing in them that steers a terminal."""
    cut = text if len(text) <= length else f"{text[:length]}..."
    return repr(cut)
