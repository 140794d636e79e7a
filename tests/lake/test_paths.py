from __future__ import annotations

import pytest

from lineside.lake.paths import Hour, batch_name, hour_of, hours, raw_file, raw_key
from tests.lake.readings import HOUR_US, LINE, SITE, SIX_US


def test_an_hour_spells_its_paths_by_the_observed_time_in_utc():
    hour = Hour(SITE, LINE, SIX_US)

    assert hour.raw == "raw/site=bakery-north/line=line-1/date=2025-03-03/hour=06/"
    assert hour.compacted == "readings/site=bakery-north/line=line-1/date=2025-03-03/hour=06/part.parquet"


def test_the_name_of_a_file_says_what_it_holds():
    key = raw_key(Hour(SITE, LINE, SIX_US), SIX_US, SIX_US + 5, 3, "inbox-000000000001-000000000009")

    file = raw_file(key)

    assert (file.first_us, file.last_us, file.rows) == (SIX_US, SIX_US + 5, 3)
    assert file.batch == "inbox-000000000001-000000000009"


def test_a_batch_id_that_a_name_cannot_carry_becomes_its_hash():
    assert batch_name("a/b c") == batch_name("a/b c")
    assert batch_name("a/b c") != batch_name("a/b d")
    assert "/" not in batch_name("../../etc/passwd")


def test_the_hours_of_a_span_are_those_that_hold_a_moment_of_it():
    span = hours(SITE, LINE, SIX_US + 1, SIX_US + HOUR_US + 1)

    assert [hour.start_us for hour in span] == [SIX_US, SIX_US + HOUR_US]
    assert hours(SITE, LINE, SIX_US, SIX_US) == []
    assert [hour.start_us for hour in hours(SITE, LINE, SIX_US, SIX_US + HOUR_US)] == [SIX_US]


def test_an_hour_is_read_back_from_its_paths():
    hour = Hour(SITE, LINE, SIX_US)

    assert hour_of(hour.raw) == hour
    assert hour_of(hour.compacted) == hour
    assert hour_of("documents/sop.md") is None


@pytest.mark.parametrize("name", ["", "..", "a/b", "a b", "ü"])
def test_what_is_no_slug_names_no_path(name: str):
    with pytest.raises(ValueError, match="slug"):
        _ = Hour(name, LINE, SIX_US).raw
