"""The steps of the data preparation, one function each: what they read and leave is in `training_run.py`.

What is decided is decided in `lineside/training_data`; these take it one document at a time, so that a run can be
taken up where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
from pydantic import ValidationError

from cloud.training_documents import Uploads, documents_of, items_of, unread
from cloud.training_run import Asking, Item, Plan, TrainingRun, Written
from lineside.errors import Malformed, Refused
from lineside.lake.objects import ObjectStore
from lineside.manuals.library import Document, Library
from lineside.training_data.absent import absent_questions
from lineside.training_data.build import Generated, generated, left_out, made_of, source_of
from lineside.training_data.chunk import chunks_of
from lineside.training_data.dataset import Dataset, assemble
from lineside.training_data.draft import Draft, Generator, Misfit
from lineside.training_data.feedback import learned
from lineside.training_data.pair import Chunk
from lineside.training_data.plan import plan, refusals_wanted
from lineside.training_data.refusals import checked_refusals
from lineside.training_data.report import Made
from lineside.training_data.settings import DatasetSettings
from lineside.training_data.verdict import Verdict

DATASETS: Final = "datasets/"
NOT_WRITTEN: Final = "no questions were written about a part of it"


class Planned(msgspec.Struct, frozen=True):
    """`asked`: documents in force. `questions`: how many are asked for in all, refusals aside."""

    documents: int
    asked: int
    unreadable: int
    chunks: int
    questions: int


class Asked(msgspec.Struct, frozen=True):
    """Chunks of one document: how many are written, and how many are left for another call."""

    written: int
    left: int


class Prepared(msgspec.Struct, frozen=True):
    """What a run has given. `failed` names documents and why, the first twenty."""

    status: str
    dataset: str
    """Where its files lie: a prefix that ends in a slash."""
    content_sha256: str
    report: str
    requested: int
    generated: int
    accepted: int
    rejected: int
    parts: dict[str, int]
    documents: int
    documents_failed: int
    failed: tuple[dict[str, str], ...]
    enough: bool
    """Whether a release may be trained on it."""


def chosen(settings: DatasetSettings, pairs: int | None, seed: int | None) -> DatasetSettings:
    """The settings with what one run chooses otherwise. Raises `Malformed`."""
    given = {name: value for name, value in (("pairs", pairs), ("seed", seed)) if value is not None}
    try:
        return DatasetSettings.model_validate({**settings.model_dump(), **given})
    except ValidationError as error:
        mistakes = "; ".join(f"{each['loc'][0]}: {each['msg']}" for each in error.errors())
        raise Malformed(f"the run cannot be made so: {mistakes}") from None


def list_items(run: TrainingRun, library: Library, uploads: Uploads) -> int:
    """Write down which files there are. How many; raises `Refused` where there is none."""
    items = items_of(library, uploads)
    if not items:
        raise Refused(nothing_usable(Library()))
    run.put_items(items)
    return len(items)


def read_item(
    run: TrainingRun, item: Item, library: Library, uploads: Uploads, scratch: Path, problem: str
) -> tuple[Document, ...]:
    """Write down what one file holds; with a `problem` that alone, and the file is not opened again."""
    documents = (unread(item, problem),) if problem else documents_of(item, library, uploads, scratch)
    run.put_read(item.item, documents)
    return documents


def plan_questions(run: TrainingRun, today: date, settings: DatasetSettings, generator: Generator) -> Planned:
    """Which documents are in force, and how many questions each of their chunks is asked for.

    Raises `Refused` where no document can be used: nothing has been asked of a model yet.
    """
    library = run.library()
    in_force = library.in_force(today)
    if not library.passages(today):
        raise Refused(nothing_usable(library))
    usable = [each for each in library.documents if each.document_id in in_force]
    chunks = [chunks_of(each.passages, settings) for each in usable]
    wanted = iter(plan([chunk for each in chunks for chunk in each], settings, generator))
    asking = [
        Asking(source_of(document), document.problem, tuple(own), tuple(next(wanted) for _ in own))
        for document, own in zip(usable, chunks, strict=True)
    ]
    run.put_plan(Plan(today, settings.model_dump(mode="json"), tuple(sorted(in_force))), asking)
    return Planned(
        documents=len(library.documents),
        asked=len(asking),
        unreadable=sum(each.header is None for each in library.documents),
        chunks=sum(map(len, chunks)),
        questions=sum(count for each in asking for count in each.wanted),
    )


def ask(run: TrainingRun, document_id: str, first: int, generator: Generator, goes_on: Callable[[], bool]) -> Asked:
    """Have questions written about a document's chunks from number `first` on, one at least, as long as `goes_on`.

    A chunk that the generator refuses keeps the reason. Raises what asking again later may mend.
    """
    asking = run.asking(document_id)
    number = first
    while number < len(asking.chunks) and (number == first or goes_on()):
        run.put_written(document_id, number, _written(asking.chunks[number], asking.wanted[number], generator))
        number += 1
    return Asked(written=number, left=len(asking.chunks) - number)


def check_document(run: TrainingRun, document_id: str, problem: str) -> Made:
    """Check everything that was written about a document; `problem` says why not all of it could be."""
    asking = run.asking(document_id)
    in_force = frozenset(run.plan().in_force)
    written = run.written(document_id, asking)
    results = [
        _checked(chunk, wanted, found, in_force, problem)
        for chunk, wanted, found in zip(asking.chunks, asking.wanted, written, strict=True)
    ]
    made = made_of(asking.source, results, asking.problem)
    run.put_made(document_id, made)
    return made


def give_up(run: TrainingRun, document_id: str, problem: str) -> Made:
    """Nothing of this document is used, and the report says why."""
    made = Made(run.asking(document_id).source, problem=problem, failed=True)
    run.put_made(document_id, made)
    return made


def assemble_run(run: TrainingRun, objects: ObjectStore, verdicts: Iterable[Verdict]) -> Prepared:
    """Collect, de-duplicate, split, report. Raises `Refused` where no document gave anything.

    `verdicts` are those of operators; what an engineer accepted of them joins the part that is trained on.
    """
    planned, library = run.plan(), run.library()
    settings = DatasetSettings.model_validate(planned.settings)
    made = list(_all_made(run.made(), library))
    if not any(each.pairs for each in made):
        problem = next((each.problem for each in made if each.problem), "the checks rejected every pair")
        raise Refused(f"none of the {len(made)} documents gave a question and its answer: {problem}")
    passages = library.passages(planned.today)
    wanted = refusals_wanted([pair for each in made for pair in each.pairs], settings)
    dataset = assemble(
        made,
        settings,
        refusals=checked_refusals(absent_questions(passages, wanted, settings.seed), passages, wanted),
        extra=learned(verdicts, library.all_passages, planned.in_force, settings).given,
        left_out=list(left_out(library, planned.today)),
    )
    return _stored(run, objects, dataset, settings)


def nothing_usable(library: Library) -> str:
    """Why there is nothing to learn from, in one sentence."""
    if not library.documents:
        return "there is no document to learn from; upload PDF, Markdown, CSV or text files below documents/"
    problem = next((each.problem for each in library.documents if each.problem), "")
    why = problem or "drafts, withdrawn and superseded documents are not used"
    return f"none of the {len(library.documents)} documents can be used: {why}"


def _written(chunk: Chunk, wanted: int, generator: Generator) -> Written:
    if not wanted:
        return Written(chunk.chunk_id, generator.name)
    try:
        return Written.of(chunk, generator.name, generator.generate(chunk, wanted))
    except Refused as error:
        return Written(chunk.chunk_id, generator.name, problem=str(error))


class _Said:
    """What was written already, as the generator that wrote it."""

    def __init__(self, written: Written) -> None:
        self.name, self._drafts = written.made_by, written.as_drafts()

    def generate(self, chunk: Chunk, wanted: int) -> tuple[Draft | Misfit, ...]:  # noqa: ARG002
        return self._drafts


def _checked(chunk: Chunk, wanted: int, written: Written | None, in_force: frozenset[str], problem: str) -> Generated:
    if written is None:
        return Generated(wanted, problem=problem or NOT_WRITTEN)
    if written.problem:
        return Generated(wanted, problem=written.problem)
    return generated(chunk, wanted, _Said(written), in_force)


def _all_made(asked: Sequence[Made], library: Library) -> Iterator[Made]:
    """In the order of the library; those that could not be read have their problem."""
    by_id = {each.source.document_id: each for each in asked}
    for document in library.documents:
        if document.document_id in by_id:
            yield by_id[document.document_id]
        elif document.header is None:
            yield made_of(source_of(document), (), document.problem)


def _stored(run: TrainingRun, objects: ObjectStore, dataset: Dataset, settings: DatasetSettings) -> Prepared:
    """The same rows are the same dataset, in whichever run they were made."""
    report: Mapping[str, Any] = dataset.report
    prefix = f"{DATASETS}{report['content_sha256']}/"
    files = dataset.files()
    for name, content in files.items():
        objects.put(prefix + name, content)
    failed = [each for each in report["documents"] if each["failed"]]
    return Prepared(
        status=report["status"],
        dataset=prefix,
        content_sha256=report["content_sha256"],
        report=run.put_report(files["report.json"]),
        requested=report["requested"],
        generated=report["generated"],
        accepted=report["accepted"],
        rejected=report["rejected"],
        parts={name: part["pairs"] for name, part in report["parts"].items()},
        documents=len(report["documents"]),
        documents_failed=len(failed),
        failed=tuple({"document": each["document"], "problem": each["problem"][:300]} for each in failed[:20]),
        enough=dataset.accepted >= settings.least_pairs,
    )
