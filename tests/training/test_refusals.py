"""What cannot end well is refused in one sentence, before a model or even a library is loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from training.finetune import main

ROOT = Path(__file__).parents[2]
OPEN = "mistralai/Mistral-7B-Instruct-v0.3"


def rows(folder: Path, count: int = 120, name: str = "train") -> Path:
    row = {"messages": [{"role": "user", "content": "Q?"}, {"role": "assistant", "content": "A."}]}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.jsonl").write_text((json.dumps(row) + "\n") * count, encoding="utf-8")
    return folder


def base(folder: Path, architecture: str = "LlamaForCausalLM") -> Path:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"architectures": [architecture]}), encoding="utf-8")
    return folder


def told(tmp_path: Path, capsys: pytest.CaptureFixture[str], *words: str, train: Path | None = None) -> str:
    """What a refused run says; it must be refused."""
    status = main(["--out", str(tmp_path / "out"), "--train", str(train or rows(tmp_path / "d")), *words], {})

    said = capsys.readouterr().err
    assert status == 2
    assert said.startswith("finetune: ")
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()
    return said


def test_a_licence_that_nobody_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    said = told(tmp_path, capsys)

    assert "Read the Llama 3.2 Community License of meta-llama/Llama-3.2-3B-Instruct" in said
    assert "accept_licence: true" in said


def test_a_licence_that_lies_beside_the_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    weights = base(tmp_path / "weights")
    (weights / "LICENSE.txt").write_text("LLAMA 3.2 COMMUNITY LICENSE AGREEMENT", encoding="utf-8")

    said = told(tmp_path, capsys, "--base", str(weights))

    assert f"Read {weights / 'LICENSE.txt'}, then accept it" in said


@pytest.mark.parametrize("name", ["google/gemma-3-4b-it", "Qwen/Qwen3.5-4B"])
def test_a_base_model_that_import_does_not_take(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str):
    said = told(tmp_path, capsys, "--base", name, "--accept-licence")

    assert f"{name} is a" in said
    assert "which Custom Model Import does not take" in said


def test_a_folder_with_a_base_model_that_import_does_not_take(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    said = told(tmp_path, capsys, "--base", str(base(tmp_path / "weights", "MambaForCausalLM")))

    assert "is a MambaForCausalLM, which Custom Model Import does not take" in said


def test_a_folder_without_a_base_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    said = told(tmp_path, capsys, "--base", OPEN, "--weights", str(tmp_path))

    assert "holds no base model: there is no config.json" in said


def test_no_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    said = told(tmp_path, capsys, "--base", OPEN, train=rows(tmp_path / "empty", 0))

    assert "holds no rows" in said


def test_too_few_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    said = told(tmp_path, capsys, "--base", OPEN, train=rows(tmp_path / "few", 99))

    assert "holds 99 rows, and a run needs 100 (least_rows)" in said


def test_rows_that_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    said = told(tmp_path, capsys, "--base", OPEN, train=tmp_path / "nothing")

    assert "there are no train rows at" in said


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "this is no row"),
        ('{"question": "Q?"}', "this is no row"),
        ('{"messages": []}', "the last message is not the assistant's"),
        ('{"messages": [{"role": "user", "content": "Q?"}]}', "the last message is not the assistant's"),
        (
            '{"messages": [{"role": "tool", "content": "x"}, {"role": "assistant", "content": "A"}]}',
            "its role is none of",
        ),
        (
            '{"messages": [{"role": "user", "content": " "}, {"role": "assistant", "content": "A"}]}',
            "a message is empty",
        ),
    ],
)
def test_a_row_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, why: str):
    train = rows(tmp_path / "d")
    with (train / "train.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")

    said = told(tmp_path, capsys, "--base", OPEN, train=train)

    assert "train.jsonl, line 121: " in said
    assert why in said


def test_a_folder_that_holds_somebody_elses_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    other = rows(tmp_path / "theirs")

    status = main(["--train", str(rows(tmp_path / "d")), "--base", OPEN, "--out", str(other)], {})

    assert status == 2
    assert "holds files that are no model of ours" in capsys.readouterr().err
    assert (other / "train.jsonl").is_file()


def test_sagemaker_is_told_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    data = rows(tmp_path / "input" / "data" / "train")
    environment = {"SM_MODEL_DIR": str(tmp_path / "model"), "SM_CHANNEL_TRAIN": str(data)}

    status = main([], environment, tmp_path)

    reason = (tmp_path / "output" / "failure").read_text(encoding="utf-8")
    assert status == 2
    assert reason.startswith("Read the Llama 3.2 Community License")
    assert reason in capsys.readouterr().err


def test_nothing_heavy_is_loaded_before_a_refusal(tmp_path: Path):
    code = (
        "import sys; from training.finetune import main; status = main(sys.argv[1:], {});"
        "heavy = {'torch', 'transformers', 'trl', 'datasets'} & set(sys.modules);"
        "sys.exit(f'{heavy}' if heavy else status)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, "--train", str(rows(tmp_path)), "--out", str(tmp_path / "out")],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert done.returncode == 2, done.stderr
    assert "Community License" in done.stderr
