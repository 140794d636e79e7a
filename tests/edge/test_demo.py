"""The demonstration beside a real plant: its camera sends what the line makes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from edge.demo import demo_login, demo_site_file, pictures, simulate
from lineside.site import parse_site, read_site
from simulator.__main__ import main
from simulator.machines import INSPECTOR
from simulator.run import warm_line
from tests.beside import beside
from tests.journey.test_plant import RunningPlant, eventually

SITE = read_site(demo_site_file())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlant]:
    with RunningPlant(tmp_path_factory.mktemp("plant"), SITE, (demo_login(SITE),)) as running:
        yield running


@pytest.mark.loopback
def test_a_simulator_of_its_own_writes_down_what_is_true_of_each_picture_that_the_plant_has(
    running: RunningPlant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINESIDE_TOKEN", running.plant.http.token)

    main(
        seed=2, minutes=1, csv=tmp_path / "line.csv",
        images_every=10, plant=running.plant.http.address, image_truth=tmp_path / "truth.jsonl",
    )  # fmt: skip

    truths = [json.loads(row) for row in (tmp_path / "truth.jsonl").read_text().splitlines()]
    with running.client() as client:
        kept = [client.get(f"/api/inspections/{row['image_id']}").raise_for_status().json() for row in truths]
    assert len(truths) >= 5
    assert {row["label"] for row in truths} <= {"good", "cracked", "deformed", "bubbles"}
    assert [one["taken_at"] for one in kept] == [row["taken_at"].replace("+00:00", "Z") for row in truths]
    assert {one["device"] for one in kept} == {INSPECTOR}


@pytest.mark.loopback
def test_its_camera_sends_pictures_that_the_plant_inspects(running: RunningPlant) -> None:
    login, told = demo_login(SITE), list[str]()
    plant = running.plant
    assert plant.broker is not None
    password, images = plant.passwords.password(login.name), (plant.http.address, plant.http.token)
    port = plant.broker.port

    with (
        beside(lambda stop: simulate(SITE, port, login, password, stop, told.append, images)),
        running.client() as client,
    ):
        seen = eventually(lambda: [one for one in client.get("/api/inspections").json() if one["verdict"]])

    taken = datetime.fromisoformat(seen[0]["taken_at"])
    assert (seen[0]["device"], seen[0]["line"]) == (INSPECTOR, login.line)
    assert abs((datetime.now(UTC) - taken).total_seconds()) < 120
    assert told == ["simulated fault begins: jam at Vertical Conveyor"]


def test_where_the_inspector_has_no_camera_nothing_is_taken() -> None:
    without = parse_site("site: north\nlines:\n  - id: line-1\n    machines:\n      - id: Cookie Inspector\n")

    with pictures(without, "http://127.0.0.1:9", "token") as look:
        look(warm_line(np.random.default_rng(1), ()), datetime.now(UTC))
        assert "photographer" not in {thread.name for thread in threading.enumerate()}
