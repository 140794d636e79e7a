"""What would it do? The line that was measured, replayed with another set-point, and held against what then happens."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lineside.control.what_if import Change, Hour, Outcome, Stop, WhatIf
from simulator.faults import Fault
from simulator.line import Line
from simulator.machines import CONVEYOR, FORMER, FREEZER, INSPECTOR
from simulator.physics import Process
from simulator.what_if import CookieLineModel
from tests.simulator.hours import hour_of, stuck

WARM_DOUGH = Fault("dough_warm_dry", FORMER, 100, duration=1500, ramp=150, size=0.5)
LOSING_COLD = Fault("freezer_losing_cold", FREEZER, 100, duration=1500, ramp=150, size=0.5)
COLDER_DOUGH = Change(FORMER, "TemperatureSetpoint", 0.65, "Temperature", 800, {"Temperature": (0.5, 4.0)})
SECONDS = 1200.0


@pytest.fixture(scope="module")
def healthy() -> Hour:
    return hour_of(5)


@pytest.fixture(scope="module")
def warm() -> Hour:
    return hour_of(5, WARM_DOUGH)


def asked(change: Change, hour: Hour, replays: int = 2) -> WhatIf:
    return CookieLineModel(replays).effect(change, hour)


def named(told: WhatIf, name: str) -> Outcome:
    return next(each for each in told.outcomes if each.name == name)


def true_effect(seed: int, fault: Fault, change: Change, pairs: int) -> float:
    """Rejects an hour more, of the line itself: the same dough and air, and chance of its own for each pair."""

    def rejects(pair: int, set_points: list[tuple[float, str, str, float]]) -> int:
        line = Line(np.random.default_rng([seed, 77, pair]), [fault], -600.0, set_points)
        line.process = Process(np.random.default_rng(seed).spawn(2)[1].spawn(5)[1])
        line.run_until(0.0)
        before = line.inspector.bad
        line.run_until(SECONDS)
        return line.inspector.bad - before

    told = [(0.0, change.device, change.attribute, change.value)]
    return float(np.mean([rejects(pair, told) - rejects(pair, []) for pair in range(pairs)])) * 3600 / SECONDS


@pytest.mark.parametrize(
    ("fault", "change"),
    [(WARM_DOUGH, COLDER_DOUGH), (LOSING_COLD, Change(FREEZER, "TemperatureSetpoint", -23.1, "Temperature", 600))],
    ids=["colder dough", "colder air"],
)
def test_the_interval_holds_what_another_simulation_of_the_line_itself_measures(fault, change):
    told = asked(change, hour_of(11, fault), replays=5)
    rejects = named(told, "rejects")

    measured = true_effect(11, fault, change, pairs=5)

    assert rejects.low <= measured <= rejects.high < 0
    assert told.headline.startswith("Fewer rejects: ")
    assert abs(rejects.difference - measured) < 0.3 * abs(measured)


def test_on_a_healthy_line_nothing_is_promised(healthy):
    told = asked(Change(FREEZER, "TemperatureSetpoint", -22.0), healthy)

    assert told.headline == "No difference that stands out of chance."
    assert (told.unknown, told.replays, told.minutes) == ("", 2, 20.0)
    assert named(told, "rejects").difference == 0.0


def test_harm_is_told_as_plainly_as_help(healthy):
    told = asked(
        Change(FREEZER, "TemperatureSetpoint", -16.5, "Temperature", 600, {"Temperature": (-26, -18)}), healthy
    )

    assert "More rejects: " in told.headline
    assert "More minutes of Temperature outside its limits: " in told.headline
    assert named(told, "rejects").low > 0


def test_what_the_machine_would_show_is_told_for_its_time_and_promises_nothing(warm):
    told = asked(COLDER_DOUGH, warm)

    shown = named(told, "readback")

    assert (shown.unit, shown.stands_out) == ("CEL", True)
    assert shown.difference == pytest.approx(-1.5 - 1.0, abs=0.1)  # as told, and all that its controller trims
    assert "read back" not in told.headline


def test_without_the_change_the_replays_count_what_was_counted(warm):
    rejects = named(asked(COLDER_DOUGH, warm), "rejects")

    assert rejects.observed == pytest.approx(warm.counted[INSPECTOR, "Bad"] * 3600 / SECONDS)
    assert rejects.without == pytest.approx(rejects.observed, rel=0.3)


def test_the_value_in_force_itself_changes_nothing_where_somebody_had_set_it():
    set_before = hour_of(5, WARM_DOUGH, set_points=[(-600.0, FORMER, "TemperatureSetpoint", 1.0)])

    told = asked(replace(COLDER_DOUGH, value=1.0), set_before)

    assert {each.difference for each in told.outcomes} == {0.0}


def test_what_was_set_within_the_hour_is_replayed_when_it_was_set_and_gives_way_to_the_new_value():
    hour = hour_of(5, WARM_DOUGH, set_points=[(600.0, FORMER, "TemperatureSetpoint", 1.65)])

    told = asked(COLDER_DOUGH, hour)

    rejects, shown = named(told, "rejects"), named(told, "readback")
    assert rejects.without == pytest.approx(hour.counted[INSPECTOR, "Bad"] * 3600 / SECONDS, rel=0.3)
    assert rejects.difference < 0
    assert shown.difference == pytest.approx(-1.2, abs=0.3)  # the old one had begun to cool, and to be trimmed


def test_a_long_stop_of_another_machine_stands_where_it_stood():
    jammed = hour_of(5, Fault("jam", CONVEYOR, 300, duration=300))

    told = asked(Change(FREEZER, "TemperatureSetpoint", -22.0), jammed)

    assert told.unknown == ""
    assert any("1 long stops of other machines (5 min)" in each for each in told.assumed)
    assert named(told, "stopped").without > 300 / 60


def test_the_inspector_is_not_held_still_because_it_stood_still(healthy):
    tripped = replace(healthy, stops=(Stop(INSPECTOR, 300, 900),))

    told = asked(Change(FREEZER, "TemperatureSetpoint", -22.0), tripped)

    assert named(told, "stopped").without < 5
    assert any("No machine stood still for long" in each for each in told.assumed)


def test_a_line_that_does_what_the_model_cannot_know_gets_no_answer(healthy):
    slow = hour_of(5, Fault("slow", FREEZER, 50, duration=1400, size=0.7))
    miscounted = replace(healthy, counted={**healthy.counted, (INSPECTOR, "Bad"): 300.0})

    for hour, what in ((slow, "good pieces were counted"), (miscounted, "300 rejects were counted")):
        told = asked(COLDER_DOUGH, hour)

        assert told.unknown.startswith("the model does not fit this hour: ")
        assert what in told.unknown
        assert told.outcomes == ()


@pytest.mark.parametrize(
    ("change", "spoilt", "why"),
    [
        ({"value": 11.0}, {}, "takes -5 to 10 CEL, not 11"),
        ({}, {"seconds": 300.0}, "only 5 minutes were measured"),
        ({}, {"counted": {(INSPECTOR, "Good"): 5000.0}}, "nobody counted Bad of Cookie Inspector"),
    ],
)
def test_what_cannot_be_replayed_is_told_with_its_reason(healthy, change, spoilt, why):
    told = asked(replace(COLDER_DOUGH, **change), replace(healthy, **spoilt))

    assert (told.headline, told.outcomes) == ("Nobody can tell what it would do.", ())
    assert why in told.unknown


def test_a_signal_that_was_silent_or_stuck_is_not_followed(healthy):
    moisture = healthy.courses[FORMER, "Moisture"]
    heard = tuple(each for each in moisture if not 400 <= each[0] < 600)
    never = {point: course for point, course in healthy.courses.items() if point != (FORMER, "TemperatureSetpoint")}

    told = [
        asked(COLDER_DOUGH, replace(healthy, courses=courses)).unknown
        for courses in (
            {**healthy.courses, (FORMER, "Moisture"): heard},
            {**healthy.courses, (FORMER, "Moisture"): stuck(moisture, 700)},
            never,
        )
    ]

    assert told == [
        "nothing was heard of Moisture of Cookie Former for 3 minutes",
        "Moisture of Cookie Former did not move at all for minutes: its sensor may be stuck",
        "Cookie Former did not say which TemperatureSetpoint is in force",
    ]


def test_the_same_question_has_the_same_answer(healthy):
    change = Change(CONVEYOR, "SpeedSetpoint", 15.0, "Speed", 30)

    told = asked(change, healthy)

    assert told == asked(change, healthy)
    assert "Fewer good pieces: " in told.headline
    assert named(told, "readback").with_change == pytest.approx(15.0, abs=0.1)
