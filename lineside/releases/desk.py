"""What people do with releases: look, approve, promote, take back. The console and the command line both come here."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from msgspec.structs import replace

from lineside.errors import Conflict, Refused, Unavailable
from lineside.releases.ports import Approvals, ReleaseStore, Reports
from lineside.releases.record import AliasTable, CanaryVerdict, ModelRelease, Status
from lineside.releases.switch import ALIASED, as_canary, promoted, rolled_back, statuses, target_of

ATTEMPTS: Final = 5


class UnknownRelease(Refused):
    """There is no release with this id."""


@dataclass(frozen=True)
class ReleaseDesk:
    """`now_us` is the clock. Every act is one conditional write, and harmless when it is done twice.

    The aliases are the truth about who answers. The releases' statuses follow them, and are mended by `settle` where a
    process ended in between.
    """

    store: ReleaseStore
    now_us: Callable[[], int]
    approvals: Approvals | None = None
    reports: Reports | None = None

    def list(self, limit: int = 50) -> list[ModelRelease]:
        return self.store.list(limit)

    def get(self, release_id: str) -> ModelRelease:
        """Raises `UnknownRelease` for one that is not there."""
        release = self.store.get(release_id)
        if release is None:
            raise UnknownRelease(f"there is no release {release_id}")
        return release

    def aliases(self) -> AliasTable:
        return self.store.aliases()

    def report(self, release_id: str) -> str | None:
        """The evaluation's report as HTML, where there is one."""
        release = self.get(release_id)
        return self.reports.html(release) if self.reports and release.report else None

    def decide(self, release_id: str, *, approved: bool, by: str, note: str = "") -> ModelRelease:
        """A person's yes or no to a release that waits for it. Raises as `decision` and `Approvals.answer` do.

        Whoever waits is told first: an answer that comes too late changes nothing.
        """
        release = self.get(release_id)
        decided = decision(release, approved=approved, by=by, note=note, at_us=self.now_us())
        if decided is release:
            return release
        if self.approvals is not None and release.execution:
            self.approvals.answer(release_id, approved=approved, by=by, note=note)
        return self.note_decision(release_id, approved=approved, by=by, note=note)

    def note_decision(self, release_id: str, *, approved: bool, by: str, note: str = "") -> ModelRelease:
        """Keep a person's decision; harmless where it is kept already."""
        at_us = self.now_us()
        return self._changed(
            release_id, lambda release: decision(release, approved=approved, by=by, note=note, at_us=at_us)
        )

    def note_canary(self, release_id: str, verdict: CanaryVerdict) -> ModelRelease:
        """Keep what was found of a canary; what says nothing new is not written."""

        def noted(release: ModelRelease) -> ModelRelease:
            known = release.canary is not None and replace(release.canary, at_us=verdict.at_us) == verdict
            return release if known else replace(release, canary=verdict)

        return self._changed(release_id, noted)

    def promote(
        self,
        release_id: str,
        *,
        by: str,
        reason: str = "",
        canary_share: float = 0.0,
        seen_version: int | None = None,
    ) -> AliasTable:
        """Make an approved release live, or with a share the canary. What was live becomes `previous`.

        Raises `Refused` for a release that must not answer, `Conflict` where somebody else switched first: since
        `seen_version`, where whoever asks names the version that they looked at.
        """
        target = target_of(self.get(release_id))
        was = self._as_seen(seen_version)
        now_us = self.now_us()
        if canary_share > 0:
            return self.switch(was, as_canary(was, target, canary_share, by, reason, now_us))
        return self.switch(was, promoted(was, target, by, reason, now_us))

    def roll_back(self, *, by: str, reason: str, seen_version: int | None = None) -> AliasTable:
        """End the canary where there is one; else make `previous` live again. `Refused` where there is neither.

        `Conflict` as with `promote`.
        """
        was = self._as_seen(seen_version)
        return self.switch(was, rolled_back(was, by, reason, self.now_us()))

    def switch(self, was: AliasTable, table: AliasTable) -> AliasTable:
        """Write the next table; the records follow. Raises `Conflict` where `was` is not what stands there any more."""
        if table is not was:
            self.store.switch(table)
        # The switch is done. A record that cannot be brought after it now is mended by the next `settle`.
        with suppress(Conflict, Unavailable):
            self.settle(table)
        return table

    def settle(self, table: AliasTable | None = None) -> None:
        """Bring the releases' statuses after the aliases. Harmless at any time, and often."""
        table = table or self.store.aliases()
        for _ in range(ATTEMPTS):
            self._settle(table)
            now = self.store.aliases()
            if now.version == table.version:
                return
            table = now  # somebody else switched meanwhile, and our records may have overwritten theirs

    def _settle(self, table: AliasTable) -> None:
        for release_id, (status, reason) in statuses(table).items():
            release = self.store.get(release_id)
            if release is not None and release.status in ALIASED and release.status != status:
                self._changed(release_id, partial(_standing, status, reason))

    def _as_seen(self, seen_version: int | None) -> AliasTable:
        table = self.store.aliases()
        if seen_version is not None and seen_version != table.version:
            raise Conflict(switched_since(table))
        return table

    def _changed(self, release_id: str, change: Callable[[ModelRelease], ModelRelease]) -> ModelRelease:
        """A record after `change`, which is tried again on what somebody else wrote meanwhile."""
        for _ in range(ATTEMPTS):
            release = self.get(release_id)
            changed = change(release)
            if changed is release:
                return release
            changed = replace(changed, version=release.version + 1)
            try:
                self.store.put(changed)
            except Conflict:
                continue
            return changed
        raise Conflict(f"{release_id} is changed by others again and again; look again, then decide again")


def decision(release: ModelRelease, *, approved: bool, by: str, note: str, at_us: int) -> ModelRelease:
    """The release with a person's yes or no; the very same where that was said already.

    Raises `Conflict` where the opposite was decided, `Refused` where nothing waits for a decision.
    """
    said = release.status in ALIASED if approved else release.status == "refused"
    if said and release.approver:
        return release
    if release.status in ("approved", "refused") and release.approver:
        raise Conflict(f"{release.approver} has already decided: {release.release_id} is {release.status}")
    if release.status != "waiting":
        raise Refused(f"{release.release_id} does not wait for a decision; it is {release.status.replace('_', ' ')}")
    if not approved:
        return replace(release, status="refused", approver=by, approved_us=at_us, reason=note or f"{by} said no")
    if release.evaluation is None or not release.evaluation.passed:
        raise Refused(f"{release.release_id} did not pass its evaluation, so nobody can approve it")
    return replace(release, status="approved", approver=by, approved_us=at_us, reason=note)


def _standing(status: Status, reason: str, release: ModelRelease) -> ModelRelease:
    return release if release.status == status else replace(release, status=status, reason=reason)


def switched_since(table: AliasTable) -> str:
    """Who was faster, in a sentence."""
    if not table.history:
        return "the aliases are not what you saw; look again, then decide again"
    last = table.history[-1]
    return (
        f"{last.by} has switched the releases since you looked ({last.what.replace('_', ' ')}); look again, then decide"
    )
