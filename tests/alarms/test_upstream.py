"""Rejects are traced to the machine that spoils the material, or to nobody: on seeded lines, simulated and made up."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from benchmarks import quality
from benchmarks.made_lines import made_run
from lineside.alarms import lifecycle
from lineside.alarms.incident import Incident
from lineside.alarms.model import Alarm, Victim
from lineside.alarms.spoiled import LEADS_TO_US, with_spoilers
from lineside.alarms.step import step
from lineside.alarms.upstream import RECURS_US, trace_rejects
from lineside.detection.defects import Tally
from lineside.detection.finding import Evidence, Finding, Moved
from lineside.detection.memory import DeviceMemory, LineMemory
from lineside.detection.rejects import Rejects
from lineside.detection.traced import Traced
from lineside.line.states import Rejecting
from lineside.site.model import Line, Machine, RejectRate
from simulator.machines import FORMER, FREEZER, INSPECTOR
from tests.alarms.builders import minutes

FAULT_SEEDS, OWN_SEEDS = (2, 3, 18, 41), (101, 102, 103)
"""The big figures are those of `python -m benchmarks quality`; these are enough to see it break."""

DECLARED = RejectRate(rejects="Bad", total="Total", max_fraction=0.02)
LINE = Line(
    id="line-1",
    machines=(
        Machine(id="Mixer", feeds=("Oven",)),
        Machine(id="Oven", feeds=("Camera",)),
        Machine(id="Camera", rejects=DECLARED),
    ),
)
MOVED = Evidence("Mixer", "Heat", 9.0, minutes(-4), "CEL", expected=2.0, score=12.0, moved=Moved(minutes(-9), 240, 0.9))
REJECTS = Finding(
    "reject_rate", "Camera", minutes(-5), minutes(0), "Bad", (Evidence("Camera", "Bad", 0.1, minutes(0)),)
)
TOLD = replace(REJECTS, evidence=(*REJECTS.evidence, MOVED))
TRACED = Traced("Mixer", TOLD, (), 0.9, minutes(-5), minutes(0))
LIMIT = Finding("limit", "Mixer", minutes(-3), minutes(0), "Heat", detail="high")


def alone(finding: Finding) -> Incident:
    return Incident(finding.device, finding.kind, finding.onset_us, finding)


def joined(*incidents: Incident, traced: Traced | None = TRACED) -> list[Incident]:
    rejecting = {"Camera": Rejecting(minutes(-5), minutes(0))}
    return with_spoilers(LINE, incidents, (), rejecting, {"Camera": traced} if traced else {})


def after(alarms: list[Alarm], incidents: list[Incident], minute: float = 0) -> list[Alarm]:
    """The alarms after a tick; a tick that is run again changes nothing."""
    kept = {alarm.alarm_id: alarm for alarm in alarms}
    for change in step(alarms, incidents, minutes(minute), site="bakery", line=LINE):
        kept[change.alarm.alarm_id] = change.alarm
    assert step(list(kept.values()), incidents, minutes(minute), site="bakery", line=LINE) == []
    return list(kept.values())


def test_a_spoilt_process_is_traced_by_nothing_but_its_values():
    line, cause = quality.site_line(limits=False), {0: FORMER, 1: FREEZER}

    found = [quality.judged(seed, "", quality.spoiled_run(seed), line, alone=True) for seed in FAULT_SEEDS]

    right = [outcome for outcome in found if outcome.names_only(cause[outcome.seed % 2])]
    assert len(right) >= 0.9 * len(found), found
    assert {sum(alarm.cause == cause[one.seed % 2] for alarm in one.told) for one in right} == {1}


def test_rejects_of_the_inspectors_own_accuse_nobody_upstream():
    line = quality.site_line(limits=False)

    found = [quality.judged(seed, "", quality.own_run(seed), line) for seed in OWN_SEEDS]

    assert all(outcome.names_only(INSPECTOR) for outcome in found if outcome.blamed), found
    assert any(outcome.blamed for outcome in found)


def test_a_line_that_nobody_has_seen_is_understood_all_the_same():
    found = [quality.made(seed) for seed in (1, 3, 19)]

    assert [set(outcome.blamed) for _, outcome in found] == [{run.culprit} for run, _ in found]
    assert all(run.culprit != run.inspector for run, _ in found)


def test_what_changes_after_the_defects_or_behind_the_inspector_is_not_blamed_on_any_line():
    found = [quality.made(seed, own=True) for seed in (1, 3, 16)]

    assert [set(outcome.blamed) for _, outcome in found] == [{run.inspector} for run, _ in found]
    assert made_run(3, own=True).line != made_run(16, own=True).line


def test_a_cause_that_was_found_stands_while_the_rejects_last_or_come_back():
    memory = LineMemory(devices={"Camera": DeviceMemory(rejects=Rejects(tallies=[Tally(0, 1, 10)]))})
    memory.traced["Camera"] = TRACED

    kept = trace_rejects(LINE, memory, [REJECTS], minutes(20))["Camera"]
    gone = trace_rejects(LINE, memory, [], minutes(20) + RECURS_US + 1)

    assert (kept.device, kept.until_us) == ("Mixer", minutes(20))
    assert kept.finding.evidence == TOLD.evidence
    assert gone == {}


def test_the_search_is_remembered_as_bytes():
    memory = LineMemory(traced={"Camera": TRACED})

    assert LineMemory.decode(memory.encode()).traced == memory.traced


def test_rejects_lead_and_name_the_machine_upstream():
    (incident,) = joined(alone(REJECTS))

    assert (incident.device, incident.kind, incident.caused_by) == ("Camera", "reject_rate", "Mixer")
    assert MOVED in incident.finding.evidence


def test_a_trip_belongs_to_the_cause_and_costs_the_inspector_its_time():
    stop = Finding("stop", "Camera", minutes(-1), minutes(0))
    tripped = Incident("Camera", "stop", stop.onset_us, stop, (Victim("Oven", 40.0, "blocked"),), 60.0, (REJECTS,))

    (incident,) = joined(tripped)

    assert (incident.kind, incident.caused_by, incident.lost_seconds) == ("reject_rate", "Mixer", 60)
    assert [(each.device, each.lost_seconds) for each in incident.victims] == [("Camera", 60), ("Oven", 40)]


def test_a_limit_that_the_value_passed_before_the_rejects_leads_and_shows_what_changed():
    before = alone(replace(LIMIT, onset_us=minutes(-7)))

    (incident,) = joined(before, alone(REJECTS))

    assert (incident.device, incident.kind, incident.caused_by) == ("Mixer", "limit", "")
    assert MOVED in incident.finding.evidence
    assert REJECTS in incident.explained


def test_a_limit_that_the_value_passes_later_goes_under_the_rejects_but_another_value_does_not():
    other = replace(LIMIT, attribute="Oil")

    (incident,) = joined(alone(LIMIT), alone(REJECTS))

    assert (incident.kind, incident.explained) == ("reject_rate", (LIMIT,))
    assert {one.kind for one in joined(alone(other), alone(REJECTS))} == {"limit", "reject_rate"}


def test_without_a_trace_rejects_stand_for_themselves():
    (incident,) = joined(alone(REJECTS), traced=None)

    assert (incident.caused_by, incident.finding) == ("", REJECTS)


def test_the_alarm_is_the_inspectors_and_its_cause_the_machine_upstream():
    (alarm,) = after([], joined(alone(REJECTS)))

    assert (alarm.device, alarm.cause, alarm.caused_by) == ("Camera", "Mixer", "")


@pytest.mark.parametrize("kind", ["limit", "drift"])
def test_an_open_alarm_about_the_value_takes_the_rejects_in_even_after_it_has_cleared(kind):
    moved = Finding(kind, "Mixer", minutes(-8), minutes(-5), evidence=(Evidence("Mixer", "Heat", 8.0, minutes(-5)),))
    alarms = after(after([], [alone(moved)], -5), [], -1)
    assert [alarm.active for alarm in alarms] == [False]

    (alarm,) = after(alarms, joined(alone(REJECTS)))

    assert (alarm.device, alarm.kind, alarm.active) == ("Mixer", kind, True)
    assert alarm.severity == "medium"
    assert MOVED in alarm.evidence


def test_an_alarm_about_another_value_or_of_another_hour_does_not():
    other = Finding("drift", "Mixer", minutes(-8), minutes(-5), evidence=(Evidence("Mixer", "Oil", 8.0, minutes(-5)),))
    old = Finding(
        "drift",
        "Mixer",
        minutes(-6) - LEADS_TO_US,
        minutes(-5),
        evidence=(Evidence("Mixer", "Heat", 8.0, minutes(-5)),),
    )

    for finding in (other, old):
        alarms = after([], [alone(finding)], -5)
        assert len(after(alarms, [alone(finding), *joined(alone(REJECTS))])) == 2


def test_a_limit_that_follows_rejects_already_told_is_no_second_alarm_but_may_raise_the_first():
    told = after([], joined(alone(REJECTS)))
    strict = Machine.model_validate({"id": "Mixer", "feeds": ("Oven",), "criticality": "critical"})
    line = Line(id=LINE.id, machines=(strict, *LINE.machines[1:]))

    later = step(told, [alone(LIMIT)], minutes(5), site="bakery", line=line)

    (change,) = later
    assert (change.alarm.alarm_id, change.alarm.active) == (told[0].alarm_id, True)
    assert (change.was.severity if change.was else "", change.alarm.severity) == ("medium", "critical")


def test_a_shelved_alarm_does_not_swallow_rejects():
    moved = Finding("drift", "Mixer", minutes(-8), minutes(-5), evidence=(Evidence("Mixer", "Heat", 8.0, minutes(-5)),))
    (alarm,) = after([], [alone(moved)], -5)
    shelved = lifecycle.shelve(alarm, by="Ada", reason="known", until_us=minutes(60), now_us=minutes(-4))

    alarms = after([shelved], [alone(moved), *joined(alone(REJECTS))])

    assert {one.kind: one.overlay is None for one in alarms} == {"drift": False, "reject_rate": True}
