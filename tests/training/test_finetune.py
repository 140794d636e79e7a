"""A run from the rows to the merged model, for real, on a model of two layers."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from tests.training import tiny
from tests.training.conftest import Finetuned
from training.export import check_folder
from training.finetune import main
from training.learn import newest_checkpoint

ROOT = Path(__file__).parents[2]


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def answers(folder: Path) -> list[str]:
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder)
    return [tiny.answer(model, tokenizer, code) for code in tiny.CODES]


def first_checkpoint(folder: Path, seconds: float = 200.0) -> None:
    """Wait for it to be written."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and not list(folder.glob("checkpoint-*/trainer_state.json")):
        time.sleep(0.005)


def test_the_model_learns_the_datasets_answers(base: Path, finetuned: Finetuned):
    before = AutoTokenizer.from_pretrained(base)
    before.chat_template = AutoTokenizer.from_pretrained(finetuned.out).chat_template
    model = AutoModelForCausalLM.from_pretrained(base)

    assert [tiny.answer(model, before, code) for code in tiny.CODES] == [tiny.known(code) for code in tiny.CODES]
    assert answers(finetuned.out) == [tiny.learned(code) for code in tiny.CODES]


def test_the_figures_tell_how_it_went(finetuned: Finetuned):
    figures = finetuned.figures

    losses, evaluations = figures["losses"], figures["evaluations"]
    assert [each["step"] for each in losses] == list(range(1, figures["steps"] + 1))
    assert losses[-1]["loss"] < 0.1 * losses[0]["loss"]
    assert [each["step"] for each in evaluations] == list(range(0, figures["steps"] + 1, 4))
    assert evaluations[-1]["loss"] < 0.1 * evaluations[0]["loss"]
    assert figures["kept_step"] == min(evaluations, key=lambda each: each["loss"])["step"]
    assert figures["rows"] == {"train": 16, "validation": 4, "too_long": 0}
    assert figures["tokens_per_second"] == pytest.approx(figures["tokens"] / figures["seconds"], rel=0.01)
    assert 0 < figures["trainable_parameters"] < figures["parameters"] // 2
    assert figures["peak_memory_bytes"] > 10**8
    assert (figures["seed"], figures["epochs"], figures["resumed_from_step"]) == (3, 8, 0)


def test_tokens_are_counted_without_padding(finetuned: Finetuned):
    tokenizer = AutoTokenizer.from_pretrained(finetuned.out)
    row = [tokenizer.apply_chat_template(list(tiny.conversation(code, tiny.learned(code))), return_dict=True)
           for code in tiny.CODES]  # fmt: skip

    expected = sum(len(each["input_ids"]) for each in row) * 4 * 8  # times, epochs

    assert finetuned.figures["tokens"] == expected


def test_the_files_are_those_that_import_takes(finetuned: Finetuned):
    names = {path.name for path in finetuned.out.iterdir()}

    assert check_folder(finetuned.out) == []
    assert names == {"config.json", "generation_config.json", "manifest.json", "model.safetensors",
                     "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json"}  # fmt: skip


def test_the_manifest_says_what_it_was_made_from(base: Path, data: Path, finetuned: Finetuned):
    manifest = json.loads((finetuned.out / "manifest.json").read_text(encoding="utf-8"))

    assert manifest["base_model"] == str(base)
    assert manifest["dataset"]["train_sha256"] == sha256(data / "train.jsonl")
    assert manifest["hyperparameters"]["lora_rank"] == "8"
    assert {name: held["sha256"] for name, held in manifest["files"].items()} == {
        path.name: sha256(path) for path in finetuned.out.iterdir() if path.name != "manifest.json"
    }


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # peft asks by the old name
def test_merging_keeps_what_the_adapter_says(base: Path, finetuned: Finetuned):
    checkpoint = finetuned.checkpoints / f"checkpoint-{finetuned.figures['kept_step']}"
    adapted = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), checkpoint)
    merged = AutoModelForCausalLM.from_pretrained(finetuned.out, dtype=torch.float32)
    ids = torch.arange(40)[None] + 60

    with torch.no_grad():
        theirs, ours = adapted(ids).logits, merged(ids).logits

    assert torch.nn.functional.cosine_similarity(theirs, ours, dim=-1).min() > 0.999
    assert not torch.equal(theirs, ours)  # the one is float32, the other was rounded to bfloat16


def test_a_sagemaker_job_makes_the_same_model(finetuned: Finetuned, base: Path, data: Path, tmp_path: Path):
    (tmp_path / "input" / "config").mkdir(parents=True)
    settings = {name.removeprefix("--").replace("-", "_"): str(value) for name, value in tiny.SETTINGS.items()}
    named = settings | {"base_model": str(base), "code_version": "abc123", "dataset_hash": "d1"}
    (tmp_path / "input" / "config" / "hyperparameters.json").write_text(json.dumps(named), encoding="utf-8")
    for channel in ("train", "validation"):
        shutil.copytree(data, tmp_path / "input" / "data" / channel)

    status = main([], {}, tmp_path)

    manifest = json.loads((tmp_path / "model" / "manifest.json").read_text(encoding="utf-8"))
    assert status == 0
    assert sha256(tmp_path / "model" / "model.safetensors") == sha256(finetuned.out / "model.safetensors")
    assert (manifest["code_version"], manifest["dataset"]["hash"]) == ("abc123", "d1")
    assert (tmp_path / "output" / "data" / "metrics.json").is_file()
    assert list((tmp_path / "checkpoints").glob("checkpoint-*"))
    assert not (tmp_path / "output" / "failure").exists()


