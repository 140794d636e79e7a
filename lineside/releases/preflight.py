"""What must be true before a release may cost anything. Every problem is one sentence, and all are told at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import msgspec

from lineside.errors import Misconfigured
from lineside.releases.artifact import BASE_MODELS, base_model_problem, supported
from lineside.releases.evaluation.panel import panel
from lineside.releases.settings import ReleaseSettings

IMPORT_REGIONS: Final = ("us-east-1", "us-east-2", "us-west-2", "eu-central-1")
"""Where Bedrock imports models (user guide, custom model import, November 2026)."""
IMPORTED_MODELS: Final = 3
"""How many imported models an account may have unless it asked for more (quota L-45B04988)."""
GATED: Final = ("meta-llama/",)
"""Publishers on Hugging Face whose weights are given to those alone who accepted the licence there."""
LONGEST_ID: Final = 50
"""`lineside-` before it must still fit into the 63 characters of a training job's name."""


class Held(msgspec.Struct, frozen=True):
    """A dataset as it lies there: how many pairs it has in all, and how many of them are held out."""

    pairs: int
    questions: int


class Standing(msgspec.Struct, frozen=True):
    """What is true of the account, the dataset and the other releases now.

    `dataset` is None where there is none yet and documents will be prepared first; `documents` is None where there is
    one. `unreadable` says why something could not be read.
    """

    region: str
    dataset: Held | None = None
    documents: int | None = None
    unreadable: tuple[str, ...] = ()
    imported_models: int = 0
    quota: int = IMPORTED_MODELS
    importing: tuple[str, ...] = ()
    """Import jobs that still run, by name."""
    others: tuple[str, ...] = ()
    """Releases that are between their start and their end, by id."""


def check(settings: ReleaseSettings, standing: Standing) -> None:
    """Raises `Misconfigured` with everything that stands against the release."""
    found = problems(settings, standing)
    if found:
        count = f"{len(found)} reason{'s' if len(found) > 1 else ''}"
        raise Misconfigured(f"no release is started, and nothing was paid, for {count}:", tuple(found))


def problems(settings: ReleaseSettings, standing: Standing) -> list[str]:
    """Everything that stands against a release, a sentence each; nothing where it may start."""
    return [
        *_data_problems(settings, standing),
        *_model_problems(settings),
        *_judge_problems(settings),
        *_row_problems(settings),
        *_account_problems(standing),
    ]


def region_problem(region: str) -> str:
    """Why no model can be imported there; "" where one can."""
    if region in IMPORT_REGIONS:
        return ""
    return f"Bedrock imports no models in {region}; deploy to {_or(IMPORT_REGIONS)}"


def _data_problems(settings: ReleaseSettings, standing: Standing) -> Iterator[str]:
    yield from standing.unreadable
    held, least = standing.dataset, settings.dataset.least_pairs
    if held is None:
        if standing.documents == 0:
            yield "there is no document to make a dataset from; put manuals and procedures into the site's folders"
        return
    if standing.unreadable:
        return
    if held.pairs == 0:
        yield "the dataset is empty; prepare it again and read its report"
        return
    if held.pairs < least:
        yield f"the dataset has {held.pairs} pairs, and a release needs {least} (dataset.least_pairs)"
    if held.questions < settings.gate.least_questions:
        yield (
            f"the dataset holds out {held.questions} questions, and the gate asks for {settings.gate.least_questions}"
            " (gate.least_questions)"
        )


def _model_problems(settings: ReleaseSettings) -> Iterator[str]:
    training = settings.training
    name = training.base_model
    row = next((row for row in BASE_MODELS if name.startswith(row.prefix)), None)
    if problem := base_model_problem(name, accept_licence=training.accept_licence):
        yield _plain(problem)
    elif row is None and not training.accept_licence:
        yield f"the licence of {name} is not known here: read it, then accept it with accept_licence: true"
    found = supported(row.architecture) if row else None
    if found and not found.converse:
        yield f"Bedrock answers for an imported {name} by InvokeModel alone, and operators' questions go by Converse"
    if training.way == "script" and name.startswith(GATED) and not _has_weights(settings):
        yield (
            f"the weights of {name} are given to those alone who accepted its licence: name the secret with a Hugging"
            " Face token (training.token_secret) or where the weights lie (training.weights)"
        )
    if settings.base is None:
        yield f"no model answers as {name} does today; name one under `base`, for the candidate to be held against"


def _has_weights(settings: ReleaseSettings) -> bool:
    return bool(settings.training.weights or settings.training.token_secret)


def _judge_problems(settings: ReleaseSettings) -> Iterator[str]:
    judges, least = settings.judges, settings.gate.least_judges
    if len(judges) < least:
        yield f"there are {len(judges)} judges, and the gate asks for {least} that are fit (judges, gate.least_judges)"
    training = settings.training
    yield from map(_plain, panel(judges, [training.base_model], training.base_model).refused)
    for model, count in Counter(judge.model for judge in judges).items():
        if count > 1:
            yield f"{model} stands among the judges {count} times; every judge must be another model"


def _row_problems(settings: ReleaseSettings) -> Iterator[str]:
    for row in filter(None, (settings.generator, settings.base, *settings.judges)):
        if row.provider not in ("bedrock", "offline"):
            yield f"{row.name} is on a server of a plant ({row.provider}), which the cloud does not reach"


def _account_problems(standing: Standing) -> Iterator[str]:
    if problem := region_problem(standing.region):
        yield problem
    if standing.imported_models >= standing.quota:
        yield (
            f"the account has {standing.imported_models} imported models of the {standing.quota} that it may have:"
            " delete one that nobody uses, or ask AWS for more (quota L-45B04988)"
        )
    if standing.importing:
        yield f"an import job still runs ({', '.join(standing.importing)}); wait for its end"
    if standing.others:
        yield f"another release is under way ({', '.join(standing.others)}); decide on it first"


def _plain(sentence: str) -> str:
    """As the other problems are written."""
    return sentence.removesuffix(".")


def _or(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
