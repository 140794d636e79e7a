"""On the way to a machine and back: what is sent and when, what an answer and a read-back mean, what a kill leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.sqlite_commands import CommandRecords
from lineside.control.audit import verify
from lineside.control.record import label
from lineside.control.wire import CommandAnswer, encode
from lineside.errors import Refused, Unavailable
from lineside.line.twin import CurrentValue
from tests.control.commands import (
    ANNA,
    BERT,
    FAST,
    MINUTE_US,
    NOW_US,
    SECOND_US,
    TORQUE,
    Plant,
    a_request,
    a_site,
    proposed,
)


@pytest.fixture
def plant() -> Plant:
    return Plant()


# Sending


def test_what_is_approved_is_sent_once_with_everything_that_the_plant_side_checks(plant: Plant) -> None:
    proposed(plant, **FAST)
    plant.desk.approve("c-1", BERT, NOW_US)

    (sent,) = plant.desk.send_due(NOW_US + SECOND_US)

    assert (sent.status, sent.handed, sent.sent_us) == ("sent", True, NOW_US + SECOND_US)
    (message,) = plant.sent.messages
    assert (message.value, message.unit, message.risk, message.proposed_by, message.approved_by, message.roles) == (
        *(12.0, "RPM", "medium", "Anna", "Bert"),
        ("operator",),
    )
    assert (message.sent_at, message.expires_at) == ("2026-11-02T06:00:01Z", "2026-11-02T06:10:00Z")
    assert plant.sent.kinds == ["command"]
    assert plant.desk.send_due(NOW_US + MINUTE_US) == []
    assert len(plant.sent.messages) == 1


def test_the_second_check_is_made_with_the_values_at_the_moment_of_sending(plant: Plant) -> None:
    proposed(plant)
    plant.machines.show("Mixer", "State", "Down", "", NOW_US + SECOND_US)

    (rejected,) = plant.desk.send_due(NOW_US + SECOND_US)

    assert (rejected.status, rejected.sent_us) == ("rejected", 0)
    assert "'Down'" in rejected.reason
    assert plant.sent.messages == []


def test_what_has_expired_is_never_sent_even_where_the_clock_goes_back(plant: Plant) -> None:
    proposed(plant)

    plant.desk.turn(NOW_US + 10 * MINUTE_US)
    plant.desk.turn(NOW_US)

    assert (plant.get().status, plant.sent.messages) == ("expired", [])


def test_a_clock_that_goes_back_expires_what_waits(plant: Plant) -> None:
    proposed(plant)
    plant.desk.expire(NOW_US + 5 * MINUTE_US)

    plant.desk.send_due(NOW_US + 4 * MINUTE_US)

    assert plant.get().status == "expired"
    assert "clock went back" in plant.get().reason
    assert plant.sent.messages == []


def test_a_clock_that_goes_back_over_a_kill_expires_what_was_touched_later(plant: Plant) -> None:
    proposed(plant, **FAST)
    plant.desk.approve("c-1", BERT, NOW_US + 5 * MINUTE_US)
    plant.killed()

    plant.desk.turn(NOW_US + MINUTE_US)

    assert (plant.get().status, plant.sent.messages) == ("expired", [])


def test_of_two_commands_to_one_point_the_second_is_rejected_while_the_first_is_under_way(plant: Plant) -> None:
    proposed(plant)
    proposed(plant, command_id="c-2", value=21.0)

    plant.desk.send_due(NOW_US)

    assert [plant.get(each).status for each in ("c-1", "c-2")] == ["sent", "rejected"]
    assert "under way" in plant.get("c-2").reason
    assert [message.command_id for message in plant.sent.messages] == ["c-1"]


def test_the_point_is_guarded_by_the_store_where_the_rules_would_let_two_pass(plant: Plant) -> None:
    plant.in_flight()
    proposed(plant, command_id="c-2", attribute="PressureSetpoint", unit="BAR", value=2.5)
    plant.machines.show("Mixer", "Torque", 22.0, "NU", NOW_US + SECOND_US)  # the rules hold the first to be done
    proposed_now = plant.desk.propose(a_request("c-3", value=21.0), ANNA, NOW_US + SECOND_US)

    plant.desk.send_due(NOW_US + SECOND_US)

    assert (proposed_now.status, plant.get("c-3").status) == ("approved", "rejected")
    assert (plant.get().status, plant.get("c-2").status) == ("sent", "sent")


def test_an_hour_of_commands_is_counted_for_the_rate(plant: Plant) -> None:
    plant.site = a_site(TORQUE.model_copy(update={"max_per_hour": 1}))
    plant.killed()
    plant.in_flight()
    plant.answer(NOW_US, accepted=False, reason="busy")

    second = plant.desk.propose(a_request("c-2", value=21.0), ANNA, NOW_US + SECOND_US)

    assert second.status == "rejected"
    assert "in the last hour" in second.reason


def test_a_transport_that_does_not_answer_keeps_the_command_and_the_same_bytes_go_out_later(plant: Plant) -> None:
    proposed(plant)
    plant.sent.fails = Unavailable("the broker does not answer")
    plant.desk.send_due(NOW_US)
    kept = plant.get()
    plant.sent.fails = None

    too_soon = plant.desk.send_due(NOW_US + 4 * SECOND_US)
    (sent,) = plant.desk.send_due(NOW_US + 5 * SECOND_US)

    assert (kept.status, kept.handed, label(kept)) == ("sent", False, "Being sent; not known to have left")
    assert (too_soon, sent.handed, sent.attempts) == ([], True, 2)
    (message,) = plant.sent.messages
    assert message.sent_at == "2026-11-02T06:00:00Z"


def test_a_transport_that_never_will_fails_the_command_and_frees_its_point(plant: Plant) -> None:
    proposed(plant)
    plant.sent.fails = Refused("no thing of that name is connected")

    plant.desk.send_due(NOW_US)

    assert (plant.get().status, plant.get().reason) == ("failed", "no thing of that name is connected")
    plant.sent.fails = None
    assert plant.in_flight("c-2").status == "sent"


def test_after_a_kill_between_the_record_and_the_transport_the_same_bytes_are_sent_again(tmp_path: Path) -> None:
    plant = Plant(records=CommandRecords(tmp_path / "commands.db"))
    proposed(plant)

    class Killed(BaseException): ...

    def killed(*given: object) -> None:
        raise Killed

    plant.sent.send = killed  # type: ignore[method-assign,assignment]
    with pytest.raises(Killed):
        plant.desk.send_due(NOW_US)
    del plant.sent.send
    plant.records.close()
    after = Plant(records=CommandRecords(tmp_path / "commands.db"))
    (sent,) = after.desk.turn(NOW_US + 6 * SECOND_US)

    assert (sent.command_id, sent.status, sent.attempts, sent.sent_us) == ("c-1", "sent", 2, NOW_US)
    assert len(after.sent.messages) == 1
    assert verify("bakery", after.audit.entries("bakery")) is None


def test_after_a_kill_behind_the_transport_both_copies_are_the_same_bytes(plant: Plant) -> None:
    plant.in_flight()
    first = plant.sent.messages[0]
    cut_off = Plant()
    cut_off.sent.fails = Unavailable("the answer was lost")
    proposed(cut_off)
    cut_off.desk.send_due(NOW_US)
    cut_off.sent.fails = None

    cut_off.desk.send_due(NOW_US + 5 * SECOND_US)

    assert encode(cut_off.sent.messages[0]) == encode(first)


def test_a_command_that_was_cut_off_is_not_sent_again_where_the_rules_no_longer_hold(plant: Plant) -> None:
    proposed(plant)
    plant.sent.fails = Unavailable("the broker does not answer")
    plant.desk.send_due(NOW_US)
    plant.sent.fails = None
    plant.machines.show("Mixer", "State", "Down", "", NOW_US + SECOND_US)

    plant.desk.send_due(NOW_US + 5 * SECOND_US)
    ended = plant.desk.turn(NOW_US + 10 * MINUTE_US)

    assert plant.sent.messages == []
    assert [each.status for each in ended] == ["unverified"]


def test_an_answer_that_is_faster_than_the_hand_over_is_kept(plant: Plant) -> None:
    class Quick:
        def send(self, message: object, kind: object) -> None:
            plant.answer(NOW_US)

    proposed(plant)
    plant.desk.courier = type(plant.desk.courier)(plant.desk.filing, Quick())

    plant.desk.send_due(NOW_US)

    assert (plant.get().status, plant.get().handed) == ("acknowledged", True)


# Hearing the answer


def test_a_yes_is_not_done_and_says_so(plant: Plant) -> None:
    plant.in_flight()

    answered = plant.answer(NOW_US + SECOND_US)

    assert (answered.status, answered.acknowledged_us, answered.ended_us) == ("acknowledged", NOW_US + SECOND_US, 0)
    assert label(answered) == "The machine says yes; not seen to be done"
    assert plant.answer(NOW_US + 2 * SECOND_US) == answered


def test_a_no_rejects_with_the_machines_reason_and_frees_the_point(plant: Plant) -> None:
    plant.in_flight()

    rejected = plant.answer(NOW_US, accepted=False, reason="local control")

    assert (rejected.status, rejected.reason) == ("rejected", "refused at the machine: local control")
    assert plant.in_flight("c-2").status == "sent"


def test_a_late_or_contradicting_answer_is_written_down_and_changes_nothing(plant: Plant) -> None:
    plant.in_flight()
    plant.answer(NOW_US)
    contradicted = plant.answer(NOW_US, accepted=False, reason="no, after all")
    plant.desk.read_back("line-1", NOW_US + MINUTE_US)
    ended = plant.get()

    late = plant.answer(NOW_US + 2 * MINUTE_US)

    assert contradicted.status == "acknowledged"
    assert (ended.status, late) == ("unverified", ended)
    assert plant.said()[-3:] == ["answer that changes nothing", "time over", "answer that changes nothing"]


def test_a_no_to_a_second_copy_does_not_undo_the_first(plant: Plant) -> None:
    proposed(plant)
    plant.sent.fails = Unavailable("the answer was lost")
    plant.desk.send_due(NOW_US)
    plant.sent.fails = None
    plant.desk.send_due(NOW_US + 5 * SECOND_US)

    refused = plant.answer(NOW_US + 6 * SECOND_US, accepted=False, reason="a copy", repeated=True)
    plant.machines.show("Mixer", "Torque", 22.1, "NU", NOW_US + 7 * SECOND_US)
    (done,) = plant.desk.read_back("line-1", NOW_US + 8 * SECOND_US)

    assert (refused.status, done.status) == ("sent", "verified")


def test_an_answer_for_another_machine_or_to_what_was_never_sent_is_refused(plant: Plant) -> None:
    proposed(plant, **FAST)

    with pytest.raises(Refused, match="not for 'Freezer'"):
        plant.desk.answered(CommandAnswer(command_id="c-1", device="Freezer", accepted=True), NOW_US)
    with pytest.raises(Refused, match="no machine can have accepted"):
        plant.answer(NOW_US)

    assert plant.get().status == "awaiting_approval"


# Looking whether it is done


def test_a_value_within_tolerance_that_was_observed_after_sending_verifies_even_without_an_answer(plant: Plant) -> None:
    plant.in_flight()
    plant.machines.show("Mixer", "Torque", 22.5, "NU", NOW_US + 3 * SECOND_US)

    (done,) = plant.desk.read_back("line-1", NOW_US + 4 * SECOND_US)

    assert (done.status, done.reason) == ("verified", "the machine shows 22.5 NU, within 0.5 of what was set")
    assert done.readback is not None
    assert (done.readback.value, done.readback.within_tolerance) == (22.5, True)
    assert label(done).startswith("Done")


def test_a_value_from_before_the_sending_verifies_nothing_however_right_it_is(plant: Plant) -> None:
    plant.machines.show("Mixer", "Torque", 22.0, "NU", NOW_US)
    plant.in_flight()

    early = plant.desk.read_back("line-1", NOW_US + 29 * SECOND_US)
    (ended,) = plant.desk.read_back("line-1", NOW_US + 30 * SECOND_US)

    assert (early, ended.status, ended.readback) == ([], "unverified", None)
    assert "nothing that the machine has shown" in ended.reason


@pytest.mark.parametrize(
    ("value", "unit", "why"),
    [
        (22.6, "NU", "shows 22.6 NU instead of 22"),
        ("fast", "NU", "nothing"),
        (22.0, "CEL", "nothing"),
        (True, "NU", "nothing"),
    ],
)
def test_a_wrong_value_ends_as_unverified_with_what_was_seen(
    plant: Plant, value: float | str, unit: str, why: str
) -> None:
    plant.in_flight()
    plant.answer(NOW_US)
    plant.machines.show("Mixer", "Torque", value, unit, NOW_US + SECOND_US)

    (ended,) = plant.desk.read_back("line-1", NOW_US + 30 * SECOND_US)

    assert ended.status == "unverified"
    assert why in ended.reason


def test_a_value_that_comes_only_after_its_time_does_not_verify(plant: Plant) -> None:
    plant.in_flight()
    plant.machines.show("Mixer", "Torque", 22.0, "NU", NOW_US + 31 * SECOND_US)

    (ended,) = plant.desk.read_back("line-1", NOW_US + 32 * SECOND_US)

    assert ended.status == "unverified"
    assert "only after its time" in ended.reason


def test_a_value_of_bad_quality_verifies_nothing(plant: Plant) -> None:
    plant.in_flight()
    at_us = NOW_US + SECOND_US
    plant.machines.shown["Mixer"]["Torque"] = CurrentValue(22.0, at_us, "NU", "bad", "frozen", at_us)

    assert plant.desk.read_back("line-1", NOW_US + 2 * SECOND_US) == []


def test_a_value_from_the_future_verifies_nothing(plant: Plant) -> None:
    plant.in_flight()
    plant.machines.show("Mixer", "Torque", 22.0, "NU", NOW_US + 20 * SECOND_US)

    assert plant.desk.read_back("line-1", NOW_US + SECOND_US) == []


def test_a_point_without_a_read_back_ends_as_unverified_and_never_as_done(plant: Plant) -> None:
    proposed(plant, attribute="PressureSetpoint", unit="BAR", value=2.5)
    plant.desk.send_due(NOW_US)
    plant.answer(NOW_US)

    (ended,) = plant.desk.read_back("line-1", NOW_US + 30 * SECOND_US)

    assert ended.status == "unverified"


def test_a_clock_that_goes_back_ends_what_is_under_way_as_unverified(plant: Plant) -> None:
    plant.in_flight()

    plant.desk.turn(NOW_US - MINUTE_US)

    assert plant.get().status == "unverified"
    assert "clock went back" in plant.get().reason


# What a read-back cannot tell by itself


def asked_for_less_than_the_tolerance(plant: Plant) -> None:
    """From 21.8 to 22, where the read-back holds for half a newton metre more or less."""
    plant.machines.show("Mixer", "TorqueSetpoint", 21.8, "NU", NOW_US)
    plant.machines.show("Mixer", "Torque", 21.8, "NU", NOW_US)
    plant.in_flight()
    plant.answer(NOW_US)


def test_a_machine_that_does_nothing_is_not_believed_because_the_step_was_small(plant: Plant) -> None:
    asked_for_less_than_the_tolerance(plant)
    plant.machines.show("Mixer", "Torque", 21.8, "NU", NOW_US + 3 * SECOND_US)
    plant.machines.show("Mixer", "TorqueSetpoint", 21.8, "NU", NOW_US + 3 * SECOND_US)

    early = plant.desk.read_back("line-1", NOW_US + 4 * SECOND_US)
    (ended,) = plant.desk.read_back("line-1", NOW_US + 30 * SECOND_US)

    assert (early, ended.status, ended.was) == ([], "unverified", 21.8)
    assert "the read-back fits the old one as well" in ended.reason


def test_a_small_step_is_done_once_the_set_point_is_shown_as_moved(plant: Plant) -> None:
    asked_for_less_than_the_tolerance(plant)
    plant.machines.show("Mixer", "Torque", 21.9, "NU", NOW_US + 3 * SECOND_US)

    silent = plant.desk.read_back("line-1", NOW_US + 4 * SECOND_US)
    plant.machines.show("Mixer", "TorqueSetpoint", 22.0, "NU", NOW_US + 5 * SECOND_US)
    (done,) = plant.desk.read_back("line-1", NOW_US + 6 * SECOND_US)

    assert (silent, done.status) == ([], "verified")


def test_a_set_point_that_still_stands_as_before_outweighs_a_read_back_that_fits(plant: Plant) -> None:
    plant.in_flight()
    plant.machines.show("Mixer", "Torque", 22.1, "NU", NOW_US + 3 * SECOND_US)
    plant.machines.show("Mixer", "TorqueSetpoint", 20.0, "NU", NOW_US + 3 * SECOND_US)

    assert plant.get().was == 20.0
    assert plant.desk.read_back("line-1", NOW_US + 4 * SECOND_US) == []


def test_what_was_in_force_is_that_of_the_sending_and_not_that_of_the_proposal(plant: Plant) -> None:
    proposed(plant, **FAST)
    before = plant.get().was
    plant.machines.show("Mixer", "SpeedSetpoint", 11.0, "RPM", NOW_US)

    plant.desk.approve("c-1", BERT, NOW_US)
    plant.desk.send_due(NOW_US + SECOND_US)

    assert (before, plant.get().was) == (10.0, 11.0)
