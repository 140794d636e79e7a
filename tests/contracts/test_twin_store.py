from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from cloud.dynamodb_twin import DynamoDbTwin
from cloud.racing import wait_a_moment
from edge.sqlite_twin import SqliteTwin
from lineside.errors import Unavailable
from lineside.line.twin import MAX_RECORD_BYTES, CurrentValue, TwinStore
from tests.lake.readings import LINE, SECOND_US, SITE, SIX_US, reading


@pytest.fixture(params=["sqlite", "sqlite in memory", "dynamodb"])
def open_twin(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], TwinStore]:
    """Opens the store; a second opening is another process's view of it."""
    if request.param == "dynamodb":
        table = request.getfixturevalue("table")
        return lambda: DynamoDbTwin(table)
    if request.param == "sqlite in memory":
        only = SqliteTwin()
        return lambda: only
    return lambda: SqliteTwin(tmp_path / "twin.sqlite")


@pytest.fixture
def twin(open_twin: Callable[[], TwinStore]) -> TwinStore:
    return open_twin()


def value_of(twin: TwinStore, attribute: str = "Temperature") -> Any:
    device = twin.device(SITE, LINE, "Oven")
    assert device is not None
    return device.values[attribute].value


def test_a_device_stands_as_last_read(twin: TwinStore):
    twin.update(SITE, LINE, [reading(0, 180.0), reading(1, True, attribute="Door", unit=""), reading(2, 181.0)])

    device = twin.device(SITE, LINE, "Oven")

    assert device is not None
    assert device.values == {
        "Temperature": CurrentValue(181.0, SIX_US + 2 * SECOND_US, "CEL", received_us=SIX_US + 2 * SECOND_US),
        "Door": CurrentValue(True, SIX_US + SECOND_US, received_us=SIX_US + SECOND_US),
    }
    assert device.seen_us == SIX_US + 2 * SECOND_US
    assert device.values["Temperature"].age_seconds(SIX_US + 5 * SECOND_US) == 3


def test_a_device_nobody_heard_of_is_none(twin: TwinStore):
    assert twin.device(SITE, LINE, "Oven") is None
    assert twin.line(SITE, LINE) == []


def test_an_older_value_never_replaces_a_newer_one(twin: TwinStore):
    twin.update(SITE, LINE, [reading(10, 2.0)])

    twin.update(SITE, LINE, [reading(5, 1.0), reading(5, "Running", attribute="State")])

    assert value_of(twin) == 2.0
    assert value_of(twin, "State") == "Running"


def test_of_two_values_of_one_instant_the_first_stays(twin: TwinStore):
    twin.update(SITE, LINE, [reading(5, 1.0)])
    twin.update(SITE, LINE, [reading(5, 2.0)])

    assert value_of(twin) == 1.0


def test_a_value_from_a_clock_ahead_does_not_block_those_that_follow(twin: TwinStore):
    twin.update(SITE, LINE, [reading(36_000, 1.0, received=10)])

    twin.update(SITE, LINE, [reading(20, 2.0)])

    assert value_of(twin) == 2.0


def test_a_dataset_is_an_attribute_of_its_own(twin: TwinStore):
    twin.update(SITE, LINE, [reading(0, 1.0), reading(0, 2.0, dataset="spare")])

    assert (value_of(twin), value_of(twin, "Temperature@spare")) == (1.0, 2.0)


def test_a_batch_writes_each_device_once_and_a_repetition_writes_none(twin: TwinStore):
    batch = [reading(second, float(second), f"machine {second % 3}") for second in range(30)]

    assert twin.update(SITE, LINE, batch) == 3
    assert twin.update(SITE, LINE, batch) == 0
    assert twin.update(SITE, LINE, []) == 0


def test_a_line_lists_its_devices_and_no_others(twin: TwinStore):
    twin.update(SITE, LINE, [reading(0, device="Oven"), reading(0, device="Mixer #1")])
    twin.update(SITE, "line-2", [reading(0, device="Packer")])
    twin.update("bakery-south", LINE, [reading(0, device="Freezer")])

    assert [device.device for device in twin.line(SITE, LINE)] == ["Mixer #1", "Oven"]


def test_more_devices_than_one_request_takes(twin: TwinStore):
    batch = [reading(0, 1.0, f"machine {number:03d}") for number in range(130)]

    assert twin.update(SITE, LINE, batch) == 130
    assert twin.update(SITE, LINE, batch) == 0
    assert len(twin.line(SITE, LINE)) == 130


def test_a_device_with_too_many_attributes_keeps_those_seen_last(twin: TwinStore):
    words = "x" * 4_000
    twin.update(SITE, LINE, [reading(second, words, attribute=f"text {second:03d}") for second in range(120)])

    device = twin.device(SITE, LINE, "Oven")

    assert device is not None
    assert "text 119" in device.values
    assert "text 000" not in device.values
    assert len(device.values) + device.left_out == 120
    assert sum(len(str(value.value)) for value in device.values.values()) < MAX_RECORD_BYTES


def test_two_who_update_at_once_lose_no_attribute(open_twin: Callable[[], TwinStore]):
    def update(writer: int) -> None:
        twin = open_twin()
        for second in range(12):
            twin.update(SITE, LINE, [reading(second, float(second), attribute=f"attribute {writer}")])

    threads = [Thread(target=update, args=(writer,)) for writer in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [value_of(open_twin(), f"attribute {writer}") for writer in range(2)] == [11.0, 11.0]


class RacedTable:
    """A table on which somebody else writes just before each of the first `races` updates."""

    def __init__(self, table: Any, races: int) -> None:
        self._table = table
        self._races = races

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def update_item(self, **request: Any) -> Any:
        if self._races:
            self._races -= 1
            others = reading(10 - self._races, 1.0, attribute="Others")
            DynamoDbTwin(self._table).update(SITE, LINE, [others])
        return self._table.update_item(**request)


def test_who_loses_a_race_waits_before_reading_again(table: Any):
    waits: list[int] = []
    twin = DynamoDbTwin(RacedTable(table, races=3), wait=waits.append)

    assert twin.update(SITE, LINE, [reading(5, 5.0)]) == 1
    assert waits == [0, 1, 2]
    assert (value_of(twin), value_of(twin, "Others")) == (5.0, 1.0)


def test_who_loses_every_race_says_so(table: Any):
    twin = DynamoDbTwin(RacedTable(table, races=10), wait=lambda _: None)

    with pytest.raises(Unavailable, match="changed by others 8 times"):
        twin.update(SITE, LINE, [reading(5, 5.0)])


def test_the_waits_grow_and_differ(monkeypatch: pytest.MonkeyPatch):
    slept: list[float] = []
    monkeypatch.setattr("cloud.racing.time.sleep", slept.append)

    for lost in (0, 7):
        for _ in range(50):
            wait_a_moment(lost)

    first, last = slept[:50], slept[50:]
    assert max(first) <= 0.01
    assert 0.01 < max(last) <= 1.28
    assert len(set(slept)) > 90
