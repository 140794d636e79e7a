"""The watch over a canary: stored, done by itself, harmless to repeat, and never over a person's head."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from lineside.errors import Conflict, Refused, Unavailable
from lineside.releases.canary import BY, HOUR_US, watch
from lineside.releases.desk import ReleaseDesk
from lineside.releases.record import AliasTable, CanaryVerdict, ModelRelease
from lineside.releases.settings import CanarySettings
from lineside.releases.switch import canary_ended
from tests.contracts.releases import BOTH, Stores, stores_of
from tests.releases.builders import NOW_US, SECOND_US, a_release, an_outcome

SETTINGS = CanarySettings(least_answers=10, most_answers=40)


@dataclass
class Watched:
    """A live release and a canary."""

    stores: Stores
    desk: ReleaseDesk
    clock: list[int]

    def answers(self, release_id: str, first: int, last: int, **changes: Any) -> None:
        for number in range(first, last):
            outcome = an_outcome(number, release_id, conversation=f"c-{release_id}-{number}", **changes)
            self.stores.outcomes.record(replace(outcome, answer_id=f"{release_id}-{number}"))

    def watch(self, **changes: Any) -> CanaryVerdict | None:
        self.clock[0] += SECOND_US
        settings = CanarySettings(**(SETTINGS.model_dump() | changes))
        return watch(self.desk, self.stores.outcomes, settings, self.clock[0])

    @property
    def means(self) -> tuple[str, ...]:
        table = self.desk.aliases()
        return tuple(each.release_id if each else "" for each in (table.live, table.canary, table.previous))


@pytest.fixture
def watched(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Watched]:
    """In the plant, where a test does not say otherwise."""
    with stores_of(getattr(request, "param", "sqlite"), tmp_path) as stores:
        clock = [NOW_US]
        desk = ReleaseDesk(stores.releases, lambda: clock[0])
        stores.releases.put(a_release("r-1"))
        stores.releases.put(a_release("r-2", made_us=NOW_US + 1))
        desk.promote("r-1", by="Anna")
        desk.promote("r-2", by="Anna", canary_share=0.1)
        yield Watched(stores, desk, clock)


@pytest.mark.parametrize("watched", BOTH, indirect=True)
def test_a_canary_that_fails_is_taken_back_by_itself_with_its_figures(watched: Watched) -> None:
    watched.answers("r-1", 0, 60)
    watched.answers("r-2", 0, 20, failed=True)

    verdict = watched.watch()

    release = watched.desk.get("r-2")
    assert verdict is not None
    assert watched.means == ("r-1", "", "")
    assert (release.status, release.canary, release.reason) == ("rolled_back", verdict, verdict.why)
    assert release.canary.figures["failed_canary"] == 1.0
    assert (watched.desk.aliases().history[-1].by, watched.desk.aliases().history[-1].what) == (BY, "end_canary")


@pytest.mark.parametrize("watched", BOTH, indirect=True)
def test_one_that_is_no_worse_is_promoted_by_itself(watched: Watched) -> None:
    watched.answers("r-1", 0, 60)
    watched.answers("r-2", 0, 39)
    waits = watched.watch()
    watched.answers("r-2", 39, 40)

    promotes = watched.watch()

    assert waits is not None
    assert promotes is not None
    assert (waits.decision, promotes.decision) == ("wait", "promote")
    assert watched.means == ("r-2", "", "r-1")
    assert {each.release_id: each.status for each in watched.desk.list()} == {"r-1": "retired", "r-2": "live"}
    assert watched.watch() is None


def test_where_people_promote_it_says_so_and_leaves_it_to_them(watched: Watched) -> None:
    watched.answers("r-1", 0, 60)
    watched.answers("r-2", 0, 40)

    first, second = watched.watch(promote_by_itself=False), watched.watch(promote_by_itself=False)

    assert first is not None
    assert (first.decision, first) == ("promote", second)
    assert watched.means == ("r-1", "r-2", "")
    assert watched.desk.get("r-2").canary == first


def test_what_says_nothing_new_is_not_written_again(watched: Watched) -> None:
    watched.answers("r-1", 0, 12)
    watched.answers("r-2", 0, 5)
    watched.watch()
    written = watched.desk.get("r-2")

    watched.watch()
    assert watched.desk.get("r-2") == written

    watched.answers("r-2", 5, 6)
    watched.watch()
    assert watched.desk.get("r-2").version == written.version + 1


def test_answers_of_before_and_of_other_releases_do_not_count(watched: Watched) -> None:
    for release_id in ("r-1", "r-2", "r-0"):
        watched.answers(release_id, -60, -30, failed=release_id != "r-1")
    watched.answers("r-0", 0, 60, failed=True)

    verdict = watched.watch()

    assert verdict is not None
    assert verdict.figures == {"answers_canary": 0.0, "answers_live": 0.0}


def test_without_a_canary_there_is_nothing_to_watch(watched: Watched) -> None:
    watched.desk.roll_back(by="Anna", reason="rude")

    assert watched.watch() is None
    assert ReleaseDesk(watched.stores.releases, lambda: 0).aliases().canary is None


def test_records_that_a_process_left_behind_are_mended_by_the_next_watch(watched: Watched) -> None:
    table = watched.desk.aliases()
    watched.stores.releases.switch(canary_ended(table, "Anna", "rude", NOW_US))
    assert watched.desk.get("r-2").status == "canary"

    watched.watch()

    assert watched.desk.get("r-2").status == "rolled_back"


def test_a_canary_of_too_many_hours_is_taken_back(watched: Watched) -> None:
    watched.clock[0] += int(SETTINGS.hours * HOUR_US)

    verdict = watched.watch()

    assert verdict is not None
    assert verdict.why.startswith("0 of 40 answers within 72 hours")
    assert (watched.means, watched.desk.get("r-2").status) == (("r-1", "", ""), "rolled_back")


def test_a_watch_that_ended_between_deciding_and_doing_does_it_the_next_time(watched: Watched) -> None:
    watched.answers("r-1", 0, 60)
    watched.answers("r-2", 0, 20, failed=True)
    whole, watched.desk = watched.desk, ReleaseDesk(Interrupted(watched.stores), lambda: watched.clock[0])
    with pytest.raises(Unavailable):
        watched.watch()
    stored = whole.get("r-2").canary
    assert (whole.aliases().canary is not None, stored and stored.decision) == (True, "roll_back")

    watched.desk = whole
    watched.answers("r-2", 20, 60)

    assert watched.watch() == stored
    assert watched.means == ("r-1", "", "")


class Interrupted:
    """The process ends before the switch."""

    def __init__(self, stores: Stores) -> None:
        self._store = stores.releases

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def switch(self, table: AliasTable) -> None:
        raise Unavailable("the process was stopped")


def test_a_person_who_switched_meanwhile_is_not_overruled(watched: Watched) -> None:
    watched.answers("r-1", 0, 60)
    watched.answers("r-2", 0, 20, failed=True)

    class Promotes(Interrupted):
        """Anna promotes the canary while its figures are being looked at."""

        def put(self, release: ModelRelease) -> None:
            self._store.put(release)
            if release.canary is not None and anna:
                anna.pop().promote("r-2", by="Anna")

        def switch(self, table: AliasTable) -> None:
            self._store.switch(table)

    anna = [watched.desk]
    watched.desk = ReleaseDesk(Promotes(watched.stores), lambda: watched.clock[0])

    with pytest.raises(Conflict):
        watched.watch()

    assert watched.means == ("r-2", "", "r-1")
    assert watched.watch() is None


def test_a_release_that_failed_meanwhile_is_not_promoted(watched: Watched) -> None:
    watched.answers("r-1", 0, 60)
    watched.answers("r-2", 0, 40)
    release = watched.desk.get("r-2")
    watched.stores.releases.put(replace(release, status="failed", version=release.version + 1))

    with pytest.raises(Refused, match="r-2 cannot be released: it failed"):
        watched.watch()

    assert watched.means == ("r-1", "r-2", "")


def test_the_next_time_as_canary_is_judged_anew(watched: Watched) -> None:
    watched.answers("r-1", 0, 60)
    watched.answers("r-2", 0, 20, failed=True)
    watched.watch()
    watched.clock[0] += HOUR_US
    watched.desk.promote("r-2", by="Anna", canary_share=0.2)

    verdict = watched.watch()

    assert verdict is not None
    assert (verdict.decision, verdict.figures["answers_canary"]) == ("wait", 0.0)
    assert watched.means == ("r-1", "r-2", "")
