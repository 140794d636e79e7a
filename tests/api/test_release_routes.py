"""Releases over HTTP: who may look, who may switch, and what is said when it cannot be."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from edge.sqlite_releases import Releases, SqliteReleases
from lineside.errors import Unavailable
from lineside.releases.desk import ReleaseDesk
from lineside.releases.record import AliasTable, CanaryVerdict, Evaluated, ModelRelease
from lineside.telemetry.timestamps import render
from tests.api.conftest import NOW_US as PLANT_US
from tests.api.conftest import Plant, as_person
from tests.releases.builders import NOW_US, a_release


class Reports:
    def html(self, release: ModelRelease) -> str | None:
        return "<h1>14 % better</h1>" if release.report else None


@pytest.fixture
def store(plant: Plant) -> SqliteReleases:
    """r-1 is live, r-2 approved, r-3 waits, r-4 failed."""
    store = SqliteReleases(Releases())
    desk = ReleaseDesk(store, plant.services.now_us, reports=Reports())
    said: list[dict[str, Any]] = [
        {"report": "r-1.html"},
        {},
        {"status": "waiting", "approver": "", "approved_us": 0},
        {"status": "failed", "reason": "out of memory"},
    ]
    for number, changes in enumerate(said, start=1):
        store.put(a_release(f"r-{number}", made_us=NOW_US + number, **changes))
    desk.promote("r-1", by="Anna", reason="the first")
    plant.has(releases=desk)
    return store


def post(plant: Plant, path: str, *, who: str = "admin", **body: Any) -> httpx.Response:
    return plant.client.post(f"/api/{path}", json=body, headers=as_person(who))


def detail(answer: httpx.Response, status: int) -> str:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    return str(answer.json()["detail"])


def test_every_release_is_told_with_what_the_aliases_mean(plant: Plant, store: SqliteReleases) -> None:
    told = plant.client.get("/api/releases").json()

    assert [each["release_id"] for each in told["releases"]] == ["r-4", "r-3", "r-2", "r-1"]
    assert [each["status"] for each in told["releases"]] == ["failed", "waiting", "approved", "live"]
    assert [each["alias"] for each in told["releases"]] == ["", "", "", "live"]
    assert (told["live"], told["canary"], told["previous"], told["version"]) == ("r-1", "", "", 1)
    assert told["history"] == [
        {
            "at": render(PLANT_US),
            "by": "Anna",
            "what": "promote",
            "reason": "the first",
            "live": "r-1",
            "canary": "",
            "previous": "",
        }
    ]


def test_a_release_is_told_with_its_evaluation_and_its_canary(plant: Plant, store: SqliteReleases) -> None:
    store.put(a_release("r-5", canary=CanaryVerdict("wait", "Too early.", NOW_US, {"answers_canary": 3.0})))

    told = plant.client.get("/api/releases/r-5").json()

    assert told["evaluation"]["improvement"] == 0.14
    assert told["evaluation"]["judges"] == ["claude", "nova"]
    assert told["canary"] == {
        "decision": "wait",
        "why": "Too early.",
        "at": render(NOW_US),
        "figures": {"answers_canary": 3.0},
    }
    assert (told["approver"], told["approved_at"], told["has_report"]) == ("Anna", render(NOW_US), False)


def test_a_report_is_a_page_that_can_do_nothing(plant: Plant, store: SqliteReleases) -> None:
    shown = plant.client.get("/api/releases/r-1/report")

    assert shown.text == "<h1>14 % better</h1>"
    assert shown.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert "sandbox" in shown.headers["content-security-policy"]
    assert "r-2 has no report" in detail(plant.client.get("/api/releases/r-2/report"), 404)


@pytest.mark.parametrize("path", ["releases/r-9", "releases/r-9/report"])
def test_a_release_that_is_not_there_is_not_found(plant: Plant, store: SqliteReleases, path: str) -> None:
    assert detail(plant.client.get(f"/api/{path}"), 404) == "there is no release r-9"


def test_what_is_done_with_a_release_that_is_not_there_is_not_found(plant: Plant, store: SqliteReleases) -> None:
    assert detail(post(plant, "releases/r-9/promote"), 404) == "there is no release r-9"
    assert detail(post(plant, "releases/r-9/decision", approved=True), 404) == "there is no release r-9"


def test_where_no_model_is_released_all_of_it_is_not_found(plant: Plant) -> None:
    for path in ("releases", "releases/r-1", "releases/r-1/report"):
        assert detail(plant.client.get(f"/api/{path}"), 404) == "no model is released here"
    assert detail(post(plant, "releases-rollback", reason="rude"), 404) == "no model is released here"
    assert detail(plant.client.get("/api/reviews"), 404) == "verdicts are not reviewed here"


def test_an_admin_approves_and_the_record_says_who(plant: Plant, store: SqliteReleases) -> None:
    decided = post(plant, "releases/r-3/decision", approved=True, note="good")

    assert (decided.status_code, decided.json()["status"], decided.json()["approver"]) == (200, "approved", "Anna")
    again = detail(post(plant, "releases/r-3/decision", approved=False), 409)
    assert again == "Anna has already decided: r-3 is approved"


def test_a_canary_is_let_in_and_promoted(plant: Plant, store: SqliteReleases) -> None:
    canary = post(plant, "releases/r-2/promote", canary_share=0.2, reason="try it", version=1).json()
    live = post(plant, "releases/r-2/promote", version=2).json()

    assert (canary["live"], canary["canary"], canary["canary_share"]) == ("r-1", "r-2", 0.2)
    assert (live["live"], live["canary"], live["previous"]) == ("r-2", "", "r-1")
    assert {each["release_id"]: each["status"] for each in live["releases"]}["r-1"] == "retired"


def test_an_engineer_takes_it_back_in_one_call(plant: Plant, store: SqliteReleases) -> None:
    post(plant, "releases/r-2/promote")

    told = post(plant, "releases-rollback", who="engineer", reason="it is rude", version=2).json()

    assert (told["live"], told["previous"]) == ("r-1", "")
    assert (told["history"][0]["by"], told["history"][0]["what"], told["history"][0]["reason"]) == (
        "Enno",
        "rollback",
        "it is rude",
    )
    assert "nothing to go back to" in detail(post(plant, "releases-rollback", reason="it is rude"), 409)


def test_who_looked_at_an_earlier_version_switches_nothing(plant: Plant, store: SqliteReleases) -> None:
    post(plant, "releases/r-2/promote", canary_share=0.1)
    post(plant, "releases-rollback", reason="rude", version=2)

    late = detail(post(plant, "releases-rollback", reason="rude", version=2), 409)

    assert late.startswith("Anna has switched the releases since you looked (end canary)")
    assert plant.client.get("/api/releases").json()["live"] == "r-1"


@pytest.mark.parametrize(
    ("release_id", "why"), [("r-3", "a person has to approve it first"), ("r-4", "it failed: out of memory")]
)
def test_a_release_that_must_not_answer_is_refused_in_a_sentence(
    plant: Plant, store: SqliteReleases, release_id: str, why: str
) -> None:
    assert detail(post(plant, f"releases/{release_id}/promote"), 409) == f"{release_id} cannot be released: {why}"


def test_what_did_not_pass_cannot_be_approved(plant: Plant, store: SqliteReleases) -> None:
    store.put(a_release("r-5", status="waiting", evaluation=Evaluated(False, 0.1, -0.1, 0.2, 60, ("claude",))))

    assert "did not pass its evaluation" in detail(post(plant, "releases/r-5/decision", approved=True), 409)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("releases/r-2/promote", {"canary_share": 0.6}),
        ("releases/r-2/promote", {"canary_share": -0.1}),
        ("releases/r-2/promote", {"version": -1}),
        ("releases/r-3/decision", {}),
        ("releases-rollback", {}),
        ("releases-rollback", {"reason": "  "}),
        ("releases-rollback", {"reason": "x", "alias": "live"}),
    ],
)
def test_what_cannot_be_meant_is_sent_back(
    plant: Plant, store: SqliteReleases, path: str, body: dict[str, Any]
) -> None:
    detail(post(plant, path, **body), 422)

    assert plant.client.get("/api/releases").json()["version"] == 1


def test_records_that_do_not_answer_are_a_reason_to_come_back(plant: Plant) -> None:
    class Silent(SqliteReleases):
        def aliases(self) -> AliasTable:
            raise Unavailable("the records of releases cannot be used")

    plant.has(releases=ReleaseDesk(Silent(Releases()), plant.services.now_us))

    answer = plant.client.get("/api/releases")

    assert detail(answer, 503) == "the records of releases cannot be used"
    assert answer.headers["retry-after"] == "5"
