"""Forms for images: what the camera is given, and how each runtime says where it takes an image instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import httpx
import pytest

from lineside.errors import Unavailable
from lineside.telemetry.timestamps import render
from tests.api.conftest import NOW_US, Plant, as_person
from tests.api.inspecting import MACHINE, Inspecting

PNG = "image/png"


class Form(NamedTuple):
    url: str
    fields: dict[str, str]


@dataclass
class Uploads:
    """An `ImageUploads` that writes down what it was asked for."""

    asked: list[tuple[str, int, str]] = field(default_factory=list)
    fails: str = ""
    expires_seconds: int = 300

    def form(self, device: str, taken_us: int, media_type: str) -> Form:
        if self.fails:
            raise Unavailable(self.fails)
        self.asked.append((device, taken_us, media_type))
        return Form("https://images.example/", {"key": f"uploads/{len(self.asked)}"})


@pytest.fixture
def inspecting(plant: Plant) -> Iterator[Inspecting]:
    made = Inspecting(plant)
    yield made
    made.store.close()


@pytest.fixture
def uploads(inspecting: Inspecting) -> Uploads:
    made = Uploads()
    inspecting.plant.has(uploads=made)
    return made


def ask(plant: Plant, who: str = "operator", **changes: object) -> httpx.Response:
    body = {"machine": MACHINE, "media_type": PNG, **changes}
    return plant.client.post("/api/inspections/uploads", json=body, headers=as_person(who))


def test_a_form_says_where_until_when_and_how_large(plant: Plant, uploads: Uploads) -> None:
    told = ask(plant).json()

    assert told == {
        "url": "https://images.example/",
        "fields": {"key": "uploads/1"},
        "expires_at": render(NOW_US + 300_000_000),
        "most_bytes": 8_000_000,
    }
    assert uploads.asked == [(MACHINE, NOW_US, PNG)]


def test_a_machine_is_meant_by_its_thing_and_a_camera_whose_clock_is_fast_takes_it_now(
    plant: Plant, uploads: Uploads
) -> None:
    ask(plant, machine="box-sealer", taken_at="2025-03-03T06:09:00Z", media_type="image/jpeg").raise_for_status()
    ask(plant, taken_at="2125-03-03T06:09:00Z").raise_for_status()

    (device, taken_us, media_type), (_, fast_us, _) = uploads.asked
    assert (device, render(taken_us), media_type) == (MACHINE, "2025-03-03T06:09:00Z", "image/jpeg")
    assert fast_us == NOW_US


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"media_type": "image/svg+xml"}, 422),
        ({"media_type": ""}, 422),
        ({"machine": "Box Saeler"}, 404),
        ({"machine": "../../elsewhere"}, 404),
        ({"machine": ""}, 422),
        ({"taken_at": "yesterday"}, 400),
        ({"key": "images/mine"}, 422),
    ],
)
def test_what_is_no_image_of_a_machine_gets_no_form(
    plant: Plant, uploads: Uploads, changes: dict[str, object], status: int
) -> None:
    assert ask(plant, **changes).status_code == status
    assert uploads.asked == []


def test_a_viewer_gets_no_form(plant: Plant, uploads: Uploads) -> None:
    assert ask(plant, "viewer").status_code == 403
    assert uploads.asked == []


def test_where_nothing_can_be_signed_it_is_to_be_asked_again(plant: Plant, uploads: Uploads) -> None:
    uploads.fails = "no upload can be signed"

    answer = ask(plant)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_a_plant_takes_the_image_itself_and_says_where(inspecting: Inspecting) -> None:
    refused = ask(inspecting.plant)

    assert refused.status_code == 409
    assert "POST its bytes to /api/inspections/{machine}/images" in refused.json()["detail"]
    assert inspecting.send().status_code == 200
    assert [camera["by_form"] for camera in inspecting.get("/cameras")] == [False]


def test_whoever_asks_for_the_cameras_is_told_that_images_go_by_a_form(
    inspecting: Inspecting, uploads: Uploads
) -> None:
    assert [camera["by_form"] for camera in inspecting.get("/cameras")] == [True]
    assert uploads.asked == []


def test_where_no_images_are_inspected_nobody_gets_a_form(plant: Plant) -> None:
    plant.has(uploads=Uploads())

    assert ask(plant).json()["detail"] == "no images are inspected here"
