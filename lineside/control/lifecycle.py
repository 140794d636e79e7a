"""The life of a command, pure: a command and an event in, the next command out, or `Refused`.

`TABLE` holds every move. An event that changes nothing gives the very command back, so that hearing it twice is
harmless; what stands in no row is refused. What has ended stays ended: a late answer is for the audit log to keep.

Time is an argument and is believed only forwards. A clock behind the command's own newest time by more than
`CLOCK_TOLERANCE_US` has gone back; `overdue` then ends what waits and what is in flight, because how long it has
waited can no longer be told. So a clock stepping back shortens a life, and never lengthens one.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, get_args

import msgspec
from msgspec.structs import replace

from lineside.control.record import ENDED, Command, Readback, Status
from lineside.control.wire import CommandAnswer
from lineside.errors import Refused

EventName = Literal[
    "checks_pass",
    "checks_fail",
    "need_approval",
    "need_nobody",
    "approve",
    "reject",
    "withdraw",
    "expire",
    "send",
    "handed_over",
    "cannot_send",
    "accept",
    "deny",
    "deny_again",
    "shown",
    "time_over",
]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
EVENTS: Final[tuple[EventName, ...]] = get_args(EventName)
CLOCK_TOLERANCE_US: Final = 2_000_000
"""By how much two clocks of one plant, or one that is being set right, may differ before time is held to go back."""
CLOCK_WENT_BACK: Final = "the clock went back, so nobody can tell how long it has waited"
SECOND_US: Final = 1_000_000


class Event(msgspec.Struct, frozen=True):
    """What happened: who did it (`by`), and why or with what."""

    what: EventName
    by: str = ""
    reason: str = ""
    readback: Readback | None = None


class Row(NamedTuple):
    """One move. `next` None: it changes nothing, because it was so already or came too late."""

    status: Status
    event: EventName
    next: Status | None
    why: str


_WAITING: Final[tuple[Status, ...]] = ("proposed", "checked", "awaiting_approval", "approved")
_FLYING: Final[tuple[Status, ...]] = ("sent", "acknowledged")
_OVER: Final[tuple[Status, ...]] = ("verified", "rejected", "expired", "failed", "unverified")
_LATE: Final[tuple[EventName, ...]] = ("handed_over", "cannot_send", "accept", "deny", "deny_again", "shown")


def _rows(statuses: tuple[Status, ...], events: tuple[EventName, ...], following: Status | None, why: str) -> list[Row]:
    return [Row(status, event, following, why) for status in statuses for event in events]


TABLE: Final[tuple[Row, ...]] = (
    Row("proposed", "checks_pass", "checked", "every rule holds"),
    Row("checked", "need_approval", "awaiting_approval", "its risk or its channel asks for a person"),
    Row("checked", "need_nobody", "approved", "its risk is low"),
    Row("awaiting_approval", "approve", "approved", "another person agrees, and the rules still hold"),
    Row("approved", "send", "sent", "the rules hold at the moment of sending; written before anything leaves"),
    Row("sent", "send", "sent", "it is not known whether it left, so it is handed over again under the same id"),
    Row("sent", "handed_over", "sent", "the transport has it"),
    Row("sent", "accept", "acknowledged", "the machine says yes, which is not yet done"),
    Row("sent", "deny", "rejected", "the plant side or the machine says no"),
    Row("sent", "deny_again", None, "a no to a copy says nothing of the first one: the read-back decides"),
    Row("sent", "cannot_send", "failed", "the transport can never hand it over, and no copy has left"),
    *_rows(_FLYING, ("shown",), "verified", "the read-back shows it, observed after it was sent"),
    *_rows(_FLYING, ("time_over",), "unverified", "the read-back's time is over"),
    *_rows(_WAITING, ("checks_fail",), "rejected", "a rule does not hold, or does no longer"),
    *_rows(_WAITING, ("reject",), "rejected", "a person says no"),
    *_rows(_WAITING, ("withdraw",), "rejected", "it was taken back"),
    *_rows(_WAITING, ("expire",), "expired", "its time is over"),
    *_rows(("approved", *_FLYING), ("approve",), None, "it is approved already"),
    *_rows(("acknowledged",), ("accept", "handed_over"), None, "that is known"),
    *_rows(("acknowledged",), ("deny", "deny_again"), None, "a no after a yes: the read-back decides"),
    *_rows(("rejected",), ("reject", "withdraw", "checks_fail"), None, "it is rejected already"),
    *_rows(("expired",), ("expire",), None, "it is expired already"),
    *_rows(_OVER, (*_LATE, "time_over"), None, "it has ended; what comes late is noted and changes nothing"),
)
"""Every move there is; anything else is refused."""

_MOVES: Final = {(row.status, row.event): row for row in TABLE}


def row_of(status: Status, event: EventName) -> Row:
    """Raises `Refused` for what no row allows."""
    row = _MOVES.get((status, event))
    if row is None:
        raise Refused(f"{_IMPOSSIBLE[event]} a command that is {status.replace('_', ' ')}")
    return row


def advance(command: Command, event: Event, now_us: int) -> Command:
    """The command after `event`; the very same where it changes nothing. `version` counts up with each change.

    Raises `Refused` for what the table does not allow, and for sending or approving past the time to do so.
    """
    row = row_of(command.status, event.what)
    if row.next is None:
        return command
    if event.what in ("approve", "send", "need_nobody") and (why := overdue(command, now_us)):
        raise Refused(f"it is too late: {why}")
    if event.what == "send" and command.handed:
        raise Refused("the transport has it already; what it was given once it keeps")
    changed = replace(_stamped(command, event, now_us), status=row.next, version=command.version + 1)
    if row.next not in ENDED:
        return changed
    return replace(changed, ended_us=now_us, reason=event.reason or row.why, readback=event.readback)


def overdue(command: Command, now_us: int) -> str:
    """Why a command that still waits, or whose hand-over nobody confirmed, must not go on; "" where it may."""
    if went_back(command, now_us):
        return CLOCK_WENT_BACK
    if now_us >= command.expires_us and not command.handed:
        return "the time in which it may be sent is over"
    return ""


def went_back(command: Command, now_us: int) -> bool:
    return now_us < command.latest_us - CLOCK_TOLERANCE_US


def answer_event(answer: CommandAnswer, by: str) -> Event:
    """What an answer means. A no that is `repeated` is the replay guard's, to a copy."""
    if answer.accepted:
        return Event("accept", by=by)
    what: EventName = "deny_again" if answer.repeated else "deny"
    return Event(what, by=by, reason=f"refused at the machine: {answer.reason}" if answer.reason else "")


