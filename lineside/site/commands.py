"""Command points: the set-points that a site file lets anybody change, within which bounds, and how it shows.

What is not declared cannot be commanded. A safety function can never be declared: see `lineside/site/safety.py`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, model_validator

Risk = Literal["low", "medium", "high"]
RoleName = Literal["viewer", "operator", "engineer", "admin"]
Name = Annotated[str, Field(min_length=1, max_length=128)]

STALE_SECONDS = 60.0
"""A value older than this says nothing about now."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Interlock(_Strict):
    """A condition that must hold: the attribute is strictly below, strictly above, or one of these words.

    The bounds are in the attribute's declared unit. A missing, stale or bad value does not hold.
    """

    device: Name
    attribute: Name
    below: float | None = None
    above: float | None = None
    one_of: tuple[Name, ...] = ()
    max_age_seconds: PositiveFloat = STALE_SECONDS

    @model_validator(mode="after")
    def _says_something(self) -> Interlock:
        if self.below is None and self.above is None and not self.one_of:
            raise ValueError("an interlock says below, above or one_of")
        if self.below is not None and self.above is not None and self.above >= self.below:
            raise ValueError(f"nothing is above {self.above:g} and below {self.below:g}")
        return self


class Readback(_Strict):
    """Where the machine shows that it did it: `attribute` within `tolerance` (in the point's unit) of the set value."""

    attribute: Name
    tolerance: Annotated[float, Field(ge=0)]
    within_seconds: PositiveFloat = 30


class Automatic(_Strict):
    """What Lineside may do by itself: off unless a row says so. It always notifies, and stops if it does not help."""

    alarm: Name
    """The kind of alarm (`stop`, `limit`, `drift`, ...) that allows it ..."""
    cause: Name
    """... and the machine that the alarm names as its cause."""
    direction: Literal["up", "down"]
    largest_step: PositiveFloat
    max_per_hour: PositiveInt = 1


class CommandPoint(_Strict):
    """One set-point of a machine. `min`, `max`, `max_step` and the read-back's tolerance are in `unit`."""

    attribute: Name
    unit: str = ""
    min: float
    max: float
    max_step: PositiveFloat | None = None
    """The largest change from the value in force."""
    max_per_hour: PositiveInt | None = None
    risk: Risk = "high"
    """medium and high need a second person; a point that says nothing is held to be the worst."""
    allowed_states: tuple[Name, ...] = ()
    """States of the machine, in any letter case; none named means any."""
    mode: Name | None = None
    """The attribute under which the machine tells its mode."""
    allowed_modes: tuple[Name, ...] = ()
    interlocks: tuple[Interlock, ...] = ()
    may_propose: RoleName = "operator"
    """The least role."""
    may_approve: RoleName = "operator"
    readback: Readback | None = None
    """Without one nobody ever knows: such a command ends as unverified."""
    transport: Literal["command", "shadow"] = "command"
    """A one-shot action, or a set-point to which the device converges."""
    automatic: tuple[Automatic, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> CommandPoint:
        if self.min >= self.max:
            raise ValueError(f"min ({self.min:g}) must be below max ({self.max:g})")
        if bool(self.mode) != bool(self.allowed_modes):
            raise ValueError("a mode needs both the attribute that tells it (mode) and allowed_modes")
        return self
