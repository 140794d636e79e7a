"""Models on Bedrock, at the wire: what goes out is what botocore sends, what comes back is what it decodes."""

from __future__ import annotations

import json
import threading

import pytest
import urllib3.exceptions
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from cloud.bedrock import NOBODY_WAITS_SECONDS, BedrockWriter, bedrock_writers
from lineside.answering.models import ModelRow, read_models
from lineside.answering.writer import CutShort, FixedAliases, Prompt, Waking
from lineside.errors import LinesideError, Misconfigured, Refused, Throttled, Unavailable
from tests.fakes.bedrock import Answer, FakeBedrock

ARN = "arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl"
GENERAL = ModelRow(name="gpt-oss", provider="bedrock", model="openai.gpt-oss-20b-1:0", max_tokens=300, temperature=0.2)
RELEASED = ModelRow(name="fine-tuned", provider="bedrock", alias="live")
PROMPT = Prompt("You write for operators.", "Why did it stop?")
SCHEMA = {"type": "object", "title": "Cause", "properties": {"cause": {"type": "string", "maxLength": 9}}}
HELD = Prompt("You write for operators.", "Why did it stop?", schema=SCHEMA)
PLAIN = {"type": "object", "properties": {"cause": {"type": "string"}}}


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def bedrock() -> FakeBedrock:
    return FakeBedrock()


