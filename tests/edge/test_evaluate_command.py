"""`lineside releases evaluate`: two models of the plant, judges of the plant, and a folder that goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from edge.cli.evaluate import evaluate
from edge.evaluation import row_of
from lineside.answering.models import Models
from lineside.errors import LinesideError, Malformed, Misconfigured, Unavailable
from lineside.training_data.chat import jsonl
from tests.answering.writers import a_row
from tests.fakes.model_server import ModelServer, Request, Scripted, a_closed_port
from tests.releases.evaluation.judges import marks, worth
from tests.releases.evaluation.models import half, right
from tests.releases.evaluation.plant import questions, rows

pytestmark = pytest.mark.loopback

FEW = {"of_each": 3, "absent": 3}
ASKED = questions(**FEW)
APP = typer.Typer()
APP.command()(evaluate)


@pytest.fixture
def server():
    with ModelServer() as server:
        server.route(answering)
        yield server


@pytest.fixture
def dataset(tmp_path):
    (tmp_path / "test.jsonl").write_bytes(jsonl(rows(**FEW)))
    return tmp_path


def answering(request: Request) -> Scripted:
    if "format" in request.body:
        return Scripted((judging(request.user_text),))
    question = next(each for each in ASKED if f"\n{each.question}\n" in request.user_text)
    return Scripted(((right if request.body["model"] == "tuned" else half)(question),))


def judging(text: str) -> str:
    parts = text.split("\n\n")
    said = {part.partition(":")[0]: part.split("\n", 2)[2].rpartition("\n")[0] for part in parts if ":\n===" in part}
    a, b = (marks(worth(said["The reference"], said[f"Answer {each}"])) for each in "AB")
    return json.dumps({"a": a, "b": b})


def run(server: ModelServer | str, dataset: Path, *more: str, **models: str) -> Any:
    url = server if isinstance(server, str) else server.url
    given = {"base": f"ollama:llama3.2:3b@{url}", "candidate": f"ollama:tuned@{url}"} | models
    options = [part for name, value in given.items() for part in (f"--{name}", value)]
    found = CliRunner().invoke(APP, ["--dataset", str(dataset), *options, "--out", str(dataset / "out"), *more])
    if isinstance(found.exception, LinesideError):
        raise found.exception
    return found


def training_yaml(server: ModelServer, folder: Path, judges: tuple[str, ...] = ("qwen3:8b",)) -> str:
    found = [{"name": model.split(":")[0], "provider": "ollama", "model": model, "url": server.url,
              "max_tokens": 1200, "context_tokens": 16384} for model in judges]  # fmt: skip
    settings = {"judges": found, "gate": {"least_questions": 15, "least_judges": 1}}
    (folder / "training.yaml").write_text(json.dumps(settings))
    return str(folder / "training.yaml")


def test_a_better_model_passes_and_its_report_is_written(server, dataset):
    found = run(server, dataset, "--settings", training_yaml(server, dataset))

    assert found.exit_code == 0
    assert found.stdout.startswith("Passed. The candidate's marks are 123.9 % better than the base's")
    evaluation = json.loads((dataset / "out/evaluation.json").read_text())
    assert evaluation["evaluated"]["judges"] == ["qwen3"]
    assert "tuned against llama3.2:3b" in (dataset / "out/report.html").read_text()
    assert (dataset / "out/report.md").exists()
    assert len((dataset / "out/answers.jsonl").read_text().splitlines()) == len(ASKED)


def test_a_worse_model_does_not_pass(server, dataset):
    settings = training_yaml(server, dataset)

    found = run(server, dataset, "--settings", settings, base=f"ollama:tuned@{server.url}",
                candidate=f"ollama:llama3.2:3b@{server.url}")  # fmt: skip

    assert found.exit_code == 1
    assert "Not passed. The candidate's marks are 55.3 % worse than the base's" in found.stdout


def test_without_judges_there_are_scores_and_no_pass(server, dataset):
    found = run(server, dataset, "--judges", "none", "--settings", training_yaml(server, dataset))

    assert found.exit_code == 1
    assert "0 judges can be believed, and 1 is needed" in found.stdout
    assert "required facts that are said | 0.0% | 100.0%" in (dataset / "out/report.md").read_text().replace("\\", "")
    assert not any("format" in request.body for request in server.requests)


def test_an_interrupted_run_goes_on_where_it_ended(server, dataset):
    settings = training_yaml(server, dataset)

    def until_it_breaks(request: Request) -> Scripted:
        if len(server.requests) > 50:
            return Scripted(status=401, error="a wrong key")
        return answering(request)

    server.route(until_it_breaks)
    with pytest.raises(Misconfigured):
        run(server, dataset, "--settings", settings)
    server.route(answering)

    found = run(server, dataset, "--settings", settings)

    asked = [json.dumps(request.body) for request in server.requests]
    assert found.exit_code == 0
    assert len(asked) - len(set(asked)) == 1  # the one that broke


def test_a_second_run_asks_nobody_and_says_the_same(server, dataset):
    settings = training_yaml(server, dataset)
    first = run(server, dataset, "--settings", settings)
    before, evaluation = len(server.requests), (dataset / "out/evaluation.json").read_bytes()

    again = run(server, dataset, "--settings", settings)

    assert len(server.requests) == before
    assert again.stdout == first.stdout
    assert (dataset / "out/evaluation.json").read_bytes() == evaluation


@pytest.mark.parametrize("change", ["model", "questions", "build"])
def test_a_folder_holds_one_evaluation(server, dataset, change):
    server.tells["/api/tags"] = {"models": [{"name": "tuned:latest", "digest": "one"}]}
    run(server, dataset, "--judges", "none")
    candidate = "other" if change == "model" else "tuned"
    if change == "questions":
        (dataset / "test.jsonl").write_bytes(jsonl(rows(of_each=1)))
    if change == "build":
        server.tells["/api/tags"] = {"models": [{"name": "tuned:latest", "digest": "two"}]}

    with pytest.raises(Misconfigured, match=r"holds an evaluation of tuned against llama3\.2:3b"):
        run(server, dataset, "--judges", "none", candidate=f"ollama:{candidate}@{server.url}")


@pytest.mark.parametrize(
    ("loaded", "said"),
    [
        (True, "The base takes 6.00 GiB (F16) of memory, the candidate 2.10 GiB (Q4_K_M): 65% less."),
        (False, "The base takes 5.00 GiB (F16) of disk, the candidate 2.00 GiB (Q4_K_M): 60% less."),
    ],
)
def test_a_quantized_model_is_told_with_its_size(server, dataset, loaded, said):
    def model(name: str, size: float, quantization: str) -> dict[str, Any]:
        details = {"quantization_level": quantization}
        return {"name": name, "digest": name, "size": round(size * 2**30), "details": details}

    server.tells["/api/tags"] = {"models": [model("llama3.2:3b", 5, "F16"), model("tuned:latest", 2, "Q4_K_M")]}
    server.tells["/api/ps"] = {
        "models": [model("llama3.2:3b", 6, ""), model("tuned:latest", 2.1, "")] if loaded else []
    }

    run(server, dataset, "--judges", "none")

    assert said in (dataset / "out/report.html").read_text()


@pytest.mark.parametrize("told", [None, [], {"models": None}, {"models": [1, {"name": "tuned:latest", "size": "x"}]}])
def test_a_server_that_tells_no_sizes_is_evaluated_without_them(server, dataset, told):
    server.tells["/api/tags"] = told

    run(server, dataset, "--judges", "none")

    assert "takes" not in (dataset / "out/report.md").read_text()


def test_a_judge_of_the_candidates_family_is_left_out_and_told(server, dataset):
    found = run(server, dataset, "--settings", training_yaml(server, dataset, ("llama3.3:70b", "qwen3:8b")))

    assert "llama3.3 does not judge: it is of the candidate's own family" in found.stdout
    assert {request.body["model"] for request in server.requests} == {"llama3.2:3b", "tuned", "qwen3:8b"}


def test_a_server_that_is_not_there_is_told_before_anything_is_asked(server, dataset):
    with a_closed_port() as url, pytest.raises(Unavailable, match="candidate is not reachable at"):
        run(server, dataset, "--judges", "none", candidate=f"ollama:tuned@{url}")

    assert server.requests == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"candidate": "tuned"}, "is neither a row of the models file nor PROVIDER:MODEL@URL"),
        ({"candidate": "bedrock:amazon.nova-pro-v1:0@http://x"}, "is neither a row"),
        ({"base": ""}, "--base is missing"),
        ({"base": "ollama:tuned@http://127.0.0.1:9", "candidate": "ollama:tuned@http://127.0.0.1:9"}, "are one model"),
    ],
    ids=["no row", "not here", "no base", "one model"],
)
def test_what_cannot_be_compared_is_told_in_a_sentence(dataset, change, why):
    with pytest.raises(Misconfigured, match=why):
        run("http://127.0.0.1:9", dataset, "--judges", "none", **change)


def test_judges_on_bedrock_cannot_be_asked_by_the_plant(server, dataset):
    with pytest.raises(Misconfigured, match=r"claude-sonnet, claude-haiku, nova-pro cannot be asked from here"):
        run(server, dataset, "--settings", "samples/training.cloud.yaml")


@pytest.mark.parametrize(
    ("content", "error"), [(None, Misconfigured), (b"", Misconfigured), (b"{broken\n", Malformed), (b"{}\n", Malformed)]
)
def test_a_dataset_without_test_questions_is_told(server, dataset, content, error):
    (dataset / "test.jsonl").unlink()
    if content is not None:
        (dataset / "test.jsonl").write_bytes(content)

    with pytest.raises(error):
        run(server, dataset, "--judges", "none")


def test_a_row_of_the_models_file_may_be_named():
    models = Models(models=(a_row("small", model="tuned"), a_row("live", model="", alias="live")))

    assert row_of("small", models, "base").model == "tuned"
    with pytest.raises(Misconfigured, match="name the model itself"):
        row_of("live", models, "base")
