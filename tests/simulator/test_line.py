"""The line behaves as a line: nothing is lost, waves travel the way they must, and chance repeats."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.faults import FAULTS, Fault, draw_fault
from simulator.line import Line
from simulator.machines import (
    CONVEYOR,
    COOKIES_PER_STROKE,
    ERECTOR,
    FORMER,
    FREEZER,
    INSPECTOR,
    LABELLER,
    LINER,
    SEALER,
)
from simulator.run import STATE_DEVICES, STATES, states_of, warm_line

ONSET = 300.0
COLUMN = {device: index for index, device in enumerate(STATE_DEVICES)}


def line_with(*faults: Fault, seed: int = 5) -> Line:
    return warm_line(np.random.default_rng(seed), faults)


def jam_of(device: str, duration: float = 600.0) -> Fault:
    return Fault("jam", device, ONSET, duration)


def first_second_in(device: str, state: str, fault: Fault) -> float:
    """Seconds after the onset at which this machine first says so for a minute: the median of seven lines.

    On a single line a short stop elsewhere may come in between.
    """
    found = []
    for seed in range(7):
        said = states_of(np.random.default_rng(seed), (fault,), 900)[:, COLUMN[device]] == STATES.index(state)
        lasting = (second for second in range(int(ONSET), 840) if said[second : second + 60].all())
        found.append(next(lasting) - ONSET)
    return float(np.median(found))


def cookies_on_the_line(line: Line) -> int:
    stores = line.stores
    between = stores.formed.count + stores.frozen.count + stores.inspected.count
    return between + line.freezer.on_belt + line.conveyor.filled


@pytest.mark.parametrize("kind", list(FAULTS))
def test_no_cookie_and_no_box_appears_or_vanishes_whatever_goes_wrong(kind):
    fault = draw_fault(np.random.default_rng(3), (60, 120), kind)
    line = line_with(fault)

    line.run_until(1800.0)

    formed = line.former.total * COOKIES_PER_STROKE
    assert formed == line.former.good
    assert formed == cookies_on_the_line(line) + line.inspector.bad + line.conveyor.total
    boxes = line.stores.erected.count + line.stores.right_turn.count + line.stores.left_turn.count
    held = sum((line.erector.holds, line.liner.holds, line.sealer.holds, line.labeller.holds))
    in_conveyor = 1 if line.conveyor.target else 0
    assert line.erector.total == boxes + line.stores.sealed.count + held + in_conveyor + line.labeller.good


def test_every_place_holds_no_more_than_it_can():
    line = line_with(jam_of(LABELLER))

    for _ in range(1500):
        line.step()

        assert line.level("Conveyor Left Turn") <= 4
        assert line.level("Conveyor Right Turn") <= 4
        assert line.stores.inspected.count <= line.stores.inspected.capacity + 10


def test_the_same_seed_gives_the_same_states_and_another_seed_others():
    faults = (jam_of(SEALER),)

    first, again, other = (states_of(np.random.default_rng(seed), faults, 900) for seed in (1, 1, 2))

    assert (first == again).all()
    assert (first != other).any()


def test_with_and_without_a_fault_one_seed_is_the_same_line_until_the_onset():
    healthy, broken = (states_of(np.random.default_rng(8), faults, 1500) for faults in ((), (jam_of(CONVEYOR),)))

    assert (healthy[: int(ONSET)] == broken[: int(ONSET)]).all()
    assert (healthy[int(ONSET) :] != broken[int(ONSET) :]).any()


def test_a_jam_blocks_upstream_in_order_and_only_after_the_accumulation_is_full():
    jam = jam_of(CONVEYOR)

    inspector, freezer, former = (first_second_in(device, "Blocked", jam) for device in (INSPECTOR, FREEZER, FORMER))

    assert 30 < inspector < freezer < former < 200


def test_a_jam_starves_downstream_in_order():
    jam = jam_of(CONVEYOR)

    assert 15 < first_second_in(SEALER, "Starved", jam) < first_second_in(LABELLER, "Starved", jam) < 120


def test_a_jam_blocks_the_other_branch_at_the_join():
    jam = jam_of(CONVEYOR)

    assert first_second_in(LINER, "Blocked", jam) < first_second_in(ERECTOR, "Blocked", jam) < 60


def test_boxes_that_run_out_starve_the_join_and_block_the_cookies():
    jam = jam_of(ERECTOR)

    starved = first_second_in(CONVEYOR, "Starved", jam)

    assert starved > 60, "four boxes stand on the turn"
    assert first_second_in(INSPECTOR, "Blocked", jam) > starved


def test_a_slow_machine_never_says_down_and_holds_up_its_neighbours():
    slow = Fault("slow", SEALER, ONSET, duration=900, size=0.6)

    healthy, slowed = (states_of(np.random.default_rng(5), faults, 1200)[int(ONSET) :] for faults in ((), (slow,)))

    own = slowed[:, COLUMN[SEALER]]
    assert (own == STATES.index("Down")).sum() <= (healthy[:, COLUMN[SEALER]] == STATES.index("Down")).sum()
    blocked = STATES.index("Blocked")
    assert (slowed[:, COLUMN[CONVEYOR]] == blocked).sum() > (healthy[:, COLUMN[CONVEYOR]] == blocked).sum() + 60


def test_the_line_makes_what_the_recorded_line_makes():
    line = line_with(seed=1)
    formed, boxed, inspected, bad = line.former.good, line.conveyor.good, line.inspector.total, line.inspector.bad

    line.run_until(4 * 3600.0)

    minutes = 240
    assert 320 < (line.former.good - formed) / minutes < 351
    assert 2.8 < (line.conveyor.good - boxed) / minutes < 3.5
    assert 0.003 < (line.inspector.bad - bad) / (line.inspector.total - inspected) < 0.006


def test_a_healthy_line_has_short_stops_and_no_long_ones():
    down = states_of(np.random.default_rng(2), (), 2 * 3600) == STATES.index("Down")

    lengths = [run for column in down.T for run in run_lengths(column)]

    assert 20 <= len(lengths) <= 60
    assert max(lengths) < 60


def run_lengths(said: np.ndarray) -> list[int]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], said.astype(np.int8), [0]))))
    return (edges[1::2] - edges[::2]).tolist()


def test_a_stopped_machine_cannot_have_a_short_stop():
    states = states_of(np.random.default_rng(5), (jam_of(CONVEYOR, 3000),), 3000)

    upstream = states[600:, COLUMN[FORMER]]

    assert (upstream == STATES.index("Blocked")).mean() > 0.99
