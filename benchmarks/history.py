"""How fast history answers for the console: a day of a line, a machine's last half hour, five thousand points.

A machine tells its state, a counter and five measurements every five seconds, with stops of every length. Twenty-three
hours are compacted, the last one is what a gateway appended every ten seconds. Medians of nine, wall and (processor);
the files are in the disk cache. Cold is the first question to a new process.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from edge.files import FileObjects
from lineside.lake.history import History
from lineside.lake.lake import Lake
from lineside.lake.paths import HOUR_US, Hour
from lineside.lake.schema import INSTANT, SCHEMA, to_parquet
from lineside.line.losses import Counted, best_rate, loss_tree, pacing
from lineside.site.model import Line, Machine
from lineside.telemetry.reading import Reading

SITE = "bakery-north"
DAY_US = 1_740_960_000_000_000
"""2025-03-03T00:00:00Z."""
NOW_US = DAY_US + 24 * HOUR_US
STEP_US = 5_000_000
EACH = HOUR_US // STEP_US
BATCH_US = 10_000_000
MEASURED = tuple(f"signal {number}" for number in range(5))
ATTRIBUTES = ("State", "Total", *MEASURED)
STATES = ("Running", "Blocked", "Starved", "Down")
TIMES = 9


@dataclass(frozen=True)
class Plant:
    objects: FileObjects
    line: Line
    hours: int


def bench() -> list[tuple[str, str]]:
    figures: list[tuple[str, str]] = []
    for machines, hours in ((10, 24), (10, 168), (40, 24)):
        with tempfile.TemporaryDirectory(prefix="lineside-bench-") as folder:
            print(f"  writing {hours} hours of {machines} machines ...", flush=True)
            plant = _written(Path(folder), machines, hours)
            for label, work in _questions(plant):
                history = History(plant.objects)
                cold = _median(_anew(work, plant.objects), 3)
                warm = _median(partial(work, history), TIMES)
                figures.append((f"{machines} machines, {hours} h: {label}", f"{warm}, cold {cold}"))
                history.close()
    return figures


def _questions(plant: Plant) -> Iterator[tuple[str, Callable[[History], None]]]:
    line, devices = plant.line, [machine.id for machine in plant.line.machines]

    def half_an_hour(history: History) -> None:
        start_us = NOW_US - HOUR_US // 2
        assert len(history.traces(SITE, line.id, devices[3], None, start_us, NOW_US, 300)) == len(ATTRIBUTES)

    def points(history: History) -> None:
        start_us = NOW_US - 24 * HOUR_US
        (trace,) = history.traces(SITE, line.id, devices[3], [MEASURED[0]], start_us, NOW_US, 5_000)
        assert len(trace.buckets) > 4_000

    def strip(history: History) -> None:
        start_us = NOW_US - 24 * HOUR_US
        runs = history.state_runs(SITE, line.id, dict.fromkeys(devices, "State"), start_us, NOW_US)
        assert min(map(len, runs.values())) > 100

    def losses(history: History) -> None:
        start_us = NOW_US - 24 * HOUR_US
        runs = history.state_runs(SITE, line.id, dict.fromkeys(devices, "State"), start_us, NOW_US)
        usual = history.rises(SITE, line.id, devices[3], ["Total"], NOW_US - 168 * HOUR_US, NOW_US, 60_000_000)
        made = history.rises(SITE, line.id, devices[3], ["Total"], start_us, NOW_US, 24 * HOUR_US)
        counted = Counted(devices[3], sum(rise.by for rise in made["Total"]), 0.0, best_rate(usual["Total"]))
        tree = loss_tree(line, pacing(line, runs), runs, counted, start_us, NOW_US)
        assert tree.oee is not None

    yield "last 30 min of a machine", half_an_hour
    yield "5,000 points of a day", points
    yield "states of a day, all machines", strip
    yield "states and loss tree of a day, best rate of a week", losses


def _anew(work: Callable[[History], None], objects: FileObjects) -> Callable[[], None]:
    """The question to a History that has read nothing yet."""

    def ask() -> None:
        history = History(objects)
        work(history)
        history.close()

    return ask


def _median(work: Callable[[], None], times: int) -> str:
    wall, cpu = median_of(work, times)
    return f"{wall * 1e3:.0f} ms ({cpu * 1e3:.0f} ms)"


def median_of(work: Callable[[], None], times: int = 50) -> tuple[float, float]:
    """Median wall and processor seconds, after one run that does not count."""
    work()
    spent = []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        spent.append((time.perf_counter() - wall, time.process_time() - cpu))
    return statistics.median(wall for wall, _ in spent), statistics.median(cpu for _, cpu in spent)


def _written(folder: Path, machines: int, hours: int) -> Plant:
    names = [f"machine {number:02d}" for number in range(machines)]
    line = Line(
        id="line-1",
        machines=tuple(
            Machine(id=name, feeds=(names[at + 1],) if at + 1 < machines else ()) for at, name in enumerate(names)
        ),
    )
    quick = FileObjects(folder, durable=False)
    for hour in range(hours - 1):
        start_us = NOW_US - (hours - hour) * HOUR_US
        quick.put(Hour(SITE, line.id, start_us).compacted, to_parquet(_an_hour(names, start_us)))
    _append(Lake(quick), line.id, _an_hour(names, NOW_US - HOUR_US))
    return Plant(quick, line, hours)


def _an_hour(names: list[str], start_us: int) -> pa.Table:
    """One sorted hour straight as columns."""
    series = np.repeat(np.arange(len(names) * len(ATTRIBUTES), dtype=np.int32), EACH)
    attribute = series % len(ATTRIBUTES)
    observed = pa.array(start_us + np.tile(np.arange(EACH) * STEP_US, len(names) * len(ATTRIBUTES))).view(INSTANT)
    chance = np.random.default_rng(start_us // HOUR_US)
    is_text = attribute == 0
    others = np.zeros(EACH * (len(ATTRIBUTES) - 1), np.int32)
    states = np.concatenate([part for _ in names for part in (_states(chance), others)])
    numbers = np.round(chance.normal(20.0, 1.0, len(series)), 2)
    counting = attribute == 1
    numbers[counting] = np.tile(np.arange(EACH) * 25.0, len(names)) + (start_us - DAY_US) // STEP_US * 25.0
    zeros = np.zeros(len(series), np.int32)
    columns = dict.fromkeys(("dataset", "source_unit", "reason", "flags", "unit"), _named(zeros, [""])) | {
        "device": _named(series // len(ATTRIBUTES), names),
        "attribute": _named(attribute, list(ATTRIBUTES)),
        "observed_at": observed,
        "received_at": observed,
        "value_number": pa.array(numbers, mask=is_text),
        "value_text": pa.DictionaryArray.from_arrays(pa.array(states, mask=~is_text), pa.array(STATES)),
        "value_kind": _named(is_text.astype(np.int32), ["number", "text"]),
        "source_value": pa.nulls(len(series), SCHEMA.field("source_value").type),
        "quality": _named(zeros, ["good"]),
    }
    return pa.table([columns[name] for name in SCHEMA.names], schema=SCHEMA)


def _states(chance: np.random.Generator) -> np.typing.NDArray[np.int32]:
    """An hour of one machine: running for about two minutes, then standing for about twenty seconds."""
    states: list[int] = []
    while len(states) < EACH:
        states += [0] * (1 + int(chance.exponential(24)))
        states += [int(chance.integers(1, 4))] * (1 + int(chance.exponential(4)))
    return np.array(states[:EACH], np.int32)


def _named(codes: np.typing.NDArray[np.int32], names: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(names))


def _append(lake: Lake, line: str, hour: pa.Table) -> None:
    """The hour as a gateway sends it."""
    columns = (hour.column(name).to_pylist() for name in ("device", "attribute", "value_number", "value_text"))
    times = hour.column("observed_at").chunk(0).view(pa.int64()).to_pylist()
    batches: dict[int, list[Reading]] = {}
    for at_us, device, attribute, number, text in zip(times, *columns, strict=True):
        value = number if text is None else text
        batches.setdefault(at_us // BATCH_US, []).append(Reading(device, attribute, at_us, value, received_us=at_us))
    for number, readings in sorted(batches.items()):
        lake.append(SITE, line, readings, f"bench-{number}")
