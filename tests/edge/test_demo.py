"""The demonstration beside a real plant: its camera sends what the line makes."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from edge.demo import demo_login, demo_site_file, pictures, simulate
from lineside.site import read_site
from simulator.machines import INSPECTOR
from simulator.run import warm_line
from tests.journey.test_plant import RunningPlant, eventually


@pytest.mark.loopback
def test_its_camera_sends_pictures_that_the_plant_inspects(tmp_path: Path) -> None:
    site, stop = read_site(demo_site_file()), threading.Event()
    login = demo_login(site)
    with RunningPlant(tmp_path, site, (login,)) as running, running.client() as client:
        plant = running.plant
        assert plant.broker is not None
        told: list[str] = []
        work = partial(
            simulate, site, plant.broker.port, login, plant.passwords.password(login.name), stop, told.append,
            (plant.http.address, plant.http.token),
        )  # fmt: skip
        line = threading.Thread(target=work)
        line.start()
        seen = eventually(lambda: [one for one in client.get("/api/inspections").json() if one["verdict"]])
        stop.set()
        line.join()

    taken = datetime.fromisoformat(seen[0]["taken_at"])
    assert (seen[0]["device"], seen[0]["line"]) == (INSPECTOR, login.line)
    assert abs((datetime.now(UTC) - taken).total_seconds()) < 120
    assert told == ["simulated fault begins: jam at Vertical Conveyor"]


def test_where_the_inspector_has_no_camera_nothing_is_taken() -> None:
    site = read_site(demo_site_file())
    (line,) = site.lines
    blind = tuple(machine.model_copy(update={"camera": None}) for machine in line.machines)
    without = site.model_copy(update={"lines": (line.model_copy(update={"machines": blind}),)})
    threads = threading.active_count()

    with pictures(without, "http://127.0.0.1:9", "token") as look:
        look(warm_line(np.random.default_rng(1), ()), datetime.now(UTC))
        assert threading.active_count() == threads
