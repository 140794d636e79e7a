"""`lineside commands audit`: the log for people, and exit code 1 where it was touched."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from edge.cli.commands_audit import audit
from edge.folder import DataFolder
from edge.sqlite_commands import CommandRecords, SqliteAuditLog
from lineside.errors import Malformed, Misconfigured
from tests.control.commands import NOW_US

Ask = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    records = CommandRecords(DataFolder(tmp_path).commands)
    log = SqliteAuditLog(records)
    for number in range(3):
        detail = (
            f'{{"command_id": "c-{number}", "attribute": "Torque", "device": "Mixer", "value": 22.0, "to": "sent"}}'
        )
        log.append("bakery", NOW_US + number, "An\x1b[31mna", "send", detail)
    records.close()
    return tmp_path


@pytest.fixture
def ask(data: Path) -> Ask:
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(audit)
    return lambda *said: CliRunner().invoke(app, ["--data", str(data), *said])


def touched(data: Path, statement: str) -> None:
    with sqlite3.connect(DataFolder(data).commands) as database:
        database.execute(statement)
    database.close()


def test_it_shows_the_newest_entries_and_no_letter_steers_the_terminal(ask: Ask) -> None:
    shown = ask("--last", "2")

    assert shown.exit_code == 0
    first, second = shown.output.splitlines()
    assert "c-1 | Torque of Mixer = 22.0 | sent" in first
    assert second.lstrip().startswith("3  2026-11-02T06:00:00.000002Z")
    assert "\x1b" not in shown.output


def test_a_log_that_holds_gives_an_anchor_that_holds_the_next_time(ask: Ask) -> None:
    verified = ask("--verify")
    anchor = verified.stderr.split()[-1]

    assert (verified.exit_code, "every entry holds" in verified.stderr) == (0, True)
    assert ask("--anchor", anchor).exit_code == 0


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE audit SET body = replace(body, 'send', 'none') WHERE number = 2", "broken at entry 2"),
        ("DELETE FROM audit WHERE number = 1", "broken at entry 1"),
        ("UPDATE audit SET body = x'00' WHERE number = 3", "broken at entry 3"),
        ("UPDATE audit SET body = 5 WHERE number = 2", "broken at entry 2"),
        ("UPDATE audit SET body = CAST(body AS TEXT) WHERE number = 2", "broken at entry 2"),
        ("INSERT INTO audit SELECT site, -7, body FROM audit WHERE number = 2", "broken at entry 1"),
    ],
)
def test_a_log_that_was_touched_ends_with_exit_code_1(data: Path, ask: Ask, statement: str, told: str) -> None:
    touched(data, statement)

    verified = ask("--verify")

    assert verified.exit_code == 1
    assert told in verified.stderr


def test_a_log_that_was_cut_off_shows_against_the_anchor_alone(data: Path, ask: Ask) -> None:
    anchor = ask("--verify").stderr.split()[-1]
    touched(data, "DELETE FROM audit WHERE number = 3")

    assert ask("--verify").exit_code == 0
    cut = ask("--anchor", anchor)

    assert cut.exit_code == 1
    assert "the log ends at 2" in cut.stderr
    touched(data, "DELETE FROM audit")
    assert ask("--anchor", anchor).exit_code == 1


def test_a_log_that_is_empty_beside_commands_is_broken(data: Path, ask: Ask) -> None:
    touched(data, "DELETE FROM audit")
    touched(data, "INSERT INTO command VALUES ('bakery', 'c-1', 'line-1', 1, 0, 0, 0, x'00')")

    verified = ask("--verify")

    assert verified.exit_code == 1
    assert "bakery: there are commands, and the log is empty" in verified.stderr


@pytest.mark.parametrize("how", ["--json", "--verify", "--last=9"])
def test_an_entry_of_another_kind_is_shown_as_none(data: Path, ask: Ask, how: str) -> None:
    touched(data, "UPDATE audit SET body = 5 WHERE number = 3")

    assert len(ask(how).stdout.splitlines()) == 3


def test_entries_are_printed_as_they_are_stored(ask: Ask) -> None:
    lines = ask("--json").stdout.splitlines()

    assert [line.startswith('{"site":"bakery","number":') for line in lines] == [True] * 3


def test_a_folder_without_commands_and_an_anchor_that_is_none_are_said_to_be_so(ask: Ask, tmp_path: Path) -> None:
    assert isinstance(ask("--anchor", "3").exception, Malformed)
    assert isinstance(ask("--data", str(tmp_path / "nowhere")).exception, Misconfigured)
