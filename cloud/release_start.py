"""The first step of a release: write it down, refuse it with every reason at once, and say what is to be trained.

Nothing before the end of this step is paid for. The rows to train on are copied to where the artifacts lie, so that the
training job reads nothing of the lake, and what a release was trained on stays beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from cloud.imported_models import ImportedModels
from cloud.training_job import TrainingPlace, hyperparameters_of, job_name, request_of
from lineside.errors import Malformed, Refused
from lineside.lake.objects import ObjectStore
from lineside.releases.course import Course
from lineside.releases.preflight import IMPORTED_MODELS, LONGEST_ID, Held, Standing, check
from lineside.releases.record import ModelRelease
from lineside.releases.settings import ReleaseSettings
from lineside.training_data.chat import jsonl, prompt_completion, read_rows
from lineside.training_data.dataset import PARTS
from lineside.training_data.pair import Part

REPORT: Final = "report.json"
LOOKS: Final = 2_000
"""How often a canary is looked at, at most: a state machine forgets nothing, and has room for 25,000 events."""
SOONEST_LOOK_SECONDS: Final = 300

_ID = re.compile(r"^[A-Za-z0-9](-*[A-Za-z0-9])*$")


class Asked(msgspec.Struct, frozen=True):
    """What was asked for. `dataset` is a prefix in the lake that ends in a slash; "" has one prepared first."""

    release_id: str
    execution: str
    dataset: str = ""


class Plan(msgspec.Struct, frozen=True):
    """What the next steps need. `training_job` is the whole request; None until there is a dataset."""

    release_id: str
    prepare: bool
    way: str
    job_name: str
    canary_look_seconds: int
    training_job: dict[str, Any] | None = None


@dataclass(frozen=True)
class ReleaseStart:
    """`lake` holds datasets, `artifacts` what is trained on and what is made."""

    settings: ReleaseSettings
    course: Course
    lake: ObjectStore
    artifacts: ObjectStore
    models: ImportedModels
    place: TrainingPlace
    quota: int = IMPORTED_MODELS

    def check(self, asked: Asked, now_us: int) -> Plan:
        """Raises `Misconfigured` with every problem, `Refused` for a name that another release has."""
        if len(asked.release_id) > LONGEST_ID or not _ID.match(asked.release_id):
            raise Refused(
                f"{asked.release_id!r} names no release: letters, digits and single hyphens, {LONGEST_ID} at most"
            )
        release = self._begin(asked, now_us)
        parts, unreadable = self._parts(asked.dataset)
        check(self.settings, self._standing(release, parts, unreadable))
        training = self.settings.training
        plan = Plan(
            release_id=release.release_id,
            prepare=parts is None,
            way=training.way,
            job_name=job_name(release.release_id),
            canary_look_seconds=look_seconds(self.settings.canary.hours),
        )
        if parts is None:
            return plan
        self.course.note(release.release_id, dataset=asked.dataset, dataset_hash=self._hash(asked.dataset))
        rows = self._copied(release.release_id, parts)
        return replace(plan, training_job=request_of(release.release_id, training, rows, self.place))

    def _begin(self, asked: Asked, now_us: int) -> ModelRelease:
        training = self.settings.training
        return self.course.begin(
            ModelRelease(
                release_id=asked.release_id,
                made_us=now_us,
                status="training",
                base_model=training.base_model,
                code_version=self.place.code_version,
                hyperparameters=hyperparameters_of(training),
                execution=asked.execution,
            )
        )

    def _parts(self, dataset: str) -> tuple[Mapping[Part, list[dict[str, Any]]] | None, tuple[str, ...]]:
        """The rows of each part, and why they cannot be read; None where a dataset is to be prepared first."""
        if not dataset:
            return None, ()
        parts: dict[Part, list[dict[str, Any]]] = {}
        unreadable = []
        for part in PARTS:
            try:
                parts[part] = read_rows(self.lake.get(f"{dataset}{part}.jsonl"))
            except KeyError:
                unreadable.append(f"the dataset {dataset} has no {part}.jsonl; prepare it again")
            except Malformed as error:
                unreadable.append(f"{part}.jsonl of the dataset {dataset} cannot be read: {error}")
        return parts, tuple(unreadable)

    def _standing(
        self,
        release: ModelRelease,
        parts: Mapping[Part, list[dict[str, Any]]] | None,
        unreadable: tuple[str, ...],
    ) -> Standing:
        held = None
        if parts is not None:
            held = Held(sum(map(len, parts.values())), len(parts.get("test", ())))
        return Standing(
            region=self.place.region,
            dataset=held,
            unreadable=unreadable,
            imported_models=len(self.models.names()),
            quota=self.quota,
            importing=tuple(self.models.importing()),
            others=self.course.others(release),
        )

    def _hash(self, dataset: str) -> str:
        try:
            report = msgspec.json.decode(self.lake.get(f"{dataset}{REPORT}"), type=dict[str, Any])
        except (KeyError, msgspec.DecodeError) as error:
            raise Refused(f"the dataset {dataset} has no {REPORT} that can be read; prepare it again") from error
        return str(report.get("content_sha256", ""))

    def _copied(self, release_id: str, parts: Mapping[Part, list[dict[str, Any]]]) -> dict[str, str]:
        """Where the rows lie now, in the form that the way of training wants. A part without rows is left out."""
        uris = {}
        for part in ("train", "validation"):
            if rows := parts[part]:
                key = f"{release_id}/rows/{part}/{part}.jsonl"
                content = map(prompt_completion, rows) if self.settings.training.way == "serverless" else rows
                self.artifacts.put(key, jsonl(content))
                uris[part] = f"{self.place.output}{release_id}/rows/{part}/"
        return uris


def look_seconds(hours: float) -> int:
    """How long to wait between two looks at a canary that runs for so many hours."""
    return max(SOONEST_LOOK_SECONDS, round(hours * 3_600 / LOOKS))
