"""How urgent an alarm is."""

from __future__ import annotations

import pytest

from lineside.alarms.priority import KINDS, Rationale, is_worse, line_share, more_urgent, rationale, severity
from lineside.detection.finding import KINDS as ALL_KINDS
from lineside.site.model import Attribute, Line, Machine


def test_every_kind_of_finding_has_a_consequence_an_action_and_a_time_to_respond():
    for kind in ALL_KINDS:
        assert KINDS[kind].consequence
        assert KINDS[kind].operator_action
        assert KINDS[kind].respond_minutes > 0


@pytest.mark.parametrize(
    ("impact", "respond_minutes", "expected"),
    [
        ("major", 5, "critical"),
        ("major", 15, "high"),
        ("moderate", 5, "high"),
        ("moderate", 15, "medium"),
        ("moderate", 60, "low"),
        ("minor", 60, "low"),
    ],
)
def test_severity_follows_from_the_consequence_and_the_time_to_respond(impact, respond_minutes, expected):
    assert severity(Rationale(impact, respond_minutes, "", "")) == expected


def test_a_machine_states_its_own_consequence_action_and_time():
    machine = Machine(id="Freezer", consequence="Thaws.", operator_action="Shut it.", time_to_respond_minutes=5)

    why = rationale("stop", machine)

    assert (why.consequence, why.operator_action, why.respond_minutes) == ("Thaws.", "Shut it.", 5)
    assert severity(why, machine) == "high"


def test_a_critical_machine_makes_its_alarms_more_urgent_and_a_minor_one_less():
    assert severity(KINDS["stop"], Machine(id="A", criticality="critical")) == "critical"
    assert severity(KINDS["stop"], Machine(id="A", criticality="high")) == "high"
    assert severity(KINDS["stop"], Machine(id="A", criticality="low")) == "low"


def test_the_severity_that_a_signal_declares_is_the_one_it_gets():
    machine = Machine(id="A", criticality="critical", attributes={"Temperature": Attribute(severity="low")})

    assert severity(KINDS["limit"], machine, attribute="Temperature") == "low"


def test_a_stop_that_lasts_or_that_costs_many_machines_is_worse():
    assert severity(KINDS["stop"], lasted_minutes=9, machine_minutes=70) == "medium"
    assert severity(KINDS["stop"], lasted_minutes=10) == "high"
    assert severity(KINDS["stop"], lasted_minutes=9, machine_minutes=120) == "high"
    assert severity(KINDS["stop"], lasted_minutes=60) == "critical"


def test_a_stop_of_the_whole_line_is_worse_than_one_of_its_half():
    line = Line(
        id="l", machines=tuple(Machine(id=name, buffer=name == "buffer") for name in ("a", "b", "c", "d", "buffer"))
    )

    assert line_share(line, {"a", "b"}) == 0.5
    assert line_share(line, {"a", "b", "c", "buffer"}) == 0.75
    assert severity(KINDS["stop"], line_share=0.5) == "medium"
    assert severity(KINDS["stop"], line_share=0.75) == "high"


def test_a_line_of_two_machines_has_no_parts():
    assert line_share(Line(id="l", machines=(Machine(id="a"), Machine(id="b"))), {"a", "b"}) == 0.0


def test_severity_never_leaves_its_scale():
    assert more_urgent("critical", 3) == "critical"
    assert more_urgent("low", -3) == "low"


def test_any_severity_is_worse_than_none():
    assert is_worse("low", "")
    assert is_worse("high", "medium")
    assert not is_worse("medium", "medium")
    assert not is_worse("", "low")
