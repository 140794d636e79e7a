"""An evaluation in the plant: two models of its own servers, judges of its own servers, and a folder that keeps all."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from pydantic import ValidationError

from edge.files import FileObjects
from edge.model_servers import DIALECTS, ServerWriter
from edge.model_sizes import ModelSize, check_reachable, compared, size_of
from lineside.answering.models import ModelRow, Models
from lineside.answering.names import Names
from lineside.answering.writer import FixedAliases
from lineside.errors import Misconfigured
from lineside.releases.evaluation.asking import Asking
from lineside.releases.evaluation.batch import Step, calls_of, evaluate_batch, judge_plants
from lineside.releases.evaluation.held_out import chosen, held_out
from lineside.releases.evaluation.model import HeldOut
from lineside.releases.evaluation.panel import Panel, panel
from lineside.releases.evaluation.planted import Plant, planted
from lineside.releases.evaluation.report import About, files_of
from lineside.releases.evaluation.weigh import Weighed, weigh
from lineside.releases.settings import ReleaseSettings
from lineside.training_data.chat import jsonl, read_rows

ASKED: Final = "asked.json"
"""What the folder holds an evaluation of."""
_SHORT: Final = re.compile(r"^(?P<provider>ollama|openai):(?P<model>[^@\s]+)@(?P<url>https?://\S+)$")


class Asked(msgspec.Struct, frozen=True):
    """What was compared on which questions; a folder holds the answers to one such question alone."""

    base: str
    candidate: str
    questions: str
    base_digest: str = ""
    candidate_digest: str = ""


@dataclass(frozen=True)
class Compared:
    """Two rows of models and the questions, ready to be asked."""

    base: ModelRow
    candidate: ModelRow
    questions: list[HeldOut]
    plants: list[Plant]
    panel: Panel
    dataset: str
    """Digest of the test questions."""

    @property
    def calls(self) -> int:
        return calls_of(len(self.questions), len(self.plants), len(self.panel.judges))


class KeptFiles:
    """A `Kept` on files of a folder; a key never changes its content."""

    def __init__(self, folder: Path) -> None:
        self._objects = FileObjects(folder, durable=False)

    def get(self, key: str) -> bytes | None:
        try:
            return self._objects.get(f"{key}.json")
        except KeyError:
            return None

    def put(self, key: str, content: bytes) -> None:
        self._objects.put(f"{key}.json", content)


def row_of(given: str, models: Models, name: str) -> ModelRow:
    """`ollama:llama3.2:3b@http://127.0.0.1:11434`, or the name of a row of the models file."""
    if row := models.row(given):
        found = row
    elif short := _SHORT.match(given):
        try:
            found = ModelRow.model_validate({"name": name, **short.groupdict()})
        except ValidationError as error:
            raise Misconfigured(f"--{name} {given!r} is no model: {error.errors()[0]['msg']}") from error
    else:
        raise Misconfigured(
            f"--{name} {given!r} is neither a row of the models file nor PROVIDER:MODEL@URL, such as "
            "ollama:llama3.2:3b@http://127.0.0.1:11434"
        )
    return asked_here(found)


def asked_here(row: ModelRow) -> ModelRow:
    """The row, where this command can ask it. Raises `Misconfigured`."""
    if row.alias:
        raise Misconfigured(f"{row.name} is a released model under an alias; name the model itself")
    if row.provider not in DIALECTS:
        raise Misconfigured(
            f"{row.name} is of {row.provider}, which this command cannot ask; it asks {' and '.join(DIALECTS)}"
        )
    return row


def prepared(base: ModelRow, candidate: ModelRow, test: bytes, settings: ReleaseSettings, *, judged: bool) -> Compared:
    """What is to be asked. Raises `Misconfigured` where that would say nothing, or a judge cannot be asked here."""
    questions = chosen(held_out(read_rows(test)), settings.gate.most_questions)
    if not questions:
        raise Misconfigured("test.jsonl holds no question; `lineside dataset build` writes it")
    if (base.provider, base.model, base.url) == (candidate.provider, candidate.model, candidate.url):
        raise Misconfigured(f"base and candidate are one model, {base.model}; there is nothing to compare")
    judges = settings.judges if judged else ()
    if elsewhere := [row.name for row in judges if row.provider not in DIALECTS and row.provider != "offline"]:
        raise Misconfigured(
            f"{', '.join(elsewhere)} cannot be asked from here: name judges of the plant's own servers, or say "
            "--judges none"
        )
    found = panel(judges, [base.model, candidate.model], settings.training.base_model)
    plants = planted(questions) if found.judges else []
    return Compared(base, candidate, questions, plants, found, sha256(test).hexdigest()[:16])


def evaluated(
    compared_ones: Compared,
    settings: ReleaseSettings,
    out: Path,
    keys: Mapping[str, str],
    *,
    names: Names | None = None,
    made_at: str = "",
    step: Step | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Weighed:
    """Ask, judge, weigh, and write the report. What was said before into the same folder is not asked again."""
    for row in (compared_ones.base, compared_ones.candidate, *compared_ones.panel.judges):
        check_reachable(row)
    before = size_of(compared_ones.base), size_of(compared_ones.candidate)
    _claim(out, compared_ones, *before)
    asking = Asking(pause, KeptFiles(out / "said"))

    def writer(row: ModelRow) -> ServerWriter:
        return ServerWriter(row, FixedAliases(), keys.get(row.api_key_env, ""))

    judges = [writer(row) for row in compared_ones.panel.judges]
    questions = compared_ones.questions
    told = evaluate_batch(questions, writer(compared_ones.base), writer(compared_ones.candidate), judges, asking, step)
    sizes = compared(*_loaded(compared_ones, before))
    told += judge_plants(compared_ones.plants, judges, asking, step)
    weighed = weigh(
        questions,
        told.answers,
        told.judgements,
        settings.gate,
        names=names,
        left_out=(*compared_ones.panel.refused, *compared_ones.panel.remarks),
    )
    about = About(
        compared_ones.base.model, compared_ones.candidate.model, compared_ones.dataset, made_at,
        (sizes,) if sizes else (),
    )  # fmt: skip
    files = files_of(weighed, about) | {
        "answers.jsonl": jsonl(told.answers),
        "judgements.jsonl": jsonl(told.judgements),
    }
    for name, content in files.items():
        (out / name).write_bytes(content)
    return weighed


def _claim(out: Path, these: Compared, base: ModelSize, candidate: ModelSize) -> None:
    """A folder goes on with the same evaluation; another one would mix what two models said under one name."""
    asked = Asked(these.base.model, these.candidate.model, these.dataset, base.digest, candidate.digest)
    file = out / ASKED
    try:
        out.mkdir(parents=True, exist_ok=True)
        before = msgspec.json.decode(file.read_bytes(), type=Asked) if file.exists() else asked
    except (OSError, msgspec.DecodeError) as error:
        raise Misconfigured(f"{out} cannot be used for an evaluation: {error}") from error
    if before != asked:
        raise Misconfigured(
            f"{out} holds an evaluation of {before.candidate} against {before.base}, on other questions or of other "
            "builds; choose another folder with --out"
        )
    file.write_bytes(msgspec.json.format(msgspec.json.encode(asked), indent=1) + b"\n")


def _loaded(these: Compared, before: tuple[ModelSize, ModelSize]) -> tuple[ModelSize, ModelSize]:
    """Sizes once both have answered: what is loaded only then is known in memory, too."""
    now = size_of(these.base), size_of(these.candidate)
    base, candidate = (new if new.digest else old for new, old in zip(now, before, strict=True))
    return base, candidate
