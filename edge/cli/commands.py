"""The commands, one module each; this one only lists them."""

from __future__ import annotations

import typer

from edge.cli.ask import ask
from edge.cli.commands_audit import audit
from edge.cli.commands_check import commands_app
from edge.cli.dataset import dataset_app
from edge.cli.inspect import inspect
from edge.cli.manuals import manuals_app
from edge.cli.normalize import normalize
from edge.cli.releases import releases_app
from edge.cli.replay import replay
from edge.cli.up import up

app = typer.Typer(
    help="Stands beside a production line: hears every machine, names the one cause, says what to do.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up)
app.command()(replay)
app.command()(normalize)
app.command()(ask)
app.command()(inspect)
app.add_typer(manuals_app, name="manuals")
commands_app.command()(audit)
app.add_typer(commands_app, name="commands")
app.add_typer(dataset_app, name="dataset")
app.add_typer(releases_app, name="releases")


@app.callback()
def _lineside() -> None:
    pass
