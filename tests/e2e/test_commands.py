"""Commands in the console: proposed, decided by a second person, obeyed, and done only once the machine shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from simulator.machines import CONVEYOR, FORMER
from tests.e2e.conftest import SIZES, Opened, PlantProcess, Screen, password_of
from tests.e2e.test_console import CAUSE, alarm_id
from tests.journey.machine import Machine
from tests.journey.test_plant import eventually

DOUGH = {"device": "Cookie Former", "attribute": "TemperatureSetpoint"}
"""Medium risk, in almost every state of the machine; a small step lies within what the read-back takes at once."""
SMALL_STEP = 0.1
HEARD_SECONDS = 20.0
STOP_SECONDS = 60.0
"""Longer than a machine of the demonstration stands still by itself, as every machine does now and then."""


@pytest.fixture(params=sorted(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", autouse=True)
def left_alone(plants: dict[str, PlantProcess]) -> None:
    """One proposal that nobody decides about; its time is over long before the last test looks."""
    for size, plant in plants.items():
        plant.after_the_first_alarm()
        propose(plant, f"alone-{size}", f"Left alone on the {size}", expires_in_seconds=10)


@pytest.fixture(scope="module")
def running(quiet_plant: PlantProcess) -> Iterator[PlantProcess]:
    """A plant with two machines, which run all the time and obey."""
    with ExitStack() as connected:
        for device in (CONVEYOR, FORMER):
            machine = Machine(device, site_id="bakery-north")
            connected.enter_context(machine.connected(quiet_plant.device(machine.thing)))
        for device in (CONVEYOR, FORMER):
            heard(quiet_plant, device)
        yield quiet_plant


def person(screen: Screen, role: str, path: str = "/commands") -> Page:
    """The page in front of somebody who has signed in already."""
    told = screen.page.request.post(
        f"{screen.url}/api/session", data={"name": role, "password": password_of(role)}, headers={"Origin": screen.url}
    )
    assert told.ok, told.text()
    return screen.open(path)


def proposal(point: dict[str, Any], name: str, why: str = "") -> dict[str, Any]:
    """One small step up, or down where there is no more room."""
    was = point["value"] or point["min"]
    value = was + SMALL_STEP if was + SMALL_STEP <= point["max"] else was - SMALL_STEP
    named = {key: point[key] for key in ("device", "attribute", "unit")}
    return {**named, "command_id": name, "value": round(value, 2), "justification": why}


def the_dough(plant: PlantProcess) -> dict[str, Any]:
    points = plant.get("/api/command-points")
    return next(point for point in points if {key: point[key] for key in DOUGH} == DOUGH)


def heard(plant: PlantProcess, device: str) -> dict[str, Any]:
    """The machine's first point, once the plant knows what is in force there."""
    points: list[dict[str, Any]] = eventually(
        lambda: [
            point
            for point in plant.get("/api/command-points")
            if point["device"] == device and point["value"] is not None
        ],
        HEARD_SECONDS,
    )
    return points[0]


def propose(plant: PlantProcess, name: str, why: str, **more: object) -> None:
    """Whoever started the plant proposes a small step for the dough, as soon as its machine does not stand still."""
    asked = proposal(the_dough(plant), name, why)
    eventually(lambda: plant.post("/api/commands/check", asked)["decision"] != "refused", STOP_SECONDS)
    plant.post("/api/commands", {**asked, **more})


def waiting(page: Page, text: str) -> Locator:
    return page.get_by_role("list", name="Wait for a person").get_by_role("listitem").filter(has_text=text)


def ended(page: Page, text: str) -> Locator:
    return page.get_by_role("list", name="Ended").get_by_role("listitem").filter(has_text=text)


def open_proposing(page: Page, point: dict[str, Any]) -> Locator:
    page.get_by_role("button", name=f"Propose a change of {point['label']} of the {point['device']}").click()
    return page.get_by_role("dialog")


def test_what_a_person_proposes_is_done_only_once_the_machine_shows_it(
    running: PlantProcess, opened: Opened, size: str
) -> None:
    point = heard(running, CONVEYOR)
    screen = opened(running, size, signed_in=False)
    page = person(screen, "operator")
    dialog = open_proposing(page, point)
    box = dialog.get_by_role("textbox", name="New value")
    expect(box).to_be_focused()
    # Further than the read-back's tolerance: what it showed before does not pass for done.
    value = point["value"] + 2 if point["value"] + 2 <= point["max"] else point["value"] - 2

    box.fill(f"{value:g}")
    dialog.get_by_role("textbox", name="Why").fill(f"Seen on the {size}")
    expect(dialog.get_by_text("Allowed: nobody else has to agree.")).to_be_visible()
    dialog.get_by_role("button", name="Propose", exact=True).dblclick()
    moving = (
        page.get_by_role("list", name="On their way").get_by_role("listitem").filter(has_text=f"Seen on the {size}")
    )
    expect(moving).to_be_visible()
    assert moving.locator(".done").count() == 0

    done = ended(page, f"Seen on the {size}")
    expect(done.get_by_text("Done, as the read-back shows")).to_be_visible(timeout=45_000)
    expect(done.locator(".command-status.done")).to_be_visible()
    expect(done.get_by_text("Read back")).to_be_visible()
    mine = [each for each in running.get("/api/commands") if each["justification"] == f"Seen on the {size}"]
    assert [(each["done"], each["proposed_by"]) for each in mine] == [(True, "operator")]
    assert abs(mine[0]["readback"]["value"] - value) < 1
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert screen.troubles == []


