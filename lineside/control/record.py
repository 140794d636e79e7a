"""A command from its proposal to its end: what both runtimes store. Times are microseconds since 1970, 0: not yet."""

from __future__ import annotations

from typing import Literal

import msgspec

from lineside.control.request import Channel
from lineside.site.commands import Risk

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
    risk: Risk
    channel: Channel
    proposed_by: str
    proposed_us: int
    expires_us: int
    status: Status
    was: float | None = None
    """In force when it was proposed, and from its first sending on when it was sent, in `unit`; None where nothing
    fresh and good said so."""
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
    """How often it was handed over, or a try was begun."""
    tried_us: int = 0
    """When the last of these began. It is written before anything leaves: see `lineside/control/desk.py`."""
    handed: bool = False
    """The transport has it, durably; until then it is not known whether it left."""
    roles: tuple[str, ...] = ()
    """Of the proposer, when it was proposed: what is decided again is decided for the same person."""
    digest: str = ""
    """Of the request as it was asked: the same id with another digest is another request, and refused."""
    version: int = 0
    """Counts the writes; a write names the version that it read."""

    @property
    def latest_us(self) -> int:
        """The newest time that it carries: a clock that shows less has gone back since."""
        return max(
            *(self.proposed_us, self.approved_us, self.sent_us, self.tried_us), self.acknowledged_us, self.ended_us
        )

    @property
    def point(self) -> tuple[str, str]:
        """What it changes: at most one command in flight for each."""
        return self.device, self.attribute


def label(command: Command) -> str:
    """What people read. Delivered is not done: only a read-back says "Done"."""
    if command.status == "sent" and not command.handed:
        return "Being sent; not known to have left"
    said = LABELS[command.status]
    return f"{said}: {command.reason}" if command.status in ENDED and command.reason else said


LABELS: dict[Status, str] = {
    "proposed": "Proposed",
    "checked": "Checked",
    "awaiting_approval": "Waiting for another person's approval",
    "approved": "Approved, not sent yet",
    "sent": "Sent; the machine has not answered",
    "acknowledged": "The machine says yes; not seen to be done",
    "verified": "Done, as the read-back shows",
    "rejected": "Rejected",
    "expired": "Expired without being sent",
    "failed": "Could not be sent",
    "unverified": "Not seen to be done",
}
