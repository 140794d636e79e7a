"""A process that follows what was measured, and adds only what set-points that were not in force would have done."""

from __future__ import annotations

import pytest

from simulator.followed import FollowedProcess, Measured
from simulator.machines import FORMER, FREEZER
from simulator.physics import DOUGH_CELSIUS, Shifts
from simulator.setpoints import SetPoint, SetPoints

SECONDS = 1800
WARM, DRY, COLD = 5.0, 54.0, -19.5
MEASURED = Measured([WARM] * SECONDS, [DRY] * SECONDS, [COLD + second / SECONDS for second in range(SECONDS)])


def followed(was: list[SetPoint], then: list[SetPoint], seconds: int = SECONDS) -> FollowedProcess:
    process, set_points = FollowedProcess(MEASURED, was, 0.0), SetPoints(then)
    for second in range(seconds):
        set_points.step(float(second))
        process.step(0.0, 0.0, True, set_points.shifts)
    return process


@pytest.mark.parametrize(
    "was",
    [
        [],
        [(0.0, FREEZER, "TemperatureSetpoint", -24.0), (0.0, FREEZER, "SpeedSetpoint", 10.0)],
        [(600.0, FORMER, "TemperatureSetpoint", 1.0), (900.0, FORMER, "TorqueSetpoint", 30.0)],
    ],
    ids=["nobody set anything", "set before", "set meanwhile"],
)
def test_with_what_was_in_force_it_is_what_was_measured(was):
    process = followed(was, was)

    assert process.dough_celsius == pytest.approx(WARM)
    assert process.moisture_percent == pytest.approx(DRY)
    assert process.freezer_celsius == pytest.approx(COLD + 1, abs=0.01)


def test_a_colder_set_point_is_added_to_what_was_measured_with_the_trim_of_whoever_enters_the_first():
    process = followed([], [(0.0, FORMER, "TemperatureSetpoint", DOUGH_CELSIUS - 1)])

    assert process.dough_celsius == pytest.approx(WARM - 1 - 1, abs=0.01)


def test_between_two_set_points_that_were_entered_there_is_no_more_than_their_difference():
    was = [(0.0, FORMER, "TemperatureSetpoint", 1.5), (0.0, FREEZER, "TemperatureSetpoint", -22.0)]
    then = [(0.0, FORMER, "TemperatureSetpoint", 1.0), (0.0, FREEZER, "TemperatureSetpoint", -23.0)]

    process = followed(was, then)

    assert process.dough_celsius == pytest.approx(WARM - 0.5, abs=0.01)
    # The freezer is 2.5 or 3.5 °C warmer than it was told, so a twentieth or so of the cold is not to be had.
    assert -1.0 < process.freezer_celsius - (COLD + 1) < -0.9


def test_the_tunnel_follows_as_slowly_as_steel_and_air():
    then = [(0.0, FREEZER, "TemperatureSetpoint", -23.1)]

    sooner, later = (followed([], then, seconds).freezer_celsius - COLD for seconds in (30, 900))

    assert -0.6 < sooner < -0.1
    assert later < -1.8


def test_more_torque_warms_and_wets_the_dough_and_a_slower_belt_freezes_as_colder_air_would():
    process = followed([], [(0.0, FORMER, "TorqueSetpoint", 30.0)])

    assert process.dough_celsius == pytest.approx(WARM + 0.5, abs=0.01)
    assert process.moisture_percent == pytest.approx(DRY + 0.25, abs=0.01)
    process = FollowedProcess(Measured([WARM], [DRY], [-17.0]), [], 0.0)
    process.step(0.0, 0.0, True, Shifts(belt_speed=-0.885))
    assert process.softness() == pytest.approx(0.0, abs=1e-9)
