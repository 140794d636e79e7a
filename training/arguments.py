"""Where the settings of a run come from: the command line, or what SageMaker puts into a training container.

SageMaker's own containers set `SM_CHANNEL_*`, `SM_HPS` and `SM_MODEL_DIR`; with an entry point of ours only the files
under `/opt/ml` are there. Both are read. Source: "How Amazon SageMaker AI provides training information".
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from lineside.errors import Misconfigured
from training.settings import FinetuneSettings, read_settings

CONTAINER = Path("/opt/ml")
_CHANNELS = {"train": "train", "training": "train", "validation": "validation", "model": "weights"}
"""SageMaker's name of a channel -> our setting. `model` holds the base model's files."""
_OTHER_NAMES = {"base_model": ["--base"]}


def settings_of(words: Sequence[str], environment: Mapping[str, str], container: Path = CONTAINER) -> FinetuneSettings:
    """The settings of this run; what the command line says goes before what SageMaker says.

    Raises `Misconfigured` with every mistake, and `SystemExit` for `--help` and words that are no option.
    """
    given = {name: value for name, value in vars(parser().parse_args(words)).items() if value is not None}
    return read_settings({**from_sagemaker(environment, container), **given})


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m training.finetune",
        description="Fine-tune a model on rows of a dataset with LoRA, merge it, and write it as Bedrock imports it.",
        epilog="Exit status: 0 done, 1 a neighbour failed, 2 something that a person must mend first, "
        "143 stopped from outside after a checkpoint.",
    )
    for name, field in FinetuneSettings.model_fields.items():
        flags = [*_OTHER_NAMES.get(name, []), f"--{name.replace('_', '-')}"]
        default = "" if field.is_required() or field.default in (None, "") else f" (default: {field.default})"
        text = f"{field.description}{default}".replace("%", "%%")
        made.add_argument(*flags, dest=name, help=text, **_kind(field.annotation, required=field.is_required()))
    return made


def _kind(annotation: Any, *, required: bool) -> dict[str, Any]:
    if annotation is bool:
        return {"action": argparse.BooleanOptionalAction}
    literals = [each for each in get_args(annotation) if isinstance(each, str)]
    shown = "{" + ",".join(literals) + "}" if literals else None
    return {"metavar": shown or ("TEXT" if annotation is str else "VALUE" if not required else "PATH")}


def from_sagemaker(environment: Mapping[str, str], container: Path = CONTAINER) -> dict[str, Any]:
    """What a training container is told; {} outside of one."""
    configured = container / "input" / "config" / "hyperparameters.json"
    if "SM_MODEL_DIR" not in environment and not configured.is_file():
        return {}
    return {
        "out": environment.get("SM_MODEL_DIR", str(container / "model")),
        "checkpoints": str(container / "checkpoints"),
        "metrics": str(
            Path(environment.get("SM_OUTPUT_DATA_DIR", str(container / "output" / "data"))) / "metrics.json"
        ),
        **dict(_channels(environment, container)),
        **dict(_hyperparameters(environment, configured)),
    }


def failure_file(environment: Mapping[str, str], container: Path = CONTAINER) -> Path | None:
    """Where SageMaker looks for why a job failed; None outside of a container."""
    inside = "SM_MODEL_DIR" in environment or (container / "input" / "config").is_dir()
    return Path(environment.get("SM_OUTPUT_DIR", str(container / "output"))) / "failure" if inside else None


def _channels(environment: Mapping[str, str], container: Path) -> Iterator[tuple[str, str]]:
    for channel, setting in _CHANNELS.items():
        folder = environment.get(f"SM_CHANNEL_{channel.upper()}", str(container / "input" / "data" / channel))
        if Path(folder).is_dir():
            yield setting, folder


def _hyperparameters(environment: Mapping[str, str], configured: Path) -> Iterator[tuple[str, Any]]:
    text = environment.get("SM_HPS") or (configured.read_text(encoding="utf-8") if configured.is_file() else "{}")
    try:
        found = json.loads(text)
    except ValueError:
        raise Misconfigured(f"the hyperparameters are not JSON: {text[:80]}") from None
    if not isinstance(found, dict):
        raise Misconfigured(f"the hyperparameters are not a JSON object: {text[:80]}")
    prefix = "SM_HP_"
    found |= {name[len(prefix) :].lower(): value for name, value in environment.items() if name.startswith(prefix)}
    for name, value in found.items():
        if not name.startswith("sagemaker_"):
            yield name, _plain(value)


def _plain(value: Any) -> Any:
    """SageMaker's SDK sends JSON in JSON: `"\\"auto\\""` is the text auto."""
    if isinstance(value, str) and value.startswith('"') and value.endswith('"') and len(value) > 1:
        return json.loads(value)
    return value
