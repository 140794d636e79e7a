"""The desk: who may propose, approve, reject and stop, and what the log says of it."""

from __future__ import annotations

import json

import pytest

from lineside.control.audit import decoded, verify
from lineside.control.desk import ControlDesk
from lineside.control.filing import UnknownCommand, Who, instant
from lineside.errors import Malformed, Refused, Unavailable
from tests.control.commands import (
    ANNA,
    BERT,
    EVA,
    FAST,
    MINUTE_US,
    NOW_US,
    SECOND_US,
    SPEED,
    TORQUE,
    VIEWER,
    Plant,
    a_request,
    a_site,
    proposed,
)


@pytest.fixture
def plant() -> Plant:
    return Plant()


# Proposing


def test_a_command_of_low_risk_that_the_rules_allow_is_approved_and_one_of_medium_risk_waits(plant: Plant) -> None:
    low, medium = proposed(plant), proposed(plant, command_id="c-2", **FAST)

    assert (low.status, medium.status) == ("approved", "awaiting_approval")
    assert (medium.risk, medium.proposed_by, medium.roles, medium.version) == ("medium", "Anna", ("operator",), 1)
    assert plant.sent.messages == []


def test_what_the_rules_refuse_is_kept_with_the_reason_and_every_check(plant: Plant) -> None:
    refused = proposed(plant, value=41.0)

    (entry,) = [decoded(each) for each in plant.audit.entries("bakery")]
    told = json.loads(entry.detail)
    assert refused.status == "rejected"
    assert "above the limits" in refused.reason
    assert plant.get() == refused
    assert (entry.what, entry.by, told["decision"]["decision"], told["request"]["value"]) == (
        *("proposed", "Anna", "refused"),
        41.0,
    )
    assert {"limits", "step", "interlock"} <= {check["name"] for check in told["decision"]["checks"]}
    assert all("values" in check for check in told["decision"]["checks"])


def test_who_proposes_is_who_is_signed_in_and_an_approval_in_a_request_counts_for_nothing(plant: Plant) -> None:
    said = {"proposed_by": "Eva", "roles": ("admin",), "approved_by": "Bert"}

    by_a_viewer = plant.desk.propose(a_request(**said), VIEWER, NOW_US)
    medium = plant.desk.propose(a_request("c-2", **FAST, **said), ANNA, NOW_US)

    assert (by_a_viewer.status, by_a_viewer.proposed_by) == ("rejected", "Vera")
    assert (medium.status, medium.approved_by) == ("awaiting_approval", "")


def test_the_same_proposal_twice_is_one_command_and_another_under_its_id_is_refused(plant: Plant) -> None:
    first = proposed(plant)

    again = plant.desk.propose(a_request(), ANNA, NOW_US + SECOND_US)

    assert again == first
    assert plant.said() == ["proposed"]
    for other, who in ((a_request(value=23.0), ANNA), (a_request(), BERT)):
        with pytest.raises(Refused, match="stands for another command"):
            plant.desk.propose(other, who, NOW_US)


def test_a_value_in_another_unit_is_kept_in_the_points_own(plant: Plant) -> None:
    command = proposed(plant, attribute="PressureSetpoint", unit="kPa", value=250.0)

    assert (command.status, command.value, command.unit) == ("approved", 2.5, "BAR")


def test_a_proposer_without_a_name_is_malformed(plant: Plant) -> None:
    with pytest.raises(Malformed, match="whoever proposes"):
        plant.desk.propose(a_request(), Who(" ", ("operator",)), NOW_US)


def test_an_interlock_on_another_line_is_looked_up_there(plant: Plant) -> None:
    plant.machines.show("Freezer", "Temperature", -10.0, "CEL", NOW_US)

    refused = proposed(plant)

    assert refused.status == "rejected"
    assert "does not hold" in refused.reason


# Approving


def test_another_person_with_the_role_approves_and_twice_is_once(plant: Plant) -> None:
    proposed(plant, **FAST)

    approved = plant.desk.approve("c-1", BERT, NOW_US + SECOND_US)

    assert (approved.status, approved.approved_by, approved.approved_us) == ("approved", "Bert", NOW_US + SECOND_US)
    assert plant.desk.approve("c-1", BERT, NOW_US + 2 * SECOND_US) == approved
    assert plant.said() == ["proposed", "approve"]


