"""The settings of a run come from the command line or from what SageMaker puts into a container."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lineside.errors import Misconfigured
from training.arguments import failure_file, settings_of
from training.settings import DEFAULT_BASE

NOWHERE = Path("/nowhere")


def channel(container: Path, name: str) -> Path:
    folder = container / "input" / "data" / name
    folder.mkdir(parents=True)
    return folder


def hyperparameters(container: Path, **values: str) -> None:
    folder = container / "input" / "config"
    folder.mkdir(parents=True)
    (folder / "hyperparameters.json").write_text(json.dumps(values), encoding="utf-8")


def test_options_of_the_command_line_are_settings():
    words = ["--train", "a", "--out", "b", "--base", "c", "--epochs", "3", "--accept-licence", "--no-packing"]

    settings = settings_of(words, {}, NOWHERE)

    assert (settings.train, settings.out, settings.base_model) == (Path("a"), Path("b"), "c")
    assert (settings.epochs, settings.accept_licence, settings.packing) == (3, True, False)


def test_without_a_word_it_is_five_epochs_of_llama_3_2_with_an_unread_licence():
    settings = settings_of(["--train", "a", "--out", "b"], {}, NOWHERE)

    assert (settings.base_model, settings.epochs, settings.accept_licence) == (DEFAULT_BASE, 5, False)
    assert DEFAULT_BASE == "meta-llama/Llama-3.2-3B-Instruct"


def test_every_mistake_is_told_at_once():
    words = ["--train", "a", "--out", "b", "--epochs", "0", "--seed", "x", "--precision", "float8"]

    with pytest.raises(Misconfigured) as told:
        settings_of(words, {}, NOWHERE)

    assert [mistake.split(":")[0] for mistake in told.value.mistakes] == ["epochs", "seed", "precision"]


def test_help_explains_every_option(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        settings_of(["--help"], {}, NOWHERE)

    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(option in told for option in ("--base", "--accept-licence", "--lora-rank", "--checkpoints", "--metrics"))


def test_sagemakers_variables_are_settings(tmp_path: Path):
    train, validation, weights = (channel(tmp_path, name) for name in ("train", "validation", "model"))
    environment = {
        "SM_CHANNEL_TRAIN": str(train),
        "SM_CHANNEL_VALIDATION": str(validation),
        "SM_CHANNEL_MODEL": str(weights),
        "SM_MODEL_DIR": str(tmp_path / "model"),
        "SM_OUTPUT_DATA_DIR": str(tmp_path / "figures"),
        "SM_HPS": '{"epochs": "2", "base_model": "meta-llama/Llama-3.2-1B-Instruct"}',
        "SM_HP_LORA_RANK": "8",
        "SM_HP_ACCEPT_LICENCE": "true",
    }

    settings = settings_of([], environment, tmp_path)

    assert (settings.train, settings.validation, settings.weights) == (train, validation, weights)
    assert (settings.out, settings.checkpoint_folder) == (tmp_path / "model", tmp_path / "checkpoints")
    assert settings.metrics_file == tmp_path / "figures" / "metrics.json"
    assert (settings.epochs, settings.lora_rank, settings.accept_licence) == (2, 8, True)
    assert settings.base_model == "meta-llama/Llama-3.2-1B-Instruct"
    assert settings.weights_source == str(weights)


def test_a_container_with_an_entry_point_of_ours_has_files_alone(tmp_path: Path):
    train = channel(tmp_path, "training")
    hyperparameters(tmp_path, epochs='"4"', precision='"float32"', accept_licence="true", sagemaker_program="x.py")

    settings = settings_of([], {}, tmp_path)

    assert (settings.train, settings.validation, settings.weights) == (train, None, None)
    assert (settings.epochs, settings.precision, settings.accept_licence) == (4, "float32", True)
    assert settings.out == tmp_path / "model"


def test_the_command_line_goes_before_sagemaker(tmp_path: Path):
    channel(tmp_path, "train")
    hyperparameters(tmp_path, epochs="4", seed="9")

    settings = settings_of(["--epochs", "1"], {}, tmp_path)

    assert (settings.epochs, settings.seed) == (1, 9)


def test_a_hyperparameter_that_does_not_exist_is_refused(tmp_path: Path):
    channel(tmp_path, "train")
    hyperparameters(tmp_path, learning_rat="0.1")

    with pytest.raises(Misconfigured, match="learning_rat: extra inputs"):
        settings_of([], {}, tmp_path)


def test_hyperparameters_that_are_no_object_are_refused(tmp_path: Path):
    with pytest.raises(Misconfigured, match="not a JSON object"):
        settings_of([], {"SM_MODEL_DIR": "m", "SM_HPS": "[1]"}, tmp_path)
    with pytest.raises(Misconfigured, match="not JSON"):
        settings_of([], {"SM_MODEL_DIR": "m", "SM_HPS": "{"}, tmp_path)


def test_the_reason_of_a_failure_is_written_where_sagemaker_looks_and_nowhere_else(tmp_path: Path):
    assert failure_file({}, tmp_path) is None
    assert failure_file({"SM_MODEL_DIR": "m"}, tmp_path) == tmp_path / "output" / "failure"


def test_what_shapes_the_model_is_recorded_and_where_its_files_lie_is_not():
    settings = settings_of(["--train", "a", "--out", "b", "--seed", "4"], {}, NOWHERE)

    recorded = settings.hyperparameters()

    assert recorded["seed"] == "4"
    assert recorded["learning_rate"] == "0.0002"
    assert not {"train", "out", "checkpoints", "metrics"} & set(recorded)