def writer(bedrock: FakeBedrock, row: ModelRow = GENERAL, **more: object) -> BedrockWriter:
    return BedrockWriter(row, bedrock.client(), FixedAliases({"live": ARN}), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("streams", [True, False])
def test_the_words_come_and_the_reasoning_does_not(bedrock, streams):
    bedrock.says("The conveyor ", "stands.", reasoning="The user wants to know ...")

    pieces = list(writer(bedrock, streams=streams).write(PROMPT))

    assert "".join(pieces) == "The conveyor stands."
    assert len(pieces) == (2 if streams else 1)


def test_instructions_and_question_go_out_apart_and_with_the_row_s_limits(bedrock):
    bedrock.says("Yes.")

    list(writer(bedrock).write(PROMPT))

    (asked,) = bedrock.asked
    assert (asked.model, asked.operation) == ("openai.gpt-oss-20b-1:0", "converse-stream")
    assert (asked.system_text, asked.user_text) == (PROMPT.system, PROMPT.user)
    assert asked.body["inferenceConfig"] == {"maxTokens": 300, "temperature": 0.2}


def test_a_released_model_is_asked_by_its_alias(bedrock):
    bedrock.says("Yes.")

    list(writer(bedrock, RELEASED).write(PROMPT))

    assert bedrock.asked[0].model == ARN


def test_an_alias_without_a_release_says_so_and_asks_nobody(bedrock):
    lonely = BedrockWriter(RELEASED, bedrock.client(), FixedAliases())

    with pytest.raises(Unavailable, match="no model is released as live yet"):
        list(lonely.write(PROMPT))

    assert bedrock.asked == []


def test_a_sleeping_model_is_woken_and_then_answers(bedrock):
    clock = Clock()
    for _ in range(4):
        bedrock.fails("ModelNotReadyException", status=429)
    bedrock.says("Awake.")

    pieces = list(writer(bedrock, RELEASED, monotonic=clock, sleep=clock.sleep).write(PROMPT))

    assert pieces == ["Awake."]
    assert clock.slept == [1, 2, 4, 8]


@pytest.mark.parametrize("streams", [True, False])
def test_a_model_that_sleeps_longer_than_we_wait_is_said_to_be_waking_up(bedrock, streams):
    clock = Clock()
    bedrock.fails("ModelNotReadyException", status=429)

    with pytest.raises(Waking, match="fine-tuned is waking up"):
        list(writer(bedrock, RELEASED, streams=streams, monotonic=clock, sleep=clock.sleep).write(PROMPT))

    assert 45 <= clock.now <= 60


def test_somebody_who_stops_does_not_wait_for_a_sleeping_model(bedrock):
    stop = threading.Event()

    def sleeps_and_is_stopped(asked):
        stop.set()

    bedrock.route(sleeps_and_is_stopped)
    bedrock.fails("ModelNotReadyException", status=429)

    assert list(writer(bedrock, RELEASED).write(PROMPT, stop)) == []
    assert len(bedrock.asked) == 1


@pytest.mark.parametrize(
    ("code", "status", "error", "words"),
    [
        ("ThrottlingException", 429, Throttled, "asked too often"),
        ("TooManyRequestsException", 429, Throttled, "asked too often"),
        ("AccessDeniedException", 403, Misconfigured, "may not be used"),
        ("ResourceNotFoundException", 404, Misconfigured, "may not be used"),
        ("ValidationException", 400, Refused, "does not take this prompt: too long"),
        ("ModelTimeoutException", 408, Unavailable, "ModelTimeoutException"),
        ("InternalServerException", 500, Unavailable, "InternalServerException"),
        ("ServiceUnavailableException", 503, Unavailable, "ServiceUnavailableException"),
    ],
)
@pytest.mark.parametrize("streams", [True, False])
def test_each_refusal_says_who_must_act(bedrock, streams, code, status, error, words):
    bedrock.fails(code, "too long", status)

    with pytest.raises(error, match=words):
        list(writer(bedrock, streams=streams).write(PROMPT))

    assert len(bedrock.asked) == 1


@pytest.mark.parametrize(
    "raised",
    [
        EndpointConnectionError(endpoint_url="https://bedrock"),
        ReadTimeoutError(endpoint_url="https://bedrock"),
    ],
)
def test_a_connection_that_fails_is_an_unavailable_model(bedrock, raised):
    bedrock.raises(raised)

    with pytest.raises(Unavailable, match="could not be reached"):
        list(writer(bedrock).write(PROMPT))


@pytest.mark.parametrize("events", [0, 1, 2, 3])
def test_a_stream_that_is_cut_is_no_answer(bedrock, events):
    bedrock.says("The conveyor ", "stands.", cut_after=events)

    with pytest.raises(Unavailable, match="broke off"):
        list(writer(bedrock).write(PROMPT))


def test_an_error_in_the_middle_of_a_stream_is_the_error_that_it_is(bedrock):
    bedrock.says("The ", "conveyor", cut_after=2, stream_error=("throttlingException", "slow down"))
    heard = []

    with pytest.raises(Throttled, match="asked too often"):
        heard.extend(writer(bedrock).write(PROMPT))


def test_a_connection_that_dies_in_the_middle_of_a_stream_is_an_unavailable_model(bedrock):
    class Dying:
        closed = False

        def __iter__(self):
            yield {"contentBlockDelta": {"delta": {"text": "The "}}}
            raise urllib3.exceptions.ProtocolError("Connection broken")

        def close(self):
            self.closed = True

    stream = Dying()

    class Client:
        def converse_stream(self, **_):
            return {"stream": stream}

    with pytest.raises(Unavailable, match="could not be reached"):
        list(BedrockWriter(GENERAL, Client()).write(PROMPT))

    assert stream.closed


@pytest.mark.parametrize("streams", [True, False])
@pytest.mark.parametrize(
    ("reason", "words"), [("max_tokens", "limit of 300 tokens"), ("guardrail_intervened", "guardrail")]
)
def test_an_answer_that_was_cut_short_is_told_as_such(bedrock, streams, reason, words):
    bedrock.says("The conveyor", stop_reason=reason)

    with pytest.raises(CutShort, match=words):
        list(writer(bedrock, streams=streams).write(PROMPT))


def test_a_stop_ends_the_stream_without_an_error(bedrock):
    stop = threading.Event()
    bedrock.says("One ", "two ", "three ", "four")
    pieces = writer(bedrock).write(PROMPT, stop)

    first = next(pieces)
    stop.set()

    assert (first, list(pieces)) == ("One ", [])


def test_an_answer_that_takes_longer_than_it_may_is_cut_off(bedrock):
    clock = Clock()
    bedrock.says(*["word "] * 50)
    pieces = writer(bedrock, monotonic=clock).write(PROMPT)
    next(pieces)

    clock.now = 61

    with pytest.raises(Unavailable, match="longer than it may"):
        list(pieces)


def test_nothing_said_is_nothing_heard(bedrock):
    bedrock.says(reasoning="I will say nothing.")

    assert "".join(writer(bedrock).write(PROMPT)) == ""


def test_garbage_is_an_unavailable_model(bedrock):
    from botocore.awsrequest import AWSResponse

    from tests.fakes.bedrock import Raw

    bedrock.says("never read")
    session = bedrock.session()
    session.events.register_first(
        "before-send.bedrock-runtime",
        lambda request, **_: AWSResponse(request.url, 200, {}, Raw(iter([b"\x00\x00\x00\x20garbage" * 40]))),
    )

    for streams in (True, False):
        with pytest.raises(LinesideError):
            list(BedrockWriter(GENERAL, session.client("bedrock-runtime"), streams=streams).write(PROMPT))


def test_thinking_that_is_printed_as_text_is_not_read_out(bedrock):
    bedrock.says("<thin", "king>The user wants", " 99</thinking>\n", "It stands.")

    assert "".join(writer(bedrock).write(PROMPT)) == "It stands."


def test_the_file_s_order_is_the_writers_order_up_to_the_offline_row(samples, bedrock):
    writers = bedrock_writers(read_models(samples / "models.cloud.yaml"), client=bedrock.client())

    assert [writer.row.name for writer in writers] == ["fine-tuned", "gpt-oss"]


def test_where_nobody_waits_a_client_is_patient_enough_for_a_sleeping_model(samples, monkeypatch):
    for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "us-east-1")
    models = read_models(samples / "models.cloud.yaml")

    patient = bedrock_writers(models, read_timeout_seconds=NOBODY_WAITS_SECONDS)
    quick = bedrock_writers(models)

    assert [each.client.meta.config.read_timeout for each in patient] == [300, 300]
    assert [each.client.meta.config.read_timeout for each in quick] == [300, 60]
    assert all(each.client.meta.config.retries["total_max_attempts"] == 1 for each in (*patient, *quick))


