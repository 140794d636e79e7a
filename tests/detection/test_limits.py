"""Declared limits, with their delays and their deadband."""

from __future__ import annotations

from lineside.detection.finding import Finding
from lineside.lake.window import Series
from lineside.site.model import Attribute, Line, Machine
from tests.detection.made import START_US, appearances, changed, signal, ticks

DECLARED = Attribute(unit="CEL", low=-26, high=-18, on_delay_seconds=30, off_delay_seconds=60)


def freezer(attribute: Attribute = DECLARED) -> Line:
    return Line(id="line-1", machines=(Machine(id="Freezer Tunnel", attributes={"Temperature": attribute}),))


def at(value: float, *, minutes: float = 40, every_seconds: float = 5) -> Series:
    series = signal(minutes, every_seconds)
    return Series(series.at_us, series.number * 0 + value, unit="CEL")


def told(series: Series, attribute: Attribute = DECLARED, **how: float) -> list[tuple[float, Finding]]:
    read = {("Freezer Tunnel", "Temperature", ""): series}
    return appearances(ticks(read, freezer(attribute), minutes=40, **how), "limit")  # type: ignore[arg-type]


def test_a_value_inside_its_limits_is_silent():
    assert told(at(-22)) == []


def test_a_value_on_the_limit_is_inside():
    assert told(at(-18)) == []


def test_a_value_beyond_the_limit_is_told_with_value_unit_time_and_limit():
    series = changed(at(-22), 12, 20, lambda value: value * 0 - 15.5)

    ((minute, finding),) = told(series)

    assert minute == 15
    assert (finding.device, finding.attribute, finding.detail) == ("Freezer Tunnel", "Temperature", "high")
    assert finding.onset_us == START_US + 12 * 60_000_000
    assert (finding.evidence[0].value, finding.evidence[0].unit, finding.evidence[0].expected) == (-15.5, "CEL", -18)
    assert finding.evidence[0].observed_us == START_US + 12 * 60_000_000


def test_low_and_high_are_two_troubles():
    series = changed(at(-22), 12, 16, lambda value: value * 0 - 30)
    series = changed(series, 22, 26, lambda value: value * 0 - 10)

    assert [finding.detail for _, finding in told(series)] == ["low", "high"]


def test_an_excursion_shorter_than_the_on_delay_is_not_told():
    series = changed(at(-22), 14.7, 15.1, lambda value: value * 0 - 10)

    assert told(series) == []


def test_a_violation_that_was_over_before_the_tick_is_told_all_the_same():
    series = changed(at(-22), 11, 12, lambda value: value * 0 - 10)

    assert [minute for minute, _ in told(series)] == [15]


def test_many_short_excursions_do_not_add_up():
    series = at(-22)
    for start in range(10, 20):
        series = changed(series, start, start + 0.4, lambda value: value * 0 - 10)

    assert told(series) == []


def test_it_ends_only_inside_by_the_deadband_for_the_off_delay():
    attribute = DECLARED.model_copy(update={"deadband": 1.0})
    series = changed(at(-22), 10, 40, lambda value: value * 0 - 17)
    hovering = changed(series, 14, 40, lambda value: value * 0 - 18.5)
    back = changed(series, 14, 40, lambda value: value * 0 - 19.5)

    lasting = [minute for minute, found in _every_tick(hovering, attribute) if found]
    ended = [minute for minute, found in _every_tick(back, attribute) if found]

    assert lasting[-1] == 40
    assert ended[-1] == 15


def _every_tick(series: Series, attribute: Attribute) -> list[tuple[float, list[Finding]]]:
    read = {("Freezer Tunnel", "Temperature", ""): series}
    return [
        (minute, [one for one in found if one.kind == "limit"])
        for minute, found in ticks(read, freezer(attribute), minutes=40)
    ]


def test_a_value_dancing_on_the_limit_is_one_alarm_and_not_many():
    series = changed(at(-22), 10, 11, lambda value: value * 0 - 17.9)
    for start in range(11, 40):
        series = changed(series, start, start + 0.5, lambda value: value * 0 - 18.05)
        series = changed(series, start + 0.5, start + 1, lambda value: value * 0 - 17.95)

    assert len(told(series)) == 1


def test_without_a_word_in_the_site_file_the_defaults_hold():
    attribute = Attribute(unit="CEL", high=-18)

    short = told(changed(at(-22), 12, 12.4, lambda value: value * 0 - 10), attribute)
    long = told(changed(at(-22), 12, 12.7, lambda value: value * 0 - 10), attribute)

    assert short == []
    assert len(long) == 1


def test_one_reading_every_ten_minutes_holds_until_the_next():
    series = changed(at(-22, every_seconds=600), 15, 25, lambda value: value * 0 - 10)

    ((minute, finding),) = told(series)

    assert minute == 25
    assert finding.onset_us == START_US + 20 * 60_000_000


def test_an_attribute_without_limits_is_never_told():
    assert told(changed(at(-22), 12, 30, lambda value: value * 0 + 900), Attribute(unit="CEL")) == []
