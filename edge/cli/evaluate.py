"""`lineside releases evaluate`: whether one model of the plant answers better than another, and how sure that is."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

if TYPE_CHECKING:
    from lineside.answering.models import ModelRow, Models
    from lineside.answering.names import Names
    from lineside.releases.evaluation.weigh import Weighed
    from lineside.releases.settings import ReleaseSettings

_PROGRESS_SECONDS = 0.2
_MODEL = "PROVIDER:MODEL@URL, such as ollama:llama3.2:3b@http://127.0.0.1:11434, or the name of a row of --models."


def evaluate(
    dataset: Annotated[Path, typer.Option("--dataset", help="The dataset's folder; its test.jsonl is asked.")],
    candidate: Annotated[str, typer.Option("--candidate", help=f"The model to evaluate: {_MODEL}")],
    out: Annotated[Path, typer.Option("--out", help="Where the report goes. The same folder goes on where it ended.")],
    base: Annotated[
        str, typer.Option("--base", help="What it is held against. \\[default: `base` of --settings]")
    ] = "",
    settings: Annotated[Path | None, typer.Option("--settings", help="training.yaml: the judges and the gate.")] = None,
    models: Annotated[Path | None, typer.Option("--models", help="Models as rows of YAML, to name them.")] = None,
    site: Annotated[Path | None, typer.Option("--site", help="The site file, for its machines' names.")] = None,
    judges: Annotated[
        Literal["settings", "none"], typer.Option("--judges", help="none: the scores that need no judge, alone.")
    ] = "settings",
) -> None:
    """Hold a candidate against a base model on the held-out questions, with judges of other families.

    Writes report.md, report.html and evaluation.json. Exit status: 0 the candidate passed, 1 it did not or a server
    failed, 2 something a person must mend first. Also compares a quantized model with the full one: allow it what it
    may lose with `gate: {least_improvement: -0.02}`.
    """
    from edge.evaluation import evaluated, prepared

    chosen, known = _settings(settings), _models(models)
    rows = _row(base, known, "base", chosen.base), _row(candidate, known, "candidate", None)
    these = prepared(*rows, _test_rows(dataset), chosen, judged=judges == "settings")
    progress = _Progress(these.calls)
    weighed = evaluated(
        these,
        chosen,
        out,
        _keys([*rows, *these.panel.judges]),
        names=_names(site),
        made_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        step=progress.step,
    )
    progress.end()
    typer.echo(as_text(weighed, out))
    if not weighed.evaluated.passed:
        raise typer.Exit(1)


def as_text(weighed: Weighed, out: Path) -> str:
    from lineside.releases.evaluation.report_parts import headline

    found = weighed.evaluated
    return "\n".join(
        [
            f"{'Passed' if found.passed else 'Not passed'}. {headline(weighed)}",
            *(f"- {reason}" for reason in found.reasons),
            *weighed.left_out,
            f"The report is {out / 'report.html'}.",
        ]
    )


def _row(given: str, known: Models, name: str, default: ModelRow | None) -> ModelRow:
    from edge.evaluation import asked_here, row_of

    if given:
        return row_of(given, known, name)
    if default is None:
        raise _misconfigured(f"--{name} is missing: {_MODEL}")
    return asked_here(default)


def _settings(file: Path | None) -> ReleaseSettings:
    from lineside.releases.settings import ReleaseSettings, read_release_settings

    return read_release_settings(file) if file else ReleaseSettings()


def _models(file: Path | None) -> Models:
    from lineside.answering.models import Models, read_models

    return read_models(file) if file else Models()


def _names(site: Path | None) -> Names | None:
    from lineside.answering.names import Names
    from lineside.site import read_site

    return Names(read_site(site)) if site else None


def _test_rows(dataset: Path) -> bytes:
    try:
        return (dataset / "test.jsonl").read_bytes()
    except OSError as error:
        raise _misconfigured(
            f"{dataset / 'test.jsonl'} cannot be read ({error.strerror}); `lineside dataset build` writes it"
        ) from error


def _keys(rows: list[ModelRow]) -> dict[str, str]:
    """The keys of the rows, from the environment; this is the entry point."""
    return {row.api_key_env: os.environ.get(row.api_key_env, "") for row in rows if row.api_key_env}


class _Progress:
    """A line on standard error that is written over, when a person is looking."""

    def __init__(self, calls: int) -> None:
        self._calls, self._done = calls, 0
        self._wanted = sys.stderr.isatty()
        self._began = time.monotonic()
        self._shown_at = 0.0

    def step(self, calls: int) -> None:
        self._done += calls
        now = time.monotonic()
        if self._wanted and (self._done >= self._calls or now - self._shown_at >= _PROGRESS_SECONDS):
            self._shown_at = now
            left = (now - self._began) / self._done * (self._calls - self._done)
            sys.stderr.write(f"\r\x1b[K{self._done:,} of {self._calls:,} calls of a model, {left / 60:.0f} min to go")
            sys.stderr.flush()

    def end(self) -> None:
        if self._wanted:
            sys.stderr.write("\r\x1b[K")


def _misconfigured(sentence: str) -> Exception:
    from lineside.errors import Misconfigured

    return cast(Exception, Misconfigured(sentence))