def test_a_run_that_is_killed_goes_on_and_ends_as_if_nothing_had_been(finetuned: Finetuned, tmp_path: Path):
    words = [*finetuned.words, "--out", str(tmp_path / "model")]
    checkpoints = tmp_path / "model.checkpoints"
    with subprocess.Popen(
        [sys.executable, "-m", "training.finetune", *words], cwd=ROOT, stderr=subprocess.DEVNULL
    ) as killed:
        first_checkpoint(checkpoints)
        killed.kill()

    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "model").exists()
    (checkpoints / "checkpoint-999").mkdir()  # as a kill while writing would leave it

    status = main(words, {})

    figures = json.loads((tmp_path / "model.metrics.json").read_text(encoding="utf-8"))
    assert status == 0
    assert 0 < figures["resumed_from_step"] < figures["steps"] == finetuned.figures["steps"]
    assert figures["losses"] == finetuned.figures["losses"]
    assert figures["evaluations"] == finetuned.figures["evaluations"]
    assert sha256(tmp_path / "model" / "model.safetensors") == sha256(finetuned.out / "model.safetensors")


def test_a_run_that_is_told_to_stop_keeps_what_it_learned(
    finetuned: Finetuned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    words = [*finetuned.words, "--out", str(tmp_path / "model")]
    checkpoints = tmp_path / "model.checkpoints"

    def stop() -> None:
        first_checkpoint(checkpoints)
        os.kill(os.getpid(), signal.SIGTERM)

    ours = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        asking = threading.Thread(target=stop)
        asking.start()
        status = main(words, {})
        asking.join()
    finally:
        signal.signal(signal.SIGTERM, ours)

    said = capsys.readouterr().err
    assert status == 143
    assert "finetune: stopped after step" in said
    assert not (tmp_path / "model").exists()
    assert main(words, {}) == 0
    assert sha256(tmp_path / "model" / "model.safetensors") == sha256(finetuned.out / "model.safetensors")


def test_a_checkpoint_of_another_run_is_refused(
    finetuned: Finetuned, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    words = [*finetuned.words, "--out", str(tmp_path / "m"), "--checkpoints", str(finetuned.checkpoints), "--seed", "4"]

    status = main(words, {})

    assert status == 2
    assert "were made with another seed; remove them, or name another folder" in capsys.readouterr().err


def test_checkpoints_that_nobody_described_are_refused_too(tmp_path: Path):
    (tmp_path / "checkpoint-7").mkdir()
    (tmp_path / "checkpoint-7" / "trainer_state.json").write_text('{"global_step": 7}', encoding="utf-8")

    with pytest.raises(Exception, match="were made with another seed"):
        newest_checkpoint(tmp_path, {"seed": "1"})
    assert newest_checkpoint(tmp_path / "nothing", {"seed": "1"}) is None


def test_rows_that_are_too_long_are_counted_and_never_cut(
    finetuned: Finetuned, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    words = [*finetuned.words, "--out", str(tmp_path / "m"), "--max-length", "16"]

    status = main(words, {})

    said = capsys.readouterr().err
    assert status == 2
    assert "20 rows are longer than 16 tokens and are left out" in said
    assert "0 training rows fit into 16 tokens (max_length), and a run needs 8 (least_rows)" in said


def test_long_rows_can_be_refused(finetuned: Finetuned, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    words = [*finetuned.words, "--out", str(tmp_path / "m"), "--max-length", "16", "--long-rows", "refuse"]

    assert main(words, {}) == 2
    assert "20 rows are longer than max_length, which is 16 tokens" in capsys.readouterr().err


def test_a_base_model_without_a_chat_template_is_refused(
    base: Path, finetuned: Finetuned, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    mute = tmp_path / "mute"
    shutil.copytree(base, mute)
    (mute / "chat_template.jinja").unlink()

    status = main([*finetuned.words, "--base", str(mute), "--out", str(tmp_path / "m")], {})

    assert status == 2
    assert "has no chat template; take its Instruct variant" in capsys.readouterr().err


def test_a_base_model_that_cannot_be_loaded_is_a_neighbours_fault(
    finetuned: Finetuned, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    words = [*finetuned.words, "--base", "mistralai/Mistral-7B-Instruct-v0.3", "--out", str(tmp_path / "m")]

    status = main(words, {})

    assert status == 1
    assert "finetune: mistralai/Mistral-7B-Instruct-v0.3 cannot be loaded" in capsys.readouterr().err
