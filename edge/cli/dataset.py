"""`lineside dataset`: documents -> questions and answers to train a model on."""

from __future__ import annotations

import os
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from lineside.answering.models import ModelRow
    from lineside.manuals.library import Library
    from lineside.releases.settings import ReleaseSettings
    from lineside.site import Site
    from lineside.training_data.dataset import Dataset
    from lineside.training_data.draft import Generator
    from lineside.training_data.settings import DatasetSettings

dataset_app = typer.Typer(
    help="Makes questions and answers out of a plant's documents, to train a small model on.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

KEPT = ".kept"
"""The folder in the dataset's own that holds what a model was paid for."""
REPORT = "report.json"
_PLAIN_SECONDS = 10.0
"""How often progress is told where nobody watches a terminal."""


@dataset_app.callback()
def _dataset() -> None:
    pass


@dataset_app.command()
def build(
    docs: Annotated[Path, typer.Argument(metavar="DOCS", help="The documents: a folder, or one file.")],
    out: Annotated[Path, typer.Option("--out", help="The folder for the dataset.")],
    pairs: Annotated[
        int | None, typer.Option("--pairs", min=1, max=1_000_000, help="So many in all. [default: what they carry]")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Another seed, another split. [default: 0]")] = None,
    settings: Annotated[
        Path | None, typer.Option("--settings", help="A training.yaml; samples/training.yaml shows one.")
    ] = None,
    generator: Annotated[
        Literal["", "offline", "row"],
        typer.Option("--generator", help="offline, or the row of the settings. [default: the row, if there is one]"),
    ] = "",
    today: Annotated[str, typer.Option("--today", help="Documents in force on this day. [default: today]")] = "",
    site: Annotated[
        Path | None, typer.Option("--site", help="The site file: its day, and its machines' names.")
    ] = None,
) -> None:
    """Make train, validation, test and rejected .jsonl, report.json and a card out of documents.

    Without a model's row in the settings the documents' structure is asked about, which costs nothing. What a model
    wrote is kept, so that a run that was stopped goes on without paying twice.
    """
    from lineside.errors import Misconfigured, Refused
    from lineside.training_data.build import build as build_dataset

    _refuse_other_use(docs, out)
    known_site = _site(site)
    chosen = _settings(settings)
    day = _day(today, known_site)
    library = _library(docs)
    writer = _generator(generator, chosen, out / KEPT)
    progress = Progress()
    try:
        dataset = build_dataset(library, day, _with(chosen.dataset, pairs, seed), writer, progress.show)
    except Refused as error:
        raise Misconfigured(f"{docs}: {error}") from error
    finally:
        progress.end()
    _write(out, dataset)
    _tell(dataset.report, out, offline=writer.name == "offline")
    _tell_unknown_machines(library, known_site)
    if dataset.report["status"] != "completed":
        raise typer.Exit(1)


def _refuse_other_use(docs: Path, out: Path) -> None:
    """A folder that holds something else is left alone, and documents never get a dataset among them."""
    from lineside.errors import Misconfigured
    from lineside.training_data.dataset import CARD, PARTS

    if docs.is_dir() and out.resolve().is_relative_to(docs.resolve()):
        raise Misconfigured(f"{out} lies among the documents of {docs}, and would be read as one; choose another --out")
    if not out.exists():
        return
    if not out.is_dir():
        raise Misconfigured(f"{out} is a file; --out names a folder")
    own = {*(f"{part}.jsonl" for part in PARTS), "rejected.jsonl", REPORT, CARD, KEPT}
    inside = sorted(path.name for path in out.iterdir())
    foreign = [name for name in inside if name not in own and not name.endswith(".unfinished")]
    if foreign or not (set(inside) <= {KEPT} or _is_report(out / REPORT)):
        held = (foreign or inside)[0]
        raise Misconfigured(f"{out} holds something else than a dataset ({held}); choose another --out")


def _is_report(path: Path) -> bool:
    import msgspec

    try:
        report = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return False
    return isinstance(report, dict) and "content_sha256" in report


def _site(path: Path | None) -> Site | None:
    from lineside.site import read_site

    return read_site(path) if path else None


def _settings(path: Path | None) -> ReleaseSettings:
    from lineside.releases.settings import ReleaseSettings, read_release_settings

    return read_release_settings(path) if path else ReleaseSettings()


def _with(settings: DatasetSettings, pairs: int | None, seed: int | None) -> DatasetSettings:
    """The settings of the file under those of the command line."""
    given = {name: value for name, value in (("pairs", pairs), ("seed", seed)) if value is not None}
    return settings.model_copy(update=given)


def _day(given: str, site: Site | None) -> date:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from lineside.errors import Misconfigured

    if not given:
        zone = ZoneInfo(site.timezone) if site else None
        return datetime.now(UTC).astimezone(zone).date()
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Misconfigured(f"--today is {given!r}; write a day such as 2026-01-31") from None


def _library(docs: Path) -> Library:
    from lineside.errors import Misconfigured
    from lineside.manuals.library import Library, read_document, read_library

    if docs.is_file():
        return Library(read_document(docs))
    if not docs.is_dir():
        raise Misconfigured(f"there are no documents at {docs}")
    return read_library([docs])


def _generator(wanted: str, settings: ReleaseSettings, kept: Path) -> Generator:
    from edge.kept_files import KeptFiles
    from lineside.errors import Misconfigured
    from lineside.training_data.generate import KeptGenerator, WritingGenerator
    from lineside.training_data.offline import OfflineGenerator

    row = settings.generator
    if wanted == "row" and row is None:
        raise Misconfigured("--generator row needs `generator:` in the file that --settings names")
    if wanted == "offline" or row is None or row.provider == "offline":
        return OfflineGenerator()
    return KeptGenerator(WritingGenerator(_writer(row)), KeptFiles(kept))


def _writer(row: ModelRow) -> Any:
    from edge.model_servers import DIALECTS, ServerWriter
    from lineside.errors import Misconfigured

    if row.provider not in DIALECTS:
        raise Misconfigured(
            f"the generator {row.name} is on {row.provider}, which only the cloud's run asks; name a server of the "
            "plant (ollama or openai), or take --generator offline"
        )
    key = os.environ.get(row.api_key_env, "") if row.api_key_env else ""
    return ServerWriter(row, api_key=key)


def _write(out: Path, dataset: Dataset) -> None:
    """The report comes last: it names the content of the others, so a run that ends in between is seen."""
    from edge.kept_files import replace_file

    out.mkdir(parents=True, exist_ok=True)
    files = dataset.files()
    for name in sorted(files, key=lambda name: name == REPORT):
        replace_file(out / name, files[name])


def _tell(report: Mapping[str, Any], out: Path, *, offline: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("document", "revision", "requested", "generated", "accepted", "rejected", "why"):
        table.add_column(heading, overflow="fold", justify="left" if heading in _WORDS else "right")
    rows = [*report["documents"], {"document": "what no document says", **report["refusals"]}]
    for each in rows:
        table.add_row(*map(_plain, _cells(each)))
    table.add_section()
    table.add_row(*map(_plain, _cells({"document": "in all", **report})))
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)
    parts = ", ".join(f"{part} {counts['pairs']}" for part, counts in report["parts"].items())
    if offline:
        typer.echo("No model wrote these: they were made offline, from the documents' structure.")
    typer.echo(f"{report['status']}: {parts} in {out}")
    told = {each["problem"] for each in report["documents"]} - {""}
    for warning in (each for each in report["warnings"] if not any(problem in each for problem in told)):
        typer.echo(f"lineside: {warning}", err=True)


_WORDS = frozenset({"document", "revision", "why"})
_WIDE = 200


def _cells(counted: Mapping[str, Any]) -> tuple[str, ...]:
    reasons = ", ".join(f"{reason} {count}" for reason, count in counted["rejected_by_reason"].items())
    why = "; ".join(filter(None, [str(counted.get("problem", "")), reasons]))
    numbers = (str(counted[name]) for name in ("requested", "generated", "accepted", "rejected"))
    return (str(counted["document"]), str(counted.get("revision", "")), *numbers, why)


def _plain(text: str) -> str:
    """A document's own words are shown as they are, not read as markup."""
    from rich.markup import escape

    return escape(text)


def _tell_unknown_machines(library: Library, site: Site | None) -> None:
    """A machine that is spelled otherwise in the site file is another machine."""
    if site is None:
        return
    known = {machine.id for line in site.lines for machine in line.machines}
    named = {machine for passage in library.all_passages for machine in passage.machines}
    if unknown := sorted(named - known):
        typer.echo(f"lineside: the site file does not know {', '.join(unknown)}", err=True)


class Progress:
    """A bar on standard error where a person looks, else a line now and then."""

    def __init__(self) -> None:
        self._what = ""
        self._told_at = 0.0
        self._bar: Any = None
        self._task: Any = None

    def show(self, what: str, done: int, of: int) -> None:
        if sys.stderr.isatty():
            self._draw(what, done, of)
        elif what != self._what or done == of or time.monotonic() - self._told_at >= _PLAIN_SECONDS:
            self._told_at = time.monotonic()
            typer.echo(f"{what}: {done:,} of {of:,}", err=True)
        self._what = what

    def _draw(self, what: str, done: int, of: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        if self._bar is None:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
        if what != self._what:
            self._task = self._bar.add_task(what, total=of)
        self._bar.update(self._task, completed=done, total=of)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.stop()
