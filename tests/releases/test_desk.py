"""What people do with releases, on the plant's store in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec.structs import replace

from edge.sqlite_releases import Releases, SqliteReleases
from lineside.errors import Conflict, Refused, Unavailable
from lineside.releases.desk import ATTEMPTS, ReleaseDesk, UnknownRelease
from lineside.releases.record import AliasTable, Evaluated, ModelRelease
from tests.releases.builders import NOW_US, a_release


@dataclass
class Approvals:
    """Whoever waits, as a list of what it was told."""

    told: list[tuple[str, bool, str, str]] = field(default_factory=list)
    error: Exception | None = None

    def answer(self, release_id: str, *, approved: bool, by: str, note: str) -> None:
        if self.error:
            raise self.error
        self.told.append((release_id, approved, by, note))


class Reports:
    def html(self, release: ModelRelease) -> str | None:
        return f"<p>{release.report}</p>"


class Store(SqliteReleases):
    """The plant's store. Before a write, somebody else may be faster; after a switch, it may break."""

    def __init__(self) -> None:
        super().__init__(Releases())
        self.breaks_after_switch = False
        self.faster: list[ModelRelease] = []
        self.meanwhile: list[Callable[[], object]] = []

    def put(self, release: ModelRelease) -> None:
        if self.breaks_after_switch:
            raise Unavailable("the disk is gone")
        if self.meanwhile:
            self.meanwhile.pop()()
        if self.faster:
            super().put(self.faster.pop())
        super().put(release)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def approvals() -> Approvals:
    return Approvals()


@pytest.fixture
def desk(store: Store, approvals: Approvals) -> ReleaseDesk:
    return ReleaseDesk(store, lambda: NOW_US + 7, approvals, Reports())


def given(store: Store, *release_ids: str, **changes: Any) -> None:
    for release_id in release_ids:
        store.put(a_release(release_id, **changes))


def standing(desk: ReleaseDesk) -> dict[str, str]:
    return {release.release_id: release.status for release in desk.list()}


def waiting(**changes: Any) -> ModelRelease:
    return a_release(**({"status": "waiting", "approver": "", "approved_us": 0, "execution": "arn:e"} | changes))


def test_a_release_that_is_not_there_is_said_to_be_unknown(desk: ReleaseDesk) -> None:
    for ask in (desk.get, desk.report, lambda each: desk.promote(each, by="Anna")):
        with pytest.raises(UnknownRelease, match="there is no release r-9"):
            ask("r-9")
    with pytest.raises(UnknownRelease):
        desk.decide("r-9", approved=True, by="Anna")


def test_a_report_is_shown_where_there_is_one(desk: ReleaseDesk, store: Store) -> None:
    given(store, "r-1", report="reports/r-1.html")
    given(store, "r-2")

    assert desk.report("r-1") == "<p>reports/r-1.html</p>"
    assert desk.report("r-2") is None
    assert replace_reports(desk).report("r-1") is None


def replace_reports(desk: ReleaseDesk) -> ReleaseDesk:
    return ReleaseDesk(desk.store, desk.now_us)


def test_a_yes_is_told_to_whoever_waits_and_then_kept(desk: ReleaseDesk, store: Store, approvals: Approvals) -> None:
    store.put(waiting())

    decided = desk.decide("r-1", approved=True, by="Anna", note="good figures")

    assert approvals.told == [("r-1", True, "Anna", "good figures")]
    assert (decided.status, decided.approver, decided.approved_us) == ("approved", "Anna", NOW_US + 7)
    assert store.get("r-1") == decided


def test_a_no_is_kept_with_its_reason(desk: ReleaseDesk, store: Store, approvals: Approvals) -> None:
    store.put(waiting())
    store.put(waiting(release_id="r-2"))

    assert desk.decide("r-1", approved=False, by="Anna", note="rude").reason == "rude"
    assert desk.decide("r-2", approved=False, by="Anna").reason == "Anna said no"
    assert standing(desk) == {"r-1": "refused", "r-2": "refused"}
    assert [told[1] for told in approvals.told] == [False, False]


