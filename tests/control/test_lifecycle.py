"""The life of a command: every combination of a status and an event is in the table, or refused."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from msgspec.structs import replace

from lineside.control.lifecycle import (
    CLOCK_TOLERANCE_US,
    EVENTS,
    STATUSES,
    TABLE,
    Event,
    EventName,
    advance,
    answer_event,
    overdue,
    watched_until_us,
)
from lineside.control.record import ENDED, IN_FLIGHT, LABELS, Command, Readback, Status, label
from lineside.control.wire import CommandAnswer
from lineside.errors import Refused
from tests.control.commands import MINUTE_US, NOW_US, SECOND_US, a_command

LATER_US = NOW_US + SECOND_US
MOVES = {(row.status, row.event): row.next for row in TABLE}


def test_no_combination_stands_twice_in_the_table() -> None:
    assert len(MOVES) == len(TABLE)


def test_a_command_walks_from_its_proposal_to_its_end() -> None:
    command = a_command(status="proposed")
    shown = Readback(22.2, "NU", LATER_US, True)

    seen: list[Status] = []
    for event in (
        *(Event("checks_pass"), Event("need_approval"), Event("approve", by="Bert"), Event("send")),
        *(Event("handed_over"), Event("accept", by="Mixer"), Event("shown", reason="it shows 22.2", readback=shown)),
    ):
        command = advance(command, event, LATER_US)
        seen.append(command.status)

    assert seen == ["checked", "awaiting_approval", "approved", "sent", "sent", "acknowledged", "verified"]
    assert (command.approved_by, command.approved_us, command.sent_us, command.tried_us) == ("Bert", *[LATER_US] * 3)
    assert (command.handed, command.attempts, command.acknowledged_us, command.ended_us) == (True, 1, *[LATER_US] * 2)
    assert (command.readback, command.reason, command.version) == (shown, "it shows 22.2", 8)


@pytest.mark.parametrize(
    ("status", "event"), [pair for pair in itertools.product(STATUSES, EVENTS) if pair not in MOVES]
)
def test_what_stands_in_no_row_is_refused(status: Status, event: EventName) -> None:
    with pytest.raises(Refused, match=f"command that is {status.replace('_', ' ')}"):
        advance(a_command(status=status), Event(event), LATER_US)


@pytest.mark.parametrize(("status", "event"), [pair for pair, after in MOVES.items() if after is None])
def test_what_is_harmless_twice_gives_the_very_command_back(status: Status, event: EventName) -> None:
    command = a_command(status=status)

    assert advance(command, Event(event), LATER_US) is command


def test_nothing_that_has_ended_ever_moves_again() -> None:
    assert {after for (status, _), after in MOVES.items() if status in ENDED} == {None}


def test_only_what_was_approved_can_be_sent_and_only_what_flies_can_be_verified() -> None:
    assert {status for (status, event) in MOVES if event == "send"} == {"approved", "sent"}
    assert {status for (status, _), after in MOVES.items() if after == "verified"} == IN_FLIGHT
    assert {status for (status, _), after in MOVES.items() if after == "approved"} == {"checked", "awaiting_approval"}


@pytest.mark.parametrize(
    ("status", "event"), [("awaiting_approval", "approve"), ("approved", "send"), ("checked", "need_nobody")]
)
def test_past_its_time_it_is_neither_approved_nor_sent(status: Status, event: EventName) -> None:
    command = a_command(status=status)

    advance(command, Event(event), command.expires_us - 1)
    with pytest.raises(Refused, match="too late"):
        advance(command, Event(event), command.expires_us)


def test_a_clock_that_goes_back_ends_what_waits_and_a_small_difference_does_not() -> None:
    command = a_command(status="approved", approved_us=NOW_US + MINUTE_US)

    assert overdue(command, NOW_US + MINUTE_US - CLOCK_TOLERANCE_US) == ""
    assert "clock went back" in overdue(command, NOW_US + MINUTE_US - CLOCK_TOLERANCE_US - 1)


def test_what_the_transport_has_is_not_sent_again() -> None:
    sent = advance(a_command(status="approved"), Event("send"), NOW_US)

    again = advance(sent, Event("send"), LATER_US)

    assert (again.attempts, again.sent_us, again.tried_us) == (2, NOW_US, LATER_US)
    with pytest.raises(Refused, match="has it already"):
        advance(advance(again, Event("handed_over"), LATER_US), Event("send"), LATER_US)


def test_a_no_rejects_and_a_no_to_a_copy_leaves_it_to_the_read_back() -> None:
    sent = advance(a_command(status="approved"), Event("send"), NOW_US)
    no = CommandAnswer(command_id="c-1", device="Mixer", accepted=False, reason="out of limits")

    rejected = advance(sent, answer_event(no, "Mixer"), LATER_US)
    left = advance(sent, answer_event(msgspec.structs.replace(no, repeated=True), "Mixer"), LATER_US)

    assert (rejected.status, rejected.reason) == ("rejected", "refused at the machine: out of limits")
    assert left is sent


def test_a_read_back_is_awaited_from_the_hand_over_and_until_the_expiry_while_none_is_confirmed() -> None:
    sent = advance(a_command(status="approved"), Event("send"), LATER_US)
    handed = advance(sent, Event("handed_over"), LATER_US)
    answered = advance(sent, Event("accept"), LATER_US)

    assert watched_until_us(sent, 30) == sent.expires_us
    assert watched_until_us(handed, 30) == watched_until_us(answered, 30) == LATER_US + 30 * SECOND_US


@pytest.mark.parametrize("status", STATUSES)
def test_only_what_was_read_back_is_called_done(status: Status) -> None:
    said = {label(a_command(status=status, handed=handed)) for handed in (True, False)}

    assert any(words.startswith("Done") for words in said) == (status == "verified")
    assert set(LABELS) == set(STATUSES)


def test_a_label_says_why_it_ended_and_whether_it_is_known_to_have_left() -> None:
    sent: Command = a_command(status="sent")

    assert label(a_command(status="rejected", reason="Bert said no")) == "Rejected: Bert said no"
    assert label(sent) == "Being sent; not known to have left"
    assert label(replace(sent, handed=True)) == "Sent; the machine has not answered"
