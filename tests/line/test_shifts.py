"""Shifts by the clock on the plant's wall."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineside.line.shifts import Worked, names_of, shift_at, shifts_between
from lineside.site.model import SHIFTS, Shift
from lineside.telemetry.timestamps import parse, render

COPENHAGEN = "Europe/Copenhagen"
HOUR_US = 3_600_000_000


def worked(at: str, timezone: str = COPENHAGEN, shifts: tuple[Shift, ...] = SHIFTS) -> tuple[str, str, str]:
    one = shift_at(shifts, timezone, parse(at))
    return one.name, render(one.start_us), render(one.end_us)


@pytest.mark.parametrize(
    ("at", "shift"),
    [
        ("2025-03-03T05:00:00Z", ("Early", "2025-03-03T05:00:00Z", "2025-03-03T13:00:00Z")),
        ("2025-03-03T04:59:59Z", ("Night", "2025-03-02T21:00:00Z", "2025-03-03T05:00:00Z")),
        ("2025-07-01T04:30:00Z", ("Early", "2025-07-01T04:00:00Z", "2025-07-01T12:00:00Z")),
        ("2025-03-30T00:30:00Z", ("Night", "2025-03-29T21:00:00Z", "2025-03-30T04:00:00Z")),
        ("2025-10-26T00:30:00Z", ("Night", "2025-10-25T20:00:00Z", "2025-10-26T05:00:00Z")),
    ],
)
def test_a_shift_begins_by_the_plants_own_clock_also_when_that_is_changed(at: str, shift: tuple[str, str, str]):
    assert worked(at) == shift


def test_one_shift_lasts_a_day():
    alone = (Shift(name="All", start="07:30"),)

    assert worked("2025-03-03T07:00:00Z", "UTC", alone) == ("All", "2025-03-02T07:30:00Z", "2025-03-03T07:30:00Z")


def test_shifts_may_be_written_in_any_order():
    assert worked("2025-03-03T15:00:00Z", "UTC", SHIFTS[::-1])[0] == "Late"


def test_who_worked_in_a_window_is_named_in_order():
    start_us = parse("2025-03-03T10:00:00Z")
    between = shifts_between(SHIFTS, "UTC", start_us, start_us + 8 * HOUR_US)

    assert names_of(between, start_us, start_us + 8 * HOUR_US) == "Early, Late"
    assert names_of(between, start_us, start_us + 4 * HOUR_US) == "Early"


@given(
    st.integers(parse("2024-01-01T00:00:00Z"), parse("2027-01-01T00:00:00Z")),
    st.sampled_from([COPENHAGEN, "UTC", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"]),
    st.lists(st.times().map("{:%H:%M}".format), min_size=1, max_size=5, unique=True),
    st.integers(1, 100),
)
def test_somebody_works_at_every_instant_and_nobody_twice(at_us: int, timezone: str, starts: list[str], hours: int):
    shifts = tuple(Shift(name=f"shift {number}", start=start) for number, start in enumerate(starts))
    end_us = at_us + hours * HOUR_US

    between: list[Worked] = shifts_between(shifts, timezone, at_us, end_us)

    assert between[0].start_us <= at_us < between[0].end_us
    assert between[-1].end_us >= end_us
    assert all(one.end_us == other.start_us for one, other in pairwise(between))
    assert all(one.start_us < one.end_us for one in between)
    assert shift_at(shifts, timezone, at_us) == between[0]
