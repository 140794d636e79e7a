"""A value that changed before the defects did, told from one that only wandered."""

from __future__ import annotations

import numpy as np
import pytest

from lineside.detection import changes
from lineside.detection.changes import Track
from lineside.detection.defects import TALLY_US, Tally
from lineside.detection.watch import LineMemory, watch
from lineside.lake.window import Series
from lineside.site.model import Line, Machine
from tests.detection.made import START_US, AllSeries, states, times, window

BINS = 100
DEFECTS = 85
DEFECTS_US = DEFECTS * TALLY_US
Numbers = np.ndarray


def wander(seed: int, remembers: float = 40) -> Numbers:
    """Noise that remembers so many bins; spread 1."""
    rng = np.random.default_rng(seed)
    keep, value, values = np.exp(-1 / remembers), rng.normal(), []
    for kick in rng.normal(size=BINS) * np.sqrt(1 - keep**2):
        value = keep * value + kick
        values.append(value)
    return np.array(values) + 20


def ramp(first: int, length: int = 1) -> Numbers:
    return np.clip((np.arange(BINS) - first + 1) / length, 0, 1)


def track(values: Numbers) -> Track:
    return Track("Kiln", "Heat", "CEL", TALLY_US, np.arange(BINS, dtype=np.int64) * TALLY_US, values)


def defects(first: int, share: float = 0.06) -> list[Tally]:
    return [Tally(at * TALLY_US, 200 * (share if at >= first else 0.005), 200.0) for at in range(BINS)]


@pytest.mark.parametrize("length", [1, 10, 20])
@pytest.mark.parametrize("size", [8, -8])
def test_a_change_is_found_with_its_beginning_and_both_levels(length, size):
    change = changes.find_change(track(wander(1) + size * ramp(70, length)), DEFECTS_US)

    assert change is not None
    assert abs(change.since_us / TALLY_US - 70) <= 3
    assert change.after - change.before == pytest.approx(size, abs=2)
    assert change.since_us < change.until_us


@pytest.mark.parametrize("remembers", [0.01, 10, 40, 1000])
def test_a_value_that_only_wanders_has_not_changed(remembers):
    found = [changes.find_change(track(wander(seed, remembers)), DEFECTS_US) for seed in range(8)]

    assert found == [None] * 8


def test_a_change_after_the_defects_or_long_before_them_is_none_of_theirs():
    after, before = wander(2) + 9 * ramp(90), wander(2) + 9 * ramp(30)
    horizon_bins = changes.CHANGES.horizon_us / TALLY_US

    assert changes.find_change(track(after), DEFECTS_US) is None
    assert changes.find_change(track(before), int((30 + horizon_bins + 20) * TALLY_US)) is None
    assert changes.find_change(track(before), int((30 + horizon_bins / 3) * TALLY_US)) is not None


def test_a_value_that_is_hardly_known_is_not_judged():
    few = changes.CHANGES.least_before - 5
    short = Track("Kiln", "Heat", "CEL", TALLY_US, np.arange(few + 20, dtype=np.int64) * TALLY_US, np.zeros(few + 20))

    assert changes.find_change(short, few * TALLY_US) is None


def test_defects_follow_a_value_after_the_time_that_material_takes():
    of = track(wander(3) + 8 * ramp(70))
    change = changes.find_change(of, DEFECTS_US)
    assert change is not None

    followed = changes.following(change, of, defects(78))

    assert followed.follows > 0.9
    assert abs(followed.lag_us / TALLY_US - 8) <= 2
    assert followed.evidence > 0


def test_defects_that_come_before_the_value_do_not_follow_it():
    of = track(wander(3) + 8 * ramp(70, 4))
    change = changes.find_change(of, DEFECTS_US)
    assert change is not None

    assert changes.following(change, of, defects(62)).follows == 0


def test_rejects_that_have_nothing_to_do_with_a_value_hardly_follow_it():
    rng = np.random.default_rng(4)
    of = track(wander(3) + 8 * ramp(60))
    change = changes.find_change(of, DEFECTS_US)
    assert change is not None
    chance = [Tally(at * TALLY_US, float(rng.binomial(200, 0.01)), 200.0) for at in range(BINS)]

    assert changes.following(change, of, chance).follows < changes.CHANGES.least_follow


def looked_at(first: int, share: float, pieces: int = 3, seed: int = 6) -> list[Tally]:
    """The half minutes of a camera that looks at so few pieces."""
    rng = np.random.default_rng(seed)
    chances = [share if at >= first else 0.01 for at in range(BINS)]
    return [
        Tally(at * TALLY_US, float(rng.binomial(pieces, chance)), float(pieces)) for at, chance in enumerate(chances)
    ]


@pytest.mark.parametrize("seed", range(6, 12))
def test_defects_of_which_a_camera_saw_a_few_pieces_follow_as_well(seed):
    of = track(wander(3) + 8 * ramp(60))
    change = changes.find_change(of, DEFECTS_US)
    assert change is not None

    found = changes.following(change, of, looked_at(60, 0.2, seed=seed))
    by_chance = changes.following(change, of, looked_at(0, 0.1, seed=seed))

    assert found.follows >= changes.CHANGES.least_follow
    assert by_chance.follows < found.follows


def test_where_few_pieces_leave_open_when_the_defects_began_a_change_may_have_begun_by_the_latest_time():
    of = track(wander(1) + 8 * ramp(70))
    early_us = 60 * TALLY_US

    assert changes.find_change(of, early_us) is None
    assert changes.find_change(of, early_us, by_us=72 * TALLY_US) is not None
    assert changes.find_change(of, early_us, by_us=65 * TALLY_US) is None


def remembered(series: AllSeries) -> list[Track]:
    line = Line(id="line-1", machines=(Machine(id="Kiln"),))
    memory = LineMemory()
    for minute in range(5, 61, 5):
        now_us = START_US + minute * 60_000_000
        watch(memory, window(series, memory.reads_from_us(now_us), now_us), line, now_us)
    return list(changes.tracks(memory, line, "Kiln"))


def test_counters_are_no_process_values_and_a_set_point_is_one():
    at_us = times(60, 5)
    count = np.arange(len(at_us))
    series = {
        ("Kiln", "Heat", ""): Series(at_us, np.random.default_rng(0).normal(50, 1, len(at_us)), unit="CEL"),
        ("Kiln", "Pieces", ""): Series(at_us, count * 3.0),
        ("Kiln", "Energy", ""): Series(at_us, count * 0.01, unit="KWH"),
        ("Kiln", "Bad", ""): Series(at_us, np.where(count > 400, 1.0, 0.0)),
        ("Kiln", "Wanted", ""): Series(at_us, np.where(count > 400, 210.0, 200.0), unit="CEL"),
        ("Kiln", "Fixed", ""): Series(at_us, np.full(len(at_us), 7.0), unit="CEL"),
    }

    assert [one.attribute for one in remembered(series)] == ["Heat", "Wanted"]


def test_what_a_machine_says_while_it_stands_is_not_a_change():
    at_us = times(60, 5)
    heat = np.random.default_rng(0).normal(50, 1, len(at_us))
    heat[480:600] -= 40
    series = {
        ("Kiln", "Heat", ""): Series(at_us, heat, unit="CEL"),
        ("Kiln", "State", ""): states(60, [(40, 50, "Blocked")]),
    }

    (of,) = remembered(series)

    assert of.values.min() > 40
    assert changes.find_change(of, START_US + 45 * 60_000_000) is None
