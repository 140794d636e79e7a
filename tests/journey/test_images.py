"""Images of the product: from the camera over HTTP to an alarm, and through a plant that is killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from edge.folder import DataFolder
from edge.image_folder import image_folder
from edge.sqlite_inspections import SqliteInspections
from lineside.inspection.intake import image_id_of
from lineside.site import parse_site
from tests.inspection.pictures import a_png
from tests.journey.test_kill import free_port
from tests.journey.test_plant import RunningPlant

pytestmark = pytest.mark.loopback

SITE = """
site: plant
lines:
  - id: line-1
    machines:
      - id: Cookie Inspector
        rejects: {rejects: Bad, total: Total, max_fraction: 0.02}
        camera: {keep_days: 7}
"""
IMAGES = "/api/inspections/cookie-inspector/images"
KILLS = 2
TOKEN = "a-token-for-this-test"


def eventually(found: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def test_images_that_people_call_cracked_raise_an_alarm_on_the_camera_s_machine(tmp_path: Path) -> None:
    with RunningPlant(tmp_path, parse_site(SITE)) as running, running.client() as client:
        for shade in range(12):
            sent = client.post(IMAGES, content=a_png(shade=shade)).raise_for_status().json()
            said = {"verdict": "cracked", "version": sent["version"]}
            client.post(f"/api/inspections/{sent['image_id']}/review", json=said).raise_for_status()

        def alarms() -> list[tuple[str, str]]:
            return [(one["device"], one["kind"]) for one in client.get("/api/alarms").json()]

        eventually(alarms)

        assert alarms() == [("Cookie Inspector", "reject_rate")]
        (entity,) = client.get("/api/inspections", params={"limit": 1}).json()
        assert (entity["verdict"], entity["review"]["verdict"]) == ("cracked", "cracked")


class Camera:
    """Sends numbered images, one after the other, and again what was not acknowledged; until the plant is gone."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.acknowledged: list[bytes] = []
        self._next = 0

    def send(self) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with httpx.Client(base_url=self._url, headers=headers) as client, suppress(httpx.TransportError):
            while True:
                content = a_png(shade=self._next % 256, width=160 + self._next // 256)
                answer = client.post(IMAGES, content=content)
                assert answer.status_code == 200, answer.text
                self.acknowledged.append(content)
                self._next += 1


def listens(port: int) -> bool:
    with suppress(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{port}/health")
        return True
    return False


@contextmanager
def plant(folder: Path, port: int, mqtt_port: int = 0) -> Iterator[subprocess.Popen[str]]:
    """The real command, in a process of its own; whatever happens, it does not outlive the test."""
    command = [sys.executable, "-c", "from edge.cli import main; main()", "up", "--site", str(folder / "site.yaml")]
    options = ["--data", str(folder / "data"), "--mqtt-port", str(mqtt_port), "--port", str(port), "--tick", "30"]
    with (folder / "plant.log").open("a") as log:
        process = subprocess.Popen(
            [*command, *options], stdout=log, stderr=log, text=True, env={**os.environ, "LINESIDE_TOKEN": TOKEN}
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_no_image_that_was_acknowledged_is_lost_when_the_plant_is_killed(tmp_path: Path) -> None:
    chance, port = random.Random(4), free_port()
    (tmp_path / "site.yaml").write_text(SITE)
    camera = Camera(f"http://127.0.0.1:{port}")

    for _ in range(KILLS):
        with plant(tmp_path, port) as process:
            eventually(lambda: listens(port))
            before = len(camera.acknowledged)
            sending = threading.Thread(target=camera.send, daemon=True)
            sending.start()
            eventually(lambda wanted=before + chance.randint(5, 40): len(camera.acknowledged) >= wanted)
            os.kill(process.pid, signal.SIGKILL)
            sending.join()

    folder = DataFolder(tmp_path / "data")
    with closing(SqliteInspections(folder.inspections)) as store:
        images = image_folder(folder.images)
        assert len(camera.acknowledged) >= KILLS * 5
        for content in camera.acknowledged:
            image_id = image_id_of(content)
            kept, known = images.get("plant", image_id), store.get("plant", image_id)
            assert kept is not None
            assert kept.content == content
            assert known is not None
            assert known.device == "Cookie Inspector"
        recorded = list(store.since("plant", "line-1", 0))
        assert len(recorded) <= len(camera.acknowledged) + KILLS
