from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lineside.telemetry import arrival
from lineside.telemetry.arrival import Arrivals, flag
from lineside.telemetry.reading import Reading
from lineside.telemetry.timestamps import SECOND_US

NOON_US = 1_740_999_600 * SECOND_US


def reading(observed: float, received: float, attribute: str = "Good", device: str = "M") -> Reading:
    """Seconds after noon."""
    return Reading(
        device,
        attribute,
        NOON_US + round(observed * SECOND_US),
        1.0,
        received_us=NOON_US + round(received * SECOND_US),
    )


def flags_of(*readings: Reading) -> list[str]:
    return [one.flags for one in flag(readings, Arrivals())]


def test_readings_that_arrive_as_they_should_carry_no_flag() -> None:
    assert flags_of(reading(0, 1), reading(0, 1, "Bad"), reading(5, 6), reading(5, 305)) == ["", "", "", ""]


def test_a_reading_that_missed_its_tick_is_late() -> None:
    assert flags_of(reading(0, 300.5)) == ["late"]


def test_a_reading_from_tomorrow_is_from_the_future_but_a_second_is_nothing() -> None:
    assert flags_of(reading(1, 0), reading(3_600, 1)) == ["", "future"]


def test_an_older_value_of_a_series_is_out_of_order_and_other_series_are_not_touched() -> None:
    assert flags_of(reading(10, 11), reading(5, 11), reading(5, 11, "Bad"), reading(11, 12)) == [
        "",
        "out_of_order",
        "",
        "",
    ]


def test_a_clock_that_is_set_back_is_marked_where_it_happens() -> None:
    assert flags_of(reading(3_600, 0), reading(0, 5), reading(5, 10), reading(3_700, 12)) == [
        "future", "out_of_order clock_step", "out_of_order", "future",
    ]  # fmt: skip


def test_what_was_seen_is_remembered_from_batch_to_batch() -> None:
    arrivals = Arrivals()
    flag([reading(10, 11)], arrivals)

    assert [one.flags for one in flag([reading(5, 12)], arrivals)] == ["out_of_order"]


def test_too_many_series_are_forgotten(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(arrival, "MAX_SERIES", 10)
    arrivals = Arrivals()
    for number in range(100):
        flag([reading(0, 1, device=f"D{number}")], arrivals)

    assert len(arrivals.newest_us) <= 11
    assert len(arrivals.last_us) <= 11


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000), st.sampled_from("ab")), max_size=30))
def test_flags_are_all_that_is_changed(rows: list[tuple[int, int, str]]) -> None:
    readings = [reading(observed, received, attribute) for observed, received, attribute in rows]

    flagged = flag(readings, Arrivals())

    assert [one.identity for one in flagged] == [one.identity for one in readings]
    newest: dict[str, int] = {}
    for one in flagged:
        assert ("out_of_order" in one.flags) == (one.observed_us < newest.get(one.attribute, 0))
        newest[one.attribute] = max(newest.get(one.attribute, 0), one.observed_us)