def held(how: str) -> ModelRow:
    return GENERAL.model_copy(update={"structured": how})


@pytest.mark.parametrize("streams", [True, False])
@pytest.mark.parametrize("how", ["", "tool"])
def test_an_answer_that_must_hold_to_a_schema_is_what_a_tool_is_called_with(bedrock, streams, how):
    bedrock.calls_tool("write", {"cause": "a box — askew"}, text="I will call the tool now.")

    pieces = list(writer(bedrock, held(how), streams=streams).write(HELD))

    assert json.loads("".join(pieces)) == {"cause": "a box — askew"}
    (asked,) = bedrock.asked
    (tool,) = asked.body["toolConfig"]["tools"]
    assert tool["toolSpec"]["inputSchema"] == {"json": PLAIN}
    assert asked.body["toolConfig"]["toolChoice"] == {"tool": {"name": tool["toolSpec"]["name"]}}


def test_of_two_calls_the_first_is_the_answer(bedrock):
    calls = [{"toolUse": {"toolUseId": str(n), "name": "write", "input": {"cause": "x" * 50 * n}}} for n in (1, 2)]
    for _ in range(2):
        bedrock.answers(Answer(calls, "tool_use"))

    heard = ["".join(writer(bedrock, streams=streams).write(HELD)) for streams in (True, False)]

    assert [json.loads(each) for each in heard] == [{"cause": "x" * 50}] * 2


@pytest.mark.parametrize("streams", [True, False])
def test_a_model_that_writes_the_answer_instead_of_calling_the_tool_is_heard(bedrock, streams):
    bedrock.says('{"cause": ', '"ice"}')

    assert "".join(writer(bedrock, streams=streams).write(HELD)) == '{"cause": "ice"}'


def test_a_model_that_cannot_be_made_to_call_a_tool_is_asked_to(bedrock):
    bedrock.fails("ValidationException", "This model doesn't support the toolConfig.toolChoice.tool field.")
    bedrock.calls_tool("write", {"cause": "ice"})

    pieces = list(writer(bedrock).write(HELD))

    assert json.loads("".join(pieces)) == {"cause": "ice"}
    assert ["toolChoice" in asked.body["toolConfig"] for asked in bedrock.asked] == [True, False]


def test_another_refusal_of_the_prompt_is_not_asked_again(bedrock):
    bedrock.fails("ValidationException", "input is too long")

    with pytest.raises(Refused, match="too long"):
        list(writer(bedrock).write(HELD))

    assert len(bedrock.asked) == 1


def test_a_schema_can_be_held_by_the_output_s_format(bedrock):
    bedrock.says('{"cause": "ice"}')

    assert "".join(writer(bedrock, held("format")).write(HELD)) == '{"cause": "ice"}'

    (asked,) = bedrock.asked
    text_format = asked.body["outputConfig"]["textFormat"]
    assert text_format["type"] == "json_schema"
    assert json.loads(text_format["structure"]["jsonSchema"]["schema"]) == PLAIN
    assert "toolConfig" not in asked.body


def test_a_schema_can_be_held_by_words_alone(bedrock):
    bedrock.says('{"cause": "ice"}')

    list(writer(bedrock, held("prompt")).write(HELD))

    (asked,) = bedrock.asked
    assert asked.system_text.startswith(HELD.system)
    assert json.dumps(PLAIN, separators=(",", ":")) in asked.system_text
    assert asked.body.keys().isdisjoint({"toolConfig", "outputConfig"})


@pytest.mark.parametrize("streams", [True, False])
def test_a_tool_call_that_was_cut_is_cut_short(bedrock, streams):
    bedrock.calls_tool("write", {"cause": "ice"}).stop_reason = "max_tokens"

    with pytest.raises(CutShort, match="limit of 300 tokens"):
        list(writer(bedrock, streams=streams).write(HELD))


def test_without_a_schema_nothing_is_held(bedrock):
    bedrock.says("It ", "stands.")

    pieces = list(writer(bedrock, held("format")).write(PROMPT))

    assert pieces == ["It ", "stands."]
    assert bedrock.asked[0].body.keys().isdisjoint({"toolConfig", "outputConfig"})
