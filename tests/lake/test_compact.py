from __future__ import annotations

import builtins
from collections.abc import Callable
from functools import cache
from typing import TypeVar

import pytest

from lineside.errors import Conflict, Unavailable
from lineside.lake import Lake
from lineside.lake.compact import Compacted, compact_hours
from lineside.lake.memory import MemoryObjects
from lineside.lake.paths import RAW, READINGS
from lineside.lake.schema import from_parquet
from lineside.telemetry.reading import Identity, Reading, Value
from tests.lake.readings import HOUR_US, LINE, SECOND_US, SITE, SIX_US, everything, first_received, reading

T = TypeVar("T")
NOW_US = SIX_US + 5 * HOUR_US
BATCHES: list[list[Reading]] = [
    [reading(second, float(second)) for second in range(0, 10)],
    [reading(second, float(second)) for second in range(5, 15)],
    [reading(3600 + second, "Running", attribute="State") for second in range(5)],
    [reading(7, 99.0, received=8), reading(20, True, device="Mixer")],
]
EVERY = [one for batch in BATCHES for one in batch]


@cache
def appended() -> dict[str, bytes]:
    """The files of all batches."""
    objects = MemoryObjects()
    for number, batch in enumerate(BATCHES):
        Lake(objects).append(SITE, LINE, batch, f"batch-{number}")
    return {key: objects.get(key) for key in objects.list(RAW)}


def filled(objects: MemoryObjects) -> Lake:
    for key, data in appended().items():
        MemoryObjects.put(objects, key, data)
    return Lake(objects)


def what_athena_sees(objects: MemoryObjects) -> list[Identity]:
    rows = [row for key in objects.list(READINGS) for row in from_parquet(objects.get(key)).to_pylist()]
    return [
        (row["device"], row["attribute"], row["dataset"], round(row["observed_at"].timestamp() * 1e6)) for row in rows
    ]


def test_a_closed_hour_becomes_one_object_and_holds_each_reading_once():
    objects = MemoryObjects()
    lake = filled(objects)
    before = everything(lake)

    done = compact_hours(objects, NOW_US, 900)

    assert objects.list(RAW) == []
    assert len(objects.list(READINGS)) == 2
    assert done == Compacted(hours=2, files=4, rows=21, duplicates=6, conflicts=1)
    assert everything(lake) == everything(Lake(objects)) == before
    assert sorted(what_athena_sees(objects)) == sorted(before)


def test_an_hour_that_may_still_get_readings_is_left_alone():
    objects = MemoryObjects()
    filled(objects)

    compact_hours(objects, SIX_US + HOUR_US + 900 * SECOND_US - 1, 900)

    assert objects.list(READINGS) == []
    compact_hours(objects, SIX_US + HOUR_US + 900 * SECOND_US, 900)
    assert [key.split("hour=")[1] for key in objects.list(READINGS)] == ["06/part.parquet"]


def test_late_readings_are_merged_by_the_next_run():
    objects = MemoryObjects()
    lake = filled(objects)
    compact_hours(objects, NOW_US, 900)

    late = [reading(100, 5.0), reading(3, -1.0, received=500)]
    lake.append(SITE, LINE, late, "late")
    waiting = everything(lake)
    done = compact_hours(objects, NOW_US, 900)

    assert done == Compacted(hours=1, files=1, rows=1, duplicates=1, conflicts=1)
    assert everything(lake) == waiting == first_received([*EVERY, *late])


def test_a_reading_received_earlier_takes_its_place_in_a_compacted_hour():
    objects = MemoryObjects()
    lake = Lake(objects)
    lake.append(SITE, LINE, [reading(0, 1.0, received=9)], "a")
    compact_hours(objects, NOW_US, 900)

    lake.append(SITE, LINE, [reading(0, 2.0, received=5)], "b")
    waiting = everything(lake)
    compact_hours(objects, NOW_US, 900)

    assert waiting == everything(lake) == {reading(0).identity: 2.0}


def test_one_line_is_compacted_without_the_others():
    objects = MemoryObjects()
    lake = filled(objects)
    lake.append(SITE, "line-2", [reading()], "other")

    lake.compact(SITE, LINE, NOW_US)

    assert [key.split("/")[2] for key in objects.list(RAW)] == ["line=line-2"]


class Crashed(Exception):
    """The process died here."""


class CrashesAt(MemoryObjects):
    """Dies at the n-th call, before doing anything or after having done it."""

    def __init__(self, call: int = 0, *, after: bool = False) -> None:
        super().__init__()
        self.left, self.after, self.calls = call, after, 0

    def _call(self, work: Callable[[], T]) -> T:
        self.calls += 1
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Crashed
        done = work()
        if self.left == 0:
            raise Crashed
        return done

    def put(self, key: str, data: bytes) -> None:
        self._call(lambda: MemoryObjects.put(self, key, data))

    def get(self, key: str) -> bytes:
        return self._call(lambda: MemoryObjects.get(self, key))

    def list(self, prefix: str) -> builtins.list[str]:
        return self._call(lambda: MemoryObjects.list(self, prefix))

    def delete(self, key: str) -> None:
        self._call(lambda: MemoryObjects.delete(self, key))

    def put_if(self, key: str, data: bytes, tag: str | None) -> None:
        self._call(lambda: MemoryObjects.put_if(self, key, data, tag))


