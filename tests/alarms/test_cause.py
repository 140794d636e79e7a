"""Who stopped the line: stories of a few machines, each with one right answer."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from lineside.alarms.cause import Incident, explain
from lineside.detection.finding import Evidence, Finding, Kind
from lineside.detection.stops import find_stops
from lineside.line.states import BLOCKED, DOWN, OFFLINE, STARVED, StateHistory
from lineside.site.model import Line
from tests.alarms.stories import Said, at, history_of, line_of

LINE = line_of("A > B > C > D")


def found(kind: Kind, device: str, onset: float, now: float, attribute: str = "") -> Finding:
    return Finding(kind, device, at(onset), at(now), attribute)


def told(now: float, line: Line = LINE, *findings: Finding, **said: list[Said]) -> list[Incident]:
    """What is said at `now`, with the long stops found as they are found."""
    history = history_of(now, **said)
    return explain(line, history, [*find_stops(history, line, at(now)), *findings], at(now))


def losses(incident: Incident) -> dict[str, float]:
    return {victim.device: victim.lost_seconds for victim in incident.victims}


OUTAGE: dict[str, list[Said]] = {
    "A": [(1050, 1300, BLOCKED)],
    "B": [(1020, 1300, BLOCKED)],
    "C": [(1000, 1300, DOWN)],
    "D": [(1030, 1300, STARVED)],
}


def test_the_machine_that_is_down_is_the_cause_and_the_others_are_its_victims():
    (incident,) = told(1300, **OUTAGE)

    assert (incident.device, incident.kind, incident.onset_us) == ("C", "stop", at(1000))
    assert losses(incident) == {"B": 280, "D": 270, "A": 250}
    assert {victim.device: victim.state for victim in incident.victims} == {"A": BLOCKED, "B": BLOCKED, "D": STARVED}


def test_what_the_line_lost_is_the_outage_and_counts_nothing_twice():
    (incident,) = told(1300, **OUTAGE)

    assert incident.lost_seconds == 300


def test_a_machine_that_lost_nothing_is_not_listed():
    (incident,) = told(1300, **{**OUTAGE, "A": []})

    assert set(losses(incident)) == {"B", "D"}


def test_blocked_and_starved_machines_without_a_visible_cause_accuse_nobody():
    assert told(1300, A=[(1000, 1300, BLOCKED)], B=[(1000, 1300, BLOCKED)], C=[], D=[]) == []


def test_the_wave_that_passes_after_the_repair_belongs_to_the_outage():
    after = {name: [(start, 1340.0, state) for start, _, state in said] for name, said in OUTAGE.items()}

    (incident,) = told(1400, **{**after, "C": [(1000, 1300, DOWN)]})

    assert losses(incident) == {"B": 320, "D": 310, "A": 290}


def test_a_machine_that_stops_long_after_the_repair_stops_for_itself():
    later = [*OUTAGE["D"], (1360.0, 1400.0, STARVED)]

    (incident,) = told(1400, **{**OUTAGE, "D": later})

    assert losses(incident)["D"] == 270


def test_one_more_piece_does_not_hide_the_victims_behind_it():
    flickering = [(1020.0, 1100.0, BLOCKED), (1105.0, 1300.0, BLOCKED)]

    (incident,) = told(1300, **{**OUTAGE, "B": flickering})

    assert losses(incident)["A"] == 250


def test_a_buffer_without_a_state_is_seen_through():
    line = line_of("A > Turn > C > D")

    (incident,) = told(1300, line, A=OUTAGE["A"], C=OUTAGE["C"], D=OUTAGE["D"])

    assert losses(incident) == {"D": 270, "A": 250}


def test_a_join_passes_hunger_on_to_its_other_inlet():
    line = line_of("A > Join > D", "X > Join")

    (incident,) = told(
        1300,
        line,
        A=[(1000, 1300, DOWN)],
        Join=[(1010, 1300, STARVED)],
        D=[(1020, 1300, STARVED)],
        X=[(1030, 1300, BLOCKED)],
    )

    assert (incident.device, losses(incident)) == ("A", {"Join": 290, "D": 280, "X": 270})


def test_a_split_passes_the_jam_of_one_branch_on_to_the_other():
    line = line_of("A > Split > X", "Split > Y")

    (incident,) = told(
        1300,
        line,
        X=[(1000, 1300, DOWN)],
        Split=[(1020, 1300, BLOCKED)],
        Y=[(1040, 1300, STARVED)],
        A=[(1030, 1300, BLOCKED)],
    )

    assert (incident.device, losses(incident)) == ("X", {"Split": 280, "A": 270, "Y": 260})


def test_another_machine_down_on_a_branch_of_its_own_has_its_own_incident_and_no_foreign_victims():
    line = line_of("A > B > C > D", "X > Y")

    first, second = told(1300, line, X=[(1010, 1300, DOWN)], Y=[(1030, 1300, STARVED)], **OUTAGE)

    assert (first.device, set(losses(first))) == ("C", {"A", "B", "D"})
    assert (second.device, losses(second)) == ("X", {"Y": 270})


def test_of_two_outages_in_a_row_each_keeps_those_that_it_holds():
    first, second = told(
        1400,
        A=[(1000, 1400, DOWN)],
        B=[(1020, 1400, STARVED)],
        C=[(1030, 1100, STARVED), (1100, 1400, DOWN)],
        D=[(1040, 1400, STARVED)],
    )

    assert (first.device, losses(first)) == ("A", {"B": 380, "C": 70, "D": 60})
    assert (second.device, losses(second)) == ("C", {"D": 300})


def test_the_first_to_stop_a_machine_keeps_it_until_it_is_repaired():
    line = line_of("A > Join", "X > Join")

    first, second = told(
        1450,
        line,
        A=[(1000, 1200, DOWN)],
        X=[(1100, 1450, DOWN)],
        Join=[(1010, 1450, STARVED)],
    )

    assert (first.device, losses(first)) == ("A", {"Join": 190})
    assert (second.device, losses(second)) == ("X", {"Join": 250})


def test_a_micro_stop_takes_its_own_seconds_and_makes_no_incident():
    said = {
        **OUTAGE,
        "D": [(1030.0, 1300.0, STARVED)],
        "B": [(1020.0, 1100.0, BLOCKED), (1100.0, 1120.0, DOWN), (1120.0, 1300.0, BLOCKED)],
    }

    (incident,) = told(1300, **said)

    assert losses(incident) == {"D": 270, "B": 260, "A": 230}


def test_waits_that_a_machine_always_has_are_not_lost_to_the_outage():
    always = [(float(start), start + 40.0, STARVED) for start in range(0, 1000, 50)]

    (incident,) = told(1300, **{**OUTAGE, "D": [*always, (1030.0, 1300.0, STARVED)]})

    assert losses(incident)["D"] == 270 - 0.8 * 270


def test_a_slow_machine_has_the_waits_of_its_neighbours_and_of_theirs():
    def waits(state: str) -> list[Said]:
        return [(float(start), start + 6.0, state) for start in range(1000, 1600, 10)]

    slow = found("slow", "C", 1000, 1600)

    (incident,) = told(1600, LINE, slow, A=waits(BLOCKED), B=waits(BLOCKED), C=[], D=waits(STARVED))

    assert (incident.device, incident.kind) == ("C", "slow")
    assert losses(incident) == {"A": 360, "B": 360, "D": 360}
    assert incident.lost_seconds == 360


def test_a_silent_machine_that_stands_is_the_cause():
    silent = found("silent", "C", 1000, 1300)

    (incident,) = told(1300, LINE, silent, **{**OUTAGE, "C": [(1000, 1300, OFFLINE)]})

    assert (incident.device, incident.kind) == ("C", "silent")
    assert losses(incident) == {"B": 280, "D": 270, "A": 250}


def test_a_silent_machine_that_works_unheard_has_no_victims():
    short = [(float(start), start + 10.0, STARVED) for start in range(0, 1300, 100)]
    silent = found("silent", "C", 1000, 1300)

    (incident,) = told(1300, LINE, silent, A=[], B=[], C=[(1000, 1300, OFFLINE)], D=short)

    assert (incident.device, incident.victims, incident.lost_seconds) == ("C", (), 0)


def test_a_machine_down_beyond_a_silent_one_is_the_cause():
    said = {**OUTAGE, "C": [(900.0, 1300.0, OFFLINE)], "D": [(1000.0, 1300.0, DOWN)]}

    silent, stop = told(1300, LINE, found("silent", "C", 900, 1300), **said)

    assert (silent.device, silent.victims) == ("C", ())
    assert (stop.device, set(losses(stop))) == ("D", {"A", "B"})


def test_a_machine_that_is_down_and_then_silent_is_one_incident():
    said = {**OUTAGE, "C": [(1000.0, 1200.0, DOWN), (1200.0, 1300.0, OFFLINE)]}

    (incident,) = told(1300, LINE, found("silent", "C", 1200, 1300), **said)

    assert (incident.kind, [finding.kind for finding in incident.explained]) == ("stop", ["silent"])


def test_a_silent_network_is_an_incident_of_the_line_without_victims():
    (incident,) = told(1300, LINE, found("silent", "line-1", 1000, 1300), A=[], B=[], C=[], D=[])

    assert (incident.device, incident.victims) == ("line-1", ())


def test_a_stop_of_a_device_that_no_line_names_is_an_incident_of_its_own():
    (incident,) = told(1300, Stranger=[(1000, 1300, DOWN)])

    assert (incident.device, incident.victims) == ("Stranger", ())


def test_a_signal_that_moves_because_its_machine_stands_is_explained():
    drift = found("drift", "B", 1040, 1300, "Current")

    (incident,) = told(1300, LINE, drift, **OUTAGE)

    assert incident.explained == (drift,)


def test_a_signal_that_moved_before_the_stop_stands_for_itself():
    early = found("drift", "C", 700, 1300, "Current")

    first, second = told(1300, LINE, early, **OUTAGE)

    assert (first.finding, second.kind) == (early, "stop")


def test_a_limit_passed_long_after_the_halt_stands_for_itself():
    said = {name: [(start, 1800.0, state) for start, _, state in parts] for name, parts in OUTAGE.items()}
    at_once, later = found("limit", "B", 1030, 1800, "Speed"), found("limit", "B", 1500, 1800, "Temperature")

    stop, limit = told(1800, LINE, at_once, later, **said)

    assert (stop.explained, limit.finding) == ((at_once,), later)


def test_signals_that_settle_after_an_outage_are_its_echo():
    drift = found("drift", "B", 1310, 1900, "Current")

    assert told(1900, LINE, drift, **OUTAGE) == []
    assert [incident.kind for incident in told(2500, LINE, drift, **OUTAGE)] == ["drift"]


def test_a_drift_past_a_limit_is_one_trouble_with_it():
    limit, drift = found("limit", "B", 900, 1300, "Temperature"), found("drift", "B", 700, 1300)

    (incident,) = told(1300, LINE, limit, drift, A=[], B=[], C=[], D=[])

    assert (incident.finding, incident.explained) == (limit, (drift,))


def value_of(device: str, attribute: str) -> Evidence:
    return Evidence(device, attribute, 9.0, at(1300))


def test_limits_that_a_machine_passes_within_minutes_are_one_trouble_told_with_every_value():
    warm = replace(found("limit", "B", 900, 1300, "Temperature"), evidence=(value_of("B", "Temperature"),))
    dry = replace(found("limit", "B", 1100, 1300, "Moisture"), evidence=(value_of("B", "Moisture"),))
    drift = found("drift", "B", 700, 1300)

    (incident,) = told(1300, LINE, dry, drift, warm, A=[], B=[], C=[], D=[])

    assert (incident.finding.attribute, incident.onset_us) == ("Temperature", at(900))
    assert [each.attribute for each in incident.finding.evidence] == ["Temperature", "Moisture"]
    assert incident.explained == (dry, drift)


@pytest.mark.parametrize(
    "other",
    [
        found("limit", "B", 1210, 1300, "Moisture"),
        found("limit", "A", 910, 1300, "Moisture"),
        replace(found("limit", "B", 910, 1300, "Moisture"), ended_us=at(1000)),
        replace(found("limit", "B", 890, 1300, "Moisture"), ended_us=at(1000)),
    ],
    ids=["much later", "another machine", "over already", "over before"],
)
def test_a_limit_passed_at_another_time_or_elsewhere_is_another_trouble(other: Finding):
    incidents = told(1300, LINE, found("limit", "B", 900, 1300, "Temperature"), other, A=[], B=[], C=[], D=[])

    assert {incident.finding.attribute for incident in incidents} == {"Temperature", "Moisture"}


def test_rejects_that_trip_a_machine_are_one_trouble_with_its_stop():
    rejects = found("reject_rate", "C", 800, 1300, "Bad")

    (incident,) = told(1300, LINE, rejects, **OUTAGE)

    assert (incident.device, incident.kind, incident.explained) == ("C", "stop", (rejects,))


def test_what_spoils_the_material_upstream_is_the_cause_of_the_trip():
    spoils, rejects = found("limit", "A", 600, 1300, "Temperature"), found("reject_rate", "C", 800, 1300, "Bad")

    (incident,) = told(1300, LINE, spoils, rejects, **OUTAGE)

    assert (incident.device, incident.kind) == ("A", "limit")
    assert losses(incident) == {"C": 300, "B": 280, "D": 270}
    assert incident.lost_seconds == 300


def test_a_limit_downstream_or_too_late_does_not_spoil_anything():
    rejects = found("reject_rate", "C", 800, 1300, "Bad")
    downstream, late = found("limit", "D", 600, 1300, "Speed"), found("limit", "A", 900, 1300, "Temperature")

    incidents = told(1300, LINE, rejects, downstream, late, **OUTAGE)

    assert [incident.kind for incident in incidents if incident.victims] == ["stop"]


def test_a_trip_stays_with_its_spoiler_after_the_rejects_have_left_the_window():
    spoils, rejects = found("limit", "A", 600, 1300, "Temperature"), found("reject_rate", "C", 990, 1300, "Bad")
    history = history_of(1300, **OUTAGE)
    explain(LINE, history, [*find_stops(history, LINE, at(1300)), spoils, rejects], at(1300))

    later = history_of(1600, **OUTAGE)
    later = StateHistory(later.machines, later.now_us, later.before_us, history.rejecting)
    (incident,) = explain(LINE, later, [*find_stops(later, LINE, at(1600)), spoils], at(1600))

    assert (incident.device, losses(incident)["C"]) == ("A", 300)
