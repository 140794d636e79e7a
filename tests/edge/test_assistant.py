"""The plant's assistant at the wire: Ollama and OpenAI's dialect through a server that speaks them."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.assistant import plant_assistant, plant_at, plant_routers
from edge.sqlite_alarms import Records, SqliteAdvisoryStore, SqliteAlarmStore, SqliteMemoryStore
from edge.sqlite_twin import SqliteTwin
from lineside.alarms.model import Alarm, Victim
from lineside.answering.models import ModelRow, Models, read_models
from lineside.assistant.agent import Assistant
from lineside.assistant.events import Question, Reply
from lineside.assistant.plant import Plant
from lineside.site import Site, read_site
from lineside.telemetry.reading import Reading
from tests.fakes.model_server import ModelServer, Request, Scripted, a_closed_port

SAMPLES = Path(__file__).parents[2] / "samples"
NOW_US = 1_767_595_620_000_000
JAM = Alarm(
    "jam-1", "f", "bakery-north", "line-1", "Vertical Conveyor", "stop", "high",
    onset_us=NOW_US - 375_000_000, raised_us=NOW_US - 300_000_000, lost_seconds=375.0,
    victims=(Victim("Cookie Inspector", 285.0, "blocked"),),
)  # fmt: skip
WHY = Question("Why did the inspector stop?", NOW_US)

pytestmark = pytest.mark.loopback


@pytest.fixture(autouse=True)
def no_connection_is_left_behind() -> Iterator[None]:
    """Strands closes no client of Ollama's; a connection that stays open is a warning, and so an error, here."""
    yield
    gc.collect()


@pytest.fixture
def plant() -> Iterator[Plant]:
    site, records, twin = read_site(SAMPLES / "site.yaml"), Records(), SqliteTwin()
    alarms = SqliteAlarmStore(records)
    alarms.save(JAM, was=None)
    twin.update(site.site, "line-1", [Reading("Vertical Conveyor", "State", NOW_US - 5_000_000, "Down")])
    yield Plant(site, twin, alarms, SqliteAdvisoryStore(records), SqliteMemoryStore(records))
    twin.close()
    records.close()


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.mark.parametrize("provider", ["ollama", "openai"])
def test_a_model_calls_a_tool_hears_its_result_and_another_writes(
    plant: Plant, server: ModelServer, provider: str
) -> None:
    _route_and_write(server, "The Vertical Conveyor held up the Cookie Inspector for 4.8 min.")

    reply = _asked(plant_assistant(plant, _models(server.url, provider)), WHY)

    assert (reply.router, reply.model) == ("router", "writer")
    assert reply.text == "The Vertical Conveyor held up the Cookie Inspector for 4.8 min."
    assert [tool.title for tool in reply.tools] == ["Reading the alarms: inspector"]
    assert "Vertical Conveyor" in str(server.requests[1].body["messages"])
    assert {tool["function"]["name"] for tool in server.requests[0].body["tools"]} >= {"alarms", "search_manuals"}


def test_a_call_that_ollama_prints_as_text_is_made(plant: Plant, server: ModelServer) -> None:
    def answer(request: Request) -> Scripted | None:
        if "tools" not in request.body or not request.body["tools"]:
            return Scripted(("The Vertical Conveyor stopped.",))
        heard = any(message["role"] == "tool" for message in request.body["messages"])
        return Scripted(
            ("DONE",) if heard else ('```json\n{"name": "alarms", "arguments": {"machine": "inspector",}}\n```',)
        )

    server.route(answer)
    server.says("")

    reply = _asked(plant_assistant(plant, _models(server.url, "ollama")), WHY)

    assert [(tool.tool, tool.ok) for tool in reply.tools] == [("alarms", True)]
    assert reply.router == "router"


def test_a_number_that_no_tool_returned_is_withheld(plant: Plant, server: ModelServer) -> None:
    _route_and_write(server, "The Vertical Conveyor held up the Cookie Inspector for 44 min.")

    reply = _asked(plant_assistant(plant, _models(server.url, "ollama")), WHY)

    assert reply.model == "evidence"
    assert "44 min" in reply.replaced
    assert "44 min" not in reply.text


