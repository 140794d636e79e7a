"""What every store of commands and every audit log promises, in the plant and in the cloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from msgspec.structs import replace

from cloud.dynamodb_commands import DynamoDbAuditLog, DynamoDbCommands
from edge.sqlite_commands import CommandRecords, SqliteAuditLog, SqliteCommands
from lineside.control.audit import Note, decoded, verify
from lineside.control.ports import RECORDS_KEPT_US, AuditLog, CommandStore, PointTaken
from lineside.control.record import Command, Readback
from lineside.errors import Conflict, Unavailable
from tests.contracts.people import a_table
from tests.contracts.racing import at_once
from tests.control.commands import NOW_US, SECOND_US, a_command

WRITERS = 6
Forgets = Callable[[int], None]
NOTE = Note(NOW_US, "Anna", "proposed", '{"value": 22.0}')


@dataclass
class Stores:
    commands: CommandStore
    audit: AuditLog


@pytest.fixture(params=["sqlite", "dynamodb"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    if request.param == "dynamodb":
        with mock_aws():
            table = a_table()
            yield Stores(DynamoDbCommands(table), DynamoDbAuditLog(table))
        return
    records = CommandRecords(tmp_path / "commands.db")
    yield Stores(SqliteCommands(records), SqliteAuditLog(records))
    records.close()


@pytest.fixture
def forgets(stores: Stores) -> Forgets:
    """What DynamoDB does by itself with what has an `expires_at`, which moto does not do."""

    def forget(now_us: int) -> None:
        table = getattr(stores.commands, "_table", None)
        for item in table.scan()["Items"] if table else ():
            if "expires_at" in item and item["expires_at"] * SECOND_US <= now_us:
                table.delete_item(Key={"PK": item["PK"], "SK": item["SK"]})

    return forget


def written(stores: Stores, command: Command, *changes: dict[str, object]) -> Command:
    """The command, and each later version of it, as a desk would write them."""
    stores.commands.put(command)
    for change in changes:
        command = replace(command, version=command.version + 1, **change)
        stores.commands.put(command)
    return command


SENT: dict[str, object] = {"status": "sent", "sent_us": NOW_US + SECOND_US, "tried_us": NOW_US + SECOND_US}


def test_a_command_comes_back_exactly_as_it_was_written(stores: Stores) -> None:
    command = a_command(
        "“c” #1 " + "ä" * 240,
        device="Mixer #1/ä",
        roles=("operator", "engineer"),
        was=20.0,
        readback=Readback(22.1, "NU", NOW_US, True),
        justification="x" * 2_000,
    )

    stores.commands.put(command)

    assert stores.commands.get("bakery", command.command_id) == command
    assert stores.commands.open("bakery") == [command]
    assert stores.commands.recent("bakery", "line-1", 0) == [command]


def test_what_nobody_wrote_is_not_there(stores: Stores) -> None:
    stores.commands.put(a_command())

    assert stores.commands.get("dairy", "c-1") is None
    assert stores.commands.get("bakery", "c-2") is None
    assert stores.commands.open("dairy") == []
    assert stores.commands.recent("bakery", "line-2", 0) == []
    assert stores.audit.entries("bakery") == []


def test_a_command_is_written_on_what_was_read_and_on_nothing_else(stores: Stores) -> None:
    now = written(stores, a_command(), {"status": "approved"})

    for version, why in ((1, "is a command c-1 already"), (2, "changed command c-1 first"), (4, "changed command c-1")):
        with pytest.raises(Conflict, match=why):
            stores.commands.put(a_command(version=version, status="rejected"), NOTE)
    with pytest.raises(Conflict, match="changed command c-9 first"):
        stores.commands.put(a_command("c-9", version=2), NOTE)

    assert stores.commands.get("bakery", "c-1") == now
    assert stores.commands.open("bakery") == [now]
    assert stores.commands.recent("bakery", "line-1", 0) == [now]
    assert stores.audit.entries("bakery") == []


def test_open_ones_come_the_oldest_first_and_leave_when_they_end(stores: Stores) -> None:
    for number in (3, 1, 2):
        stores.commands.put(a_command(f"c-{number}", proposed_us=NOW_US + number))

    stores.commands.put(a_command("c-1", proposed_us=NOW_US + 1, version=2, status="rejected", ended_us=NOW_US + 9))

    assert [each.command_id for each in stores.commands.open("bakery")] == ["c-2", "c-3"]


def test_recent_ones_are_those_that_were_proposed_or_changed_since_then_the_newest_first(stores: Stores) -> None:
    written(stores, a_command("c-1", proposed_us=NOW_US), {"status": "rejected", "ended_us": NOW_US + 50})
    written(stores, a_command("c-2", proposed_us=NOW_US + 20))
    written(stores, a_command("c-3", proposed_us=NOW_US + 10))

    assert [each.command_id for each in stores.commands.recent("bakery", "line-1", NOW_US + 20)] == ["c-1", "c-2"]
    assert [each.command_id for each in stores.commands.recent("bakery", "line-1", 0)] == ["c-1", "c-2", "c-3"]


def test_a_sent_command_takes_its_point_and_gives_it_back_when_it_ends(stores: Stores) -> None:
    first = written(stores, a_command(), SENT)
    second = written(stores, a_command("c-2"), {"status": "approved"})
    third = replace(second, version=3, **SENT)

    with pytest.raises(PointTaken, match="under way to Torque setpoint of Mixer"):
        stores.commands.put(third, NOTE)
    stores.commands.put(replace(first, version=3, status="acknowledged", acknowledged_us=NOW_US + 2 * SECOND_US))
    with pytest.raises(PointTaken):
        stores.commands.put(third, NOTE)
    stores.commands.put(replace(first, version=4, status="verified", ended_us=NOW_US + 3 * SECOND_US))
    stores.commands.put(third, NOTE)

    assert stores.commands.get("bakery", "c-2") == third
    assert len(stores.audit.entries("bakery")) == 1


def test_another_point_another_site_and_a_name_that_runs_together_are_other_points(stores: Stores) -> None:
    for number, change in enumerate(
        (
            *({}, {"attribute": "Speed"}, {"device": "MixerT", "attribute": "orqueSetpoint"}),
            {"device": "Freezer"},
        )
    ):
        written(stores, a_command(f"c-{number}", **change), SENT)
    written(stores, a_command("c-0", site="dairy"), SENT)

    assert len(stores.commands.open("bakery")) == 4


def test_ending_a_command_that_was_never_sent_leaves_the_point_with_who_has_it(stores: Stores) -> None:
    written(stores, a_command(), SENT)
    written(stores, a_command("c-2"), {"status": "rejected", "ended_us": NOW_US})
    third = written(stores, a_command("c-3"), {"status": "approved"})

    with pytest.raises(PointTaken):
        stores.commands.put(replace(third, version=3, **SENT))


def test_a_command_and_its_entry_are_written_together(stores: Stores) -> None:
    stores.commands.put(a_command(), NOTE)
    stores.commands.put(a_command(version=2, status="approved"), Note(NOW_US, "Bert", "approve"))

    entries = stores.audit.entries("bakery")

    assert verify("bakery", entries) is None
    assert [(entry.by, entry.what) for entry in map(decoded, entries)] == [("Anna", "proposed"), ("Bert", "approve")]


def test_entries_are_numbered_chained_and_given_page_by_page(stores: Stores) -> None:
    hashes = [stores.audit.append("bakery", NOW_US, "Anna", f"note {number}", "{}") for number in range(5)]
    stores.audit.append("dairy", NOW_US, "Eva", "another log", "{}")

    entries = stores.audit.entries("bakery")

    assert [decoded(each).hash for each in entries] == hashes
    assert verify("bakery", entries) is None
    assert stores.audit.entries("bakery", after=1, limit=2) == entries[1:3]
    assert stores.audit.entries("bakery", after=5) == []


def test_the_switch_stays_as_it_was_thrown(stores: Stores) -> None:
    before = stores.commands.automation_stopped("bakery")
    stores.commands.stop_automation("bakery", stopped=True)
    stores.commands.stop_automation("bakery", stopped=True)
    stopped = stores.commands.automation_stopped("bakery"), stores.commands.automation_stopped("dairy")
    stores.commands.stop_automation("bakery", stopped=False)

    assert (before, stopped) == (False, (True, False))
    assert not stores.commands.automation_stopped("bakery")


def test_what_is_remembered_is_replaced_only_where_nobody_else_did(stores: Stores) -> None:
    stores.commands.remember("bakery", "line-1", b"one", was=None)
    stores.commands.remember("bakery", "line-1", b"two", was=b"one")

    for was in (None, b"one"):
        with pytest.raises(Conflict, match="changed by somebody else"):
            stores.commands.remember("bakery", "line-1", b"three", was=was)

    assert stores.commands.automatic_memory("bakery", "line-1") == b"two"
    assert stores.commands.automatic_memory("bakery", "line-2") is None


def test_what_is_remembered_and_its_notes_are_written_together_or_not_at_all(stores: Stores) -> None:
    stores.commands.remember("bakery", "line-1", b"one", was=None, notes=[NOTE, Note(NOW_US, "Eva", "reset")])
    with pytest.raises(Conflict):
        stores.commands.remember("bakery", "line-1", b"two", was=b"another", notes=[NOTE])

    entries = stores.audit.entries("bakery")

    assert [decoded(each).what for each in entries] == ["proposed", "reset"]
    assert verify("bakery", entries) is None
    assert stores.commands.automatic_memory("bakery", "line-1") == b"one"


def test_who_notes_and_who_remembers_at_once_make_one_chain(stores: Stores) -> None:
    def write(number: int) -> None:
        if number % 2:
            stores.audit.append("bakery", NOW_US, f"{number}", "note", "{}")
        else:
            note = Note(NOW_US, f"{number}", "reset")
            stores.commands.remember("bakery", f"line-{number}", b"one", was=None, notes=[note])

    met = at_once(write, WRITERS)

    entries = stores.audit.entries("bakery")
    assert set(met.values()) == {None}
    assert verify("bakery", entries) is None
    assert len(entries) == WRITERS


def test_the_log_is_read_from_its_end(stores: Stores) -> None:
    for number in range(5):
        stores.audit.append("bakery", NOW_US, "Anna", f"note {number}", "{}")
    stores.audit.append("dairy", NOW_US, "Eva", "another log", "{}")

    entries = stores.audit.entries("bakery")

    assert stores.audit.newest("bakery", 2) == entries[3:]
    assert stores.audit.newest("bakery", 2, before=4) == entries[1:3]
    assert stores.audit.newest("bakery", 9) == entries
    assert stores.audit.newest("bakery", 9, before=1) == stores.audit.newest("bakery", 9, before=0) == []


def test_what_ended_long_ago_is_forgotten_and_neither_what_is_open_nor_the_log(
    stores: Stores, forgets: Forgets
) -> None:
    ended: dict[str, object] = {"status": "rejected", "ended_us": NOW_US}
    written(stores, a_command("old"), ended)
    stores.commands.put(a_command("open"), NOTE)
    written(stores, a_command("younger"), {**ended, "ended_us": NOW_US + 2 * SECOND_US})
    later_us = NOW_US + RECORDS_KEPT_US + SECOND_US

    stores.commands.put(a_command("new", proposed_us=later_us))
    forgets(later_us)

    kept = [each.command_id for each in stores.commands.recent("bakery", "line-1", 0)]
    assert sorted(kept) == ["new", "open", "younger"]
    assert stores.commands.get("bakery", "old") is None
    assert [each.command_id for each in stores.commands.open("bakery")] == ["open", "new"]
    assert len(stores.audit.entries("bakery")) == 1


def test_of_many_who_write_one_command_at_once_one_wins(stores: Stores) -> None:
    stores.commands.put(a_command())

    met = at_once(lambda number: stores.commands.put(a_command(version=2, reason=f"by {number}"), NOTE), WRITERS)

    (winner,) = [number for number, error in met.items() if error is None]
    assert {type(error) for error in met.values()} == {type(None), Conflict}
    assert stores.commands.open("bakery") == [a_command(version=2, reason=f"by {winner}")]
    assert len(stores.audit.entries("bakery")) == 1


def test_of_many_commands_to_one_point_that_are_sent_at_once_one_is(stores: Stores) -> None:
    approved = [written(stores, a_command(f"c-{number}", status="approved")) for number in range(WRITERS)]

    met = at_once(lambda number: stores.commands.put(replace(approved[number], version=2, **SENT), NOTE), WRITERS)

    (winner,) = [number for number, error in met.items() if error is None]
    assert {type(error) for error in met.values()} == {type(None), PointTaken}
    assert [each.command_id for each in stores.commands.open("bakery") if each.status == "sent"] == [f"c-{winner}"]


def test_many_who_append_at_once_make_one_chain_and_lose_nothing(stores: Stores) -> None:
    def write(number: int) -> None:
        if number % 2:
            stores.audit.append("bakery", NOW_US, f"{number}", "note", "{}")
        else:
            stores.commands.put(a_command(f"c-{number}"), Note(NOW_US, f"{number}", "proposed"))

    met = at_once(write, WRITERS)

    entries = stores.audit.entries("bakery")
    assert set(met.values()) == {None}
    assert verify("bakery", entries) is None
    assert {decoded(each).by for each in entries} == {str(number) for number in range(WRITERS)}


def test_two_processes_of_a_plant_share_one_point_and_one_chain(tmp_path: Path) -> None:
    both = [CommandRecords(tmp_path / "commands.db") for _ in range(2)]
    one, other = (Stores(SqliteCommands(records), SqliteAuditLog(records)) for records in both)
    written(one, a_command(), SENT)
    second = written(other, a_command("c-2", status="approved"))

    with pytest.raises(PointTaken):
        other.commands.put(replace(second, version=2, **SENT))
    one.audit.append("bakery", NOW_US, "Anna", "here", "{}")
    other.audit.append("bakery", NOW_US, "Bert", "there", "{}")

    assert verify("bakery", one.audit.entries("bakery")) is None
    assert len(other.audit.entries("bakery")) == 2
    for records in both:
        records.close()


def test_a_table_that_does_not_answer_is_unavailable_and_no_missing_command(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        table = boto3.resource("dynamodb", region_name="eu-central-1").Table("missing")
        commands, audit = DynamoDbCommands(table), DynamoDbAuditLog(table)

        for ask in (
            *(lambda: commands.get("bakery", "c-1"), lambda: commands.open("bakery")),
            *(lambda: commands.put(a_command()), lambda: commands.automation_stopped("bakery")),
            *(lambda: audit.entries("bakery"), lambda: audit.append("bakery", 1, "Anna", "note", "{}")),
        ):
            with pytest.raises(Unavailable):
                ask()
