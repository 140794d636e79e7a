"""The advisory says which value changed, how far, when, and how long before the rejects; each number is evidence."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from lineside.advice.compose import changed_upstream, compose, evidence_line, headline
from lineside.advice.sops import Procedure
from lineside.alarms.model import Alarm, Victim
from lineside.answering.evidence import Evidence as Shown
from lineside.answering.evidence import Fact
from lineside.answering.names import Names
from lineside.answering.numbers import Grounds
from lineside.detection.finding import Evidence, Moved
from lineside.site.model import Attribute, Line, Machine, Site
from tests.alarms.builders import an_alarm

SINCE_US = int(datetime(2025, 3, 3, 6, 41, 30, tzinfo=UTC).timestamp() * 1e6)
UNTIL_US = SINCE_US + 270_000_000
NOW_US = UNTIL_US + 300_000_000
FORMER = Machine(id="Cookie Former", attributes={"Temperature": Attribute(unit="CEL", label="Dough temperature")})
SITE = Site(site="bakery", timezone="Europe/Copenhagen", lines=(Line(id="line-1", machines=(FORMER,)),))


def changed(sure: float = 0.9, **stated: object) -> Evidence:
    of = Evidence("Cookie Former", "Temperature", 6.81, UNTIL_US, "CEL", expected=2.2, score=21.0)
    return replace(of, moved=Moved(SINCE_US, 252.0, sure), **stated)


@pytest.fixture
def alarm() -> Alarm:
    return an_alarm(
        device="Cookie Inspector",
        kind="reject_rate",
        traced_to="Cookie Former",
        onset_us=UNTIL_US,
        raised_us=NOW_US,
        attribute="Bad",
        evidence=(Evidence("Cookie Inspector", "Bad", 0.05, NOW_US, "C62", expected=0.02), changed()),
    )


def test_the_sentence_says_which_value_how_far_when_and_how_long_before(alarm):
    said = compose(alarm, Procedure(), SITE, "new", NOW_US).what_happened

    assert (
        "Probable cause: Dough temperature of Cookie Former went from 2.2 °C to 6.81 °C, between 07:41:30 CET and "
        "07:46:00 CET; it began 4.2 min before the rejects did." in said
    )


def test_a_doubtful_cause_is_called_possible_and_a_second_value_is_named(alarm):
    moisture = changed(attribute="Moisture", value=54.2, expected=58.6, unit="P1")
    doubtful = replace(alarm, evidence=(changed(sure=0.4), moisture))

    said = changed_upstream(doubtful, SITE)

    assert said.startswith("Possible cause: ")
    assert said.endswith("Moisture of Cookie Former went from 58.6 % to 54.2 % as well.")


def test_the_number_check_finds_every_number_of_the_sentence_in_the_evidence_alone(alarm):
    facts = tuple(Fact(f"{evidence_line(each, SITE)}.", "advisor") for each in alarm.evidence)
    check = Grounds(Shown(facts=facts), Names(SITE))

    assert check.unproven(changed_upstream(alarm, SITE)) == ()
    assert check.unproven(changed_upstream(alarm, SITE).replace("6.81", "7.81")) != ()


def test_the_headline_names_both_machines_and_the_inspector_does_not_wait_for_itself(alarm):
    tripped = replace(alarm, lost_seconds=95.0, victims=(Victim("Cookie Inspector", 95.0, "down"),))

    assert headline(alarm) == "Cookie Inspector (Bad) rejects too much because of Cookie Former"
    assert headline(tripped).endswith("because of Cookie Former, 1.6 min lost")


def test_what_explains_the_rest_is_never_cut_from_the_evidence(alarm):
    crowded = replace(alarm, evidence=(*(Evidence("X", str(at), 1.0, NOW_US) for at in range(9)), changed()))

    evidence = compose(crowded, Procedure(), SITE, "new", NOW_US).evidence

    assert len(evidence) == 6
    assert evidence[-1].moved is not None


def test_without_a_change_upstream_nothing_is_said_of_one(alarm):
    assert changed_upstream(replace(alarm, evidence=alarm.evidence[:1]), SITE) == ""
