"""When people are told, and when not."""

from __future__ import annotations

from msgspec.structs import replace

from lineside.advice.gate import GateSettings, fingerprint_of, reason_to_tell, told
from lineside.alarms.lifecycle import acknowledge, clear, shelve
from tests.alarms.builders import T0_US, an_alarm, minutes


def test_a_new_alarm_is_told_once():
    alarm = an_alarm()

    assert reason_to_tell(alarm, T0_US) == "new"
    assert reason_to_tell(told(alarm, "new", T0_US), minutes(5)) is None


def test_a_raised_severity_is_told_once():
    worse = replace(told(an_alarm(), "new", T0_US), severity="high")

    assert reason_to_tell(worse, minutes(5)) == "raised"
    assert reason_to_tell(told(worse, "raised", minutes(5)), minutes(6)) is None


def test_a_lower_severity_is_no_news():
    assert reason_to_tell(replace(told(an_alarm(), "new", T0_US), severity="low"), minutes(5)) is None


def test_an_overdue_acknowledgement_is_told_once_per_severity():
    alarm = told(an_alarm(time_to_respond_minutes=15.0), "new", T0_US)

    assert reason_to_tell(alarm, minutes(14)) is None
    assert reason_to_tell(alarm, minutes(15)) == "overdue"

    reminded = told(alarm, "overdue", minutes(15))
    assert reason_to_tell(reminded, minutes(600)) is None

    worse = told(replace(reminded, severity="high"), "raised", minutes(600))
    assert reason_to_tell(worse, minutes(615)) == "overdue"


def test_whoever_acknowledged_is_not_reminded():
    alarm = acknowledge(told(an_alarm(), "new", T0_US), by="Ada", now_us=minutes(1))

    assert reason_to_tell(alarm, minutes(600)) is None


def test_a_low_alarm_can_wait_for_the_shift():
    assert reason_to_tell(told(an_alarm(severity="low"), "new", T0_US), minutes(600)) is None


def test_an_alarm_that_has_cleared_is_not_overdue_and_not_worse():
    alarm = clear(told(an_alarm(), "new", T0_US), minutes(5))

    assert reason_to_tell(alarm, minutes(600)) is None
    assert reason_to_tell(replace(alarm, severity="critical"), minutes(600)) is None


def test_an_alarm_that_went_before_its_message_could_leave_is_still_told():
    alarm = clear(an_alarm(), minutes(5))

    assert reason_to_tell(alarm, minutes(5)) == "new"
    assert reason_to_tell(acknowledge(alarm, by="Ada", now_us=minutes(6)), minutes(6)) is None


def test_a_shelved_alarm_never_speaks():
    alarm = shelve(an_alarm(), by="Ada", reason="r", until_us=minutes(60), now_us=T0_US)

    assert reason_to_tell(replace(alarm, severity="critical"), minutes(59)) is None


def test_no_alarm_speaks_without_end():
    alarm = an_alarm()
    settings = GateSettings(most_messages=2)

    for number in range(1, 10):
        alarm = replace(alarm, notified_severity="", announcement=number)
        if reason_to_tell(alarm, T0_US, settings):
            alarm = told(alarm, "new", T0_US)

    assert alarm.notifications == 2


def test_the_same_message_has_the_same_fingerprint_and_another_one_another():
    alarm = an_alarm()

    assert fingerprint_of(alarm, "new") == fingerprint_of(replace(alarm, lost_seconds=900.0), "new")
    assert (
        len(
            {
                fingerprint_of(alarm, "new"),
                fingerprint_of(alarm, "overdue"),
                fingerprint_of(replace(alarm, severity="high"), "new"),
                fingerprint_of(replace(alarm, announcement=2), "new"),
            }
        )
        == 4
    )
