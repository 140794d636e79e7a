"""`lineside commands`: what the rules say of set-point commands. Nothing is sent from here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lineside.control.request import Decision
    from lineside.control.snapshot import Snapshot

commands_app = typer.Typer(
    help="Judges set-point commands by the site's rules.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

_COLOURS = {"allowed": typer.colors.GREEN, "needs_approval": typer.colors.YELLOW, "refused": typer.colors.RED}
_MOST_STATE_BYTES = 256_000_000


@commands_app.callback()
def _commands() -> None:
    pass


@commands_app.command()
def check(
    site: Annotated[Path, typer.Option("--site", help="The site file that declares what can be commanded.")],
    state: Annotated[Path, typer.Option("--state", help='The line at one moment: JSON {"now", "values", "recent"}.')],
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines also where a terminal reads them.")] = False,
    checks: Annotated[bool, typer.Option("--checks", help="Add every check with the values it looked at.")] = False,
) -> None:
    """Judge requests (JSON lines on standard input): is it allowed, does it need approval, or is it refused, and why?

    One decision comes out for every line in, in the same order: {"id", "decision", "reasons"}. Nothing is sent and
    nothing is remembered; --state says what the values are, what was sent before, and what time it is.

    A request is {"id", "device", "attribute", "value", "unit", "proposed_by", "roles": [...], "channel":
    "console|api|voice|agent|automatic", "approved_by": null or a name, "expires_at"}. A line that is none is refused
    with its reason. An id that came before is a replay, and refused.

    The exit status is 0 once every line is answered, whatever the answers are, and 2 for a site or state file that
    cannot be read.

    lineside commands check --site samples/site.yaml --state state.json < requests.jsonl > decisions.jsonl
    """
    from lineside.control.batch import as_line, decisions, lines_of
    from lineside.site import read_site

    declared, snapshot = read_site(site), _read(state)
    pretty = sys.stdout.isatty() and not (as_json or checks)
    out = sys.stdout.buffer
    for decision in decisions(declared, snapshot, lines_of(sys.stdin.buffer)):
        if pretty:
            typer.echo(_shown(decision))
            continue
        out.write(as_line(decision, with_checks=checks))
        out.flush()  # whoever asks one at a time waits for each answer


def _read(path: Path) -> Snapshot:
    from lineside.control.state_file import read_state
    from lineside.errors import Misconfigured

    try:
        if path.stat().st_size > _MOST_STATE_BYTES:
            raise Misconfigured(f"the state file {path} is larger than {_MOST_STATE_BYTES // 1_000_000} MB")
        raw = path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"the state file {path} cannot be read: {error.strerror}") from None
    return read_state(raw, f"the state file {path}")


def _shown(decision: Decision) -> str:
    """For a person: the answer in its colour, and each reason on a line of its own."""
    word = typer.style(f"{decision.decision.replace('_', ' '):<15}", fg=_COLOURS[decision.decision], bold=True)
    name = "(no id)" if decision.id is None else decision.id
    lines = [f"{word} {_plain(name)}", *(f"{'':15} - {_plain(reason)}" for reason in decision.reasons)]
    return "\n".join(lines)


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
