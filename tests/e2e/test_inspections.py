"""Images of the product in the console: what nobody is sure of, a person's word, and how right the inspector is."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from lineside.inspection.intake import image_id_of
from simulator.biscuit_truth import Bytes
from simulator.biscuits import render
from tests.e2e.conftest import SIZES, TOKEN, Opened, PlantProcess
from tests.e2e.test_commands import nothing_serious
from tests.e2e.test_releases import sign_in
from tests.inspection.pictures import a_png

CAMERA = "Cookie Inspector"
SEEN_SECONDS = 40.0


@pytest.fixture(params=sorted(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def inspecting(quiet_plant: PlantProcess) -> PlantProcess:
    """The plant with nothing in its queue, whoever was here before."""
    for one in waiting(quiet_plant):
        review(quiet_plant, one, "unreadable")
    return quiet_plant


def waiting(plant: PlantProcess) -> list[dict[str, Any]]:
    return list(plant.get("/api/inspections/queue")["inspections"])


def review(plant: PlantProcess, one: dict[str, Any], verdict: str) -> None:
    plant.post(f"/api/inspections/{one['image_id']}/review", {"verdict": verdict, "version": one["version"]})


def send(plant: PlantProcess, images: Sequence[bytes]) -> list[dict[str, Any]]:
    """What was seen on them, as soon as they were looked at."""
    with httpx.Client(base_url=plant.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20) as camera:
        for image in images:
            camera.post(f"/api/inspections/{CAMERA}/images", content=image).raise_for_status()
    return [seen(plant, image_id_of(image)) for image in images]


def seen(plant: PlantProcess, image_id: str) -> dict[str, Any]:
    ends = time.monotonic() + SEEN_SECONDS
    while time.monotonic() < ends:
        if (one := plant.get(f"/api/inspections/{image_id}"))["seen"]:
            return dict(one)
        time.sleep(0.1)
    raise AssertionError("nobody looked at the image")


def nothing_on_them(size: str, count: int, above: int = 0) -> list[bytes]:
    """Images on which nobody can see anything; others for every screen."""
    first = above + 100 * (size == "phone")
    return [a_png(320, 240, shade) for shade in range(first, first + count)]


def a_cracked_biscuit(size: str) -> bytes:
    return as_png(render(21 if size == "desk" else 28, "painted", "cracked", 300)[0])


def as_png(picture: Bytes) -> bytes:
    return cv2.imencode(".png", picture)[1].tobytes()


def verdict(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name="What is it?").get_by_role("button", name=name)


def is_shown(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()


def test_the_queue_is_worked_off_by_click_and_by_key_and_who_was_faster_is_told(
    inspecting: PlantProcess, opened: Opened, size: str
) -> None:
    first, second, third = send(inspecting, nothing_on_them(size, 3))
    screen = opened(inspecting, size, signed_in=False)
    page = sign_in(screen, "operator", "/inspections")
    is_shown(page, "Image 1 of 3")
    image = page.get_by_role("article").get_by_role("img", name=re.compile(f"^Image of {CAMERA}, taken "))
    expect(image).to_be_visible()
    assert image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [320, 240]
    expect(page.get_by_text("by the offline inspector")).to_be_visible()
    nothing_serious(page)

    page.get_by_role("textbox", name="Note").fill("5 dark spots")
    verdict(page, "Bubbles").click()
    is_shown(page, "Image 2 of 3")
    expect(page.get_by_role("heading", name="Image 2 of 3")).to_be_focused()
    if size == "desk":
        page.keyboard.press("3")
    else:
        verdict(page, "Deformed").click()
    is_shown(page, "Image 3 of 3")
    review(inspecting, third, "good")
    verdict(page, "Cracked").click()

    expect(page.get_by_text("Somebody else was faster: first start said Good. That stands.")).to_be_visible()
    expect(page.get_by_text("Nothing waits for a person")).to_be_visible()
    expect(
        page.get_by_text(f"An image of {CAMERA} comes here when the inspector is less than 80% sure")
    ).to_be_visible()
    nothing_serious(page)
    told = [inspecting.get(f"/api/inspections/{one['image_id']}")["review"] for one in (first, second, third)]
    assert [(one["verdict"], one["by"], one["note"]) for one in told] == [
        ("bubbles", "operator", "5 dark spots"),
        ("deformed", "operator", ""),
        ("good", "first start", ""),
    ]
    assert [trouble for trouble in screen.troubles if "401" not in trouble and "409" not in trouble] == []


def test_after_verdicts_it_is_told_how_right_the_inspector_is_and_what_was_wrong(
    inspecting: PlantProcess, opened: Opened, size: str
) -> None:
    (mistaken,) = send(inspecting, nothing_on_them(size, 1, above=50))
    review(inspecting, mistaken, "cracked")
    screen = opened(inspecting, size)
    page = screen.open("/inspections?view=accuracy")
    (week,) = inspecting.get("/api/inspections/accuracy")
    (called,) = (each for each in week["classes"] if each["verdict"] == mistaken["seen"]["verdict"])

    row = page.get_by_role("row", name=re.compile("^Unreadable"))
    expect(row.get_by_role("cell").first).to_contain_text(f"{round(called['precision']['value'] * 100)}%")
    expect(row.get_by_role("cell").first).to_contain_text(f"{called['precision']['images']} image")
    expect(page.get_by_text("too few to tell").first).to_be_visible()
    nothing_serious(page)
    wrong = page.get_by_role("button", name=re.compile(r"^Said Unreadable \(\d+%\), is Cracked")).first
    wrong.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="A person says")).to_be_visible()
    expect(dialog.get_by_role("img", name=re.compile(f"^Image of {CAMERA}"))).to_be_visible()
    nothing_serious(page)
    page.keyboard.press("Escape")
    expect(wrong).to_be_focused()
    assert screen.troubles == []


def test_a_machine_s_images_are_found_by_time_and_verdict_and_one_is_tried_by_hand(
    inspecting: PlantProcess, opened: Opened, size: str, tmp_path: Path
) -> None:
    (unreadable,) = send(inspecting, nothing_on_them(size, 1, above=60))
    file = tmp_path / "photo.png"
    file.write_bytes(a_cracked_biscuit(size))
    screen = opened(inspecting, size)
    page = screen.open(f"/inspections?device={CAMERA}&from={unreadable['taken_at']}")
    images = page.get_by_role("list", name="Images")
    expect(images.get_by_role("button", name=re.compile("^Unreadable"))).to_have_count(1)

    page.get_by_text("Try an image").click()
    page.get_by_label("Image file").set_input_files(file)
    page.get_by_role("button", name="Send").click()
    result = page.get_by_role("region", name="What was seen on it")
    expect(result.get_by_text("Cracked")).to_be_visible()
    told = inspecting.get(f"/api/inspections/{image_id_of(file.read_bytes())}")
    lies_where_it_was_seen(result, told)

    page.get_by_role("combobox", name="Verdict").select_option("Any defect")
    expect(images.get_by_role("button")).to_have_count(1)
    expect(images.get_by_role("button", name=re.compile("^Cracked"))).to_be_visible()
    assert screen.troubles == []


def lies_where_it_was_seen(shown: Locator, told: dict[str, Any]) -> None:
    """Every mark covers, on the screen, the very part of the picture that the inspector named."""
    image, marks = shown.get_by_role("img"), shown.locator("svg rect:not(.around)")
    expect(marks).to_have_count(len(told["seen"]["regions"]))
    assert told["seen"]["regions"]
    box = image.bounding_box()
    assert box is not None
    scale = min(box["width"] / told["width"], box["height"] / told["height"])
    left = box["x"] + (box["width"] - told["width"] * scale) / 2
    top = box["y"] + (box["height"] - told["height"] * scale) / 2
    for mark, (x, y, width, height) in zip(marks.all(), told["seen"]["regions"], strict=True):
        drawn = mark.bounding_box()
        assert drawn is not None
        middle = drawn["x"] + drawn["width"] / 2, drawn["y"] + drawn["height"] / 2
        assert middle == pytest.approx((left + (x + width / 2) * scale, top + (y + height / 2) * scale), abs=1.5)
