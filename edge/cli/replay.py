"""`lineside replay`: the arguments; what it does is in `edge.replay`, its files in `edge.replay_report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def replay(
    recordings: Annotated[
        list[Path], typer.Argument(metavar="CSV...", help="Telemetry CSV: timestamp,device,attribute,value,unit.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Where the messages go that people would have received.")],
    site: Annotated[Path | None, typer.Option("--site", help="The site file; without one, no line is known.")] = None,
    tick: Annotated[float, typer.Option("--tick", min=1, max=86_400, help="Seconds from one look to the next.")] = 300,
    alarms: Annotated[Path | None, typer.Option("--alarms", help="Where every alarm goes, cleared or not.")] = None,
    rejects: Annotated[Path | None, typer.Option("--rejects", help="Where rows go that cannot be read.")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="Keep the lake's files here.")] = None,
    first_tick: Annotated[float | None, typer.Option("--first-tick", min=0, hidden=True)] = None,
) -> None:
    """Replay recorded telemetry: the real decode, lake, detection, alarms and advisor, in event time."""
    # The other commands need neither the lake nor the detectors, and should not wait for their imports.
    from edge.replay_report import Files, replay_files

    files = Files(tuple(recordings), out, alarms=alarms, rejects=rejects, data=data)
    replay_files(files, site, tick_seconds=tick, first_tick_seconds=first_tick)
