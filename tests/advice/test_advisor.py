"""The five-minute advisor: quiet, and harmless to run twice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from edge.sqlite_alarms import Records, SqliteAdvisoryStore, SqliteAlarmStore, SqliteMemoryStore
from lineside.advice.advisor import Advisor
from lineside.advice.model import Notification
from lineside.advice.sops import read_sops
from lineside.alarms.lifecycle import acknowledge
from lineside.errors import Unavailable
from lineside.lake import Lake
from lineside.lake.memory import MemoryObjects
from lineside.site import parse_site
from lineside.telemetry.reading import Reading

SITE = parse_site(
    """
site: bakery
timezone: Europe/Copenhagen
lines:
  - id: line-1
    machines:
      - {id: Cookie Former, feeds: [Vertical Conveyor]}
      - {id: Vertical Conveyor, feeds: [Box Sealer]}
      - {id: Box Sealer}
"""
)
T0_US = int(datetime(2025, 3, 3, 6, tzinfo=UTC).timestamp() * 1e6)


def minute(count: float) -> int:
    return T0_US + int(count * 60e6)


def states(device: str, minutes: int, state: str = "", since: float = 0, until: float = 0) -> list[Reading]:
    """Every five seconds, running, but for `state` from minute `since` to minute `until`."""
    instants = range(T0_US, minute(minutes), 5_000_000)
    return [
        Reading(device, "State", at_us, state if minute(since) <= at_us < minute(until) else "Running")
        for at_us in instants
    ]


class PowerCut(Exception):
    """The process is gone from one instruction to the next."""


@dataclass
class Phone:
    """A notifier as the port asks for it: a message with a known fingerprint is not shown again."""

    shown: list[Notification] = field(default_factory=list)
    works: bool = True
    cut_after: bool = False

    def notify(self, notification: Notification) -> None:
        if not self.works:
            raise Unavailable("no signal")
        if notification.fingerprint not in {shown.fingerprint for shown in self.shown}:
            self.shown.append(notification)
        if self.cut_after:
            self.cut_after = False
            raise PowerCut


@dataclass
class Plant:
    advisor: Advisor
    phone: Phone
    records: Records

    def ticks(self, *at_minutes: float) -> None:
        for count in at_minutes:
            self.advisor.tick("line-1", minute(count))

    def alarms(self):
        return SqliteAlarmStore(self.records).history("bakery", "line-1", 0, 2**62)


@pytest.fixture
def plant(samples) -> Plant:
    """Sixty minutes in which the conveyor is down from minute 20 to minute 30."""
    lake = Lake(MemoryObjects())
    readings = [
        *states("Cookie Former", 60, "Blocked", 20.5, 30.5),
        *states("Vertical Conveyor", 60, "Down", 20, 30),
        *states("Box Sealer", 60, "Starved", 20.5, 30.5),
    ]
    lake.append("bakery", "line-1", readings, "all")
    records, phone = Records(), Phone()
    advisor = Advisor(
        site=SITE,
        lake=lake,
        alarms=SqliteAlarmStore(records),
        advisories=SqliteAdvisoryStore(records),
        memory=SqliteMemoryStore(records),
        notifier=phone,
        sops=read_sops(samples / "sops"),
    )
    return Plant(advisor, phone, records)


def test_one_stop_is_one_message_that_names_cause_victims_and_procedure(plant):
    plant.ticks(*range(5, 61, 5))

    (told,) = plant.phone.shown
    assert (told.cause, set(told.affected)) == ("Vertical Conveyor", {"Cookie Former", "Box Sealer"})
    assert told.notified_us == minute(25)
    assert "SOP-VC-07 rev 4" in told.message
    (alarm,) = plant.alarms()
    assert (alarm.state, alarm.cleared_us) == ("rtn_unacknowledged", minute(35))
    (advisory,) = plant.advisor.advisories.recent("bakery", "line-1", 10)
    assert advisory.alarm_id == alarm.alarm_id
    assert advisory.advisory_id == alarm.advisory_id


def test_a_repeated_tick_changes_nothing(plant):
    plant.ticks(*range(5, 26, 5))
    before = plant.alarms()

    result = plant.advisor.tick("line-1", minute(25))

    assert (result.changes, result.notifications) == ([], [])
    assert plant.alarms() == before


def test_a_tick_that_comes_after_a_later_one_does_nothing(plant):
    plant.ticks(*range(5, 31, 5))
    before = plant.alarms()

    assert plant.advisor.tick("line-1", minute(10)).changes == []
    assert plant.alarms() == before
    plant.ticks(35, 40)
    assert len(plant.phone.shown) == 1


def test_a_message_that_did_not_leave_is_tried_again_and_drafted_once(plant):
    plant.phone.works = False
    plant.ticks(*range(5, 26, 5))
    assert plant.phone.shown == []

    plant.phone.works = True
    plant.ticks(30, 35, 40)

    assert len(plant.phone.shown) == 1
    assert len(plant.advisor.advisories.recent("bakery", "line-1", 10)) == 1


def test_a_message_that_could_not_leave_until_the_stop_was_over_says_that_it_is_over(plant):
    plant.phone.works = False
    plant.ticks(*range(5, 36, 5))
    plant.phone.works = True
    plant.ticks(40, 45)

    (told,) = plant.phone.shown
    assert "has recovered" in told.message


def test_a_power_cut_between_telling_and_storing_shows_the_message_once(plant):
    plant.ticks(*range(5, 21, 5))
    plant.phone.cut_after = True

    with pytest.raises(PowerCut):
        plant.ticks(25)
    plant.ticks(25, 30, 35)

    assert len(plant.phone.shown) == 1
    assert len(plant.alarms()) == 1


@pytest.mark.parametrize("dies_at", range(8))
def test_a_tick_that_dies_anywhere_is_run_again_without_harm(plant, dies_at):
    """The stores die at their `dies_at`-th write; what a person sees and what is kept is the same as without."""
    plant.ticks(*range(5, 21, 5))
    _die_at_write(plant, dies_at)

    for count in (25, 30, 35, 40):
        try:
            plant.ticks(count)
        except PowerCut:
            plant.ticks(count)

    assert [(told.cause, told.why) for told in plant.phone.shown] == [("Vertical Conveyor", "new")]
    (alarm,) = plant.alarms()
    assert (alarm.raised_us, alarm.cleared_us, alarm.occurrences) == (minute(25), minute(35), 1)


def _die_at_write(plant: Plant, number: int) -> None:
    """Before the `number`-th write of any store, once."""
    writes = iter(range(1_000))
    for store in (plant.advisor.alarms, plant.advisor.advisories, plant.advisor.memory):
        saving = store.save

        def save(*arguments, _saving=saving, **named):
            if next(writes) == number:
                raise PowerCut
            _saving(*arguments, **named)

        store.save = save


def test_somebody_who_acknowledges_during_the_tick_is_not_overwritten(plant):
    """The alarm is acknowledged just after the advisor has read it."""
    plant.ticks(*range(5, 26, 5))
    (alarm,) = plant.alarms()
    reading = plant.advisor.alarms.open_alarms
    store = SqliteAlarmStore(plant.records)

    def read_then_acknowledge(*arguments, **named):
        found = reading(*arguments, **named)
        current = store.get("bakery", "line-1", alarm.alarm_id)
        if not current.acknowledged_us:
            store.save(acknowledge(current, by="Ada", now_us=minute(29)), was=current)
        return found

    plant.advisor.alarms.open_alarms = read_then_acknowledge
    plant.ticks(30)

    (now,) = plant.alarms()
    assert now.acknowledged_by == "Ada"
    assert now.lost_seconds > alarm.lost_seconds


def test_nobody_is_reminded_of_what_somebody_has_acknowledged(plant, samples):
    lake = Lake(MemoryObjects())
    lake.append("bakery", "line-1", states("Vertical Conveyor", 60, "Down", 20, 60), "all")
    plant.advisor.lake = lake
    plant.ticks(*range(5, 26, 5))
    (alarm,) = plant.alarms()
    plant.advisor.alarms.save(acknowledge(alarm, by="Ada", now_us=minute(26)), was=alarm)

    plant.ticks(*range(30, 50, 5))

    assert [told.why for told in plant.phone.shown] == ["new", "raised"]


def test_a_worse_stop_is_told_and_then_that_nobody_acknowledged_it(plant):
    lake = Lake(MemoryObjects())
    lake.append("bakery", "line-1", states("Vertical Conveyor", 60, "Down", 20, 60), "all")
    plant.advisor.lake = lake

    plant.ticks(*range(5, 61, 5))

    assert [(told.why, told.severity) for told in plant.phone.shown] == [
        ("new", "medium"),
        ("raised", "high"),
        ("overdue", "high"),
    ]


def test_a_long_gap_between_ticks_is_worked_off_by_one_tick(plant):
    plant.ticks(5, 10, 45)

    assert len(plant.phone.shown) <= 1, "what is over for a quarter of an hour is told at most once"


def test_the_lines_are_those_of_the_site_and_one_for_everybody_else(plant):
    assert plant.advisor.line_ids == ("line-1", "unassigned")
    assert plant.advisor.tick("unassigned", minute(5)).findings == []


def test_what_is_remembered_as_bytes_is_what_is_remembered_as_an_object(plant):
    plant.ticks(*range(5, 61, 5))
    records, phone = Records(), Phone()
    keeping = replace(
        plant.advisor,
        alarms=SqliteAlarmStore(records),
        advisories=SqliteAdvisoryStore(records),
        memory=SqliteMemoryStore(records),
        notifier=phone,
        keeps_memory=True,
    )

    for count in range(5, 61, 5):
        keeping.tick("line-1", minute(count))

    assert phone.shown == plant.phone.shown
    assert SqliteAlarmStore(records).history("bakery", "line-1", 0, 2**62) == plant.alarms()
