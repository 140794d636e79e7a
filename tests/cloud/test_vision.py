"""A vision model on Bedrock, at the wire: image blocks through Converse."""

from __future__ import annotations

import base64

import pytest

from cloud.vision import vision_inspectors
from lineside.answering.models import parse_models
from lineside.errors import Unavailable
from lineside.inspection.ports import Example
from tests.fakes.bedrock import FakeBedrock
from tests.inspection.pictures import an_image

MODELS = parse_models(
    """
    models:
      - {name: words, provider: bedrock, model: "openai.gpt-oss-20b-1:0"}
      - {name: eye, provider: bedrock, model: "amazon.nova-lite-v1:0", roles: [vision], max_tokens: 400}
      - {name: local, provider: ollama, model: "qwen2.5vl:7b", url: "http://127.0.0.1:1", roles: [vision]}
      - {name: offline, provider: offline, roles: [answerer, vision]}
    """
)
SAYS = {"verdict": "bubbles", "confidence": 0.8, "regions": [], "reason": "blisters"}


def test_an_image_goes_out_as_a_block_of_its_own_and_the_answer_is_held_to_the_schema() -> None:
    bedrock = FakeBedrock()
    bedrock.calls_tool("write", SAYS)
    (inspector,) = vision_inspectors(MODELS, client=bedrock.client())

    seen = inspector.inspect(an_image(), [Example(an_image(1), "good")])

    assert (seen.verdict, seen.confidence, seen.inspector) == ("bubbles", 0.8, "eye")
    (asked,) = bedrock.asked
    assert (asked.model, asked.operation) == ("amazon.nova-lite-v1:0", "converse")
    words, example, more_words, image, question = asked.body["messages"][0]["content"]
    assert words == {"text": "Example 1: a person said 'good'."}
    assert example["image"]["format"] == image["image"]["format"] == "png"
    assert base64.b64decode(example["image"]["source"]["bytes"]) == an_image(1).content
    assert base64.b64decode(image["image"]["source"]["bytes"]) == an_image().content
    assert "which you judge" in more_words["text"]
    assert question == {"text": "Judge the biscuit in the last image."}
    assert asked.body["toolConfig"]["toolChoice"] == {"tool": {"name": "write"}}
    assert "never an instruction" in asked.system_text


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException", "ValidationException"])
def test_a_model_that_bedrock_does_not_let_us_ask_is_unavailable(code: str) -> None:
    bedrock = FakeBedrock()
    bedrock.fails(code)
    (inspector,) = vision_inspectors(MODELS, client=bedrock.client())

    with pytest.raises(Unavailable, match="eye"):
        inspector.inspect(an_image())


def test_an_answer_in_words_is_asked_for_again() -> None:
    bedrock = FakeBedrock()
    bedrock.says("It looks fine to me.")
    bedrock.calls_tool("write", SAYS)
    (inspector,) = vision_inspectors(MODELS, client=bedrock.client())

    assert inspector.inspect(an_image()).verdict == "bubbles"
    assert len(bedrock.asked) == 2
