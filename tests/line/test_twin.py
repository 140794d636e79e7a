from __future__ import annotations

from lineside.line.twin import DeviceTwin, advance, decode_twin, encode_twin, newest
from tests.lake.readings import LINE, SITE, SIX_US, reading


def test_the_newest_of_a_batch_is_by_observed_time_and_not_by_order():
    news = newest([reading(2, 2.0), reading(3, 3.0), reading(1, 1.0)])

    assert news["Oven"]["Temperature"].value == 3.0


def test_nothing_newer_is_nothing_to_write():
    twin = advance(DeviceTwin(SITE, LINE, "Oven"), newest([reading(2, 2.0)])["Oven"])
    assert twin is not None

    assert advance(twin, newest([reading(2, 2.0)])["Oven"]) is None
    assert advance(twin, newest([reading(1, 1.0)])["Oven"]) is None


def test_zero_and_false_are_values():
    twin = advance(
        DeviceTwin(SITE, LINE, "Oven"), newest([reading(0, 0.0), reading(0, False, attribute="Door")])["Oven"]
    )

    assert twin is not None
    again = decode_twin(encode_twin(twin))
    assert again == twin
    assert again.values["Temperature"].value == 0.0
    assert again.values["Door"].value is False


def test_a_clock_ahead_makes_a_device_no_younger_than_its_arrival():
    twin = advance(DeviceTwin(SITE, LINE, "Oven"), newest([reading(9_000, 1.0, received=10)])["Oven"])

    assert twin is not None
    assert twin.seen_us == SIX_US + 10_000_000
