"""What every store of inspections promises, in the plant and in the cloud."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from msgspec.structs import replace

from cloud.dynamodb_inspections import DynamoDbInspections
from edge.sqlite_inspections import SqliteInspections
from lineside.errors import Conflict, Unavailable
from lineside.inspection.model import Inspection, Seen
from lineside.inspection.ports import RECORDS_KEPT_US, InspectionStore
from tests.contracts.people import a_table
from tests.contracts.racing import at_once
from tests.inspection.builders import NOW_US, SECOND_US, UNSURE, a_review, an_inspection

WRITERS = 6
SURE = Seen("deformed", 0.97, ((1, 2, 3, 4), (5, 6, 7, 8)), "“leans” to the left", "vision", ("no model: ü",))


@pytest.fixture(params=["sqlite", "dynamodb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[InspectionStore]:
    if request.param == "dynamodb":
        with mock_aws():
            yield DynamoDbInspections(a_table())
        return
    inspections = SqliteInspections(tmp_path / "inspections.db")
    yield inspections
    inspections.close()


def numbers(found: list[Inspection]) -> list[int]:
    return [int(one.image_id, 16) for one in found]


def grown(store: InspectionStore, was: Inspection, **changes: object) -> Inspection:
    now = replace(was, version=was.version + 1, **changes)
    store.put(now)
    return now


def test_an_inspection_comes_back_exactly_as_it_was_written(store: InspectionStore) -> None:
    first = an_inspection(media_type="image/jpeg", taken_us=NOW_US - 1)
    store.put(first)
    assert store.get("north", first.image_id) == first

    whole = grown(
        store,
        first,
        seen=SURE,
        queued=True,
        attempts=2,
        next_us=NOW_US,
        trouble="späť",
        sampled=0.02,
        review=a_review(note="x" * 500),
    )

    assert store.get("north", first.image_id) == whole
    assert store.reviewed("north", 9) == store.since("north", "line-1", 0) == [whole]


def test_what_nobody_wrote_is_not_there(store: InspectionStore) -> None:
    store.put(an_inspection())

    assert store.get("south", an_inspection().image_id) is None
    assert store.get("north", "f" * 64) is None
    for nothing in (store.waiting("south", 9), store.unseen("south", NOW_US * 2, 9), store.reviewed("south", 9)):
        assert nothing == []
    assert store.older("south", NOW_US * 2, 9) == store.since("north", "line-2", 0) == []


def test_an_inspection_stands_in_one_list_at_a_time(store: InspectionStore) -> None:
    def lists() -> list[str]:
        found = {
            "unseen": store.unseen("north", NOW_US + DAY_US, 9),
            "waiting": store.waiting("north", 9),
            "reviewed": store.reviewed("north", 9),
            "older": store.older("north", NOW_US + DAY_US, 9),
        }
        return [name for name, inspections in found.items() if inspections]

    inspection = an_inspection()
    store.put(inspection)
    assert lists() == ["unseen"]
    inspection = grown(store, inspection, attempts=1, next_us=NOW_US + 60 * SECOND_US)
    assert lists() == ["unseen"]
    inspection = grown(store, inspection, seen=UNSURE, queued=True)
    assert lists() == ["waiting", "older"]
    inspection = grown(store, inspection, queued=False)
    assert lists() == ["older"]
    inspection = grown(store, inspection, review=a_review())
    assert lists() == ["reviewed"]
    inspection = grown(store, inspection, review=a_review(at_us=NOW_US + 5), forgotten=True)
    assert lists() == ["reviewed"]
    grown(store, inspection, review=None)
    assert lists() == []
    assert len(store.since("north", "line-1", 0)) == 1


def test_what_is_due_comes_longest_due_first_and_what_is_not_due_does_not(store: InspectionStore) -> None:
    for number in (3, 1, 2, 4):
        store.put(an_inspection(number))
    grown(store, an_inspection(1), next_us=NOW_US + 10 * SECOND_US)
    grown(store, an_inspection(3), next_us=NOW_US + 2 * SECOND_US + 1)

    assert numbers(store.unseen("north", NOW_US + 4 * SECOND_US, 9)) == [2, 3, 4]
    assert numbers(store.unseen("north", NOW_US + 10 * SECOND_US, 2)) == [2, 3]
    assert numbers(store.unseen("north", NOW_US + 10 * SECOND_US, 9)) == [2, 3, 4, 1]


def test_the_oldest_wait_first_and_the_newest_verdicts_are_read_first(store: InspectionStore) -> None:
    for number in (3, 1, 2):
        store.put(an_inspection(number))
        grown(store, an_inspection(number), queued=True)
    for number in (6, 4, 5):
        store.put(an_inspection(number))
        grown(store, an_inspection(number), review=a_review(at_us=NOW_US - number))

    assert numbers(store.waiting("north", 2)) == [1, 2]
    assert numbers(store.reviewed("north", 2)) == [4, 5]
    assert numbers(store.reviewed("north", 2, before_us=NOW_US - 4)) == [5, 6]
    assert numbers(store.reviewed("north", 9, before_us=NOW_US - 5)) == [6]


def test_a_line_s_inspections_come_in_the_order_taken(store: InspectionStore) -> None:
    for number, taken_us in ((1, NOW_US + 9), (2, NOW_US), (3, NOW_US + 5), (4, NOW_US - 1)):
        store.put(an_inspection(number, taken_us=taken_us))
    store.put(an_inspection(5, line="line-2"))

    assert numbers(store.since("north", "line-1", NOW_US)) == [2, 3, 1]
    assert numbers(store.since("north", "line-1", NOW_US, limit=2)) == [2, 3]


def test_what_was_received_before_comes_oldest_first_whether_it_waits_or_not(store: InspectionStore) -> None:
    for number in range(1, 7):
        store.put(an_inspection(number))
    for number, changes in ((4, {"queued": True}), (2, {"seen": SURE}), (5, {"seen": SURE}), (3, {"forgotten": True})):
        grown(store, an_inspection(number), **changes)

    assert numbers(store.older("north", NOW_US + 5 * SECOND_US, 9)) == [2, 4]
    assert numbers(store.older("north", NOW_US + 6 * SECOND_US, 2)) == [2, 4]


def test_an_inspection_is_written_on_what_was_read_and_on_nothing_else(store: InspectionStore) -> None:
    store.put(an_inspection())
    second = grown(store, an_inspection(), queued=True)

    for version in (1, 2, 4):
        with pytest.raises(Conflict, match="changed inspection 000000000000 first"):
            store.put(an_inspection(version=version, seen=SURE))
    with pytest.raises(Conflict):
        store.put(an_inspection(9, version=2))

    assert store.get("north", second.image_id) == second
    assert store.waiting("north", 9) == store.since("north", "line-1", 0) == [second]


@pytest.mark.parametrize("version", [1, 2])
def test_of_many_who_write_at_once_one_wins(store: InspectionStore, version: int) -> None:
    if version == 2:
        store.put(an_inspection())

    outcomes = at_once(
        lambda number: store.put(an_inspection(version=version, queued=True, trouble=f"by {number}")), WRITERS
    )

    (winner,) = [number for number, error in outcomes.items() if error is None]
    assert {type(error) for error in outcomes.values()} == {type(None), Conflict}
    assert [one.trouble for one in store.waiting("north", 9)] == [f"by {winner}"]
    assert store.unseen("north", NOW_US * 2, 9) == []


DAY_US = 86_400 * SECOND_US


def test_the_plant_s_file_forgets_old_records_and_keeps_the_others_from_others(tmp_path: Path) -> None:
    file = tmp_path / "inspections.db"
    inspections = SqliteInspections(file)
    inspections.put(an_inspection(1))
    inspections.put(an_inspection(2))

    inspections.put(an_inspection(3, received_us=an_inspection(1).received_us + RECORDS_KEPT_US + 1))

    assert numbers(inspections.since("north", "line-1", 0)) == [2, 3]
    assert file.stat().st_mode & 0o077 == 0
    inspections.close()


def test_the_cloud_s_table_is_told_when_to_forget_each_of_its_items() -> None:
    with mock_aws():
        table = a_table()
        store = DynamoDbInspections(table)
        store.put(an_inspection())
        grown(store, an_inspection(), queued=True)

        items = table.scan()["Items"]

    assert len(items) == 3
    assert {int(item["expires_at"]) for item in items} == {NOW_US // SECOND_US + 1 + 400 * 86_400}


def test_who_loses_to_a_transaction_under_way_waits_and_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    lost: list[int] = []
    with mock_aws():
        table = a_table()
        write, busy = table.meta.client.transact_write_items, iter([True, True, False])

        def sometimes(**asked: object) -> object:
            if next(busy):
                raise table.meta.client.exceptions.TransactionCanceledException(
                    {"Error": {"Code": "X"}, "CancellationReasons": [{"Code": "TransactionConflict"}]}, "x"
                )
            return write(**asked)

        monkeypatch.setattr(table.meta.client, "transact_write_items", sometimes)
        store = DynamoDbInspections(table, wait=lost.append)
        store.put(an_inspection())

        assert store.get("north", an_inspection().image_id) == an_inspection()
    assert lost == [0, 1]


def test_a_table_that_does_not_answer_is_unavailable_and_no_missing_inspection(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        store = DynamoDbInspections(boto3.resource("dynamodb", region_name="eu-central-1").Table("missing"))

        for ask in (
            lambda: store.get("north", "a"),
            lambda: store.waiting("north", 1),
            lambda: store.put(an_inspection()),
        ):
            with pytest.raises(Unavailable, match="record"):
                ask()