@pytest.mark.parametrize(
    ("who", "channel", "why"),
    [
        (ANNA, "console", "somebody else than Anna"),
        (Who(" ANNA ", ("admin",)), "api", "somebody else than Anna"),
        (VIEWER, "console", "takes the role operator"),
        (BERT, "voice", "nobody can approve by voice"),
        (BERT, "agent", "nobody can approve by agent"),
        (BERT, "automatic", "nobody can approve by automatic"),
        (Who("lineside", ("admin",)), "console", "is no person"),
        (Who("", ("admin",)), "console", "is no person"),
    ],
)
def test_who_may_not_approve_is_refused_and_written_down(plant: Plant, who: Who, channel: str, why: str) -> None:
    proposed(plant, **FAST)

    with pytest.raises(Refused, match=why):
        plant.desk.approve("c-1", who, NOW_US, channel)  # type: ignore[arg-type]

    assert plant.get().status == "awaiting_approval"
    assert plant.said() == ["proposed", "approval refused"]


def test_an_approval_decides_anew_with_the_values_of_now(plant: Plant) -> None:
    proposed(plant, attribute="SpeedSetpoint", unit="RPM", value=12.0)
    plant.machines.shown["Mixer"].clear()
    plant.site = a_site(TORQUE, SPEED.model_copy(update={"max_step": 3.0}))
    plant.killed()

    rejected = plant.desk.approve("c-1", BERT, NOW_US + SECOND_US)

    assert rejected.status == "rejected"
    assert "step cannot be judged" in rejected.reason


def test_a_point_that_is_not_declared_any_more_is_neither_approved_nor_sent(plant: Plant) -> None:
    proposed(plant, **FAST)
    proposed(plant, command_id="c-2")
    plant.site = a_site(TORQUE.model_copy(update={"attribute": "Other"}))
    plant.killed()

    plant.desk.approve("c-1", BERT, NOW_US)
    plant.desk.send_due(NOW_US)

    assert [plant.get(each).status for each in ("c-1", "c-2")] == ["rejected", "rejected"]
    assert plant.sent.messages == []


def test_nothing_is_approved_past_its_time_and_it_is_expired_for_good(plant: Plant) -> None:
    proposed(plant, **FAST)

    with pytest.raises(Refused, match="is expired"):
        plant.desk.approve("c-1", BERT, NOW_US + 10 * MINUTE_US)
    with pytest.raises(Refused, match="is expired"):
        plant.desk.approve("c-1", BERT, NOW_US + 9 * MINUTE_US)

    assert plant.get().status == "expired"


def test_a_person_rejects_the_proposer_withdraws_and_others_cannot(plant: Plant) -> None:
    for number in (1, 2, 3):
        proposed(plant, command_id=f"c-{number}", **FAST)

    rejected = plant.desk.reject("c-1", BERT, NOW_US, "too fast for this dough")
    withdrawn = plant.desk.withdraw("c-2", ANNA, NOW_US)

    assert (rejected.status, rejected.reason) == ("rejected", "Bert said no: too fast for this dough")
    assert (withdrawn.status, withdrawn.reason) == ("rejected", "Anna took it back")
    assert plant.desk.reject("c-1", BERT, NOW_US) == rejected
    with pytest.raises(Refused, match="only Anna can take it back"):
        plant.desk.withdraw("c-3", BERT, NOW_US)
    with pytest.raises(Refused, match="takes the role operator"):
        plant.desk.reject("c-3", VIEWER, NOW_US)
    with pytest.raises(Refused, match="nobody can approve a command that is rejected"):
        plant.desk.approve("c-1", BERT, NOW_US)


def test_a_command_that_nobody_knows_is_said_to_be_unknown(plant: Plant) -> None:
    with pytest.raises(UnknownCommand, match="no command 'c-9'"):
        plant.desk.approve("c-9", BERT, NOW_US)
    with pytest.raises(UnknownCommand):
        plant.answer(NOW_US, command_id="c-9")


# Stopping automation


