"""A window of the past: the course of signals, how counters rose, and the states of machines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from edge.files import FileObjects
from lineside.errors import Refused
from lineside.lake import Lake
from lineside.lake.history import Bucket, History, Rise
from lineside.lake.memory import MemoryObjects
from lineside.lake.objects import ObjectStore
from lineside.lake.runs import UNKNOWN, Run
from lineside.telemetry.reading import Reading
from tests.lake.readings import HOUR_US, LINE, SECOND_US, SITE, SIX_US, reading

MINUTE_US = 60 * SECOND_US


@pytest.fixture(params=["on this machine", "far away"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    return FileObjects(tmp_path / "lake") if request.param == "on this machine" else MemoryObjects()


@pytest.fixture
def history(objects: ObjectStore, tmp_path: Path) -> History:
    return History(objects, tmp_path / "scratch")


def store(objects: ObjectStore, *batches: list[Reading]) -> Lake:
    lake = Lake(objects)
    for number, batch in enumerate(batches):
        lake.append(SITE, LINE, batch, f"batch-{number}")
    return lake


def ramp(seconds: range, device: str = "Oven") -> list[Reading]:
    """One degree a minute, told every ten seconds."""
    return [reading(second, 20 + second / 60, device) for second in seconds]


STORED = ["appended", "compacted", "an hour of each", "late beside compacted"]


def settle(objects: ObjectStore, lake: Lake, how: str) -> None:
    if how != "appended":
        lake.compact(SITE, LINE, SIX_US + (1 if how == "an hour of each" else 9) * HOUR_US, 0)
    if how == "late beside compacted":
        late = [reading(0, 999.0, received=9_999), reading(3_590, 999.0, received=9_999), reading(7_300, 1.0)]
        lake.append(SITE, LINE, late, "late")


@pytest.mark.parametrize("how", STORED)
def test_a_window_tells_the_course_of_a_signal_whatever_became_of_its_files(
    objects: ObjectStore, history: History, how: str
):
    lake = store(objects, ramp(range(1_800, 5_400, 10)), ramp(range(0, 1_800, 10)), ramp(range(900, 2_000, 10)))
    settle(objects, lake, how)

    (trace,) = history.traces(SITE, LINE, "Oven", None, SIX_US, SIX_US + 5_400 * SECOND_US, 3)

    summary = trace.summary
    assert (summary.attribute, summary.unit, summary.count) == ("Temperature", "CEL", 540)
    assert (summary.first, summary.low, summary.high) == (20.0, 20.0, pytest.approx(20 + 5_390 / 60))
    assert (summary.last, summary.last_us) == (summary.high, SIX_US + 5_390 * SECOND_US)
    assert summary.trend_per_hour == pytest.approx(60.0)
    assert [bucket.start_us - SIX_US for bucket in trace.buckets] == [0, 1_800 * SECOND_US, 3_600 * SECOND_US]
    assert trace.buckets[1] == Bucket(SIX_US + 1_800 * SECOND_US, pytest.approx(64.9167, abs=1e-3), 50.0,
                                      pytest.approx(79.8333, abs=1e-3), 180)  # fmt: skip


def test_the_end_of_a_window_is_not_in_it(objects: ObjectStore, history: History):
    store(objects, ramp(range(0, 100, 10)))

    (summary,) = history.summaries(
        SITE, LINE, "Oven", ["Temperature"], SIX_US + 10 * SECOND_US, SIX_US + 30 * SECOND_US
    )

    assert (summary.count, summary.first, summary.last_us) == (2, pytest.approx(20 + 1 / 6), SIX_US + 20 * SECOND_US)


def test_text_and_truth_are_told_as_they_are_and_have_no_mean(objects: ObjectStore, history: History):
    store(
        objects,
        [reading(second, text, attribute="State", unit="") for second, text in ((0, "Running"), (5, "Down"))],
        [reading(second, shut, attribute="Door", unit="") for second, shut in ((0, True), (5, False))],
    )

    door, state = history.summaries(SITE, LINE, "Oven", None, SIX_US, SIX_US + HOUR_US)

    assert (door.attribute, door.last, door.mean, door.count) == ("Door", False, None, 2)
    assert (state.attribute, state.last, state.low, state.first, state.count) == ("State", "Down", None, None, 2)


def test_bad_readings_tell_nothing_and_few_have_no_trend(objects: ObjectStore, history: History):
    store(objects, [reading(0, 1.0), reading(5, 3.0), reading(9, 1e9, quality="bad")])

    (summary,) = history.summaries(SITE, LINE, "Oven", None, SIX_US, SIX_US + HOUR_US)

    assert (summary.count, summary.mean, summary.last, summary.trend_per_hour) == (2, 2.0, 3.0, None)


def test_two_sources_of_one_attribute_are_two_signals(objects: ObjectStore, history: History):
    store(objects, [reading(0, 1.0), reading(0, 2.0, dataset="spare"), reading(0, 3.0, attribute="speed@belt")])

    def names(wanted: list[str] | None) -> list[str]:
        return [one.attribute for one in history.summaries(SITE, LINE, "Oven", wanted, SIX_US, SIX_US + HOUR_US)]

    assert names(None) == ["Temperature", "Temperature@spare", "speed@belt"]
    assert names(["Temperature"]) == ["Temperature", "Temperature@spare"]
    assert names(["Temperature@spare", "speed@belt"]) == ["Temperature@spare", "speed@belt"]
    assert names([]) == names(["' OR 1=1 --"]) == []


def test_numbers_in_two_units_are_not_mixed(objects: ObjectStore, history: History):
    store(objects, [reading(0, 68.0, unit="FAH"), reading(5, 20.0), reading(10, 21.0), reading(15, "ERR", unit="")])

    (trace,) = history.traces(SITE, LINE, "Oven", None, SIX_US, SIX_US + HOUR_US, 3_600)

    assert (trace.summary.unit, trace.summary.mean, trace.summary.last) == ("CEL", 20.5, "ERR")
    assert [bucket.mean for bucket in trace.buckets] == [20.0, 21.0]


def test_a_window_where_nothing_was_said_is_empty(objects: ObjectStore, history: History):
    store(objects, ramp(range(0, 100, 10)))

    assert history.traces(SITE, LINE, "Oven", None, SIX_US + HOUR_US, SIX_US + 99 * HOUR_US, 10) == []
    assert history.summaries(SITE, LINE, "Nobody", None, SIX_US, SIX_US + HOUR_US) == []
    with pytest.raises(Refused, match="31 days"):
        history.summaries(SITE, LINE, "Oven", None, SIX_US, SIX_US + 31 * 24 * HOUR_US + 1)


@pytest.mark.parametrize("how", STORED)
def test_a_counter_that_begins_again_goes_on_counting(objects: ObjectStore, history: History, how: str):
    values = [100, 110, 120, 5, 15, 14, 20, 0, 24, 30]
    lake = store(objects, [reading(60 * at, float(value), attribute="Total") for at, value in enumerate(values)])
    settle(objects, lake, how)

    rises = history.rises(SITE, LINE, "Oven", ["Total", "Never"], SIX_US, SIX_US + HOUR_US, MINUTE_US)

    steps = [0, 10, 10, 5, 10, 0, 6, 0, 4, 6]
    assert rises == {"Total": [Rise(SIX_US + at * MINUTE_US, by) for at, by in enumerate(steps)]}


def test_a_counter_that_was_misread_once_counts_nothing_for_it(objects: ObjectStore, history: History):
    store(objects, [reading(at, float(value), attribute="Total") for at, value in enumerate((100, 30, 110, 115))])

    rises = history.rises(SITE, LINE, "Oven", ["Total"], SIX_US, SIX_US + HOUR_US, HOUR_US)

    assert rises == {"Total": [Rise(SIX_US, 15.0, 4)]}


def said(state: str, seconds: range, device: str = "Oven") -> list[Reading]:
    return [reading(second, state, device, "State", unit="") for second in seconds]


def runs(history: History, until: int, start: int = 0, device: str = "Oven") -> list[tuple[str, float, float]]:
    told = history.state_runs(SITE, LINE, {device: "State"}, SIX_US + start * SECOND_US, SIX_US + until * SECOND_US)
    return [(run.state, (run.start_us - SIX_US) / 1e6, (run.end_us - SIX_US) / 1e6) for run in told[device]]


@pytest.mark.parametrize("how", STORED)
def test_states_have_no_holes_and_silence_is_unknown(objects: ObjectStore, history: History, how: str):
    lake = store(
        objects,
        said("Down ", range(3_300, 3_700, 5)),
        [*said("Running", range(0, 3_300, 5)), *said("RUNNING", range(3_700, 4_000, 5))],
        said("Running", range(5_000, 5_100, 5)),
    )
    settle(objects, lake, how)

    assert runs(history, 5_400) == [
        ("running", 0, 3_300), ("down", 3_300, 3_700), ("running", 3_700, 4_000), (UNKNOWN, 4_000, 5_000),
        ("running", 5_000, 5_100), (UNKNOWN, 5_100, 5_400),
    ]  # fmt: skip


def test_what_held_before_the_window_holds_when_it_begins(objects: ObjectStore, history: History):
    store(objects, said("Blocked", range(0, 3_601, 5)))

    assert runs(history, 3_605, start=3_602) == [("blocked", 3_602, 3_605)]


def test_a_machine_never_heard_is_unknown_throughout(objects: ObjectStore, history: History):
    store(objects, said("Running", range(0, 100, 5)))

    assert runs(history, 100, device="Mixer") == [(UNKNOWN, 0, 100)]


CHANGES = [(0, "Running"), (40, "Down"), (700, "Running"), (720, "Starved"), (2_000, "Running")]


def on_a_change() -> list[Reading]:
    return [reading(second, state, attribute="State", unit="") for second, state in CHANGES]


def test_a_machine_that_speaks_only_on_a_change_holds_its_word(objects: ObjectStore, history: History):
    store(objects, on_a_change())

    assert runs(history, 3_600)[-1] == ("running", 2_000, 3_600)


def test_its_other_readings_tell_when_it_was_gone(objects: ObjectStore, history: History):
    store(objects, on_a_change(), ramp(range(0, 3_000, 10)))

    assert runs(history, 3_600)[-2:] == [("running", 2_000, 3_000), (UNKNOWN, 3_000, 3_600)]


def test_a_word_whose_habit_nobody_knows_holds_an_hour(objects: ObjectStore, history: History):
    store(objects, said("Running", range(0, 2)))

    assert runs(history, 3_600) == [("running", 0, 3_600)]
    assert runs(history, 3 * 3_600) == [("running", 0, 1), (UNKNOWN, 1, 3 * 3_600)]


def test_a_damaged_file_hides_no_other_and_is_told(tmp_path: Path):
    objects = FileObjects(tmp_path)
    lake = store(objects, ramp(range(0, 3_600, 10)), ramp(range(3_600, 7_200, 10)), ramp(range(7_200, 7_300, 10)))
    lake.compact(SITE, LINE, SIX_US + 2 * HOUR_US, 0)
    first, _ = objects.list("readings/")
    (third,) = objects.list("raw/")
    whole = objects.path(first).read_bytes()
    objects.path(first).write_bytes(whole[:700])
    objects.path(third).write_bytes(b"no Parquet at all")
    history = History(objects)

    (summary,) = history.summaries(SITE, LINE, "Oven", None, SIX_US, SIX_US + 3 * HOUR_US)
    told = history.damaged.told()
    objects.path(first).write_bytes(whole)
    (mended,) = history.summaries(SITE, LINE, "Oven", None, SIX_US, SIX_US + 3 * HOUR_US)

    assert (summary.count, mended.count) == (360, 720)
    assert [first in sentence or third in sentence for sentence in told] == [True, True]
    assert len(history.damaged.told()) == 1


def test_what_is_appended_is_remembered_and_forgotten(objects: ObjectStore, tmp_path: Path):
    lake = store(objects, *(ramp(range(at, at + 100, 10)) for at in range(0, 1_000, 100)))
    history = History(objects, tmp_path / "scratch", live_rows=25)

    def count() -> int:
        (summary,) = history.summaries(SITE, LINE, "Oven", None, SIX_US, SIX_US + HOUR_US)
        return summary.count

    counts = [count(), count()]
    lake.append(SITE, LINE, ramp(range(1_000, 1_050, 10)), "more")
    counts.append(count())
    lake.compact(SITE, LINE, SIX_US + 9 * HOUR_US, 0)

    assert [*counts, count()] == [100, 100, 105, 105]


def test_what_compaction_took_away_is_not_remembered_for_ever(tmp_path: Path):
    objects = FileObjects(tmp_path)
    lake = store(objects, ramp(range(0, 100, 10)), ramp(range(100, 150, 10)))
    history = History(objects)

    def asked() -> tuple[int, int]:
        (summary,) = history.summaries(SITE, LINE, "Oven", None, SIX_US, SIX_US + HOUR_US)
        return summary.count, history.remembered

    before = asked()
    lake.compact(SITE, LINE, SIX_US + 9 * HOUR_US, 0)

    assert (before, asked()) == ((15, 15), (15, 0))


def test_a_scratch_folder_stays_small(tmp_path: Path):
    objects = MemoryObjects()
    store(objects, *(ramp(range(hour * 3_600, hour * 3_600 + 100, 10)) for hour in range(6)))
    history = History(objects, tmp_path, scratch_bytes=1)

    (summary,) = history.summaries(SITE, LINE, "Oven", None, SIX_US, SIX_US + 6 * HOUR_US)

    assert summary.count == 60
    assert [*tmp_path.rglob("*.parquet")] == []


def test_several_threads_ask_while_files_come_and_go(tmp_path: Path):
    objects = FileObjects(tmp_path)
    lake = store(objects, *(ramp(range(at, at + 100, 10)) for at in range(0, 2_000, 100)))
    history = History(objects)

    def count(number: int) -> int:
        if number == 10:
            lake.compact(SITE, LINE, SIX_US + 9 * HOUR_US, 0)
        (summary,) = history.summaries(SITE, LINE, "Oven", None, SIX_US, SIX_US + HOUR_US)
        return summary.count

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(count, range(30))) == {200}


def test_rows_in_any_order_give_the_same_runs_as_in_order(tmp_path: Path):
    readings = [
        *said("Running", range(0, 500, 5)),
        *said("Down", range(500, 600, 5)),
        *said("Idle", range(700, 900, 5)),
    ]
    shuffled = Random(7).sample(readings, len(readings))
    orders = (("in order", [readings]), ("shuffled", [shuffled[at : at + 30] for at in range(0, len(readings), 30)]))

    told = []
    for name, batches in orders:
        objects = FileObjects(tmp_path / name)
        store(objects, *batches)
        told.append(History(objects).state_runs(SITE, LINE, {"Oven": "State"}, SIX_US, SIX_US + HOUR_US)["Oven"])

    assert told[0] == told[1]
    assert told[0][2] == Run(UNKNOWN, SIX_US + 600 * SECOND_US, SIX_US + 700 * SECOND_US)
