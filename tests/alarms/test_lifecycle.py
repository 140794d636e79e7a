"""What may happen to an alarm, and what may not."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lineside.advice.gate import reason_to_tell, told
from lineside.alarms import lifecycle
from lineside.alarms.model import SEVERITIES, Alarm
from lineside.errors import Refused
from tests.alarms.builders import MINUTE_US, T0_US, an_alarm, impossible, minutes


def shelved(alarm: Alarm, for_minutes: float = 30, now_us: int = T0_US) -> Alarm:
    until_us = now_us + int(for_minutes * MINUTE_US)
    return lifecycle.shelve(alarm, by="Ada", reason="belt is being changed", until_us=until_us, now_us=now_us)


def test_an_acknowledged_alarm_that_clears_is_back_to_normal():
    alarm = lifecycle.acknowledge(an_alarm(), by="Ada", now_us=minutes(1))

    assert lifecycle.clear(alarm, minutes(2)).state == "normal"


def test_an_alarm_that_clears_by_itself_still_waits_for_somebody_to_see_it():
    alarm = lifecycle.clear(an_alarm(), minutes(2))

    assert alarm.state == "rtn_unacknowledged"
    assert alarm.is_open
    assert lifecycle.acknowledge(alarm, by="Ada", now_us=minutes(3)).state == "normal"


def test_every_pair_of_state_and_event_is_either_a_transition_or_a_refusal_with_a_reason():
    states = ("normal", "unacknowledged", "acknowledged", "rtn_unacknowledged")
    events = ("raise", "reopen", "clear", "acknowledge")

    for state, event in itertools.product(states, events):
        if (state, event) in lifecycle.TRANSITIONS:
            assert lifecycle.next_state(state, event) in states
        else:
            with pytest.raises(Refused, match=f"cannot {event} an alarm that is .+: .+"):
                lifecycle.next_state(state, event)


def test_the_functions_lead_where_the_table_says():
    active = an_alarm()
    cleared = lifecycle.clear(active, minutes(1))
    seen = lifecycle.acknowledge(cleared, by="Ada", now_us=minutes(2))

    assert lifecycle.reopen(cleared, minutes(3)).state == "unacknowledged"
    assert lifecycle.reopen(seen, minutes(3)).state == "acknowledged"


def test_a_chattering_alarm_is_counted_and_not_told_again():
    alarm = told(an_alarm(), "new", T0_US)

    back = lifecycle.reopen(lifecycle.clear(alarm, minutes(1)), minutes(2))

    assert back.occurrences == 2
    assert back.cleared_us == 0
    assert reason_to_tell(back, minutes(2)) is None


def test_an_alarm_cannot_be_acknowledged_twice():
    alarm = lifecycle.acknowledge(an_alarm(), by="Ada", now_us=minutes(1))

    with pytest.raises(Refused, match="already acknowledged"):
        lifecycle.acknowledge(alarm, by="Bo", now_us=minutes(2))


def test_nobody_cannot_acknowledge():
    with pytest.raises(Refused, match="say who"):
        lifecycle.acknowledge(an_alarm(), by="  ", now_us=minutes(1))


@pytest.mark.parametrize(
    ("severity", "most_minutes"), [("critical", 30), ("high", 120), ("medium", 480), ("low", 1440)]
)
def test_the_more_urgent_an_alarm_the_shorter_its_shelf(severity, most_minutes):
    alarm = an_alarm(severity=severity)

    assert shelved(alarm, most_minutes).overlay is not None
    with pytest.raises(Refused, match=f"longer than {most_minutes} minutes"):
        shelved(alarm, most_minutes + 1)


def test_shelving_needs_a_reason_and_a_time_to_come():
    with pytest.raises(Refused, match="without a reason"):
        lifecycle.shelve(an_alarm(), by="Ada", reason=" ", until_us=minutes(5), now_us=T0_US)
    with pytest.raises(Refused, match="has passed"):
        lifecycle.shelve(an_alarm(), by="Ada", reason="x", until_us=T0_US, now_us=T0_US)


def test_a_shelved_alarm_comes_back_by_itself_and_speaks_again_if_it_is_still_active():
    alarm = shelved(told(an_alarm(), "new", T0_US), 30)

    assert lifecycle.return_from_shelf(alarm, minutes(29)) is alarm
    back = lifecycle.return_from_shelf(alarm, minutes(30))

    assert back.overlay is None
    assert reason_to_tell(back, minutes(30)) == "new"


def test_a_shelved_alarm_that_cleared_meanwhile_comes_back_quietly():
    alarm = shelved(told(an_alarm(), "new", T0_US), 30)

    back = lifecycle.return_from_shelf(lifecycle.clear(alarm, minutes(10)), minutes(30))

    assert back.cleared_us == minutes(10)
    assert reason_to_tell(back, minutes(30)) is None


def test_an_alarm_cannot_be_shelved_twice():
    with pytest.raises(Refused, match="it is shelved"):
        shelved(shelved(an_alarm()))


def test_out_of_service_needs_a_work_order_and_outranks_the_shelf():
    with pytest.raises(Refused, match="work order"):
        lifecycle.take_out_of_service(an_alarm(), by="Ada", work_order="", now_us=T0_US)

    alarm = lifecycle.take_out_of_service(shelved(an_alarm()), by="Ada", work_order="WO-7", now_us=T0_US)

    assert alarm.overlay is not None
    assert alarm.overlay.kind == "out_of_service"
    with pytest.raises(Refused, match="it is out of service"):
        shelved(alarm)


def test_returning_to_service_announces_what_is_still_active():
    alarm = lifecycle.take_out_of_service(an_alarm(), by="Ada", work_order="WO-7", now_us=T0_US)

    assert reason_to_tell(alarm, minutes(600)) is None
    assert reason_to_tell(lifecycle.return_to_service(alarm), minutes(601)) == "new"


def test_a_consequence_is_silent_under_its_root_and_names_it():
    root = an_alarm(alarm_id="root", device="Conveyor")
    alarm = lifecycle.suppress(an_alarm(alarm_id="victim", device="Former"), root, T0_US)

    assert alarm.cause == "Conveyor"
    assert reason_to_tell(alarm, minutes(1)) is None


def test_when_the_root_is_over_what_is_still_wrong_is_trouble_of_its_own():
    root = an_alarm(alarm_id="root")
    alarm = lifecycle.suppress(an_alarm(alarm_id="victim", device="Former"), root, T0_US)

    lifted = lifecycle.lift_suppression(alarm)

    assert lifted.cause == "Former"
    assert reason_to_tell(lifted, minutes(1)) == "new"


def test_an_alarm_cannot_be_its_own_consequence():
    with pytest.raises(Refused, match="under itself"):
        lifecycle.suppress(an_alarm(), an_alarm(), T0_US)


def test_taking_away_an_overlay_that_is_not_there_is_refused():
    for take_away in (lifecycle.unshelve, lifecycle.return_to_service, lifecycle.lift_suppression):
        with pytest.raises(Refused, match="it is not"):
            take_away(an_alarm())


def test_an_alarm_that_nobody_acknowledged_for_a_day_after_it_went_is_closed_and_says_so():
    alarm = lifecycle.clear(an_alarm(), minutes(1))

    assert lifecycle.close_forgotten(alarm, minutes(1000), after_seconds=86_400) is alarm
    closed = lifecycle.close_forgotten(alarm, minutes(1441), after_seconds=86_400)

    assert closed.state == "normal"
    assert "nobody" in closed.acknowledged_by


def test_the_same_trouble_at_the_same_instant_has_the_same_id():
    assert lifecycle.alarm_id_of("a", T0_US) == lifecycle.alarm_id_of("a", T0_US)
    assert lifecycle.alarm_id_of("a", T0_US) != lifecycle.alarm_id_of("b", T0_US)


class AnyLife(RuleBasedStateMachine):
    """Whatever line and people do, in whatever order: the alarm stays possible and an overlay loses nothing.

    `true` is what the line really does; `cleared_us` when it last cleared.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now_us = T0_US
        self.alarm = an_alarm()
        self.true = True
        self.cleared_us = 0

    def attempt(self, change) -> None:
        before = self.alarm
        try:
            self.alarm = change()
        except Refused:
            self.alarm = before

    @rule(minutes_on=st.integers(0, 600))
    def time_passes(self, minutes_on: int) -> None:
        self.now_us += minutes_on * MINUTE_US
        self.alarm = lifecycle.return_from_shelf(self.alarm, self.now_us)
        self.alarm = lifecycle.close_forgotten(self.alarm, self.now_us, after_seconds=86_400)

    @precondition(lambda self: self.true)
    @rule()
    def the_condition_ends(self) -> None:
        self.alarm = lifecycle.clear(self.alarm, self.now_us)
        self.true, self.cleared_us = False, self.now_us

    @precondition(lambda self: not self.true)
    @rule()
    def the_condition_returns(self) -> None:
        self.alarm = lifecycle.reopen(self.alarm, self.now_us)
        self.true, self.cleared_us = True, 0

    @rule(by=st.sampled_from(["Ada", "", " "]))
    def somebody_acknowledges(self, by: str) -> None:
        self.attempt(lambda: lifecycle.acknowledge(self.alarm, by=by, now_us=self.now_us))

    @rule(reason=st.sampled_from(["because", ""]), for_minutes=st.integers(-10, 2000))
    def somebody_shelves(self, reason: str, for_minutes: int) -> None:
        until_us = self.now_us + for_minutes * MINUTE_US
        self.attempt(
            lambda: lifecycle.shelve(self.alarm, by="Ada", reason=reason, until_us=until_us, now_us=self.now_us)
        )

    @rule(work_order=st.sampled_from(["WO-1", ""]))
    def maintenance_begins(self, work_order: str) -> None:
        self.attempt(
            lambda: lifecycle.take_out_of_service(self.alarm, by="Ada", work_order=work_order, now_us=self.now_us)
        )

    @rule()
    def a_root_is_found(self) -> None:
        self.attempt(lambda: lifecycle.suppress(self.alarm, an_alarm(alarm_id="root", device="Other"), self.now_us))

    @rule(lift=st.sampled_from([lifecycle.unshelve, lifecycle.return_to_service, lifecycle.lift_suppression]))
    def an_overlay_is_taken_away(self, lift) -> None:
        covered = self.alarm.overlay is not None
        self.attempt(lambda: lift(self.alarm))
        if covered and self.alarm.overlay is None and self.true:
            assert reason_to_tell(self.alarm, self.now_us) == "new" or self.alarm.notifications >= 6

    @rule(severity=st.sampled_from(SEVERITIES))
    def people_are_told_if_they_should_be(self, severity) -> None:
        why = reason_to_tell(self.alarm, self.now_us)
        if why:
            assert self.alarm.overlay is None
            self.alarm = told(self.alarm, why, self.now_us)
            assert reason_to_tell(self.alarm, self.now_us) is None

    @invariant()
    def it_is_possible(self) -> None:
        assert impossible(self.alarm) == []

    @invariant()
    def it_knows_whether_the_condition_is_true_and_when_it_cleared(self) -> None:
        assert self.alarm.active == self.true
        assert self.alarm.cleared_us == self.cleared_us

    @invariant()
    def under_an_overlay_it_is_silent(self) -> None:
        if self.alarm.overlay is not None:
            assert reason_to_tell(self.alarm, self.now_us) is None

    @invariant()
    def no_shelf_outlasts_its_time(self) -> None:
        overlay = self.alarm.overlay
        if overlay is not None and overlay.kind == "shelved":
            longest_us = lifecycle.LONGEST_SHELF_SECONDS[self.alarm.severity] * 1_000_000
            assert self.now_us - overlay.since_us < longest_us


TestAnyLife = AnyLife.TestCase
TestAnyLife.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
