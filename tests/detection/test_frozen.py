"""Frozen sensors: what used to vary and repeats itself. What never varied, or rests, is not frozen."""

from __future__ import annotations

import numpy as np

from lineside.lake.window import Series
from tests.detection.made import (
    START_US,
    AllSeries,
    appearances,
    at_minute,
    changed,
    minutes_of,
    noise,
    states,
    ticks,
    times,
)

FREEZES = 100


def frozen_from(minute: float, series: Series, until: float = 1e9) -> Series:
    last = series.number[at_minute(series.at_us) < minute][-1]
    return changed(series, minute, until, lambda value: value * 0 + last)


def told(*series: Series, minutes: float = 180) -> list[float]:
    named: AllSeries = {("Oven", f"a{index}", ""): one for index, one in enumerate(series)}
    return minutes_of(appearances(ticks(named, minutes=minutes), "frozen"))


def rounded(seed: int = 0, *, decimals: int = 2, minutes: float = 180, every_seconds: float = 5) -> Series:
    at_us = times(minutes, every_seconds)
    return Series(at_us, np.round(noise(len(at_us), seed), decimals), unit="CEL")


def test_a_varying_signal_is_silent():
    assert told(rounded(), rounded(1, decimals=1), rounded(2, decimals=0)) == []


def test_a_signal_that_stops_varying_is_told_with_how_often_it_repeats():
    series = {("Oven", "Temperature", ""): frozen_from(FREEZES, rounded())}

    ((minute, finding),) = appearances(ticks(series, minutes=180), "frozen")

    assert minute == 105
    assert (finding.device, finding.attribute) == ("Oven", "Temperature")
    assert abs(finding.onset_us - START_US - FREEZES * 60_000_000) <= 5_000_000
    assert finding.evidence[0].unit == "CEL"
    assert "the same value" in finding.evidence[0].note


def test_it_ends_when_the_signal_varies_again():
    series = {("Oven", "Temperature", ""): frozen_from(FREEZES, rounded(), until=130)}

    present = [minute for minute, found in ticks(series, minutes=180) if any(one.kind == "frozen" for one in found)]

    assert (present[0], present[-1]) == (105, 130)


def test_constants_and_set_points_do_not_freeze():
    at_us = times(300, 5)
    set_point = Series(at_us, np.where(at_minute(at_us) < 20, 50.0, 65.0))

    assert told(Series(at_us, np.full(len(at_us), 7.0)), set_point, minutes=300) == []


def test_a_signal_in_coarse_steps_that_often_holds_does_not_freeze():
    at_us = times(600, 5)
    slow = np.round(50 + 3 * np.sin(at_minute(at_us) / 30))

    assert told(Series(at_us, slow), minutes=600) == []


def test_zero_is_rest_and_not_frozen():
    assert told(changed(rounded(), FREEZES, 180, lambda value: value * 0)) == []


def test_the_signals_of_a_stopped_machine_do_not_freeze():
    series = {
        ("Oven", "State", ""): states(180, [(FREEZES, 150, "Blocked")]),
        ("Oven", "Speed", ""): frozen_from(FREEZES, rounded(), until=150),
    }

    assert appearances(ticks(series, minutes=180), "frozen") == []


def test_a_counter_that_stands_still_is_not_frozen():
    at_us = times(180, 5)
    counter = np.minimum(at_minute(at_us), FREEZES) * 60

    assert told(Series(at_us, np.round(counter))) == []


def test_a_signal_just_switched_on_is_not_known_well_enough():
    assert told(frozen_from(5, rounded())) == []
