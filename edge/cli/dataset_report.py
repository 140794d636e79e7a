"""What a person sees of `lineside dataset build`: how far it is, and what became of everything."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lineside.manuals.library import Library
    from lineside.site import Site

_PLAIN_SECONDS = 10.0
"""How often progress is told where nobody watches a terminal."""
_WORDS = frozenset({"document", "revision", "why"})
_WIDE = 200


def tell(report: Mapping[str, Any], out: Path, *, offline: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("document", "revision", "requested", "generated", "accepted", "rejected", "why"):
        table.add_column(heading, overflow="fold", justify="left" if heading in _WORDS else "right")
    rows = [*report["documents"], {"document": "what no document says", **report["refusals"]}]
    if said := report["feedback"]["offered"]:
        rows.append({"document": "what operators said", "requested": 0, "generated": said, **report["feedback"]})
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


def _cells(counted: Mapping[str, Any]) -> tuple[str, ...]:
    reasons = ", ".join(f"{reason} {count}" for reason, count in counted["rejected_by_reason"].items())
    why = "; ".join(filter(None, [str(counted.get("problem", "")), reasons]))
    numbers = (str(counted[name]) for name in ("requested", "generated", "accepted", "rejected"))
    return (str(counted["document"]), str(counted.get("revision", "")), *numbers, why)


def _plain(text: str) -> str:
    """A document's own words are shown as they are, not read as markup."""
    from rich.markup import escape

    return escape(text)


def tell_unknown_machines(library: Library, site: Site | None) -> None:
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
