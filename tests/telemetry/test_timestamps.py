from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineside.telemetry.rejection import Rejection
from lineside.telemetry.timestamps import SECOND_US, check_plausible, parse, read, render

SIX_US = 1_740_981_600 * SECOND_US


@pytest.mark.parametrize(
    ("text", "instant_us"),
    [
        ("2025-03-03T06:00:00Z", SIX_US),
        ("2025-03-03t06:00:00z", SIX_US),
        ("2025-03-03 06:00:00Z", SIX_US),
        ("2025-03-03T06:00:00+00:00", SIX_US),
        ("2025-03-03T06:00:00-00:00", SIX_US),
        ("2025-03-03T07:30:00+01:30", SIX_US),
        ("2025-03-02T23:00:00-07:00", SIX_US),
        ("2025-03-03T06:00:00.5Z", SIX_US + 500_000),
        ("2025-03-03T06:00:00.123Z", SIX_US + 123_000),
        ("2025-03-03T06:00:00.000001+00:00", SIX_US + 1),
        ("2025-03-03T06:00:00.1234567Z", SIX_US + 123_456),
        ("2025-03-03T06:00:00.9999999Z", SIX_US + 999_999),
        ("2025-03-03T05:59:60Z", SIX_US),
        ("2024-02-29T00:00:00Z", 1_709_164_800 * SECOND_US),
    ],
)
def test_every_spelling_of_rfc_3339_is_read_to_the_microsecond(text: str, instant_us: int) -> None:
    assert parse(text) == instant_us
    assert parse(text) == instant_us  # and once more, now that its parts are remembered


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "timestamp_missing"),
        ("  ", "timestamp_missing"),
        ("2025-03-03T06:00:00", "timestamp_naive"),
        ("2025-03-03T06:00:00.250", "timestamp_naive"),
        ("2025-03-03", "timestamp_unreadable"),
        ("1740981600", "timestamp_unreadable"),
        ("2025-02-29T06:00:00Z", "timestamp_unreadable"),
        ("2025-13-01T06:00:00Z", "timestamp_unreadable"),
        ("2025-03-03T24:00:00Z", "timestamp_unreadable"),
        ("2025-03-03T06:60:00Z", "timestamp_unreadable"),
        ("2025-03-03T06:00:61Z", "timestamp_unreadable"),
        ("2025-03-03T06:00:00.Z", "timestamp_unreadable"),
        ("2025-03-03T06:00:00+24:00", "timestamp_unreadable"),
        ("2025-03-03T06:00:00Zulu", "timestamp_unreadable"),
        ("2025-03-03T06:00:00.12\u0663Z", "timestamp_unreadable"),
        ("2025-03-03T\u0660\u0666:00:00Z", "timestamp_unreadable"),
        ("0001-01-01T00:00:00+23:59", "timestamp_unreadable"),
        ("2025-03-03T06:00:00." + "1" * 100_000 + "Z", "timestamp_unreadable"),
    ],
)
def test_what_is_no_instant_is_refused_with_a_reason(text: str, code: str) -> None:
    parse("2025-03-03T06:00:00.120Z")  # so that parts of it are known

    with pytest.raises(Rejection) as refused:
        parse(text)

    assert refused.value.code == code
    assert len(refused.value.reason) < 200


offsets = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.just(UTC) | offsets)


@given(instants, st.sampled_from(["auto", "milliseconds", "microseconds", "seconds"]))
def test_reading_agrees_with_the_standard_library(instant: datetime, timespec: str) -> None:
    text = instant.isoformat(timespec=timespec)

    instant_us, spelled = read(text)

    assert instant_us == (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert spelled == render(instant_us)


@given(st.integers(parse("0001-01-01T00:00:00Z"), parse("9999-12-31T23:59:59.999999Z")))
def test_what_is_rendered_is_read_back(instant_us: int) -> None:
    assert read(render(instant_us)) == (instant_us, render(instant_us))


@given(st.text(max_size=40))
def test_no_text_does_anything_but_be_read_or_refused(text: str) -> None:
    with suppress(Rejection):
        assert isinstance(parse(text), int)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("2025-03-03T06:00:00.000Z", "2025-03-03T06:00:00Z"),
        ("2025-03-03T06:00:00.250000Z", "2025-03-03T06:00:00.250Z"),
        ("2025-03-03T06:00:00.25+00:00", "2025-03-03T06:00:00.250Z"),
        ("2025-03-03T08:00:00.000250+02:00", "2025-03-03T06:00:00.000250Z"),
    ],
)
def test_an_instant_is_spelled_in_one_way(text: str, spelled: str) -> None:
    assert read(text)[1] == spelled
    assert read(text)[1] == spelled


def test_the_plausible_reach_from_2000_to_a_day_after_arrival() -> None:
    day_us = 86_400 * SECOND_US
    check_plausible(parse("2000-01-01T00:00:00Z"), SIX_US)
    check_plausible(SIX_US + day_us, SIX_US)

    with pytest.raises(Rejection, match="before 2000"):
        check_plausible(parse("1999-12-31T23:59:59.999999Z"), SIX_US)
    with pytest.raises(Rejection, match="more than a day ahead"):
        check_plausible(SIX_US + day_us + 1, SIX_US)
