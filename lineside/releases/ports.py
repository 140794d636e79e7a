"""What releases are kept in; both runtimes bring their own, and both hold to the same contract tests."""

from __future__ import annotations

from typing import Protocol

from lineside.releases.record import AliasTable, ModelRelease, Outcome


class ReleaseStore(Protocol):
    """Releases, and the one record of the aliases. Raises `Unavailable` where the database does not answer."""

    def get(self, release_id: str) -> ModelRelease | None: ...

    def list(self, limit: int) -> list[ModelRelease]:
        """The newest first."""
        ...

    def put(self, release: ModelRelease) -> None:
        """One conditional write: stored is what had `version - 1`, or nothing where that is 0. Else `Conflict`."""
        ...

    def aliases(self) -> AliasTable:
        """As they are now; an empty table where nothing was ever released."""
        ...

    def switch(self, table: AliasTable) -> None:
        """One conditional write: stored is what had `table.version - 1`. Else `Conflict`."""
        ...


class OutcomeStore(Protocol):
    """How answers of released models went. Recording the same answer twice is harmless. Kept for 90 days."""

    def record(self, outcome: Outcome) -> None: ...

    def judged(self, answer_id: str, verdict: str) -> None:
        """A person's verdict on an answer; an answer that no released model wrote is passed over."""
        ...

    def since(self, at_us: int, release_ids: tuple[str, ...]) -> list[Outcome]: ...


class Approvals(Protocol):
    """Whoever waits for a person's decision about a release: a state machine, or nobody."""

    def answer(self, release_id: str, *, approved: bool, by: str, note: str) -> None:
        """Tell it. `Refused` where nobody waits (any more), `Unavailable` where it cannot be reached."""
        ...


class Reports(Protocol):
    """Where evaluation reports lie."""

    def html(self, release: ModelRelease) -> str | None: ...
