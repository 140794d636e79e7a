"""The steps by themselves: what is planned, asked, checked and left for the next one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from cloud.preparation import (
    ask,
    assemble_run,
    check_document,
    chosen,
    give_up,
    list_items,
    plan_questions,
    read_item,
)
from cloud.training_documents import items_of
from cloud.training_run import Plan, TrainingRun
from lineside.errors import Malformed, Refused, Throttled
from lineside.lake.memory import MemoryObjects
from lineside.manuals.library import Library, read_library
from lineside.training_data.build import build
from lineside.training_data.draft import Draft, Misfit
from lineside.training_data.offline import OfflineGenerator
from lineside.training_data.pair import Chunk
from lineside.training_data.settings import DatasetSettings

SAMPLES = Path(__file__).parents[2] / "samples"
TODAY = date(2026, 11, 21)
ALARMS = "packaging-alarm-table"
SMALL = DatasetSettings(chunk_tokens=64, overlap_tokens=0)


class Uploads(MemoryObjects):
    def size(self, key: str) -> int:
        return len(self.get(key))


class Scripted:
    """A generator that quotes the first passage, unless the script has something else for this chunk."""

    name = "scripted"

    def __init__(self, *script: Exception | Misfit | None) -> None:
        self.asked: list[str] = []
        self._script = list(script)

    def generate(self, chunk: Chunk, wanted: int) -> tuple[Draft | Misfit, ...]:
        self.asked.append(chunk.chunk_id)
        told = self._script.pop(0) if self._script else None
        if isinstance(told, Exception):
            raise told
        if told is not None:
            return (told,)
        first = chunk.passages[0]
        question = f"What do I do about {first.title}, {first.section}, step {first.step or 'one'}?"
        return (Draft(question=question, answer=first.text, category="operation", severity="low"),)


def planned(settings: DatasetSettings = SMALL, library: Library | None = None) -> tuple[TrainingRun, MemoryObjects]:
    """A run of the sample procedures up to its plan."""
    library = library or read_library([SAMPLES / "sops"])
    objects = Uploads()
    run = TrainingRun(objects, "autumn")
    list_items(run, library, objects)
    for item in items_of(library, objects):
        read_item(run, item, library, objects, Path("unused"), "")
    plan_questions(run, TODAY, settings, OfflineGenerator())
    return run, objects


def while_(times: int) -> Callable[[], bool]:
    """True so many times."""
    left = iter([True] * times)
    return lambda: next(left, False)


def test_a_plan_asks_only_about_what_is_in_force_and_counts_it():
    library = read_library([SAMPLES / "sops"])
    objects = Uploads()
    run = TrainingRun(objects, "autumn")
    list_items(run, library, objects)
    for item in items_of(library, objects):
        read_item(run, item, library, objects, Path("unused"), "")

    told = plan_questions(run, TODAY, DatasetSettings(pairs=40), OfflineGenerator())

    assert run.plan() == Plan(TODAY, DatasetSettings(pairs=40).model_dump(), tuple(sorted(library.in_force(TODAY))))
    assert (told.documents, told.asked) == (len(library.documents), len(library.in_force(TODAY)))
    assert told.questions == 30
    assert f"training/autumn/documents/{ALARMS}-4/chunks.json" not in objects.list("")


def test_asking_goes_on_where_it_stopped_and_always_gets_on_by_one():
    run, _ = planned()
    asking = run.asking(ALARMS)
    chunks = asking.chunks
    generator = Scripted()

    first = ask(run, ALARMS, 0, generator, while_(0))
    second = ask(run, ALARMS, first.written, generator, while_(1))
    last = ask(run, ALARMS, second.written, generator, while_(1_000))

    assert (first.written, second.written, last.written) == (1, 3, len(chunks))
    assert (first.left, last.left) == (len(chunks) - 1, 0)
    wanted = zip(chunks, asking.wanted, strict=True)
    assert generator.asked == [chunk.chunk_id for chunk, count in wanted if count]


def test_what_may_be_mended_by_asking_later_is_raised_and_what_may_not_is_kept_as_a_reason():
    run, _ = planned()
    generator = Scripted(Refused("this text is not accepted"), None, Throttled("asked too often"))

    with pytest.raises(Throttled):
        ask(run, ALARMS, 0, generator, while_(1_000))
    made = check_document(run, ALARMS, "asked too often")

    assert made.failed
    assert made.problem == "this text is not accepted; asked too often"
    assert made.requested == sum(run.asking(ALARMS).wanted)
    assert len(made.pairs) + len(made.rejected) == 1


def test_what_a_model_wrote_instead_of_a_pair_is_rejected_by_its_schema():
    run, _ = planned()
    ask(run, ALARMS, 0, Scripted(Misfit("42", "it is no object")), while_(1_000))

    made = check_document(run, ALARMS, "")

    assert [(each.reason, each.answer) for each in made.rejected if each.reason == "schema"] == [("schema", "42")]
    assert not made.failed


def test_what_was_written_of_another_chunk_is_not_taken_for_this_one():
    run, objects = planned()
    ask(run, ALARMS, 0, Scripted(), while_(1_000))
    content = objects.get(f"training/autumn/documents/{ALARMS}/drafts/1.json")
    objects.put(f"training/autumn/documents/{ALARMS}/drafts/0.json", content)

    made = check_document(run, ALARMS, "")

    assert made.failed
    assert "no questions were written about a part of it" in made.problem


def test_a_document_that_is_given_up_gives_nothing_and_says_why():
    run, objects = planned()
    for source in run.plan().in_force:
        give_up(run, source, "the function was killed")

    with pytest.raises(
        Refused, match=r"none of the .* documents gave a question and its answer: the function was killed"
    ):
        assemble_run(run, objects, [])


def test_taken_step_by_step_the_dataset_is_the_same_bytes_as_in_one_go():
    library = read_library([SAMPLES / "sops"])
    settings = DatasetSettings()
    run, objects = planned(settings, library)
    for document_id in run.plan().in_force:
        ask(run, document_id, 0, OfflineGenerator(), while_(1_000))
        check_document(run, document_id, "")

    told = assemble_run(run, objects, [])

    files = build(library, TODAY, settings, OfflineGenerator()).files()
    assert {name: objects.get(told.dataset + name) for name in files} == files
    assert told.dataset == f"datasets/{told.content_sha256}/"


def test_a_run_may_choose_pairs_and_seed_and_nothing_that_is_not_allowed():
    assert chosen(DatasetSettings(seed=3), 50, None) == DatasetSettings(seed=3, pairs=50)
    assert chosen(DatasetSettings(seed=3), None, 4).seed == 4
    with pytest.raises(Malformed, match="pairs"):
        chosen(DatasetSettings(), 0, None)


def test_a_run_that_nobody_began_says_so():
    with pytest.raises(Malformed, match=r"there is no training/winter/plan\.json; start the run again"):
        TrainingRun(MemoryObjects(), "winter").plan()
