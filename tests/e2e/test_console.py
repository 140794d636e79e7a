"""What an operator does with the console, on a desk's screen and on a phone's, in front of a line that has failed."""

from __future__ import annotations

import re
import signal

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import HEARD, SIZES, Opened, PlantProcess, password_of

CAUSE = "Vertical Conveyor"
PAGES = ("/", "/alarms", "/ask", "/handover")


@pytest.fixture(params=sorted(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def alarm_id(plant: PlantProcess) -> str:
    return next(str(alarm["alarm_id"]) for alarm in plant.get("/api/alarms") if alarm["device"] == CAUSE)


def ask(page: Page, question: str) -> None:
    box = page.get_by_role("textbox", name="Your question")
    box.fill(question)
    box.press("Enter")


def test_the_line_names_the_cause_and_who_waits_for_it(plant: PlantProcess, opened: Opened, size: str) -> None:
    screen = opened(plant, size)

    page = screen.open("/")

    strip = page.get_by_role("region", name="Open alarms")
    expect(strip.get_by_role("link", name=re.compile(CAUSE))).to_be_visible()
    expect(page.get_by_text(re.compile("CAUSE$")).locator("visible=true").first).to_be_visible()
    expect(page.get_by_text(re.compile(rf"^(by|.*waits for) {CAUSE}")).locator("visible=true").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert screen.troubles == []


def test_a_machine_is_opened_with_the_keyboard_and_shows_its_values(
    plant: PlantProcess, opened: Opened, size: str
) -> None:
    page = opened(plant, size).open("/")

    page.get_by_role("button", name=re.compile("^Freezer Tunnel")).first.press("Enter")

    panel = page.get_by_role("region", name=re.compile("Freezer Tunnel")).first
    expect(panel).to_be_visible()
    expect(panel.get_by_text("Freezer temperature").first).to_be_visible()
    expect(panel.get_by_text("°C").first).to_be_visible()


def test_an_alarm_tells_its_cause_its_victims_and_its_steps_and_is_acknowledged(
    plant: PlantProcess, opened: Opened, size: str
) -> None:
    page = opened(plant, size).open(f"/alarms/{alarm_id(plant)}")
    alarm = page.get_by_role("article")
    expect(alarm.get_by_role("heading", name=f"{CAUSE} stopped")).to_be_visible()
    expect(alarm.get_by_text("Lock out the drive with your own lock").first).to_be_visible()
    expect(alarm.get_by_text("SOP-VC-07, revision 4, step 2").first).to_be_visible()

    alarm.get_by_role("button", name="Acknowledge", exact=True).click()

    expect(alarm.get_by_text("Acknowledged by first start").first).to_be_visible()
    expect(alarm.get_by_role("button", name="Acknowledge", exact=True)).to_be_disabled()
    told = plant.get(f"/api/alarms/{alarm_id(plant)}")
    assert (told["state"], told["acknowledged_by"]) == ("acknowledged", "first start")


def test_an_alarm_is_shelved_with_a_reason_and_comes_off_the_shelf(
    plant: PlantProcess, opened: Opened, size: str
) -> None:
    page = opened(plant, size).open(f"/alarms/{alarm_id(plant)}")
    page.get_by_role("button", name="Shelve…").click()
    dialog = page.get_by_role("dialog")

    dialog.get_by_role("button", name="Shelve", exact=True).click()
    expect(dialog.get_by_text("Please fill this in.")).to_be_visible()
    dialog.get_by_role("textbox", name="Reason").fill("The chain is being changed")
    dialog.get_by_role("button", name="Shelve", exact=True).click()

    expect(page.get_by_text("Reason: The chain is being changed").first).to_be_visible()
    assert plant.get(f"/api/alarms/{alarm_id(plant)}")["overlay"]["reason"] == "The chain is being changed"
    page.get_by_role("button", name="Take off the shelf").click()
    expect(page.get_by_role("button", name="Shelve…")).to_be_visible()
    assert plant.get(f"/api/alarms/{alarm_id(plant)}")["overlay"] is None


def test_the_line_is_asked_and_a_citation_opens_its_page(plant: PlantProcess, opened: Opened, size: str) -> None:
    page = opened(plant, size).open("/ask")

    ask(page, "What does E-217 mean?")

    expect(page.get_by_text("Belt drive tripped").first).to_be_visible()
    expect(page.get_by_text("Answered by the offline model").first).to_be_visible()
    page.get_by_role("button", name=re.compile("Open source 1")).first.click()
    picture = page.get_by_role("img", name=re.compile("page 3", re.IGNORECASE)).first
    expect(picture).to_be_visible()
    page.wait_for_function("(image) => image.naturalWidth > 400", arg=picture.element_handle())


def test_an_alarm_leads_to_a_question_about_it(plant: PlantProcess, opened: Opened, size: str) -> None:
    page = opened(plant, size).open(f"/alarms/{alarm_id(plant)}")

    page.get_by_role("link", name="Ask about this alarm").click()
    page.get_by_role("list", name="Suggested questions").get_by_role("button").first.click()

    expect(page.get_by_text(re.compile("Answered by")).first).to_be_visible()
    expect(page.get_by_text(CAUSE).first).to_be_visible()


def test_an_operator_says_why_an_answer_did_not_help(plant: PlantProcess, opened: Opened, size: str) -> None:
    page = opened(plant, size).open("/ask")
    ask(page, "How do I clear a jam at the Vertical Conveyor?")
    expect(page.get_by_role("button", name="Did not help").first).to_be_visible()

    page.get_by_role("button", name="Did not help").first.click()
    page.get_by_text("Right cause, wrong step").click()
    page.get_by_role("textbox", name="What would have been right?").fill(f"Call maintenance first ({size})")
    page.get_by_role("group", name="Did this help?").get_by_role("button", name="Send").click()

    expect(page.get_by_text("Noted with the reason, thank you.")).to_be_visible()
    newest = plant.get("/api/feedback")[0]
    assert (newest["verdict"], newest["reason"]) == ("down", "wrong_step")
    assert newest["correction"] == f"Call maintenance first ({size})"


def test_a_question_about_what_is_not_known_is_answered_so(plant: PlantProcess, opened: Opened, size: str) -> None:
    page = opened(plant, size).open("/ask")

    ask(page, "What is the telephone number of the supplier of the Freezer Tunnel?")

    expect(page.get_by_text("Not known here").first).to_be_visible()


def test_an_answer_is_stopped_and_what_was_said_is_kept(
    plant_with_models: PlantProcess, opened: Opened, size: str
) -> None:
    page = opened(plant_with_models, size).open("/ask")
    ask(page, "What is the state of the Vertical Conveyor?")
    expect(page.get_by_text("this is sentence 2").first).to_be_visible()

    page.get_by_role("button", name="Stop the answer").click()

    expect(page.get_by_text("Stopped. This is what had been said until then.").first).to_be_visible()
    expect(page.get_by_text("this is sentence 50")).to_have_count(0)
    kept = plant_with_models.get("/api/conversations")
    assert kept


def test_what_was_heard_is_shown_and_sent_as_spoken_by_a_person_alone(
    plant_with_models: PlantProcess, opened: Opened, size: str
) -> None:
    page = opened(plant_with_models, size).open("/ask")

    page.get_by_role("button", name="Speak", exact=True).click()
    page.wait_for_timeout(1_500)
    page.get_by_role("button", name="End the recording").click()

    expect(page.get_by_role("textbox", name="Your question")).to_have_value(HEARD)
    expect(page.get_by_text("Answered by")).to_have_count(0)
    with page.expect_request("**/api/chat") as asked:
        page.get_by_role("textbox", name="Your question").press("Enter")
    assert asked.value.post_data_json["spoken"] is True


def test_a_wrong_password_is_refused_and_a_viewer_may_only_look(plant: PlantProcess, opened: Opened, size: str) -> None:
    page = opened(plant, size, signed_in=False).open(f"/alarms/{alarm_id(plant)}")
    page.get_by_label("Name").fill("viewer")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("the name or the password is wrong", exact=False).first).to_be_visible()

    page.get_by_label("Password").fill(password_of("viewer"))
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_role("article").get_by_role("heading", name=f"{CAUSE} stopped")).to_be_visible()
    acknowledge = page.get_by_role("article").get_by_role("button", name="Acknowledge", exact=True)
    expect(acknowledge).to_be_disabled()
    expect(page.get_by_text("an operator can act").first).to_be_attached()
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    refused = httpx.post(f"{plant.url}/api/alarms/{alarm_id(plant)}/acknowledge", cookies=cookies)
    assert refused.status_code == 403


def test_the_shift_fits_on_a_page(plant: PlantProcess, opened: Opened, size: str) -> None:
    page = opened(plant, size).open("/handover")

    expect(page.get_by_role("heading", name=re.compile("^Handover"))).to_be_visible()
    expect(page.get_by_text(re.compile(rf"1 alarm, .* min lost, most of it by {CAUSE}")).first).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_serious_bars_anybody(plant: PlantProcess, opened: Opened, size: str, path: str) -> None:
    page = opened(plant, size).open(path)
    page.wait_for_load_state("networkidle") if path != "/" else page.wait_for_timeout(1_500)

    found = Axe().run(page).response["violations"]

    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in serious] == []


def test_the_console_says_that_the_server_is_gone_and_recovers_by_itself(
    plants: dict[str, PlantProcess], opened: Opened, size: str
) -> None:
    """Last, because the plant is killed for it."""
    plant = plants[size]
    page = opened(plant, size).open("/")
    expect(page.get_by_text(CAUSE).locator("visible=true").first).to_be_visible()

    plant.stop(signal.SIGKILL)

    expect(page.get_by_text(re.compile("Lineside does not answer", re.IGNORECASE)).first).to_be_visible(timeout=30_000)
    plant.said.clear()
    plant.start()
    expect(page.get_by_text(re.compile("Lineside does not answer", re.IGNORECASE))).to_have_count(0, timeout=60_000)
    expect(page.get_by_text(CAUSE).first).to_be_visible()
