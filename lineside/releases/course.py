"""The course of a release through its steps: what each writes down, and what may still be undone.

Steps are tried again, and two of them may come at once, so each note is one conditional write on what was read before,
and a release that has ended stays ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from msgspec.structs import replace

from lineside.errors import Conflict, Refused
from lineside.releases.ports import ReleaseStore
from lineside.releases.record import AliasTable, ModelRelease, Status

UNDER_WAY: Final[frozenset[Status]] = frozenset(
    ("training", "importing", "evaluating", "waiting", "approved", "canary")
)
"""Between its start and its end: it may hold a training job, an imported model or a share of the conversations."""
ENDED: Final[frozenset[Status]] = frozenset(("refused", "failed", "rolled_back"))
TRIES: Final = 4
LISTED: Final = 200

End = Literal["failed", "refused", "rolled_back"]


@dataclass(frozen=True)
class Course:
    store: ReleaseStore

    def begin(self, release: ModelRelease) -> ModelRelease:
        """Write down a new release. The same execution may begin it again; `Refused` where it is another's."""
        kept = self.store.get(release.release_id)
        if kept is None:
            try:
                self.store.put(replace(release, version=1))
            except Conflict:
                kept = self.store.get(release.release_id)
            else:
                return replace(release, version=1)
        if kept is None or kept.execution != release.execution or kept.status != release.status:
            raise Refused(f"there is a release {release.release_id} already; start it under another name")
        return kept

    def get(self, release_id: str) -> ModelRelease:
        release = self.store.get(release_id)
        if release is None:
            raise Refused(f"there is no release {release_id}")
        return release

    def note(self, release_id: str, **found: Any) -> ModelRelease:
        """Write down what a step found. `Refused` for a release that has ended, `Conflict` after too many tries."""
        for _ in range(TRIES):
            kept = self.get(release_id)
            if kept.status in ENDED:
                raise Refused(f"{release_id} has ended already ({kept.status}): {kept.reason}")
            noted = replace(kept, **found)
            if noted == kept:
                return kept
            try:
                self.store.put(replace(noted, version=kept.version + 1))
            except Conflict:
                continue
            return replace(noted, version=kept.version + 1)
        raise Conflict(f"{release_id} is written by others at the same time; try again")

    def end(self, release_id: str, status: End, reason: str) -> ModelRelease:
        """Write down that it has ended, without weights and without a model. The same once more writes nothing."""
        kept = self.get(release_id)
        told = replace(kept, status=status, reason=reason, model_id="", artifact="")
        if told == kept:
            return kept
        self.store.put(replace(told, version=kept.version + 1))
        return replace(told, version=kept.version + 1)

    def others(self, release: ModelRelease) -> tuple[str, ...]:
        """Releases that are under way and began before this one, by id.

        Of two that begin at once, each having written itself down first, one at least sees the other.
        """
        mine = (release.made_us, release.release_id)
        return tuple(
            each.release_id
            for each in self.store.list(LISTED)
            if each.status in UNDER_WAY
            and each.release_id != release.release_id
            and (each.made_us, each.release_id) < mine
        )

    def unused(self) -> list[ModelRelease]:
        """Releases whose imported model nobody means and nobody will: it costs storage and takes up the quota."""
        meant = meant_by(self.store.aliases())
        over = {"retired", *ENDED}
        return [
            each
            for each in self.store.list(LISTED)
            if each.model_id and each.status in over and not {each.release_id, each.model_id} & meant
        ]

    def forget_model(self, release: ModelRelease) -> None:
        """Write down that its model is gone, so that nobody promotes it again."""
        self.store.put(replace(release, model_id="", artifact="", version=release.version + 1))


def meant_by(table: AliasTable) -> frozenset[str]:
    """The ids of all releases and models that an alias means."""
    targets = [each for each in (table.live, table.canary, table.previous) if each]
    return frozenset(name for target in targets for name in (target.release_id, target.model_id))
