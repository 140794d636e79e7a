"""Documents to a dataset: every pair is accounted for, no part knows another, the same input gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec
import pytest

from lineside.errors import Misconfigured, Refused, Throttled
from lineside.manuals.library import read_library
from lineside.training_data.build import build, generated
from lineside.training_data.chat import pair_of, read_rows
from lineside.training_data.dataset import CARD, Dataset, assemble
from lineside.training_data.draft import Draft, Misfit
from lineside.training_data.offline import OfflineGenerator
from lineside.training_data.pair import FEEDBACK, Chunk, Pair
from lineside.training_data.report import Made, Source
from lineside.training_data.settings import DatasetSettings
from lineside.training_data.split import apart
from tests.training_data.cases import TODAY, draft, library, true_cases
from tests.training_data.pairs import pair, passage

FILES = {"train.jsonl", "validation.jsonl", "test.jsonl", "rejected.jsonl", "report.json", CARD}
SETTINGS = DatasetSettings(pairs=120, seed=7)


class Written:
    """A model whose words are written down here: the true pairs of a chunk, and one that is wrong."""

    name = "some-model"

    def generate(self, chunk: Chunk, wanted: int) -> tuple[Draft | Misfit, ...]:
        true = [case.draft for case in true_cases() if case.chunk.chunk_id == chunk.chunk_id]
        wrong = [draft(f"What does alarm Z-999 of the {chunk.passages[0].document} mean?", "It means 4711 bar.")]
        return tuple([*wrong, *true])[:wanted]


class Failing(Written):
    """Fails for one document."""

    def generate(self, chunk: Chunk, wanted: int) -> tuple[Draft | Misfit, ...]:
        if chunk.passages[0].document_id == "case-packer-sop":
            raise Throttled("the model is asked too often; wait a minute")
        return super().generate(chunk, wanted)


class Unpayable(Written):
    def generate(self, chunk: Chunk, wanted: int) -> tuple[Draft | Misfit, ...]:
        raise Misconfigured("there is no model of that name")


def report_of(dataset: Dataset) -> dict:  # type: ignore[type-arg]
    return json.loads(dataset.files()["report.json"])


def rows_of(dataset: Dataset, part: str) -> list[Pair]:
    return [pair_of(row) for row in read_rows(dataset.files()[f"{part}.jsonl"])]


@pytest.fixture(scope="module")
def built() -> Dataset:
    return build(library(), TODAY, SETTINGS, Written())


def test_a_dataset_has_its_files_and_its_report_accounts_for_every_pair(built: Dataset):
    files = built.files()
    report = report_of(built)

    assert set(files) == FILES
    assert report["requested"] == 120
    assert report["generated"] == report["accepted"] + report["rejected"]
    assert report["accepted"] == sum(len(rows_of(built, part)) for part in ("train", "validation", "test")) > 50
    assert (
        report["rejected"] == len(read_rows(files["rejected.jsonl"])) == sum(report["rejected_by_reason"].values()) > 20
    )
    assert report["rejected_by_reason"]["code"] >= 20
    assert report["status"] == "completed"
    assert report["made_by"] == {"offline": report["refusals"]["accepted"], "some-model": report["accepted"] - report["refusals"]["accepted"]}  # noqa: E501  # fmt: skip


def test_each_document_is_accounted_for_and_together_they_are_everything(built: Dataset):
    report = report_of(built)

    told = [*report["documents"], report["refusals"]]
    for count in ("generated", "accepted", "rejected"):
        assert sum(each[count] for each in told) == report[count]
    assert sum(each["requested"] for each in told) + report["not_asked"] == report["requested"]
    assert all(each["generated"] == each["accepted"] + each["rejected"] for each in told)
    assert {each["document_id"] for each in report["documents"]} == library().in_force(TODAY)


def test_only_documents_in_force_are_used_and_the_others_are_named(built: Dataset):
    left_out = {(each["document"], each["revision"]): each["why"] for each in report_of(built)["left_out"]}

    used = {(each.document, each.revision) for part in ("train", "validation", "test") for each in rows_of(built, part)}
    assert left_out[("SOP-VC-07", "3")] == "superseded"
    assert left_out[("SOP-FT-01", "6")] == "withdrawn"
    assert not used & set(left_out)


def test_no_part_knows_what_another_one_has(built: Dataset):
    parts = {part: rows_of(built, part) for part in ("train", "validation", "test")}

    apart(parts)  # type: ignore[arg-type]
    assert all(parts.values())
    refused = {part: sum(each.kind == "refusal" for each in pairs) / len(pairs) for part, pairs in parts.items()}
    assert all(share > 0 for share in refused.values())


def test_the_same_documents_and_seed_give_the_same_bytes_and_another_seed_others(built: Dataset):
    again = build(library(), TODAY, SETTINGS, Written())
    other = build(library(), TODAY, DatasetSettings(pairs=120, seed=8), Written())

    assert again.files() == built.files()
    assert other.files()["train.jsonl"] != built.files()["train.jsonl"]
    assert report_of(other)["content_sha256"] != report_of(built)["content_sha256"]


def test_without_any_model_the_pairs_come_from_the_structure_and_say_so():
    progress: list[tuple[str, int, int]] = []

    dataset = build(
        library(), TODAY, DatasetSettings(pairs=60), OfflineGenerator(), lambda *told: progress.append(told)
    )

    report = report_of(dataset)
    assert set(report["made_by"]) == {"offline"}
    assert report["accepted"] >= 50
    assert progress[0] == ("generating", 0, progress[0][2])
    assert progress[-1] == ("assembling", 1, 1)


def test_a_document_that_fails_is_told_and_the_rest_goes_on():
    dataset = build(library(), TODAY, SETTINGS, Failing())

    report = report_of(dataset)
    (failed,) = [each for each in report["documents"] if each["failed"]]
    assert report["status"] == "completed with failures"
    assert (failed["document_id"], failed["accepted"]) == ("case-packer-sop", 0)
    assert failed["problem"] == "the model is asked too often; wait a minute"
    assert "SOP-CP-21: the model is asked too often; wait a minute" in report["warnings"]
    assert report["accepted"] > 50


def test_a_document_that_carries_nothing_is_told(tmp_path: Path):
    (tmp_path / "remplisseuse.md").write_text("# Remplisseuse\n\nLa pression est de 2,8 bar.\n")
    (tmp_path / "filler.md").write_text("# Filler\n\nNever reach into the running filler. The pressure is 2.8 bar.\n")

    report = report_of(build(read_library([tmp_path]), TODAY, DatasetSettings(), OfflineGenerator()))

    assert [each for each in report["warnings"] if "nothing was found to ask about in Remplisseuse:" in each]
    assert report["status"] == "completed"


def test_where_documents_carry_less_than_was_asked_for_refusals_stay_a_quarter(tmp_path: Path):
    steps = "".join(
        f"{number}. Turn wheel {number} by hand and wait {number + 20} seconds.\n" for number in range(1, 9)
    )
    (tmp_path / "filler.md").write_text(f"---\nmachines: [Filler]\n---\n# Filler\n\n## Setting up\n{steps}")

    report = report_of(build(read_library([tmp_path]), TODAY, DatasetSettings(pairs=1_000), OfflineGenerator()))

    parts = report["parts"].values()
    assert sum(each["refusals"] for each in parts) == round(sum(each["answers"] for each in parts) / 3)
    assert report["not_asked"] == 1_000 - report["generated"]


def test_no_person_is_shown_in_a_prompt(tmp_path: Path):
    (tmp_path / "filler.md").write_text(
        "# Filler\n\nNever reach into the running filler. "
        "Ask Dr. Martina Hoffmann, m.hoffmann@plant.example, +49 170 5551234.\n"
    )

    files = build(read_library([tmp_path]), TODAY, DatasetSettings(), OfflineGenerator()).files()

    shown = b"".join(content for name, content in files.items() if name != "rejected.jsonl")
    assert b"reach into the running filler" in shown
    assert not any(each in shown for each in (b"Martina", b"offmann", b"5551234"))


def test_a_document_that_cannot_be_read_is_a_failure(tmp_path: Path):
    (tmp_path / "good.md").write_text("# Filler\n\nThe filler runs at 40 bottles per minute.\n", encoding="utf-8")
    (tmp_path / "bad.pdf").write_bytes(b"this is no PDF")

    report = report_of(build(read_library([tmp_path]), TODAY, DatasetSettings(), OfflineGenerator()))

    assert report["status"] == "completed with failures"
    assert "bad.pdf cannot be read: it is named .pdf and is none" in report["warnings"]


def test_a_wrong_row_of_the_model_ends_the_run():
    with pytest.raises(Misconfigured, match="no model of that name"):
        build(library(), TODAY, SETTINGS, Unpayable())


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (None, "", "there is no document to make a dataset of"),
        ("sop.md", "---\ndocument: A\nstatus: draft\n---\nThe filler runs.\n", "drafts, withdrawn and superseded"),
        ("sop.pdf", "this is no PDF", "sop.pdf cannot be read"),
    ],
)
def test_where_no_document_can_be_used_it_is_said_before_anything_is_asked(
    tmp_path: Path, name: str | None, text: str, told: str
):
    if name:
        (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(Refused, match=told):
        build(read_library([tmp_path]), TODAY, SETTINGS, Unpayable())


class Talkative(Written):
    def generate(self, chunk: Chunk, wanted: int) -> tuple[Draft | Misfit, ...]:
        return super().generate(chunk, 99)


def test_a_generator_that_writes_too_much_is_cut_off():
    chunk = true_cases()[0].chunk

    found = generated(chunk, 2, Talkative())

    assert (found.requested, len(found.pairs), len(found.rejected)) == (2, 1, 1)
    assert generated(chunk, 0, Talkative()).rejected == ()


def made(*pairs: Pair, name: str = "sop-1", **more: object) -> Made:
    return Made(Source(name.upper(), name), len(pairs), pairs, **more)  # type: ignore[arg-type]


def sections(count: int) -> list[Pair]:
    return [
        pair(f"Which bolt {at} belongs to hood {at * 13}?", f"Bolt {at * 7} belongs to it.", document=f"sop-{at}",
             passages=(passage(at, document=f"sop-{at}"),))
        for at in range(count)
    ]  # fmt: skip


def test_of_two_documents_with_the_same_pair_the_later_one_loses_it():
    first = pair("How long does the glue heater need until it is warm?", "It needs 12 minutes.", document="sop-1")
    again = pair("How long does the glue heater need until it is warm?", "It needs 12 minutes.", document="sop-2")

    dataset = assemble([made(first), made(again, name="sop-2")], DatasetSettings())

    counted = {
        each["document_id"]: (each["accepted"], each["rejected_by_reason"]) for each in report_of(dataset)["documents"]
    }
    assert counted == {"sop-1": (1, {}), "sop-2": (0, {"duplicate": 1})}
    assert [each.reason for each in dataset.rejected] == ["duplicate"]


def test_reviewed_pairs_of_operators_are_trained_on_and_kept_from_what_is_tested():
    every = sections(20)
    before = assemble([made(*every)], DatasetSettings())
    tested = before.parts["test"][0]
    new = pair(
        "Which sieve is used for the pellets of the sealer?", "The fine one.", document="sop-77", made_by=FEEDBACK
    )
    near = msgspec.structs.replace(tested, pair_id="said-by-anna", made_by=FEEDBACK)

    dataset = assemble([made(*every)], DatasetSettings(), extra=[new, near])

    report = report_of(dataset)
    assert dataset.parts["test"] == before.parts["test"]
    assert dataset.parts["train"][-1] == new
    assert report["feedback"] == {"offered": 2, "accepted": 1, "rejected": 1, "rejected_by_reason": {"held_out": 1}}
    assert report["rejected_by_reason"] == {"held_out": 1}
    assert report["generated"] == report["accepted"] + report["rejected"] == 22


def warnings(pairs: Sequence[Pair], settings: DatasetSettings, **more: object) -> str:
    return " | ".join(report_of(assemble([made(*pairs, **more)], settings))["warnings"])


def test_a_dataset_that_is_too_small_or_cannot_be_parted_is_warned_of():
    one_section = [pair(f"Which bolt {at} belongs to hood {at * 13}?", f"Bolt {at * 7}.") for at in range(20)]

    assert "20 pairs are too few to train on: a release asks for 200" in warnings(sections(20), DatasetSettings())
    assert "too few" not in warnings(sections(20), DatasetSettings(least_pairs=20))
    assert "test holds 0 pairs where 3 were wished for" in warnings(one_section, DatasetSettings())
    assert "wished for" not in warnings(sections(40), DatasetSettings())
    assert "wished for" not in warnings(sections(1), DatasetSettings())
    assert "do not carry the 80 pairs" in warnings(sections(20), DatasetSettings(pairs=80))
    assert "SOP-1: page 2 holds no text" in warnings(sections(3), DatasetSettings(), problem="page 2 holds no text")


def test_the_card_says_what_it_is_where_it_comes_from_and_how_to_make_it_again(built: Dataset):
    card = built.files()[CARD].decode()

    report = report_of(built)
    assert report["content_sha256"] in card
    assert "| SOP-VC-07 | 4 | yes |" in card
    assert "| SOP-VC-07 | 3 | superseded |" in card
    assert "| seed | 7 |" in card
    assert "lineside dataset build" in card
    assert f"| test | `test.jsonl` | {report['parts']['test']['pairs']} |" in card


def test_the_day_decides_which_revision_counts_and_stands_nowhere_in_the_files(built: Dataset):
    later = build(library(), date(2026, 3, 3), SETTINGS, Written())

    assert later.files() == built.files()
