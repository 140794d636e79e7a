"""What a person reads."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lineside.advice.compose import NO_PROCEDURE, advisory_id_of, compose, evidence_line, notification
from lineside.advice.sops import Procedure, read_sops
from lineside.advice.text import duration
from lineside.alarms.lifecycle import clear
from lineside.alarms.model import Victim
from lineside.detection.finding import KINDS, Evidence
from lineside.site import read_site
from lineside.site.model import Attribute, Line, Machine, Site
from tests.alarms.builders import an_alarm, minutes

SITE = Site(site="bakery", timezone="Europe/Copenhagen")
ONSET_US = int(datetime(2025, 3, 3, 6, 22, 30, tzinfo=UTC).timestamp() * 1e6)
NOW_US = ONSET_US + 450_000_000


@pytest.fixture
def stopped():
    return an_alarm(
        device="Vertical Conveyor",
        onset_us=ONSET_US,
        raised_us=NOW_US,
        lost_seconds=450.0,
        consequence="Both branches wait for it.",
        victims=(Victim("Cookie Former", 300.0, "blocked"), Victim("Cookie Inspector", 360.0, "blocked")),
        evidence=(Evidence("Vertical Conveyor", "State", "Down", ONSET_US),),
    )


def written(alarm, procedure=Procedure(), why="new"):
    return notification(alarm, compose(alarm, procedure, SITE, why, NOW_US), why, SITE)


def test_the_message_says_what_since_when_whom_it_holds_up_and_what_to_do(stopped, samples):
    procedure = read_sops(samples / "sops").for_alarm("Vertical Conveyor", "stop", NOW_US)

    message = written(stopped, procedure).message

    assert "MEDIUM: Vertical Conveyor stopped, 7.5 min lost" in message
    assert "since 2025-03-03 07:22:30 CET (7.5 min)" in message
    assert "Held up by it: Cookie Inspector 6.0 min blocked, Cookie Former 5.0 min blocked." in message
    assert "Do: Restart it. (within 15 min)" in message
    assert (
        "2. Lock out the drive with your own lock and test that it does not start. [SOP-VC-07 rev 4, step 2]" in message
    )
    assert "- Is the guard door closed and its light green?" in message
    assert "Lock out and tag the drive" in message
    assert "State Down at 07:22:30 CET (Vertical Conveyor)" in message


def test_a_number_has_the_name_that_people_use():
    attributes = {"Temperature": Attribute(label="Freezer temperature", unit="CEL", high=-18)}
    machine = Machine(id="Freezer Tunnel", attributes=attributes)
    site = Site(site="bakery", lines=(Line(id="line-1", machines=(machine,)),))
    warm = Evidence("Freezer Tunnel", "Temperature", -17.3, ONSET_US, "CEL", expected=-18)

    assert evidence_line(warm, site) == (
        "Freezer temperature -17.3 °C at 06:22:30 UTC, expected -18 °C (Freezer Tunnel)"
    )
    assert evidence_line(warm, SITE).startswith("Temperature -17.3 °C")


def test_the_advisory_carries_what_the_console_needs(stopped, samples):
    procedure = read_sops(samples / "sops").for_alarm("Vertical Conveyor", "stop", NOW_US)

    advisory = compose(stopped, procedure, SITE, "new", NOW_US)

    assert advisory.advisory_id == advisory_id_of(stopped, "new")
    assert (advisory.since_us, advisory.lost_seconds) == (ONSET_US, 450.0)
    assert advisory.composed_by == "procedure"
    assert len(advisory.steps) == 8
    assert advisory.victims == stopped.victims


def test_without_a_procedure_it_says_so_and_still_says_where_to_look(stopped):
    message = written(stopped).message

    assert NO_PROCEDURE in message
    assert "Check first" in message


def test_an_unreviewed_procedure_is_marked(stopped, samples):
    procedure = read_sops(samples / "sops").for_alarm("Vertical Conveyor", "silent", NOW_US)

    assert "[SOP-IT-11 rev A, step 1, UNREVIEWED]" in written(replace(stopped, kind="silent"), procedure).message


def test_numbers_carry_unit_time_expectation_and_source(stopped):
    warm = Evidence(
        "Freezer Tunnel", "Temperature", -17.31, ONSET_US, unit="CEL", expected=-18.0, note="above its limit"
    )

    message = written(replace(stopped, kind="limit", evidence=(warm,))).message

    assert "Temperature -17.31 °C at 07:22:30 CET, expected -18 °C, above its limit (Freezer Tunnel)" in message


def test_a_reminder_and_a_raise_say_what_they_are(stopped):
    assert "Not acknowledged: Vertical Conveyor" in written(stopped, why="overdue").subject
    assert "Worse: Vertical Conveyor" in written(stopped, why="raised").short


def test_what_has_recovered_is_told_as_recovered(stopped):
    message = written(clear(stopped, NOW_US)).message

    assert "stopped, and recovered" in message
    assert f"stood for {duration(stopped.lost_seconds)}; it has recovered" in message
    assert "Do:" not in message


def test_a_stop_that_has_not_stood_all_the_while_does_not_say_that_it_has(stopped):
    message = written(replace(stopped, lost_seconds=95.0)).message

    assert "stopped at 2025-03-03 07:22:30 CET and stood for 1.6 min of the 7.5 min since then." in message


def test_the_sms_has_device_trouble_loss_and_time(stopped):
    short = written(stopped).short

    assert short.startswith("MEDIUM Vertical Conveyor stopped, 7.5 min lost")
    assert "Since 07:22:30 CET" in short


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_told(kind, stopped):
    told = written(replace(stopped, kind=kind, attribute="Speed"))

    assert told.subject.isascii()
    assert "Vertical Conveyor (Speed)" in told.message


names = st.text(min_size=1, max_size=128)


@given(device=names, victims=st.lists(names, max_size=20), consequence=st.text(max_size=500), value=names)
def test_no_name_or_value_can_break_a_message(device, victims, consequence, value):
    alarm = an_alarm(
        device=device,
        consequence=consequence,
        onset_us=minutes(0),
        victims=tuple(Victim(name, 60.0, "blocked") for name in victims),
        evidence=(Evidence(device, value, value, minutes(0)),) * 50,
    )

    told = written(alarm)

    assert len(told.subject) <= 100
    assert told.subject.isascii()
    assert len(told.short) <= 140
    assert len(told.message) <= 1600
    assert not any(ord(character) < 32 and character != "\n" for character in told.message)


def test_a_change_that_a_person_might_propose_is_named_as_no_more_than_that(samples):
    site = read_site(samples / "site.yaml")
    warm = (Evidence("Cookie Former", "Temperature", 6.8, NOW_US, "CEL", expected=4.0),)
    alarm = an_alarm(device="Cookie Former", kind="limit", attribute="Temperature", raised_us=NOW_US, evidence=warm)

    advisory = compose(alarm, Procedure(), site, "new", NOW_US)
    message = notification(alarm, advisory, "new", site).message

    point = site.label("Cookie Former", "TemperatureSetpoint")
    told = f"Lower {point} of Cookie Former: Dough temperature was 6.8 °C, above 4 °C."
    assert advisory.changes == (told,)
    assert f"A person may propose; nothing was sent:\n- {told}\n" in message
    assert told not in advisory.what_happened


def test_where_no_direction_is_known_no_change_is_named(stopped, samples):
    site = read_site(samples / "site.yaml")

    message = notification(stopped, compose(stopped, Procedure(), site, "new", NOW_US), "new", site).message

    assert "may propose" not in message
