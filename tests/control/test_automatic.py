"""What Lineside does by itself: only what a row allows, always with a notice, and no more once it does not help."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from lineside.alarms.model import Alarm, Overlay
from lineside.control.automatic import (
    AutomaticMemory,
    Moment,
    Notice,
    Turn,
    decode_memory,
    distance_of,
    encode_memory,
    reset,
    row_key,
    step,
)
from lineside.control.record import Command
from lineside.detection.finding import Evidence
from lineside.errors import Refused
from lineside.site.commands import Automatic
from tests.control.commands import BERT, MINUTE_US, NOW_US, SECOND_US, SPEED, TORQUE, Plant, a_command, a_site

JUDGED_US = 10 * MINUTE_US
KEY = row_key("Mixer", "TorqueSetpoint", TORQUE.automatic[0])


def an_alarm(alarm_id: str = "a-1", value: float = 36.0, at_us: int = NOW_US, **changes: Any) -> Alarm:
    """The mixer's torque above its limit of 30."""
    said: dict[str, Any] = {
        "fingerprint": "f",
        "site": "bakery",
        "line": "line-1",
        "device": "Mixer",
        "kind": "limit",
        "severity": "high",
        "onset_us": NOW_US,
        "raised_us": NOW_US,
        "attribute": "Torque",
        "evidence": (
            Evidence("Mixer", "Torque", 39.0, NOW_US - MINUTE_US, "NU", expected=30.0, note="worst"),
            Evidence("Mixer", "Torque", value, at_us, "NU", expected=30.0, note="latest"),
        ),
    }
    return Alarm(alarm_id, **(said | changes))


def at(plant: Plant, now_us: int, *alarms: Alarm, commands: tuple[Command, ...] = (), stopped: bool = False) -> Moment:
    plant.machines.all_is_well(now_us)
    values = plant.machines("line-1")
    return Moment(
        "bakery", plant.site.lines[0], alarms, values, {each.command_id: each for each in commands}, now_us, stopped
    )


@pytest.fixture
def plant() -> Plant:
    return Plant()


def acted(plant: Plant) -> tuple[Turn, Command]:
    """A first action, and its command as it was sent."""
    turn = step(at(plant, NOW_US, an_alarm()), AutomaticMemory())
    return turn, a_command(turn.proposals[0][0].id, channel="automatic", status="sent", sent_us=NOW_US + SECOND_US)


def test_a_row_proposes_one_step_in_its_direction_and_tells_people(plant: Plant) -> None:
    turn, _ = acted(plant)

    ((request, notice),) = turn.proposals
    assert (request.device, request.attribute, request.value, request.unit) == ("Mixer", "TorqueSetpoint", 18.0, "NU")
    assert (request.channel, request.proposed_by, request.roles, request.alarm_id) == (
        *("automatic", "lineside", ()),
        "a-1",
    )
    assert (notice.kind, notice.command_id, notice.alarm_id) == ("acts", request.id, "a-1")
    assert (notice.was, notice.value, notice.unit) == (20.0, 18.0, "NU")
    assert (notice.device, notice.attribute, notice.alarm_kind, notice.cause) == (
        "Mixer",
        "TorqueSetpoint",
        "limit",
        "Mixer",
    )


def test_without_a_row_nothing_is_automatic(plant: Plant) -> None:
    plant.site = a_site(TORQUE.model_copy(update={"automatic": ()}), SPEED)

    turn = step(at(plant, NOW_US, an_alarm()), AutomaticMemory())

    assert turn == Turn((), (), AutomaticMemory())


@pytest.mark.parametrize(
    "alarm",
    [
        an_alarm(kind="drift"),
        an_alarm(device="Freezer"),
        an_alarm(caused_by="Freezer"),
        an_alarm(active=False, cleared_us=NOW_US),
        an_alarm(overlay=Overlay("shelved", NOW_US)),
        an_alarm(overlay=Overlay("out_of_service", NOW_US)),
    ],
)
def test_an_alarm_of_another_kind_or_cause_or_one_that_is_over_or_silenced_calls_for_nothing(
    plant: Plant, alarm: Alarm
) -> None:
    assert step(at(plant, NOW_US, alarm), AutomaticMemory()).proposals == ()