def test_deciding_twice_tells_once_and_deciding_otherwise_is_a_conflict(
    desk: ReleaseDesk, store: Store, approvals: Approvals
) -> None:
    store.put(waiting())
    decided = desk.decide("r-1", approved=True, by="Anna")

    assert desk.decide("r-1", approved=True, by="Bo") == decided
    with pytest.raises(Conflict, match="Anna has already decided: r-1 is approved"):
        desk.decide("r-1", approved=False, by="Bo")
    assert len(approvals.told) == 1


def test_an_answer_that_reaches_nobody_changes_nothing(desk: ReleaseDesk, store: Store, approvals: Approvals) -> None:
    store.put(waiting())

    for error in (Refused("it waited long enough"), Unavailable("no answer")):
        approvals.error = error
        with pytest.raises(type(error)):
            desk.decide("r-1", approved=True, by="Anna")

    assert store.get("r-1") == waiting()


def test_a_release_that_no_machine_waits_for_is_decided_by_its_record_alone(
    desk: ReleaseDesk, store: Store, approvals: Approvals
) -> None:
    store.put(waiting(execution=""))

    assert desk.decide("r-1", approved=True, by="Anna").status == "approved"
    assert approvals.told == []


@pytest.mark.parametrize("status", ["training", "importing", "evaluating", "failed"])
def test_what_does_not_wait_cannot_be_decided(desk: ReleaseDesk, store: Store, status: Any) -> None:
    given(store, "r-1", status=status, approver="")

    for approved in (True, False):
        with pytest.raises(Refused, match=f"r-1 does not wait for a decision; it is {status}"):
            desk.decide("r-1", approved=approved, by="Anna")


@pytest.mark.parametrize("status", ["canary", "live", "retired", "rolled_back"])
def test_a_yes_stands_while_the_release_goes_its_way(desk: ReleaseDesk, store: Store, status: Any) -> None:
    given(store, "r-1", status=status)

    assert desk.decide("r-1", approved=True, by="Bo") == a_release(status=status)
    with pytest.raises(Refused, match="does not wait for a decision"):
        desk.decide("r-1", approved=False, by="Bo")


def test_what_did_not_pass_its_evaluation_cannot_be_approved(
    desk: ReleaseDesk, store: Store, approvals: Approvals
) -> None:
    store.put(waiting(evaluation=Evaluated(False, 0.1, -0.1, 0.2, 60, ("claude",))))

    with pytest.raises(Refused, match="did not pass its evaluation, so nobody can approve it"):
        desk.decide("r-1", approved=True, by="Anna")

    assert approvals.told == []
    assert desk.decide("r-1", approved=False, by="Anna").status == "refused"


def test_a_decision_is_put_on_top_of_what_somebody_else_wrote_meanwhile(desk: ReleaseDesk, store: Store) -> None:
    store.put(waiting())
    store.faster = [waiting(version=2, report="reports/late.html")]

    decided = desk.decide("r-1", approved=True, by="Anna")

    assert (decided.status, decided.report, decided.version) == ("approved", "reports/late.html", 3)


def test_a_record_that_never_stands_still_is_a_conflict(desk: ReleaseDesk, store: Store) -> None:
    store.put(waiting())
    store.faster = [waiting(version=version) for version in range(ATTEMPTS + 1, 1, -1)]

    with pytest.raises(Conflict, match="changed by others again and again"):
        desk.note_decision("r-1", approved=True, by="Anna")


def test_the_statuses_follow_the_aliases(desk: ReleaseDesk, store: Store) -> None:
    given(store, "r-1", "r-2", "r-3")

    desk.promote("r-1", by="Anna")
    desk.promote("r-2", by="Anna", canary_share=0.1)
    assert standing(desk) == {"r-1": "live", "r-2": "canary", "r-3": "approved"}

    desk.promote("r-2", by="Anna")
    assert standing(desk) == {"r-1": "retired", "r-2": "live", "r-3": "approved"}

    desk.roll_back(by="Anna", reason="it is rude")
    assert standing(desk) == {"r-1": "live", "r-2": "rolled_back", "r-3": "approved"}
    assert desk.get("r-2").reason == "it is rude"


