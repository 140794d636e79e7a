"""What a machine answers to a command, and whether it did it, when all is well and when it is not."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lineside.control.wire import CommandMessage, decode_answer, encode
from lineside.errors import Misconfigured
from lineside.telemetry.timestamps import render
from simulator.commanded import Commanded
from simulator.controller import LATE_SECONDS, Controller, Misbehaviour, parse_misbehaviour
from simulator.machines import CONVEYOR, FREEZER
from simulator.setpoints import SetPoints

NOW_US = 1_800_000_000_000_000
POINT = (FREEZER, "TemperatureSetpoint")
TOPIC = "cmd/lineside/bakery-north/line-1/freezer-tunnel/request"


def message(**given) -> CommandMessage:
    usual = {
        "command_id": "c-1",
        "device": FREEZER,
        "attribute": "TemperatureSetpoint",
        "value": -24.0,
        "unit": "CEL",
        "sent_at": render(NOW_US),
        "expires_at": render(NOW_US + 60_000_000),
        "risk": "low",
        "proposed_by": "ada",
    }
    return CommandMessage(**usual | given)


def hear(controller: Controller, sent: CommandMessage, now_us: int = NOW_US):
    return [(after, decode_answer(payload)) for after, payload in controller.hear(FREEZER, encode(sent), now_us)]


def test_it_obeys_and_says_so():
    points = SetPoints()

    ((after, answer),) = hear(Controller(points), message())

    assert (after, answer.accepted, answer.command_id, answer.device) == (0.0, True, "c-1", FREEZER)
    assert points.in_force(*POINT) == -24.0


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"device": CONVEYOR}, "another machine"),
        ({"attribute": "Temperature"}, "no such set-point"),
        ({"unit": "FAH"}, "in CEL"),
        ({"value": -31.0}, "takes -30 to -15"),
        ({"expires_at": render(NOW_US)}, "expired"),
        ({"expires_at": "soon"}, "when it expires"),
    ],
)
def test_what_it_cannot_obey_it_refuses_with_a_reason_and_does_not_do(given, why):
    points = SetPoints()

    ((_, answer),) = hear(Controller(points), message(**given))

    assert not answer.accepted
    assert why in answer.reason
    assert points.in_force(*POINT) == -21.1


@pytest.mark.parametrize("payload", [b"", b"{}", b"[1]", b"\xff", json.dumps({"value": 3}).encode()])
def test_what_is_no_command_gets_no_answer(payload):
    assert Controller(SetPoints()).hear(FREEZER, payload, NOW_US) == ()


def test_a_command_that_comes_again_is_answered_again_and_not_obeyed_again():
    points = SetPoints()
    controller = Controller(points)
    first = hear(controller, message())
    points.set(*POINT, -22.0)

    again = hear(controller, message(), NOW_US + 120_000_000)

    assert again == first
    assert points.in_force(*POINT) == -22.0


@pytest.mark.parametrize(
    ("kind", "answers_after", "in_force"),
    [
        ("no_answer", [], -24.0),
        ("late_answer", [LATE_SECONDS], -24.0),
        ("says_yes_does_nothing", [0.0], -21.1),
        ("wrong_value", [0.0], -27.75),
        ("answers_twice", [0.0, 1.0], -24.0),
    ],
)
def test_every_fault_of_an_answer_does_what_it_says(kind, answers_after, in_force):
    points = SetPoints()

    replies = hear(Controller(points, misbehaviours=(Misbehaviour(kind),)), message())

    assert [after for after, _ in replies] == answers_after
    assert all(answer.accepted for _, answer in replies)
    assert points.in_force(*POINT) == in_force


@pytest.mark.parametrize("kind", ["no_answer", "late_answer", "says_yes_does_nothing", "wrong_value", "answers_twice"])
def test_whatever_is_wrong_with_it_an_expired_command_is_never_obeyed(kind):
    points = SetPoints()

    hear(Controller(points, misbehaviours=(Misbehaviour(kind),)), message(), NOW_US + 60_000_000)

    assert points.in_force(*POINT) == -21.1


def test_a_share_of_the_commands_goes_wrong_and_the_same_seed_the_same_ones():
    def silent(seed: int) -> list[int]:
        half = (Misbehaviour("no_answer", FREEZER, 0.5), Misbehaviour("answers_twice", CONVEYOR))
        controller = Controller(SetPoints(), np.random.default_rng(seed), half)
        return [number for number in range(100) if not hear(controller, message(command_id=f"c-{number}"))]

    assert silent(1) == silent(1) != silent(2)
    assert 30 < len(silent(1)) < 70


def test_faults_are_written_as_text():
    assert parse_misbehaviour("no_answer:Freezer Tunnel%50") == Misbehaviour("no_answer", FREEZER, 0.5)
    assert parse_misbehaviour("answers_twice") == Misbehaviour("answers_twice")
    for text in ("explodes", "no_answer:Labeller", "no_answer%half"):
        with pytest.raises(Misconfigured, match="KIND"):
            parse_misbehaviour(text)


class Clock:
    seconds = 0.0


def commanded(sent: list, clock: Clock, *misbehaviours: Misbehaviour) -> Commanded:
    return Commanded(
        lambda topic, payload: sent.append((topic, decode_answer(payload))),
        "bakery-north",
        "line-1",
        misbehaviours=misbehaviours,
        now_us=lambda: NOW_US,
        clock=lambda: clock.seconds,
    )


def test_an_answer_goes_to_the_response_topic_of_the_machine():
    sent, points = [], SetPoints()
    ears = commanded(sent, Clock())

    ears.take(TOPIC, encode(message()))
    ears.serve(points)

    ((topic, answer),) = sent
    assert topic == "cmd/lineside/bakery-north/line-1/freezer-tunnel/response"
    assert answer.accepted
    assert points.in_force(*POINT) == -24.0


def test_a_late_answer_waits_for_its_time():
    sent, clock, points = [], Clock(), SetPoints()
    ears = commanded(sent, clock, Misbehaviour("late_answer"))
    ears.take(TOPIC, encode(message()))

    ears.serve(points)
    before = len(sent)
    clock.seconds = LATE_SECONDS
    ears.serve(points)

    assert before == 0
    assert len(sent) == 1


@pytest.mark.parametrize(
    "topic",
    [
        "cmd/lineside/bakery-north/line-2/freezer-tunnel/request",
        "cmd/lineside/bakery-north/line-1/freezer-tunnel/response",
        "cmd/lineside/bakery-north/line-1/oven/request",
        "dt/lineside/bakery-north/line-1/freezer-tunnel",
    ],
)
def test_what_came_on_no_request_topic_of_the_line_is_nobodys(topic):
    sent, points = [], SetPoints()
    ears = commanded(sent, Clock())

    ears.take(topic, encode(message()))
    ears.serve(points)

    assert sent == []
    assert points.in_force(*POINT) == -21.1


def test_more_than_a_busy_controller_can_keep_is_dropped():
    ears = commanded([], Clock())

    for number in range(1_100):
        ears.take(TOPIC, encode(message(command_id=f"c-{number}")))

    assert ears._heard.qsize() == 1_000