def watched_until_us(command: Command, within_seconds: float) -> int:
    """Until when a read-back counts: from the last hand-over; while none is confirmed, until it expires."""
    if command.handed or command.status == "acknowledged":
        return command.tried_us + int(within_seconds * SECOND_US)
    return command.expires_us


def _stamped(command: Command, event: Event, now_us: int) -> Command:
    if event.what == "approve":
        return replace(command, approved_by=event.by, approved_us=now_us)
    if event.what == "need_nobody":
        return replace(command, approved_us=now_us)
    if event.what == "send":
        tried = replace(command, tried_us=now_us, attempts=command.attempts + 1)
        return replace(tried, sent_us=command.sent_us or now_us)
    if event.what == "handed_over":
        return replace(command, handed=True)
    if event.what == "accept":
        return replace(command, handed=True, acknowledged_us=now_us)
    return command


_IMPOSSIBLE: Final[dict[EventName, str]] = {
    "checks_pass": "nothing is checked anew for",
    "checks_fail": "no rule turns back",
    "need_approval": "nobody is asked about",
    "need_nobody": "nobody can pass over the approval of",
    "approve": "nobody can approve",
    "reject": "nobody can reject",
    "withdraw": "nobody can take back",
    "expire": "time does not take back",
    "send": "nobody can send",
    "handed_over": "nothing was handed over of",
    "cannot_send": "nothing was sent of",
    "accept": "no machine can have accepted",
    "deny": "no machine can have refused",
    "deny_again": "no machine can have refused",
    "shown": "no read-back belongs to",
    "time_over": "no read-back is awaited of",
}