def test_promoting_twice_is_harmless(desk: ReleaseDesk, store: Store) -> None:
    given(store, "r-1", "r-2")
    desk.promote("r-1", by="Anna")
    once = desk.promote("r-2", by="Anna")

    assert desk.promote("r-2", by="Anna") == once
    assert (once.version, once.previous is not None and once.previous.release_id) == (2, "r-1")


def test_a_release_that_must_not_answer_leaves_everything_as_it_is(desk: ReleaseDesk, store: Store) -> None:
    given(store, "r-1", status="failed", reason="out of memory")

    with pytest.raises(Refused, match="r-1 cannot be released: it failed: out of memory"):
        desk.promote("r-1", by="Anna")

    assert desk.aliases() == AliasTable()


def test_who_saw_another_version_switches_nothing(desk: ReleaseDesk, store: Store) -> None:
    given(store, "r-1", "r-2")
    desk.promote("r-1", by="Anna", seen_version=0)
    desk.promote("r-2", by="Bo", canary_share=0.1, seen_version=1)

    desk.roll_back(by="Anna", reason="rude", seen_version=2)
    with pytest.raises(Conflict, match=r"Anna has switched the releases since you looked \(end canary\)"):
        desk.roll_back(by="Bo", reason="rude", seen_version=2)
    with pytest.raises(Conflict, match="since you looked"):
        desk.promote("r-2", by="Bo", seen_version=2)

    assert standing(desk) == {"r-1": "live", "r-2": "rolled_back"}


def test_two_who_take_back_at_once_take_back_once(desk: ReleaseDesk, store: Store) -> None:
    given(store, "r-1", "r-2")
    desk.promote("r-1", by="Anna")
    seen = desk.promote("r-2", by="Anna").version
    barrier, met = threading.Barrier(4), list[str]()

    def work() -> None:
        barrier.wait()
        try:
            desk.roll_back(by="Anna", reason="rude", seen_version=seen)
            met.append("done")
        except Conflict:
            met.append("conflict")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(met) == ["conflict", "conflict", "conflict", "done"]
    assert standing(desk) == {"r-1": "live", "r-2": "rolled_back"}


def test_a_process_that_ends_between_the_switch_and_the_records_is_mended_by_settling(
    desk: ReleaseDesk, store: Store
) -> None:
    given(store, "r-1", "r-2")
    desk.promote("r-1", by="Anna")
    store.breaks_after_switch = True

    table = desk.promote("r-2", by="Anna")
    assert table.live is not None
    assert (table.live.release_id, standing(desk)) == ("r-2", {"r-1": "live", "r-2": "approved"})

    store.breaks_after_switch = False
    for _ in range(2):
        desk.settle()
    assert standing(desk) == {"r-1": "retired", "r-2": "live"}
    assert [release.version for release in desk.list()] == [2, 3], "settling again writes nothing"


def test_who_switches_while_another_writes_the_records_finds_them_as_they_left_them(
    desk: ReleaseDesk, store: Store
) -> None:
    given(store, "r-1", "r-2", "r-3")
    desk.promote("r-1", by="Anna")
    store.meanwhile.append(lambda: desk.promote("r-3", by="Bo"))

    desk.promote("r-2", by="Anna")

    assert standing(desk) == {"r-1": "retired", "r-2": "retired", "r-3": "live"}


def test_settling_leaves_alone_what_failed_or_is_gone(desk: ReleaseDesk, store: Store) -> None:
    given(store, "r-1", "r-2")
    desk.promote("r-1", by="Anna")
    desk.promote("r-2", by="Anna")
    failed = replace(desk.get("r-1"), status="failed", version=desk.get("r-1").version + 1)
    store.put(failed)

    desk.settle()
    desk.settle(replace(desk.aliases(), history=(replace(desk.aliases().history[-1], live="r-gone"),)))

    assert store.get("r-1") == failed
