"""Set-points: nobody commands and nothing changes; somebody does, and the line answers as slowly as steel and dough."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from lineside.errors import Misconfigured
from simulator.faults import Fault
from simulator.line import Line
from simulator.machines import CONVEYOR, FORMER, FREEZER, INSPECTOR
from simulator.run import STATE_DEVICES, STATES, simulate, states_of, warm_line
from simulator.setpoints import POINTS, SetPoints
from simulator.telemetry import Measured

LOSING_COLD = Fault("freezer_losing_cold", FREEZER, 300, duration=1200, ramp=240, recovery=120)
WARM_DOUGH = Fault("dough_warm_dry", FORMER, 300, duration=1200, ramp=120, recovery=120, size=0.5)
BEFORE = {"State", "Alarm_State", "Alarm_Text", "Good", "Bad", "Total", "Moisture", "Temperature"}


def values(device, attribute, *faults, seconds=900, set_points=(), seed=4):
    samples = simulate(np.random.default_rng(seed), faults, seconds, set_points=set_points)
    said = [m.measurements[attribute] for sample in samples for m in sample.messages if m.device == device]
    return np.array([value.value if isinstance(value, Measured) else value for value in said], float)


def line_at(second: float, *faults: Fault, set_points=(), seed: int = 4) -> Line:
    line = warm_line(np.random.default_rng(seed), faults, set_points)
    line.run_until(second)
    return line


def test_a_line_that_nobody_commands_is_the_line_it_was_before_it_could_be_commanded():
    said = hashlib.sha256()
    for sample in simulate(np.random.default_rng(0), (), 1800):
        for message in sample.messages:
            for name, value in message.measurements.items():
                if name in BEFORE or (message.device, name) == (FREEZER, "Speed"):
                    plain = (value.value, value.unit) if isinstance(value, Measured) else value
                    said.update(repr((message.ts, message.device, name, plain)).encode())

    assert said.hexdigest() == "0d498068b969f1a40309c38d067696fe89ebd72464f40e2610a13b76e425ebfa"


@pytest.mark.parametrize("point", list(POINTS), ids=str)
def test_every_set_point_is_in_the_telemetry_with_its_unit(point):
    device, attribute = point

    (sample,) = simulate(np.random.default_rng(1), (), 1)
    (said,) = (m.measurements[attribute] for m in sample.messages if m.device == device)

    assert said == Measured(POINTS[point].usual, POINTS[point].unit)


def test_until_its_second_comes_a_schedule_changes_nothing_and_then_it_does():
    schedule = [(300.0, FREEZER, "TemperatureSetpoint", -25.0)]

    plain, commanded = (values(FREEZER, "Temperature", set_points=points) for points in ((), schedule))

    assert (plain[:60] == commanded[:60]).all()
    assert (plain[61:] > commanded[61:]).all()


def test_the_same_schedule_gives_the_same_line_again():
    schedule = [(60.0, CONVEYOR, "SpeedSetpoint", 24.0), (30.0, FORMER, "TorqueSetpoint", 30.0)]

    first, again = (states_of(np.random.default_rng(3), (LOSING_COLD,), 900, schedule) for _ in range(2))

    assert (first == again).all()


def test_the_freezer_follows_a_colder_set_point_with_its_lag_of_minutes():
    schedule = [(300.0, FREEZER, "TemperatureSetpoint", -25.0)]

    gained = values(FREEZER, "Temperature", seconds=2400) - values(
        FREEZER, "Temperature", seconds=2400, set_points=schedule
    )

    assert 0 <= gained[66] < 1.0, "half a minute later"
    assert 1.5 < gained[60 + 48] < 3.5, "after the lag it is about two thirds of the way"
    assert 2.9 < gained[-1] < 4.9, "and it trims what it strays, by a degree at most"


@pytest.mark.parametrize(
    ("device", "value", "within"), [(FORMER, 1.5, 0.3), (FREEZER, -23.0, 1.2)], ids=["dough", "freezer"]
)
def test_who_enters_a_temperature_gets_it(device, value, within):
    schedule = [(0.0, device, "TemperatureSetpoint", value)]

    shown = [values(device, "Temperature", set_points=schedule, seed=seed)[-20:].mean() for seed in range(4)]

    assert shown == pytest.approx([value] * 4, abs=within)


def test_a_colder_set_point_clears_the_limit_that_a_freezer_losing_some_cold_is_over():
    some_cold = Fault("freezer_losing_cold", FREEZER, 300, duration=2400, ramp=240, size=0.4)
    schedule = [(900.0, FREEZER, "TemperatureSetpoint", -25.0)]

    left_alone = values(FREEZER, "Temperature", some_cold, seconds=2400)
    commanded = values(FREEZER, "Temperature", some_cold, seconds=2400, set_points=schedule)

    assert left_alone[420:].mean() > -18
    assert commanded[420:].mean() < -18.5


def test_a_freezer_with_the_full_fault_has_not_all_of_the_cold_that_is_asked_for():
    schedule = [(300.0, FREEZER, "TemperatureSetpoint", -30.0)]

    celsius = line_at(1500.0, LOSING_COLD, set_points=schedule).process.freezer_celsius

    gained = line_at(1500.0, LOSING_COLD).process.freezer_celsius - celsius
    assert 6.0 < gained < 8.3, "8.9 were asked for"
    assert celsius > -21


def test_colder_dough_stops_the_trips_of_the_inspector():
    schedule = [(420.0, FORMER, "TemperatureSetpoint", -2.0)]

    down = [
        (states_of(np.random.default_rng(4), (WARM_DOUGH,), 1500, points)[700:, STATE_DEVICES.index(INSPECTOR)]
         == STATES.index("Down")).sum()
        for points in ((), schedule)
    ]  # fmt: skip
    celsius = line_at(1200.0, WARM_DOUGH, set_points=schedule).process.dough_celsius

    assert celsius < 4.0 < line_at(1200.0, WARM_DOUGH).process.dough_celsius
    assert down[1] <= down[0]


def test_the_mixer_shows_the_torque_it_is_set_to_and_more_of_it_warms_the_dough():
    schedule = [(300.0, FORMER, "TorqueSetpoint", 30.0)]

    torque = values(FORMER, "Torque", set_points=schedule)
    warmer = values(FORMER, "Temperature", set_points=schedule) - values(FORMER, "Temperature")

    running = torque[torque > 0]
    assert abs(running[:60] - 25).max() < 0.5
    assert abs(running[70:] - 30).max() < 0.5, "within half a minute"
    assert warmer[-1] == pytest.approx(0.5, abs=0.02)


def test_dry_dough_is_stiffer():
    healthy, dry = line_at(900.0).process, line_at(900.0, WARM_DOUGH).process

    assert dry.torque > healthy.torque


@pytest.mark.parametrize(("device", "slow"), [(FREEZER, 7.0), (CONVEYOR, 24.0)])
def test_a_belt_follows_its_set_point_within_seconds_and_stands_at_zero(device, slow):
    schedule = [(300.0, device, "SpeedSetpoint", slow)]

    speed = values(device, "Speed", set_points=schedule, seconds=900)

    assert (speed[64:][speed[64:] > 0] < slow + 0.5).all()
    assert (speed[:60][speed[:60] > 0] > slow + 1).all()


def test_a_slower_conveyor_lifts_less_and_holds_up_the_cookies():
    schedule = [(0.0, CONVEYOR, "SpeedSetpoint", 15.0)]

    before, usual, slower = line_at(0.0), line_at(1200.0), line_at(1200.0, set_points=schedule)

    assert slower.conveyor.good - before.conveyor.good < 0.8 * (usual.conveyor.good - before.conveyor.good)
    assert slower.inspector.total < usual.inspector.total


def test_a_slower_belt_freezes_cookies_harder():
    warm = Fault("freezer_losing_cold", FREEZER, 0, duration=2000, size=0.6)
    schedule = [(0.0, FREEZER, "SpeedSetpoint", 7.0)]

    assert line_at(900.0, warm, set_points=schedule).process.softness() < line_at(900.0, warm).process.softness()


@pytest.mark.parametrize(
    ("device", "attribute", "value", "why"),
    [
        (FREEZER, "Temperature", -20.0, "no set-point"),
        ("Labeller", "SpeedSetpoint", 20.0, "no set-point"),
        (FREEZER, "TemperatureSetpoint", -31.0, "takes -30 to -15"),
        (FREEZER, "TemperatureSetpoint", float("nan"), "takes -30 to -15"),
    ],
)
def test_what_a_machine_cannot_take_is_refused_before_the_run_begins(device, attribute, value, why):
    with pytest.raises(Misconfigured, match=why):
        SetPoints([(10.0, device, attribute, value)])
