"""Documents -> a dataset, in one go. Its steps stand by themselves, for a run that takes them one by one:

chunks_of -> plan -> generated (for each chunk) -> made_of (for each document) -> checked_refusals -> assemble
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date

import msgspec

from lineside.errors import Refused, Unavailable
from lineside.manuals.library import Document, Library
from lineside.training_data.absent import absent_questions
from lineside.training_data.chunk import chunks_of
from lineside.training_data.dataset import Dataset, assemble
from lineside.training_data.draft import Generator
from lineside.training_data.pair import Chunk, Pair, Rejected
from lineside.training_data.plan import plan, refusals_wanted
from lineside.training_data.refusals import checked_refusals
from lineside.training_data.report import Made, Source
from lineside.training_data.settings import DatasetSettings
from lineside.training_data.validate import check

Progress = Callable[[str, int, int], None]
"""What is being done, how much of it is done, and of how much."""


class Generated(msgspec.Struct, frozen=True):
    """What one chunk gave. `problem` says why it gave nothing."""

    requested: int
    pairs: tuple[Pair, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    problem: str = ""


def build(
    library: Library,
    today: date,
    settings: DatasetSettings,
    generator: Generator,
    progress: Progress = lambda _what, _done, _of: None,
    extra: Sequence[Pair | Rejected] = (),
) -> Dataset:
    """The dataset of every document in force on `today`. `extra` is what reviewed verdicts gave.

    A document that fails is reported and the others go on. Raises `Refused` before anything is asked where no document
    can be used, and `Misconfigured` where the generator's row is wrong.
    """
    usable, passages = library.in_force(today), library.passages(today)
    if not passages:
        raise Refused(_nothing(library))
    chunks = [
        each for one in library.documents if one.document_id in usable for each in chunks_of(one.passages, settings)
    ]
    results = _asked(chunks, plan(chunks, settings, generator), generator, usable, progress)
    made = [
        made_of(source_of(each), results.get(each.document_id, ()), each.problem)
        for each in library.documents
        if each.document_id in usable or each.header is None
    ]
    progress("assembling", 0, 1)
    wanted = refusals_wanted([pair for each in made for pair in each.pairs], settings)
    refusals = checked_refusals(absent_questions(passages, wanted, settings.seed), passages, wanted)
    dataset = assemble(made, settings, refusals=refusals, extra=extra, left_out=list(left_out(library, today)))
    progress("assembling", 1, 1)
    return dataset


def generated(chunk: Chunk, wanted: int, generator: Generator, in_force: Collection[str] | None = None) -> Generated:
    """What a generator writes of one chunk, checked; never more than was wanted. Raises as `Generator` does."""
    pairs: list[Pair] = []
    rejected: list[Rejected] = []
    for draft in generator.generate(chunk, wanted)[:wanted] if wanted else ():
        checked = check(draft, chunk, generator.name, in_force)
        if isinstance(checked, Pair):
            pairs.append(checked)
        else:
            rejected.append(checked)
    return Generated(wanted, tuple(pairs), tuple(rejected))


def made_of(source: Source, results: Iterable[Generated], problem: str = "") -> Made:
    """What all chunks of one document gave. It has failed where one of them did, or where it could not be read."""
    every = list(results)
    problems = list(dict.fromkeys(filter(None, [problem, *(each.problem for each in every)])))
    return Made(
        source=source,
        requested=sum(each.requested for each in every),
        pairs=tuple(pair for each in every for pair in each.pairs),
        rejected=tuple(one for each in every for one in each.rejected),
        problem="; ".join(problems),
        failed=any(each.problem for each in every) or (bool(problem) and not every),
    )


def source_of(document: Document) -> Source:
    """A document as the report names it."""
    reviewed = document.header.reviewed if document.header else False
    return Source(document.document, document.document_id, document.revision, reviewed)


def left_out(library: Library, today: date) -> Iterator[Source]:
    """The documents that could be read and may not be quoted: drafts, withdrawn and superseded ones."""
    usable = library.in_force(today)
    for document in library.documents:
        if document.header is not None and document.document_id not in usable:
            yield msgspec.structs.replace(source_of(document), why=library.status(document, today))


def _asked(
    chunks: Sequence[Chunk],
    wanted: Sequence[int],
    generator: Generator,
    usable: Collection[str],
    progress: Progress,
) -> dict[str, list[Generated]]:
    """By document what each of its chunks gave. One that fails leaves its reason, and the next one is asked."""
    found: dict[str, list[Generated]] = {}
    for number, (chunk, count) in enumerate(zip(chunks, wanted, strict=True)):
        progress("generating", number, len(chunks))
        try:
            result = generated(chunk, count, generator, usable)
        except (Unavailable, Refused) as error:
            result = Generated(count, problem=str(error))
        found.setdefault(chunk.passages[0].document_id, []).append(result)
    progress("generating", len(chunks), len(chunks))
    return found


def _nothing(library: Library) -> str:
    problems = [each.problem for each in library.documents if each.problem]
    if not library.documents:
        return "there is no document to make a dataset of; put PDF, Markdown, CSV or text files there"
    told = f": {problems[0]}" if problems else "; drafts, withdrawn and superseded documents are not used"
    return f"none of the {len(library.documents)} documents can be used{told}"
