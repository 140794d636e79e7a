from __future__ import annotations

from pathlib import Path

from edge.sqlite import Database
from tests.contracts.racing import at_once


def test_several_may_open_a_new_file_at_once(tmp_path: Path):
    """SQLite's own patience does not cover the switch to WAL: one in ten such openings failed without ours."""
    refused = []

    for number in range(60):
        file = tmp_path / f"{number}.sqlite"
        met = at_once(lambda _, file=file: Database("a store", file, "CREATE TABLE IF NOT EXISTS t (a);").close(), 4)
        refused += [error for error in met.values() if error]

    assert refused == []
