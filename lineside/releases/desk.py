"""What people do with releases: look, approve, promote, take back. The console and the command line both come here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lineside.releases.ports import Approvals, ReleaseStore, Reports
from lineside.releases.record import AliasTable, ModelRelease


@dataclass(frozen=True)
class ReleaseDesk:
    """`now_us` is the clock. Every act is one conditional write, and harmless when it is done twice."""

    store: ReleaseStore
    now_us: Callable[[], int]
    approvals: Approvals | None = None
    reports: Reports | None = None

    def list(self, limit: int = 50) -> list[ModelRelease]:
        return self.store.list(limit)

    def get(self, release_id: str) -> ModelRelease:
        """Raises `Refused` for one that is not there."""
        raise NotImplementedError

    def aliases(self) -> AliasTable:
        return self.store.aliases()

    def report(self, release_id: str) -> str | None:
        """The evaluation's report as HTML, where there is one."""
        raise NotImplementedError

    def decide(self, release_id: str, *, approved: bool, by: str, note: str = "") -> ModelRelease:
        """A person's yes or no to a release that waits for it."""
        raise NotImplementedError

    def promote(self, release_id: str, *, by: str, reason: str = "", canary_share: float = 0.0) -> AliasTable:
        """Make an approved release live, or with a share the canary. What was live becomes `previous`."""
        raise NotImplementedError

    def roll_back(self, *, by: str, reason: str) -> AliasTable:
        """End the canary where there is one; else make `previous` live again. `Refused` where there is neither."""
        raise NotImplementedError
