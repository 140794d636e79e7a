"""A model that stands on the plant's own server becomes a release: what it is made from, and how it was evaluated."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from lineside.errors import Conflict, Malformed, Misconfigured
from lineside.releases.ports import ReleaseStore
from lineside.releases.record import Evaluated, ModelRelease
from lineside.site.model import slug

ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")
"""With a letter or digit first: `..` is a way in an address, and `-r` an option in a command."""
MOST_BYTES: Final = 100_000
"""How long what is kept of an evaluation may be: it is sent wherever releases are listed."""
MANIFEST: Final = "manifest.json"
"""What `training/finetune.py` writes beside a model of what it was made from."""


class Given(NamedTuple):
    """What a person gives of a model. `evaluation` is the evaluation.json of `lineside releases evaluate`."""

    model: str
    base: str = ""
    dataset: Path | None = None
    evaluation: Path | None = None
    artifact: Path | None = None
    release_id: str = ""


class _Weighed(msgspec.Struct):
    evaluated: Evaluated


class _Asked(msgspec.Struct):
    base: str
    candidate: str


def release_of(given: Given, now_us: int, today: str) -> ModelRelease:
    """The release, before anybody approves it: waiting where it passed its evaluation, else evaluating or refused.

    `today` ends the id of one that is given none. Raises `Misconfigured` and `Malformed`.
    """
    if not given.model.strip() or not given.model.isprintable():
        raise Misconfigured(f"{given.model!r} is no name of a model on the plant's server")
    manifest = _manifest(given.artifact)
    evaluated, asked_base = _evaluated(given)
    base = given.base or str(manifest.get("base_model", "")) or asked_base
    if not base:
        raise Misconfigured(
            "name the model that it was made from with --base, such as meta-llama/Llama-3.2-3B-Instruct"
        )
    release = ModelRelease(
        release_id=_id(given, today),
        made_us=now_us,
        status="waiting" if evaluated else "evaluating",
        base_model=base,
        dataset_hash=_dataset_hash(given.dataset, manifest),
        dataset=str(given.dataset.resolve()) if given.dataset else "",
        code_version=str(manifest.get("code_version", "")),
        hyperparameters=_hyperparameters(manifest),
        artifact=str(given.artifact.resolve()) if given.artifact else "",
        model_id=given.model,
        evaluation=evaluated,
        version=1,
    )
    if evaluated and not evaluated.passed:
        return replace(
            release, status="refused", reason="; ".join(evaluated.reasons) or "it did not pass its evaluation"
        )
    return release


def keep(store: ReleaseStore, release: ModelRelease, evaluation: Path | None, reports: Path) -> ModelRelease:
    """Write it down, with the report that lies beside its evaluation.

    One that still waits for its evaluation may be added again, with it; `Conflict` for any other.
    """
    known = store.get(release.release_id)
    if known is not None:
        if known.status != "evaluating" or known.model_id != release.model_id:
            raise Conflict(
                f"there is a release {release.release_id} already ({known.status}); choose another name with --id"
            )
        release = replace(release, made_us=known.made_us, version=known.version + 1)
    release = replace(release, report=_keep_report(evaluation, release.release_id, reports))
    store.put(release)
    return release


def _keep_report(evaluation: Path | None, release_id: str, reports: Path) -> str:
    """The name under which the report was kept; "" where there is none."""
    report = evaluation.with_name("report.html") if evaluation else None
    if report is None or not report.is_file():
        return ""
    reports.mkdir(exist_ok=True)
    name = f"{quote(release_id)}.html"  # no other release's: what takes a colon's place is in no id
    (reports / name).write_bytes(report.read_bytes())
    return name


def _id(given: Given, today: str) -> str:
    found = given.release_id or f"{slug(given.model.replace(':', '-')).strip('_-')[:100] or 'model'}-{today}"
    if not ID.fullmatch(found):
        raise Misconfigured(
            f"{found!r} is no name for a release: 1 to 128 letters, digits and _ . : -, a letter or digit first"
        )
    return found


def _manifest(artifact: Path | None) -> Mapping[str, Any]:
    if artifact is None:
        return {}
    if not artifact.is_dir():
        raise Misconfigured(f"there is no folder {artifact}")
    file = artifact / MANIFEST
    if not file.is_file():
        return {}
    found = _read(file)
    if not isinstance(found, dict):
        raise Malformed(f"{file} is not a list of what the model was made from")
    return found


def _evaluated(given: Given) -> tuple[Evaluated | None, str]:
    """What was found, and the model that it was held against."""
    if given.evaluation is None:
        return None, ""
    try:
        evaluated = msgspec.json.decode(_bytes(given.evaluation), type=_Weighed).evaluated
        beside = given.evaluation.with_name("asked.json")
        asked = msgspec.json.decode(_bytes(beside), type=_Asked) if beside.is_file() else None
    except msgspec.MsgspecError as error:
        raise Malformed(f"{given.evaluation} is no evaluation of `lineside releases evaluate`: {error}") from error
    if len(msgspec.json.encode(evaluated)) > MOST_BYTES:
        raise Malformed(f"{given.evaluation} says far more than `lineside releases evaluate` does")
    if asked is not None and asked.candidate != given.model:
        raise Malformed(f"{given.evaluation} is the evaluation of {asked.candidate}, not of {given.model}")
    return evaluated, asked.base if asked else ""


def _dataset_hash(dataset: Path | None, manifest: Mapping[str, Any]) -> str:
    """As the dataset's own report says it; as the model's manifest does where the dataset is not at hand."""
    made_from = manifest.get("dataset")
    trained_on = str(made_from.get("hash", "")) if isinstance(made_from, dict) else ""
    if dataset is None:
        return trained_on
    report = _read(dataset / "report.json")
    found = str(report.get("content_sha256", "")) if isinstance(report, dict) else ""
    if trained_on and found and trained_on != found:
        raise Malformed(
            f"the model was trained on another dataset ({trained_on[:12]}) than {dataset} holds ({found[:12]})"
        )
    return found or trained_on


def _hyperparameters(manifest: Mapping[str, Any]) -> dict[str, str]:
    found = manifest.get("hyperparameters")
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _read(file: Path) -> Any:
    try:
        return json.loads(_bytes(file))
    except ValueError as error:
        raise Malformed(f"{file} cannot be read: {error}") from error


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read: {error.strerror}") from error
