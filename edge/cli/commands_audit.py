"""`lineside commands audit`: who asked what of which machine, who agreed, and whether the log still is what it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from edge.sqlite_commands import SqliteAuditLog
    from lineside.control.audit import Anchor, Entry

_PAGE = 1_000
_BEFORE_ALL = -(2**63)
"""Below any number that SQLite keeps: an entry that somebody wrote in front of the first is read, and is broken."""


def audit(
    data: Annotated[Path, typer.Option("--data", help="The plant's data folder; the plant may be running.")] = Path(
        "lineside-data"
    ),
    verify: Annotated[bool, typer.Option("--verify", help="Check every entry against the chain of hashes.")] = False,
    anchor: Annotated[
        str,
        typer.Option("--anchor", help="NUMBER:HASH of an earlier --verify: shows a log that was cut off or rewritten."),
    ] = "",
    last: Annotated[int, typer.Option("--last", min=0, help="Show so many of the newest entries.")] = 20,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the entries as JSON lines, as they are stored.")
    ] = False,
) -> None:
    """Show the audit log of commands; with --verify check all of it. The exit code is 1 where it is broken."""
    from edge.folder import DataFolder
    from edge.sqlite_commands import CommandRecords, SqliteAuditLog
    from lineside.control.audit import anchor_from
    from lineside.errors import Misconfigured

    file = DataFolder(data).commands
    if not file.is_file():
        raise Misconfigured(f"no command was ever written down in {data}; name the plant's data folder with --data")
    known = anchor_from(anchor) if anchor else None
    records = CommandRecords(file)
    try:
        log = SqliteAuditLog(records)
        broken = [
            _told(log, site, known, verify=verify or known is not None, last=last, as_json=as_json)
            for site in log.sites() or ([""] if known else [])
        ]
    finally:
        records.close()
    if any(broken):
        raise typer.Exit(1)


def _told(log: SqliteAuditLog, site: str, anchor: Anchor | None, *, verify: bool, last: int, as_json: bool) -> bool:
    """Show one site's log; whether it is broken."""
    from lineside.control import audit as chain

    for stored in log.newest(site, last):
        typer.echo(stored.decode("utf-8", "backslashreplace") if as_json else _line(stored))
    if not verify:
        return False
    broken = chain.verify(site, _all(log, site), anchor)
    if broken:
        typer.echo(f"{site or 'the log'}: broken at entry {broken.number}: {_plain(broken.reason)}", err=True)
        return True
    end = chain.anchor_of(log.newest(site, 1))
    if end is None:
        typer.echo(f"{site}: there are commands, and the log is empty: all of it was removed", err=True)
        return True
    typer.echo(
        f"{site}: every entry holds. Keep this elsewhere, and give it to --anchor the next time: {end}", err=True
    )
    return False


def _all(log: SqliteAuditLog, site: str) -> Iterator[bytes]:
    """Page by page, and from before the first; where a number is missing the chain is broken, and nobody reads on."""
    after, count = _BEFORE_ALL, 0
    while page := log.entries(site, after, _PAGE):
        yield from page
        count += len(page)
        after = count


def _line(stored: bytes) -> str:
    """One entry for people: nothing in it steers the terminal."""
    from lineside.control.audit import decoded
    from lineside.errors import Malformed
    from lineside.telemetry.timestamps import render

    try:
        entry: Entry = decoded(stored)
    except Malformed as error:
        return _plain(str(error))
    return _plain(f"{entry.number:>6}  {render(entry.at_us)}  {entry.by}  {entry.what}  {_facts(entry.detail)}")


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _facts(detail: str) -> str:
    """What happened to which point, and why."""
    import json

    try:
        told = json.loads(detail)
    except ValueError:
        return detail
    if not isinstance(told, dict):
        return detail
    point = " of ".join(str(told[key]) for key in ("attribute", "device") if told.get(key))
    if point and told.get("value") is not None:
        point += f" = {told['value']} {told.get('unit', '')}".rstrip()
    facts = (str(told.get("command_id", "")), point, str(told.get("to", "")), str(told.get("reason", "")))
    return " | ".join(fact for fact in facts if fact)