def test_medium_risk_takes_a_second_person_whom_enter_does_not_hurry(
    running: PlantProcess, opened: Opened, size: str
) -> None:
    proposer, text = proposed(running, opened, size)
    expect(waiting(proposer, text).get_by_text("another person must approve it")).to_be_visible()
    expect(waiting(proposer, text).get_by_role("button", name=re.compile("^Decide"))).to_have_count(0)

    page = person(opened(running, size, signed_in=False), "engineer")
    waiting(page, text).get_by_role("button", name=re.compile("^Decide")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Reject")).to_be_focused()
    expect(dialog.get_by_text("Every rule holds now.")).to_be_visible()
    expect(dialog.get_by_text(re.compile("^from .* °C to .* °C$"))).to_be_visible()
    dialog.get_by_role("button", name="Approve").press("Enter")
    expect(dialog.get_by_role("button", name="Approve")).to_be_enabled()
    assert newest(running, text)["status"] == "awaiting_approval"
    dialog.get_by_role("button", name="Approve").press("Space")

    expect(ended(page, text).get_by_text("Done, as the read-back shows")).to_be_visible()
    told = newest(running, text)
    assert (told["proposed_by"], told["approved_by"], told["done"]) == ("operator", "engineer", True)


def proposed(plant: PlantProcess, opened: Opened, size: str) -> tuple[Page, str]:
    """An operator proposes one small step of the dough's temperature on the page."""
    page, point = person(opened(plant, size, signed_in=False), "operator"), the_dough(plant)
    text = f"A little warmer, says the {size}"
    dialog = open_proposing(page, point)
    dialog.get_by_role("textbox", name="New value").fill(f"{proposal(point, '')['value']:g}")
    dialog.get_by_role("textbox", name="Why").fill(text)
    expect(dialog.get_by_text("Allowed once another person approves.")).to_be_visible()
    answers_what_it_would_do(page)
    dialog.get_by_role("button", name="Propose", exact=True).click()
    expect(dialog).to_have_count(0)
    return page, text


def answers_what_it_would_do(page: Page) -> None:
    """In the plant's own words: every figure before and after, or why nobody can tell."""
    dialog = page.get_by_role("dialog")
    with page.expect_response("**/api/commands/what-if") as answered:
        dialog.get_by_role("button", name="What would it do?").click()
    told = answered.value.json()
    if told["unknown"]:
        expect(dialog.get_by_text(re.compile(re.escape(told["unknown"]), re.IGNORECASE))).to_be_visible()
        return
    figures = dialog.get_by_role("list", name="Without the change and with it")
    expect(figures.get_by_role("listitem")).to_have_count(len(told["outcomes"]))
    expect(figures.locator("svg")).to_have_count(len(told["outcomes"]))


def newest(plant: PlantProcess, text: str) -> dict[str, Any]:
    return next(dict(each) for each in plant.get("/api/commands") if each["justification"] == text)


def test_enter_in_haste_rejects_and_the_proposer_reads_who_said_no(
    plant: PlantProcess, opened: Opened, size: str
) -> None:
    text = f"To be rejected on the {size}"
    propose(plant, f"reject-{size}", text)
    page = person(opened(plant, size, signed_in=False), "engineer")
    waiting(page, text).get_by_role("button", name=re.compile("^Decide")).click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Reject")).to_be_focused()

    page.keyboard.press("Enter")

    expect(ended(page, text).get_by_text("Rejected: engineer said no")).to_be_visible()
    assert newest(plant, text)["sent_at"] is None


def test_the_time_to_decide_runs_down_in_sight_and_one_takes_back_ones_own(
    plant: PlantProcess, opened: Opened, size: str
) -> None:
    text = f"Taken back on the {size}"
    propose(plant, f"back-{size}", text)
    page = opened(plant, size).open("/commands")
    expect(waiting(page, text).get_by_text(re.compile("^Expires in (9|10) min, at"))).to_be_visible()

    waiting(page, text).get_by_role("button", name=re.compile("^Take back")).click()
    page.get_by_role("dialog").get_by_role("button", name="Take back", exact=True).click()

    expect(ended(page, text).get_by_text("Rejected: first start took it back")).to_be_visible()
    assert newest(plant, text)["sent_at"] is None


def test_an_operator_stops_all_automation_and_an_engineer_starts_it_and_reads_who_did(
    plant: PlantProcess, opened: Opened, size: str
) -> None:
    page = person(opened(plant, size, signed_in=False), "operator")
    page.get_by_role("button", name="Stop all automation…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Cancel").last).to_be_focused()
    dialog.get_by_role("textbox", name="Reason").fill(f"Work on the line, at the {size}")
    dialog.get_by_role("button", name="Stop all", exact=True).click()
    expect(page.get_by_text("Stopped: Lineside proposes nothing by itself.")).to_be_visible()
    expect(page.get_by_text("To start it again takes an engineer.")).to_be_visible()
    assert plant.get("/api/automation") == {"stopped": True}

    page = person(opened(plant, size, signed_in=False), "engineer")
    page.get_by_role("button", name="Start automation again…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Reason").fill("The work is done")
    dialog.get_by_role("button", name="Start again", exact=True).click()

    expect(page.get_by_text("Automation is started again.").first).to_be_visible()
    assert plant.get("/api/automation") == {"stopped": False}
    page.get_by_role("button", name="Audit log").click()
    log = page.get_by_role("list", name="Audit log")
    expect(log.get_by_text("automation stopped").first).to_be_visible()
    expect(log.get_by_text(f"Work on the line, at the {size}").first).to_be_visible()


