"""The example in docs/control.md says what the command says."""

from __future__ import annotations

import json
import re
from pathlib import Path

from lineside.control.batch import as_line, decisions
from lineside.control.decide import ROWS
from lineside.control.state_file import read_state
from lineside.site import read_site

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "control.md").read_text()


def test_the_example_is_decided_as_it_is_written():
    state, requests, answers = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    site = read_site(ROOT / "samples" / "site.yaml")

    told = [
        as_line(each) for each in decisions(site, read_state(state.encode(), "state"), requests.encode().splitlines())
    ]

    assert [json.loads(line) for line in told] == [json.loads(line) for line in answers.splitlines()]


def test_every_check_has_a_row():
    rows = " ".join(line.split("|")[1] for line in TEXT.splitlines() if line.startswith("|"))
    named = {"interlocks": "interlock", "unattended": "automation"}

    assert all(named.get(row.__name__, row.__name__) in rows for row in ROWS)
