"""The cloud's assistant at the wire: Converse as a stream, encoded and decoded by botocore."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from cloud.assistant import cloud_assistant
from lineside.answering.models import Models
from lineside.answering.writer import FixedAliases
from lineside.assistant.agent import Assistant
from lineside.assistant.events import Question, Reply
from lineside.assistant.plant import Plant
from lineside.manuals.library import library_of_site
from lineside.manuals.search import ManualSearch
from lineside.site import read_site
from tests.fakes.bedrock import Answer, Asked, FakeBedrock

SAMPLES = Path(__file__).parents[2] / "samples"
NOW_US = 1_767_595_620_000_000
LIMIT = Question("What does E-217 mean?", NOW_US)
SAID = "E-217 means that the belt drive tripped: motor current above 6.2 A. [1]"


class Nothing:
    """Stores of a plant that was never heard."""

    def __getattr__(self, _: str) -> Any:
        return lambda *_, **__: []


@pytest.fixture
def plant() -> Plant:
    site = read_site(SAMPLES / "site.yaml")
    nothing: Any = Nothing()
    return Plant(site, nothing, nothing, nothing, nothing, searcher=ManualSearch(library_of_site(site, SAMPLES)))


def test_the_router_calls_a_tool_over_converse_and_the_released_model_writes(plant: Plant) -> None:
    bedrock = FakeBedrock()
    bedrock.route(_route)
    bedrock.says(SAID)

    reply = _asked(_assistant(plant, bedrock))

    assert (reply.router, reply.model, reply.text) == ("gpt-oss", "fine-tuned", SAID)
    assert [tool.tool for tool in reply.tools] == ["search_manuals"]
    assert [citation.passage.page for citation in reply.citations] == ["3"]
    assert [(asked.operation, asked.model) for asked in bedrock.asked] == [
        ("converse-stream", "openai.gpt-oss-20b-1:0"),
        ("converse-stream", "openai.gpt-oss-20b-1:0"),
        ("converse-stream", "arn:aws:bedrock:us-east-1:1:imported-model/live"),
    ]


def test_a_router_that_thinks_aloud_is_not_heard_by_the_operator(plant: Plant) -> None:
    bedrock = FakeBedrock()
    bedrock.route(lambda asked: _route(asked, thought="The operator wants the code. 99 bar."))
    bedrock.says(SAID)

    reply = _asked(_assistant(plant, bedrock))

    assert reply.text == SAID


def test_a_throttled_router_is_replaced_by_the_rules(plant: Plant) -> None:
    bedrock = FakeBedrock()
    bedrock.route(lambda asked: Answer(error=(429, "ThrottlingException", "slow down")) if _routes(asked) else None)
    bedrock.says(SAID)

    reply = _asked(_assistant(plant, bedrock))

    assert (reply.router, reply.model) == ("offline", "fine-tuned")


def test_models_that_refuse_leave_the_quotation_and_the_reason(plant: Plant) -> None:
    bedrock = FakeBedrock()
    bedrock.fails("AccessDeniedException", "no", 403)

    reply = _asked(_assistant(plant, bedrock))

    assert (reply.router, reply.model) == ("offline", "evidence")
    assert "AccessDeniedException" in reply.replaced
    assert "6.2 A" in reply.text


def test_an_invented_number_is_withheld(plant: Plant) -> None:
    bedrock = FakeBedrock()
    bedrock.route(_route)
    bedrock.says("E-217 means that the motor current was above 7.5 A. [1]")

    reply = _asked(_assistant(plant, bedrock))

    assert reply.model == "evidence"
    assert "7.5 A" in reply.replaced
    assert "6.2 A" in reply.text


def _assistant(plant: Plant, bedrock: FakeBedrock) -> Assistant:
    rows = [
        {"name": "fine-tuned", "provider": "bedrock", "alias": "live", "roles": ["answerer"], "timeout_seconds": 5},
        {
            "name": "gpt-oss",
            "provider": "bedrock",
            "model": "openai.gpt-oss-20b-1:0",
            "roles": ["router"],
            "tools": True,
        },
        {"name": "offline", "provider": "offline", "roles": ["router", "answerer"]},
    ]
    aliases = FixedAliases({"live": "arn:aws:bedrock:us-east-1:1:imported-model/live"})
    return cloud_assistant(plant, Models.model_validate({"models": rows}), aliases, bedrock.session())


def _routes(asked: Asked) -> bool:
    return "toolConfig" in asked.body


def _route(asked: Asked, thought: str = "") -> Answer | None:
    """A router's turn: one call of a tool, and after its result nothing more."""
    if not _routes(asked):
        return None
    heard = any("toolResult" in block for message in asked.body["messages"] for block in message["content"])
    blocks: list[dict[str, Any]] = [{"reasoningContent": {"reasoningText": {"text": thought}}}] if thought else []
    if heard:
        return Answer([*blocks, {"text": ["DONE"]}])
    use = {"toolUseId": "call-1", "name": "search_manuals", "input": {"query": "E-217"}}
    return Answer([*blocks, {"toolUse": use}], "tool_use")


def _asked(assistant: Assistant) -> Reply:
    async def last() -> object:
        return [event async for event in assistant.ask(LIMIT, threading.Event())][-1]

    reply = asyncio.run(last())
    assert isinstance(reply, Reply), reply
    return reply
