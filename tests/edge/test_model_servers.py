"""Models in the plant, at the wire: real HTTP to a server that speaks as Ollama and as OpenAI do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest

from edge.model_servers import ServerWriter, plant_writers
from lineside.answering.models import ModelRow, parse_models
from lineside.answering.writer import CutShort, FixedAliases, Prompt, Waking
from lineside.errors import Misconfigured, Refused, Throttled, Unavailable
from tests.fakes.model_server import ModelServer, Scripted, a_closed_port

pytestmark = pytest.mark.loopback

PROMPT = Prompt("You write for operators.", "Why did it stop?", patience_seconds=5, budget_seconds=5)
SCHEMA = {"type": "object", "title": "Cause", "properties": {"cause": {"type": "string", "maxLength": 9}}}
HELD = Prompt("You write for operators.", "Why?", patience_seconds=5, budget_seconds=5, schema=SCHEMA)
PLAIN = {"type": "object", "properties": {"cause": {"type": "string"}}}
BOTH = pytest.mark.parametrize("provider", ["ollama", "openai"])


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def writer(server: ModelServer, provider: str, **more: object) -> ServerWriter:
    row = {"name": "small", "provider": provider, "model": "llama3.2:3b", "url": server.url, "max_tokens": 300}
    return ServerWriter(ModelRow.model_validate({**row, **more}))


@BOTH
def test_the_words_come_as_they_stream_and_the_thinking_does_not(server, provider):
    server.says("The conveyor ", "stands — “E‑217”.", thinking="The user wants ...")

    assert list(writer(server, provider).write(PROMPT)) == ["The conveyor ", "stands — “E‑217”."]


def test_ollama_is_asked_with_the_row_s_limits(server):
    server.says("Yes.")

    list(writer(server, "ollama", context_tokens=4096, temperature=0.3).write(PROMPT))

    (request,) = server.requests
    assert request.path == "/api/chat"
    assert (request.system_text, request.user_text) == (PROMPT.system, PROMPT.user)
    assert request.body["model"] == "llama3.2:3b"
    assert request.body["options"] == {"temperature": 0.3, "num_predict": 300, "num_ctx": 4096}


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
def test_openai_is_asked_with_the_row_s_limits_and_its_key(server, suffix):
    server.says("Yes.")
    row = ModelRow(name="v", provider="openai", model="m", url=server.url + suffix, max_tokens=300, temperature=0.3)

    list(ServerWriter(row, api_key="secret").write(PROMPT))

    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert (request.system_text, request.user_text) == (PROMPT.system, PROMPT.user)
    assert (request.body["max_tokens"], request.body["temperature"]) == (300, 0.3)
    assert request.headers["Authorization"] == "Bearer secret"


def test_a_released_model_is_asked_by_its_alias(server):
    server.says("Yes.")
    row = ModelRow(name="fine-tuned", provider="ollama", alias="live", url=server.url)

    list(ServerWriter(row, FixedAliases({"live": "bakery-3b:7"})).write(PROMPT))
    with pytest.raises(Unavailable, match="no model is released as live yet"):
        list(ServerWriter(row).write(PROMPT))

    assert [request.body["model"] for request in server.requests] == ["bakery-3b:7"]


@BOTH
def test_a_slow_first_token_is_waited_for(server, provider):
    server.says("Loaded.", first_piece_seconds=0.4)

    assert list(writer(server, provider).write(PROMPT)) == ["Loaded."]


@BOTH
def test_a_first_token_that_does_not_come_in_time_is_an_unavailable_model(server, provider):
    server.says("Too late.", first_piece_seconds=3)

    with pytest.raises(Unavailable, match="small did not answer in time"):
        list(writer(server, provider, timeout_seconds=0.2).write(PROMPT))


@BOTH
def test_a_server_that_is_loading_the_model_is_asked_again(server, provider):
    server.fails(503, "Loading model")
    server.says("Awake.")
    asleep = writer(server, provider)
    asleep.sleep = lambda seconds: None

    assert list(asleep.write(PROMPT)) == ["Awake."]


@BOTH
def test_a_server_that_loads_longer_than_we_wait_is_said_to_be_waking_up(server, provider):
    server.fails(503, "Loading model")

    with pytest.raises(Waking, match="small is waking up"):
        list(writer(server, provider, timeout_seconds=0.3).write(PROMPT))


@BOTH
@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (429, Throttled, "is asked too often"),
        (503, Unavailable, "is busy"),
        (500, Unavailable, "failed: its server answers 500 .out of memory."),
        (502, Unavailable, "failed"),
        (404, Misconfigured, "cannot be used"),
        (401, Misconfigured, "cannot be used"),
        (400, Refused, "does not take this prompt"),
    ],
)
def test_each_refusal_says_who_must_act(server, provider, status, error, words):
    server.fails(status, "out of\nmemory")

    with pytest.raises(error, match=words):
        list(writer(server, provider, timeout_seconds=0.2).write(PROMPT))


@BOTH
@pytest.mark.parametrize("chunks", [0, 1, 2])
def test_a_stream_that_is_cut_is_no_answer(server, provider, chunks):
    server.says("The conveyor ", "stands.", cut_after=chunks)

    with pytest.raises(Unavailable, match="broke off"):
        list(writer(server, provider).write(PROMPT))


@BOTH
@pytest.mark.parametrize(
    "raw",
    [b"<html>502</html>\n", b"\xff\xfe\x00\n", b"data: {\n\n", b'{"a": 1}\n', b'data: {"choices": 3}\n\n', b"[1]\n"],
)
def test_garbage_is_an_unavailable_model(server, provider, raw):
    server.answers(Scripted(raw=raw))

    with pytest.raises(Unavailable, match="no chat stream"):
        list(writer(server, provider).write(PROMPT))


@BOTH
def test_an_error_in_the_middle_of_a_stream_is_told(server, provider):
    error = b'{"error": "model runner has stopped"}\n'
    server.answers(Scripted(raw=error if provider == "ollama" else b"data: " + error + b"\n"))

    with pytest.raises(Unavailable, match="small failed: model runner has stopped"):
        list(writer(server, provider).write(PROMPT))


@BOTH
def test_nothing_said_is_nothing_heard(server, provider):
    server.says()

    assert list(writer(server, provider).write(PROMPT)) == []


@BOTH
def test_an_answer_that_was_cut_short_is_told_as_such(server, provider):
    server.says("The conveyor", finish="length")

    with pytest.raises(CutShort, match="limit of 300 tokens"):
        list(writer(server, provider).write(PROMPT))


@BOTH
def test_a_stop_ends_the_stream_and_lets_the_server_go(server, provider):
    stop = threading.Event()
    server.says(*["word "] * 200, between_seconds=0.01)
    pieces = writer(server, provider).write(PROMPT, stop)

    first = next(pieces)
    stop.set()

    assert (first, list(pieces)) == ("word ", [])
    assert server.cut_off.wait(5), "the connection is closed, so that the server stops writing"


@BOTH
def test_an_answer_that_takes_longer_than_it_may_is_cut_off(server, provider):
    server.says(*["word "] * 200, between_seconds=0.02)

    with pytest.raises(Unavailable, match="longer than it may"):
        list(writer(server, provider, timeout_seconds=0.3).write(PROMPT))


@BOTH
def test_a_server_that_is_not_there_is_said_to_be_not_there(provider):
    with a_closed_port() as url:
        row = ModelRow(name="small", provider=provider, model="m", url=url)

        with pytest.raises(Unavailable, match="small is not reachable; is its server running"):
            list(ServerWriter(row).write(PROMPT))


def test_a_separator_inside_a_word_is_no_end_of_a_line(server):
    server.answers(Scripted(raw='{"message":{"content":"a\u2028b"},"done":true}\n'.encode()))

    assert list(writer(server, "ollama").write(PROMPT)) == ["a\u2028b"]


def test_comments_and_token_counts_between_the_words_are_passed_over(server):
    events = (
        b': OPENROUTER PROCESSING\r\n\r\nevent: message\r\ndata: {"choices":[{"delta":{"content":"Yes."}}]}\r\n\r\n'
        b'data: {"choices":[],"usage":{"total_tokens":3}}\r\n\r\ndata: [DONE]\r\n\r\n'
    )
    server.answers(Scripted(raw=events))

    assert list(writer(server, "openai").write(PROMPT)) == ["Yes."]


def test_the_file_s_order_is_the_writers_order_and_keys_come_from_where_the_process_starts():
    models = parse_models(
        """
        models:
          - {name: b, provider: openai, model: m, url: "http://127.0.0.1:1", api_key_env: KEY}
          - {name: a, provider: ollama, model: m, url: "http://127.0.0.1:2"}
          - {name: offline, provider: offline}
          - {name: never, provider: ollama, model: m, url: "http://127.0.0.1:3"}
        """
    )

    writers = plant_writers(models, api_keys={"KEY": "secret"})

    assert [(each.row.name, each.api_key) for each in writers] == [("b", "secret"), ("a", "")]


@pytest.mark.parametrize("how", ["", "format"])
@pytest.mark.parametrize(
    ("provider", "key", "expected"),
    [
        ("ollama", "format", PLAIN),
        (
            "openai",
            "response_format",
            {"type": "json_schema", "json_schema": {"name": "answer", "schema": PLAIN}},
        ),
    ],
)
def test_an_answer_is_held_to_a_schema_as_its_server_does_it(server, provider, key, expected, how):
    server.says('{"cause": ', '"ice"}')

    pieces = list(writer(server, provider, structured=how).write(HELD))

    assert "".join(pieces) == '{"cause": "ice"}'
    (request,) = server.requests
    assert request.body[key] == expected
    assert request.system_text == HELD.system


@BOTH
def test_a_schema_can_be_held_by_words_alone(server, provider):
    server.says('{"cause": "ice"}')

    list(writer(server, provider, structured="prompt").write(HELD))

    (request,) = server.requests
    assert request.body.keys().isdisjoint({"format", "response_format"})
    assert json.dumps(PLAIN, separators=(",", ":")) in request.system_text


@BOTH
def test_a_way_that_only_bedrock_has_is_a_mistake_in_the_row(server, provider):
    with pytest.raises(Misconfigured, match="`structured: tool`, which is for Bedrock"):
        list(writer(server, provider, structured="tool").write(HELD))

    assert server.requests == []


@BOTH
def test_without_a_schema_nothing_is_held(server, provider):
    server.says("Yes.")

    list(writer(server, provider, structured="tool").write(PROMPT))

    (request,) = server.requests
    assert request.body.keys().isdisjoint({"format", "response_format"})
    assert request.system_text == PROMPT.system
