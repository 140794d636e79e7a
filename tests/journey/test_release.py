"""A release from its first day to its last in a running plant: added, promoted, tried beside another, and taken back.

The plant and every command are processes of their own, and the models' server is asked over HTTP.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx
import pytest

from edge.folder import DataFolder
from edge.sqlite_releases import Releases, SqliteOutcomes
from lineside.releases.record import Outcome
from tests.edge.devices import until
from tests.fakes.model_server import ModelServer, Request, Scripted
from tests.journey.test_kill import free_port

pytestmark = [pytest.mark.loopback, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
TOKEN = "the administrator of this test"
FASTER = 10
"""This plant believes the aliases for so many times less long, so that nobody waits for half a minute."""
PLANT = f"""
from lineside.releases import aliases
aliases.KEPT_SECONDS /= {FASTER}
from edge.cli import main
main()
"""
LATEST_SECONDS = 30 / FASTER
LOOK_SECONDS = 2.0
"""So that nobody asks twenty times in a minute, which is all that the plant lets a person ask."""
MODELS = """
models:
  - {{name: tuned, provider: ollama, alias: live, url: "{url}", roles: [answerer]}}
  - {{name: offline, provider: offline, roles: [router, answerer]}}
"""
SAYS = {"shop:one": "The Labeller comes after the Box Sealer.", "shop:two": "After the Box Sealer comes the Labeller."}
QUESTION = "Which machine comes after the Box Sealer?"


class Plant:
    """A plant that runs, its data folder, and who asks it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.data = folder, folder / "data"
        self._url = f"http://127.0.0.1:{port}"
        self.http = httpx.Client(base_url=self._url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)

    @contextmanager
    def person(self, name: str) -> Iterator[httpx.Client]:
        """An operator who has signed in; nobody may ask more than twenty questions in a minute."""
        account = {"name": name, "password": "a password of ten letters"}
        self.http.post(
            "/api/accounts", json={**account, "role": "operator", "sites": ["bakery-north"]}
        ).raise_for_status()
        with httpx.Client(base_url=self._url, timeout=30) as person:
            person.post("/api/session", json=account).raise_for_status()
            yield person

    def releases(self, *arguments: str) -> str:
        """`lineside releases`, beside the plant."""
        program = "from edge.cli import main; main()"
        command = [sys.executable, "-c", program, "releases", *arguments, "--data", str(self.data)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def add(self, name: str, model: str) -> None:
        found = {"passed": True, "improvement": 0.14, "low": 0.09, "high": 0.19, "questions": 60, "judges": ["qwen"]}
        evaluation = self.folder / f"{name}.json"
        evaluation.write_text(json.dumps({"evaluated": found}))
        given = ("--id", name, "--base", "llama3.2:3b", "--evaluation", str(evaluation))
        self.releases("add", model, *given, "--approve", "--by", "Anna")

    def outcomes(self, *names: str) -> list[Outcome]:
        releases = Releases(DataFolder(self.data).releases)
        found = SqliteOutcomes(releases).since(0, names)
        releases.close()
        return found


@contextmanager
def running(folder: Path, server: ModelServer) -> Iterator[Plant]:
    models, port = folder / "models.yaml", free_port()
    models.write_text(MODELS.format(url=server.url))
    files = ["--data", str(folder / "data"), "--site", "samples/site.yaml", "--models", str(models)]
    command = [sys.executable, "-c", PLANT, "up", *files, "--port", str(port), "--mqtt-port", "0", "--tick", "300"]
    with (folder / "plant.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, "LINESIDE_TOKEN": TOKEN}
        )
    plant = Plant(folder, port)
    try:
        assert until(lambda: answers(plant.http), 60), (folder / "plant.log").read_text()
        yield plant
    finally:
        plant.http.close()
        process.terminate()
        process.wait(30)


def answers(http: httpx.Client) -> bool:
    try:
        return http.get("/health").is_success
    except httpx.TransportError:
        return False


def test_a_release_is_tried_beside_another_and_taken_back_while_the_plant_runs(tmp_path: Path) -> None:
    asked_for: list[str] = []

    def by_model(request: Request) -> Scripted:
        asked_for.append(request.body["model"])
        return Scripted((SAYS[request.body["model"]],))

    with (
        ModelServer() as server,
        running(tmp_path, server) as plant,
        plant.person("Olga") as olga,
    ):
        server.route(by_model)
        nobody = asked(olga)
        plant.add("r-1", "shop:one")
        plant.add("r-2", "shop:two")
        plant.releases("promote", "r-1", "--reason", "the first")
        reaches(plant, "r-1")
        live = asked(olga)

        plant.releases("promote", "r-2", "--canary", "0.5")
        reaches(plant, "r-2")
        first = [asked(olga)]
        while {each["release_id"] for each in first} != {"r-1", "r-2"}:  # chance gives a conversation to one of them
            first.append(asked(olga))
            assert len(first) < 30, "one of the two never answers"
        again = [asked(olga, each["conversation_id"]) for each in first]
        tried = next(each for each in first if each["release_id"] == "r-2")
        verdict = {"about": "answer", "about_id": tried["answer_id"], "verdict": "down"}
        olga.put("/api/feedback", json=verdict).raise_for_status()

        plant.releases("rollback", "--reason", "it is rude")
        time.sleep(LATEST_SECONDS)
        asked_for.clear()
        back = asked(olga, tried["conversation_id"])
        plant.http.post("/api/releases/r-2/promote", json={}).raise_for_status()
        reaches(plant, "r-2")
        plant.http.post("/api/releases-rollback", json={"reason": "it is still rude"}).raise_for_status()
        reaches(plant, "r-1")
        outcomes = plant.outcomes("r-1", "r-2")
        history = plant.http.get("/api/releases").json()["history"]

    assert (nobody["release_id"], nobody["model"]) == ("", "evidence")
    assert "no model is released as live yet" in nobody["replaced"]
    assert (live["release_id"], live["model"], live["text"]) == ("r-1", "tuned", SAYS["shop:one"])
    assert [each["release_id"] for each in again] == [each["release_id"] for each in first]
    assert [one.verdict for one in outcomes if one.answer_id == tried["answer_id"]] == ["down"]
    assert (back["release_id"], asked_for[0]) == ("r-1", "shop:one")
    assert [(each["what"], each["live"], each["canary"]) for each in reversed(history)] == [
        ("promote", "r-1", ""),
        ("canary", "r-1", "r-2"),
        ("end_canary", "r-1", ""),
        ("promote", "r-2", ""),
        ("rollback", "r-1", ""),
    ]


def asked(person: httpx.Client, conversation: str = "") -> dict[str, Any]:
    """The answer at the end of one turn."""
    question = {"question": QUESTION, **({"conversation_id": conversation} if conversation else {})}
    answer = person.post("/api/chat", json=question)
    while answer.status_code == 429:  # nobody asks more often than the plant lets a person ask
        time.sleep(float(answer.headers["Retry-After"]))
        answer = person.post("/api/chat", json=question)
    told = answer.raise_for_status().text.split("\n\n")
    (done,) = (event for event in told if event.startswith("event: done"))
    ended: dict[str, Any] = json.loads(done.partition("data: ")[2])
    return ended


def reaches(plant: Plant, release_id: str) -> None:
    """Somebody new asks until this release answers, and no longer than half a minute."""
    with plant.person(f"ada-{token_hex(4)}") as ada:
        began = time.monotonic()
        while asked(ada)["release_id"] != release_id:
            assert time.monotonic() - began < 30
            time.sleep(LOOK_SECONDS)
