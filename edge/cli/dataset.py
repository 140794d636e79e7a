"""`lineside dataset`: documents -> questions and answers to train a model on."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from edge.cli.dataset_images import images
from edge.cli.dataset_report import Progress, tell, tell_unknown_machines

if TYPE_CHECKING:
    from lineside.answering.models import ModelRow
    from lineside.answering.writer import Writer
    from lineside.manuals.library import Library
    from lineside.releases.settings import ReleaseSettings
    from lineside.site import Site
    from lineside.training_data.dataset import Dataset
    from lineside.training_data.draft import Generator
    from lineside.training_data.pair import Pair, Part, Rejected
    from lineside.training_data.settings import DatasetSettings

dataset_app = typer.Typer(
    help="Makes data sets to train on: questions and answers out of documents, images with what people said of them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

KEPT = ".kept"
"""The folder in the dataset's own that holds what a model was paid for."""
REPORT = "report.json"
MOST_VERDICTS = 10_000


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
    data: Annotated[
        Path | None, typer.Option("--data", help="A plant's data folder: verdicts accepted there are learned, too.")
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
    wanted = _with(chosen.dataset, pairs, seed)
    said = _learned(data, library, day, wanted) if data else ()
    progress = Progress()
    try:
        dataset = build_dataset(library, day, wanted, writer, progress.show, said)
    except Refused as error:
        raise Misconfigured(f"{docs}: {error}") from error
    finally:
        progress.end()
    _write(out, dataset)
    tell(dataset.report, out, offline=writer.name == "offline")
    tell_unknown_machines(library, known_site)
    if dataset.report["status"] != "completed":
        raise typer.Exit(1)


@dataset_app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A dataset's folder.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="A later one's.")],
) -> None:
    """Show what a dataset has that an older one has not, what it no longer has, and what it answers otherwise."""
    from lineside.training_data.diff import difference, difference_markdown

    typer.echo(difference_markdown(difference(_parts(old), _parts(new))), nl=False)


dataset_app.command()(images)


def _learned(data: Path, library: Library, day: date, settings: DatasetSettings) -> tuple[Pair | Rejected, ...]:
    """What the accepted verdicts of a plant give. The plant may run meanwhile."""
    from edge.folder import DataFolder
    from edge.sqlite_people import People, SqliteVerdicts
    from lineside.errors import Misconfigured
    from lineside.training_data.feedback import learned

    file = DataFolder(data).people
    if not file.is_file():
        raise Misconfigured(f"there are no verdicts in {data}; name a plant's data folder with --data, or leave it out")
    people = People(file)
    try:
        accepted = SqliteVerdicts(people).list("accepted", MOST_VERDICTS)
    finally:
        people.close()
    return learned(accepted, library.all_passages, library.in_force(day), settings).given


def _parts(folder: Path) -> dict[Part, list[Pair]]:
    from lineside.errors import Misconfigured
    from lineside.training_data.chat import pair_of, read_rows
    from lineside.training_data.dataset import PARTS

    if not _is_report(folder / REPORT):
        raise Misconfigured(f"there is no dataset in {folder}; `lineside dataset build` makes one")
    try:
        return {part: [pair_of(row) for row in read_rows(folder / f"{part}.jsonl")] for part in PARTS}
    except FileNotFoundError as error:
        raise Misconfigured(f"the dataset in {folder} lacks {Path(str(error.filename)).name}; build it again") from None


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


def _writer(row: ModelRow) -> Writer:
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
