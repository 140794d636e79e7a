"""`lineside commands check`: files in, a decision for every line out, and a clear word about a file that is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from edge.cli.commands_check import commands_app
from lineside.errors import Misconfigured
from tests.control.asked import SITE, asked, state


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "state.json").write_text(json.dumps(state()))
    return tmp_path / "site.yaml", tmp_path / "state.json"


def run(files: tuple[Path, Path], requests: bytes, *more: str) -> Result:
    arguments = ["check", "--site", str(files[0]), "--state", str(files[1]), *more]
    return CliRunner().invoke(commands_app, arguments, input=requests)


def answers(files: tuple[Path, Path], requests: bytes, *more: str) -> list[dict[str, Any]]:
    done = run(files, requests, *more)
    assert (done.exit_code, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_line_is_answered_in_order_and_the_exit_is_0_whatever_the_answers_are(files):
    requests = [asked(), asked(id="c-2", value=99), asked(id="c-3", channel="voice")]
    raw = b"\n".join([*(json.dumps(one).encode() for one in requests), b"", b"broken"])

    told = answers(files, raw)

    assert [(one["id"], one["decision"]) for one in told] == [
        ("c-1", "allowed"),
        ("c-2", "refused"),
        ("c-3", "needs_approval"),
        (None, "refused"),
        (None, "refused"),
    ]
    assert all(one.keys() == {"id", "decision", "reasons"} for one in told)
    assert told[0]["reasons"] == []
    assert told[1]["reasons"][0] == "99 NU is above the limits 10 to 40 NU"


def test_no_lines_have_no_answers(files):
    assert answers(files, b"") == []


def test_the_checks_are_told_where_they_are_asked_for(files):
    (told,) = answers(files, json.dumps(asked()).encode(), "--checks")

    limits = next(one for one in told["checks"] if one["name"] == "limits")
    assert limits["passed"] is True
    assert limits["values"] == {"value": 32, "min": 10, "max": 40}


def test_a_file_that_is_wrong_is_told_before_any_line_is_answered(files):
    for index, text in ((0, "site: 7 seas"), (1, "{}"), (0, None), (1, None)):
        kept = files[index].read_text()
        files[index].unlink() if text is None else files[index].write_text(text)

        done = run(files, json.dumps(asked()).encode())

        assert isinstance(done.exception, Misconfigured)
        assert (done.exit_code, done.stdout) == (1, "")
        assert str(files[index]) in str(done.exception)
        files[index].write_text(kept)


def test_the_help_says_what_goes_in_and_what_comes_out():
    told = CliRunner().invoke(commands_app, ["check", "--help"], env={"COLUMNS": "200"}).stdout

    assert all(word in told for word in ("--site", "--state", "--checks", "does it need", "approved_by", "exit status"))
