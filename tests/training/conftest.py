"""What needs torch is skipped where it is not installed; `make test-training` installs it apart."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pytest

TORCH = find_spec("torch") is not None and find_spec("trl") is not None
WITHOUT_TORCH = ("test_arguments.py", "test_refusals.py", "test_data.py", "test_template.py")

if TORCH:  # before anything of it is imported
    os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"}


class _Skipped(pytest.Module):
    def collect(self) -> Iterator[pytest.Item]:
        pytest.skip("torch is not installed here; `make test-training` runs this", allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    if TORCH or module_path.name in WITHOUT_TORCH:
        return None
    return _Skipped.from_parent(parent, path=module_path)


class Finetuned(NamedTuple):
    """A model that a run of ours made, and what the run told."""

    words: list[str]
    out: Path
    checkpoints: Path
    figures: dict[str, Any]


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of two layers that knows a few answers, as somebody would download it."""
    from tests.training.tiny import make_base

    return make_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows with other answers than the base model's."""
    from tests.training.tiny import write_rows

    folder = tmp_path_factory.mktemp("data")
    write_rows(folder / "train.jsonl")
    write_rows(folder / "validation.jsonl", times=1)
    return folder


@pytest.fixture(scope="session")
def words(base: Path, data: Path) -> list[str]:
    """The options of a run that takes a second or two, without where its files go."""
    from tests.training.tiny import SETTINGS

    settings = [str(word) for option in SETTINGS.items() for word in option]
    return ["--base", str(base), "--train", str(data), "--validation", str(data), *settings]


@pytest.fixture(scope="session")
def finetuned(words: list[str], tmp_path_factory: pytest.TempPathFactory) -> Finetuned:
    """What the command makes of the base model, from the beginning to the end in one go."""
    from training.finetune import main

    folder = tmp_path_factory.mktemp("finetuned")
    status = main([*words, "--out", str(folder / "model")], {})

    assert status == 0
    figures = json.loads((folder / "model.metrics.json").read_text(encoding="utf-8"))
    return Finetuned(words, folder / "model", folder / "model.checkpoints", figures)
