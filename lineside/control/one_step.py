"""One step of a set-point, as far as its point allows. Pure."""

from __future__ import annotations

from typing import Final, Literal

from lineside.site.commands import CommandPoint

_DIGITS: Final = 12
"""More than this of a step is the machine's own rounding: 2.2 - 1 is 1.2."""


def one_step(was: float, direction: Literal["up", "down"], largest: float, point: CommandPoint) -> float | None:
    """`largest` up or down from the value in force, no further than the point's limits; None where that leads nowhere,
    or where the value in force is outside of the limits and more than a step away from them."""
    stepped = was + largest if direction == "up" else was - largest
    wanted = min(max(float(f"{stepped:.{_DIGITS}g}"), point.min), point.max)
    goes_there = wanted > was if direction == "up" else wanted < was
    return wanted if goes_there and abs(wanted - was) <= largest * (1 + 1e-9) else None
