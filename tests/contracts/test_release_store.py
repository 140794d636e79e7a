"""What every store of releases and aliases promises, in the plant and in the cloud."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from msgspec.structs import replace

from cloud.releases import DynamoDbReleases
from edge.sqlite_releases import Releases, SqliteReleases
from lineside.errors import Conflict, Unavailable
from lineside.releases.record import AliasTable, CanaryVerdict, Change
from lineside.releases.switch import KEPT_CHANGES
from tests.contracts.racing import at_once
from tests.contracts.releases import BOTH, Stores, stores_of
from tests.releases.builders import NOW_US, SECOND_US, a_release, a_table

WRITERS = 8


@pytest.fixture(params=BOTH)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    with stores_of(request.param, tmp_path) as made:
        yield made


def test_a_release_comes_back_exactly_as_it_was_written(stores: Stores) -> None:
    release = a_release(
        hyperparameters={"epochs": "5"},
        canary=CanaryVerdict("wait", "Zu früh, um etwas zu sagen.", NOW_US, {"answers": 12.0}),
        reason="“quotes”",
    )

    stores.releases.put(release)

    assert stores.releases.get("r-1") == release
    assert stores.releases.list(10) == [release]


def test_what_nobody_wrote_is_not_there(stores: Stores) -> None:
    assert stores.releases.get("r-1") is None
    assert stores.releases.list(10) == []
    assert stores.releases.aliases() == AliasTable()


def test_the_newest_come_first_and_no_more_than_asked_for(stores: Stores) -> None:
    for second in (3, 1, 2):
        stores.releases.put(a_release(f"r-{second}", made_us=NOW_US + second * SECOND_US))

    assert [one.release_id for one in stores.releases.list(2)] == ["r-3", "r-2"]


def test_a_later_version_replaces_the_one_before_it_everywhere(stores: Stores) -> None:
    stores.releases.put(a_release(status="waiting"))
    moved = a_release(version=2, made_us=NOW_US + 1)

    stores.releases.put(moved)

    assert stores.releases.get("r-1") == moved
    assert stores.releases.list(10) == [moved]


def test_a_release_is_written_on_what_was_read_and_on_nothing_else(stores: Stores) -> None:
    stores.releases.put(a_release())
    stores.releases.put(a_release(version=2, status="canary"))

    for version, why in ((1, "is a release r-1 already"), (2, "changed r-1 first"), (4, "changed r-1 first")):
        with pytest.raises(Conflict, match=why):
            stores.releases.put(a_release(version=version, status="failed"))
    with pytest.raises(Conflict, match="changed r-9 first"):
        stores.releases.put(a_release("r-9", version=2))

    assert stores.releases.get("r-1") == a_release(version=2, status="canary")
    assert stores.releases.list(10) == [a_release(version=2, status="canary")]


def test_the_aliases_come_back_with_all_of_their_history(stores: Stores) -> None:
    history = tuple(
        Change(NOW_US + each, "Anna", "promote", "x" * 500, live=f"r-{each}") for each in range(KEPT_CHANGES)
    )
    first = a_table("r-2", "r-3", "r-1", history=history)
    stores.releases.switch(first)
    second = replace(first, version=2, canary=None)

    stores.releases.switch(second)

    assert stores.releases.aliases() == second


def test_the_aliases_are_switched_on_what_was_read_and_on_nothing_else(stores: Stores) -> None:
    stores.releases.switch(a_table("r-1"))
    stores.releases.switch(a_table("r-2", version=2))

    for version in (0, 1, 2, 4):
        with pytest.raises(Conflict, match="somebody else switched the releases first"):
            stores.releases.switch(a_table("r-3", version=version))

    assert stores.releases.aliases() == a_table("r-2", version=2)


@pytest.mark.parametrize("version", [1, 2])
def test_of_many_who_switch_at_once_one_wins(stores: Stores, version: int) -> None:
    if version == 2:
        stores.releases.switch(a_table("r-0"))

    outcomes = at_once(lambda number: stores.releases.switch(a_table(f"r-{number}", version=version)), WRITERS)

    (winner,) = [number for number, error in outcomes.items() if error is None]
    assert {type(error) for error in outcomes.values()} == {type(None), Conflict}
    assert stores.releases.aliases() == a_table(f"r-{winner}", version=version)


@pytest.mark.parametrize("version", [1, 2])
def test_of_many_who_change_a_release_at_once_one_wins(stores: Stores, version: int) -> None:
    if version == 2:
        stores.releases.put(a_release())

    outcomes = at_once(lambda number: stores.releases.put(a_release(version=version, reason=f"by {number}")), WRITERS)

    (winner,) = [number for number, error in outcomes.items() if error is None]
    assert {type(error) for error in outcomes.values()} == {type(None), Conflict}
    assert stores.releases.list(10) == [a_release(version=version, reason=f"by {winner}")]


def test_two_processes_of_a_plant_see_each_others_switches(tmp_path: Path) -> None:
    running, command = Releases(tmp_path / "releases.db"), Releases(tmp_path / "releases.db")
    SqliteReleases(command).switch(a_table("r-1"))

    seen = SqliteReleases(running).aliases()

    assert seen == a_table("r-1")
    running.close()
    command.close()


def test_a_table_that_does_not_answer_is_unavailable_and_no_missing_release(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        releases = DynamoDbReleases(boto3.resource("dynamodb", region_name="eu-central-1").Table("missing"))

        for ask in (releases.aliases, lambda: releases.list(1), lambda: releases.get("r-1")):
            with pytest.raises(Unavailable, match="record"):
                ask()
        with pytest.raises(Unavailable):
            releases.switch(a_table("r-1"))
        with pytest.raises(Unavailable):
            releases.put(a_release())
