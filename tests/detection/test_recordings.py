"""Detection on the real recordings, over five tick phases, by the operator's score. One default setting for all."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks.data import read_recording
from benchmarks.detection import PHASES, load_evaluate, replay, score, session_starts
from lineside.site.model import Line, Machine

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def evaluate(shared_data: Path) -> ModuleType:
    module = load_evaluate(shared_data)
    if module is None:
        pytest.skip("the operator's score is not beside the recordings")
    return module


@pytest.mark.parametrize(("cut_minutes", "most_false"), [(0, 2.5), (4, 5), (8, 5)])
def test_the_pump_testbed(shared_data: Path, evaluate: ModuleType, cut_minutes: int, most_false: float):
    whole = read_recording(shared_data / "skab" / "telemetry.csv")
    _, incidents = evaluate.load(str(shared_data / "skab"))
    recording = whole.without(session_starts(incidents, cut_minutes)) if cut_minutes else whole

    found = score(evaluate, recording, incidents, [replay(recording, phase_seconds=phase) for phase in PHASES], "pump")

    assert found.incidents == 12
    assert found.hit >= 10
    assert found.false_per_shift <= most_false
    assert found.outlasts_minutes <= 10


def test_a_machine_temperature(shared_data: Path, evaluate: ModuleType):
    recording = read_recording(shared_data / "nab" / "telemetry.csv").of("machine-temperature")
    _, incidents = evaluate.load(str(shared_data / "nab"))

    found = score(
        evaluate, recording, incidents, [replay(recording, phase_seconds=phase) for phase in PHASES], "machine"
    )

    assert (found.hit, found.incidents) == (2, 2)
    assert found.false_per_shift <= 0.05
    assert found.outlasts_minutes <= 10


@pytest.mark.parametrize("phase", PHASES)
def test_the_signals_of_the_cookie_line_are_silent_for_the_hour(shared_data: Path, phase: float):
    recording = read_recording(shared_data / "cookie-factory" / "telemetry.csv")

    found = replay(recording, cookie_line(shared_data), phase_seconds=phase)

    assert [alarm.key for alarm in found if alarm.finding.kind not in ("stop", "slow")] == []


def cookie_line(shared_data: Path) -> Line:
    told = json.loads((shared_data / "cookie-factory" / "line.json").read_text())
    feeds: dict[str, list[str]] = defaultdict(list)
    for feeder, fed in told["feeds"]:
        feeds[feeder].append(fed)
    machines = (Machine(id=name, feeds=tuple(feeds[name]), buffer=name in told["buffers"]) for name in told["machines"])
    return Line(id="line-1", machines=tuple(machines))
