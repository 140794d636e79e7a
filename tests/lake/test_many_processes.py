"""Writers, a reader and a compactor in several processes on one folder, all at once."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from edge.files import FileObjects
from lineside.lake import Lake
from lineside.lake.compact import compact_hours
from lineside.lake.paths import RAW, READINGS
from lineside.lake.schema import from_parquet
from tests.lake.processes import NOW_US, WRITERS, batches_of, compact, read, write
from tests.lake.readings import everything, first_received

_spawn = multiprocessing.get_context("spawn")


@pytest.mark.slow
def test_many_processes_at_once_lose_and_double_nothing(tmp_path: Path):
    done, failures = _spawn.Event(), _spawn.Queue()
    others = [
        _spawn.Process(target=compact, args=(tmp_path, done)),
        _spawn.Process(target=read, args=(tmp_path, done, failures)),
    ]
    writers = [_spawn.Process(target=write, args=(tmp_path, writer)) for writer in range(WRITERS)]

    for process in [*others, *writers]:
        process.start()
    for process in writers:
        process.join()
    done.set()
    for process in others:
        process.join()
    objects = FileObjects(tmp_path, durable=False)
    compact_hours(objects, NOW_US, 0)

    assert [process.exitcode for process in [*others, *writers]] == [0] * (WRITERS + 2)
    assert failures.empty()
    expected = first_received(one for writer in range(WRITERS) for batch in batches_of(writer) for one in batch)
    assert everything(Lake(objects)) == expected
    assert objects.list(RAW) == []
    assert sum(from_parquet(objects.get(key)).num_rows for key in objects.list(READINGS)) == len(expected)
