"""What every log of people's acts promises, in the plant and in the cloud."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from lineside.api.ports import AlarmEvent
from tests.contracts.people import BOTH, NOW_US, Stores, stores_of


@pytest.fixture(params=BOTH)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    with stores_of(request.param, tmp_path) as made:
        yield made


def an_event(number: int, *, alarm: str = "alarm-1", line: str = "line-1", seconds: int = 0) -> AlarmEvent:
    at_us = NOW_US + seconds * 1_000_000
    return AlarmEvent(f"e-{number}", alarm, line, at_us, "comment", "Ada", f"Notiz {number} – 备注")


def test_an_event_comes_back_as_it_was_appended(stores: Stores) -> None:
    stores.alarm_log.append(an_event(1))

    assert stores.alarm_log.of_alarm("alarm-1") == [an_event(1)]
    assert stores.alarm_log.between("line-1", NOW_US, NOW_US + 1) == [an_event(1)]


def test_events_come_oldest_first_and_of_their_alarm_only(stores: Stores) -> None:
    for event in (an_event(1, seconds=9), an_event(2, seconds=3), an_event(3, alarm="alarm-10", seconds=5)):
        stores.alarm_log.append(event)

    assert [one.event_id for one in stores.alarm_log.of_alarm("alarm-1")] == ["e-2", "e-1"]
    assert [one.event_id for one in stores.alarm_log.of_alarm("alarm-10")] == ["e-3"]
    assert stores.alarm_log.of_alarm("alarm") == []


def test_a_window_holds_its_first_instant_and_not_its_last(stores: Stores) -> None:
    events = [an_event(number, seconds=number) for number in range(4)]
    for event in events:
        stores.alarm_log.append(event)
    stores.alarm_log.append(an_event(9, line="line-10", seconds=1))

    found = stores.alarm_log.between("line-1", events[1].at_us, events[3].at_us)

    assert found == events[1:3]
    assert stores.alarm_log.between("line-1", events[3].at_us, events[1].at_us) == []


def test_appending_the_same_event_twice_is_harmless(stores: Stores) -> None:
    stores.alarm_log.append(an_event(1))
    stores.alarm_log.append(an_event(1))
    stores.alarm_log.append(replace(an_event(1), at_us=NOW_US + 5))

    assert stores.alarm_log.of_alarm("alarm-1") == [an_event(1)]
    assert stores.alarm_log.between("line-1", NOW_US, NOW_US + 100) == [an_event(1)]


def test_many_events_of_one_instant_are_all_kept(stores: Stores) -> None:
    for number in range(30):
        stores.alarm_log.append(an_event(number))

    assert len(stores.alarm_log.between("line-1", NOW_US, NOW_US + 1)) == 30
