"""What engineers and administrators do with the console: see who answers, take back, approve, and review verdicts."""

from __future__ import annotations

import re
from contextlib import closing
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from edge.folder import DataFolder
from edge.sqlite_releases import Releases, SqliteReleases
from edge.timer import now_us
from lineside.releases.record import CanaryVerdict, Evaluated, ModelRelease
from tests.e2e.conftest import SIZES, Opened, PlantProcess, Screen, password_of
from tests.e2e.test_console import CAUSE, alarm_id, ask
from tests.releases.builders import DAY_US, NOW_US, a_release, a_table

REFUSED = Evaluated(
    passed=False,
    improvement=0.04,
    low=-0.02,
    high=0.1,
    questions=60,
    judges=("claude", "nova"),
    unfit=("tiny",),
    reasons=("The answers about the Freezer Tunnel are 16 % worse than the base model's.",),
)
FIGURES = {"answers_canary": 61.0, "answers_live": 540.0, "level": 0.0031} | {
    f"thumbs_down_{name}": value
    for name, value in (("canary", 0.2), ("live", 0.05), ("canary_of", 15.0), ("live_of", 112.0), ("p", 0.04))
}
VERDICT = CanaryVerdict("wait", "The canary has given 61 answers; the next look is at 100.", NOW_US, FIGURES)
REPORT = "<!doctype html><html lang='en'><title>Report</title><style>h1{color:rgb(1,2,3)}</style><h1>Better</h1></html>"


