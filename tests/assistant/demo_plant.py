"""The demo plant as a person finds it: the simulated cookie line through the real decoder, lake, twin and advisor.

Everything is computed once per test session from the run that `samples/questions.yaml` describes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from edge.sqlite_alarms import Records, SqliteAdvisoryStore, SqliteAlarmStore, SqliteMemoryStore
from edge.sqlite_twin import SqliteTwin
from lineside.advice.advisor import Advisor
from lineside.advice.model import Notification
from lineside.advice.sops import Sops
from lineside.lake import Lake
from lineside.lake.memory import MemoryObjects
from lineside.site.model import Site
from lineside.telemetry.decode import Origin, decode
from lineside.telemetry.reading import Reading
from simulator.faults import Fault, parse_fault
from simulator.run import START, Sample, simulate

SECOND_US = 1_000_000


@dataclass
class _Silent:
    told: list[Notification] = field(default_factory=list)

    def notify(self, notification: Notification) -> None:
        self.told.append(notification)


@dataclass(frozen=True)
class Run:
    """A run of the simulated line, watched up to `now_us`."""

    site: Site
    line: str
    seed: int
    faults: tuple[Fault, ...]
    start_us: int
    now_us: int
    objects: MemoryObjects
    lake: Lake
    twin: SqliteTwin
    alarms: SqliteAlarmStore
    advisories: SqliteAdvisoryStore
    memory: SqliteMemoryStore

    @property
    def now_seconds(self) -> int:
        """How long the run has lasted."""
        return (self.now_us - self.start_us) // SECOND_US

    def us(self, second: float) -> int:
        """A second of the run as a time."""
        return self.start_us + int(second * SECOND_US)


def play(
    site: Site,
    sops: Sops,
    *,
    seed: int,
    seconds: int,
    faults: Sequence[str],
    tick_seconds: int = 60,
    start: datetime = START,
) -> Run:
    """Run the line for so many seconds, store and watch it, and stop there: what is wrong then is still wrong."""
    line_id = site.lines[0].id
    parsed = tuple(parse_fault(fault) for fault in faults)
    samples = simulate(np.random.default_rng(seed), parsed, seconds, start=start)
    readings = list(_readings(site, samples))
    objects, twin, records = MemoryObjects(), SqliteTwin(), Records()
    lake = Lake(objects, exact=True)
    lake.append(site.site, line_id, sorted(readings, key=lambda reading: reading.observed_us), "run")
    twin.update(site.site, line_id, readings)
    start_us = int(start.timestamp()) * SECOND_US
    run = Run(
        site, line_id, seed, parsed, start_us, start_us + seconds * SECOND_US, objects, lake, twin,
        SqliteAlarmStore(records), SqliteAdvisoryStore(records), SqliteMemoryStore(records),
    )  # fmt: skip
    advisor = Advisor(site, lake, run.alarms, run.advisories, run.memory, _Silent(), sops)
    for second in range(tick_seconds, seconds + 1, tick_seconds):
        advisor.tick(line_id, run.us(second))
    return run


def _readings(site: Site, samples: Iterator[Sample]) -> Iterator[Reading]:
    for sample in samples:
        received_us = int(sample.at.timestamp()) * SECOND_US
        for message in sample.messages:
            origin = Origin(site, received_us=received_us)
            yield from decode(message.encode(), origin).readings
