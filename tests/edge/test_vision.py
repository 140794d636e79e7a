"""A vision model in the plant, at the wire: real HTTP to a server that speaks as Ollama and as OpenAI do."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest

from edge.vision import vision_inspectors
from lineside.answering.models import ModelRow, Models
from lineside.errors import Unavailable
from lineside.inspection.chain import InspectorChain
from lineside.inspection.ports import Example
from tests.fakes.model_server import ModelServer, a_closed_port
from tests.inspection.builders import SURE, Says
from tests.inspection.pictures import an_image

pytestmark = pytest.mark.loopback

SAYS = json.dumps({"verdict": "deformed", "confidence": 0.7, "regions": [], "reason": "bent"})


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def models(url: str, provider: str, **more: object) -> Models:
    row = {"name": "eye", "provider": provider, "model": "qwen2.5vl:7b", "url": url, "roles": "vision", **more}
    words = {"name": "words", "provider": "ollama", "model": "small", "url": url}
    return Models(models=(ModelRow.model_validate(words), ModelRow.model_validate(row)))


def test_ollama_gets_each_image_in_base64_with_its_words_and_the_schema_as_the_format(server: ModelServer) -> None:
    server.says(SAYS)
    (inspector,) = vision_inspectors(models(server.url, "ollama"))

    seen = inspector.inspect(an_image(), [Example(an_image(1), "good")])

    assert (seen.verdict, seen.reason, seen.inspector) == ("deformed", "bent", "eye")
    (request,) = server.requests
    assert request.path == "/api/chat"
    _, example, image, question = request.body["messages"]
    assert (example["content"], example["role"]) == ("Example 1: a person said 'good'.", "user")
    assert [base64.b64decode(each) for each in example["images"]] == [an_image(1).content]
    assert [base64.b64decode(each) for each in image["images"]] == [an_image().content]
    assert question == {"role": "user", "content": "Judge the biscuit in the last image."}
    assert request.body["format"]["required"] == ["verdict", "confidence", "regions", "reason"]


def test_openai_s_servers_get_each_image_as_an_address_that_holds_it(server: ModelServer) -> None:
    server.says(SAYS)
    (inspector,) = vision_inspectors(models(server.url, "openai", api_key_env="EYE_KEY"), {"EYE_KEY": "secret"})

    assert inspector.inspect(an_image()).verdict == "deformed"

    (request,) = server.requests
    words, image = request.body["messages"][1]["content"]
    assert words == {"type": "text", "text": "The last image, which you judge:"}
    kind, _, content = image["image_url"]["url"].partition(",")
    assert (kind, base64.b64decode(content)) == ("data:image/png;base64", an_image().content)
    assert request.headers["Authorization"] == "Bearer secret"


def test_where_no_server_runs_the_offline_inspector_looks() -> None:
    with a_closed_port() as url:
        chain = InspectorChain((*vision_inspectors(models(url, "ollama")), Says(SURE)), lambda: 0.0)

        seen = chain.inspect(an_image())

    assert (seen.verdict, seen.inspector) == ("good", "offline")
    assert seen.skipped == ("eye is not reachable; is its server running?",)


def test_a_server_that_has_no_such_model_is_unavailable(server: ModelServer) -> None:
    server.fails(404, "model not found")
    (inspector,) = vision_inspectors(models(server.url, "ollama"))

    with pytest.raises(Unavailable, match="model not found"):
        inspector.inspect(an_image())
