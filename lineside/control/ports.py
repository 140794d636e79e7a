"""What control needs of a runtime; both bring their own, and both hold to the same contract tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, Protocol

from lineside.control.audit import Note
from lineside.control.record import Command
from lineside.control.wire import CommandMessage
from lineside.errors import Conflict
from lineside.site.spelling import in_words

RECORDS_KEPT_US: Final = 400 * 86_400_000_000
"""A store forgets a command that ended before that; a year can be compared with the year before. What was asked and
decided stays in the audit log, which nobody forgets."""
NO_NUMBER: Final = 2**63 - 1
"""More entries than a store can count."""


class PointTaken(Conflict):
    """Another command is in flight on the same point: this one has to wait, or to be proposed anew."""


class CommandStore(Protocol):
    """Commands, the points that are in flight, and the stop-all switch. Raises `Unavailable`."""

    def get(self, site: str, command_id: str) -> Command | None: ...

    def put(self, command: Command, note: Note | None = None) -> None:
        """One conditional write: stored is what had `version - 1`, or nothing where that is 0. Else `Conflict`.

        A command that is sent takes its point and gives it back when it ends, in the same write; `PointTaken` where
        another one holds the point. The note joins the audit log in the same write, too: what is in the log
        happened, and what happened is in the log.
        """
        ...

    def recent(self, site: str, line: str, since_us: int) -> list[Command]:
        """Proposed, sent or changed since then, the newest first."""
        ...

    def open(self, site: str) -> list[Command]:
        """Those that have not ended, the oldest first: what a process that was killed goes on with."""
        ...

    def automation_stopped(self, site: str) -> bool: ...

    def stop_automation(self, site: str, *, stopped: bool) -> None: ...

    def automatic_memory(self, site: str, line: str) -> bytes | None:
        """What the automatic actions of a line remember from tick to tick; see `lineside/control/automatic.py`."""
        ...

    def remember(self, site: str, line: str, memory: bytes, *, was: bytes | None, notes: Sequence[Note] = ()) -> None:
        """Keep it where `was` stands (None: where nothing does), else `Conflict`: a person may have reset a row.

        The notes join the audit log in the same write.
        """
        ...


class AuditLog(Protocol):
    """Append-only, each entry with the hash of the one before (see `lineside/control/audit.py`)."""

    def append(self, site: str, at_us: int, by: str, what: str, detail: str) -> str:
        """Returns the entry's hash. What was appended never changes; who loses the race appends behind the winner."""
        ...

    def entries(self, site: str, after: int = 0, limit: int = 1_000) -> list[bytes]:
        """The entries as they were stored, in order, from the one numbered `after + 1`."""
        ...

    def newest(self, site: str, limit: int, before: int = NO_NUMBER) -> list[bytes]:
        """The last of those numbered below `before`, in order."""
        ...


class Transport(Protocol):
    """The way to a machine. Handing over is not doing: what comes back comes back through the desk."""

    def send(self, message: CommandMessage, kind: Literal["command", "shadow"]) -> None:
        """Hand it over, durably. Sending the same id again is harmless. `Unavailable` where it cannot be."""
        ...


def changed_by_others(command: Command) -> str:
    """Why a command was not written, in a sentence."""
    if command.version == 1:
        return f"there is a command {command.command_id} already"
    return f"somebody else changed command {command.command_id} first; look again, then decide again"


def memory_changed(line: str) -> str:
    """Why what is automatic was not remembered, in a sentence."""
    return f"what is automatic on {line} was changed by somebody else first"


def point_taken(command: Command) -> str:
    """Why a command was not sent, in a sentence."""
    what = f"{in_words(command.attribute)} of {command.device}"
    return f"another command is under way to {what}; wait until it has ended"
