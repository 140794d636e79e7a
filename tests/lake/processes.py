"""What each process of `test_many_processes.py` does. Apart, so that a process loads nothing that it does not need."""

from __future__ import annotations

import multiprocessing
import random
from multiprocessing.synchronize import Event
from pathlib import Path

from edge.files import FileObjects
from lineside.errors import Unavailable
from lineside.lake import Lake
from lineside.lake.compact import compact_hours
from lineside.telemetry.reading import Reading
from tests.lake.readings import HOUR_US, LINE, SITE, SIX_US, contents, reading

WRITERS = 4
BATCHES = 12
NOW_US = SIX_US + 9 * HOUR_US


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
    while not done.wait(0.01):
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
