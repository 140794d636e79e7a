"""Drift over the signals of a device: what moves is told once, by name, and what is normal is not."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from lineside.lake.window import Series
from lineside.site.model import Line, Machine, RejectRate
from tests.detection.made import (
    START_US,
    AllSeries,
    appearances,
    at_minute,
    changed,
    minutes_of,
    noise,
    signal,
    states,
    ticks,
    times,
    without,
)


def pump(**attributes: Series) -> AllSeries:
    return {("Pump", name, ""): series for name, series in attributes.items()}


def drifts(series: AllSeries, line: Line | None = None, **how: float) -> list[float]:
    known = {} if line is None else {"line": line}
    return minutes_of(appearances(ticks(series, **known, **how), "drift"))  # type: ignore[arg-type]


def test_noise_alone_is_silent():
    series = pump(**{f"a{seed}": signal(480, seed=seed) for seed in range(4)})

    assert drifts(series, minutes=480) == []


def wandering(minutes: float, seed: int, memory_minutes: float = 5.0) -> Series:
    """Healthy process noise that remembers a while: an autoregressive signal, every 5 s."""
    at_us, keep = times(minutes, 5.0), float(np.exp(-5.0 / (60 * memory_minutes)))
    values = noise(len(at_us), seed, mean=0.0)
    for index in range(1, len(values)):
        values[index] = keep * values[index - 1] + np.sqrt(1 - keep**2) * values[index]
    return Series(at_us, 50.0 + values)


def test_a_signal_that_nobody_knows_yet_is_hardly_ever_called_drifting():
    told = [drifts(pump(Level=wandering(30, seed))) for seed in range(40)]

    assert sum(map(len, told)) <= 2


def test_a_clear_move_is_told_although_the_signal_is_hardly_known():
    moved = changed(signal(minutes=40), 20, 40, lambda values: values + 30)

    assert drifts(pump(Level=moved))


def test_a_move_is_told_with_what_moved_from_where_to_where():
    flow = changed(signal(90, unit="L2"), 62, 75, lambda value: value - 8)

    ((minute, finding),) = appearances(ticks(pump(Flow=flow, Voltage=signal(90, seed=1)), minutes=90), "drift")

    (evidence,) = finding.evidence
    assert minute == 65
    assert (finding.device, finding.attribute, finding.detail) == ("Pump", "", "Flow")
    assert abs(finding.onset_us - START_US - 62 * 60_000_000) < 60_000_000
    assert evidence.attribute == "Flow"
    assert evidence.unit == "L2"
    assert evidence.expected == pytest.approx(50, abs=0.5)
    assert evidence.value == pytest.approx(42, abs=0.5)
    assert evidence.score is not None
    assert evidence.score < -5


def test_several_attributes_are_one_finding_and_the_furthest_stands_first():
    series = pump(
        Flow=changed(signal(90), 62, 75, lambda value: value - 8),
        Vibration=changed(signal(90, seed=1), 62, 75, lambda value: value + 40),
    )

    ((_, finding),) = appearances(ticks(series, minutes=90), "drift")

    assert [one.attribute for one in finding.evidence] == ["Vibration", "Flow"]
    assert finding.detail == "Vibration"


def test_a_move_that_returns_is_told_once_and_ends_within_ten_minutes():
    series = pump(Flow=changed(signal(120), 62, 69, lambda value: value - 8))

    present = [minute for minute, found in ticks(series, minutes=120) if found]

    assert present[0] == 65
    assert present[-1] <= 79


def test_a_move_that_stays_becomes_normal():
    series = pump(Flow=changed(signal(240), 62, 240, lambda value: value - 8))

    assert drifts(series, minutes=240) == [65]


def test_the_same_fault_again_is_told_again():
    flow = signal(240)
    for start in (62, 102, 142):
        flow = changed(flow, start, start + 7, lambda value: value - 8)

    assert drifts(pump(Flow=flow), minutes=240) == [65, 105, 145]


def test_what_comes_and_goes_all_the_time_becomes_habit():
    flow = signal(60 * 48, every_seconds=5)
    for start in range(60, 60 * 48, 40):
        flow = changed(flow, start, start + 8, lambda value: value - 8)

    told = drifts(pump(Flow=flow), minutes=60 * 48)

    later = [minute for minute in told if minute > 60 * 24]
    assert len(told) - len(later) <= 25
    assert len(later) <= 3, "of 36 more of the same"


def test_a_far_larger_move_does_not_wait_behind_a_small_one():
    series = pump(
        Temperature=changed(signal(90), 61, 90, lambda value: value + 3),
        Vibration=changed(signal(90, seed=1), 66, 75, lambda value: value + 100),
    )

    told = appearances(ticks(series, minutes=90), "drift")

    assert [(minute, finding.detail) for minute, finding in told] == [(65, "Temperature"), (70, "Vibration")]


@pytest.mark.parametrize("first_minute", [5, 6, 7.5, 9])
def test_the_phase_of_the_ticks_does_not_decide(first_minute: float):
    series = pump(Flow=changed(signal(90), 60, 67, lambda value: value - 8))

    (minute,) = drifts(series, minutes=90, first_minute=first_minute)

    assert 61.5 <= minute <= 68


@pytest.mark.parametrize("every_minutes", [10 / 60, 1, 5])
def test_a_faster_tick_tells_the_same_sooner(every_minutes: float):
    series = pump(Flow=changed(signal(90), 60.2, 70, lambda value: value - 8))

    (minute,) = drifts(series, minutes=90, every_minutes=every_minutes, first_minute=every_minutes)

    assert 61 < minute <= 65


@pytest.mark.parametrize("shift_us", [0, 13_000_000, 29_500_000])
def test_the_clock_does_not_decide(shift_us: int):
    flow = changed(signal(90), 62, 69, lambda value: value - 8)
    shifted = Series(flow.at_us + shift_us, flow.number)

    told = appearances(ticks(pump(Flow=shifted), minutes=95, first_minute=5 + shift_us / 60e6), "drift")

    assert [round(minute - shift_us / 60e6, 3) for minute, _ in told] == [65]


@pytest.mark.parametrize(("every_seconds", "minutes"), [(0.1, 60), (1, 120), (20, 240), (600, 60 * 24 * 5)])
def test_any_sampling_rate_will_do(every_seconds: float, minutes: float):
    steady = signal(minutes, every_seconds)
    bin_minutes = max(0.5, every_seconds / 60)
    start = minutes - 30 * bin_minutes
    moved = changed(steady, start, minutes, lambda value: value - 12)

    assert drifts(pump(Flow=steady), minutes=minutes) == []
    assert len(drifts(pump(Flow=moved), minutes=minutes)) == 1


def test_irregular_sampling_is_no_move():
    rng = np.random.default_rng(3)
    at_us = np.unique(START_US + (np.cumsum(rng.exponential(7, size=3000)) * 1e6).astype(np.int64))

    assert drifts(pump(Flow=Series(at_us, noise(len(at_us)))), minutes=300) == []


def test_constants_and_set_points_do_not_drift():
    at_us = times(180)
    set_point = Series(at_us, np.where(at_minute(at_us) < 90, 50.0, 65.0))

    assert drifts(pump(Speed=set_point, Constant=Series(at_us, np.full(len(at_us), 7.0))), minutes=180) == []


def test_running_counters_do_not_drift_whatever_their_pace():
    at_us = times(240, 5)
    rate = np.where((at_minute(at_us) > 120) & (at_minute(at_us) < 140), 0, 5)
    counter = np.cumsum(rate).astype(float)
    counter[at_minute(at_us) > 180] -= counter[at_minute(at_us) > 180][0]

    assert drifts(pump(Total=Series(at_us, counter)), minutes=240) == []


def test_flags_do_not_drift():
    at_us = times(180, 5)
    flag = Series(at_us, ((at_minute(at_us) % 40) < 10).astype(float))

    assert drifts(pump(Blocked=flag), minutes=180) == []


def test_a_signal_in_coarse_steps_is_silent():
    series = pump(Level=Series(times(480), np.round(noise(480 * 60, sigma=0.6))))

    assert drifts(series, minutes=480) == []


def test_a_stop_is_not_a_drift_of_what_the_stop_switches_off():
    at_us = times(180, 5)
    minute = at_minute(at_us)
    stopped = ((minute >= 60) & (minute < 72)) | ((minute >= 100) & (minute < 104))
    speed = Series(at_us, np.where(stopped, 0.0, noise(len(at_us), mean=9, sigma=0.05)))
    series = {("Freezer", "State", ""): states(180, [(60, 72, "Blocked"), (100, 104, "Down")])}

    assert drifts({**series, ("Freezer", "Speed", ""): speed}, minutes=180) == []


def test_one_minute_sums_of_stops_are_no_drift():
    at_us = times(240, 5)
    minute = at_minute(at_us)
    stopped = (minute >= 90) & (minute < 98)
    per_minute = np.array([5.0 * stopped[max(0, end - 12) : end].sum() for end in range(0, len(at_us), 12)])
    parts = np.array([350 - per_minute[k] * 350 / 60 for k in range(len(per_minute))])
    jitter = np.random.default_rng(1).integers(-4, 5, size=len(parts))
    series = {
        ("Former", "State", ""): states(240, [(90, 98, "Blocked")]),
        ("Former", "Blocked_Time", ""): Series(at_us[::12], per_minute),
        ("Former", "Parts", ""): Series(at_us[::12], parts + jitter),
    }

    assert drifts(series, minutes=240) == []


def test_a_running_machine_that_drifts_is_told_although_it_stopped_before():
    at_us = times(180, 5)
    minute = at_minute(at_us)
    moisture = noise(len(at_us), sigma=0.2) + np.where(minute > 120, 3.0, 0.0)
    series = {
        ("Former", "State", ""): states(180, [(60, 65, "Blocked")]),
        ("Former", "Moisture", ""): Series(at_us, moisture),
    }

    assert drifts(series, minutes=180) == [125]


def test_the_counters_of_a_reject_rate_are_not_judged_twice():
    machine = Machine(id="Pump", rejects=RejectRate(rejects="Bad", total="All", max_fraction=0.9))
    line = Line(id="line-1", machines=(machine,))
    bad = changed(signal(120), 62, 75, lambda value: value - 30)

    assert drifts(pump(Bad=bad), line, minutes=120) == []


def test_after_a_long_hole_the_reference_starts_anew():
    flow = changed(signal(300), 120, 300, lambda value: value - 8)
    flow = without(flow, 110, 160)

    assert drifts(pump(Flow=flow), minutes=300) == []


def test_a_slow_signal_that_leaves_its_days_behind_is_told():
    minutes = 60 * 24 * 10
    at_us = times(minutes, 300)
    daily = 5 * np.sin(2 * np.pi * at_minute(at_us) / 1440)
    creeping = np.clip((at_minute(at_us) - 60 * 24 * 8) / 1440, 0, None) * 30
    series = Series(at_us, noise(len(at_us), mean=80) + daily - creeping)

    told = drifts(pump(Temperature=series), minutes=minutes)

    assert len([minute for minute in told if minute < 60 * 24 * 8]) == 0
    assert any(60 * 24 * 8 < minute < 60 * 24 * 9 for minute in told)


def test_an_appearance_and_the_next_are_apart():
    rng = np.random.default_rng(5)
    at_us = times(600, 5)
    walk = Series(at_us, 50 + np.cumsum(rng.normal(size=len(at_us))) * 0.3)

    told = drifts(pump(a=walk), minutes=600, every_minutes=1)

    assert all(after - before >= 10 for before, after in pairwise(told))
