"""Which release an alias means after a switch, and which releases may answer people at all."""

from __future__ import annotations

from typing import get_args

import pytest
from msgspec.structs import replace

from lineside.errors import Refused
from lineside.releases.record import AliasTable, Evaluated, Status
from lineside.releases.switch import (
    ALIASED,
    KEPT_CHANGES,
    MAY_ANSWER,
    as_canary,
    canary_ended,
    promoted,
    rolled_back,
    statuses,
    target_of,
)
from tests.releases.builders import HOUR_US, NOW_US, a_release, a_table, target

LATER_US = NOW_US + HOUR_US


def promote(table: AliasTable, release_id: str) -> AliasTable:
    return promoted(table, target(release_id), "Anna", "", LATER_US)


def canary(table: AliasTable, release_id: str, share: float = 0.2) -> AliasTable:
    return as_canary(table, target(release_id), share, "Anna", "", LATER_US)


def roll_back(table: AliasTable) -> AliasTable:
    return rolled_back(table, "Anna", "it is rude", LATER_US)


def means(table: AliasTable) -> tuple[str, str, str]:
    return tuple(each.release_id if each else "" for each in (table.live, table.canary, table.previous))  # type: ignore[return-value]


def test_the_first_release_is_live_and_nothing_is_previous() -> None:
    table = promote(AliasTable(), "r-1")

    assert means(table) == ("r-1", "", "")
    assert table.version == 1


def test_what_was_live_becomes_previous() -> None:
    assert means(promote(a_table("r-1", previous="r-0"), "r-2")) == ("r-2", "", "r-1")


def test_a_canary_that_is_promoted_is_live_and_no_canary_any_more() -> None:
    table = promote(a_table("r-1", "r-2"), "r-2")

    assert means(table) == ("r-2", "", "r-1")
    assert (table.canary_share, table.canary_since_us) == (0.0, 0)


def test_promoting_twice_changes_nothing() -> None:
    once = promote(a_table("r-1"), "r-2")

    assert promote(once, "r-2") is once


def test_the_same_release_with_another_model_replaces_it_and_keeps_what_was_before() -> None:
    table = a_table("r-1", previous="r-0")

    again = promoted(table, replace(target("r-1"), model_id="imported anew"), "Anna", "", LATER_US)

    assert again.live is not None
    assert (again.live.model_id, means(again)) == ("imported anew", ("r-1", "", "r-0"))


def test_a_canary_leaves_live_and_previous_as_they_are() -> None:
    table = canary(a_table("r-1", previous="r-0"), "r-2")

    assert means(table) == ("r-1", "r-2", "r-0")
    assert (table.canary_share, table.canary_since_us) == (0.2, LATER_US)


def test_the_same_canary_twice_changes_nothing_and_another_share_begins_anew() -> None:
    once = canary(a_table("r-1"), "r-2")

    assert canary(once, "r-2") is once
    wider = as_canary(once, target("r-2"), 0.5, "Anna", "", LATER_US + 1)
    assert (wider.canary_share, wider.canary_since_us, wider.version) == (0.5, LATER_US + 1, once.version + 1)


