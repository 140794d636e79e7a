"""The plant-side check: it lets through what the plant's own rules, values and clock allow, once, and says why not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from lineside.control.gate import Forward
from lineside.control.wire import CommandAnswer, decode_answer, decode_message, encode
from lineside.errors import Unavailable
from tests.control.asked import FORMER, FREEZER
from tests.control.gated import NOW_US, SECOND_US, Memory, at, gate, message, values

HIGH_RISK = {
    "device": FREEZER,
    "attribute": "TemperatureSetpoint",
    "value": -22.0,
    "unit": "CEL",
    "risk": "low",
    "proposed_by": "Anna Holm",
}


def test_an_honest_command_goes_to_its_machine():
    judged = gate().judge(message(), NOW_US, "cookie-former")

    assert judged == Forward(message(), "line-1", "cookie-former", NOW_US)


def test_it_is_remembered_before_anybody_hears_that_it_passed():
    memory = Memory()

    gate(memory).judge(message(), NOW_US)

    assert memory.judged["c-1"] == (message(), "line-1", NOW_US, None)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"device": "Oven"}, "no machine of this site"),
        ({"attribute": "Torque"}, "not declared"),
        ({"value": 41.0}, "above the limits"),
        ({"value": 31.0}, "a step of +6"),
        ({"value": float("nan")}, "no request that could be judged: value"),
        ({"unit": "CEL"}, "CEL"),
        ({"roles": ("viewer",)}, "role"),
        ({"channel": "carrier pigeon"}, "no request that could be judged: channel"),
        ({"command_id": ""}, "no request that could be judged: id"),
        ({"expires_at": at(0)}, "by the plant's clock it is"),
        ({"expires_at": at(-2)}, "expired before it was sent"),
        ({"expires_at": "tomorrow"}, "does not say when"),
        ({"sent_at": ""}, "does not say when"),
        ({"sent_at": at(3)}, "says that it was sent at"),
        (HIGH_RISK, "another person must have approved"),
        (HIGH_RISK | {"approved_by": "Anna Holm"}, "approve"),
        ({"channel": "automatic"}, "no alarm is named"),
    ],
)
def test_what_should_not_have_been_sent_is_refused_with_its_reason_and_remembered(given, why):
    memory = Memory()

    judged = gate(memory).judge(message(**given), NOW_US)

    assert isinstance(judged, CommandAnswer)
    assert not judged.accepted
    assert not judged.repeated
    assert why in judged.reason
    assert memory.judged[message(**given).command_id][3] == judged


@pytest.mark.parametrize(
    ("shows", "why"),
    [
        (values(state="Down"), "allowed is 'Running'"),
        (values(cold=-14.0), "interlock"),
        (values(NOW_US - 120 * SECOND_US), "interlock"),
        ({}, "not known"),
    ],
)
def test_the_plant_judges_by_its_own_values(shows, why):
    judged = gate(shows=shows).judge(message(), NOW_US)

    assert not isinstance(judged, Forward)
    assert why.replace("'", "") in judged.reason.replace("'", "")


def test_what_another_person_approved_passes():
    approved = message(**HIGH_RISK, approved_by="Bo Lind")

    assert isinstance(gate().judge(approved, NOW_US), Forward)


def test_the_topic_must_be_the_machines_own():
    judged = gate().judge(message(), NOW_US, "freezer-tunnel")

    assert isinstance(judged, CommandAnswer)
    assert "came on the topic of 'freezer-tunnel'" in judged.reason


def test_a_copy_is_refused_and_its_refusal_says_nothing_of_the_first():
    keeper = gate()
    keeper.judge(message(), NOW_US)

    again = keeper.judge(message(), NOW_US + 1)
    other = keeper.judge(message(value=26.0), NOW_US + 1)

    for refusal in (again, other):
        assert isinstance(refusal, CommandAnswer)
        assert refusal.repeated
        assert "came before" in refusal.reason


def test_what_was_refused_once_is_not_obeyed_when_the_moment_is_better():
    memory = Memory()
    gate(memory, shows=values(cold=-14.0)).judge(message(), NOW_US)

    later = gate(memory, shows=values(cold=-21.0)).judge(message(), NOW_US + SECOND_US)

    assert isinstance(later, CommandAnswer)
    assert later.repeated


def test_one_that_somebody_else_remembers_in_the_same_moment_is_a_copy():
    class Raced(Memory):
        def knows(self, command_id: str) -> bool:
            return False

    memory = Raced()
    memory.remember = lambda *_: False  # type: ignore[method-assign]

    judged = gate(memory).judge(message(), NOW_US)

    assert isinstance(judged, CommandAnswer)
    assert judged.repeated


def test_a_second_command_to_a_point_waits_for_the_first_one():
    memory = Memory()
    gate(memory).judge(message(), NOW_US)
    soon_us = NOW_US + 5 * SECOND_US

    too_soon = gate(memory, shows=values(soon_us)).judge(message("c-2", value=26.0), soon_us)
    read_back = gate(memory, shows=values(soon_us, torque=28.2)).judge(message("c-3", value=26.0), soon_us)

    assert isinstance(too_soon, CommandAnswer)
    assert "still under way" in too_soon.reason
    assert isinstance(read_back, Forward)


def test_a_command_of_which_the_desk_knows_the_end_is_not_under_way():
    memory = Memory()
    gate(memory).judge(message(), NOW_US)
    soon_us = NOW_US + 5 * SECOND_US

    judged = gate(memory, shows=values(soon_us), ended={"c-1"}.__contains__).judge(message("c-2", value=26.0), soon_us)

    assert isinstance(judged, Forward)


def test_a_clock_that_is_behind_by_no_more_than_is_tolerated_lets_nothing_expired_through():
    truly_expired_us = NOW_US + 60 * SECOND_US

    at_the_end = gate().judge(message(), truly_expired_us - 2 * SECOND_US)
    before_it = gate(shows=values(truly_expired_us)).judge(message(), truly_expired_us - 2 * SECOND_US - 1)

    assert isinstance(at_the_end, CommandAnswer)
    assert isinstance(before_it, Forward)


def test_the_senders_clock_may_be_ahead_by_what_is_tolerated():
    assert isinstance(gate().judge(message(sent_at=at(2)), NOW_US), Forward)


def test_what_is_automatic_needs_an_alarm_that_stands_in_the_plant_and_nobody_who_stopped_it():
    sent = message(channel="automatic", proposed_by="lineside", roles=(), alarm_id="a-1")
    stands = SimpleNamespace(alarm_id="a-1", kind="limit", cause=FREEZER, active=True, overlay=None)
    alarms = {"alarms": lambda _line: (stands,)}

    allowed = gate(**alarms).judge(sent, NOW_US)
    stopped = gate(**alarms, automation_stopped=lambda: True).judge(sent, NOW_US)
    without = gate().judge(sent, NOW_US)

    assert isinstance(allowed, Forward)
    assert isinstance(stopped, CommandAnswer)
    assert "automation is stopped" in stopped.reason
    assert isinstance(without, CommandAnswer)
    assert "not known to stand" in without.reason


def test_a_remark_is_added_to_the_reason():
    judged = gate().judge(message(expires_at=at(0)), NOW_US, remark="the machine is not connected")

    assert isinstance(judged, CommandAnswer)
    assert judged.reason.endswith("; the machine is not connected")


def test_what_was_sent_is_asked_about_again_without_counting_itself():
    keeper = gate()
    keeper.judge(message(), NOW_US)

    assert keeper.why_not(message(), NOW_US + SECOND_US) == ""
    assert "interlock" in gate(shows=values(cold=-10.0)).why_not(message(), NOW_US)


def test_where_the_values_are_not_to_be_had_nothing_is_decided():
    def unavailable(_line: str):
        raise Unavailable("the twin is locked")

    memory = Memory()
    keeper = gate(memory)
    object.__setattr__(keeper, "values", unavailable)

    with pytest.raises(Unavailable):
        keeper.judge(message(), NOW_US)
    assert memory.judged == {}


def test_a_copy_is_known_without_a_look_at_the_machines():
    memory = Memory()
    keeper = gate(memory)
    keeper.judge(message(), NOW_US)
    object.__setattr__(keeper, "values", lambda line: 1 / 0)

    again = keeper.judge(message(), NOW_US)

    assert isinstance(again, CommandAnswer)
    assert again.repeated


def test_words_of_a_message_reach_a_reason_quoted():
    judged = gate().judge(message(device="Oven\x1b[2J"), NOW_US)

    assert isinstance(judged, CommandAnswer)
    assert "\x1b" not in judged.reason


def test_messages_and_answers_survive_the_wire():
    sent = message(alarm_id="a-1")
    said = CommandAnswer(command_id="c-1", device=FORMER, accepted=False, reason="no", repeated=True)

    assert decode_message(encode(sent)) == sent
    assert decode_answer(encode(said)) == said
