"""Pictures get to the plant, whatever the plant does; the line never waits for one."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from lineside.errors import Misconfigured, Refused, Unavailable
from lineside.inspection.intake import image_id_of
from simulator.camera import Camera
from simulator.line import Line
from simulator.photographs import MOST_WAITING, Photographer, PlantImages
from simulator.run import warm_line

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Plant:
    """Takes pictures after so many that it does not, and keeps what it was given."""

    def __init__(self, *troubles: Exception) -> None:
        self.troubles = list(troubles)
        self.given: list[tuple[bytes, datetime]] = []

    def send(self, content: bytes, taken_at: datetime) -> None:
        self.given.append((content, taken_at))
        if self.troubles:
            raise self.troubles.pop(0)


@pytest.fixture(scope="module")
def line() -> Line:
    """One whose inspector sees cookies pass."""
    line = warm_line(np.random.default_rng(3), ())
    while not line.inspector.passed:
        line.step()
    return line


def camera() -> Camera:
    return Camera(np.random.default_rng(1), every_seconds=0)


def test_a_picture_goes_out_again_until_the_plant_has_it_and_its_truth_is_written_once(line: Line) -> None:
    plant, truths, told = Plant(Unavailable("away"), Unavailable("away")), io.StringIO(), list[str]()
    photographer = Photographer(camera(), plant.send, truths, tell=told.append, again_seconds=0.01)

    photographer.look(line, AT)
    lost = photographer.close(10)

    assert lost == 0
    assert len(plant.given) == 3
    assert len(set(plant.given)) == 1
    (row,) = map(json.loads, truths.getvalue().splitlines())
    assert row["image_id"] == image_id_of(plant.given[0][0])
    assert (row["taken_at"], row["label"]) == (AT.isoformat(), "good")
    assert told == ["away"]


def test_a_picture_that_the_plant_refuses_is_told_and_the_next_one_goes_out(line: Line) -> None:
    plant, told = Plant(Refused("no camera")), list[str]()
    photographer = Photographer(camera(), plant.send, tell=told.append)

    photographer.look(line, AT)
    photographer.look(line, AT)
    lost = photographer.close(10)

    assert lost == 1
    assert len({content for content, _ in plant.given}) == 2
    assert told == ["no camera"]


def test_while_the_plant_is_away_the_line_goes_on_and_what_is_too_much_is_counted(line: Line) -> None:
    away = threading.Event()

    def send(_content: bytes, _at: datetime) -> None:
        away.set()
        raise Unavailable("away")

    photographer = Photographer(camera(), send)
    photographer.look(line, AT)
    assert away.wait(10)
    began = time.monotonic()
    for _ in range(MOST_WAITING + 5):
        photographer.look(line, AT)
    took_seconds, waiting = time.monotonic() - began, photographer.waiting
    lost = photographer.close()

    assert took_seconds < 1
    assert waiting == MOST_WAITING
    assert lost == MOST_WAITING + 6


@pytest.fixture
def listening() -> Iterator[HTTPServer]:
    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            server.heard.append((self.path, self.headers["Authorization"], content))  # type: ignore[attr-defined]
            self.send_response(server.answers.pop(0))  # type: ignore[attr-defined]
            self.end_headers()
            self.wfile.write(b"because\x1b[31m")

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        server.heard, server.answers = [], []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.loopback
def test_it_is_posted_for_the_inspector_with_the_token_and_when_it_was_taken(listening: HTTPServer) -> None:
    plant = PlantImages(f"http://127.0.0.1:{listening.server_port}", "secret")
    listening.answers += [200, 503, 429, 404]  # type: ignore[attr-defined]

    plant.send(b"picture", AT)
    for _ in range(2):
        with pytest.raises(Unavailable):
            plant.send(b"picture", AT)
    with pytest.raises(Refused, match="404") as refused:
        plant.send(b"picture", AT)
    plant.close()

    path = "/api/inspections/Cookie%20Inspector/images?taken_at=2026-03-01T12%3A00%3A00Z"
    assert listening.heard[0] == (path, "Bearer secret", b"picture")  # type: ignore[attr-defined]
    assert "\x1b" not in str(refused.value)


@pytest.mark.loopback
def test_a_plant_that_does_not_listen_is_away() -> None:
    plant = PlantImages("http://127.0.0.1:9", "secret")

    with pytest.raises(Unavailable, match="does not take images"):
        plant.send(b"picture", AT)
    plant.close()


@pytest.mark.parametrize("address", ["plant", "ftp://plant", "http://"])
def test_what_is_no_address_is_one_sentence(address: str) -> None:
    with pytest.raises(Misconfigured, match="write http://host:port"):
        PlantImages(address, "secret")
