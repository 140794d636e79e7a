"""Where a line's time went."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineside.lake.history import Rise
from lineside.lake.runs import UNKNOWN, Run
from lineside.line.flow import Fault
from lineside.line.losses import Counted, best_rate, counting, loss_tree, pacing, seconds_by_state
from lineside.site.model import Line, Machine, RejectRate

SECOND_US = 1_000_000
HOUR_US = 3_600 * SECOND_US
COUNTERS = RejectRate(rejects="Bad", total="Total", max_fraction=0.02)
LINE = Line(
    id="line-1",
    machines=(
        Machine(id="Oven", feeds=("Inspector",)),
        Machine(id="Inspector", feeds=("Table",), rejects=COUNTERS),
        Machine(id="Table", feeds=("Packer",), buffer=9),
        Machine(id="Packer"),
    ),
)


def runs(*spans: tuple[str, int]) -> list[Run]:
    """States one after the other, each for so many seconds."""
    at, told = 0, []
    for state, seconds in spans:
        told.append(Run(state, at, at + seconds * SECOND_US))
        at += seconds * SECOND_US
    return told


HOUR = {
    "Oven": runs(("running", 1_210), ("blocked", 590), ("running", 1_800)),
    "Inspector": runs(("running", 1_205), ("blocked", 595), ("running", 1_740), ("down", 30), ("running", 30)),
    "Packer": runs(("running", 1_200), ("down", 600), ("running", 1_800)),
}


def tree(machine: str = "Packer", told: dict[str, list[Run]] = HOUR, counted: Counted | None = None, **how: object):
    return loss_tree(LINE, LINE.by_id[machine], told, counted or Counted(), 0, HOUR_US, **how)  # type: ignore[arg-type]


def test_the_bottleneck_sets_the_pace():
    assert pacing(LINE, HOUR) == LINE.by_id["Packer"]


def test_a_machine_that_only_ever_ran_or_was_hardly_heard_is_no_bottleneck():
    always = {**HOUR, "Packer": runs(("running", 3_600))}
    hardly = {**HOUR, "Packer": runs(("down", 60), (UNKNOWN, 3_540))}

    assert pacing(LINE, always) == LINE.by_id["Oven"]
    assert pacing(LINE, hardly) == LINE.by_id["Oven"]
    assert pacing(LINE, {"Packer": runs(("running", 3_600))}) == LINE.by_id["Packer"]


def test_where_nothing_was_heard_nothing_is_said():
    silent = {device: runs((UNKNOWN, 3_600)) for device in HOUR}

    nothing = loss_tree(LINE, pacing(LINE, silent), silent, Counted(), 0, HOUR_US)

    assert (nothing.availability, nothing.performance, nothing.quality, nothing.oee) == (None, None, None, None)
    assert nothing.leaves == ()
    assert "No machine" in nothing.basis


def test_the_machine_that_counts_is_the_one_nearest_to_the_end():
    first = Machine(id="First", feeds=("Last",), rejects=COUNTERS)
    last = Machine(id="Last", rejects=COUNTERS)

    assert counting(Line(id="l", machines=(last, first))) == last
    assert counting(Line(id="l", machines=(Machine(id="None"),))) is None


def test_time_is_lost_where_it_was_waited_for():
    leaves = {(leaf.name, leaf.machine): leaf.seconds for leaf in tree("Inspector").leaves}

    assert leaves == {("blocked", "Packer"): 595.0, ("short stops", "Inspector"): 30.0}
    assert tree("Inspector").availability == pytest.approx(2_975 / 3_600)


def test_a_stop_of_its_own_is_down_and_short_ones_are_told_apart():
    own = {"Packer": runs(("down", 59), ("running", 3_481), ("down", 60))}

    assert {(leaf.name, leaf.seconds) for leaf in tree(told=own).leaves} == {("down", 60.0), ("short stops", 59.0)}


def test_a_wait_without_a_cause_says_so():
    alone = {"Packer": runs(("running", 3_000), ("starved", 600)), "Inspector": runs(("running", 3_600))}

    (leaf,) = tree(told=alone).leaves

    assert (leaf.name, leaf.machine, leaf.seconds) == ("starved", "Packer", 600.0)
    assert "no cause was seen" in leaf.note


def test_a_slow_machine_that_was_found_is_what_was_waited_for():
    alone = {"Packer": runs(("running", 3_000), ("starved", 600)), "Inspector": runs(("running", 3_600))}
    slow = Fault("Inspector", 2_900 * SECOND_US, HOUR_US, inferred=True)

    (leaf,) = tree(told=alone, faults=[slow]).leaves

    assert (leaf.name, leaf.machine, leaf.seconds) == ("starved", "Inspector", 600.0)


def test_idle_and_unheard_time_is_left_out_and_said():
    told = {
        "Packer": runs(("running", 900), ("Planned Stop".lower(), 900), ("idle", 600), ("down", 100), (UNKNOWN, 1_100))
    }

    found = tree(told=told)

    assert found.availability == pytest.approx(0.9)
    assert found.busy_seconds == 1_000
    assert "Left out: 18.3 min in which nothing was heard of it and 25.0 min in which it was idle." in found.basis


def test_slow_running_and_rejects_are_seconds_too():
    found = tree(counted=Counted("Inspector", pieces=2_700.0, rejects=27.0, best=1.0))

    assert (found.availability, found.performance, found.quality) == (pytest.approx(5 / 6), 0.9, 0.99)
    assert found.oee == pytest.approx(5 / 6 * 0.9 * 0.99)
    leaves = {leaf.branch: leaf for leaf in found.leaves}
    assert leaves["performance"].seconds == pytest.approx(300.0)
    assert (leaves["quality"].machine, leaves["quality"].seconds) == ("Inspector", pytest.approx(27.0))
    assert "27 rejects in 2,700 pieces" in leaves["quality"].note


@pytest.mark.parametrize(
    ("counted", "shares"),
    [
        (Counted(), (None, None)),
        (Counted("Inspector", pieces=None, rejects=3.0, best=1.0), (None, None)),
        (Counted("Inspector", pieces=100.0, rejects=None, best=None), (None, None)),
        (Counted("Inspector", pieces=0.0, rejects=0.0, best=1.0), (0.0, None)),
        (Counted("Inspector", pieces=9e9, rejects=0.0, best=1.0), (1.0, 1.0)),
    ],
)
def test_what_was_not_counted_is_unknown_and_never_zero(counted: Counted, shares: tuple[float | None, float | None]):
    found = tree(counted=counted)

    assert (found.performance, found.quality) == shares


def test_a_line_that_never_ran_was_worth_nothing_whatever_the_rest():
    down = tree(told={"Packer": runs(("down", 3_600))})

    assert (down.availability, down.performance, down.oee) == (0.0, None, 0.0)


@pytest.mark.parametrize(
    ("every", "pieces", "minutes", "rate"),
    [(5, 30, 60, 6.0), (30, 180, 120, 6.0), (60, 3, 3_000, 0.05), (5, 30, 8, None), (60, 0, 600, None)],
)
def test_the_best_rate_is_of_spans_in_which_enough_was_counted(
    every: int, pieces: float, minutes: int, rate: float | None
):
    readings = 60 // every
    counted = [Rise(minute * 60 * SECOND_US, pieces * readings, readings) for minute in range(minutes)]

    found = best_rate(counted)

    assert found == (rate if rate is None else pytest.approx(rate))


def test_one_fast_minute_is_not_the_usual_best():
    counted = [Rise(minute * 60 * SECOND_US, 900.0 if minute == 7 else 300.0, 12) for minute in range(100)]

    assert best_rate(counted) == pytest.approx(5.0)


STATES = st.sampled_from(["running", "blocked", "starved", "down", UNKNOWN, "idle", "setup", "planned stop", ""])


@st.composite
def any_runs(draw: st.DrawFn) -> list[Run]:
    """States that fill the hour without holes, neighbours different."""
    cuts = sorted({0, HOUR_US, *draw(st.lists(st.integers(1, HOUR_US - 1), max_size=12))})
    told: list[Run] = []
    for start_us, end_us in pairwise(cuts):
        state = draw(STATES)
        if told and told[-1].state == state:
            told[-1] = Run(state, told[-1].start_us, end_us)
        else:
            told.append(Run(state, start_us, end_us))
    return told


amounts = st.one_of(st.none(), st.floats(0, 1e7, allow_nan=False))


@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries({name: any_runs() for name in HOUR}), amounts, amounts, amounts)
def test_whatever_happened_the_seconds_add_up(
    told: dict[str, list[Run]], pieces: float | None, rejects: float | None, best: float | None
):
    machine = pacing(LINE, told)

    found = loss_tree(LINE, machine, told, Counted("Inspector", pieces, rejects, best), 0, HOUR_US)

    shares = (found.availability, found.performance, found.quality, found.oee)
    assert all(share is None or 0 <= share <= 1 for share in shares)
    lost = sum(leaf.seconds for leaf in found.leaves)
    assert all(leaf.seconds > 0 for leaf in found.leaves)
    assert found.busy_seconds <= 3_600
    if machine is not None and found.availability is not None:
        running = seconds_by_state(told[machine.id]).get("running", 0.0)
        stood = sum(leaf.seconds for leaf in found.leaves if leaf.branch == "availability")
        assert stood == pytest.approx(found.busy_seconds - running, abs=1e-3)
        assert lost <= found.busy_seconds + 1e-3
    if found.good_seconds is not None:
        assert found.good_seconds + lost == pytest.approx(found.busy_seconds, abs=1e-3)
        assert found.oee == pytest.approx(found.good_seconds / found.busy_seconds, abs=1e-9)
