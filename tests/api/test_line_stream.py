"""The stream of a line: on change, once a second at most, and no longer than its person may."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from lineside.api.line_feed import LineFeed
from tests.api.conftest import PEOPLE, as_person
from tests.api.test_chat import eventually, serving

if TYPE_CHECKING:
    from tests.api.conftest import Plant

URL = "/api/lines/line-1/events"


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lineside.api.line_routes.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("lineside.api.line_routes.HEARTBEAT_SECONDS", 0.4)
    monkeypatch.setattr("lineside.api.line_feed.FRESH_US", 0)


@contextmanager
def listening(url: str) -> Iterator[list[str]]:
    """What comes in over the stream, line by line, while it is open."""
    heard: list[str] = []

    def listen() -> None:
        with httpx.stream("GET", url + URL, headers=as_person("viewer"), timeout=10) as answer:
            heard.append(str(answer.status_code))
            for line in answer.iter_lines():
                heard.append(line)  # noqa: PERF402 - read while it grows
        heard.append("closed")

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield heard
    thread.join(8)


def lines_of(heard: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line.removeprefix("data: ")) for line in heard if line.startswith("data: ")]


@pytest.mark.loopback
def test_the_line_is_told_at_once_and_again_when_it_changes_and_only_then(plant: Plant) -> None:
    plant.has(streams_lines=True)
    with serving(plant) as url, listening(url) as heard:
        eventually(lambda: lines_of(heard))
        time.sleep(0.3)
        before = len(lines_of(heard))
        plant.hear("Freezer Tunnel", "Speed", 7.0)
        eventually(lambda: len(lines_of(heard)) == 2)
        eventually(lambda: any(line.startswith(":") for line in heard))
        plant.services.stopping.set()
        eventually(lambda: heard[-1] == "closed")

    assert before == 1
    assert "event: line" in heard
    assert lines_of(heard)[1]["machines"][0]["values"]["Speed"]["value"] == 7.0


@pytest.mark.loopback
def test_the_stream_ends_when_its_person_may_no_longer_look(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant.has(streams_lines=True)
    with serving(plant) as url, listening(url) as heard:
        eventually(lambda: lines_of(heard))

        monkeypatch.delitem(PEOPLE, "viewer")

        eventually(lambda: heard[-1] == "closed")


def test_where_lines_are_not_streamed_that_is_a_problem_before_it_begins(plant: Plant) -> None:
    answer = plant.client.get(URL)

    assert answer.status_code == 404
    assert "poll" in answer.json()["detail"]
    assert plant.client.get("/api/lines/line-9/events").status_code == 404


def test_head_of_a_stream_ends_at_once(plant: Plant) -> None:
    plant.has(streams_lines=True)

    head = plant.client.request("HEAD", URL)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"].startswith("text/event-stream")


def test_many_listeners_cost_one_look_a_second(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lineside.api.line_feed.FRESH_US", 900_000)
    feed, line = LineFeed(plant.services), plant.services.site.lines[0]
    first, etag = feed.now(line)
    plant.hear("Freezer Tunnel", "Speed", 7.0)

    assert feed.now(line) == (first, etag)
    plant.clock[0] += 1_000_000
    assert feed.now(line)[1] != etag


@pytest.mark.parametrize("streams", [True, False])
def test_the_list_of_lines_tells_whether_they_are_streamed(plant: Plant, streams: bool) -> None:
    plant.has(streams_lines=streams)

    told = plant.client.get("/api/lines").json()
    status = plant.client.request("HEAD", URL).status_code

    assert {line["streamed"] for line in told} == {streams}
    assert status == (200 if streams else 404)
