"""What releases are kept in; both runtimes bring their own, and both hold to the same contract tests."""

from __future__ import annotations

from typing import Final, Literal, Protocol

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


RETENTION_US: Final = 90 * 86_400_000_000
"""How long an outcome is kept."""


class OutcomeStore(Protocol):
    """How answers of released models went. Kept for `RETENTION_US`."""

    def record(self, outcome: Outcome) -> None:
        """Keep it. Of one answer and release the first counts: recording it again is harmless."""
        ...

    def judged(self, answer_id: str, verdict: Literal["up", "down"]) -> None:
        """A person's verdict on an answer, the newest counts; one that no released model wrote is passed over."""
        ...

    def since(self, at_us: int, release_ids: tuple[str, ...]) -> list[Outcome]:
        """Of these releases, at `at_us` or later, the oldest first."""
        ...


class Approvals(Protocol):
    """Whoever waits for a person's decision about a release: a state machine, or nobody."""

    def answer(self, release_id: str, *, approved: bool, by: str, note: str) -> None:
        """Tell it. `Refused` where nobody waits (any more), `Unavailable` where it cannot be reached."""
        ...


class Reports(Protocol):
    """Where evaluation reports lie."""

    def html(self, release: ModelRelease) -> str | None: ...


def released_by_others(release: ModelRelease) -> str:
    """Why a release was not written, in a sentence."""
    if release.version == 1:
        return f"there is a release {release.release_id} already; choose another name"
    return f"somebody else changed {release.release_id} first; look again, then decide again"


def switched_by_others() -> str:
    """Why the aliases were not written, in a sentence."""
    return "somebody else switched the releases first; look again, then decide again"
