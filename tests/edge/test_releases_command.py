"""`lineside releases`: what is there, what would change, and what is said when it may not."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from msgspec.structs import replace
from typer.testing import CliRunner

from edge.cli import main
from edge.cli.releases import releases_app
from edge.releases import PlantReleases
from edge.sqlite_releases import Releases, SqliteReleases
from lineside.errors import Conflict, Malformed, Misconfigured, Refused, Unavailable
from lineside.releases.desk import ReleaseDesk, UnknownRelease
from lineside.releases.record import Evaluated
from tests.api.conftest import Plant, a_plant
from tests.releases.builders import NOW_US, PASSED, a_release


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A plant's folder: r-1 is live, r-2 and r-3 are approved, r-4 failed, r-5 waits."""
    folder = tmp_path / "lineside-data"
    folder.mkdir()
    with releases_of(folder) as releases:
        for number, changes in enumerate(({}, {}, {}, {"status": "failed", "reason": "out of memory"}), start=1):
            releases.store.put(a_release(f"r-{number}", made_us=NOW_US + number, **changes))
        releases.store.put(a_release("r-5", status="waiting", approver=""))
        releases.desk.promote("r-1", by="Anna", reason="the first")
    return folder


@contextmanager
def releases_of(folder: Path) -> Iterator[PlantReleases]:
    releases = PlantReleases(folder / "releases.db", folder / "reports")
    yield releases
    releases.close()