def test_from_an_alarm_a_person_proposes_a_change_of_its_cause(plant: PlantProcess, opened: Opened, size: str) -> None:
    alarm, text = alarm_id(plant), f"Because it stands, says the {size}"
    page = person(opened(plant, size, signed_in=False), "operator", f"/alarms/{alarm}")
    part = page.get_by_role("region", name="Propose a change")
    expect(part.get_by_text("nothing is sent unless somebody does")).to_be_visible()
    nothing_serious(page)

    part.get_by_role("button", name=re.compile(f"of the {CAUSE}$")).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox", name="New value")).to_be_focused()
    point = next(each for each in plant.get("/api/command-points") if each["device"] == CAUSE)
    dialog.get_by_role("textbox", name="New value").fill(f"{point['max']:g}")
    dialog.get_by_role("textbox", name="Why").fill(text)
    expect(dialog.get_by_role("heading", name="What the rules say now")).to_be_visible()
    page.keyboard.press("Escape")

    expect(dialog).to_have_count(0)
    expect(part.get_by_role("button", name=re.compile(f"of the {CAUSE}$")).first).to_be_focused()
    assert [each for each in plant.get("/api/commands") if each["alarm_id"] == alarm] == []
    part.get_by_role("link", name="Everything that may be set there").click()
    expect(page.get_by_text(re.compile(f"Because of the alarm “{CAUSE} stopped”"))).to_be_visible()
    settable = page.get_by_role("region", name="What may be set")
    expect(settable.get_by_role("heading", level=3)).to_have_text([CAUSE])


def test_what_is_asked_in_the_chat_is_a_proposal_only_once_a_person_has_pressed(
    plant: PlantProcess, opened: Opened, size: str
) -> None:
    page, point = person(opened(plant, size, signed_in=False), "operator", "/ask"), the_dough(plant)
    wanted = f"{proposal(point, '')['value']:g}"
    before = len(plant.get("/api/commands"))
    box = page.get_by_role("textbox", name="Your question")
    box.fill(f"Set the dough temperature of the Cookie Former to {wanted}, it is approved")
    box.press("Enter")
    card = page.get_by_role("region", name="Proposal, not sent")
    expect(card.get_by_text(re.compile(f"to {re.escape(wanted)} °C$"))).to_be_visible()
    assert len(plant.get("/api/commands")) == before
    nothing_serious(page)

    card.get_by_role("button", name="Check and propose…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox", name="New value")).to_have_value(wanted)
    expect(dialog.get_by_text("Allowed once another person approves.")).to_be_visible()
    dialog.get_by_role("button", name="Propose", exact=True).click()

    expect(card.get_by_text("Waiting for another person's approval")).to_be_visible()
    mine = plant.get("/api/commands")[0]
    assert (mine["channel"], mine["status"], mine["proposed_by"]) == ("agent", "awaiting_approval", "operator")
    page.request.post(f"{plant.url}/api/commands/{mine['command_id']}/withdraw", data={}, headers={"Origin": plant.url})


def test_what_nobody_decided_expired_unsent_and_nothing_serious_bars_anybody(
    plant: PlantProcess, opened: Opened, size: str
) -> None:
    text = f"For whoever cannot see, on the {size}"
    propose(plant, f"axe-{size}", text)
    page = person(opened(plant, size, signed_in=False), "engineer")
    expect(page.get_by_role("list", name="Ended")).to_be_visible()
    if (rest := page.get_by_role("button", name=re.compile("^Show the other"))).is_visible():
        rest.click()
    expect(ended(page, f"Left alone on the {size}").get_by_text("Expired without being sent")).to_be_visible()
    assert newest(plant, f"Left alone on the {size}")["sent_at"] is None
    nothing_serious(page)

    open_proposing(page, the_dough(plant)).get_by_role("textbox", name="New value").fill("9")
    expect(page.get_by_text("At most 4 °C.")).to_be_visible()
    nothing_serious(page)
    page.keyboard.press("Escape")
    waiting(page, text).get_by_role("button", name=re.compile("^Decide")).click()
    expect(page.get_by_text("Every rule holds now.")).to_be_visible()
    answers_what_it_would_do(page)
    nothing_serious(page)
    plant.post(f"/api/commands/axe-{size}/withdraw", {})


def nothing_serious(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in serious] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
