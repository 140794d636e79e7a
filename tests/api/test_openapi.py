"""The OpenAPI document is committed, and says what the application does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lineside.api.openapi import document

COMMITTED = Path(__file__).parents[2] / "frontend" / "openapi.json"
DESCRIBED: dict[str, Any] = json.loads(document())


def test_the_committed_document_is_that_of_the_application() -> None:
    assert COMMITTED.read_text() == document(), "python -m lineside.api.openapi > frontend/openapi.json"


@pytest.mark.parametrize("model", ["ToolStartedEvent", "ToolView", "TokenEvent", "AnswerView", "ProblemEvent"])
def test_the_events_of_a_chat_are_described(model: str) -> None:
    stream = DESCRIBED["paths"]["/api/chat"]["post"]["responses"]["200"]["content"]["text/event-stream"]

    named = [one["properties"]["data"]["contentSchema"]["$ref"] for one in stream["itemSchema"]["oneOf"]]

    assert f"#/components/schemas/{model}" in named
    assert DESCRIBED["components"]["schemas"][model]["properties"]


def test_every_reference_leads_somewhere() -> None:
    told = json.dumps(DESCRIBED)

    for name in {part.partition('"')[0] for part in told.split("#/components/schemas/")[1:]}:
        assert name in DESCRIBED["components"]["schemas"]


def test_every_error_is_a_problem() -> None:
    kinds = {
        kind
        for methods in DESCRIBED["paths"].values()
        for operation in methods.values()
        for status, response in operation["responses"].items()
        for kind in response.get("content", {})
        if status == "default" or (status[0] in "45" and "HealthView" not in json.dumps(response))
    }

    assert kinds == {"application/problem+json"}


def test_nothing_is_described_twice_under_two_names() -> None:
    """`Model-Input` beside `Model-Output` would give the console two types for one thing."""
    assert [name for name in DESCRIBED["components"]["schemas"] if name.endswith(("-Input", "-Output"))] == []
