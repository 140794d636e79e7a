"""Commands as bytes: what may be set, what was asked, and what became of it. JSON; times are RFC 3339 in UTC."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from lineside.api.models import Body, View
from lineside.control.automatic_rows import RowState
from lineside.control.record import Status
from lineside.site.commands import Risk

Note = Annotated[str, Field(max_length=500)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$")]
LONGEST_SECONDS = 3_600.0


class CommandPointView(View):
    """A set-point that may be changed. `value` is in force now, in `unit`; null where nothing fresh says so."""

    line: str
    device: str
    attribute: str
    label: str
    unit: str
    min: float
    max: float
    max_step: float | None
    max_per_hour: int | None
    risk: Risk
    value: float | None
    observed_at: str | None
    allowed_states: tuple[str, ...]
    interlocks: tuple[str, ...]
    """A sentence each."""
    readback: str
    """Where the machine shows that it did it, in a sentence; empty where nothing does."""
    may_propose: str
    may_approve: str
    in_flight: str
    """The command that is on its way to this point, or empty."""


class ReadbackView(View):
    value: float
    unit: str
    observed_at: str


class CommandView(View):
    """`label` is what people read: delivered is not done. `done` is true only once the machine showed it."""

    command_id: str
    line: str
    device: str
    attribute: str
    attribute_label: str
    was: float | None
    """In force before, where that was known; like `value` in `unit`."""
    value: float
    unit: str
    risk: str
    channel: str
    status: Status
    label: str
    done: bool
    ended: bool
    proposed_by: str
    proposed_at: str
    expires_at: str
    approved_by: str
    approved_at: str | None
    sent_at: str | None
    acknowledged_at: str | None
    ended_at: str | None
    reason: str
    readback: ReadbackView | None
    alarm_id: str
    justification: str
    version: int


class CheckView(View):
    name: str
    passed: bool
    reason: str
    values: dict[str, str | float | bool | None]


class DecisionView(View):
    """What the rules would say now. Nothing is kept, and nothing is sent."""

    decision: Literal["allowed", "needs_approval", "refused"]
    reasons: tuple[str, ...]
    checks: tuple[CheckView, ...]


class OutcomeView(View):
    """One figure of the replayed hour, in `unit`. `observed` is what was counted; null where nobody did.

    `without` and `with_change` are means over the replays, `difference` is the mean of what the change made of each.
    `low` to `high` holds that of nine hours in ten; `stands_out` is true where zero lies outside of it.
    """

    name: str
    label: str
    unit: str
    observed: float | None
    without: float
    with_change: float
    difference: float
    low: float
    high: float
    stands_out: bool


class WhatIfView(View):
    """What a proposal would have done to the last hour, by a model. `unknown` says why nobody can tell, if so."""

    headline: str
    unknown: str
    outcomes: tuple[OutcomeView, ...]
    replays: int
    minutes: float
    interval: str
    """What `low` and `high` hold, in words."""
    assumed: tuple[str, ...]


class ProposeCommand(Body):
    """`command_id` makes a second sending of the same proposal harmless. `value` is in `unit`."""

    command_id: Id
    device: Annotated[str, Field(min_length=1, max_length=128)]
    attribute: Annotated[str, Field(min_length=1, max_length=128)]
    value: Annotated[float, Field(strict=True, allow_inf_nan=False)]
    unit: Annotated[str, Field(max_length=32)]
    expires_in_seconds: Annotated[float, Field(ge=10, le=LONGEST_SECONDS)] = 600
    """So long it may be approved and sent."""
    alarm_id: Annotated[str, Field(max_length=128)] = ""
    justification: Note = ""
    channel: Literal["console", "voice", "agent"] = "console"
    """How the person came to it. What was said or written to the assistant always needs another person, so that saying
    so can only make the rules stricter."""


class DecideCommand(Body):
    """A person's yes or no. `version` is that of the command as they saw it; who saw another one gets a 409.

    The note stands in the audit log; with a no it is the reason, too.
    """

    approved: StrictBool
    version: Annotated[int, Field(strict=True, ge=1)]
    note: Note = ""


class Withdraw(Body):
    note: Note = ""


class AutomationView(View):
    stopped: bool


class StopAutomation(Body):
    stopped: bool
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


class AutomaticRowView(View):
    """What Lineside may do by itself to one set-point. `largest_step` is in `unit`.

    `ready` acts when its alarm stands, `waiting` says in `why` for what, and `stopped` stays so until a person resets
    it: the change did not help, and `why` says how it stood. `command_id` is its last command that is not judged yet,
    or that stopped it.
    """

    key: str
    line: str
    device: str
    attribute: str
    label: str
    alarm: str
    cause: str
    direction: Literal["up", "down"]
    largest_step: float
    unit: str
    max_per_hour: int
    state: RowState
    why: str
    stopped_at: str | None
    acted_last_hour: int
    command_id: str
    may_reset: str
    """The least role that may reset it."""


class AutomaticView(View):
    """Everything that is automatic on the site. `stopped`: the stop-all switch is on, so nothing acts."""

    stopped: bool
    rows: tuple[AutomaticRowView, ...]


class ResetAutomatic(Body):
    """The row as `key` names it."""

    line: Annotated[str, Field(min_length=1, max_length=128)]
    key: Annotated[str, Field(min_length=1, max_length=2_048)]


class AuditEntryView(View):
    """`detail` is the JSON text that the hash was made over."""

    number: int
    at: str
    by: str
    what: str
    detail: str
    hash: str


class AuditView(View):
    """Entries in order, numbered from 1 without a gap; `lineside commands audit --verify` checks the whole chain."""

    entries: tuple[AuditEntryView, ...]
