"""Whether the machine shows what it was told. Pure: a command, its point and a current value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lineside.control.case import Unusable, converted
from lineside.control.lifecycle import CLOCK_TOLERANCE_US
from lineside.control.record import Command, Readback
from lineside.line.twin import CurrentValue
from lineside.site.commands import STALE_SECONDS, CommandPoint
from lineside.site.commands import Readback as DeclaredReadback

WITHOUT_SECONDS: Final = 30.0
"""How long a command without a read-back stays in flight."""
_ROUNDING: Final = 1e-9


def within_seconds(point: CommandPoint | None) -> float:
    return point.readback.within_seconds if point and point.readback else WITHOUT_SECONDS


Shown = Mapping[str, CurrentValue]
"""A machine's current values, by attribute."""


def look(command: Command, point: CommandPoint | None, shown: Shown, now_us: int) -> Readback | None:
    """What the machine shows since it was sent, in the command's unit. None where that says nothing.

    It says nothing where it was not observed after the sending (a value from before may be right by chance), is of bad
    quality, comes from the future, is no number, or is in a unit that cannot be compared.
    """
    if point is None or point.readback is None:
        return None
    value = shown.get(point.readback.attribute)
    number = _since(command, value, point.readback.attribute, now_us)
    if value is None or number is None:
        return None
    return Readback(
        number, command.unit, value.as_of_us, abs(number - command.value) <= _bound(command, point.readback)
    )


def is_done(command: Command, point: CommandPoint | None, shown: Shown, now_us: int) -> bool:
    """Whether the read-back proves it.

    A read-back within its tolerance proves nothing where the value before was within it, too. Then the set-point that
    the machine shows since must have moved; and one that is still nearer to the value before always says no.
    """
    seen = look(command, point, shown, now_us)
    if point is None or point.readback is None or seen is None or not seen.within_tolerance:
        return False
    if command.was is None:
        return True
    holds = _since(command, shown.get(command.attribute), command.attribute, now_us)
    if holds is None:
        return abs(command.value - command.was) > _bound(command, point.readback)
    return abs(holds - command.value) <= abs(holds - command.was)


def in_force(shown: Shown, attribute: str, unit: str, now_us: int) -> float | None:
    """The set-point that a machine holds, in `unit`; None where nothing fresh and good says so."""
    value = shown.get(attribute)
    if value is None or value.quality != "good" or value.age_seconds(now_us) > STALE_SECONDS:
        return None
    return number_in(value, unit, attribute)


def _since(command: Command, value: CurrentValue | None, attribute: str, now_us: int) -> float | None:
    if value is None or value.quality != "good":
        return None
    if not command.sent_us < value.as_of_us <= now_us + CLOCK_TOLERANCE_US:
        return None
    return number_in(value, command.unit, attribute)


def _bound(command: Command, readback: DeclaredReadback) -> float:
    return readback.tolerance + _ROUNDING * max(1.0, abs(command.value))


def number_in(value: CurrentValue, unit: str, attribute: str) -> float | None:
    """The value in `unit`; None where it is no number or cannot be converted."""
    if isinstance(value.value, (bool, str)):
        return None
    try:
        return converted(float(value.value), value.unit, unit, attribute)
    except Unusable:
        return None
