"""Evaluating a release in pieces: which questions, what both models say to some of them, and what it all weighs.

Every batch is an object with its questions, and another with what was said to them, so that a batch that is tried
again asks nobody twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2s
from typing import Final

import msgspec

from cloud.imported_models import Imported, ImportedModels
from lineside.answering.models import ModelRow
from lineside.answering.writer import Prompt, Waking, Writer
from lineside.errors import Refused, Unavailable
from lineside.lake.objects import ObjectStore
from lineside.releases.course import Course
from lineside.releases.evaluation.asking import Asking
from lineside.releases.evaluation.batch import Told, batches, evaluate_batch, judge_plants
from lineside.releases.evaluation.held_out import held_out
from lineside.releases.evaluation.model import HeldOut
from lineside.releases.evaluation.panel import Panel, panel
from lineside.releases.evaluation.planted import Plant, planted
from lineside.releases.evaluation.report import About, files_of
from lineside.releases.evaluation.weigh import Weighed, weigh
from lineside.releases.record import ModelRelease
from lineside.releases.settings import ReleaseSettings
from lineside.training_data.chat import read_rows

PREFIX: Final = "releases"
KEPT: Final = "releases-said/"
"""Beside the releases, not in one: what one paid for, such as the base's answers, the next one finds."""
BATCH: Final = 5
"""Two answers and six judgements to each question, some seconds each, within the fifteen minutes of a function."""
WAKING_SECONDS: Final = 280.0
"""Bedrock loads a sleeping model within five minutes."""


class Batch(msgspec.Struct, frozen=True):
    questions: tuple[HeldOut, ...] = ()
    plants: tuple[Plant, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """`writer_of` makes whoever asks the model of a row; `asking` says how patiently."""

    settings: ReleaseSettings
    course: Course
    lake: ObjectStore
    models: ImportedModels
    writer_of: Callable[[ModelRow], Writer]
    asking: Asking

    def pick(self, release_id: str, model_id: str) -> list[str]:
        """Write down which model is evaluated, and the batches of questions; gives the batches' names."""
        imported = self._answering(model_id)
        release = self.course.note(release_id, status="evaluating", model_id=imported.arn)
        questions = chosen(held_out(read_rows(self._test_rows(release))), self.settings.gate.most_questions)
        plants = planted(questions)
        found = [
            *(Batch(questions=tuple(some)) for some in batches(questions, BATCH)),
            *(Batch(plants=tuple(plants[at : at + BATCH])) for at in range(0, len(plants), BATCH)),
        ]
        names = [f"{number:04d}" for number in range(1, len(found) + 1)]
        for name, batch in zip(names, found, strict=True):
            self.lake.put(_questions_key(release_id, name), msgspec.json.encode(batch))
        return names

    def ask(self, release_id: str, name: str) -> int:
        """Have one batch answered and judged, unless it was; how many judgements there are.

        Raises `Unavailable` while the model wakes, `Throttled` where somebody is asked too often: try it again later.
        """
        key = _told_key(release_id, name)
        try:
            return len(msgspec.json.decode(self.lake.get(key), type=Told).judgements)
        except KeyError:
            told = self._told(self.course.get(release_id), self._batch(release_id, name))
        self.lake.put(key, msgspec.json.encode(told))
        return len(told.judgements)

    def weigh(self, release_id: str) -> Weighed:
        """Weigh everything that was said, put the report into the lake, and write down what it says."""
        questions, told = self.said(release_id)
        release = self.course.get(release_id)
        weighed = weigh(
            questions, told.answers, told.judgements, self.settings.gate, left_out=self._panel(release).refused
        )
        about = About(base=release.base_model, candidate=release_id, dataset=release.dataset_hash)
        for name, content in files_of(weighed, about).items():
            self.lake.put(f"{PREFIX}/{release_id}/{name}", content)
        self.course.note(release_id, evaluation=weighed.evaluated, report=f"{PREFIX}/{release_id}/report.html")
        return weighed

    def said(self, release_id: str) -> tuple[list[HeldOut], Told]:
        """Every question, and what was answered and judged."""
        told = Told()
        questions: list[HeldOut] = []
        for name in self._names(release_id):
            questions += self._batch(release_id, name).questions
            told += msgspec.json.decode(self.lake.get(_told_key(release_id, name)), type=Told)
        return questions, told

    def _answering(self, model_id: str) -> Imported:
        imported = self.models.get(model_id)
        if imported is None:
            raise Refused(f"the imported model {model_id} is not there")
        if not imported.converses:
            raise Refused(f"Bedrock cannot hold a conversation with {imported.name}: its chat template is not usable")
        return imported

    def _test_rows(self, release: ModelRelease) -> bytes:
        try:
            return self.lake.get(f"{release.dataset}test.jsonl")
        except KeyError as error:
            raise Refused(f"the dataset {release.dataset} has lost its test.jsonl; prepare it again") from error

    def _told(self, release: ModelRelease, batch: Batch) -> Told:
        judges = [self.writer_of(row) for row in self._panel(release).judges]
        if batch.plants:
            return judge_plants(batch.plants, judges, self.asking)
        base_row = self.settings.base
        if base_row is None:
            raise Refused("no model is named under `base` any more, for the candidate to be held against")
        candidate = self.writer_of(candidate_row(base_row, release.model_id))
        wake(candidate)
        return evaluate_batch(batch.questions, self.writer_of(base_row), candidate, judges, self.asking)

    def _panel(self, release: ModelRelease) -> Panel:
        return panel(self.settings.judges, [release.base_model], release.base_model)

    def _names(self, release_id: str) -> Iterator[str]:
        for key in sorted(self.lake.list(f"{PREFIX}/{release_id}/questions/")):
            yield key.rpartition("/")[2].removesuffix(".json")

    def _batch(self, release_id: str, name: str) -> Batch:
        return msgspec.json.decode(self.lake.get(_questions_key(release_id, name)), type=Batch)


def candidate_row(base: ModelRow, model_id: str) -> ModelRow:
    """The candidate is asked as the base is: the same limits, the same temperature."""
    return base.model_copy(update={"name": "candidate", "model": model_id})


def chosen(questions: Sequence[HeldOut], most: int) -> list[HeldOut]:
    """So many of them at most, and the same ones each time; in their order."""
    drawn = sorted(questions, key=lambda each: blake2s(each.question_id.encode()).digest())[:most]
    kept = {each.question_id for each in drawn}
    return [each for each in questions if each.question_id in kept]


def nobody(row: ModelRow) -> Writer:
    """For who only weighs what was said."""
    raise Refused(f"{row.name} is not asked any more; its answers are weighed")


def wake(writer: Writer) -> None:
    """Wait until a model answers, so that none is marked down for having slept. `Unavailable` while it does not."""
    prompt = Prompt("Answer with one word.", "Are you there?", WAKING_SECONDS, WAKING_SECONDS)
    try:
        for _ in writer.write(prompt):
            break
    except Waking as error:
        raise Unavailable(str(error)) from error
    except Refused:
        # It ran into a limit with its greeting: it is awake.
        return


def _questions_key(release_id: str, name: str) -> str:
    return f"{PREFIX}/{release_id}/questions/{name}.json"


def _told_key(release_id: str, name: str) -> str:
    return f"{PREFIX}/{release_id}/told/{name}.json"
