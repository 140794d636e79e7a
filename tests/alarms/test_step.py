"""One tick of the alarms: one alarm per cause."""

from __future__ import annotations

from msgspec.structs import replace

from lineside.advice.gate import reason_to_tell, told
from lineside.alarms import lifecycle
from lineside.alarms.model import Alarm
from lineside.alarms.priority import KINDS, Rationale
from lineside.alarms.step import StepSettings, step
from lineside.detection.finding import Evidence, Finding
from lineside.site.model import Line, Machine
from tests.alarms.builders import an_incident, impossible, minutes

LINE = Line(id="line-1", machines=(Machine(id="Former", feeds=("Conveyor",)), Machine(id="Conveyor")))


def after(alarms, incidents, at_minutes: float, settings: StepSettings | None = None) -> list[Alarm]:
    """The alarms after a tick, oldest first. A tick repeated with its own result must change nothing."""

    def tick(now):
        moved = step(now, incidents, minutes(at_minutes), site="bakery", line=LINE, settings=settings)
        latest = {alarm.alarm_id: alarm for alarm in now} | {change.alarm.alarm_id: change.alarm for change in moved}
        return sorted(latest.values(), key=lambda alarm: alarm.raised_us), moved

    result, _ = tick(alarms)
    assert tick(result)[1] == []
    assert all(impossible(alarm) == [] for alarm in result)
    return result


def seen(alarm: Alarm) -> Alarm:
    return told(alarm, "new", alarm.raised_us)


def test_an_incident_becomes_one_alarm_with_its_victims_and_what_to_do():
    (alarm,) = after([], [an_incident(victims={"Former": 50.0}, lost_seconds=90)], 0)

    assert (alarm.device, alarm.state, alarm.lost_seconds) == ("Conveyor", "unacknowledged", 90)
    assert [victim.device for victim in alarm.victims] == ["Former"]
    assert alarm.operator_action


def test_the_same_trouble_stays_the_same_alarm_and_its_losses_grow():
    alarms = after([], [an_incident(lost_seconds=60)], 0)

    (alarm,) = after(alarms, [an_incident(lost_seconds=360, victims={"Former": 200.0})], 5)

    assert alarm.alarm_id == alarms[0].alarm_id
    assert alarm.occurrences == 1
    assert alarm.lost_seconds == 360


def test_what_is_no_longer_wrong_clears_at_the_tick_that_saw_it():
    (alarm,) = after(after([], [an_incident()], 0), [], 5)

    assert not alarm.active
    assert alarm.cleared_us == minutes(5)


def test_trouble_back_within_the_re_arm_time_is_the_same_alarm():
    alarms = [seen(alarm) for alarm in after(after([], [an_incident()], 0), [], 5)]

    (alarm,) = after(alarms, [an_incident(onset_us=minutes(8))], 10)

    assert (alarm.occurrences, alarm.active, alarm.onset_us) == (2, True, minutes(8))
    assert reason_to_tell(alarm, minutes(10)) is None


def test_trouble_back_later_is_a_new_alarm_even_if_nobody_acknowledged_the_old_one():
    alarms = after(after([], [an_incident()], 0), [], 5)

    old, new = after(alarms, [an_incident(onset_us=minutes(29))], 30)

    assert (old.active, new.active) == (False, True)
    assert old.fingerprint == new.fingerprint
    assert reason_to_tell(new, minutes(30)) == "new"


def test_trouble_that_went_and_came_back_between_two_ticks_is_counted():
    alarms = after([], [an_incident(onset_us=minutes(-1))], 0)

    (alarm,) = after(alarms, [an_incident(onset_us=minutes(3))], 5)

    assert (alarm.occurrences, alarm.onset_us) == (2, minutes(3))


def test_two_signals_of_one_machine_are_two_alarms():
    incidents = [an_incident(kind="limit", attribute="Temperature"), an_incident(kind="limit", attribute="Pressure")]

    assert len(after([], incidents, 0)) == 2


def value_of(attribute: str) -> Evidence:
    return Evidence("Conveyor", attribute, 9.0, minutes(0))


def test_of_two_limits_told_together_the_alarm_goes_on_while_either_holds():
    both = replace(
        an_incident(kind="limit", attribute="Temperature", evidence=(value_of("Temperature"), value_of("Pressure"))),
        explained=(Finding("limit", "Conveyor", minutes(0), minutes(0), attribute="Pressure"),),
    )
    second = an_incident(kind="limit", attribute="Pressure", evidence=(value_of("Pressure"),), onset_us=minutes(0))

    (alarm,) = after([], [both], 0)
    (later,) = after([alarm], [second], 5)
    (cleared,) = after([later], [], 10)
    of_its_own = after([cleared], [second], 15)

    assert (later.alarm_id, later.active) == (alarm.alarm_id, True)
    assert not cleared.active
    assert len(of_its_own) == 2


def test_a_limit_keeps_its_urgency_under_another_one():
    strict = Machine.model_validate({"id": "Conveyor", "attributes": {"Pressure": {"severity": "critical"}}})
    line = Line(id="line-1", machines=(strict,))
    under = Finding("limit", "Conveyor", minutes(0), minutes(0), attribute="Pressure")
    incident = an_incident(kind="limit", attribute="Temperature")

    alone = step([], [incident], minutes(0), site="bakery", line=line)
    joined = step([], [replace(incident, explained=(under,))], minutes(0), site="bakery", line=line)

    assert [change.alarm.severity for change in (*alone, *joined)] == ["medium", "critical"]


