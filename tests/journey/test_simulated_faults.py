"""Fifty seeded faults on the simulated line, told by nothing but telemetry: does Lineside name the cause?

The product's own path, from bytes to alarms: decode, lake, detection, cause, alarms, advisor, with a tick every five
minutes. Each fault has a run of its own, with half an hour and more of healthy line before it; some runs hold two
faults that overlap. What is kept of a run is what was announced; the truth is measured by the simulator.

Broken variants of the same announcements must fail by the same rule, or the rule would prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from edge.sqlite_alarms import Records, SqliteAdvisoryStore, SqliteAlarmStore, SqliteMemoryStore
from lineside.advice.advisor import Advisor
from lineside.advice.model import Notification
from lineside.lake.lake import Lake
from lineside.lake.memory import MemoryObjects
from lineside.site import read_site
from lineside.site.model import Site
from lineside.telemetry.decode import Origin, decode
from simulator.faults import FAULTS, Fault, FaultKind, draw_fault
from simulator.run import START, STATE_DEVICES, Sample, simulate
from simulator.scoring import Score, Told
from simulator.telemetry import encode_batch
from simulator.truth import Truth, truth_of

pytestmark = pytest.mark.slow

FAULTS_ASKED = 50
OVERLAPPING_RUNS = 5
HEALTHY_SECONDS = (1800, 2400)
AFTERWARDS_SECONDS = 900
TICK_SECONDS = 300
SECOND_US = 1_000_000
START_US = int(START.timestamp()) * SECOND_US
SAMPLES = Path(__file__).parents[2] / "samples"

WANTED_TOP1, WANTED_PRECISION, WANTED_RECALL = 0.9, 0.8, 0.8


class Run(NamedTuple):
    """One simulated run: what truly happened, the alarms as they stood at the end, and the messages as sent."""

    truths: list[Truth]
    alarms: list[Told]
    messages: list[Told]


@dataclass
class Inbox:
    """A notifier that keeps what it is given."""

    received: list[Notification]

    def notify(self, notification: Notification) -> None:
        self.received.append(notification)


class Plant:
    """The product's own path, without sockets and disk."""

    def __init__(self, site: Site) -> None:
        self._site, self._line = site, site.lines[0].id
        records = Records()
        self._records = records
        self._lake = Lake(MemoryObjects(), exact=True)
        self.alarms = SqliteAlarmStore(records)
        self.inbox = Inbox([])
        self.rejected = 0
        self._advisor = Advisor(
            site, self._lake, self.alarms, SqliteAdvisoryStore(records), SqliteMemoryStore(records), self.inbox
        )

    def hear(self, samples: Sequence[Sample]) -> None:
        """Take in what the gateway sent, and look at the line."""
        readings = []
        for sample in samples:
            at_us = int(sample.at.timestamp()) * SECOND_US
            decoded = decode(encode_batch(sample.messages), Origin(self._site, "line-gateway", received_us=at_us))
            self.rejected += len(decoded.rejected)
            readings.extend(decoded.readings)
        self._lake.append(self._site.site, self._line, readings, f"batch-{at_us}")

    def tick(self, now_us: int) -> None:
        self._advisor.tick(self._line, now_us)

    def announced(self) -> list[Told]:
        """Every alarm that people were told of, as it stands now; of one tick's the most urgent first."""
        raised = self.alarms.history(self._site.site, self._line, 0, 2**62)
        raised.sort(key=lambda alarm: (alarm.raised_us, alarm.priority))
        return [
            Told(seconds(alarm.raised_us), alarm.kind, alarm.cause, frozenset(v.device for v in alarm.victims))
            for alarm in raised
            if alarm.notifications
        ]

    def sent(self) -> list[Told]:
        """Every message, with the victims that it named."""
        return [
            Told(seconds(m.notified_us), m.kind, m.cause, frozenset(m.affected), seconds(m.notified_us))
            for m in self.inbox.received
            if m.why == "new"
        ]

    def close(self) -> None:
        self._records.close()


def seconds(at_us: int) -> float:
    return (at_us - START_US) / SECOND_US


@pytest.fixture(scope="module")
def site() -> Site:
    """The demo plant, with the gateway that sends for its line."""
    site = read_site(SAMPLES / "site.yaml")
    (line,) = site.lines
    gateway = line.machines[0].model_copy(
        update={"id": "Line Gateway", "thing": "line-gateway", "feeds": (), "attributes": {}, "gateway": True}
    )
    return site.model_copy(update={"lines": (line.model_copy(update={"machines": (*line.machines, gateway)}),)})


