"""What every store of alarms, advisories and memory promises, in the plant and in the cloud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws
from msgspec.structs import replace

from cloud.dynamodb_alarms import DynamoDbAdvisoryStore, DynamoDbAlarmStore
from edge.sqlite_alarms import Records, SqliteAdvisoryStore, SqliteAlarmStore, SqliteMemoryStore
from lineside.advice.compose import compose
from lineside.advice.memory import ObjectMemoryStore
from lineside.advice.model import Advisory
from lineside.advice.ports import AdvisoryStore, MemoryStore
from lineside.advice.sops import Procedure
from lineside.alarms.lifecycle import acknowledge, clear, reopen, shelve
from lineside.alarms.model import Victim
from lineside.alarms.store import AlarmStore
from lineside.detection.finding import Evidence
from lineside.errors import Conflict, Unavailable
from lineside.lake.memory import MemoryObjects
from lineside.site.model import Site
from tests.alarms.builders import T0_US, an_alarm, minutes

HERE = ("bakery", "line-1")


@dataclass
class Stores:
    alarms: AlarmStore
    advisories: AdvisoryStore


@pytest.fixture(params=["sqlite", "sqlite in memory", "dynamodb"])
def stores(request, tmp_path, monkeypatch) -> Iterator[Stores]:
    if request.param == "dynamodb":
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        with mock_aws():
            table = a_table()
            yield Stores(DynamoDbAlarmStore(table), DynamoDbAdvisoryStore(table))
        return
    records = Records(tmp_path / "records.sqlite" if request.param == "sqlite" else None)
    yield Stores(SqliteAlarmStore(records), SqliteAdvisoryStore(records))
    records.close()


def a_table() -> Any:
    return boto3.resource("dynamodb", region_name="eu-central-1").create_table(
        TableName="lines",
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "PK", "AttributeType": "S"},
            {"AttributeName": "SK", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def an_advisory(number: int) -> Advisory:
    alarm = an_alarm(alarm_id=f"a{number}")
    return compose(alarm, Procedure(), Site(site="bakery"), "new", minutes(number))


def test_an_alarm_comes_back_exactly_as_it_was_saved(stores):
    alarm = an_alarm(
        victims=(Victim("Former", 60.5, "blocked"),),
        evidence=(
            Evidence("A", "State", "Down", T0_US),
            Evidence("A", "T", -1.5, T0_US, unit="CEL"),
            Evidence("A", "On", False, T0_US),
        ),
    )
    alarm = shelve(alarm, by="Ada", reason="ä", until_us=minutes(5), now_us=T0_US)

    stores.alarms.save(alarm, was=None)

    assert stores.alarms.get(*HERE, alarm.alarm_id) == alarm
    assert stores.alarms.open_alarms(*HERE) == [alarm]


def test_an_alarm_that_nobody_saved_is_not_there(stores):
    assert stores.alarms.get(*HERE, "none") is None
    assert stores.alarms.open_alarms(*HERE) == []


def test_a_closed_alarm_leaves_the_open_ones_and_stays_in_history(stores):
    alarm = an_alarm()
    cleared = clear(alarm, minutes(5))
    closed = acknowledge(cleared, by="Ada", now_us=minutes(6))
    stores.alarms.save(alarm, was=None)
    stores.alarms.save(cleared, was=alarm)

    assert stores.alarms.open_alarms(*HERE) == [cleared], "nobody has seen it yet"

    stores.alarms.save(closed, was=cleared)
    assert stores.alarms.open_alarms(*HERE) == []
    assert stores.alarms.history(*HERE, T0_US, minutes(1)) == [closed]


def test_what_cleared_a_moment_ago_can_be_asked_for_and_reopened(stores):
    alarm = an_alarm()
    closed = clear(acknowledge(alarm, by="Ada", now_us=minutes(1)), minutes(5))
    stores.alarms.save(closed, was=None)

    assert stores.alarms.open_alarms(*HERE, cleared_since_us=minutes(5)) == [closed]
    assert stores.alarms.open_alarms(*HERE, cleared_since_us=minutes(5) + 1) == []

    again = reopen(closed, minutes(6))
    stores.alarms.save(again, was=closed)
    assert stores.alarms.open_alarms(*HERE, cleared_since_us=T0_US) == [again]


def test_two_who_change_the_same_alarm_do_not_overwrite_each_other(stores):
    alarm = an_alarm()
    stores.alarms.save(alarm, was=None)
    by_ada = acknowledge(alarm, by="Ada", now_us=minutes(1))
    stores.alarms.save(by_ada, was=alarm)

    with pytest.raises(Conflict):
        stores.alarms.save(replace(alarm, lost_seconds=9.0), was=alarm)
    with pytest.raises(Conflict):
        stores.alarms.save(alarm, was=None)
    with pytest.raises(Conflict):
        stores.alarms.save(alarm, was=replace(by_ada, acknowledged_by="Bo"))

    assert stores.alarms.get(*HERE, alarm.alarm_id) == by_ada


def test_changing_an_alarm_that_is_not_there_is_a_conflict(stores):
    with pytest.raises(Conflict):
        stores.alarms.save(an_alarm(lost_seconds=1.0), was=an_alarm())


def test_history_is_in_order_and_half_open(stores):
    alarms = [an_alarm(alarm_id=f"a{number}", raised_us=minutes(number)) for number in (3, 1, 2)]
    for alarm in alarms:
        stores.alarms.save(alarm, was=None)

    found = stores.alarms.history(*HERE, minutes(1), minutes(3))

    assert [alarm.alarm_id for alarm in found] == ["a1", "a2"]
    assert stores.alarms.history(*HERE, minutes(3), minutes(3)) == []


def test_lines_do_not_see_each_others_alarms(stores):
    stores.alarms.save(an_alarm(), was=None)
    stores.alarms.save(an_alarm(line="line-10"), was=None)

    assert [alarm.line for alarm in stores.alarms.open_alarms("bakery", "line-1")] == ["line-1"]
    assert [alarm.line for alarm in stores.alarms.history("bakery", "line-10", 0, minutes(1))] == ["line-10"]
    assert stores.alarms.open_alarms("other", "line-1") == []


def test_many_alarms_come_back_all(stores):
    long = "x" * 20_000
    for number in range(80):
        stores.alarms.save(an_alarm(alarm_id=f"a{number:03d}", consequence=long), was=None)

    assert len(stores.alarms.open_alarms(*HERE)) == 80, "more than one page of a megabyte"


def test_the_newest_advisory_comes_first_and_the_same_one_is_kept_once(stores):
    for number in (1, 3, 2, 3):
        stores.advisories.save(an_advisory(number))

    assert stores.advisories.recent(*HERE, 2) == [an_advisory(3), an_advisory(2)]
    assert len(stores.advisories.recent(*HERE, 10)) == 3
    assert stores.advisories.recent("bakery", "line-2", 10) == []


@pytest.fixture(params=["sqlite", "objects"])
def memory(request) -> MemoryStore:
    return SqliteMemoryStore(Records()) if request.param == "sqlite" else ObjectMemoryStore(MemoryObjects())


def test_a_line_remembers_what_was_saved_last(memory):
    assert memory.load(*HERE) is None

    for number in range(25):
        memory.save(*HERE, b"%d" % number)

    assert memory.load(*HERE) == b"24"
    assert memory.load("bakery", "line-10") is None


def test_old_memories_are_dropped():
    objects = MemoryObjects()
    memory = ObjectMemoryStore(objects)

    for number in range(25):
        memory.save(*HERE, b"%d" % number)

    assert len(objects.list("")) == 2


def test_a_memory_dropped_between_looking_and_reading_is_looked_for_again():
    class Dropping(MemoryObjects):
        """Another writer saves and drops just after we have listed."""

        def list(self, prefix):
            keys = super().list(prefix)
            if keys == ["memory/site=bakery/line=line-1/000000000001.bin"]:
                self.put(keys[0].replace("1.bin", "2.bin"), b"newer")
                self.delete(keys[0])
            return keys

    objects = Dropping()
    objects.put("memory/site=bakery/line=line-1/000000000001.bin", b"older")

    assert ObjectMemoryStore(objects).load(*HERE) == b"newer"


def test_a_file_that_cannot_be_used_is_said_to_be_so(tmp_path):
    file = tmp_path / "records.sqlite"
    file.write_bytes(b"this is no database, and it is long enough to be read as one" * 20)

    with pytest.raises(Unavailable, match="alarm records"):
        Records(file)


def test_records_survive_the_process(tmp_path):
    records = Records(tmp_path / "records.sqlite")
    SqliteAlarmStore(records).save(an_alarm(), was=None)
    records.close()

    again = Records(tmp_path / "records.sqlite")
    assert SqliteAlarmStore(again).open_alarms(*HERE) == [an_alarm()]
    again.close()


def test_a_table_that_does_not_answer_is_unavailable(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        table = boto3.resource("dynamodb", region_name="eu-central-1").Table("missing")

        with pytest.raises(Unavailable):
            DynamoDbAlarmStore(table).open_alarms(*HERE)
