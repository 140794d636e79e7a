"""Giving up on a release, or clearing away after one: nothing that it made may go on costing, and nobody's model goes.

What an alias means is never deleted, whoever asks.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

import msgspec

from cloud.imported_models import ImportedModels
from cloud.training_job import TrainingJobs, job_name
from lineside.errors import Conflict
from lineside.lake.objects import ObjectStore
from lineside.releases.course import ENDED, Course, End, meant_by
from lineside.releases.desk import ReleaseDesk
from lineside.releases.record import ModelRelease
from lineside.releases.switch import canary_ended

MACHINE: Final = "the release's state machine"
LONGEST_REASON: Final = 500
TRIES: Final = 4

T = TypeVar("T")


class Decision(msgspec.Struct, frozen=True):
    """What a person answered, as it comes back with the task's token."""

    approved: bool
    by: str
    note: str = ""


class TakenBack(msgspec.Struct, frozen=True):
    """What was undone. `kept`: nothing, because an alias means this release."""

    reason: str
    stopped: bool = False
    deleted: bool = False
    kept: bool = False


@dataclass(frozen=True)
class ReleaseEnd:
    course: Course
    desk: ReleaseDesk
    models: ImportedModels
    jobs: TrainingJobs
    artifacts: ObjectStore

    def take_back(
        self, release_id: str, execution: str, how: End, why: str, decision: Decision | None = None
    ) -> TakenBack:
        """Stop its training, end its canary, delete its model and its files, and write down why.

        A release that is another execution's is left alone, and so is one that answers people. `Unavailable` while an
        import still runs: it cannot be stopped, so whoever asks waits for its end. Doing it again is harmless.
        """
        release = self.course.store.get(release_id)
        if release is None or release.execution != execution:
            return TakenBack(why)
        if decision is not None and release.status == "waiting":
            release = self.desk.note_decision(
                release_id, approved=decision.approved, by=decision.by, note=decision.note
            )
        if release.status in ENDED:
            # What a person or the canary's watch wrote down before says more than who cleans up after it.
            how, why = cast("End", release.status), release.reason or why
        self._end_canary(release, why)
        if self._is_meant(release):
            return TakenBack(why, kept=True)
        name = job_name(release_id)
        stopped = self.jobs.stop(name)
        deleted = self.models.take_back(name)
        for key in self.artifacts.list(f"{release_id}/"):
            self.artifacts.delete(key)
        ended = self._ended(release_id, how, why)
        return TakenBack(ended.reason, stopped, deleted)

    def clear(self) -> list[str]:
        """Delete the imported models that nobody means and nobody will; the releases whose models they were."""
        cleared = []
        for release in self.course.unused():
            self.models.delete(release.model_id)
            self.course.forget_model(release)
            cleared.append(release.release_id)
        return cleared

    def _is_meant(self, release: ModelRelease) -> bool:
        return bool({release.release_id, release.model_id} & meant_by(self.course.store.aliases()))

    def _end_canary(self, release: ModelRelease, why: str) -> None:
        """Only its own: another release may have become the canary meanwhile."""

        def end() -> None:
            table = self.course.store.aliases()
            if table.canary is not None and table.canary.release_id == release.release_id:
                self.desk.switch(table, canary_ended(table, MACHINE, why, self.desk.now_us()))

        _until_nobody_else_writes(end)

    def _ended(self, release_id: str, how: End, why: str) -> ModelRelease:
        return _until_nobody_else_writes(lambda: self.course.end(release_id, how, why))


def _until_nobody_else_writes(act: Callable[[], T]) -> T:
    for _ in range(TRIES - 1):
        try:
            return act()
        except Conflict:
            continue
    return act()


def reason_of(error: str, cause: str) -> str:
    """One sentence of what Step Functions knows of a failure: a function's own, a service's, or a job's."""
    told = _told(cause)
    said = told.get("errorMessage") or told.get("FailureReason") or told.get("ErrorMessage") or ("" if told else cause)
    sentence = " ".join(str(said).split()) or " ".join(error.split()) or "it failed, and nothing says why"
    return sentence if len(sentence) <= LONGEST_REASON else f"{sentence[: LONGEST_REASON - 1]}…"


def _told(cause: str) -> dict[str, Any]:
    try:
        found = json.loads(cause)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
