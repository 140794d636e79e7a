"""What somebody asks of a machine, as it came, and what the rules made of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictFloat, StrictInt

Channel = Literal["console", "api", "voice", "agent", "automatic"]
Outcome = Literal["allowed", "needs_approval", "refused"]

_Text = Annotated[str, Field(min_length=1, max_length=256)]


class CommandRequest(BaseModel):
    """One proposal. `id` is the idempotency key: the same id is the same command, however often it comes.

    Keys that nobody knows are passed over: nothing in a request can loosen what the site file says.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    id: _Text
    device: _Text
    attribute: _Text
    value: StrictFloat | StrictInt
    unit: str = ""
    proposed_by: _Text
    roles: tuple[str, ...]
    channel: Channel
    approved_by: _Text | None = None
    expires_at: AwareDatetime
    alarm_id: str = ""
    """The alarm that gave the reason, where one did."""
    justification: Annotated[str, Field(max_length=2_000)] = ""


class SentCommand(CommandRequest):
    """One that was sent: it counts for the rate, and is in flight until it is done or its read-back's time is over."""

    sent_at: AwareDatetime
    done: bool = False


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
