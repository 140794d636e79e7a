"""`lineside dataset images`: what people said of images -> images and verdicts to train an inspector on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from edge.folder import DataFolder
    from lineside.inspection.dataset import Part
    from lineside.inspection.examples import VerdictRow
    from lineside.inspection.ports import Image

REPORT: Final = "report.json"
IMAGES: Final = "images"
ENDINGS: Final = {"image/png": "png", "image/jpeg": "jpg"}


def images(
    data: Annotated[Path, typer.Option("--data", help="A plant's data folder. The plant may run meanwhile.")],
    out: Annotated[Path, typer.Option("--out", help="The folder for the images and their rows.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed, another split.")] = 0,
) -> None:
    """Write the images that people reviewed, with their verdicts, as train, validation and test .jsonl.

    Names, notes and what cameras write into their images are left out. An image that the plant has forgotten since
    the last time goes from the folder, too.
    """
    from edge.folder import DataFolder
    from edge.kept_files import replace_file
    from lineside.errors import Misconfigured
    from lineside.inspection.dataset import dealt, report_of

    folder = DataFolder(data)
    if not folder.inspections.is_file():
        raise Misconfigured(f"there are no inspections in {data}; name a plant's data folder with --data")
    _refuse_other_use(out)
    (out / IMAGES).mkdir(parents=True, exist_ok=True)
    (out / REPORT).unlink(missing_ok=True)  # it comes last again: a run that ends in between is seen
    rows: list[VerdictRow] = []
    missing = 0
    for row, image in _reviewed(folder):
        if image is None:
            missing += 1
            continue
        replace_file(out / _file_of(row), image.content)
        rows.append(row)
    parts = dealt(rows, seed)
    _write(out, parts, report := report_of(parts, seed, missing))
    _tell(report, out)


def _reviewed(folder: DataFolder) -> Iterator[tuple[VerdictRow, Image | None]]:
    from edge.image_folder import image_folder
    from edge.sqlite_inspections import SqliteInspections
    from lineside.inspection.examples import all_reviewed, verdict_rows
    from lineside.inspection.intake import without_metadata

    kept = image_folder(folder.images)
    with closing(SqliteInspections(folder.inspections)) as store:
        for site in store.sites():
            for row in verdict_rows(all_reviewed(store, site)):
                image = kept.get(site, row.image_id)
                yield row, without_metadata(image) if image else None


def _refuse_other_use(out: Path) -> None:
    """A folder that holds something else is left alone."""
    from lineside.errors import Misconfigured
    from lineside.inspection.dataset import PARTS

    if not out.exists():
        return
    if not out.is_dir():
        raise Misconfigured(f"{out} is a file; --out names a folder")
    own = {*(f"{part}.jsonl" for part in PARTS), REPORT, IMAGES}
    foreign = sorted(
        each.name for each in out.iterdir() if each.name not in own and not each.name.endswith(".unfinished")
    )
    if foreign or (any(out.iterdir()) and not (out / IMAGES).is_dir()):
        held = (foreign or sorted(each.name for each in out.iterdir()))[0]
        raise Misconfigured(f"{out} holds something else than reviewed images ({held}); choose another --out")


def _write(out: Path, parts: dict[Part, list[VerdictRow]], report: dict[str, Any]) -> None:
    import msgspec

    from edge.kept_files import replace_file

    named = {_file_of(row) for rows in parts.values() for row in rows}
    for path in (out / IMAGES).iterdir():
        if f"{IMAGES}/{path.name}" not in named:
            path.unlink()
    for part, rows in parts.items():
        lines = (msgspec.json.encode({"file": _file_of(row), **msgspec.structs.asdict(row)}) for row in rows)
        replace_file(out / f"{part}.jsonl", b"".join(line + b"\n" for line in lines))
    replace_file(out / REPORT, msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")


def _file_of(row: VerdictRow) -> str:
    return f"{IMAGES}/{row.image_id}.{ENDINGS[row.media_type]}"


def _tell(report: dict[str, Any], out: Path) -> None:
    for part, counted in report["parts"].items():
        told = ", ".join(f"{verdict} {count}" for verdict, count in counted.items())
        typer.echo(f"{part:<12}{sum(counted.values()):>6}   {told}")
    if report["missing"]:
        typer.echo(f"{report['missing']} more were reviewed, and their images are no longer kept")
    if report["few"]:
        typer.echo(f"few images of {', '.join(report['few'])}: what is learnt of them will be poor")
    typer.echo(f"in {out}")
