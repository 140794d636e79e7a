"""`lineside inspect`: looks at images of products. Nothing is sent, and nothing is kept."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from lineside.inspection.model import Seen
    from lineside.inspection.offline import OfflineInspector

_KINDS: Final = {".png", ".jpg", ".jpeg"}
_MOST_BYTES: Final = 32_000_000
_COLOURS = {"good": typer.colors.GREEN, "unreadable": typer.colors.YELLOW}


def inspect(
    images: Annotated[
        list[Path] | None,
        # One that cannot be read has its line like any other.
        typer.Argument(metavar="IMAGE...", help="PNG or JPEG files, or folders of them.", readable=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines also where a terminal reads them.")] = False,
) -> None:
    """Is the biscuit in each image good, cracked, deformed or full of bubbles? Judged here, without any model.

    One line comes out for every image, in order: {"file", "verdict", "confidence", "regions"}. The verdict is "good",
    "cracked", "deformed", "bubbles" or "unreadable"; the confidence is the chance (0 to 1) that it is right; a region
    is [x, y, width, height] in pixels. A file that is no image, or shows no single whole biscuit, is unreadable.

    The exit status is 0 once every image has its line, whatever it says, and 2 where there is no image to look at.

    lineside inspect photos/ --json > verdicts.jsonl
    """
    from lineside.errors import Misconfigured
    from lineside.inspection.offline import OfflineInspector

    if not images:
        raise Misconfigured("no image was given; name PNG or JPEG files, or a folder of them")
    files = list(_files(images))
    pretty = sys.stdout.isatty() and not as_json
    inspector = OfflineInspector()
    for file in files:
        seen = _seen(inspector, file)
        typer.echo(_shown(file, seen) if pretty else _line(file, seen))


def _files(images: list[Path]) -> Iterator[Path]:
    from lineside.errors import Misconfigured

    for path in images:
        if not _is_folder(path):
            yield path
            continue
        found = sorted(each for each in path.rglob("*") if each.suffix.lower() in _KINDS and each.is_file())
        if not found:
            raise Misconfigured(f"the folder {_plain(str(path))} holds no PNG and no JPEG")
        yield from found


def _is_folder(path: Path) -> bool:
    """Not where nobody may look, or where the name is none: opening it then says why."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _seen(inspector: OfflineInspector, file: Path) -> Seen:
    from lineside.errors import Malformed
    from lineside.inspection.intake import ImageLimits, check_image
    from lineside.inspection.model import Seen

    try:
        with file.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
        return inspector.inspect(check_image(content, ImageLimits(most_bytes=_MOST_BYTES)))
    except Malformed as error:
        return Seen("unreadable", 1.0, reason=str(error))
    except OSError as error:
        return Seen("unreadable", 1.0, reason=f"the file cannot be read: {error.strerror}")
    except Exception as error:  # what our own code cannot survive must not keep the others from their lines
        told = f"Lineside itself failed on it ({type(error).__name__}: {error}); please report this"
        typer.echo(f"lineside: {_plain(str(file))}: {told}", err=True)
        return Seen("unreadable", 1.0, reason=told)


def _line(file: Path, seen: Seen) -> str:
    """ASCII: what a name cannot be written with is escaped."""
    regions = [list(region) for region in seen.regions]
    return json.dumps({"file": str(file), "verdict": seen.verdict, "confidence": seen.confidence, "regions": regions})


def _shown(file: Path, seen: Seen) -> str:
    colour = _COLOURS.get(seen.verdict, typer.colors.RED)
    word = typer.style(f"{seen.verdict:<10}", fg=colour, bold=True)
    return f"{word} {seen.confidence:4.0%}  {_plain(str(file))}\n{'':17}{_plain(seen.reason)}"


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
