"""The demo plant of `samples/questions.yaml`, run once and asked often."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from lineside.advice.sops import read_site_sops
from lineside.assistant.agent import Assistant
from lineside.assistant.events import Event, Question, Reply, Turn
from lineside.assistant.plant import Plant
from lineside.assistant.scoring import Checker, Questions, read_questions
from lineside.lake.history import History
from lineside.manuals.library import Library, library_of_site
from lineside.manuals.search import ManualSearch
from lineside.manuals.shelf import Shelf
from lineside.site import read_site
from tests.assistant.demo_plant import Run, play
from tests.assistant.truths import record_of, references

SAMPLES = Path(__file__).parents[2] / "samples"
TODAY = date(2026, 1, 5)

Ask = Callable[..., list[Event]]


@pytest.fixture(scope="session")
def questions() -> Questions:
    return read_questions(SAMPLES / "questions.yaml")


@pytest.fixture(scope="session")
def run(questions: Questions) -> Run:
    site, asked = read_site(SAMPLES / "site.yaml"), questions.run
    return play(
        site, read_site_sops(site, SAMPLES), seed=asked.seed, seconds=asked.seconds, faults=asked.faults,
        tick_seconds=asked.tick_seconds,
    )  # fmt: skip


@pytest.fixture(scope="session")
def library(run: Run) -> Library:
    return library_of_site(run.site, SAMPLES)


@pytest.fixture(scope="session")
def plant(run: Run, library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    history = History(run.objects, scratch=tmp_path_factory.mktemp("lake"))
    yield plant_of(run, library, history)
    history.close()


@pytest.fixture(scope="session")
def checker(run: Run, library: Library, plant: Plant) -> Checker:
    return Checker(run.site, references(run, library, TODAY), record_of(plant, run.now_us, library, TODAY))


@pytest.fixture
def ask(run: Run, plant: Plant) -> Ask:
    """Ask the offline assistant of the demo plant; returns every event of the turn."""

    def asked(text: str, **more: object) -> list[Event]:
        return events_of(Assistant(plant), Question(text, run.now_us, **more))  # type: ignore[arg-type]

    return asked


def plant_of(run: Run, library: Library, history: History | None) -> Plant:
    shelf = Shelf(library, lambda: TODAY)
    return Plant(
        run.site, run.twin, run.alarms, run.advisories, run.memory, history, ManualSearch(library), shelf
    )  # fmt: skip


def events_of(assistant: Assistant, question: Question, stop: threading.Event | None = None) -> list[Event]:
    async def gathered() -> list[Event]:
        return [event async for event in assistant.ask(question, stop or threading.Event())]

    return asyncio.run(gathered())


def reply_of(events: list[Event]) -> Reply:
    """The last event, which must be an answer."""
    assert isinstance(events[-1], Reply), events[-1]
    return events[-1]


def turn(question: str, answer: str) -> Turn:
    return Turn(question, answer)
