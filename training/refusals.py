"""What is refused before a model is loaded, and thus before a GPU is paid for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lineside.errors import Misconfigured
from lineside.releases.artifact import base_model_problem
from training.data import Conversation
from training.settings import FinetuneSettings

_LICENCE_HEAD = 4_000


def refuse_base(settings: FinetuneSettings) -> None:
    """Raises `Misconfigured` for a base model that import does not take, or whose licence nobody accepted."""
    configuration = _local_configuration(settings)
    names = configuration.get("architectures") or [""]
    problem = base_model_problem(
        settings.base_model, accept_licence=settings.accept_licence, architecture=str(names[0])
    )
    licence = _licence_beside(Path(settings.weights_source))
    if not problem and licence and not settings.accept_licence:
        problem = f"Read {licence}, then accept it with accept_licence: true."
    if problem:
        raise Misconfigured(problem)


def refuse_rows(settings: FinetuneSettings, conversations: Sequence[Conversation], where: Path) -> None:
    """Raises `Misconfigured` for a dataset that is not worth a run."""
    if not conversations:
        raise Misconfigured(f"{where} holds no rows; `lineside dataset build` makes them")
    if len(conversations) < settings.least_rows:
        raise Misconfigured(
            f"{where} holds {len(conversations)} rows, and a run needs {settings.least_rows} (least_rows)"
        )


def refuse_out(out: Path) -> None:
    """Raises `Misconfigured` for a folder that holds somebody else's files: a model is written as a whole."""
    if out.is_file():
        raise Misconfigured(f"{out} is a file; name a folder for the model")
    if out.is_dir() and any(out.iterdir()) and not (out / "manifest.json").is_file():
        raise Misconfigured(f"{out} holds files that are no model of ours; name an empty folder")


def _local_configuration(settings: FinetuneSettings) -> dict[str, Any]:
    """`config.json` where the weights lie here; {} where they are still to be downloaded."""
    folder = Path(settings.weights_source)
    file = folder / "config.json"
    if file.is_file():
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            found = None
        if isinstance(found, dict):
            return found
        raise Misconfigured(f"{file} is not a JSON object")
    if settings.weights or folder.is_dir():
        raise Misconfigured(f"{folder} holds no base model: there is no config.json")
    return {}


def _licence_beside(folder: Path) -> Path | None:
    """A community licence that lies beside the weights, which then have no publisher's name."""
    for file in sorted(folder.glob("LICENSE*")):
        head = file.read_text(encoding="utf-8", errors="replace")[:_LICENCE_HEAD].lower()
        if "community license" in head:
            return file
    return None
