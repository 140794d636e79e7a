"""The state of a line as a file: a wrong frame is refused, a wrong value is a bad value."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lineside.control.state_file import read_state
from lineside.errors import Misconfigured
from tests.control.asked import FORMER, asked, held, judged, sent, state, ts


def told(raw: bytes) -> str:
    with pytest.raises(Misconfigured) as refused:
        read_state(raw, "state.json")
    return str(refused.value)


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in state().items() if name != key}


@pytest.mark.parametrize(
    ("raw", "because"),
    [
        (b"", "state.json is not JSON"),
        (b"[]", "state.json must be an object"),
        (b'{"now": "2026-03-03T06:00:00Z", "now": 1, "values": {}}', "'now' stands in it twice"),
        (b'{"now": NaN, "values": {}}', "now: must be an RFC 3339 time"),
        (b"\xff\xff", "is not UTF-8"),
        (b"[" * 100_000, "nested more than 16 deep"),
        (json.dumps(without("now")).encode(), "now: Field required"),
        (json.dumps(without("values")).encode(), "values: Field required"),
        (json.dumps(state() | {"now": "2026-03-03T06:00:00"}).encode(), "has no time zone"),
        (json.dumps(state() | {"now": 1_772_517_600}).encode(), "now: must be an RFC 3339 time"),
        (json.dumps(state() | {"values": [1]}).encode(), "values: "),
        (json.dumps(state() | {"values": {FORMER: 7}}).encode(), f"values.{FORMER}"),
        (json.dumps(state() | {"recent": {}}).encode(), "recent: "),
        (json.dumps(state() | {"recent": [asked()]}).encode(), "recent.0.sent_at: Field required"),
        (json.dumps(state([sent(5) | {"sent_at": "yesterday"}])).encode(), "recent.0.sent_at: "),
        (json.dumps(state([sent(5) | {"id": ""}])).encode(), "recent.0.id: "),
        (json.dumps(state() | {"automation_stopped": "no"}).encode(), "automation_stopped: "),
    ],
)
def test_a_state_by_which_nothing_can_be_judged_is_refused_in_one_sentence(raw, because):
    sentence = told(raw)

    assert because in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    "bad",
    [
        -20,
        None,
        [],
        {"value": -20, "unit": "CEL"},
        {"value": -20, "unit": "CEL", "ts": None},
        {"value": -20, "unit": "CEL", "ts": "2026-03-03T06:00:00"},
        {"value": -20, "unit": "CEL", "ts": 1_772_517_600},
        {"value": -20, "unit": 7, "ts": ts(-5)},
        {"value": -20, "unit": "NU", "ts": ts(-5)},
        {"value": None, "unit": "CEL", "ts": ts(-5)},
        {"value": "", "unit": "CEL", "ts": ts(-5)},
        {"value": "-20", "unit": "CEL", "ts": ts(-5)},
        {"value": True, "unit": "CEL", "ts": ts(-5)},
        {"value": [-20], "unit": "CEL", "ts": ts(-5)},
        {"value": -(10**400), "unit": "CEL", "ts": ts(-5)},
        {"value": float("nan"), "unit": "CEL", "ts": ts(-5)},
        {"value": float("-inf"), "unit": "CEL", "ts": ts(-5)},
        {"value": -20, "unit": "CEL", "ts": ts(-5), "dataQuality": "bad"},
        {"value": -20, "unit": "CEL", "ts": ts(-5), "quality": "good", "dataQuality": "uncertain"},
        {"value": -20, "unit": "CEL", "ts": ts(-5), "quality": None},
        {"value": -20, "unit": "CEL", "ts": ts(-5), "quality": "fine"},
    ],
)
def test_a_value_that_cannot_be_relied_on_refuses_what_depends_on_it_and_nothing_else(bad):
    line = state()
    line["values"]["Freezer Tunnel"]["Temperature"] = bad
    belt = asked(device="Freezer Tunnel", attribute="SpeedSetpoint", value=9, unit="RPM", approved_by="Bo Lind")

    assert judged(asked(), line).decision == "refused"
    assert judged(belt, line).decision == "allowed"


@pytest.mark.parametrize("without_unit", [{}, {"unit": ""}, {"unit": " "}, {"unit": None}])
def test_a_value_without_a_unit_is_in_the_declared_one_as_in_telemetry(without_unit):
    cold, warm, held_in_force = ({"value": value, "ts": ts(-5)} | without_unit for value in (-20, -10, 30))
    in_force = state(cold=cold)
    in_force["values"][FORMER]["TorqueSetpoint"] = held_in_force

    assert judged(asked(), in_force).decision == "allowed"
    assert judged(asked(), state(cold=warm)).decision == "refused"


def test_quality_is_good_where_nothing_is_said_and_in_any_letter_case():
    assert judged(asked(), state(cold=held(-20, "CEL", quality="GOOD"))).decision == "allowed"


def test_of_what_was_sent_only_what_matters_is_needed_and_nothing_sent_is_no_mistake():
    few = {"id": "s-1", "device": FORMER, "attribute": "TorqueSetpoint", "sent_at": ts(-5)}

    assert judged(asked(), state([few])).decision == "refused"
    assert judged(asked(), without("recent")).decision == "allowed"
    assert judged(asked(), state() | {"recent": None}).decision == "allowed"


def test_a_machine_of_which_nothing_is_known_refuses_what_depends_on_it_and_nothing_else():
    line = state()
    line["values"][FORMER] = None
    belt = asked(device="Freezer Tunnel", attribute="SpeedSetpoint", value=9, unit="RPM", approved_by="Bo Lind")

    assert judged(asked(), line).decision == "refused"
    assert judged(belt, line).decision == "allowed"


def test_an_alarm_that_does_not_stand_any_more_allows_nothing():
    alarm = {"id": "a-1", "kind": "drift", "cause": FORMER}
    itself = asked(channel="automatic", value=29, alarm_id="a-1", proposed_by="lineside", roles=[])

    standing, over = (judged(itself, state(alarms=[alarm | {"active": active}])) for active in (True, False))

    assert (standing.decision, over.decision) == ("allowed", "refused")