def test_a_stop_that_lasts_becomes_more_severe_and_never_less():
    alarms = after([], [an_incident(lost_seconds=60)], 0)
    worse = after(alarms, [an_incident(lost_seconds=31 * 60)], 31)
    again = after(worse, [an_incident(lost_seconds=60)], 36)

    assert [alarms[0].severity, worse[0].severity, again[0].severity] == ["medium", "high", "high"]


def test_an_incident_that_nobody_can_act_on_is_an_event_and_no_alarm():
    nothing_to_do = StepSettings(kinds={**KINDS, "drift": Rationale("minor", 60, "It is odd.", "")})

    assert after([], [an_incident(kind="drift")], 0, nothing_to_do) == []


def test_a_victims_own_alarm_is_recorded_and_silent_under_the_root():
    root = an_incident(victims={"Former": 200.0}, onset_us=minutes(0))
    echo = an_incident(device="Former", kind="drift", onset_us=minutes(2))

    alarms = {alarm.device: alarm for alarm in after([], [root, echo], 5)}

    assert alarms["Former"].cause == "Conveyor"
    assert reason_to_tell(alarms["Former"], minutes(5)) is None
    assert reason_to_tell(alarms["Conveyor"], minutes(5)) == "new"


def test_trouble_that_began_before_the_root_is_not_its_consequence():
    root = an_incident(victims={"Former": 200.0}, onset_us=minutes(3))
    older = an_incident(device="Former", kind="drift", onset_us=minutes(1))

    assert all(alarm.overlay is None for alarm in after([], [root, older], 5))


def test_a_declared_limit_speaks_also_on_a_machine_that_is_held_up():
    root = an_incident(victims={"Former": 200.0}, onset_us=minutes(0))
    limit = an_incident(device="Former", kind="limit", attribute="Temperature", onset_us=minutes(2))

    assert all(alarm.overlay is None for alarm in after([], [root, limit], 5))


def test_a_consequence_that_outlives_its_root_speaks_for_itself():
    root = an_incident(victims={"Former": 200.0}, onset_us=minutes(0))
    echo = an_incident(device="Former", kind="drift", onset_us=minutes(2))
    alarms = after(after([], [root, echo], 5), [echo], 10)

    former = {alarm.device: alarm for alarm in alarms}["Former"]
    assert former.overlay is not None, "material needs a while to flow again"

    former = {alarm.device: alarm for alarm in after(alarms, [echo], 15)}["Former"]
    assert former.overlay is None
    assert (former.cause, reason_to_tell(former, minutes(15))) == ("Former", "new")


def test_a_shelved_alarm_goes_on_being_evaluated_and_comes_back_with_the_truth():
    (alarm,) = [seen(alarm) for alarm in after([], [an_incident()], 0)]
    shelved = lifecycle.shelve(alarm, by="Ada", reason="known", until_us=minutes(60), now_us=minutes(1))

    cleared = after([shelved], [], 5)
    back = after(cleared, [an_incident(onset_us=minutes(29))], 30)
    returned = after(back, [an_incident(onset_us=minutes(29))], 60)

    assert (cleared[0].cleared_us, back[0].occurrences) == (minutes(5), 2)
    assert back[0].alarm_id == alarm.alarm_id
    assert reason_to_tell(back[0], minutes(30)) is None
    assert reason_to_tell(returned[0], minutes(60)) == "new"


def test_a_victim_that_is_down_itself_is_never_silenced():
    root = an_incident(victims={"Former": 90.0})
    alarms = after([], [root, an_incident(device="Former", onset_us=minutes(2))], 5)

    assert {alarm.device: alarm.overlay for alarm in alarms} == {"Conveyor": None, "Former": None}


def test_what_was_lost_stays_lost_when_the_cause_is_no_longer_seen_to_cost_it():
    alarms = after([], [an_incident(lost_seconds=300, victims={"Former": 200.0})], 0)

    (alarm,) = after(alarms, [an_incident(lost_seconds=40)], 5)

    assert [(victim.device, victim.lost_seconds) for victim in alarm.victims] == [("Former", 200.0)]
    assert alarm.lost_seconds == 300


def ended(incident, at_minutes: float):
    return replace(incident, finding=replace(incident.finding, ended_us=minutes(at_minutes)))


def test_trouble_that_was_over_before_its_tick_is_told_once_as_over():
    (alarm,) = after([], [ended(an_incident(lost_seconds=90), 3)], 5)

    assert (alarm.active, alarm.cleared_us, alarm.lost_seconds) == (False, minutes(5), 90)
    assert reason_to_tell(alarm, minutes(5)) == "new"
    assert reason_to_tell(seen(alarm), minutes(10)) is None


def test_an_alarm_clears_at_the_tick_that_sees_its_end_with_all_that_it_cost():
    alarms = [seen(alarm) for alarm in after([], [an_incident(lost_seconds=60)], 0)]

    (alarm,) = after(alarms, [ended(an_incident(lost_seconds=240), 4)], 5)

    assert (alarm.active, alarm.occurrences, alarm.lost_seconds) == (False, 1, 240)