@pytest.mark.parametrize(
    ("table", "release_id", "share", "why"),
    [
        (AliasTable(), "r-2", 0.1, "no release is live"),
        (a_table("r-2"), "r-2", 0.1, "is live already"),
        (a_table("r-1", "r-3"), "r-2", 0.1, "r-3 is the canary already"),
        (a_table("r-1"), "r-2", 0.51, "takes a share above 0 and up to 0.5, not 0.51"),
        (a_table("r-1"), "r-2", 0.0, "takes a share above 0"),
        (a_table("r-1"), "r-2", float("nan"), "takes a share above 0"),
    ],
)
def test_a_canary_that_could_not_be_compared_is_refused(
    table: AliasTable, release_id: str, share: float, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        canary(table, release_id, share)


def test_taking_back_ends_the_canary_first_and_then_live() -> None:
    both = a_table("r-1", "r-2", "r-0")

    first = roll_back(both)
    second = roll_back(first)

    assert means(first) == ("r-1", "", "r-0")
    assert means(second) == ("r-0", "", "")
    assert [change.what for change in second.history] == ["end_canary", "rollback"]


def test_what_was_taken_back_never_comes_again_by_taking_back_once_more() -> None:
    table = roll_back(a_table("r-2", previous="r-1"))

    with pytest.raises(Refused, match="there is nothing to go back to"):
        roll_back(table)
    with pytest.raises(Refused, match="no canary runs"):
        canary_ended(table, "Anna", "", LATER_US)


def test_every_switch_is_kept_with_who_and_why_and_the_oldest_are_dropped() -> None:
    table = AliasTable()
    for number in range(KEPT_CHANGES + 5):
        table = promoted(table, target(f"r-{number}"), "Anna", f"no. {number}", NOW_US + number)

    assert len(table.history) == KEPT_CHANGES
    assert (table.history[0].live, table.history[-1].live) == ("r-5", f"r-{KEPT_CHANGES + 4}")
    assert (table.history[-1].by, table.history[-1].reason) == ("Anna", f"no. {KEPT_CHANGES + 4}")
    assert table.version == KEPT_CHANGES + 5


def test_every_status_says_whether_it_may_answer() -> None:
    assert set(MAY_ANSWER) == set(get_args(Status))
    assert {status for status, why in MAY_ANSWER.items() if not why} == ALIASED


@pytest.mark.parametrize("status", [status for status, why in MAY_ANSWER.items() if why])
def test_a_release_that_is_not_approved_never_answers(status: Status) -> None:
    with pytest.raises(Refused, match="r-1 cannot be released: " + MAY_ANSWER[status]):
        target_of(a_release(status=status))


@pytest.mark.parametrize("status", sorted(ALIASED))
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"evaluation": None}, "it was not evaluated"),
        ({"evaluation": Evaluated(False, 0.1, -0.1, 0.2, 60, ("claude",))}, "it did not pass its evaluation"),
        ({"approver": ""}, "nobody has approved it"),
        ({"model_id": ""}, "it has no model that answers"),
    ],
)
def test_no_release_answers_that_lacks_what_it_needs(status: Status, changes: dict[str, object], why: str) -> None:
    assert target_of(a_release(status=status)) == target("r-1")

    with pytest.raises(Refused, match=why):
        target_of(a_release(status=status, **changes))


def test_why_a_release_failed_is_said_again() -> None:
    with pytest.raises(Refused, match="it failed: the disk was full"):
        target_of(a_release(status="failed", reason="the disk was full"))


def test_statuses_follow_the_history() -> None:
    table = promote(AliasTable(), "r-1")
    table = promote(table, "r-2")
    table = canary(table, "r-3")
    table = roll_back(table)
    table = canary(table, "r-4")

    assert statuses(table) == {
        "r-1": ("retired", ""),
        "r-2": ("live", ""),
        "r-3": ("rolled_back", "it is rude"),
        "r-4": ("canary", ""),
    }

    table = promote(table, "r-4")
    assert statuses(table)["r-4"] == ("live", "")
    assert statuses(table)["r-2"] == ("retired", "")

    table = roll_back(table)
    assert statuses(table)["r-4"] == ("rolled_back", "it is rude")
    assert statuses(table)["r-2"] == ("live", "")


def test_a_canary_that_loses_to_a_third_release_is_retired() -> None:
    table = promote(canary(promote(AliasTable(), "r-1"), "r-2"), "r-3")

    assert statuses(table) == {"r-1": ("retired", ""), "r-2": ("retired", ""), "r-3": ("live", "")}


def test_statuses_are_known_from_what_is_left_of_a_long_history() -> None:
    table = promote(promote(AliasTable(), "r-1"), "r-2")

    assert statuses(replace(table, history=table.history[-1:])) == {"r-1": ("retired", ""), "r-2": ("live", "")}
    assert statuses(AliasTable()) == {}
