"""Writers, readers and compactors in several processes on one folder, all at once."""

from __future__ import annotations

import multiprocessing
import random
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from edge.files import FileObjects
from lineside.errors import Unavailable
from lineside.lake import Lake
from lineside.lake.compact import compact_hours
from lineside.lake.paths import RAW, READINGS
from lineside.lake.schema import from_parquet
from lineside.telemetry.reading import Reading
from tests.lake.readings import HOUR_US, LINE, SITE, SIX_US, contents, everything, first_received, reading

WRITERS = 4
BATCHES = 12
NOW_US = SIX_US + 9 * HOUR_US

_spawn = multiprocessing.get_context("spawn")


def batches_of(writer: int) -> list[list[Reading]]:
    """Overlapping data: every writer repeats readings of its neighbours, over three hours."""
    chance = random.Random(writer)
    return [
        [reading(second, float(second), f"machine {second % 5}") for second in chance.sample(range(0, 10_800, 9), 60)]
        for _ in range(BATCHES)
    ]


def write(root: Path, writer: int) -> None:
    lake = Lake(FileObjects(root, durable=False))
    for number, batch in enumerate(batches_of(writer)):
        lake.append(SITE, LINE, batch, f"writer-{writer}-{number}")


def compact(root: Path, done: Event) -> None:
    objects = FileObjects(root, durable=False)
    while not done.is_set():
        try:
            compact_hours(objects, NOW_US, 0)
        except Unavailable:  # Lost to the other compactor five times; the schedule comes again.
            continue


def read(root: Path, done: Event, failures: multiprocessing.Queue[str]) -> None:
    """What was once seen never goes away, and nothing is seen twice or with another value."""
    lake = Lake(FileObjects(root, durable=False))
    seen = 0
    while not done.is_set():
        try:
            held = contents(lake.window(SITE, LINE, SIX_US, SIX_US + 4 * HOUR_US))
        except Unavailable:  # Overtaken five times in a row by compactors that never rest.
            continue
        wrong = [identity for identity, value in held.items() if value != (identity[3] - SIX_US) / 1e6]
        if wrong or len(held) < seen:
            failures.put(f"{len(held)} after {seen}, wrong: {wrong[:3]}")
            return
        seen = len(held)


@pytest.mark.slow
def test_many_processes_at_once_lose_and_double_nothing(tmp_path: Path):
    done, failures = _spawn.Event(), _spawn.Queue()
    others = [_spawn.Process(target=compact, args=(tmp_path, done)) for _ in range(2)]
    others.append(_spawn.Process(target=read, args=(tmp_path, done, failures)))
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

    assert [process.exitcode for process in [*others, *writers]] == [0] * 7
    assert failures.empty()
    expected = first_received(one for writer in range(WRITERS) for batch in batches_of(writer) for one in batch)
    assert everything(Lake(objects)) == expected
    assert objects.list(RAW) == []
    assert sum(from_parquet(objects.get(key)).num_rows for key in objects.list(READINGS)) == len(expected)
