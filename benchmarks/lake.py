"""How fast the lake answers at ten million readings: a day of one line with a hundred machines.

A machine has eight signals. Twenty-three hours are compacted, as a day of a running plant is; the last one is what a
gateway appended every ten seconds. Times are medians of fifty, wall and (processor); the files are in the disk cache.
What the console asks of a line's past is measured by `history.py`.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.history import bench as bench_history
from benchmarks.history import median_of
from edge.files import FileObjects
from lineside.lake.history import History
from lineside.lake.lake import Lake
from lineside.lake.paths import HOUR_US, Hour
from lineside.lake.schema import INSTANT, SCHEMA, to_parquet
from lineside.telemetry.reading import Reading

SITE, LINE = "bakery-north", "line-1"
DAY_US = 1_740_960_000_000_000
"""2025-03-03T00:00:00Z."""
MACHINES, SIGNALS = 100, 8
BATCH_US = 10_000_000
FIVE_MINUTES_US = 300_000_000
MACHINE_NAMES = [f"machine {number:03d}" for number in range(MACHINES)]
SIGNAL_NAMES = [f"signal {number}" for number in range(SIGNALS)]


@dataclass(frozen=True)
class Plant:
    """A lake on disk that holds `rows` readings, `step_us` between two of one signal."""

    objects: FileObjects
    rows: int
    step_us: int
    seconds_a_row: float
    cpu_a_row: float


def bench() -> list[tuple[str, str]]:
    figures: list[tuple[str, str]] = []
    medians: dict[int, dict[str, float]] = {}
    for rows in (1_000_000, 10_000_000):
        with tempfile.TemporaryDirectory(prefix="lineside-bench-") as folder:
            print(f"  writing {rows:,} readings ...", flush=True)
            plant = _written(Path(folder), rows)
            medians[rows] = {}
            for label, (wall, cpu) in _questions(plant):
                medians[rows][label] = wall
                figures.append((f"{rows // 1_000_000}M rows: {label}", f"{wall * 1e3:.2f} ms ({cpu * 1e3:.2f} ms)"))
            append = f"{plant.seconds_a_row * 1e6:.2f} us ({plant.cpu_a_row * 1e6:.2f} us)"
            figures.append((f"{rows // 1_000_000}M rows: append, synced to disk, per reading", append))
    small, large = medians.values()
    growth = ", ".join(f"{large[label] / small[label]:.1f}" for label in small)
    return [*figures, ("10M over 1M, in the order above", growth), *bench_history()]


def _questions(plant: Plant) -> Iterator[tuple[str, tuple[float, float]]]:
    objects, machines = plant.objects, iter(MACHINE_NAMES * 20)
    compacted_us, now_us = DAY_US + 17 * HOUR_US + HOUR_US // 2, DAY_US + 24 * HOUR_US

    def five_minutes(lake: Lake, machine: str, end_us: int) -> None:
        window = lake.window(SITE, LINE, end_us - FIVE_MINUTES_US, end_us, [machine])
        assert len(window.series) == SIGNALS

    kept = Lake(objects)
    yield (
        "5 min of a machine, nothing read before",
        median_of(lambda: five_minutes(Lake(objects), next(machines), compacted_us)),
    )
    yield "5 min of a machine, hour read before", median_of(lambda: five_minutes(kept, next(machines), compacted_us))
    yield (
        "last 5 min, live hour, nothing read before",
        median_of(lambda: five_minutes(Lake(objects), next(machines), now_us)),
    )
    yield (
        "last 5 min, live hour, by the process that watches it",
        median_of(lambda: five_minutes(kept, next(machines), now_us)),
    )
    yield from _days(plant, now_us)


def _days(plant: Plant, now_us: int) -> Iterator[tuple[str, tuple[float, float]]]:
    def day(history: History) -> None:
        means = history.hourly_means(SITE, LINE, SIGNAL_NAMES[3], DAY_US, now_us)
        assert len(means) == 24

    history = History(plant.objects)
    yield "a day of hourly means, last hour still appended to", median_of(lambda: day(history))
    Lake(plant.objects).compact(SITE, LINE, now_us, 0)
    yield "a day of hourly means", median_of(lambda: day(history))
    yield "a day of hourly means, nothing read before", median_of(lambda: day(History(plant.objects)), times=9)


def _written(folder: Path, rows: int) -> Plant:
    step_us = 24 * HOUR_US * MACHINES * SIGNALS // rows
    objects = FileObjects(folder)
    for hour in range(23):
        start_us = DAY_US + hour * HOUR_US
        FileObjects(folder, durable=False).put(Hour(SITE, LINE, start_us).compacted, _an_hour(start_us, step_us))
    wall, cpu, appended = _append_the_last(objects, step_us)
    return Plant(objects, rows, step_us, wall / appended, cpu / appended)


def _an_hour(start_us: int, step_us: int) -> bytes:
    """One sorted, compacted hour straight as columns."""
    each = HOUR_US // step_us
    series = np.repeat(np.arange(MACHINES * SIGNALS, dtype=np.int32), each)
    chance = np.random.default_rng(start_us // HOUR_US)
    observed = start_us + np.tile(np.arange(each) * step_us, MACHINES * SIGNALS) + series * 37
    walks = chance.normal(size=(MACHINES * SIGNALS, each)).cumsum(axis=1) * 0.1
    zeros = np.zeros(len(series), np.int32)
    columns = dict.fromkeys(("dataset", "source_unit", "reason", "flags"), _named(zeros, [""])) | {
        "device": _named(series // SIGNALS, MACHINE_NAMES),
        "attribute": _named(series % SIGNALS, SIGNAL_NAMES),
        "observed_at": pa.array(observed).view(INSTANT),
        "received_at": pa.array(observed + 400_000).view(INSTANT),
        "value_number": np.round(walks.ravel() + 20, 2),
        "value_text": pa.nulls(len(series), SCHEMA.field("value_text").type),
        "source_value": pa.nulls(len(series), SCHEMA.field("source_value").type),
        "value_kind": _named(zeros, ["number"]),
        "unit": _named(zeros, ["CEL"]),
        "quality": _named(zeros, ["good"]),
    }
    return to_parquet(pa.table([columns[name] for name in SCHEMA.names], schema=SCHEMA))


def _named(codes: np.typing.NDArray[np.int32], names: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names))


def _append_the_last(objects: FileObjects, step_us: int) -> tuple[float, float, int]:
    """The last hour through `append`: wall and processor seconds, and the readings."""
    lake, wall, cpu, appended = Lake(objects, exact=True), 0.0, 0.0, 0
    start_us = DAY_US + 23 * HOUR_US
    for batch_us in range(start_us, start_us + HOUR_US, BATCH_US):
        batch = _a_batch(batch_us, start_us, step_us)
        before, cpu_before = time.perf_counter(), time.process_time()
        lake.append(SITE, LINE, batch, f"bench-{batch_us}")
        wall, cpu = wall + time.perf_counter() - before, cpu + time.process_time() - cpu_before
        appended += len(batch)
    return wall, cpu, appended


def _a_batch(batch_us: int, start_us: int, step_us: int) -> list[Reading]:
    first = -(-(batch_us - start_us) // step_us)
    instants = range(start_us + first * step_us, batch_us + BATCH_US, step_us)
    return [
        Reading(machine, signal, at_us + 37 * number, 20.0 + number, "CEL", received_us=batch_us + BATCH_US)
        for at_us in instants
        for number, machine in enumerate(MACHINE_NAMES)
        for signal in SIGNAL_NAMES
    ]
