"""A command from its proposal to its end: what both runtimes store. Times are microseconds since 1970, 0: not yet."""

from __future__ import annotations

from typing import Literal

import msgspec

Status = Literal[
    "proposed",
    "checked",
    "awaiting_approval",
    "approved",
    "sent",            # handed to the transport; nobody knows yet whether it arrived
    "acknowledged",    # the device says yes; nobody knows yet whether it did it
    "verified",        # the read-back shows it
    "rejected",        # by a check, by a person, by the plant side or by the device
    "expired",
    "failed",          # it could not be sent
    "unverified",      # the read-back's time is over and the value is not there
]  # fmt: skip
ENDED: frozenset[Status] = frozenset({"verified", "rejected", "expired", "failed", "unverified"})
IN_FLIGHT: frozenset[Status] = frozenset({"sent", "acknowledged"})


class Readback(msgspec.Struct, frozen=True):
    """What the machine showed. `value` is in `unit`."""

    value: float
    unit: str
    observed_us: int
    within_tolerance: bool


class Command(msgspec.Struct, frozen=True):
    """One command. `value` and `was` (in force when it was proposed) are in `unit`, the declared one of the point."""

    command_id: str
    """The idempotency key of its request."""
    site: str
    line: str
    device: str
    thing: str
    attribute: str
    value: float
    unit: str
    risk: str
    channel: str
    proposed_by: str
    proposed_us: int
    expires_us: int
    status: Status
    was: float | None = None
    alarm_id: str = ""
    justification: str = ""
    approved_by: str = ""
    approved_us: int = 0
    sent_us: int = 0
    acknowledged_us: int = 0
    ended_us: int = 0
    reason: str = ""
    """Why it ended as it did, in one sentence."""
    readback: Readback | None = None
    attempts: int = 0
    version: int = 0
    """Counts the writes; a write names the version that it read."""

    @property
    def point(self) -> tuple[str, str]:
        """What it changes: at most one command in flight for each."""
        return self.device, self.attribute
