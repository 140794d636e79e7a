"""The command line. One module per command; this one only lists them and turns errors into one clear sentence."""

from __future__ import annotations

import sys

import typer

from edge.cli.normalize import normalize
from edge.cli.replay import replay
from edge.cli.up import up
from lineside.errors import LinesideError, Malformed, Misconfigured

app = typer.Typer(
    help="Stands beside a production line: hears every machine, names the one cause, says what to do.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up)
app.command()(replay)
app.command()(normalize)


@app.callback()
def _lineside() -> None:
    pass


def main() -> None:
    """Run the command line. Exit status: 0 done, 1 a neighbour failed, 2 something a person must mend first."""
    try:
        app()
    except LinesideError as error:
        print(f"lineside: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(2 if isinstance(error, Misconfigured | Malformed) else 1)
