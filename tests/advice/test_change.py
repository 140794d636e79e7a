"""What a person might change because of an alarm: which set-points, which way, and never beyond what they allow."""

from __future__ import annotations

from typing import Any

import pytest

from lineside.advice.change import PossibleChange, possible_changes
from lineside.alarms.model import Alarm
from lineside.detection.finding import Evidence, Moved
from lineside.line.twin import CurrentValue
from lineside.site import parse_site
from tests.alarms.builders import an_alarm, minutes

NOW_US = minutes(0)
TEXT = """
site: bakery
lines:
  - id: line-1
    machines:
      - id: Mixer
        feeds: [Inspector]
        attributes:
          Temperature: {unit: CEL, low: 0.5, high: 4}
          Moisture: {unit: P1, low: 56, high: 61}
        commands:
          - {attribute: TorqueSetpoint, unit: NU, min: 10, max: 40, readback: {attribute: Torque, tolerance: 1}}
          - attribute: TemperatureSetpoint
            unit: CEL
            min: 0.5
            max: 4
            max_step: 1
            readback: {attribute: Temperature, tolerance: 0.5}
      - id: Inspector
"""
LINE = parse_site(TEXT).lines[0]


def seen(value: float | str, at_us: int = NOW_US, device: str = "Mixer", **more: Any) -> Evidence:
    return Evidence(device, more.pop("attribute", "Temperature"), value, at_us, more.pop("unit", "CEL"), **more)


def too_warm(*evidence: Evidence, **more: Any) -> Alarm:
    stated = {"device": "Mixer", "kind": "limit", "attribute": "Temperature", "evidence": evidence or (seen(6.8),)}
    return an_alarm(**stated | more)


def in_force(value: float, at_us: int = NOW_US) -> dict[str, dict[str, CurrentValue]]:
    return {"Mixer": {"TemperatureSetpoint": CurrentValue(value, at_us, "CEL")}}


def the_temperature(found: tuple[PossibleChange, ...]) -> PossibleChange:
    return next(each for each in found if each.attribute == "TemperatureSetpoint")


def test_a_value_above_its_limit_suggests_one_largest_step_down_and_stands_first() -> None:
    first, second = possible_changes(too_warm(), LINE, in_force(2.2), NOW_US)

    assert (first.device, first.attribute, first.unit) == ("Mixer", "TemperatureSetpoint", "CEL")
    assert (first.direction, first.value) == ("down", 1.2)
    assert first.because is not None
    assert (first.because.attribute, first.because.value, first.because.limit) == ("Temperature", 6.8, 4.0)
    assert second == PossibleChange("Mixer", "TorqueSetpoint", "NU")


def test_a_value_below_its_limit_suggests_up_in_whatever_unit_it_came() -> None:
    cold = too_warm(seen(23.0, unit="FAH"))

    change = the_temperature(possible_changes(cold, LINE, in_force(2.0), NOW_US))

    assert (change.direction, change.value) == ("up", 3.0)
    assert change.because is not None
    assert (change.because.value, change.because.limit) == (-5.0, 0.5)


def test_the_newest_that_was_seen_counts_and_what_is_within_its_limits_says_nothing() -> None:
    worst, latest = seen(7.0, minutes(-3), note="worst"), seen(3.9, minutes(-1), note="latest")

    change = the_temperature(possible_changes(too_warm(latest, worst), LINE, in_force(2.2), NOW_US))

    assert (change.direction, change.value, change.because) == ("", None, None)


def test_rejects_elsewhere_suggest_the_set_point_that_changed_upstream_and_no_other_of_that_machine() -> None:
    moved = seen(6.8, expected=2.2, moved=Moved(minutes(-9), 270.0, 0.8))
    rejects = too_warm(moved, device="Inspector", kind="reject_rate", attribute="")

    (change,) = possible_changes(rejects, LINE, in_force(2.2), NOW_US)

    assert (change.device, change.attribute, change.value) == ("Mixer", "TemperatureSetpoint", 1.2)


@pytest.mark.parametrize(
    ("values", "because"),
    [
        ({}, "nobody heard it"),
        (in_force(2.2, minutes(-2)), "it is stale"),
        ({"Mixer": {"TemperatureSetpoint": CurrentValue(2.2, NOW_US, "CEL", "bad")}}, "it is bad"),
        (in_force(0.5), "it stands at its limit"),
        (in_force(5.5), "one step leads nowhere that is allowed"),
    ],
)
def test_where_no_step_is_known_to_be_allowed_the_direction_alone_is_said(values: Any, because: str) -> None:
    change = the_temperature(possible_changes(too_warm(), LINE, values, NOW_US))

    assert (change.direction, change.value) == ("down", None), because


@pytest.mark.parametrize(
    "alarm",
    [
        too_warm(active=False, cleared_us=NOW_US),
        too_warm(seen("warm")),
        too_warm(seen(6.8, unit="BAR")),
        too_warm(seen(6.8, unit="")),
        too_warm(seen(6.8, attribute="Torque", unit="NU")),
    ],
)
def test_what_is_over_what_is_no_number_and_what_has_no_limit_suggests_no_direction(alarm: Alarm) -> None:
    found = possible_changes(alarm, LINE, in_force(2.2), NOW_US)

    assert [(each.direction, each.value) for each in found] == [("", None), ("", None)]


def test_an_alarm_of_a_machine_without_set_points_suggests_nothing() -> None:
    stopped = an_alarm(device="Inspector", evidence=(Evidence("Inspector", "State", "Down", NOW_US),))

    assert possible_changes(stopped, LINE, in_force(2.2), NOW_US) == ()


def test_without_a_largest_step_the_way_is_said_and_not_how_far() -> None:
    line = parse_site(TEXT.replace("            max_step: 1\n", "")).lines[0]

    found = the_temperature(possible_changes(too_warm(), line, in_force(2.2), NOW_US))

    assert (found.direction, found.value) == ("down", None)
