"""What the IoT rule wrote is read back byte for byte, and what it did not write is not lost either."""

import base64
import json

from hypothesis import given
from hypothesis import strategies as st

from cloud.records import body, messages, undelivered
from lineside.line.ingest import Message

NOW_US = 1_741_000_000_000_000


def event(*bodies: str) -> dict[str, object]:
    return {"Records": [{"messageId": f"m{at}", "body": text, "awsRegion": "x"} for at, text in enumerate(bodies)]}


@given(payload=st.binary(max_size=300), topic=st.text(max_size=50), received_ms=st.integers(0, 2**42))
def test_any_bytes_survive_the_queue(payload, topic, received_ms):
    message = Message("m0", topic, payload, received_ms * 1000)

    assert messages(event(body(message)), NOW_US) == [message]


def test_the_rule_s_own_spelling_is_understood():
    told = {"payload": base64.b64encode(b"\xff{").decode(), "topic": "dt/lineside/s/l/t", "received": 1741000000123}

    (message,) = messages(event(json.dumps(told)), NOW_US)

    assert message == Message("m0", "dt/lineside/s/l/t", b"\xff{", 1_741_000_000_123_000)


def test_a_body_that_the_rule_did_not_write_is_kept_as_a_message_without_a_topic():
    bodies = ["by hand", '{"payload": "no base64!", "topic": "t", "received": 1}', "[]", "", "\ud800"]

    found = messages(event(*bodies), NOW_US)

    assert [message.payload for message in found] == [text.encode("utf-8", "surrogatepass") for text in bodies]
    assert {message.topic for message in found} == {""}
    assert {message.received_us for message in found} == {NOW_US}


def test_what_the_error_action_left_behind_is_a_message_again():
    left = {
        "ruleName": "rule",
        "topic": "dt/lineside/s/l/t",
        "clientId": "t",
        "base64OriginalPayload": base64.b64encode(b"not json").decode(),
        "failures": [{"failedAction": "SqsAction", "errorMessage": "Failed to send message to Amazon SQS"}],
    }

    message = undelivered("undelivered/1741000000123-0a1b.json", json.dumps(left).encode())

    assert message is not None
    assert message.payload == b"not json"
    assert message.topic == "dt/lineside/s/l/t"
    assert message.received_us == 1_741_000_000_123_000


def test_an_object_that_is_something_else_is_left_alone():
    assert undelivered("undelivered/readme.txt", b"{}") is None
    assert undelivered("undelivered/1741000000123-0a1b.json", b"{}") is None
