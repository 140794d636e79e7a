"""The errors of Lineside: each class says who must act.

LinesideError
├── Malformed        the sender must fix the message; retrying never helps: quarantine it
├── Misconfigured    the person who runs the plant must fix a file or a setting; nothing starts until then
├── Refused          the caller asked for something that the rules do not allow; ask for something else
├── Conflict         somebody else changed the record first: read it again, then decide again
└── Unavailable      a neighbour (disk, database, network, service) did not answer; retrying may help
    └── Throttled    it answered that it is asked too often: wait longer, then ask again
"""

from __future__ import annotations


class LinesideError(Exception):
    """Any error of ours. `str(error)` is one sentence that a person can act on."""


class Malformed(LinesideError):
    """The sender must fix the message; retrying never helps. Quarantine it."""


class Misconfigured(LinesideError):
    """The person who runs the plant must fix a file or a setting. `mistakes` holds every one of them."""

    def __init__(self, what: str, mistakes: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join([what, *(f"  {mistake}" for mistake in mistakes)]))
        self.mistakes = mistakes


class Refused(LinesideError):
    """The rules do not allow what was asked; asking again changes nothing."""


class Unavailable(LinesideError):
    """A neighbour did not answer. Retrying may help: `raise Unavailable("the inbox is locked") from error`."""


class Throttled(Unavailable):
    """A neighbour is asked too often. Waiting helps, and the longer the better; nothing that was paid for is lost."""


class Conflict(LinesideError):
    """Somebody else changed the record first: read it again, then decide again."""
