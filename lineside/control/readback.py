"""Whether the machine shows what it was told. Pure: a command, its point and a current value."""

from __future__ import annotations

from typing import Final

from lineside.control.case import Unusable, converted
from lineside.control.lifecycle import CLOCK_TOLERANCE_US
from lineside.control.record import Command, Readback
from lineside.line.twin import CurrentValue
from lineside.site.commands import CommandPoint

WITHOUT_SECONDS: Final = 30.0
"""How long a command without a read-back stays in flight."""
_ROUNDING: Final = 1e-9


def within_seconds(point: CommandPoint | None) -> float:
    return point.readback.within_seconds if point and point.readback else WITHOUT_SECONDS


def look(command: Command, point: CommandPoint | None, value: CurrentValue | None, now_us: int) -> Readback | None:
    """What the machine shows since it was sent, in the command's unit. None where that says nothing.

    It says nothing where it was not observed after the sending (a value from before may be right by chance), is of bad
    quality, comes from the future, is no number, or is in a unit that cannot be compared.
    """
    if point is None or point.readback is None or value is None or value.quality != "good":
        return None
    if not command.sent_us < value.as_of_us <= now_us + CLOCK_TOLERANCE_US:
        return None
    number = number_in(value, command.unit, point.readback.attribute)
    if number is None:
        return None
    bound = point.readback.tolerance + _ROUNDING * max(1.0, abs(command.value))
    return Readback(number, command.unit, value.as_of_us, abs(number - command.value) <= bound)


def number_in(value: CurrentValue, unit: str, attribute: str) -> float | None:
    """The value in `unit`; None where it is no number or cannot be converted."""
    if isinstance(value.value, (bool, str)):
        return None
    try:
        return converted(float(value.value), value.unit, unit, attribute)
    except Unusable:
        return None
