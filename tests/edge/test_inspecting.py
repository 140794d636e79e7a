"""The images of a plant: kept on its disk, inspected by a thread of their own, forgotten in time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import edge.inspecting
from edge.folder import DataFolder
from edge.inspecting import PlantInspections, inspectors
from edge.quarantine import SqliteQuarantine
from edge.workers import Workers
from lineside.answering.models import OFFLINE
from lineside.errors import Conflict, Unavailable
from lineside.inspection.model import Seen
from lineside.inspection.ports import Example, Image, Inspector
from lineside.site.camera import Camera
from lineside.site.model import Line, Machine, Site
from tests.edge.devices import until
from tests.edge.test_vision import models
from tests.fakes.model_server import a_closed_port
from tests.inspection.builders import CAMERA, CRACKED, DAY_US, NOW_US, SECOND_US, SURE, UNSURE, Says
from tests.inspection.pictures import a_png, an_image

CAMERAS = (Machine(id=CAMERA, camera=Camera(confidence=0.5, audit_share=0, keep_days=2)), Machine(id="Second Look"))
SITE = Site(site="north", lines=(Line(id="line-1", machines=CAMERAS),))


class Clock:
    def __init__(self) -> None:
        self.now_us = NOW_US

    def __call__(self) -> int:
        return self.now_us


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(edge.inspecting, "now_us", made)
    return made


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Iterator[Callable[[Inspector], PlantInspections]]:
    """A process's images: opening them again on the same folder is the next process."""
    made: list[Any] = []

    def open_with(inspector: Inspector) -> PlantInspections:
        quarantine = SqliteQuarantine()
        made.extend((quarantine, PlantInspections(DataFolder(tmp_path), SITE, quarantine, inspector=inspector)))
        return made[-1]

    yield open_with
    for each in made:
        each.close()


class Fails:
    """An inspector with a mistake in it, for one image."""

    def __init__(self, image: bytes) -> None:
        self.image = image

    def inspect(self, image: Image, examples: Sequence[Example] = ()) -> Seen:
        if image.content == self.image:
            raise ZeroDivisionError("no contour")
        return SURE


def send(plant: PlantInspections, *shades: int, device: str = CAMERA) -> None:
    for shade in shades:
        plant.desk.receive(a_png(shade=shade), device, NOW_US, NOW_US)


def seen(plant: PlantInspections) -> dict[str, int]:
    found = plant.pieces.inspected("north", "line-1", NOW_US, NOW_US + 1)
    verdicts = [one.verdict for one in found]
    return {verdict: verdicts.count(verdict) for verdict in set(verdicts)}


def test_everything_that_is_due_is_inspected_and_told_to_detection(opened: Any) -> None:
    plant = opened(Says(CRACKED))
    send(plant, *range(12))

    plant.look(threading.Event())

    assert seen(plant) == {"cracked": 12}
    assert plant.trouble == ""


def test_each_camera_has_the_confidence_of_the_site_file(opened: Any) -> None:
    plant = opened(Says(UNSURE))
    send(plant, 1)
    send(plant, 2, device="Second Look")

    plant.look(threading.Event())

    assert [one.device for one in plant.desk.store.waiting("north", 9)] == ["Second Look"]


def test_the_next_process_goes_on_with_what_is_on_the_disk(opened: Any) -> None:
    send(opened(Says()), 1, 2)

    after = opened(Says(CRACKED))
    after.look(threading.Event())

    assert seen(after) == {"cracked": 2}
    assert all(after.desk.images.get("north", one.image_id) for one in after.desk.store.since("north", "line-1", 0))


def test_a_mistake_in_an_inspector_ends_nothing_and_keeps_no_other_image_waiting(opened: Any, clock: Clock) -> None:
    plant = opened(Fails(a_png(shade=1)))
    send(plant, 1, 2, 3)

    for _ in range(2):
        plant.look(threading.Event())
    others = seen(plant)
    for _ in range(9):
        clock.now_us += 3_601 * SECOND_US
        plant.look(threading.Event())

    assert others == seen(plant) == {"good": 2}
    (waiting,) = plant.desk.store.waiting("north", 9)
    assert plant.desk.images.get("north", waiting.image_id).content == a_png(shade=1)


