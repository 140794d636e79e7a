"""Whether anybody can still read the alarms."""

from __future__ import annotations

from lineside.alarms.health import HealthTargets, assess, find_floods
from lineside.alarms.lifecycle import clear, shelve, suppress, take_out_of_service
from tests.alarms.builders import T0_US, an_alarm, minutes


def raised_at(*at_minutes: float, **stated):
    return [an_alarm(alarm_id=f"a{index}", raised_us=minutes(at), **stated) for index, at in enumerate(at_minutes)]


def test_ten_alarms_in_ten_minutes_are_no_flood_and_eleven_are():
    ten = [minutes(at) for at in range(10)]

    assert find_floods(ten, 10) == ()
    (flood,) = find_floods([*ten, minutes(9.5)], 10)
    assert (flood.start_us, flood.end_us, flood.most) == (minutes(0), minutes(9.5), 11)


def test_alarms_exactly_ten_minutes_apart_fall_into_different_windows():
    assert find_floods([minutes(0)] * 6 + [minutes(10)] * 6, 10) == ()


def test_a_flood_that_goes_on_is_one_flood():
    assert len(find_floods([minutes(at / 4) for at in range(120)], 10)) == 1


def test_a_calm_shift_is_healthy():
    health = assess(raised_at(0, 100, 200), [], T0_US, minutes(480))

    assert health.unhealthy == ()
    assert health.per_hour == 3 / 8
    assert health.flood_share == 0.0


def test_a_flood_is_reported_with_its_share_of_the_time():
    health = assess(raised_at(*(at / 2 for at in range(12))), [], T0_US, minutes(60))

    assert health.most_in_ten_minutes == 12
    assert health.flood_share == 1 / 6
    assert any("flood" in sentence for sentence in health.unhealthy)


def test_what_was_suppressed_is_no_burden_on_people():
    root = an_alarm(alarm_id="root")
    victims = [suppress(alarm, root, T0_US) for alarm in raised_at(1, 2, 3, device="Former")]

    health = assess([root, *victims], [root, *victims], T0_US, minutes(60))

    assert (health.alarms, health.suppressed) == (1, 3)


def test_chattering_stale_shelved_and_out_of_service_alarms_are_listed():
    chattering = an_alarm(alarm_id="c", occurrences=4)
    stale = an_alarm(alarm_id="s", raised_us=minutes(-25 * 60))
    shelved = shelve(an_alarm(alarm_id="q"), by="Ada", reason="r", until_us=minutes(10), now_us=T0_US)
    away = take_out_of_service(an_alarm(alarm_id="o"), by="Ada", work_order="W", now_us=T0_US)
    gone = clear(an_alarm(alarm_id="g", raised_us=minutes(-25 * 60)), T0_US)

    health = assess([chattering], [stale, shelved, away, gone], T0_US, minutes(1))

    assert health.chattering == (chattering,)
    assert health.stale == (stale,)
    assert health.shelved == (shelved,)
    assert health.out_of_service == (away,)


def test_the_worst_offenders_come_first():
    alarms = [*raised_at(0, 1, device="Sealer"), *raised_at(2, device="Former"), an_alarm(occurrences=5, device="Oven")]

    offenders = assess(alarms, [], T0_US, minutes(60)).top_offenders

    assert [(offender.device, offender.alarms) for offender in offenders] == [("Oven", 5), ("Sealer", 2), ("Former", 1)]
    assert offenders[0].share == 5 / 8


def test_the_mix_of_priorities_adds_up():
    mix = assess([*raised_at(0, 1, 2, severity="low"), an_alarm(severity="high")], [], T0_US, minutes(60)).priority_mix

    assert mix == {"critical": 0.0, "high": 0.25, "medium": 0.0, "low": 0.75}


def test_targets_are_settings():
    alarms = raised_at(0, 1, 2)

    assert assess(alarms, [], T0_US, minutes(60)).unhealthy == ()
    assert assess(alarms, [], T0_US, minutes(60), HealthTargets(alarms_per_hour=2)).unhealthy != ()


def test_an_empty_period_is_healthy():
    assert assess([], [], T0_US, T0_US).unhealthy == ()
