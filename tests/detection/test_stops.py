"""Long stops: what counts as one outage, when it is over, and what never adds up to one."""

from __future__ import annotations

import pytest

from lineside.detection.stops import find_stops, outages
from lineside.line.states import DOWN, OFFLINE, RUNNING
from lineside.site.model import Line, Machine
from tests.alarms.stories import Said, at, history_of, line_of

LINE = line_of("Press")


def onsets(now: float, press: list[Said], *, tick: float = 300, line: Line = LINE) -> list[float]:
    findings = find_stops(history_of(now, tick, Press=press), line, at(now))
    return [(finding.onset_us - at(0)) / 1e6 for finding in findings]


@pytest.mark.parametrize(("seconds", "is_long"), [(55, False), (60, True), (600, True)])
def test_a_stop_is_long_after_a_minute(seconds: float, is_long: bool):
    assert onsets(1000, [(1000 - seconds, 1000, DOWN)]) == ([1000 - seconds] if is_long else [])


def test_the_site_may_say_how_long_is_long():
    patient = line_of("Press", Press=Machine(id="Press", down_after_seconds=120))

    assert onsets(1000, [(900, 1000, DOWN)], line=patient) == []
    assert onsets(1000, [(880, 1000, DOWN)], line=patient) == [880]


def test_one_sample_of_running_does_not_end_an_outage_or_begin_another():
    press = [(500, 540, DOWN), (545, 700, DOWN), (720, 1000, DOWN)]

    assert onsets(1000, press) == [500]


def test_micro_stops_with_work_between_never_add_up():
    press = [(start, start + 20.0, DOWN) for start in range(100, 1000, 30)]

    assert onsets(1000, press) == []


def test_blocked_or_starved_means_repaired():
    press = [(500, 700, DOWN), (700, 1000, "blocked")]

    (outage,) = outages(history_of(1000, Press=press), LINE, at(1000))

    assert (outage.over, outage.end_us) == (True, at(700))


def test_an_outage_lasts_until_it_has_run_for_the_off_delay():
    just_now, a_while_ago = [(500.0, 980.0, DOWN)], [(500.0, 960.0, DOWN)]

    assert not outages(history_of(1000, Press=just_now), LINE, at(1000))[0].over
    assert outages(history_of(1000, Press=a_while_ago), LINE, at(1000))[0].over


def test_an_outage_between_two_ticks_is_told_by_the_tick_after_it_and_by_no_other():
    press = [(710.0, 810.0, DOWN)]

    assert onsets(900, press) == [710]
    assert onsets(1200, press) == []


def test_the_tick_after_the_end_still_tells_what_it_cost_and_the_next_does_not():
    press = [(500.0, 810.0, DOWN)]

    assert [onsets(now, press) for now in (600, 900, 1200)] == [[500], [500], []]


def test_a_machine_that_falls_silent_while_down_stays_down():
    press = [(500, 600, DOWN), (600, 1000, OFFLINE)]

    assert onsets(1000, press) == [500]


def test_silence_alone_is_no_stop():
    assert onsets(1000, [(500, 1000, OFFLINE)]) == []


def test_an_outage_goes_on_when_the_machine_is_heard_down_again():
    press = [(500, 600, DOWN), (600, 800, OFFLINE), (800, 1000, DOWN)]

    (outage,) = outages(history_of(1000, Press=press), LINE, at(1000))

    assert (outage.start_us, outage.down_us) == (at(500), 300_000_000)


def test_two_outages_with_work_between_are_two():
    press = [(100, 200, DOWN), (200, 500, RUNNING), (500, 600, DOWN)]

    assert [outage.start_us for outage in outages(history_of(1000, Press=press), LINE, at(1000))] == [at(100), at(500)]


def test_the_finding_says_since_when_and_how_long_it_was_down():
    (finding,) = find_stops(history_of(1000, Press=[(500, 540, DOWN), (545, 1000, DOWN)]), LINE, at(1000))

    since, down = finding.evidence
    assert (since.value, since.observed_us) == ("Down", at(500))
    assert (down.value, down.unit) == (495.0, "SEC")
