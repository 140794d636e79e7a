"""`lineside dataset build`: the real steps on real documents, and one sentence for everything that cannot be."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from edge.cli.dataset import KEPT, dataset_app
from edge.cli.dataset_report import Progress
from edge.kept_files import KeptFiles
from edge.sqlite_people import People, SqliteVerdicts
from lineside.errors import Misconfigured
from lineside.training_data.chat import read_rows
from lineside.training_data.verdict import Cited, Review
from tests.contracts.test_verdicts import GIVEN
from tests.fakes.model_server import ModelServer, Request, Scripted
from tests.training_data.plants import PRESS

FILES = ["README.md", "rejected.jsonl", "report.json", "test.jsonl", "train.jsonl", "validation.jsonl"]
DAY = ("--today", "2026-01-01")


def run(*arguments: object, status: int = 0) -> Result:
    result = CliRunner().invoke(dataset_app, [str(each) for each in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == status, result.output
    return result


def build(docs: Path, out: Path, *more: object, status: int = 0) -> dict[str, Any]:
    run("build", docs, "--out", out, *DAY, *more, status=status)
    report: dict[str, Any] = json.loads((out / "report.json").read_bytes())
    return report


def rows(out: Path) -> list[dict[str, Any]]:
    return [row for part in ("train", "validation", "test") for row in read_rows(out / f"{part}.jsonl")]


@pytest.fixture
def docs(tmp_path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "presse.md").write_text(PRESS, encoding="utf-8")
    return folder


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def settings_for(server: ModelServer, folder: Path, **row: object) -> Path:
    file = folder / "training.yaml"
    made = {"name": "writer", "provider": "ollama", "model": "m", "url": server.url, "context_tokens": 16_384, **row}
    file.write_text(json.dumps({"generator": made, "dataset": {"seed": 3}}), encoding="utf-8")
    return file


def one_pair(request: Request) -> Scripted:
    """A pair that any source bears out: its last line."""
    line = request.user_text.splitlines()[-2]
    pair = {"question": f"Was gilt hier: {line[:60]}?", "answer": line, "category": "operation", "severity": "low"}
    return Scripted((json.dumps({"pairs": [pair]}),))


def test_the_sample_procedures_become_a_dataset_with_a_report(samples, tmp_path):
    report = build(samples / "sops", tmp_path / "out", "--pairs", 80)

    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == FILES
    assert report["requested"] == 80
    assert report["generated"] == report["accepted"] + report["rejected"]
    assert report["accepted"] >= 0.95 * 80
    assert report["refusals"]["accepted"] == 20
    assert len(rows(tmp_path / "out")) == report["accepted"]
    assert report["made_by"] == {"offline": report["accepted"]}
    assert {each["document"] for each in report["left_out"]} >= {"SOP-GEN-20", "SOP-FT-01"}


def test_what_is_shown_is_the_report_and_that_no_model_wrote_it(docs, tmp_path):
    shown = run("build", docs, "--out", tmp_path / "out", *DAY)

    assert "BA-HP-40" in shown.output
    assert "what no document says" in shown.output
    assert "No model wrote these: they were made offline" in shown.output
    assert "too few to train on" in shown.stderr
    assert "generating: " in shown.stderr


def test_the_same_documents_and_seed_give_the_same_bytes_and_an_older_dataset_is_replaced(docs, tmp_path):
    build(docs, tmp_path / "one")
    build(docs, tmp_path / "two")
    first = {name: (tmp_path / "one" / name).read_bytes() for name in FILES}

    build(docs, tmp_path / "one", "--seed", 9)
    changed = (tmp_path / "one" / "report.json").read_bytes()
    build(docs, tmp_path / "one")

    assert first == {name: (tmp_path / "two" / name).read_bytes() for name in FILES}
    assert changed != first["report.json"]
    assert first == {name: (tmp_path / "one" / name).read_bytes() for name in FILES}


def test_one_file_by_itself_is_enough(docs, tmp_path):
    assert build(docs / "presse.md", tmp_path / "out")["accepted"] > 5


def test_a_document_that_cannot_be_read_is_told_and_the_others_are_kept(docs, tmp_path):
    (docs / "broken.md").write_bytes(b"\xff\xfe\xff")
    (docs / "empty.txt").touch()

    shown = run("build", docs, "--out", tmp_path / "out", *DAY, status=1)

    assert "broken.md cannot be read" in shown.output
    assert "completed with failures" in shown.output
    assert len(rows(tmp_path / "out")) > 5


def broken_only(folder: Path) -> None:
    (folder / "scan.pdf").write_bytes(b"%PDF-1.4 nothing")


def draft_only(folder: Path) -> None:
    (folder / "d.md").write_text("---\nstatus: draft\n---\n# D\n1. Press it.\n", encoding="utf-8")


def outside_only(folder: Path) -> None:
    outside = folder.parent / "secret.md"
    outside.write_text("# S\n1. Press it.\n", encoding="utf-8")
    (folder / "link.md").symlink_to(outside)


@pytest.mark.parametrize(
    ("fill", "said"),
    [
        (lambda folder: None, "there is no document to make a dataset of"),
        (broken_only, "none of the 1 documents can be used"),
        (draft_only, "drafts, withdrawn and superseded documents are not used"),
        (outside_only, "leads out of the folder"),
    ],
)
def test_documents_that_give_nothing_are_refused_in_one_sentence_and_nothing_is_written(tmp_path, fill, said):
    folder = tmp_path / "docs"
    folder.mkdir()
    fill(folder)

    with pytest.raises(Misconfigured, match=said) as refused:
        run("build", folder, "--out", tmp_path / "out", *DAY)

    assert "\n" not in str(refused.value)
    assert not (tmp_path / "out").exists()


def a_file(out: Path) -> None:
    out.write_text("mine", encoding="utf-8")


def another_project(out: Path) -> None:
    out.mkdir()
    (out / "README.md").write_text("# My project", encoding="utf-8")


def photographs(out: Path) -> None:
    out.mkdir()
    (out / "holiday.jpg").write_bytes(b"\xff\xd8")


def somebodys_report(out: Path) -> None:
    out.mkdir()
    (out / "report.json").write_text('{"sales": 7}', encoding="utf-8")


@pytest.mark.parametrize("fill", [a_file, another_project, photographs, somebodys_report])
def test_a_folder_that_holds_something_else_is_left_alone(docs, tmp_path, fill):
    out = tmp_path / "out"
    fill(out)
    before = {path: path.read_bytes() for path in [out, *out.rglob("*")] if path.is_file()}

    with pytest.raises(Misconfigured, match=r"holds something else than a dataset|is a file"):
        run("build", docs, "--out", out, *DAY)

    assert before == {path: path.read_bytes() for path in [out, *out.rglob("*")] if path.is_file()}


def test_a_dataset_among_its_own_documents_is_refused(docs):
    with pytest.raises(Misconfigured, match="lies among the documents"):
        run("build", docs, "--out", docs / "dataset", *DAY)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--today", "yesterday"), "--today is 'yesterday'; write a day such as 2026-01-31"),
        (("--generator", "row"), "--generator row needs `generator:`"),
        (("--settings", "nowhere.yaml"), "there is no training file at nowhere.yaml"),
        (("--site", "nowhere.yaml"), "nowhere.yaml"),
    ],
)
def test_a_mistake_on_the_command_line_is_one_clear_sentence(docs, tmp_path, arguments, said):
    with pytest.raises(Misconfigured, match=said):
        run("build", docs, "--out", tmp_path / "out", *arguments)


def test_documents_that_are_not_there_are_said_to_be_missing(tmp_path):
    with pytest.raises(Misconfigured, match="there are no documents at"):
        run("build", tmp_path / "nowhere", "--out", tmp_path / "out")


def test_a_model_that_only_the_cloud_reaches_is_refused(docs, tmp_path):
    file = tmp_path / "training.yaml"
    file.write_text("generator: {name: g, provider: bedrock, model: m}", encoding="utf-8")

    with pytest.raises(Misconfigured, match="which only the cloud's run asks"):
        run("build", docs, "--out", tmp_path / "out", "--settings", file)


def test_a_document_of_another_day_is_another_document(docs, tmp_path):
    with pytest.raises(Misconfigured, match="not used"):
        run("build", docs, "--out", tmp_path / "out", "--today", "2025-02-28")

    assert build(docs, tmp_path / "out")["accepted"] > 0


def test_a_machine_that_the_site_does_not_know_is_told(docs, samples, tmp_path):
    shown = run("build", docs, "--out", tmp_path / "out", *DAY, "--site", samples / "site.yaml")

    assert "the site file does not know Hydraulikpresse" in shown.stderr


@pytest.mark.loopback
def test_a_model_of_the_plant_writes_the_pairs_and_is_asked_once_for_each(docs, tmp_path, server, monkeypatch):
    monkeypatch.setenv("WRITER_KEY", "secret")
    server.route(one_pair)
    settings = settings_for(server, tmp_path, api_key_env="WRITER_KEY")

    report = build(docs, tmp_path / "out", "--settings", settings)
    asked = len(server.requests)
    again = build(docs, tmp_path / "out", "--settings", settings)

    assert report["made_by"]["m"] >= 3
    assert asked > 0
    assert len(server.requests) == asked
    assert again == report
    assert report["seed"] == 3
    assert {request.headers["Authorization"] for request in server.requests} == {"Bearer secret"}
    assert all(request.body["format"]["required"] == ["pairs"] for request in server.requests)


@pytest.mark.loopback
def test_a_run_that_was_broken_off_goes_on_where_it_stopped(docs, tmp_path, server):
    settings = settings_for(server, tmp_path, timeout_seconds=0.4)
    kept = tmp_path / "out" / KEPT

    def fails_after_two(request: Request) -> Scripted:
        done = len(list(kept.iterdir())) if kept.exists() else 0
        return one_pair(request) if done < 2 else Scripted(status=500, error="out of memory")

    server.route(fails_after_two)
    broken = build(docs, tmp_path / "out", "--settings", settings, status=1)
    first = len(server.requests)
    server.route(one_pair)
    whole = build(docs, tmp_path / "out", "--settings", settings)

    assert broken["status"] == "completed with failures"
    assert whole["status"] == "completed"
    assert len(server.requests) - first == first - 2


@pytest.mark.loopback
def test_offline_can_be_asked_for_although_there_is_a_row(docs, tmp_path, server):
    settings = settings_for(server, tmp_path)

    report = build(docs, tmp_path / "out", "--settings", settings, "--generator", "offline")

    assert list(report["made_by"]) == ["offline"]
    assert server.requests == []


def test_a_diff_tells_what_a_changed_document_changes(docs, tmp_path):
    build(docs, tmp_path / "old")
    changed = PRESS.replace("120 Nm", "140 Nm").replace("revision: 7", "revision: 8")
    (docs / "presse.md").write_text(changed, encoding="utf-8")
    build(docs, tmp_path / "new")

    nothing = run("diff", tmp_path / "old", tmp_path / "old").output
    shown = run("diff", tmp_path / "old", tmp_path / "new").output

    assert "0 added, 0 removed, 0 changed" in nothing
    assert "0 changed" not in shown
    assert "revision “7” is now “8”" in shown


@pytest.mark.parametrize("lacks", ["report.json", "test.jsonl"])
def test_a_diff_of_what_is_no_dataset_is_refused(docs, tmp_path, lacks):
    build(docs, tmp_path / "old")
    build(docs, tmp_path / "new")
    (tmp_path / "new" / lacks).unlink()

    with pytest.raises(Misconfigured, match=r"there is no dataset in|lacks test.jsonl"):
        run("diff", tmp_path / "old", tmp_path / "new")


def test_what_is_kept_is_whole_or_not_there(tmp_path):
    kept = KeptFiles(tmp_path / "kept")

    assert kept.get("a") is None
    kept.put("a", b"one")
    kept.put("a", b"two")

    assert kept.get("a") == b"two"
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["a"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_person_at_a_terminal_sees_a_bar_and_a_log_sees_lines(monkeypatch):
    terminal, log = Terminal(), io.StringIO()
    for stream in (terminal, log):
        monkeypatch.setattr(sys, "stderr", stream)
        progress = Progress()
        for done in range(4):
            progress.show("generating", done, 3)
        progress.end()

    assert "3/3" in terminal.getvalue()
    assert "\x1b[" in terminal.getvalue()
    assert log.getvalue().splitlines() == ["generating: 0 of 3", "generating: 3 of 3"]


def test_what_engineers_accepted_in_a_plant_is_trained_on_and_shown_in_the_table(docs, tmp_path):
    (docs / "jam.md").write_text(
        "---\ndocument: SOP-9\nrevision: 2\napproved_by: W\neffective_from: 2025-01-01\n---\n# Belt\n\n## Restart\n"
        "1. Write the count of bent carriers in the shift log.\n",
        encoding="utf-8",
    )
    quote = "Write the count of bent carriers in the shift log."
    cited = (Cited("", "SOP-9", "2", "Restart", "1", "", quote),)
    review = Review("accepted", "Enno", 9, "Where do I note how many carriers are bent?", quote)
    (tmp_path / "data").mkdir()
    people = People(tmp_path / "data" / "people.db")
    SqliteVerdicts(people).save(replace(GIVEN, cited=cited, review=review))
    SqliteVerdicts(people).save(replace(GIVEN, feedback_id="f-2", cited=cited))
    people.close()

    # Nothing is held out: in so small a plant the section might be what is tested.
    (tmp_path / "all.yaml").write_text("dataset: {test_share: 0, validation_share: 0}\n")
    more = ("--settings", tmp_path / "all.yaml", "--data", tmp_path / "data")

    told = run("build", docs, "--out", tmp_path / "out", *DAY, *more).output

    (learned,) = [row["pair"] for row in rows(tmp_path / "out") if row["pair"]["made_by"] == "feedback"]
    assert learned["question"] == review.question
    assert "what operators said" in told


def test_a_folder_without_verdicts_is_said_and_nothing_is_made(docs, tmp_path):
    with pytest.raises(Misconfigured, match="there are no verdicts in"):
        run("build", docs, "--out", tmp_path / "out", "--data", tmp_path)

    assert not (tmp_path / "out").exists()
