"""What detection remembers: kept as bytes, read back, never read twice."""

from __future__ import annotations

import pytest

from lineside.detection.finding import Finding
from lineside.detection.habit import Habit
from lineside.detection.memory import VERSION
from lineside.detection.watch import LineMemory, watch
from lineside.lake.window import Series, Window
from lineside.site.model import Attribute, Line, Machine
from tests.detection.made import (
    MINUTE_US,
    START_US,
    UNKNOWN_LINE,
    AllSeries,
    changed,
    signal,
    states,
    ticks,
    window,
    without,
)

LINE = Line(
    id="line-1",
    machines=(
        Machine(id="Pump", attributes={"Flow": Attribute(low=30, high=55)}),
        Machine(id="Oven"),
    ),
)


def a_bad_day() -> AllSeries:
    flow = changed(signal(150, 5), 62, 69, lambda value: value + 9)
    oven = signal(150, 5, 3)
    stuck = changed(oven, 110, 150, lambda value: value * 0 + 50.25)
    return {
        ("Pump", "Flow", ""): flow,
        ("Pump", "Vibration", ""): changed(signal(150, 5, 1), 92, 97, lambda value: value + 30),
        ("Oven", "Temperature", ""): without(stuck, 140, 150),
        ("Oven", "Temperature", "probe-2"): without(signal(150, 5, 4), 140, 150),
        ("Oven", "State", ""): without(states(150, [(80, 84, "Down")]), 140, 150),
    }


def all_found(**how: object) -> list[list[Finding]]:
    return [found for _, found in ticks(a_bad_day(), LINE, minutes=150, **how)]  # type: ignore[arg-type]


def test_the_bad_day_holds_every_kind_that_signals_can_show():
    kinds = {one.kind for found in all_found() for one in found}

    assert kinds >= {"limit", "drift", "frozen", "silent", "stop"}


@pytest.mark.parametrize("overlap_us", [1, 7 * 1_000_000, 40 * MINUTE_US])
def test_windows_may_overlap_as_they_like(overlap_us: int):
    assert all_found(overlap_us=overlap_us) == all_found()


def test_a_memory_that_went_through_bytes_finds_the_same():
    through_bytes = all_found(through_bytes=True)

    assert [[one.key for one in found] for found in through_bytes] == [
        [one.key for one in found] for found in all_found()
    ]


def test_nothing_kept_is_a_fresh_start():
    memory = LineMemory.decode(None)

    assert memory.devices == {}
    assert memory.reason == ""


@pytest.mark.parametrize(
    "kept",
    [
        b"",
        b"x",
        b"not a memory at all",
        b"LSM" + bytes([VERSION + 1]) + b"anything",
        b"LSM" + bytes([VERSION]) + b"broken",
    ],
)
def test_what_cannot_be_read_is_a_fresh_start_with_a_reason(kept: bytes):
    memory = LineMemory.decode(kept)

    assert memory.devices == {}
    assert memory.reason


def test_a_cut_memory_is_a_fresh_start_with_a_reason():
    whole = LineMemory(ticked_us=7).encode()

    assert LineMemory.decode(whole[:-3]).reason


def test_the_next_tick_reads_from_where_the_last_one_ended():
    memory = LineMemory()
    now_us = START_US + 60 * MINUTE_US
    watch(memory, window(a_bad_day(), START_US, now_us), LINE, now_us)

    assert now_us - 10_000_000 <= memory.reads_from_us(now_us + 5 * MINUTE_US) <= now_us


def test_the_first_tick_reads_an_hour():
    assert LineMemory().reads_from_us(START_US) == START_US - 60 * MINUTE_US


def test_an_advisor_that_was_away_for_a_day_reads_an_hour():
    memory = LineMemory(ticked_us=START_US)

    assert memory.reads_from_us(START_US + 1440 * MINUTE_US) == START_US + 1380 * MINUTE_US


def test_readings_that_come_late_are_still_seen():
    moved = {("Pump", "Flow", ""): changed(signal(80, 1), 60, 70, lambda value: value - 9)}
    memory = LineMemory()
    told = []
    for minute in range(5, 81, 5):
        now_us = START_US + minute * MINUTE_US
        delivered_us = START_US + 60 * MINUTE_US if minute == 65 else now_us
        read = window(moved, memory.reads_from_us(now_us), delivered_us)
        found = watch(memory, read, UNKNOWN_LINE, now_us)
        told += [minute for one in found if one.kind == "drift"]

    assert told[0] == 70


def test_a_tick_without_any_reading_is_harmless():
    memory = LineMemory()

    assert watch(memory, Window(START_US, START_US + 1), LINE, START_US + 1) == []


def test_a_memory_of_long_experience_stays_small():
    habit = Habit(most=4032)
    for move in range(10_000):
        habit.learn(float(move))

    assert len(habit) == 4032
    assert habit.record == 9999.0
    assert len(habit.pack()) == 4 * 4032
    assert Habit.unpack(habit.pack()).median == habit.median


def test_text_only_devices_are_heard_and_nothing_else():
    series: AllSeries = {("Panel", "Message", ""): _text(120)}

    assert [one for _, found in ticks(series, LINE) for one in found] == []


def _text(minutes: float) -> Series:
    quiet = states(minutes, [])
    return Series(quiet.at_us, quiet.number, ["ready"] * len(quiet))