def test_without_a_server_rules_route_and_the_reason_is_told(plant: Plant) -> None:
    with a_closed_port() as url:
        reply = _asked(plant_assistant(plant, _models(url, "ollama")), WHY)

    assert (reply.router, reply.model) == ("offline", "evidence")
    assert "writer" in reply.replaced
    assert "Vertical Conveyor" in reply.text


def test_a_server_that_fails_once_while_it_loads_is_asked_again(plant: Plant, server: ModelServer) -> None:
    asked: list[Request] = []

    def answer(request: Request) -> Scripted:
        asked.append(request)
        if len(asked) == 1:
            return Scripted(status=503, error="loading model")
        return Scripted(("The Vertical Conveyor stopped.",))

    server.route(answer)
    models = Models(models=(_row(server.url, "ollama", "writer", "answerer"),))

    reply = _asked(plant_assistant(plant, models), WHY)

    assert (reply.model, reply.text) == ("writer", "The Vertical Conveyor stopped.")
    assert len(asked) == 2


def test_a_row_that_is_not_trusted_with_tools_routes_nothing() -> None:
    rows = read_models(SAMPLES / "models.yaml")

    assert [router.name for router in plant_routers(rows)] == ["gpt-oss"]


def test_stop_ends_a_turn_while_a_server_is_silent(plant: Plant, server: ModelServer) -> None:
    server.says("late", first_piece_seconds=20.0)
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()

    reply = _asked(plant_assistant(plant, _models(server.url, "ollama")), WHY, stop)

    assert reply.stopped


def test_a_data_folder_is_read_and_nothing_is_made_in_it(tmp_path: Path) -> None:
    records, twin = Records(tmp_path / "records.db"), SqliteTwin(tmp_path / "twin.db")
    SqliteAlarmStore(records).save(JAM, was=None)
    twin.update("bakery-north", "line-1", [Reading("Labeller", "State", NOW_US, "Starved")])
    records.close()
    twin.close()
    before = sorted(path.name for path in tmp_path.iterdir())

    with plant_at(tmp_path, None, lambda: NOW_US) as looked:
        reply = _asked(plant_assistant(looked.plant), Question("Which machine stopped the line?", NOW_US))

    assert reply.text.startswith("Vertical Conveyor has stood still since 07:40:45 CET")
    assert "bakery-north" in looked.sources[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_folder_of_another_site_is_not_taken_for_the_sample_plant(tmp_path: Path) -> None:
    twin = SqliteTwin(tmp_path / "twin.db")
    twin.update("mill-south", "unassigned", [Reading("Silo 3", "Level", NOW_US, 71.0, "P1")])
    twin.close()

    with plant_at(tmp_path, None, lambda: NOW_US) as looked:
        reply = _asked(plant_assistant(looked.plant), Question("What is the level of silo 3?", NOW_US))

    assert looked.plant.site == Site(site="mill-south")
    assert "71 %" in reply.text


def _route_and_write(server: ModelServer, answer: str) -> None:
    """The router has tools in its request; whoever writes has none."""

    def choose(request: Request) -> Scripted:
        if not request.body.get("tools"):
            return Scripted((answer,))
        heard = any(message["role"] == "tool" for message in request.body["messages"])
        return (
            Scripted(("DONE",))
            if heard
            else Scripted(tools=(("alarms", {"machine": "inspector"}),), finish="tool_calls")
        )

    server.route(choose)
    server.says("")


def _models(url: str, provider: str) -> Models:
    return Models(
        models=(_row(url, provider, "writer", "answerer"), _row(url, provider, "router", "router", tools=True))
    )


def _row(url: str, provider: str, name: str, role: str, *, tools: bool = False) -> ModelRow:
    return ModelRow.model_validate(
        {"name": name, "provider": provider, "model": "small", "url": url, "roles": [role], "tools": tools,
         "timeout_seconds": 10}
    )  # fmt: skip


def _asked(assistant: Assistant, question: Question, stop: threading.Event | None = None) -> Reply:
    async def last() -> object:
        return [event async for event in assistant.ask(question, stop or threading.Event())][-1]

    reply = asyncio.run(last())
    assert isinstance(reply, Reply), reply
    return reply
