"""What every store of answers' outcomes promises, in the plant and in the cloud."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws
from msgspec.structs import replace

from cloud.releases import TTL_ATTRIBUTE, DynamoDbOutcomes
from lineside.releases.ports import RETENTION_US
from tests.contracts.people import a_table
from tests.contracts.releases import BOTH, Stores, stores_of
from tests.releases.builders import DAY_US, NOW_US, SECOND_US, an_outcome


@pytest.fixture(params=BOTH)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    with stores_of(request.param, tmp_path) as made:
        yield made


def test_an_outcome_comes_back_as_it_was_and_is_kept_once(stores: Stores) -> None:
    outcome = an_outcome(seconds=1.25, alias="canary", withheld=True, conversation="c-ü")

    for _ in range(2):
        stores.outcomes.record(outcome)
    stores.outcomes.record(replace(outcome, at_us=outcome.at_us + 1, seconds=9.0))

    assert stores.outcomes.since(0, ("r-1",)) == [outcome]


def test_one_answer_may_have_asked_two_releases(stores: Stores) -> None:
    stores.outcomes.record(an_outcome(1, "r-2", failed=True))
    stores.outcomes.record(an_outcome(1, "r-1"))

    stores.outcomes.judged("a-1", "down")

    found = stores.outcomes.since(0, ("r-1", "r-2"))
    assert [(one.release_id, one.verdict) for one in found] == [("r-1", "down"), ("r-2", "")]


def test_the_newest_verdict_counts_and_outlasts_a_replay(stores: Stores) -> None:
    stores.outcomes.record(an_outcome())

    stores.outcomes.judged("a-1", "up")
    stores.outcomes.judged("a-1", "down")
    stores.outcomes.judged("a-1", "down")
    stores.outcomes.record(an_outcome())

    assert stores.outcomes.since(0, ("r-1",)) == [an_outcome(verdict="down")]


@pytest.mark.parametrize("how", [{"failed": True}, {"withheld": True}])
def test_a_verdict_on_words_that_the_release_did_not_write_is_not_its_own(stores: Stores, how: dict[str, bool]) -> None:
    stores.outcomes.record(an_outcome(**how))

    stores.outcomes.judged("a-1", "down")

    assert stores.outcomes.since(0, ("r-1",)) == [an_outcome(**how)]


def test_a_verdict_on_an_answer_of_no_release_is_passed_over(stores: Stores) -> None:
    stores.outcomes.judged("a-1", "down")

    assert stores.outcomes.since(0, ("r-1",)) == []


def test_only_what_was_asked_for_comes_the_oldest_first(stores: Stores) -> None:
    for number, release_id in ((4, "r-1"), (2, "r-2"), (3, "r-1"), (1, "r-1"), (5, "r-3")):
        stores.outcomes.record(an_outcome(number, release_id))

    found = stores.outcomes.since(NOW_US + 2 * SECOND_US, ("r-1", "r-2"))

    assert [one.answer_id for one in found] == ["a-2", "a-3", "a-4"]
    assert stores.outcomes.since(0, ()) == []


def test_a_long_run_comes_back_whole(stores: Stores) -> None:
    long = "c" * 60_000
    for number in range(25):
        stores.outcomes.record(an_outcome(number, conversation=long))

    assert len(stores.outcomes.since(0, ("r-1",))) == 25, "more than one page of a megabyte"


def test_the_plant_forgets_after_ninety_days(tmp_path: Path) -> None:
    with stores_of("sqlite", tmp_path) as stores:
        for at_us in (NOW_US, NOW_US + DAY_US, NOW_US + RETENTION_US):
            stores.outcomes.record(an_outcome(at_us // DAY_US, at_us=at_us))

        assert [one.at_us for one in stores.outcomes.since(0, ("r-1",))] == [NOW_US + DAY_US, NOW_US + RETENTION_US]


def test_the_cloud_forgets_by_the_tables_time_to_live() -> None:
    with mock_aws():
        table = a_table()
        DynamoDbOutcomes(table).record(an_outcome(at_us=NOW_US))

        items = table.scan()["Items"]

    assert len(items) == 2
    assert {int(item[TTL_ATTRIBUTE]) for item in items} == {(NOW_US + 90 * DAY_US) // SECOND_US}
