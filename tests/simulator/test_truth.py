"""The truth is measured against the same line without the fault."""

from __future__ import annotations

import io
import json

from simulator.faults import Fault
from simulator.machines import CONVEYOR, ERECTOR, FORMER, FREEZER, INSPECTOR, LABELLER, LINER, SEALER
from simulator.run import START
from simulator.truth import FLOOR_SECONDS, truth_of, write_csv, write_jsonl

JAM = Fault("jam", CONVEYOR, 300, 580)


def test_a_jam_at_the_join_costs_everybody_time():
    (truth,) = truth_of(3, (JAM,), 1800)

    assert truth.cause == CONVEYOR
    assert set(truth.victims) == {FORMER, FREEZER, INSPECTOR, SEALER, LABELLER, ERECTOR, LINER}
    assert 350 < truth.victims[INSPECTOR] < 580
    assert truth.own_down_seconds > 500
    assert min(truth.victims.values()) >= FLOOR_SECONDS


def test_a_short_stop_of_the_labeller_does_not_reach_the_cookies():
    (truth,) = truth_of(3, (Fault("jam", LABELLER, 300, 120),), 1800)

    assert not {FORMER, FREEZER, INSPECTOR} & set(truth.victims)


def test_a_fault_that_stops_nothing_has_no_victims():
    frozen = Fault("frozen_sensor", FORMER, 300, 900, attribute="Moisture")
    silent = Fault("silent_working", SEALER, 300, 600)

    assert [truth.victims for truth in truth_of(3, (frozen, silent), 1800)] == [{}, {}]


def test_who_either_of_two_faults_would_have_stopped_is_nobodys_alone():
    conveyor, labeller = truth_of(3, (JAM, Fault("jam", LABELLER, 310, 560)), 1800)

    assert SEALER in conveyor.victims | conveyor.either | labeller.victims | labeller.either
    assert not set(conveyor.victims) & set(conveyor.either)
    assert FORMER in conveyor.either | conveyor.victims


def test_the_truth_can_be_written_as_lines_and_as_a_table():
    truths = truth_of(3, (JAM,), 1800)
    lines, table = io.StringIO(), io.StringIO()

    write_jsonl(truths, lines)
    write_csv(truths, START, table)

    assert json.loads(lines.getvalue())["cause"] == CONVEYOR
    header, row = table.getvalue().splitlines()
    assert header.startswith("onset,ends,recovered,kind,cause")
    assert row.startswith("2026-01-05T06:05:00Z,2026-01-05T06:14:40Z,2026-01-05T06:14:40Z,jam,Vertical Conveyor")
