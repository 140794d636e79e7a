"""Slow machines: found by the waits of their neighbours, against the line's own normal, and never guessed."""

from __future__ import annotations

import pytest

from lineside.detection.slow import find_slow
from lineside.line.states import BLOCKED, DOWN, STARVED
from lineside.site.model import Line, Machine
from tests.alarms.stories import Said, at, history_of, line_of

LINE = line_of("A > B > C")


def waits(start: float, end: float, state: str, *, share: float, cycle: float = 10) -> list[Said]:
    """Waiting for this share of every cycle."""
    count = int((end - start) / cycle)
    return [(start + n * cycle, start + n * cycle + share * cycle, state) for n in range(count)]


def named(now: float, line: Line = LINE, **said: list[Said]) -> list[str]:
    return [finding.device for finding in find_slow(history_of(now, **said), line, at(now))]


def test_a_machine_that_runs_while_its_feeder_is_blocked_and_its_follower_starved_is_slow():
    feeder, follower = waits(1800, 2400, BLOCKED, share=0.5), waits(1800, 2400, STARVED, share=0.5)

    (finding,) = find_slow(history_of(2400, A=feeder, B=[], C=follower), LINE, at(2400))

    assert finding.device == "B"
    assert abs(finding.onset_us - at(1800)) <= 60_000_000
    assert [(one.attribute, one.unit) for one in finding.evidence] == [
        ("feeders blocked", "P1"),
        ("followers starved", "P1"),
    ]


def test_it_is_found_within_five_minutes_at_half_speed():
    feeder, follower = waits(1800, 2100, BLOCKED, share=0.5), waits(1800, 2100, STARVED, share=0.5)

    assert named(2100, A=feeder, B=[], C=follower) == ["B"]


def test_a_line_that_always_waits_like_that_is_normal():
    feeder, follower = waits(0, 3600, BLOCKED, share=0.5), waits(0, 3600, STARVED, share=0.5)

    assert named(3600, A=feeder, B=[], C=follower) == []


def test_a_slowest_machine_that_gets_slower_still_is_found():
    feeder = [*waits(0, 2400, BLOCKED, share=0.2), *waits(2400, 3000, BLOCKED, share=0.6)]
    follower = [*waits(0, 2400, STARVED, share=0.2), *waits(2400, 3000, STARVED, share=0.6)]

    assert named(3000, A=feeder, B=[], C=follower) == ["B"]


def test_a_machine_that_is_down_explains_its_neighbours_itself():
    feeder, follower = [(1810.0, 2400.0, BLOCKED)], [(1810.0, 2400.0, STARVED)]

    assert named(2400, A=feeder, B=[(1800, 2400, DOWN)], C=follower) == []


def test_a_queue_that_moves_to_an_equally_slow_machine_accuses_nobody():
    line = line_of("A > B > C > D > E")
    first, last = waits(0, 3000, BLOCKED, share=0.4), waits(0, 3000, STARVED, share=0.4)
    between = [*waits(0, 1800, STARVED, share=0.4), *waits(1800, 3000, BLOCKED, share=0.4)]

    assert named(3000, line, A=first, B=[], C=between, D=[], E=last) == []


def test_the_wave_that_an_outage_leaves_behind_is_nobodys_slowness():
    feeder, follower = [(1810.0, 2080.0, BLOCKED)], [(1810.0, 2080.0, STARVED)]

    assert named(2100, A=feeder, B=[(1800, 2000, DOWN)], C=follower) == []


def test_a_follower_starved_by_another_inlet_accuses_nobody_here():
    line = line_of("A > B > C", "X > C")
    follower = [(1810.0, 2400.0, STARVED)]

    assert named(2400, line, A=[], B=[], C=follower, X=[(1800, 2400, DOWN)]) == []


def test_a_first_machine_is_found_by_its_follower_alone():
    follower = waits(1800, 2700, STARVED, share=0.6)

    assert named(2700, A=[], B=follower, C=follower) == ["A"]


def test_a_last_machine_is_found_by_its_feeder_alone():
    feeder = waits(1800, 2700, BLOCKED, share=0.6)

    assert named(2700, A=feeder, B=feeder, C=[]) == ["C"]


def test_a_line_that_is_filling_up_accuses_nobody():
    assert named(900, A=[], B=[], C=[(0, 900, STARVED)]) == []


def test_nothing_is_said_before_normal_is_known():
    feeder, follower = waits(200, 560, BLOCKED, share=0.8), waits(200, 560, STARVED, share=0.8)

    assert named(560, A=feeder, B=[], C=follower) == []


def test_it_is_over_when_the_waits_are_over():
    feeder, follower = waits(1800, 2400, BLOCKED, share=0.5), waits(1800, 2400, STARVED, share=0.5)

    assert named(2700, A=feeder, B=[], C=follower) == []


def test_its_own_short_stop_does_not_end_it():
    feeder, follower = waits(1800, 2700, BLOCKED, share=0.5), waits(1800, 2700, STARVED, share=0.5)

    assert named(2700, A=feeder, B=[(2400, 2440, DOWN)], C=follower) == ["B"]


def test_a_machine_without_a_state_is_named_only_when_squeezed_from_both_sides():
    line = line_of("A > Belt > C")
    feeder, follower = [(1810.0, 2400.0, BLOCKED)], [(1820.0, 2400.0, STARVED)]

    assert named(2400, line, A=feeder, C=follower) == ["Belt"]
    assert named(2400, line, A=feeder, C=[]) == ["C"]


def test_a_declared_buffer_is_never_at_fault():
    line = line_of("A > Belt > C", Belt=Machine(id="Belt", buffer=True))

    assert named(2400, line, A=[(1810, 2400, BLOCKED)], C=[(1820, 2400, STARVED)]) == []


def test_two_machines_without_a_state_in_a_row_cannot_be_told_apart():
    line = line_of("A > Belt > Lift > C")

    assert named(2400, line, A=[(1810, 2400, BLOCKED)], C=[(1820, 2400, STARVED)]) == []


def test_a_belt_before_a_join_that_waits_for_another_inlet_is_not_accused():
    line = line_of("A > Belt > C", "X > C")
    feeder, follower = [(1830.0, 2400.0, BLOCKED)], [(1810.0, 2400.0, STARVED)]

    assert named(2400, line, A=feeder, C=follower, X=[(1800, 2400, DOWN)]) == []


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_trickling_material_leads_upstream_to_the_machine_that_is_slow(share: float):
    line = line_of("A > B > C")
    often_blocked = waits(0, 1800, BLOCKED, share=0.1, cycle=60)
    follower = waits(1800, 3300, STARVED, share=share)

    assert named(3300, line, A=often_blocked, B=[], C=follower) == ["A"]
