"""Who may use which topic of a command, and where what comes in goes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from edge.command_wires import with_answers
from edge.credentials import Login
from edge.topics import Rights, request_topic, response_filter, response_topic, thing_of_topic
from tests.edge.commanded_plant import REQUEST, RESPONSE


class Kept:
    """A place for messages that has room or not."""

    def __init__(self) -> None:
        self.room, self.topics = True, []

    def put(self, topic: str, payload: bytes, received_us: int, on_durable: Callable[[], None]) -> int:
        self.topics.append(topic)
        return len(self.topics)


def test_answers_go_to_the_commands_and_everything_else_to_the_inbox() -> None:
    inbox, commands = Kept(), Kept()
    sorted_messages = with_answers(inbox, commands, "plant")
    telemetry = "dt/lineside/plant/line-1/cookie-former"

    for topic in (telemetry, RESPONSE, REQUEST, RESPONSE.replace("plant", "other")):
        sorted_messages.put(topic, b"", 0, lambda: None)

    assert commands.topics == [RESPONSE]
    assert inbox.topics == [telemetry, REQUEST, RESPONSE.replace("plant", "other")]


@pytest.mark.parametrize("full", ["inbox", "commands"])
def test_there_is_room_while_both_have_room(full: str) -> None:
    places = {"inbox": Kept(), "commands": Kept()}
    sorted_messages = with_answers(places["inbox"], places["commands"], "plant")

    places[full].room = False

    assert not sorted_messages.room


LOGINS = {
    login.name: login
    for login in (
        Login("press", "line-1", "press"),
        Login("gate", "line-1", "gate", gateway=True),
    )
}


@pytest.mark.parametrize(
    ("name", "topic", "may"),
    [
        ("press", response_topic("plant", "line-1", "press"), True),
        ("press", response_topic("plant", "line-1", "oven"), False),
        ("press", request_topic("plant", "line-1", "press"), False),
        ("gate", response_topic("plant", "line-1", "oven"), True),
        ("gate", response_topic("plant", "line-2", "oven"), False),
        ("gate", response_topic("other", "line-1", "oven"), False),
        ("gate", request_topic("plant", "line-1", "oven"), False),
        ("gate", response_filter("plant"), False),
        ("nobody", response_topic("plant", "line-1", "press"), False),
    ],
)
def test_a_machine_answers_for_itself_a_gateway_for_its_line_and_nobody_sends_commands(name, topic, may) -> None:
    assert Rights("plant", LOGINS).may_publish(name, topic) is may


@pytest.mark.parametrize(
    ("topic", "found"),
    [
        (REQUEST, ("line-1", "cookie-former")),
        (RESPONSE, None),
        (REQUEST + "/more", None),
        ("cmd/lineside/plant/line-1/a b/request", None),
        ("dt/lineside/plant/line-1/cookie-former/request", None),
    ],
)
def test_a_request_topic_is_read_strictly(topic, found) -> None:
    assert thing_of_topic("plant", topic, "request") == found