def calls_of_one_compaction() -> int:
    objects = CrashesAt()
    filled(objects)
    before = objects.calls
    compact_hours(objects, NOW_US, 900)
    return objects.calls - before


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_call_loses_and_doubles_nothing(after: bool):
    calls = calls_of_one_compaction()
    expected = first_received(EVERY)
    assert calls > 8

    for call in range(1, calls + 1):
        objects = CrashesAt(after=after)
        filled(objects)
        objects.left = call
        with pytest.raises(Crashed):
            compact_hours(objects, NOW_US, 900)
        objects.left = 0

        assert_nothing_lost_or_doubled(objects, expected)
        compact_hours(objects, NOW_US, 900)
        assert_nothing_lost_or_doubled(objects, expected)
        assert objects.list(RAW) == []
        assert sorted(what_athena_sees(objects)) == sorted(expected)


def assert_nothing_lost_or_doubled(objects: MemoryObjects, expected: dict[Identity, Value]) -> None:
    shown = {identity: float(value) if value is True else value for identity, value in expected.items()}
    seen = what_athena_sees(objects)
    assert everything(Lake(objects)) == shown
    assert len(seen) == len(set(seen))


class Interrupted(MemoryObjects):
    """Lets somebody else work just before the n-th call, once."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.work, self.calls = 0, lambda: None, 0

    def interrupt(self, call: int, work: Callable[[], object]) -> None:
        self.left, self.work, self.calls = call, work, 0

    def _pass(self) -> None:
        self.calls += 1
        self.left -= 1
        if self.left == 0:
            self.work()

    def get(self, key: str) -> bytes:
        self._pass()
        return super().get(key)

    def list(self, prefix: str) -> builtins.list[str]:
        self._pass()
        return super().list(prefix)

    def delete(self, key: str) -> None:
        self._pass()
        super().delete(key)

    def tag(self, key: str) -> str | None:
        self._pass()
        return super().tag(key)

    def put_if(self, key: str, data: bytes, tag: str | None) -> None:
        self._pass()
        super().put_if(key, data, tag)


def interruptions(work: Callable[[Interrupted], object]) -> range:
    """Every call that `work` makes of a store that nobody disturbs."""
    objects = Interrupted()
    filled(objects)
    objects.interrupt(0, lambda: None)
    work(objects)
    return range(1, objects.calls + 1)


def compact_all(objects: MemoryObjects) -> Compacted:
    return compact_hours(objects, NOW_US, 900)


@pytest.mark.parametrize("late", [[], [reading(200, 4.0)]])
def test_two_compactors_at_once_lose_and_double_nothing(late: list[Reading]):
    for call in interruptions(compact_all):
        objects = Interrupted()
        lake = filled(objects)

        def another_run(objects: Interrupted = objects, lake: Lake = lake) -> None:
            lake.append(SITE, LINE, late, "late")
            compact_all(objects)

        objects.interrupt(call, another_run)
        compact_all(objects)

        assert_nothing_lost_or_doubled(objects, first_received([*EVERY, *late]))
        assert objects.list(RAW) == []


def test_what_is_appended_during_a_compaction_is_kept():
    late = [reading(200, 4.0), reading(3, 3.0)]
    for call in interruptions(compact_all):
        objects = Interrupted()
        lake = filled(objects)
        objects.interrupt(call, lambda lake=lake: lake.append(SITE, LINE, late, "late"))

        compact_all(objects)

        assert_nothing_lost_or_doubled(objects, first_received([*EVERY, *late]))


@pytest.mark.parametrize("half_way", [False, True])
@pytest.mark.parametrize("warm", [False, True])
def test_a_reader_that_compaction_overtakes_sees_every_reading_once(warm: bool, half_way: bool):
    for call in interruptions(lambda objects: everything(Lake(objects))):
        objects = Interrupted()
        lake = filled(objects)
        if half_way:
            lake.compact(SITE, LINE, NOW_US)
            lake.append(SITE, LINE, [reading(7, 99.0, received=8), reading(30)], "late")
        expected = everything(Lake(objects))
        if warm:
            everything(lake)
        objects.interrupt(call, lambda objects=objects: compact_all(objects))

        assert everything(lake) == expected
        assert everything(Lake(objects)) == expected


def test_an_hour_swapped_while_one_machine_is_read_is_read_again():
    objects = Interrupted()
    lake = Lake(objects)
    many = [reading(second, float(second), f"machine {device:02d}") for device in range(40) for second in range(1000)]
    lake.append(SITE, LINE, many, "many")
    compact_all(objects)
    lake.window(SITE, LINE, SIX_US, NOW_US, devices=["machine 00"])  # Now it knows where in the file everything lies.
    earlier = [reading(second / 7, 1.0, "Another") for second in range(20_000)]

    def everything_moves() -> None:
        lake.append(SITE, LINE, earlier, "earlier")
        compact_all(objects)

    objects.interrupt(3, everything_moves)  # After list and tag, before get.
    window = lake.window(SITE, LINE, SIX_US, NOW_US, devices=["machine 39"])

    assert objects.left < 0
    assert window.series["machine 39", "Temperature", ""].number.tolist() == [float(second) for second in range(1000)]


class NeverSwaps(MemoryObjects):
    """Somebody else always swaps first."""

    def put_if(self, key: str, data: bytes, tag: str | None) -> None:
        raise Conflict(f"{key} was changed by somebody else")


def test_a_compactor_that_always_loses_says_so_and_deletes_nothing():
    objects = NeverSwaps()
    filled(objects)

    with pytest.raises(Unavailable, match="changed by others"):
        compact_hours(objects, NOW_US, 900)

    assert len(objects.list(RAW)) == 4
