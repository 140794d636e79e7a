"""One process that writes alone counts duplicates against all that is stored."""

from __future__ import annotations

import pytest

from lineside.errors import Unavailable
from lineside.lake import Appended, Lake
from lineside.lake.memory import MemoryObjects
from lineside.lake.paths import RAW
from tests.lake.readings import HOUR_US, LINE, SITE, SIX_US, everything, reading


def test_what_is_stored_already_is_counted_and_not_stored_again():
    objects = MemoryObjects()
    lake = Lake(objects, exact=True)
    lake.append(SITE, LINE, [reading(0, 1.0), reading(1, 2.0)], "a")

    appended = lake.append(SITE, LINE, [reading(1, 2.0), reading(0, 5.0), reading(2, 3.0)], "b")

    assert appended == Appended(stored=1, duplicates=2, conflicts=1)
    assert [key.split("-")[-2] for key in objects.list(RAW) if key.endswith("-b.parquet")] == ["1"]


def test_a_batch_of_nothing_new_writes_nothing():
    objects = MemoryObjects()
    lake = Lake(objects, exact=True)
    lake.append(SITE, LINE, [reading(0)], "a")

    assert lake.append(SITE, LINE, [reading(0)], "b") == Appended(stored=0, duplicates=1)
    assert len(objects.list(RAW)) == 1


@pytest.mark.parametrize("restarted", [False, True])
def test_a_batch_repeated_after_a_crash_gives_the_same_files_and_counts(restarted: bool):
    objects = MemoryObjects()
    lake = Lake(objects, exact=True)
    lake.append(SITE, LINE, [reading(0), reading(1)], "a")
    batch = [reading(1), reading(2), reading(3600)]
    first = lake.append(SITE, LINE, batch, "b")
    kept = objects.list("")

    again = (Lake(objects, exact=True) if restarted else lake).append(SITE, LINE, batch, "b")

    assert again == first == Appended(stored=2, duplicates=1)
    assert objects.list("") == kept


def test_days_old_readings_are_checked_against_their_compacted_hour():
    objects = MemoryObjects()
    lake = Lake(objects, exact=True)
    lake.append(SITE, LINE, [reading(0, "Running", attribute="State"), reading(1, 2.0)], "a")
    lake.compact(SITE, LINE, SIX_US + 3 * HOUR_US)
    repeated = [reading(0, "Down", attribute="State"), reading(1, 2.0), reading(2, 3.0)]

    appended = Lake(objects, exact=True).append(SITE, LINE, repeated, "late")

    assert appended == Appended(stored=1, duplicates=2, conflicts=1)


def test_more_hours_than_are_remembered_are_counted_as_well():
    lake = Lake(MemoryObjects(), exact=True, cache_bytes=0)
    hours = [reading(3600 * hour) for hour in range(5)]

    assert lake.append(SITE, LINE, hours, "a").stored == 5
    assert lake.append(SITE, LINE, hours, "b").duplicates == 5


class FailsOnce(MemoryObjects):
    """The second put writes and then does not say so."""

    puts = 0

    def put(self, key: str, data: bytes) -> None:
        super().put(key, data)
        self.puts += 1
        if self.puts == 2:
            raise Unavailable("the disk did not answer")


def test_a_batch_that_failed_half_way_is_counted_once_when_it_is_repeated():
    objects = FailsOnce()
    lake = Lake(objects, exact=True)
    batch = [reading(0), reading(3600), reading(7200)]

    with pytest.raises(Unavailable):
        lake.append(SITE, LINE, batch, "a")
    appended = lake.append(SITE, LINE, batch, "a")

    assert appended == Appended(stored=3, duplicates=0)
    assert len(everything(lake)) == 3


def test_lines_do_not_share_their_readings():
    lake = Lake(MemoryObjects(), exact=True)
    lake.append(SITE, LINE, [reading(0)], "a")

    assert lake.append(SITE, "line-2", [reading(0)], "b").stored == 1
