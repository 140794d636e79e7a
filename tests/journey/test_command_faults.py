"""An approved command and everything that can go wrong with it: the machine's answers, the broker, and kill -9."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.credentials import PasswordFile
from lineside.site import parse_site
from simulator.controller import LATE_SECONDS, AnswerFault, Misbehaviour
from simulator.machines import CONVEYOR
from simulator.setpoints import POINTS
from tests.edge.devices import Device
from tests.journey.machine import Machine
from tests.journey.test_images import TOKEN, listens, plant
from tests.journey.test_kill import free_port
from tests.journey.test_plant import RunningPlant, eventually, signed_in

pytestmark = pytest.mark.loopback

SITE = """
site: north
lines:
  - id: line-1
    machines:
      - id: Vertical Conveyor
        attributes:
          Speed: {unit: RPM}
        commands:
          - attribute: SpeedSetpoint
            unit: RPM
            min: 20
            max: 40
            max_step: 10
            risk: medium
            allowed_states: [Running]
            readback: {attribute: Speed, tolerance: 0.5, within_seconds: %s}
"""
THING = "vertical-conveyor"
USUAL, WANTED = POINTS[CONVEYOR, "SpeedSetpoint"].usual, 36.0


@dataclass
class People:
    """Olga, who proposes, and Enno, who agrees; both signed in."""

    olga: httpx.Client
    enno: httpx.Client

    def approve(self, command_id: str) -> None:
        """A faster lift, once it is known how fast it is."""
        eventually(lambda: self.olga.get("/api/command-points").json()[0]["value"] == USUAL)
        asked = {"device": CONVEYOR, "attribute": "SpeedSetpoint", "value": WANTED, "unit": "RPM"}
        proposed = self.olga.post("/api/commands", json={"command_id": command_id, **asked}).raise_for_status().json()
        decision = {"approved": True, "version": proposed["version"]}
        self.enno.post(f"/api/commands/{command_id}/decision", json=decision).raise_for_status()


@contextmanager
def people(http: httpx.Client) -> Iterator[People]:
    with closing(signed_in(http, "Olga")) as olga, closing(signed_in(http, "Enno")) as enno:
        yield People(olga, enno)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlant]:
    with RunningPlant(tmp_path_factory.mktemp("plant"), parse_site(SITE % 3)) as running:
        yield running


@pytest.fixture(scope="module")
def two(running: RunningPlant) -> Iterator[People]:
    with running.client() as http, people(http) as both:
        yield both


@pytest.mark.parametrize(
    ("kind", "status", "shows", "answers", "says_yes"),
    [
        ("no_answer", "verified", WANTED, 0, False),
        ("late_answer", "verified", WANTED, 1, False),
        ("says_yes_does_nothing", "unverified", USUAL, 1, True),
        ("wrong_value", "unverified", WANTED - 7.5, 1, True),
        ("answers_twice", "verified", WANTED, 2, True),
    ],
)
def test_what_the_machine_shows_decides_whatever_it_says(
    running: RunningPlant, two: People, kind: AnswerFault, status: str, shows: float, answers: int, says_yes: bool
) -> None:
    lift = Machine(CONVEYOR, Misbehaviour(kind))
    with lift.connected(running.device(THING)), running.client() as http:
        two.approve(kind)
        ended = eventually(lambda: ended_of(http, kind))
        lift.later_seconds = LATE_SECONDS + 10
        eventually(lambda: lift.said == answers)
        after_the_end = ["answer that changes nothing"] if kind == "late_answer" else []
        eventually(lambda: acts_of(http, kind)[-1 - len(after_the_end) :] == [shown_or_not(status), *after_the_end])
        later = http.get(f"/api/commands/{kind}").json()

    assert (ended["status"], ended["done"]) == (status, status == "verified")
    assert ended["readback"]["value"] == pytest.approx(shows, abs=0.5)
    assert bool(ended["acknowledged_at"]) is says_yes
    assert lift.heard == [kind]
    assert later["status"] == status, "what comes after the end changes nothing"


def test_a_command_that_was_approved_before_the_broker_stopped_is_obeyed_once_after_it_is_back(tmp_path: Path) -> None:
    lift = Machine(CONVEYOR)
    lift.listens = False
    site = parse_site(SITE % 60)
    with RunningPlant(tmp_path, site) as before, lift.connected(before.device(THING)), before.client() as http:
        with people(http) as both:
            both.approve("c-1")
        eventually(lambda: http.get("/api/commands/c-1").json()["sent_at"])
    unheard = list(lift.heard)

    lift.listens = True
    with RunningPlant(tmp_path, site) as after, lift.connected(after.device(THING)), after.client() as http:
        ended = eventually(lambda: ended_of(http, "c-1"))

    assert unheard == []
    assert lift.heard == ["c-1"]
    assert (ended["status"], ended["approved_by"]) == ("verified", "Enno")


@pytest.mark.slow
def test_a_plant_that_is_killed_right_after_the_yes_and_again_once_the_machine_heard_finishes_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "site.yaml").write_text(SITE % 120)
    port, mqtt_port, lift = free_port(), free_port(), Machine(CONVEYOR)
    lift.listens = lift.answers = False

    @contextmanager
    def started() -> Iterator[tuple[httpx.Client, Callable[[], None]]]:
        with plant(tmp_path, port, mqtt_port) as process:
            eventually(lambda: listens(port))
            password = PasswordFile(tmp_path / "data" / "logins").password(THING)
            headers = {"Authorization": f"Bearer {TOKEN}"}
            address = f"http://127.0.0.1:{port}"
            with (
                lift.connected(Device(mqtt_port, THING, password)),
                httpx.Client(base_url=address, headers=headers, timeout=60) as http,
            ):
                yield http, lambda: os.kill(process.pid, signal.SIGKILL)

    with started() as (http, kill):
        with people(http) as both:
            both.approve("c-1")
        kill()
    unheard = list(lift.heard)
    lift.listens = True
    with started() as (_, kill):
        eventually(lambda: lift.heard)
        kill()
    unanswered = bool(lift.said)
    lift.answers = True
    with started() as (http, _):
        ended = eventually(lambda: ended_of(http, "c-1"))
        acts = acts_of(http, "c-1")

    assert (unheard, unanswered) == ([], False)
    assert set(lift.heard) == {"c-1"}
    assert lift.set_to("SpeedSetpoint") == WANTED
    assert (ended["status"], ended["approved_by"]) == ("verified", "Enno")
    assert (acts.count("approve"), acts.count("shown"), acts[-1]) == (1, 1, "shown")


def ended_of(http: httpx.Client, command_id: str) -> dict[str, Any]:
    command: dict[str, Any] = http.get(f"/api/commands/{command_id}").json()
    return command if command["ended"] else {}


def acts_of(http: httpx.Client, command_id: str) -> list[str]:
    """What the audit log says was done with it."""
    entries = http.get("/api/commands-audit").json()["entries"]
    return [entry["what"] for entry in entries if json.loads(entry["detail"])["command_id"] == command_id]


def shown_or_not(status: str) -> str:
    return "shown" if status == "verified" else "time over"
