"""The real hour of a cookie line: 89 stop episodes, three long stops, one that explains the rest."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from lineside.alarms.cause import Incident, explain
from lineside.detection.slow import find_slow
from lineside.detection.stops import find_stops
from lineside.lake.window import Series, SeriesKey, Window
from lineside.line.flow import Fault, losses
from lineside.line.states import SECOND_US, StateHistory, advance
from lineside.site.model import Line, Machine

pytestmark = pytest.mark.data

CONVEYOR, INSPECTOR, FORMER = "Vertical Conveyor", "Cookie Inspector", "Cookie Former"
OUTAGE_FROM, OUTAGE_TO = 1350, 1930
HOUR = 3600
TICK = 300


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "cookie-factory"


@pytest.fixture(scope="module")
def line(folder: Path) -> Line:
    told = json.loads((folder / "line.json").read_text())
    feeds: dict[str, list[str]] = defaultdict(list)
    for feeder, follower in told["feeds"]:
        feeds[feeder].append(follower)
    return Line(id="line-1", machines=tuple(Machine(id=name, feeds=tuple(feeds[name])) for name in told["machines"]))


class Hour:
    """The states of the hour. Times are seconds since it began."""

    def __init__(self, path: Path) -> None:
        said: dict[str, list[tuple[int, str]]] = defaultdict(list)
        with path.open() as file:
            for row in csv.DictReader(file):
                if row["attribute"] == "State":
                    said[row["device"]].append(
                        (int(datetime.fromisoformat(row["timestamp"]).timestamp()), row["value"])
                    )
        self.start = min(readings[0][0] for readings in said.values())
        self._said = said

    def us(self, seconds: int) -> int:
        return (self.start + seconds) * SECOND_US

    def window(self, start: int, end: int) -> Window:
        series: dict[SeriesKey, Series] = {}
        for device, readings in self._said.items():
            inside = [(at, text) for at, text in readings if start <= at - self.start < end]
            if inside:
                times = np.array([at * SECOND_US for at, _ in inside], np.int64)
                series[device, "State", ""] = Series(times, np.full(len(times), np.nan), [text for _, text in inside])
        return Window(self.us(start), self.us(end), series)


@pytest.fixture(scope="module")
def hour(folder: Path) -> Hour:
    return Hour(folder / "telemetry.csv")


def ticks(hour: Hour, line: Line, phase: int) -> Iterator[tuple[int, list[Incident]]]:
    history = StateHistory()
    for now in range(phase or TICK, HOUR + TICK, TICK):
        advance(history, hour.window(max(0, now - TICK), now), line, hour.us(now))
        findings = [*find_stops(history, line, hour.us(now)), *find_slow(history, line, hour.us(now))]
        yield now, explain(line, history, findings, hour.us(now))


@pytest.mark.parametrize("phase", [0, 60, 120, 180, 240])
def test_the_hour_has_three_incidents_and_the_conveyor_is_found_in_time(hour: Hour, line: Line, phase: int):
    first: dict[tuple[str, int], tuple[int, Incident]] = {}
    for now, incidents in ticks(hour, line, phase):
        for incident in incidents:
            first.setdefault((incident.device, incident.onset_us), (now, incident))

    assert sorted(device for device, _ in first) == ["Box Erector", "Labeller", CONVEYOR]
    found, _ = first[CONVEYOR, hour.us(OUTAGE_FROM)]
    assert found <= OUTAGE_FROM + 300 + TICK


def test_the_conveyor_has_the_inspector_and_the_former_among_its_victims(hour: Hour, line: Line):
    by_then = [one for _, incidents in ticks(hour, line, 0) for one in incidents if one.device == CONVEYOR]

    assert {INSPECTOR, FORMER, "Freezer Tunnel", "Box Erector", "Liner Inserter"} <= {
        victim.device for victim in by_then[0].victims
    }
    assert by_then[-1].lost_seconds == OUTAGE_TO - OUTAGE_FROM


@pytest.mark.parametrize(("device", "during", "with_the_wave"), [(INSPECTOR, 490, 505), (FORMER, 475, 490)])
def test_the_outage_explains_the_blocked_seconds_that_are_known(
    hour: Hour, line: Line, device: str, during: int, with_the_wave: int
):
    history = advance(StateHistory(), hour.window(0, 2400), line, hour.us(2400))
    outage = Fault(CONVEYOR, hour.us(OUTAGE_FROM), hour.us(OUTAGE_TO))

    lost = [loss for loss in losses(line, history, [outage], hour.us(1000), hour.us(2400)) if loss.fault == outage]

    blocked = [(one.start_us, one.end_us) for one in lost if one.device == device and one.state == "blocked"]
    assert sum(min(end, outage.end_us) - start for start, end in blocked) == during * SECOND_US
    assert sum(end - start for start, end in blocked) == with_the_wave * SECOND_US
