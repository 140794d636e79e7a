"""`lineside normalize`: the arguments; what it does is in `edge.normalize`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def normalize(
    site: Annotated[
        Path | None, typer.Option(help="The site file whose units and limits to hold telemetry to.")
    ] = None,
    rejects: Annotated[Path | None, typer.Option(help="Where bad lines go. Default: standard error.")] = None,
) -> None:
    """Turn native telemetry JSON lines on standard input into normalized NGSI-LD entities on standard output.

    One line out per good line, in the same order; a line that is an array comes out as an array, if all of it is
    good. A bad line becomes {"line", "reason", "raw"} in the rejects. Blank lines are passed over.
    """
    from edge.normalize import normalize_lines

    normalize_lines(site, rejects)
