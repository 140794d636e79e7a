"""`lineside ask`: one question, one answer, and a clear word where there can be none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from edge.cli.ask import ask
from edge.releases import PlantReleases
from lineside.errors import Misconfigured
from tests.fakes.model_server import ModelServer
from tests.releases.builders import a_release

app = typer.Typer()
app.command()(ask)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def asked(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_a_code_is_answered_from_the_sample_manuals_with_its_page() -> None:
    told = asked("What does E-217 mean?")

    assert "motor current above 6.2 A" in told
    assert "[1] FT-200-OM, rev 5, page 3" in told
    assert "Answered by offline" in told


def test_json_holds_the_answer_and_everything_it_rests_on() -> None:
    answer = json.loads(asked("How long does a defrost take?", "--json"))

    assert set(answer) >= {
        "answer",
        "citations",
        "evidence",
        "tools",
        "model",
        "router",
        "known",
        "replaced",
        "choices",
    }
    assert "45 minutes" in answer["answer"]
    assert answer["citations"][0]["document"] == "FT-200-OM"
    assert answer["evidence"][0]["tool"] == "search_manuals"
    assert [tool["tool"] for tool in answer["tools"]] == ["search_manuals"]
    assert (answer["model"], answer["known"]) == ("offline", True)


def test_without_a_data_folder_nothing_is_claimed_of_the_line() -> None:
    answer = json.loads(asked("Which machine stopped the line?", "--json"))

    assert not answer["known"]
    assert "No machine has been heard" in answer["answer"]
    assert "no data folder: nothing is known of what happens on the line" in answer["looked_at"]


def test_a_name_that_fits_several_machines_is_asked_back(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("site: mill\nlines:\n  - id: one\n    machines:\n      - {id: Oven 1}\n      - {id: Oven 2}\n")

    answer = json.loads(asked("Is the oven running?", "--site", site, "--json"))

    assert answer["choices"] == ["Oven 1", "Oven 2"]


@pytest.mark.parametrize(("question", "said"), [("", "empty"), ("x" * 2_001, "at most 2,000")])
def test_a_question_that_cannot_be_asked_is_one_clear_sentence(question: str, said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        asked(question)


def test_a_folder_or_a_time_that_is_none_is_said() -> None:
    with pytest.raises(Misconfigured, match="there is no data folder nowhere"):
        asked("Is it hot?", "--data", "nowhere")
    with pytest.raises(Misconfigured, match="--at takes a time such as"):
        asked("Is it hot?", "--at", "noon")


def test_the_answer_is_in_the_language_that_is_asked_for() -> None:
    assert "Das weiß ich nicht" in asked("Was kostet ein Etikett?", "--language", "de")


@pytest.mark.loopback
def test_the_model_that_is_live_in_the_plant_answers_and_another_one_after_a_rollback(tmp_path: Path) -> None:
    data, models = tmp_path / "lineside-data", tmp_path / "models.yaml"
    data.mkdir()
    releases = PlantReleases(data / "releases.db", data / "reports")
    for number in (1, 2):
        releases.store.put(a_release(f"r-{number}"))
        releases.desk.promote(f"r-{number}", by="Anna")

    with ModelServer() as server:
        models.write_text(f"models:\n  - {{name: ours, provider: ollama, alias: live, url: '{server.url}'}}\n")
        server.says("It means that the motor current was above 6.2 A [1].")
        asked("What does E-217 mean?", "--models", models)
        releases.desk.roll_back(by="Anna", reason="it is rude")
        asked("What does E-217 mean?", "--models", models)

    assert list(dict.fromkeys(request.body["model"] for request in server.requests)) == ["model-of-r-2", "model-of-r-1"]
    releases.close()
