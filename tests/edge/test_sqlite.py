from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread

from edge.sqlite import Database


def test_several_may_open_a_new_file_at_once(tmp_path: Path):
    """SQLite's own patience does not cover the switch to WAL: one in ten such openings failed without ours."""
    refused: list[Exception] = []

    def open_one(file: Path, start: Barrier) -> None:
        start.wait()
        try:
            Database("a store", file, "CREATE TABLE IF NOT EXISTS thing (name TEXT);").close()
        except Exception as error:  # an exception in a thread reaches no test
            refused.append(error)

    for number in range(60):
        file, start = tmp_path / f"{number}.sqlite", Barrier(4)
        threads = [Thread(target=open_one, args=(file, start)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert refused == []
