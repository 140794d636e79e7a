"""Fine-tune a model, merge it, and write it as Bedrock imports it: the entry point of a SageMaker job and a command.

`python -m training.finetune --train data --validation data --base meta-llama/Llama-3.2-3B-Instruct --accept-licence
--out model`. Everything that can be refused is refused before the libraries of a GPU are even loaded.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lineside.errors import LinesideError, Malformed, Misconfigured
from training.arguments import CONTAINER, failure_file, settings_of
from training.console import say
from training.data import Conversation, part_file, read_conversations, sha256_of
from training.refusals import refuse_base, refuse_out, refuse_rows
from training.settings import FinetuneSettings

_STOPPED = 143
_LIBRARIES = ("torch", "transformers", "trl", "peft", "accelerate", "tokenizers", "safetensors")


def main(
    words: Sequence[str] | None = None,
    environment: Mapping[str, str] | None = None,
    container: Path = CONTAINER,
) -> int:
    """Run, and say in one sentence why not. Returns the exit status."""
    environment = os.environ if environment is None else environment
    try:
        settings = settings_of(sys.argv[1:] if words is None else words, environment, container)
        train, validation = _checked(settings)
    except LinesideError as error:
        return _failed(error, environment, container)
    from training.learn import Stopped

    try:
        _run(settings, train, validation)
    except Stopped as stopped:
        say(f"finetune: {stopped}")
        return _STOPPED
    except LinesideError as error:
        return _failed(error, environment, container)
    return 0


def _failed(error: LinesideError, environment: Mapping[str, str], container: Path) -> int:
    say(f"finetune: {error}")
    told = failure_file(environment, container)
    if told:
        told.parent.mkdir(parents=True, exist_ok=True)
        told.write_text(str(error), encoding="utf-8")
    return 2 if isinstance(error, Misconfigured | Malformed) else 1


def _checked(settings: FinetuneSettings) -> tuple[list[Conversation], list[Conversation]]:
    """The rows, once nothing speaks against the run."""
    refuse_base(settings)
    refuse_out(settings.out)
    where = part_file(settings.train, "train")
    train = read_conversations(where)
    refuse_rows(settings, train, where)
    validation = read_conversations(part_file(settings.validation, "validation")) if settings.validation else []
    return train, validation


def _run(settings: FinetuneSettings, train: Sequence[Conversation], validation: Sequence[Conversation]) -> None:
    from training.run import run

    # peft 0.21 asks transformers by the old name; there is nothing that anybody here could do
    warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)

    figures, manifest = run(settings, train, validation, _facts(settings))
    figures.write(settings.metrics_file)
    say(f"Done: {figures.summary()}")
    say(f"The model is in {settings.out} ({len(manifest['files'])} files), the figures in {settings.metrics_file}")


def _facts(settings: FinetuneSettings) -> dict[str, Any]:
    """What the model is made from."""
    dataset = {"hash": settings.dataset_hash, "train_sha256": sha256_of(part_file(settings.train, "train"))}
    if settings.validation:
        dataset["validation_sha256"] = sha256_of(part_file(settings.validation, "validation"))
    return {
        "base_model": settings.base_model,
        "dataset": dataset,
        "code_version": settings.code_version,
        "hyperparameters": settings.hyperparameters(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }


if __name__ == "__main__":
    sys.exit(main())