def planned() -> Iterator[tuple[Fault, ...]]:
    """The kinds in turn, so that none is rare; machines, onsets, sizes and lengths by chance."""
    kinds: list[FaultKind] = list(FAULTS)
    left, turn = FAULTS_ASKED, count()
    for number in count():
        if left <= 0:
            return
        rng = np.random.default_rng([50, number])
        first = draw_fault(rng, HEALTHY_SECONDS, kinds[next(turn) % len(kinds)])
        faults: tuple[Fault, ...] = (first,)
        if number < OVERLAPPING_RUNS:
            faults = (first, overlapping(rng, first, kinds[next(turn) % len(kinds)]))
        left -= len(faults)
        yield faults


def overlapping(rng: np.random.Generator, first: Fault, kind: FaultKind) -> Fault:
    """Another fault, on another machine, that begins while the first is there."""
    while True:
        second = draw_fault(rng, (first.onset, first.ends - 60), kind)
        if second.device != first.device:
            return second
        kind = "jam"


def run_of(number: int, faults: tuple[Fault, ...], site: Site) -> Run:
    longest = max((fault.ends + fault.recovery for fault in faults), default=3600.0) + AFTERWARDS_SECONDS
    length = -(-int(longest) // TICK_SECONDS) * TICK_SECONDS
    plant = Plant(site)
    samples = list(simulate(np.random.default_rng(number), faults, length))
    a_tick = TICK_SECONDS // 5
    for first in range(0, len(samples), a_tick):
        plant.hear(samples[first : first + a_tick])
        plant.tick(START_US + (first + a_tick) * 5 * SECOND_US)
    run = Run(truth_of(number, faults, length), plant.announced(), plant.sent())
    plant.close()
    assert not plant.rejected
    return run


@pytest.fixture(scope="module")
def runs(site: Site) -> list[Run]:
    return [run_of(number, faults, site) for number, faults in enumerate(planned(), start=1)]


def score(runs: Sequence[Run], told: Callable[[Run], Sequence[Told]]) -> Score:
    scored = Score()
    for run in runs:
        scored.add(run.truths, told(run))
    return scored


def is_good(scored: Score) -> bool:
    return scored.top1 >= WANTED_TOP1 and scored.precision >= WANTED_PRECISION and scored.recall >= WANTED_RECALL


def shown(scored: Score) -> str:
    rows = [f"{kind}: faults, named, right, false, missing = {counts}" for kind, counts in scored.by_kind.items()]
    figures = f"top-1 {scored.top1:.2f}, precision {scored.precision:.2f}, recall {scored.recall:.2f}"
    return "\n".join([f"{figures}, stray {scored.stray}", *rows])


def test_the_faults_are_fifty_of_every_kind_on_every_machine(runs):
    truths = [truth for run in runs for truth in run.truths]

    assert len(truths) == FAULTS_ASKED
    assert {truth.kind for truth in truths} == set(FAULTS)
    assert {truth.cause for truth in truths} == set(STATE_DEVICES)
    assert sum(len(run.truths) > 1 for run in runs) == OVERLAPPING_RUNS


def test_alarms_name_the_cause_and_its_victims(runs):
    scored = score(runs, lambda run: run.alarms)

    assert is_good(scored), shown(scored)


def test_messages_name_the_cause_and_who_had_lost_time_by_then(runs):
    scored = score(runs, lambda run: run.messages)

    assert is_good(scored), shown(scored)


def test_hardly_anybody_is_bothered_about_something_else(runs):
    scored = score(runs, lambda run: run.messages)

    assert scored.stray <= FAULTS_ASKED / 10, shown(scored)


def test_the_same_announcements_with_shuffled_causes_fail(runs):
    rng = np.random.default_rng(0)

    def shuffled(run: Run) -> list[Told]:
        return [one._replace(cause=str(rng.choice(STATE_DEVICES))) for one in run.alarms]

    assert not is_good(score(runs, shuffled))
    assert score(runs, shuffled).top1 < 0.5


def test_calling_every_machine_a_victim_fails(runs):
    def everybody(run: Run) -> list[Told]:
        return [one._replace(victims=frozenset(STATE_DEVICES) - {one.cause}) for one in run.alarms]

    scored = score(runs, everybody)

    assert scored.precision < WANTED_PRECISION
    assert not is_good(scored)


def test_a_detector_that_is_off_fails(runs):
    scored = score(runs, lambda _: [])

    assert not is_good(scored)
    assert (scored.top1, scored.recall) == (0, 0)


def test_a_healthy_hour_stops_often_and_says_little(site):
    healthy = [run_of(number, (), site) for number in (101, 102, 103)]

    hours = len(healthy) * (3600 + AFTERWARDS_SECONDS) / 3600
    assert sum(len(run.messages) for run in healthy) / hours <= 1
