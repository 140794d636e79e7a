"""What people read of automatic actions."""

from __future__ import annotations

from msgspec.structs import replace

from lineside.advice.automatic import notification_of
from lineside.control.automatic import Notice
from lineside.site import parse_site
from lineside.telemetry.timestamps import parse

SITE = parse_site(
    """
site: bakery
timezone: Europe/Berlin
lines:
  - id: line-1
    machines:
      - id: Cookie Former
        attributes: {TorqueSetpoint: {label: Mixer torque to hold, unit: NU}}
"""
)
ACTS = Notice(
    notice_id="automatic-1",
    at_us=parse("2026-03-03T06:00:00Z"),
    line="line-1",
    device="Cookie Former",
    attribute="TorqueSetpoint",
    kind="acts",
    alarm_id="a-1",
    alarm_kind="limit",
    cause="Cookie Former",
    severity="high",
    command_id="automatic-1",
    was=20.0,
    value=18.0,
    unit="NU",
    stands="Approved, not sent yet",
)
WHY = "limit at Cookie Former has not improved within 10 minutes of the last change"
STOPPED = replace(ACTS, notice_id="stopped-1", kind="stopped", was=None, value=None, unit="", stands="", why=WHY)


def test_an_action_is_told_with_what_changes_why_and_how_it_stands() -> None:
    told = notification_of(ACTS, SITE)

    assert told.message.splitlines() == [
        "Lineside changes Mixer torque to hold of Cookie Former by itself from 20 to 18 Nm.",
        "Because Cookie Former is outside its limits.",
        "Approved, not sent yet.",
        "2026-03-03 07:00:00 CET, line line-1.",
    ]
    assert told.subject == "(high) Lineside changes Mixer torque to hold of Cookie Former by itself from 20 to 18 Nm"
    assert (told.fingerprint, told.alarm_id, told.severity, told.why) == ("automatic-1", "a-1", "high", "automatic")
    assert (told.site, told.line, told.kind, told.affected) == ("bakery", "line-1", "limit", ())


def test_no_headline_says_that_something_changes_which_was_refused_or_waits_for_a_person() -> None:
    refused = notification_of(replace(ACTS, comes_to="nothing", stands="Rejected: automation is stopped"), SITE)
    asked = notification_of(replace(ACTS, comes_to="question", stands="Waiting for another person's approval"), SITE)

    assert refused.short == "Lineside has not changed Mixer torque to hold of Cookie Former by itself from 20 to 18 Nm"
    assert refused.message.splitlines()[2] == "Rejected: automation is stopped."
    assert asked.short == "Lineside asks to change Mixer torque to hold of Cookie Former from 20 to 18 Nm"
    assert asked.subject == f"(high) {asked.short}"


def test_a_row_that_stopped_is_told_with_what_a_person_must_do() -> None:
    told = notification_of(STOPPED, SITE)

    assert told.message.splitlines()[:3] == [
        "Lineside no longer changes Mixer torque to hold of Cookie Former by itself.",
        f"Because {WHY}.",
        "It stays so until a person resets it, under Commands.",
    ]
    assert told.fingerprint == "stopped-1"


def test_what_may_have_been_told_before_says_so_under_the_same_fingerprint() -> None:
    once, again = (notification_of(replace(ACTS, perhaps_told=perhaps), SITE) for perhaps in (False, True))

    assert again.message == f"{once.message}\nThis may have reached you before."
    assert again.fingerprint == once.fingerprint


def test_names_that_others_wrote_break_no_line_and_fit_a_phone() -> None:
    named = replace(ACTS, device="Mixer\n\x1b[31m" + "x" * 200, stands="Rejected: " + "y\n" * 900)

    told = notification_of(named, SITE)

    assert len(told.message.splitlines()) == 4
    assert "\x1b" not in told.message
    assert (len(told.subject) <= 100, len(told.short) <= 140, len(told.message) <= 1600) == (True, True, True)
