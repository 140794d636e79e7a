"""The real recordings, through everything that a plant runs, as people would have heard it.

SKAB and NAB are scored by the evaluator that lies beside them, over five tick phases, because a recording does not
know when the advisor happens to look.
"""

from __future__ import annotations

import csv
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from types import ModuleType

import pytest

from edge.replay import Recording, Replayed, play, record
from lineside.advice.sops import Sops, read_sops
from lineside.site import Site, read_site
from lineside.telemetry.timestamps import parse

pytestmark = pytest.mark.data

PHASES = (60, 120, 180, 240, 300)
NOW_US = 1_760_000_000_000_000
GRACE_US = 300_000_000
OUTLASTS_US = 600_000_000
SESSION_BEFORE_FAULT_US = 600_000_000


@dataclass
class Scores:
    """One recording over the tick phases: the averages, and the alarms that stood too long after their incident."""

    detected: float
    false_per_shift: float
    outlasting: int
    replayed: list[Replayed]


@pytest.fixture(scope="module")
def evaluator(shared_data) -> ModuleType:
    file = shared_data.parent / "bench" / "evaluate.py"
    if not file.is_file():
        pytest.skip(f"the evaluator is not at {file}")
    spec = importlib.util.spec_from_file_location("evaluate", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def recorded(file: Path, site: Site | None = None) -> Recording:
    if not file.is_file():
        pytest.skip(f"there is no recording at {file}")
    return record([file], site or Site(site="replay"), NOW_US)


def scored(evaluator: ModuleType, folder: Path, phases: tuple[int, ...] = PHASES, pick: str = "") -> Scores:
    """The evaluator's averages over the phases for the devices whose name begins with `pick`."""
    recording = recorded(folder / "telemetry.csv")
    times, incidents = evaluator.load(str(folder))
    runs = [play(recording, Sops(), first_tick_seconds=phase) for phase in phases]
    totals = []
    for run in runs:
        notes = [(told.notified_us / 1e6, told.device) for told in run.notifications]
        score = evaluator.score(times, incidents, notes)
        totals.append(evaluator.total({device: score[device] for device in score if device.startswith(pick)}))
    outlasting = sum(_outlasting(run, incidents) for run in runs)
    return Scores(
        mean(total["detected"] for total in totals),
        mean(total["false_per_shift"] for total in totals),
        outlasting,
        runs,
    )


def _outlasting(run: Replayed, incidents: list[dict]) -> int:
    """Alarms raised in an incident (or its grace) that stand for more than ten minutes after its end."""
    return sum(
        alarm.device == incident["device"]
        and incident["s"] * 1e6 <= alarm.raised_us <= incident["e"] * 1e6 + GRACE_US
        and (not alarm.cleared_us or alarm.cleared_us > incident["e"] * 1e6 + OUTLASTS_US)
        for alarm in run.alarms
        for incident in incidents
    )


def without_the_first(minutes: int, folder: Path, into: Path) -> Path:
    """The recording with the first minutes of each session cut; a fault is provoked ten minutes into its session."""
    (into / "incidents.csv").write_bytes((folder / "incidents.csv").read_bytes())
    with (folder / "incidents.csv").open() as opened:
        sessions = [parse(incident["start"]) - SESSION_BEFORE_FAULT_US for incident in csv.DictReader(opened)]
    cut = [range(start_us, start_us + minutes * 60_000_000) for start_us in sessions]
    with (folder / "telemetry.csv").open() as opened, (into / "telemetry.csv").open("w") as kept:
        kept.write(next(opened))
        kept.writelines(row for row in opened if not any(parse(row.split(",", 1)[0]) in hole for hole in cut))
    return into


# --- the cookie hour ------------------------------------------------------------------------------------------------

OUTAGE_FROM, OUTAGE_UNTIL = parse("2025-03-03T06:22:30Z"), parse("2025-03-03T06:32:10Z")


@pytest.fixture(scope="module")
def cookie_hour(shared_data) -> Recording:
    samples = Path(__file__).parents[2] / "samples"
    return recorded(shared_data / "cookie-factory" / "telemetry.csv", read_site(samples / "site.yaml"))


@pytest.mark.parametrize("phase", PHASES)
def test_the_cookie_hour_is_four_messages_at_most_and_one_names_the_conveyor(cookie_hour, samples, phase):
    told = play(cookie_hour, read_sops(samples / "sops"), first_tick_seconds=phase).notifications

    assert len(told) <= 4
    outage = [each for each in told if each.notified_us in range(OUTAGE_FROM, OUTAGE_FROM + 600_000_001)]
    assert {(each.device, each.cause, each.kind) for each in outage} == {
        ("Vertical Conveyor", "Vertical Conveyor", "stop")
    }
    assert any({"Cookie Inspector", "Cookie Former"} <= set(each.affected) for each in outage)
    assert all("SOP-VC-07 rev 4" in each.message for each in outage)


def test_in_the_cookie_hour_nobody_is_told_that_a_victim_is_at_fault(cookie_hour):
    replayed = play(cookie_hour, Sops())

    during = [each for each in replayed.notifications if OUTAGE_FROM <= each.notified_us <= OUTAGE_UNTIL]
    assert {each.cause for each in during} == {"Vertical Conveyor"}
    assert {each.cause for each in replayed.notifications if each.kind == "stop"} == {
        "Box Erector",
        "Labeller",
        "Vertical Conveyor",
    }


def test_every_message_of_the_cookie_hour_can_be_read_on_a_phone(cookie_hour, samples):
    for told in play(cookie_hour, read_sops(samples / "sops")).notifications:
        assert len(told.message) <= 1600
        assert len(told.short) <= 140
        assert len(told.subject) <= 100


# --- a pump and two thermometers ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_skab_ten_of_twelve_incidents_are_told_with_few_false_messages(evaluator, shared_data):
    scores = scored(evaluator, shared_data / "skab")

    assert scores.detected >= 10
    assert scores.false_per_shift <= 2.5
    assert scores.outlasting == 0


@pytest.mark.slow
@pytest.mark.parametrize("minutes", [4, 8])
def test_skab_does_not_depend_on_where_a_session_begins(evaluator, shared_data, tmp_path, minutes):
    scores = scored(evaluator, without_the_first(minutes, shared_data / "skab", tmp_path))

    assert scores.detected >= 10
    assert scores.false_per_shift <= 5


@pytest.mark.slow
def test_nab_both_failures_of_the_machine_are_told_almost_without_a_false_message(evaluator, shared_data):
    scores = scored(evaluator, shared_data / "nab", phases=(300,), pick="machine")

    assert scores.detected == 2
    assert scores.false_per_shift <= 0.05
