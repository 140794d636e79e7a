"""Which models there are, as a person writes it down."""

from __future__ import annotations

import pytest

from lineside.answering.models import OFFLINE, parse_models, read_models
from lineside.errors import Misconfigured


@pytest.mark.parametrize("name", ["models.yaml", "models.cloud.yaml"])
def test_the_samples_are_right_and_end_with_what_needs_nobody(samples, name):
    models = read_models(samples / name)

    assert [row.name for row in models.answerers] == ["fine-tuned", "gpt-oss", "offline"]
    assert [row.name for row in models.routers] == ["gpt-oss", "offline"]
    assert not models.answerers[0].tools


def test_the_order_of_the_file_is_the_order_of_the_chain():
    models = parse_models(
        """
        models:
          - {name: b, provider: ollama, model: small, url: "http://127.0.0.1:1", roles: answerer}
          - {name: a, provider: openai, model: large, url: "http://127.0.0.1:2/v1", roles: [answerer, router]}
        """
    )

    assert [row.name for row in models.answerers] == ["b", "a"]
    assert [row.name for row in models.routers] == ["a"]
    assert models.row("a").model == "large"
    assert models.row("c") is None


def test_who_sees_is_asked_about_images_and_about_nothing_else():
    models = parse_models(
        """
        models:
          - {name: eye, provider: ollama, model: qwen2.5vl, url: "http://127.0.0.1:1", roles: vision}
          - {name: both, provider: bedrock, model: nova, roles: [vision, answerer]}
          - {name: offline, provider: offline, roles: [vision, router, answerer]}
        """
    )

    assert [row.name for row in models.lookers] == ["eye", "both"]
    assert [row.name for row in models.asked] == ["both"]
    assert [row.name for row in models.routers] == ["offline"]


def test_without_a_file_the_offline_model_does_everything():
    assert [row.provider for row in (*OFFLINE.answerers, *OFFLINE.routers)] == ["offline", "offline"]


def test_every_mistake_is_told_at_once_and_where_it_stands():
    with pytest.raises(Misconfigured) as told:
        parse_models(
            """
            models:
              - {name: one, provider: olama, model: x}
              - {name: two, provider: ollama, url: "ftp://host", temprature: 0.5}
              - {name: two, provider: bedrock, model: m, alias: live, max_tokens: 8000}
              - {name: key, provider: openai, model: m, url: "https://u:secret@h", api_key_env: sk-123}
              - {provider: offline, url: "http://x"}
              - {name: late, provider: bedrock, alias: newest, timeout_seconds: 0}
            speech: {url: nowhere}
            embedder: {provider: ollama, dimension: 3}
            """,
            "plant.yaml",
        )

    report = str(told.value)
    for sentence in (
        "one: provider: must be 'bedrock', 'ollama', 'openai' or 'offline', not 'olama'",
        "two: temprature: not known here; did you mean 'temperature'?",
        "two: url must be the address of a server",
        "two: needs either `model` or `alias`, and not both",
        "two: another row has this name",
        "two: max_tokens 8000 leaves no room for a prompt in context_tokens 8192",
        "key: api_key_env: is the name of an environment variable",
        "key: url must hold no password",
        "row 5: name: missing",
        "row 5: the offline model has no url",
        "late: alias: must be '', 'live', 'canary' or 'previous', not 'newest'",
        "late: timeout_seconds: input should be greater than 0",
        "speech: url must be the address of a server",
        "embedder: dimension: not known here; did you mean 'dimensions'?",
    ):
        assert sentence in report
    assert "secret" not in report
    assert "sk-123" not in report


@pytest.mark.parametrize("text", ["", "models:", "models: []", "- a", "models: {a: b}", "models: [", "{" * 10_000])
def test_a_file_that_holds_no_rows_is_refused_in_one_sentence(text):
    with pytest.raises(Misconfigured, match=r"models\.yaml"):
        parse_models(text)


def test_rows_that_are_no_rows_are_told():
    with pytest.raises(Misconfigured, match="row 1"):
        parse_models("models: [just a name]")


def test_a_missing_file_says_where_an_example_is(tmp_path):
    with pytest.raises(Misconfigured, match=r"samples/models\.yaml"):
        read_models(tmp_path / "models.yaml")
