"""Images and counters of one machine: one rate, one finding."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from lineside.detection import defects
from lineside.detection.defects import Inspected, Tally
from lineside.detection.finding import Finding
from lineside.detection.settings import DEFAULT
from lineside.detection.watch import LineMemory, watch
from lineside.inspection.model import Verdict
from lineside.lake.window import Series
from lineside.site.model import Line, Machine, RejectRate
from tests.detection.made import MINUTE_US, START_US, AllSeries, times, window

DECLARED = RejectRate(rejects="Bad", total="Total", max_fraction=0.05, window_minutes=5)
LINE = Line(id="line-1", machines=(Machine(id="Inspector", rejects=DECLARED),))


def looked_at(bad: int, of: int, *, verdict: str = "deformed", minute: float = 3, weight: float = 1) -> list[Inspected]:
    at_us = START_US + round(minute * MINUTE_US)
    verdicts = [verdict] * bad + ["good"] * (of - bad)
    return [Inspected("Inspector", at_us + number, verdict, weight) for number, verdict in enumerate(verdicts)]


def found(inspected: list[Inspected], *, minute: float = 5, memory: LineMemory | None = None) -> list[Finding]:
    now_us = START_US + round(minute * MINUTE_US)
    read = window({}, now_us - MINUTE_US, now_us)
    findings = watch(memory or LineMemory(), read, LINE, now_us, inspected=inspected)
    return [finding for finding in findings if finding.kind == "reject_rate"]


def test_a_run_of_defects_is_told_with_the_class_that_dominates():
    (finding,) = found([*looked_at(5, 20), *looked_at(2, 10, verdict="cracked")])

    (evidence,) = finding.evidence
    assert (finding.device, finding.attribute, evidence.expected) == ("Inspector", "Bad", 0.05)
    assert evidence.value == pytest.approx(7 / 30)
    assert evidence.note == "7 of 30 images, mostly deformed (5)"


@pytest.mark.parametrize(("bad", "of"), [(1, 3), (2, 3), (3, 40), (4, 30)])
def test_what_chance_explains_is_no_alarm(bad, of):
    assert found(looked_at(bad, of)) == []


def test_a_doubtful_defect_counts_for_less_than_a_certain_one():
    assert found(looked_at(6, 12, weight=0.95)) != []
    assert found(looked_at(6, 12, weight=0.5)) == []


def test_an_unreadable_image_says_nothing_about_the_piece():
    assert found(looked_at(9, 12, verdict=defects.UNREADABLE)) == []
    assert {defects.GOOD, defects.UNREADABLE} < set(get_args(Verdict))


def test_an_image_of_before_the_window_does_not_count():
    assert found(looked_at(9, 12, minute=3), minute=7.5) != []
    assert found(looked_at(9, 12, minute=3), minute=8.5) == []


def test_a_rate_that_is_not_clearly_back_stays_the_same_finding_and_then_ends():
    memory = LineMemory()
    (first,) = found(looked_at(7, 30), memory=memory)

    (still,) = found(looked_at(4, 60, minute=8), minute=10, memory=memory)

    assert (still.key, still.onset_us) == (first.key, first.onset_us)
    assert found(looked_at(2, 60, minute=13), minute=15, memory=memory) == []


def each_minute(first: int, minutes: int, bad: int, of: int) -> list[Inspected]:
    return [one for minute in range(first, first + minutes) for one in looked_at(bad, of, minute=minute + 0.5)]


def test_few_images_in_a_window_are_enough_where_the_longer_window_is_clearly_beyond_the_limit():
    seen = [*each_minute(0, 12, 1, 6), *looked_at(2, 6, minute=12.5)]

    assert found(seen[:36], minute=5) == [], "5 of 30 at 5 % may be chance"
    (finding,) = found(seen, minute=13)
    assert finding.evidence[0].note.startswith("11 of 60 images")
    assert found(seen, minute=18.1) == [], "none of the last five minutes is bad"
    assert found([*looked_at(9, 12), *looked_at(1, 30, minute=6)], minute=8.5) == [], "the last five minutes are well"


def test_a_lull_by_chance_does_not_end_a_finding():
    memory = LineMemory()
    found(looked_at(7, 30), memory=memory)
    seen = [*looked_at(7, 30), *looked_at(2, 30, minute=8)]

    assert found(seen, minute=10, memory=memory) != []
    assert found(seen, minute=13.5, memory=memory) == []


def test_what_was_told_and_is_over_is_not_told_again_by_a_longer_window():
    memory = LineMemory()
    told = [*looked_at(25, 30), *looked_at(0, 30, minute=8), *looked_at(0, 30, minute=13)]
    found(told, memory=memory)
    found(told, minute=10, memory=memory)
    over = found(told, minute=15, memory=memory)

    again = found([*told, *looked_at(2, 30, minute=18)], minute=20, memory=memory)
    unknown = found([*told, *looked_at(2, 30, minute=18)], minute=20)

    assert (over, again) == ([], [])
    assert unknown != [], "nobody has been told of it"


def test_the_fewer_pieces_the_less_is_known_of_when_the_rate_went_up():
    few = [Tally(at * defects.TALLY_US, float(at in (12, 21, 24, 26)), 3.0) for at in range(28)]
    many = [Tally(at * defects.TALLY_US, 30.0 * (at >= 20) + 1, 300.0) for at in range(28)]

    rose, sharp = defects.began(few), defects.began(many)

    assert rose is not None
    assert rose.latest_us >= rose.likeliest_us + 2 * defects.TALLY_US
    assert sharp == defects.Rose(20 * defects.TALLY_US, 20 * defects.TALLY_US)


def test_one_bad_image_does_not_keep_a_finding_up():
    memory = LineMemory()
    found(looked_at(7, 30), memory=memory)

    assert found(looked_at(1, 3, minute=8), minute=10, memory=memory) == []


def test_counters_and_images_of_one_machine_are_one_finding():
    at_us = times(5, 5)
    pieces = np.arange(len(at_us)) * 10.0
    counters: AllSeries = {
        ("Inspector", "Bad", ""): Series(at_us, np.floor(0.12 * pieces)),
        ("Inspector", "Total", ""): Series(at_us, pieces),
    }
    now_us = START_US + 5 * MINUTE_US

    findings = watch(LineMemory(), window(counters, START_US, now_us), LINE, now_us, inspected=looked_at(7, 30))

    (finding,) = [finding for finding in findings if finding.kind == "reject_rate"]
    assert [each.attribute for each in finding.evidence] == ["Bad", defects.IMAGES]


def test_a_machine_without_a_declared_limit_is_not_judged():
    line = Line(id="line-1", machines=(Machine(id="Inspector"),))
    now_us = START_US + 5 * MINUTE_US

    assert watch(LineMemory(), window({}, START_US, now_us), line, now_us, inspected=looked_at(9, 12)) == []


def test_an_image_that_is_judged_anew_replaces_what_was_said_of_it():
    first = defects.images_tallied([], looked_at(6, 10), START_US + 5 * MINUTE_US)

    again = defects.images_tallied(first, looked_at(2, 10), START_US + 6 * MINUTE_US)

    assert [(one.bad, one.pieces) for one in first] == [(6, 10)]
    assert [(one.bad, one.pieces) for one in again] == [(2, 10)]


def test_the_chance_is_that_of_the_binomial_and_holds_for_many_pieces():
    assert defects.chance_of(1, 3, 0.02) == pytest.approx(1 - 0.98**3)
    assert defects.chance_of(2, 2, 0.1) == pytest.approx(0.01)
    assert defects.chance_of(2500, 5000, 0.5) == pytest.approx(0.5, abs=0.01)


def tallies(chances: list[float], seed: int = 0) -> list[Tally]:
    rng = np.random.default_rng(seed)
    return [Tally(number * defects.TALLY_US, float(rng.binomial(200, p)), 200.0) for number, p in enumerate(chances)]


def test_the_beginning_is_found_of_a_step_and_of_a_slow_rise():
    step = tallies([0.004] * 60 + [0.05] * 10)
    rise = tallies([0.004] * 60 + [0.004 + 0.005 * number for number in range(20)])

    at_once, slowly = defects.began(step), defects.began(rise)

    assert at_once is not None
    assert at_once.likeliest_us == pytest.approx(60 * defects.TALLY_US, abs=defects.TALLY_US)
    assert at_once.latest_us == pytest.approx(60 * defects.TALLY_US, abs=defects.TALLY_US)
    assert slowly is not None
    assert slowly.likeliest_us == pytest.approx(62 * defects.TALLY_US, abs=3 * defects.TALLY_US)
    assert defects.began([Tally(0, 0.0, 100.0)] * 5) is None


def test_a_machine_that_stops_after_a_burst_of_rejects_has_tripped():
    quiet, burst = [0.004] * 40, [0.08] * 3
    stopped_us = 43 * defects.TALLY_US

    tripped = defects.burst(tallies(quiet + burst), DECLARED, "Inspector", stopped_us, DEFAULT.rejects)

    assert tripped is not None
    assert tripped.key == found(looked_at(7, 30))[0].key
    assert defects.burst(tallies(quiet + quiet[:3]), DECLARED, "Inspector", stopped_us, DEFAULT.rejects) is None