def means(folder: Path) -> tuple[str, ...]:
    with releases_of(folder) as releases:
        table = releases.desk.aliases()
    return tuple(each.release_id if each else "" for each in (table.live, table.canary, table.previous))


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(releases_app, [str(each) for each in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def test_all_releases_are_listed_and_which_one_answers(data: Path) -> None:
    told = run("list")

    assert told.startswith("live r-1, canary nobody, previous nobody\n")
    assert [line.split()[0] for line in told.splitlines()[2:]] == ["r-4", "r-3", "r-2", "r-1", "r-5"]
    assert "+14 % (9 to 19), passed" in told
    assert "out of memory" in told


def test_json_is_what_the_api_says(data: Path) -> None:
    told = json.loads(run("list", "--json"))
    one = json.loads(run("show", "r-1", "--json"))

    assert (told["live"], told["version"], len(told["releases"])) == ("r-1", 1, 5)
    assert one == next(each for each in told["releases"] if each["release_id"] == "r-1")


def test_one_release_is_shown_with_its_history(data: Path) -> None:
    told = run("show", "r-1")

    assert "meta-llama/Llama-3.2-3B-Instruct" in told
    assert "60 questions, judged by claude, nova" in told
    assert "the first" in told


def test_a_release_is_promoted_and_taken_back(data: Path) -> None:
    promoted = run("promote", "r-2", "--reason", "better", "--by", "Anna")
    back = run("rollback", "--reason", "it is rude", "--by", "Bo")

    assert promoted.splitlines()[:2] == ["live: r-1 -> r-2", "previous: nobody -> r-1"]
    assert "within 30 seconds" in promoted
    assert back.splitlines()[:2] == ["live: r-2 -> r-1", "previous: r-1 -> nobody"]
    with releases_of(data) as releases:
        history = releases.desk.aliases().history
        assert [(change.by, change.reason) for change in history[1:]] == [("Anna", "better"), ("Bo", "it is rude")]
        assert releases.desk.get("r-2").status == "rolled_back"


def test_a_canary_takes_its_share_and_is_ended_first(data: Path) -> None:
    assert run("promote", "r-2", "--canary", "0.2").startswith("canary: nobody -> r-2 (20 % of the conversations)\n")
    assert "canary r-2 (20 %)" in run("list")
    assert run("rollback", "--reason", "rude").startswith("canary: r-2 (20 % of the conversations) -> nobody\n")
    assert means(data) == ("r-1", "", "")


def test_promoting_what_is_live_says_that_it_was_so(data: Path) -> None:
    assert run("promote", "r-1") == "Nothing changes; it was so already.\n"
    assert run("promote", "r-1", "--dry-run") == "Nothing changes.\n"


def test_a_dry_run_says_what_would_change_and_changes_nothing(data: Path) -> None:
    run("promote", "r-2")

    assert run("promote", "r-3", "--dry-run") == "live: r-2 -> r-3\nprevious: r-1 -> r-2\n"
    assert json.loads(run("promote", "r-3", "--dry-run", "--json")) == {
        "changes": ["live: r-2 -> r-3", "previous: r-1 -> r-2"]
    }
    assert run("rollback", "--reason", "x", "--dry-run") == "live: r-2 -> r-1\nprevious: r-1 -> nobody\n"
    assert means(data) == ("r-2", "", "r-1")


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_what_may_not_be_is_refused_in_a_sentence_also_in_a_dry_run(data: Path, more: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="r-4 cannot be released: it failed: out of memory"):
        run("promote", "r-4", *more)
    with pytest.raises(Refused, match="a person has to approve it first"):
        run("promote", "r-5", *more)
    with pytest.raises(UnknownRelease, match="there is no release r-9"):
        run("promote", "r-9", *more)
    with pytest.raises(Refused, match="there is nothing to go back to"):
        run("rollback", "--reason", "rude", *more)
    run("promote", "r-2", "--canary", "0.6", *more, code=2)
    run("rollback", *more, code=2)
    run("rollback", "--reason", " ", *more, code=2)
    assert means(data) == ("r-1", "", "")


def test_looking_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "lineside-data").mkdir()

    assert run("list") == "live nobody, canary nobody, previous nobody\n"
    assert list((tmp_path / "lineside-data").iterdir()) == []
    with pytest.raises(Misconfigured, match="there is no data folder elsewhere"):
        run("list", "--data", "elsewhere")


def test_in_another_folder_nothing_is_taken_back_and_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()

    for wrong in (("rollback", "--reason", "rude"), ("promote", "r-1"), ("approve", "r-1"), ("show", "r-1")):
        with pytest.raises(Misconfigured, match="no release was ever written down in other; name the plant's data"):
            run(*wrong, "--data", "other")
    assert list((tmp_path / "other").iterdir()) == []


@pytest.mark.parametrize("wrong", ["0", "-0.1", "nan", "0.6"])
def test_a_share_of_nobody_does_not_mean_everybody(data: Path, wrong: str) -> None:
    run("promote", "r-2", "--canary", wrong, code=2)

    assert means(data) == ("r-1", "", "")


@pytest.mark.parametrize("words", ["x" * 501, "half a \udcff"])
def test_words_that_the_api_would_not_take_are_refused_in_a_sentence(data: Path, words: str) -> None:
    with pytest.raises(Misconfigured, match=r"^--reason: "):
        run("promote", "r-2", "--reason", words)
    with pytest.raises(Misconfigured, match=r"^--reason: "):
        run("rollback", "--reason", words)
    with pytest.raises(Misconfigured, match=r"^--note: "):
        run("approve", "r-5", "--note", words)
    assert means(data) == ("r-1", "", "")


def test_what_others_wrote_cannot_steer_the_terminal(data: Path) -> None:
    run("promote", "r-2", "--by", "B\x1b[2Jo", "--reason", "rude\x1b]0;title\x07\u202e\nlive r-9")
    run("approve", "r-5", "--refuse", "--note", "no\x1b[31m")

    told = run("show", "r-2") + run("show", "r-5") + run("list") + run("approve", "r-5", "--refuse")

    assert "B [2Jo" in told
    assert {letter for letter in told if not letter.isprintable()} == {"\n"}
    assert not any(line.startswith("live r-9") for line in told.splitlines())


def test_an_error_cannot_steer_the_terminal_either(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("approve", "r-5", "--refuse", "--by", "half a \udcff", "--note", "no\x1b]0;title\x07")
    monkeypatch.setattr(sys, "argv", ["lineside", "releases", "promote", "r-5"])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 1
    assert capsys.readouterr().err == "lineside: r-5 cannot be released: it was refused: no ]0;title \n"


def test_a_release_that_waits_is_approved_or_refused(data: Path) -> None:
    assert run("approve", "r-5", "--by", "Anna").startswith("r-5 is approved: +14 % (9 to 19), passed.\n")
    with pytest.raises(Conflict, match="Anna has already decided"):
        run("approve", "r-5", "--refuse")


def evaluated(folder: Path, *, candidate: str = "shop:q4", found: Evaluated = PASSED) -> Path:
    """The folder of an evaluation, as `lineside releases evaluate` writes it."""
    from msgspec import to_builtins

    folder.mkdir()
    (folder / "evaluation.json").write_text(json.dumps({"evaluated": to_builtins(found), "judges": []}))
    (folder / "asked.json").write_text(json.dumps({"base": "llama3.2:3b", "candidate": candidate, "questions": "ab"}))
    (folder / "report.html").write_text("<h1>14 % better</h1>")
    return folder / "evaluation.json"


def an_artifact(folder: Path, dataset_hash: str = "5ad1") -> Path:
    """What `training/finetune.py` leaves beside a model."""
    folder.mkdir()
    (folder / "manifest.json").write_text(
        json.dumps(
            {
                "base_model": "meta-llama/Llama-3.2-3B-Instruct",
                "dataset": {"hash": dataset_hash, "train_sha256": "77"},
                "code_version": "0.1.0",
                "hyperparameters": {"epochs": 5, "lora_rank": 16},
            }
        )
    )
    return folder


def a_dataset(folder: Path, dataset_hash: str = "5ad1") -> Path:
    folder.mkdir()
    (folder / "report.json").write_text(json.dumps({"content_sha256": dataset_hash, "accepted": 45}))
    return folder


def test_a_model_of_the_plants_server_becomes_a_release_with_everything_it_is_made_from(
    data: Path, tmp_path: Path
) -> None:
    artifact, dataset = an_artifact(tmp_path / "model"), a_dataset(tmp_path / "dataset")
    given = ("--evaluation", evaluated(tmp_path / "found"), "--artifact", artifact, "--dataset", dataset)

    told = run("add", "shop:q4", *given, "--id", "r-6", "--approve", "--by", "Anna")

    assert told.startswith("r-6 is approved: +14 % (9 to 19), passed.\n")
    with releases_of(data) as releases:
        release = releases.desk.get("r-6")
        assert releases.desk.report("r-6") == "<h1>14 % better</h1>"
    assert (release.model_id, release.base_model) == ("shop:q4", "meta-llama/Llama-3.2-3B-Instruct")
    assert (release.dataset_hash, release.dataset, release.artifact) == ("5ad1", str(dataset), str(artifact))
    assert (release.hyperparameters, release.code_version) == ({"epochs": "5", "lora_rank": "16"}, "0.1.0")
    assert (release.approver, release.evaluation) == ("Anna", PASSED)
    assert means(data) == ("r-1", "", ""), "it answers nobody yet"
    assert run("promote", "r-6").startswith("live: r-1 -> r-6\n")


def test_without_approval_it_waits_and_its_name_is_the_models(data: Path, tmp_path: Path) -> None:
    told = run("add", "shop:q4", "--evaluation", evaluated(tmp_path / "found"))

    assert told.startswith("shop-q4-20")
    assert " is waiting: +14 % (9 to 19), passed.\nApprove it with: lineside releases approve shop-q4-20" in told


def test_what_did_not_pass_is_kept_as_refused_and_cannot_be_approved(data: Path, tmp_path: Path) -> None:
    failed = Evaluated(False, 0.01, -0.05, 0.06, 60, ("claude",), reasons=("It is no better.",))
    evaluation = evaluated(tmp_path / "found", found=failed)

    told = run("add", "shop:q4", "--id", "r-6", "--evaluation", evaluation, "--approve", "--by", "Anna")

    assert told == "r-6 is refused: +1 % (-5 to 6), not passed.\nIt is no better.\n"
    with pytest.raises(Refused, match="r-6 cannot be released: it was refused: It is no better"):
        run("promote", "r-6")


def test_every_release_keeps_the_report_of_its_own(data: Path, tmp_path: Path) -> None:
    for number, name in enumerate(("r:7", "r-7", "r.7")):
        evaluation = evaluated(tmp_path / f"found-{number}")
        evaluation.with_name("report.html").write_text(name)
        run("add", "shop:q4", "--id", name, "--evaluation", evaluation)

    with releases_of(data) as releases:
        assert [releases.desk.report(name) for name in ("r:7", "r-7", "r.7")] == ["r:7", "r-7", "r.7"]


def test_what_was_not_evaluated_waits_for_that_and_is_added_again_with_it(data: Path, tmp_path: Path) -> None:
    first = run("add", "shop:q4", "--base", "llama3.2:3b", "--id", "r-6", "--approve")
    assert first.startswith("r-6 is evaluating: not evaluated.\nEvaluate it with")
    with pytest.raises(Refused, match="still being evaluated"):
        run("promote", "r-6")

    again = run("add", "shop:q4", "--id", "r-6", "--evaluation", evaluated(tmp_path / "found"), "--approve")

    assert again.startswith("r-6 is approved")
    with pytest.raises(Conflict, match=r"there is a release r-6 already \(approved\)"):
        run("add", "shop:q4", "--base", "llama3.2:3b", "--id", "r-6")


def test_what_does_not_belong_together_is_not_added(data: Path, tmp_path: Path) -> None:
    other = evaluated(tmp_path / "found", candidate="other:q4")
    artifact, dataset = an_artifact(tmp_path / "model"), a_dataset(tmp_path / "dataset", "77aa")
    (tmp_path / "report.html").write_text("no evaluation")
    endless = evaluated(tmp_path / "endless", found=replace(PASSED, reasons=("x" * 100_000,)))

    for given, error, why in (
        (("--evaluation", other), Malformed, "is the evaluation of other:q4, not of shop:q4"),
        (("--artifact", artifact, "--dataset", dataset), Malformed, "was trained on another dataset"),
        (("--evaluation", tmp_path / "report.html"), Malformed, "is no evaluation of"),
        (("--evaluation", tmp_path / "nothing.json"), Misconfigured, "No such file"),
        (("--artifact", tmp_path / "nowhere"), Misconfigured, "there is no folder"),
        (("--base", "b", "--id", "r/6"), Misconfigured, "is no name for a release"),
        (("--base", "b", "--id", ".."), Misconfigured, "is no name for a release"),
        (("--base", "b", "--id=-r-6"), Misconfigured, "is no name for a release"),
        (("--evaluation", endless), Malformed, "says far more than"),
        ((), Misconfigured, "name the model that it was made from"),
    ):
        with pytest.raises(error, match=why):
            run("add", "shop:q4", *given)
    assert len(json.loads(run("list", "--json"))["releases"]) == 5


@pytest.mark.parametrize("model", ["", "  ", "shop\n", "half a \udcff"])
def test_what_is_no_name_of_a_model_is_not_added(data: Path, model: str) -> None:
    with pytest.raises(Misconfigured, match="is no name of a model"):
        run("add", model, "--base", "llama3.2:3b")


@pytest.mark.parametrize(
    ("model", "name"),
    [("模型", "model-20"), ("-shop", "shop-20"), ("hf.co/a/Shop-GGUF:Q4_K_M", "hf-co-a-shop-gguf-q4_k_m-20")],
)
def test_a_release_is_named_after_its_model_as_a_command_can_take_it(data: Path, model: str, name: str) -> None:
    assert run("add", "--base", "llama3.2:3b", "--", model).startswith(name)


def test_a_person_at_a_terminal_is_asked_whether_it_is_meant(data: Path) -> None:
    refused, told = at_a_terminal(b"n\n", "promote", "r-2")
    assert (refused, means(data)) == (1, ("r-1", "", ""))
    assert "live: r-1 -> r-2" in told
    assert "Is that what you want? [y/N]" in told

    done, told = at_a_terminal(b"y\n", "promote", "r-2")
    assert (done, means(data)) == (0, ("r-2", "", "r-1"))
    assert at_a_terminal(b"", "rollback", "--reason", "rude", "--yes")[0] == 0


def test_who_was_overtaken_while_thinking_switches_nothing(data: Path) -> None:
    def bo_is_faster() -> None:
        with releases_of(data) as releases:
            releases.desk.promote("r-3", by="Bo")

    refused, told = at_a_terminal(b"y\n", "promote", "r-2", meanwhile=bo_is_faster)

    assert refused != 0
    assert "Bo has switched the releases since you looked (promote)" in " ".join(told.split())
    assert means(data) == ("r-3", "", "r-1")


def at_a_terminal(typed: bytes, *arguments: str, meanwhile: Callable[[], None] = lambda: None) -> tuple[int, str]:
    """The command in a terminal of its own, and what a person types when asked, after `meanwhile` has happened."""
    ours, theirs = pty.openpty()
    program = (
        "import sys; from edge.cli.commands import app; from edge.cli import main; from edge.cli.releases import *;"
    )
    program += "app.add_typer(releases_app, name='releases'); sys.argv[1:1] = ['releases']; main()"
    command = [sys.executable, "-c", program, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "dumb"}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        told, answered = b"", False
        try:
            while piece := os.read(ours, 4096):
                told += piece
                if b"[y/N]" in told and not answered:
                    meanwhile()
                    os.write(ours, typed)
                    answered = True
        except OSError:  # the other end is closed
            pass
        os.close(ours)
    return process.returncode, told.decode()


@pytest.fixture
def served() -> Iterator[tuple[str, Plant]]:
    """A Lineside on loopback, with the same releases."""
    with a_plant() as plant:
        store = SqliteReleases(Releases())
        for number in (1, 2):
            store.put(a_release(f"r-{number}", made_us=NOW_US + number))
        store.put(a_release("r-3", status="waiting", approver=""))
        desk = ReleaseDesk(store, plant.services.now_us)
        desk.promote("r-1", by="Anna")
        plant.has(releases=desk)
        server = uvicorn.Server(uvicorn.Config(plant.application(), port=0, log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run)
        thread.start()
        until = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < until
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}", plant
        server.should_exit = True
        thread.join()


@pytest.mark.loopback
def test_the_same_commands_work_over_the_api(served: tuple[str, Plant], monkeypatch: pytest.MonkeyPatch) -> None:
    url, plant = served
    monkeypatch.setenv("LINESIDE_TOKEN", "admin")

    def ask(*arguments: object) -> str:
        return run(*arguments, "--api", url)

    assert ask("list").startswith("live r-1, canary nobody, previous nobody\n")
    assert ask("approve", "r-3").startswith("r-3 is approved")
    assert ask("promote", "r-2", "--dry-run") == "live: r-1 -> r-2\nprevious: nobody -> r-1\n"
    assert ask("promote", "r-2", "--reason", "better").startswith("live: r-1 -> r-2\n")
    assert json.loads(ask("show", "r-2", "--json"))["alias"] == "live"
    assert ask("rollback", "--reason", "rude").startswith("live: r-2 -> r-1\n")
    assert plant.services.releases is not None
    assert [change.by for change in plant.services.releases.aliases().history] == ["Anna", "Anna", "Anna"]


@pytest.mark.loopback
def test_what_the_api_refuses_is_said_in_its_words(served: tuple[str, Plant], monkeypatch: pytest.MonkeyPatch) -> None:
    url, plant = served
    monkeypatch.setenv("LINESIDE_TOKEN", "admin")
    monkeypatch.setenv("OTHER", "operator")

    with pytest.raises(UnknownRelease, match="there is no release r-9"):
        run("show", "r-9", "--api", url)
    with pytest.raises(Misconfigured, match="refuses the token: this needs the role engineer"):
        run("list", "--api", url, "--token-env", "OTHER")
    with pytest.raises(Misconfigured, match="the variable NOTHING holds no token"):
        run("list", "--api", url, "--token-env", "NOTHING")
    with pytest.raises(Unavailable, match="does not answer"):
        run("list", "--api", "http://127.0.0.1:1")
    with pytest.raises(UnknownRelease, match=r"/api/ says: there is nothing at this address"):
        run("list", "--api", f"{url}/api")
    plant.has(releases=None)
    with pytest.raises(UnknownRelease, match="no model is released here"):
        run("list", "--api", url)


def test_a_token_is_never_sent_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINESIDE_TOKEN", "admin")

    with pytest.raises(Misconfigured, match=r"a token is not sent to http://plant\.example in the clear"):
        run("list", "--api", "http://plant.example")
    for wrong in ("plant.example", "ftp://plant.example", "https://"):
        with pytest.raises(Misconfigured, match="--api takes an address"):
            run("list", "--api", wrong)


def test_who_did_it_is_who_is_signed_in_here(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "anna")

    run("promote", "r-2")

    with releases_of(data) as releases:
        last: Any = releases.desk.aliases().history[-1]
    assert last.by == "anna"


def test_what_a_release_costs_is_told_before_anything_is_paid() -> None:
    training = Path(__file__).parents[2] / "samples" / "training.cloud.yaml"

    told = CliRunner().invoke(releases_app, ["cost", "--settings", str(training)])

    assert told.exit_code == 0, told.output
    assert "| what | how much | each, USD | USD |" in told.output
    assert "ml.g5.2xlarge" in told.output