def test_while_automation_is_stopped_nothing_is_proposed(plant: Plant) -> None:
    assert step(at(plant, NOW_US, an_alarm(), stopped=True), AutomaticMemory()).proposals == ()


@pytest.mark.parametrize(("was", "wanted"), [(11.0, 10.0), (41.0, 39.0), (10.0, None), (60.0, None), (9.0, None)])
def test_a_step_ends_at_the_limit_and_none_begins_far_outside(plant: Plant, was: float, wanted: float | None) -> None:
    moment = at(plant, NOW_US, an_alarm())
    plant.machines.show("Mixer", "TorqueSetpoint", was, "NU", NOW_US)

    turn = step(moment, AutomaticMemory())

    assert [request.value for request, _ in turn.proposals] == ([] if wanted is None else [wanted])


def test_a_row_that_raises_goes_up_and_no_further_than_the_points_own_step(plant: Plant) -> None:
    up = Automatic(alarm="limit", cause="Mixer", direction="up", largest_step=9)
    plant.site = a_site(TORQUE.model_copy(update={"automatic": (up,)}))

    turn = step(at(plant, NOW_US, an_alarm()), AutomaticMemory())

    assert [request.value for request, _ in turn.proposals] == [25.0]


def test_a_value_in_force_that_is_old_or_bad_is_no_ground_to_act_on(plant: Plant) -> None:
    old = at(plant, NOW_US, an_alarm())
    plant.machines.show("Mixer", "TorqueSetpoint", 20.0, "NU", NOW_US - 2 * MINUTE_US)

    assert step(old, AutomaticMemory()).proposals == ()


def test_a_tick_that_is_run_again_proposes_the_same_id(plant: Plant) -> None:
    one, other = (step(at(plant, NOW_US, an_alarm()), AutomaticMemory()) for _ in range(2))

    assert one == other


def test_it_waits_until_its_last_action_can_be_judged(plant: Plant) -> None:
    turn, sent = acted(plant)

    soon = step(at(plant, NOW_US + JUDGED_US, an_alarm(), commands=(sent,)), turn.memory)

    assert (soon.proposals, soon.notices, soon.memory) == ((), (), turn.memory)


def test_it_goes_on_where_the_measured_value_has_come_nearer_to_its_limit(plant: Plant) -> None:
    turn, sent = acted(plant)
    later_us = NOW_US + SECOND_US + JUDGED_US

    again = step(at(plant, later_us, an_alarm(value=35.0, at_us=later_us), commands=(sent,)), turn.memory)

    ((request, _),) = again.proposals
    assert request.id != sent.command_id
    assert again.notices == ()


@pytest.mark.parametrize(
    ("value", "at_us"),
    [(36.0, NOW_US + JUDGED_US), (35.5, NOW_US + JUDGED_US), (38.0, NOW_US + JUDGED_US), (31.0, NOW_US)],
)
def test_it_stops_and_says_so_where_nothing_has_improved(plant: Plant, value: float, at_us: int) -> None:
    """Not nearer by a tenth, further away, or not measured since."""
    turn, sent = acted(plant)
    moment = at(plant, NOW_US + SECOND_US + JUDGED_US, an_alarm(value=value, at_us=at_us), commands=(sent,))

    stopped = step(moment, turn.memory)
    afterwards = step(replace_time(moment, 24 * 60 * MINUTE_US), stopped.memory)

    (notice,) = stopped.notices
    assert stopped.proposals == ()
    assert notice.kind == "stopped"
    assert notice.why == "limit at Mixer has not improved within 10 minutes of the last change"
    assert (afterwards.proposals, afterwards.notices) == ((), ())


def replace_time(moment: Moment, later_us: int) -> Moment:
    return Moment(
        *(moment.site, moment.line, [an_alarm("a-2")], moment.values, {}, moment.now_us + later_us, moment.stopped)
    )


def test_an_alarm_without_a_measured_value_helps_only_by_clearing(plant: Plant) -> None:
    bare = an_alarm(evidence=())
    first = step(at(plant, NOW_US, bare), AutomaticMemory())
    sent = a_command(first.proposals[0][0].id, status="verified", sent_us=NOW_US)

    open_still = step(at(plant, NOW_US + JUDGED_US, bare, commands=(sent,)), first.memory)
    cleared = step(at(plant, NOW_US + JUDGED_US, replace(bare, active=False), commands=(sent,)), first.memory)

    assert [notice.kind for notice in open_still.notices] == ["stopped"]
    assert (cleared.notices, cleared.memory.rows[KEY].command_id) == ((), "")


