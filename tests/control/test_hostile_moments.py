"""Moments at which an honest request must be refused; and beside each one like it, at which it is allowed."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.control import test_hostile
from tests.control.asked import asked, held, judged, sent, state

AS_IT_SHOULD_BE: dict[str, Any] = {}


class Moment(NamedTuple):
    """What differs from the line as it should be: where the request is refused, and where it is allowed."""

    what: str
    because: str
    refused: dict[str, Any]
    allowed: dict[str, Any] = AS_IT_SHOULD_BE


TABLE = (
    Moment(
        "a race",
        "is still under way",
        {"recent": [sent(10, value=34)]},
        {"recent": [sent(20, value=30)], "shown": held(30.2, "NU", 5)},
    ),
    Moment("a race with somebody whose clock is ahead", "is still under way", {"recent": [sent(-20, value=34)]}),
    Moment(
        "a read-back of before",
        "is still under way",
        {"recent": [sent(10, value=30)], "shown": held(30, "NU", 11)},
        {"recent": [sent(10, value=30)], "shown": held(30, "NU", 9)},
    ),
    Moment(
        "too often",
        "6 commands were sent to this point in the last hour; 6 are allowed",
        {"recent": [sent(100 + n, f"s-{n}") for n in range(6)]},
        {"recent": [sent(100 + n, f"s-{n}") for n in range(5)]},
    ),
    Moment(
        "the value in force is stale", "is 61.0 s old", {"torque": held(30, "NU", 61)}, {"torque": held(30, "NU", 60)}
    ),
    Moment(
        "the value in force is missing",
        "the value of 'TorqueSetpoint' of 'Cookie Former' cannot be used: there is none",
        {"torque": None},
    ),
    Moment(
        "the value in force is bad",
        "its quality is 'bad'",
        {"torque": held(30, "NU", quality="bad")},
        {"torque": held(30, "NU", quality="good")},
    ),
    Moment(
        "the value in force is uncertain", "its quality is 'uncertain'", {"torque": held(30, "NU", quality="uncertain")}
    ),
    Moment("the value in force is a word", "which is no number", {"torque": held("thirty", "NU")}),
    Moment(
        "the value in force is from tomorrow",
        "ahead of now",
        {"torque": held(30, "NU", -86_400)},
        {"torque": held(30, "NU", -2)},
    ),
    Moment(
        "the interlock does not hold",
        "does not hold: it is -15",
        {"cold": held(-15, "CEL")},
        {"cold": held(-15.1, "CEL")},
    ),
    Moment("the interlock's value is missing", "is not known to hold: the value of 'Temperature'", {"cold": None}),
    Moment("the interlock's value is stale", "is not known to hold", {"cold": held(-20, "CEL", 90)}),
    Moment(
        "the interlock's value has another unit",
        "does not hold: it is -6.66666666667",
        {"cold": held(20, "FAH")},
        {"cold": held(-4, "FAH")},
    ),
    Moment("the interlock's value cannot be true", "not physically possible", {"cold": held(-500, "CEL")}),
    Moment(
        "the machine is down",
        "the state of 'Cookie Former' is 'Down'",
        {"state": held("Down")},
        {"state": held("RUNNING")},
    ),
    Moment("a state nobody knows", "the state of 'Cookie Former' is 'Running?'", {"state": held("Running?")}),
    Moment("no state", "the state is not known", {"state": None}),
    Moment("an old state", "the state is not known", {"state": held("Running", age=3600)}),
    Moment("by hand", "the mode of 'Cookie Former' is 'Manual'", {"mode": held("Manual")}),
)


@pytest.mark.parametrize("row", TABLE, ids=[row.what for row in TABLE])
def test_at_a_bad_moment_it_is_refused_and_says_why(row):
    decision = judged(asked(), state(**row.refused))

    assert decision.decision == "refused"
    assert row.because in " | ".join(decision.reasons)


@pytest.mark.parametrize("row", TABLE, ids=[row.what for row in TABLE])
def test_at_a_good_moment_like_it_it_is_allowed(row):
    decision = judged(asked(), state(**row.allowed))

    assert (decision.decision, decision.reasons) == ("allowed", ())


def test_there_are_more_than_forty_hostile_rows():
    names = [row.what for row in (*TABLE, *test_hostile.TABLE)]

    assert len(set(names)) == len(names) >= 40
