"""The reject rate from running counters."""

from __future__ import annotations

import numpy as np

from lineside.detection.finding import Finding
from lineside.lake.window import Series
from lineside.site.model import Line, Machine, RejectRate
from tests.detection.made import AllSeries, appearances, at_minute, ticks, times

DECLARED = RejectRate(rejects="Bad", total="Total", max_fraction=0.05, window_minutes=5)


def counters(share_later: float, *, resets_at: float = 1e9, of: str = "Total") -> AllSeries:
    """Ten pieces every five seconds; 1 % rejects, and `share_later` from minute 30 on."""
    at_us = times(60, 5)
    minute = at_minute(at_us)
    bad = np.cumsum(np.where(minute < 30, 0.1, 10 * share_later))
    total = np.cumsum(np.full(len(at_us), 10.0))
    other = total if of == "Total" else total - bad
    after = minute >= resets_at
    for counter in (bad, other):
        counter[after] -= counter[after][0] if after.any() else 0
    return {
        ("Inspector", "Bad", ""): Series(at_us, np.floor(bad)),
        ("Inspector", of, ""): Series(at_us, np.floor(other)),
    }


def told(series: AllSeries, declared: RejectRate = DECLARED) -> list[tuple[float, Finding]]:
    line = Line(id="line-1", machines=(Machine(id="Inspector", rejects=declared),))
    return appearances(ticks(series, line, minutes=60), "reject_rate")


def test_a_usual_share_of_rejects_is_silent():
    assert told(counters(0.01)) == []


def test_too_many_rejects_are_told_with_the_pieces_they_are_of():
    ((minute, finding),) = told(counters(0.12))

    (evidence,) = finding.evidence
    assert minute == 35
    assert (finding.device, finding.attribute) == ("Inspector", "Bad")
    assert isinstance(evidence.value, float)
    assert abs(evidence.value - 0.12) < 0.01
    assert evidence.expected == 0.05
    assert "pieces in 5 minutes" in evidence.note


def test_good_pieces_and_rejects_make_the_total():
    ((_, finding),) = told(counters(0.12, of="Good"), RejectRate(rejects="Bad", good="Good", max_fraction=0.05))

    assert isinstance(finding.evidence[0].value, float)
    assert abs(finding.evidence[0].value - 0.12) < 0.01


def test_a_counter_that_starts_again_from_zero_is_no_reject():
    assert told(counters(0.01, resets_at=40)) == []
    assert [minute for minute, _ in told(counters(0.12, resets_at=40))] == [35]


def test_a_few_pieces_decide_nothing():
    at_us = times(60, 60)
    bad = Series(at_us, np.floor(np.arange(60) / 6.0))
    total = Series(at_us, np.floor(np.arange(60) / 3.0))

    assert told({("Inspector", "Bad", ""): bad, ("Inspector", "Total", ""): total}) == []