def test_a_mistake_is_told_until_an_image_is_seen_again(opened: Any) -> None:
    plant = opened(Fails(a_png(shade=1)))
    send(plant, 1)

    plant.look(threading.Event())
    told = plant.trouble
    send(plant, 2)
    plant.look(threading.Event())

    assert told == "an inspector failed: ZeroDivisionError: no contour"
    assert plant.trouble == ""


def test_a_mistake_that_comes_each_second_stands_in_the_log_once(
    opened: Any, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    plant = opened(Fails(a_png(shade=1)))
    send(plant, 1)

    for _ in range(3):
        plant.look(threading.Event())
        clock.now_us += 3_601 * SECOND_US

    assert [each.message for each in caplog.records if each.exc_info] == ["an inspector failed"]


def test_why_nobody_looks_is_told_and_the_image_waits(opened: Any, clock: Clock) -> None:
    says = Says(CRACKED, fails="the eye does not answer")
    plant = opened(says)
    send(plant, 1)

    plant.look(threading.Event())
    told = plant.trouble
    says.fails = ""
    plant.look(threading.Event())
    too_soon = seen(plant)
    clock.now_us += 61 * SECOND_US
    plant.look(threading.Event())

    assert told == "images are not inspected: the eye does not answer"
    assert (too_soon, seen(plant), plant.trouble) == ({}, {"cracked": 1}, "")


@pytest.mark.parametrize("error", [Unavailable("the disk is full"), Conflict("somebody else was faster")])
def test_a_store_that_does_not_answer_is_told_and_tried_again(
    opened: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    plant = opened(Says())

    def unseen(*_: object) -> None:
        raise error

    monkeypatch.setattr(plant.desk.store, "unseen", unseen)

    with pytest.raises(type(error)):
        plant.look(threading.Event())

    assert str(error) in plant.trouble


def test_what_is_past_its_retention_is_forgotten(opened: Any, clock: Clock) -> None:
    plant = opened(Says(SURE))
    send(plant, 1, 2)
    plant.look(threading.Event())

    clock.now_us += 2 * DAY_US - SECOND_US
    plant.forget()
    kept = [plant.desk.images.get("north", one.image_id) for one in plant.desk.store.since("north", "line-1", 0)]
    clock.now_us += 2 * SECOND_US
    plant.forget()

    known = plant.desk.store.since("north", "line-1", 0)
    assert {image.content for image in kept if image} == {a_png(shade=1), a_png(shade=2)}
    assert [plant.desk.images.get("north", one.image_id) for one in known] == [None, None]
    assert all(one.forgotten and one.verdict == "good" for one in known)


def test_a_plant_that_stops_begins_no_further_image(opened: Any) -> None:
    says = Says()
    plant = opened(says)
    send(plant, 1)
    stop = threading.Event()
    stop.set()

    plant.look(stop)

    assert says.asked == []


def test_its_threads_inspect_what_comes_and_end_when_told(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge.inspecting, "TURN_SECONDS", 0.01)
    plant, failures = opened(Says(CRACKED)), []
    workers = Workers(on_failure=lambda: failures.append(1))

    plant.start(workers)
    send(plant, 1)
    in_time = until(lambda: seen(plant) == {"cracked": 1})
    workers.stop.set()
    workers.join()

    assert in_time
    assert failures == []


@pytest.mark.loopback
def test_behind_vision_models_that_do_not_answer_the_offline_inspector_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge.inspecting, "offline", lambda: Says(CRACKED))

    with a_closed_port() as url:
        seen_of = inspectors(models(url, "ollama"), {}).inspect(an_image())
    alone = inspectors(OFFLINE, {}).inspect(an_image())

    assert (seen_of.verdict, len(seen_of.skipped)) == ("cracked", 1)
    assert (alone.verdict, alone.skipped) == ("cracked", ())


@pytest.mark.parametrize("error", [ModuleNotFoundError("No module named 'cv2'"), FileNotFoundError("no weights")])
def test_an_offline_inspector_that_cannot_be_loaded_is_no_mistake_of_the_image(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def absent() -> Any:
        raise error

    monkeypatch.setattr("lineside.inspection.judge.shipped", absent)

    with pytest.raises(Unavailable, match=f"the offline inspector cannot be loaded: {error}"):
        inspectors(OFFLINE, {}).inspect(an_image())