def test_stopping_automation_takes_back_what_waits_and_takes_no_engineer_but_starting_does(plant: Plant) -> None:
    proposed(plant, **FAST)

    plant.desk.stop_automation(BERT, NOW_US, reason="smoke")
    stopped = plant.store.automation_stopped("bakery")
    with pytest.raises(Refused, match="to start automation takes the role engineer"):
        plant.desk.stop_automation(BERT, NOW_US, stopped=False)
    plant.desk.stop_automation(EVA, NOW_US, stopped=False)

    assert (stopped, plant.store.automation_stopped("bakery")) == (True, False)
    assert plant.get().status == "awaiting_approval"
    assert plant.said()[-2:] == ["automation stopped", "automation started"]
    with pytest.raises(Refused, match="to stop automation takes the role operator"):
        plant.desk.stop_automation(VIEWER, NOW_US)


def test_automation_is_stopped_even_where_nothing_can_be_written_down(plant: Plant) -> None:
    class Full:
        def append(self, *said: object) -> str:
            raise Unavailable("the disk is full")

        def entries(self, site: str, after: int = 0, limit: int = 1) -> list[bytes]:
            return []

    desk = ControlDesk(plant.site, plant.store, Full(), plant.sent, plant.machines)

    with pytest.raises(Unavailable):
        desk.stop_automation(BERT, NOW_US)

    assert plant.store.automation_stopped("bakery")


def test_every_step_stands_in_the_log_and_the_log_holds(plant: Plant) -> None:
    proposed(plant, **FAST)
    plant.desk.approve("c-1", BERT, NOW_US)
    plant.desk.send_due(NOW_US)
    plant.answer(NOW_US)
    plant.machines.show("Mixer", "Speed", 12.0, "RPM", NOW_US + SECOND_US)
    plant.desk.turn(NOW_US + 2 * SECOND_US)

    told = [json.loads(decoded(each).detail) for each in plant.audit.entries("bakery")]
    assert plant.said() == ["proposed", "approve", "send", "handed over", "accept", "shown"]
    assert [(each["version"], each["to"]) for each in told] == [
        *((1, "awaiting_approval"), (2, "approved"), (3, "sent"), (4, "sent"), (5, "acknowledged"), (6, "verified")),
    ]
    assert [bool(each.get("decision")) for each in told] == [True, True, True, False, False, False]
    assert verify("bakery", plant.audit.entries("bakery")) is None


def test_a_request_without_time_left_is_not_kept_waiting(plant: Plant) -> None:
    late = proposed(plant, expires_at=instant(NOW_US))

    assert late.status == "rejected"
    assert "expired at" in late.reason


# One command by itself


def test_one_command_is_sent_and_watched_by_itself_and_others_are_left_alone(plant: Plant) -> None:
    for command_id, value in (("c-1", 22.0), ("c-2", 2.5)):
        changes = {} if command_id == "c-1" else {"attribute": "PressureSetpoint", "unit": "BAR"}
        plant.desk.propose(a_request(command_id, value=value, **changes), ANNA, NOW_US)
    sent = plant.desk.send("c-1", NOW_US)
    twice = plant.desk.send("c-1", NOW_US + SECOND_US)
    plant.machines.show("Mixer", "Torque", 22.0, "NU", NOW_US + 5 * SECOND_US)
    watched = plant.desk.watch("c-1", NOW_US + 6 * SECOND_US)

    assert (sent.status, twice, watched.status) == ("sent", sent, "verified")
    assert [each.command_id for each in plant.sent.messages] == ["c-1"]
    assert plant.get("c-2").status == "approved"


def test_with_grace_what_was_shown_in_time_may_be_known_later_and_what_was_shown_too_late_stays_too_late() -> None:
    late, too_late = Plant(), Plant()
    ended = []
    for plant, shown_after in ((late, 29), (too_late, 31)):
        desk = ControlDesk(plant.site, plant.store, plant.audit, plant.sent, plant.machines, grace_us=45 * SECOND_US)
        desk.propose(a_request(), ANNA, NOW_US)
        desk.send_due(NOW_US)
        waited = desk.watch("c-1", NOW_US + 40 * SECOND_US)
        plant.machines.show("Mixer", "Torque", 22.0, "NU", NOW_US + shown_after * SECOND_US)
        desk.read_back("line-1", NOW_US + 75 * SECOND_US)
        ended.append((waited.status, plant.get().status))

    assert ended == [("sent", "verified"), ("sent", "unverified")]
