"""What is remembered of a search for the cause of rejects: which values changed, and whose they are."""

from __future__ import annotations

import msgspec

from lineside.detection.finding import Finding


class Change(msgspec.Struct, frozen=True):
    """A value that went from `before` to `after`, between `since_us` and `until_us`.

    `score`: how many times its usual wander; `follows`: how closely the defects follow it (correlation, 0..1), at the
    lag `lag_us` at which they do so best.
    """

    device: str
    attribute: str
    unit: str
    before: float
    after: float
    since_us: int
    until_us: int
    score: float
    follows: float = 0.0
    lag_us: int = 0

    @property
    def evidence(self) -> float:
        """By what candidates are ranked."""
        return self.score * self.follows


class Traced(msgspec.Struct, frozen=True):
    """The machine upstream whose values changed before the rejects of another did; `changes` are its own.

    The clearest stands first. `finding` is the newest about the rejects, with the changes as evidence. `began_us` is
    when the rejects rose, `until_us` when the finding was last true.
    """

    device: str
    finding: Finding
    changes: tuple[Change, ...]
    sure: float
    began_us: int
    until_us: int