@pytest.fixture(params=sorted(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def some_releases() -> list[ModelRelease]:
    """One that waits, one that the gate refused, a canary, what is live, and what was."""
    return [
        a_release("r-1", status="retired", made_us=NOW_US - 4 * DAY_US),
        a_release("r-2", status="live", made_us=NOW_US - 3 * DAY_US, hyperparameters={"epochs": "5"}),
        a_release("r-3", status="canary", made_us=NOW_US - 2 * DAY_US, canary=VERDICT),
        a_release("r-4", status="refused", made_us=NOW_US - DAY_US, evaluation=REFUSED, approver="", approved_us=0),
        a_release("r-5", status="waiting", made_us=NOW_US, approver="", approved_us=0),
    ]


def seed(plant: PlantProcess, releases: list[ModelRelease], **aliases: str) -> None:
    """Write records as a release machine would have, into the file that the running plant reads."""
    with closing(Releases(DataFolder(plant.data).releases)) as database:
        store = SqliteReleases(database)
        for release in releases:
            known = store.get(release.release_id)
            store.put(replace(release, version=known.version + 1 if known else 1))
        # A canary of long ago would be taken back by the plant, which looks after it every minute.
        since_us = now_us() if "canary" in aliases else 0
        store.switch(replace(a_table(**aliases), version=store.aliases().version + 1, canary_since_us=since_us))


@pytest.fixture
def plant(plants: dict[str, PlantProcess], size: str) -> PlantProcess:
    """Nothing of a release waits for the line to fail; who needs that waits."""
    return plants[size]


@pytest.fixture
def released(plant: PlantProcess) -> None:
    seed(plant, some_releases(), live="r-2", canary="r-3", previous="r-1")


def sign_in(screen: Screen, role: str, path: str) -> Page:
    page = screen.open(path)
    page.get_by_label("Name").fill(role)
    page.get_by_label("Password").fill(password_of(role))
    page.get_by_role("button", name="Sign in", exact=True).click()
    return page


def answering(page: Page) -> Any:
    return page.get_by_role("region", name="What answers now")


@pytest.mark.usefixtures("released")
def test_who_answers_is_seen_at_a_glance_and_a_release_tells_how_it_was_judged(
    plant: PlantProcess, opened: Opened, size: str
) -> None:
    screen = opened(plant, size)

    page = screen.open("/releases")

    expect(answering(page).get_by_text("90% of the conversations")).to_be_visible()
    expect(answering(page).get_by_text("10% of the conversations")).to_be_visible()
    expect(page.get_by_role("list", name="Releases").get_by_text("Waits for approval")).to_be_visible()
    page.get_by_role("link", name="r-4", exact=True).click()
    release = page.get_by_role("article")
    expect(release.get_by_role("img", name=re.compile(r"\+4%, interval -2% to \+10%"))).to_be_visible()
    expect(release.get_by_text("The answers about the Freezer Tunnel are 16 % worse")).to_be_visible()
    expect(release.get_by_text("did not tell planted bad answers from good ones")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert screen.troubles == []


@pytest.mark.usefixtures("released")
def test_an_engineer_takes_the_canary_back_and_then_the_live_release(
    plant: PlantProcess, opened: Opened, size: str
) -> None:
    page = sign_in(opened(plant, size, signed_in=False), "engineer", "/releases")

    for taken, answers in (("r-3", "r-2"), ("r-2", "r-1")):
        answering(page).get_by_role("button", name="Roll back…").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("button", name="Cancel").last).to_be_focused()
        expect(dialog.get_by_text(f"{answers} answers every conversation.")).to_be_visible()
        dialog.get_by_role("button", name="Roll back", exact=True).click()
        expect(dialog.get_by_text("Say why.")).to_be_visible()
        dialog.get_by_role("textbox", name="Reason").fill(f"{taken} invents torques")
        dialog.get_by_role("button", name="Roll back", exact=True).click()
        expect(page.get_by_text(f"{taken} was taken back.").first).to_be_visible()
        expect(answering(page).get_by_text("every conversation", exact=True)).to_be_visible()

    told = plant.get("/api/releases")
    assert (told["live"], told["canary"], told["previous"]) == ("r-1", "", "")
    assert [(each["by"], each["reason"]) for each in told["history"][:2]] == [
        ("engineer", "r-2 invents torques"),
        ("engineer", "r-3 invents torques"),
    ]
    expect(answering(page).get_by_role("button", name="Roll back…")).to_be_disabled()


@pytest.mark.usefixtures("released")
def test_somebody_else_was_faster_and_nothing_more_is_taken_back(
    plant: PlantProcess, opened: Opened, size: str
) -> None:
    page = opened(plant, size).open("/releases")
    answering(page).get_by_role("button", name="Roll back…").click()
    plant.post("/api/releases-rollback", {"reason": "I was first"})
    dialog = page.get_by_role("dialog")

    dialog.get_by_role("textbox", name="Reason").fill("Me too")
    dialog.get_by_role("button", name="Roll back", exact=True).click()

    expect(dialog.get_by_text("has switched the releases since you looked")).to_be_visible()
    told = plant.get("/api/releases")
    assert (told["live"], told["canary"], told["previous"]) == ("r-2", "", "r-1")


@pytest.mark.usefixtures("released")
def test_an_administrator_approves_tries_on_a_share_and_promotes(
    plant: PlantProcess, opened: Opened, size: str
) -> None:
    seed(plant, [], live="r-2")
    page = opened(plant, size).open("/releases?release=r-5")
    release, dialog = page.get_by_role("article"), page.get_by_role("dialog")

    release.get_by_role("button", name="Approve…").click()
    expect(dialog.get_by_text("14% better than the base model")).to_be_visible()
    dialog.get_by_role("textbox", name="Note").fill("Read the report")
    dialog.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("r-5 is approved.").first).to_be_visible()
    release.get_by_role("button", name="Start as a canary…").click()
    dialog.get_by_label("Share of the conversations").select_option("20%")
    dialog.get_by_role("button", name="Start the canary").click()
    expect(page.get_by_text("r-5 is the canary.").first).to_be_visible()
    assert (plant.get("/api/releases")["canary"], plant.get("/api/releases")["canary_share"]) == ("r-5", 0.2)
    release.get_by_role("button", name="Promote…").click()
    dialog.get_by_role("button", name="Promote", exact=True).click()

    expect(page.get_by_text("r-5 is live.").first).to_be_visible()
    expect(release.get_by_text("became live")).to_be_visible()
    told = plant.get("/api/releases")
    assert (told["live"], told["canary"], told["previous"]) == ("r-5", "", "r-2")


@pytest.mark.usefixtures("released")
def test_an_engineer_decides_nothing_and_an_operator_sees_no_link(
    plant: PlantProcess, opened: Opened, size: str
) -> None:
    engineer = sign_in(opened(plant, size, signed_in=False), "engineer", "/releases?release=r-5")
    expect(engineer.get_by_role("article").get_by_role("button", name="Approve…")).to_be_disabled()
    why = engineer.get_by_role("article").get_by_role("paragraph").filter(has_text="An administrator decides this.")
    expect(why).to_be_visible()

    operator = sign_in(opened(plant, size, signed_in=False), "operator", "/releases")

    expect(operator.get_by_text("Only engineers and administrators see the releases.")).to_be_visible()
    if size == "phone":
        operator.get_by_role("button", name="Pages").click()
    pages = operator.get_by_role("complementary", name="Pages")
    expect(pages.get_by_role("link", name="Handover")).to_be_visible()
    expect(pages.get_by_role("link", name="Releases")).to_have_count(0)


def test_a_report_opens_beside_the_page_with_its_styles_and_no_scripts(
    plant: PlantProcess, opened: Opened, size: str
) -> None:
    file = DataFolder(plant.data).reports / "r-6.html"
    file.parent.mkdir(exist_ok=True)
    file.write_text(REPORT.replace("</html>", "<script>document.title='run'</script></html>"))
    seed(plant, [*some_releases(), a_release("r-6", report=file.name)], live="r-2")
    page = opened(plant, size).open("/releases?release=r-6")

    with page.expect_popup() as opening:
        page.get_by_role("link", name="Open the report").click()

    report = opening.value
    expect(report.get_by_role("heading", name="Better")).to_have_css("color", "rgb(1, 2, 3)")
    assert report.title() == "Report"


def test_a_verdict_is_reviewed_with_the_words_that_may_be_trained_on(
    plant: PlantProcess, opened: Opened, size: str
) -> None:
    page = opened(plant, size).open("/ask")
    ask(page, "What does E-217 mean?")
    page.get_by_role("button", name="Did not help").first.click()
    page.get_by_text("Right cause, wrong step").click()
    page.get_by_role("textbox", name="What would have been right?").fill(f"Reset it once, at the {size}")
    page.get_by_role("group", name="Did this help?").get_by_role("button", name="Send").click()
    expect(page.get_by_text("Noted with the reason, thank you.")).to_be_visible()
    accepted = plant.get("/api/reviews?state=accepted")["accepted"]

    newest = plant.get("/api/reviews")["reviews"][0]
    screen = opened(plant, size)
    page = screen.open(f"/reviews?review={newest['feedback_id']}")
    review = page.get_by_role("article")
    expect(review.get_by_text("Belt drive tripped").first).to_be_visible()
    expect(review.get_by_text("Right cause, wrong step")).to_be_visible()
    review.get_by_role("button", name=re.compile("Open source 1")).first.click()
    expect(page.get_by_role("img", name=re.compile("page 3", re.IGNORECASE)).first).to_be_visible()
    page.keyboard.press("Escape")
    answer = review.get_by_role("textbox", name="Answer")
    expect(answer).to_have_value(f"Reset it once, at the {size}")
    answer.fill("Reset the belt drive once, then call maintenance.")
    answer.press("Control+Enter")

    expect(page.get_by_text("Accepted.").first).to_be_visible()
    told = plant.get("/api/reviews?state=accepted")
    kept = next(each for each in told["reviews"] if each["feedback_id"] == newest["feedback_id"])
    assert kept["reviewed_answer"] == "Reset the belt drive once, then call maintenance."
    assert (told["accepted"], kept["reviewed_by"]) == (accepted + 1, "first start")
    assert screen.troubles == []


def test_once_an_alarm_is_over_its_operator_says_what_came_of_it(
    plant: PlantProcess, opened: Opened, size: str
) -> None:
    plant.after_the_first_alarm()
    page = opened(plant, size).open("/")
    one = alarm_id(plant)
    over = {**plant.get(f"/api/alarms/{one}"), "active": False, "cleared_at": "2026-11-02T06:00:00Z"}
    page.route(f"**/api/alarms/{one}", lambda route: route.fulfill(json=over))  # the demo's line stands for long
    page.goto(f"{plant.url}/alarms/{one}")

    page.get_by_role("button", name="Helped").click()
    expect(page.get_by_text("Noted, thank you.")).to_be_visible()
    page.get_by_role("group", name="The alarm is over. Did it help?").get_by_role("button", name="Partly fixed").click()

    expect(page.get_by_text("Outcome noted, thank you.")).to_be_visible()
    newest = plant.get("/api/feedback")[0]
    assert (newest["about"], newest["verdict"], newest["resolution"]) == ("advisory", "up", "partly")
    reviewed = plant.get("/api/reviews")["reviews"][0]
    assert (reviewed["device"], reviewed["resolution"]) == (CAUSE, "partly")


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize("path", ["/releases", "/releases?release=r-3", "/releases?release=r-4", "/reviews"])
def test_nothing_serious_bars_anybody(plant: PlantProcess, opened: Opened, size: str, path: str) -> None:
    page = opened(plant, size).open(path)
    page.wait_for_load_state("networkidle")

    found = Axe().run(page).response["violations"]

    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in serious] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
