"""What somebody asks of a machine, as it came, and what the rules made of it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from lineside.telemetry.rejection import Rejection
from lineside.telemetry.timestamps import parse

Channel = Literal["console", "api", "voice", "agent", "automatic"]
Outcome = Literal["allowed", "needs_approval", "refused"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds since 1970, as everything here counts time."""
    return (moment - _EPOCH) // _MICROSECOND


def _instant(given: Any) -> datetime:
    """RFC 3339 with a time zone. A bare number is no time: seconds and milliseconds look alike."""
    if isinstance(given, datetime):
        return given
    if not isinstance(given, str):
        raise ValueError("must be an RFC 3339 time in quotes")
    try:
        return _EPOCH + timedelta(microseconds=parse(given))
    except (Rejection, OverflowError) as error:
        raise ValueError(str(error)) from None


def _number(given: Any) -> float:
    """A finite number; neither true nor "20"."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError("must be a number")
    try:
        number = float(given)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("must be a number that a machine can hold")
    return number


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _or_empty(given: Any) -> Any:
    """Null is what somebody writes who has nothing to say."""
    return "" if given is None else given


_Text = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(_not_blank)]
_Short = Annotated[str, Field(max_length=64)]
Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
Number = Annotated[float, BeforeValidator(_number)]


class CommandRequest(BaseModel):
    """One proposal. `id` is the idempotency key: the same id is the same command, however often it comes.

    Keys that nobody knows are passed over: nothing in a request can loosen what the site file says.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    id: _Text
    device: _Text
    attribute: _Text
    value: Number
    unit: Annotated[_Short, BeforeValidator(_or_empty)] = ""
    proposed_by: _Text
    roles: Annotated[tuple[_Short, ...], Field(max_length=64)]
    """Of `proposed_by`."""
    channel: Channel
    approved_by: _Text | None = None
    expires_at: Instant
    alarm_id: Annotated[str, Field(max_length=256), BeforeValidator(_or_empty)] = ""
    """The alarm that gave the reason, where one did."""
    justification: Annotated[str, Field(max_length=2_000), BeforeValidator(_or_empty)] = ""
    """For people. No check reads it, so nothing that stands in it can approve or loosen anything."""

    @property
    def expires_us(self) -> int:
        return micros(self.expires_at)


class SentCommand(BaseModel):
    """One that was sent: it counts for the rate, and is in flight until it is done or its read-back's time is over.

    Of what was asked only this matters any more; the other keys of a request may stand beside it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    id: _Text
    device: _Text
    attribute: _Text
    sent_at: Instant
    value: Number | None = None
    """Without one its read-back cannot be recognised, so it is in flight until its time is over."""
    unit: Annotated[str, BeforeValidator(_or_empty)] = ""
    channel: str = ""
    done: bool = False

    @property
    def sent_us(self) -> int:
        return micros(self.sent_at)


class Check(BaseModel):
    """One rule, whether it held, and the values it looked at, for the audit log."""

    model_config = ConfigDict(frozen=True)

    name: str
    passed: bool
    reason: str
    """A sentence; why it was refused where it was."""
    values: dict[str, str | float | bool | None] = {}


class Decision(BaseModel):
    """What the rules say of a request, with every check. `reasons` are those of the checks that decided."""

    model_config = ConfigDict(frozen=True)

    id: str | None
    decision: Outcome
    reasons: tuple[str, ...]
    checks: tuple[Check, ...] = ()