def test_what_was_never_sent_can_have_helped_nobody_and_stops_nothing(plant: Plant) -> None:
    turn, sent = acted(plant)
    waiting, refused = (replace(sent, status=status, sent_us=0) for status in ("awaiting_approval", "rejected"))
    later_us = NOW_US + JUDGED_US

    waits = step(at(plant, later_us, an_alarm(), commands=(waiting,)), turn.memory)
    goes_on = step(at(plant, later_us, an_alarm(), commands=(refused,)), turn.memory)

    assert (waits.proposals, waits.notices) == ((), ())
    assert (len(goes_on.proposals), goes_on.notices) == (1, ())


def test_no_more_than_its_number_an_hour(plant: Plant) -> None:
    memory, times = AutomaticMemory(), []
    for minute in range(0, 90, 5):
        now_us = NOW_US + minute * MINUTE_US
        turn = step(at(plant, now_us, an_alarm(f"a-{minute}")), memory)
        memory = turn.memory
        times += [minute] * len(turn.proposals)

    assert times == [0, 5, 10, 60, 65, 70]


def test_a_person_resets_a_row_and_one_that_is_not_stopped_cannot_be(plant: Plant) -> None:
    turn, sent = acted(plant)
    moment = at(plant, NOW_US + SECOND_US + JUDGED_US, an_alarm(), commands=(sent,))
    stopped = step(moment, turn.memory).memory

    assert len(step(moment, reset(stopped, KEY)).proposals) == 1
    for memory, key in ((turn.memory, KEY), (stopped, "another")):
        with pytest.raises(Refused, match="not stopped"):
            reset(memory, key)


def test_two_rows_of_one_point_propose_one_command() -> None:
    rows = (TORQUE.automatic[0], Automatic(alarm="limit", cause="Mixer", direction="up", largest_step=2))
    plant = Plant(a_site(TORQUE.model_copy(update={"automatic": rows})))

    turn = step(at(plant, NOW_US, an_alarm()), AutomaticMemory())

    assert [request.value for request, _ in turn.proposals] == [18.0]


def test_what_is_remembered_comes_back_as_it_was(plant: Plant) -> None:
    turn, _ = acted(plant)

    assert decode_memory(encode_memory(turn.memory)) == turn.memory


def test_the_newest_measured_value_counts_and_only_the_alarms_own() -> None:
    assert distance_of(an_alarm(value=33.0)) == 3.0
    assert distance_of(an_alarm(value=33.0), NOW_US) is None
    assert distance_of(an_alarm(attribute="Speed")) is None


# At the desk


def told_of(plant: Plant, now_us: int = NOW_US) -> list[Notice]:
    """What people are told by one look at the line."""
    told: list[Notice] = []
    plant.desk.automate("line-1", now_us, told.append)
    return told


def test_the_desk_sends_what_a_row_calls_for_and_tells_how_it_stands(plant: Plant) -> None:
    plant.alarms = [an_alarm()]

    (notice,) = told_of(plant)
    again = told_of(plant, NOW_US + SECOND_US)
    plant.desk.send_due(NOW_US + SECOND_US)

    assert (notice.stands, notice.perhaps_told) == ("Approved, not sent yet", False)
    assert again == []
    assert [(message.value, message.channel, message.alarm_id) for message in plant.sent.messages] == [
        (18.0, "automatic", "a-1")
    ]


def test_stopping_automation_takes_back_an_automatic_command_that_waits(plant: Plant) -> None:
    plant.alarms = [an_alarm()]
    (notice,) = told_of(plant)

    (withdrawn,) = plant.desk.stop_automation(BERT, NOW_US)

    assert (withdrawn.command_id, withdrawn.status) == (notice.command_id, "rejected")
    assert told_of(plant, NOW_US + JUDGED_US) == []
    assert plant.sent.messages == []


def test_an_automatic_command_is_not_sent_once_its_alarm_is_over(plant: Plant) -> None:
    plant.alarms = [an_alarm()]
    told_of(plant)
    plant.alarms = []

    (rejected,) = plant.desk.send_due(NOW_US + SECOND_US)

    assert rejected.status == "rejected"
    assert "not known to stand" in rejected.reason
