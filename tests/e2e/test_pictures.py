"""Pictures of every page on both screens. `make pictures` keeps them under docs/ for the README."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from simulator.biscuit_truth import Label
from simulator.biscuits import render
from tests.e2e.conftest import SIZES, Opened, PlantProcess, password_of
from tests.e2e.test_inspections import as_png, send
from tests.e2e.test_releases import seed, some_releases

KEPT = os.environ.get("LINESIDE_PICTURES", "")
OBEYED_SECONDS = 40.0
"""So long a picture waits for a machine; later in the demonstration it may have other troubles."""
UNSURE: tuple[int, Label] = (32, "cracked")
"""A biscuit that is not easily told, with marks where something may be."""


@pytest.fixture(params=sorted(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def picture(page: Page, name: str, size: str, elsewhere: Path) -> None:
    file = (Path(KEPT) if KEPT else elsewhere) / f"console-{name}-{size}.png"
    page.screenshot(path=file, animations="disabled", caret="hide")
    assert file.stat().st_size > 20_000


@contextmanager
def signed_in(plant: PlantProcess, role: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=plant.url, headers={"Origin": plant.url}, timeout=20) as person:
        person.post("/api/session", json={"name": role, "password": password_of(role)}).raise_for_status()
        yield person


def commanded(plant: PlantProcess) -> None:
    """An operator has proposed two changes; a second person has agreed to one, and the machine has obeyed."""
    with signed_in(plant, "operator") as operator, signed_in(plant, "engineer") as engineer:
        for device, step, why in (
            ("Cookie Former", 0.2, "The dough is a little cold for this recipe"),
            ("Freezer Tunnel", -0.5, "Cookies reach the inspector softer than an hour ago"),
        ):
            point = next(
                each
                for each in plant.get("/api/command-points")
                if (each["device"], each["attribute"]) == (device, "TemperatureSetpoint")
            )
            asked = {"command_id": f"seen-{device[0]}", "device": device, "attribute": point["attribute"]}
            value = {"value": round(point["value"] + step, 2), "unit": point["unit"], "justification": why}
            operator.post("/api/commands", json={**asked, **value}).raise_for_status()
        yes = {"approved": True, "version": 1}
        engineer.post("/api/commands/seen-C/decision", json=yes).raise_for_status()
    ends = time.monotonic() + OBEYED_SECONDS
    while not plant.get("/api/commands/seen-C")["ended"] and time.monotonic() < ends:
        time.sleep(0.5)


def test_every_page_can_be_looked_at(plant: PlantProcess, opened: Opened, size: str, tmp_path: Path) -> None:
    screen = opened(plant, size)
    page = screen.open("/")
    expect(page.get_by_text("Vertical Conveyor").locator("visible=true").first).to_be_visible()
    page.get_by_role("button", name="2 h").click()
    expect(page.get_by_text(re.compile("^OEE"))).to_be_visible()
    picture(page, "line", size, tmp_path)

    alarm = plant.get("/api/alarms")[0]["alarm_id"]
    screen.open(f"/alarms/{alarm}")
    expect(page.get_by_role("article").get_by_text("SOP-VC-07, revision 4, step 2").first).to_be_visible()
    picture(page, "alarm", size, tmp_path)

    screen.open(f"/ask?alarm={alarm}")
    box = page.get_by_role("textbox", name="Your question")
    for question in ("Why did the line stop?", "What does E-217 mean?"):
        box.fill(question)
        box.press("Enter")
        expect(page.get_by_text("Answered by the offline model")).to_have_count(1 if "line" in question else 2)
    page.get_by_role("button", name=re.compile("Open source 1")).last.click()
    expect(page.get_by_role("img", name=re.compile("page 3", re.IGNORECASE)).first).to_be_visible()
    page.wait_for_timeout(700)
    picture(page, "ask", size, tmp_path)

    screen.open("/handover")
    expect(page.get_by_role("heading", name=re.compile("^Handover"))).to_be_visible()
    picture(page, "handover", size, tmp_path)

    commanded(plant)
    screen.open("/commands")
    expect(page.get_by_role("button", name=re.compile("^Decide")).first).to_be_visible()
    picture(page, "commands", size, tmp_path)

    number, label = UNSURE
    send(plant, [as_png(render(number, "relief", label, 400)[0])])
    screen.open("/inspections")
    expect(page.get_by_role("img", name=re.compile("^Image of")).or_(page.get_by_text("Nothing waits"))).to_be_visible()
    for _ in plant.get("/api/inspections/queue")["inspections"]:
        if not page.get_by_text("No place is marked").is_visible():
            break
        page.get_by_role("button", name="Later").click()
    page.wait_for_timeout(500)
    picture(page, "inspections", size, tmp_path)

    seed(plant, some_releases(), live="r-2", canary="r-3", previous="r-1")
    screen.open("/releases?release=r-3")
    expect(page.get_by_role("article").get_by_text("meta-llama/Llama-3.2-3B-Instruct").first).to_be_visible()
    picture(page, "releases", size, tmp_path)

    screen.open(f"/ask?alarm={alarm}")
    box.fill("What does E-217 mean?")
    box.press("Enter")
    page.get_by_role("button", name="Did not help").first.click()
    page.get_by_text("Right cause, wrong step").click()
    page.get_by_role("textbox", name="What would have been right?").fill("Reset the belt drive once, then call.")
    page.get_by_role("group", name="Did this help?").get_by_role("button", name="Send").click()
    expect(page.get_by_text("Noted with the reason, thank you.")).to_be_visible()
    screen.open(f"/reviews?review={plant.get('/api/reviews')['reviews'][0]['feedback_id']}")
    expect(page.get_by_role("article").get_by_text("Right cause, wrong step")).to_be_visible()
    picture(page, "reviews", size, tmp_path)
    assert screen.troubles == []
