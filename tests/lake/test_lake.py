from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineside.errors import Unavailable
from lineside.lake import Appended, Lake
from lineside.lake.memory import MemoryObjects
from lineside.lake.paths import RAW
from lineside.lake.schema import SCHEMA, from_parquet
from lineside.telemetry.reading import Reading
from tests.lake.readings import (
    HOUR_US,
    LINE,
    SECOND_US,
    SITE,
    SIX_US,
    contents,
    everything,
    first_received,
    reading,
)


def test_what_was_appended_is_in_the_window():
    lake = Lake(MemoryObjects())
    readings = [
        reading(0, 180.5),
        reading(1, 181.0),
        reading(0, True, attribute="Door"),
        reading(1, "Running", attribute="State"),
    ]

    appended = lake.append(SITE, LINE, readings, "first")

    assert appended == Appended(stored=4, duplicates=0)
    assert everything(lake) == {one.identity: one.value for one in readings}


def test_a_signal_is_sorted_and_carries_the_unit_of_its_latest_reading():
    lake = Lake(MemoryObjects())

    lake.append(SITE, LINE, [reading(2, 3.0, unit="KEL"), reading(0, 1.0), reading(1, 2.0)], "first")
    series = lake.window(SITE, LINE, SIX_US, SIX_US + HOUR_US).series["Oven", "Temperature", ""]

    assert series.at_us.tolist() == [SIX_US, SIX_US + SECOND_US, SIX_US + 2 * SECOND_US]
    assert series.number.tolist() == [1.0, 2.0, 3.0]
    assert series.unit == "KEL"


def test_a_window_holds_its_start_and_not_its_end():
    lake = Lake(MemoryObjects())
    lake.append(SITE, LINE, [reading(second) for second in range(10)], "first")

    window = lake.window(SITE, LINE, SIX_US + 2 * SECOND_US, SIX_US + 5 * SECOND_US)

    assert window.series["Oven", "Temperature", ""].at_us.tolist() == [SIX_US + n * SECOND_US for n in (2, 3, 4)]


def test_a_window_of_named_devices_holds_no_others():
    lake = Lake(MemoryObjects())
    lake.append(SITE, LINE, [reading(0, device=device) for device in ("Oven", "Mixer", "Packer")], "first")

    window = lake.window(SITE, LINE, SIX_US, SIX_US + HOUR_US, devices=["Mixer", "Nobody"])

    assert [device for device, _, _ in window.series] == ["Mixer"]


def test_an_empty_batch_stores_nothing():
    objects = MemoryObjects()

    assert Lake(objects).append(SITE, LINE, [], "empty") == Appended(0, 0)
    assert objects.list("") == []


def test_readings_lie_where_they_were_observed_one_object_an_hour():
    objects = MemoryObjects()

    Lake(objects).append(SITE, LINE, [reading(0), reading(1), reading(-1), reading(3600)], "first")

    assert [key.split("hour=")[1][:2] for key in objects.list(RAW)] == ["05", "06", "07"]


def test_the_same_batch_again_changes_nothing():
    objects = MemoryObjects()
    lake, readings = Lake(objects), [reading(0), reading(3600, 2.0)]

    first = lake.append(SITE, LINE, readings, "first")
    kept = {key: objects.get(key) for key in objects.list("")}
    again = lake.append(SITE, LINE, readings, "first")

    assert again == first
    assert {key: objects.get(key) for key in objects.list("")} == kept


def test_of_one_identity_the_first_received_counts_whatever_the_order_of_batches():
    early, late = reading(0, 1.0, received=5), reading(0, 2.0, received=9)
    one, other = Lake(MemoryObjects()), Lake(MemoryObjects())

    one.append(SITE, LINE, [early], "a")
    one.append(SITE, LINE, [late], "b")
    other.append(SITE, LINE, [late], "a")
    other.append(SITE, LINE, [early], "b")

    assert everything(one) == everything(other) == {early.identity: 1.0}


def test_a_repetition_within_a_batch_is_a_duplicate_and_another_value_a_conflict():
    readings = [reading(0, 1.0), reading(0, 1.0), reading(0, 2.0), reading(1, "Running"), reading(1, "Down")]

    appended = Lake(MemoryObjects()).append(SITE, LINE, readings, "first")

    assert appended == Appended(stored=2, duplicates=3, conflicts=2)


@pytest.mark.parametrize(("one", "other"), [(0.0, False), (1.0, True), (1.0, "1"), (0.0, "")])
def test_values_of_another_kind_are_other_values(one: float, other: bool | str):
    appended = Lake(MemoryObjects()).append(SITE, LINE, [reading(0, one), reading(0, other)], "first")

    assert appended.conflicts == 1


def test_readings_of_quality_bad_are_kept_and_left_out_unless_asked_for():
    lake = Lake(MemoryObjects())
    lake.append(
        SITE, LINE, [reading(0, 1.0), reading(1, 999.0, quality="bad"), reading(2, 3.0, quality="uncertain")], "a"
    )

    good = lake.window(SITE, LINE, SIX_US, SIX_US + HOUR_US)
    every = lake.window(SITE, LINE, SIX_US, SIX_US + HOUR_US, include_bad=True)

    assert good.series["Oven", "Temperature", ""].number.tolist() == [1.0, 3.0]
    assert every.series["Oven", "Temperature", ""].number.tolist() == [1.0, 999.0, 3.0]


def test_a_signal_of_bad_readings_only_is_not_there():
    lake = Lake(MemoryObjects())
    lake.append(SITE, LINE, [reading(0, quality="bad")], "a")

    assert lake.window(SITE, LINE, SIX_US, SIX_US + HOUR_US).series == {}


def test_a_bad_reading_that_came_first_is_not_replaced_by_a_repetition():
    lake = Lake(MemoryObjects())
    lake.append(SITE, LINE, [reading(0, 999.0, quality="bad", received=1)], "a")
    lake.append(SITE, LINE, [reading(0, 1.0, received=2), reading(1, 2.0)], "b")

    raw = contents(lake.window(SITE, LINE, SIX_US, SIX_US + HOUR_US))
    lake.compact(SITE, LINE, SIX_US + 2 * HOUR_US)
    compacted = contents(lake.window(SITE, LINE, SIX_US, SIX_US + HOUR_US))

    assert raw == compacted == {reading(1).identity: 2.0}


def test_a_file_carries_the_schema_and_its_version():
    objects = MemoryObjects()
    source = Reading("Oven", "Temperature", SIX_US, 100.0, "CEL", "", 212.0, "FAH", "uncertain", "guessed", "late", 7)

    Lake(objects).append(SITE, LINE, [source], "first")
    table = from_parquet(objects.get(objects.list(RAW)[0]))

    assert table.schema.equals(SCHEMA)
    assert table.schema.metadata[b"lineside.version"] == b"1"
    row = table.to_pylist()[0]
    assert (row["value_number"], row["unit"], row["source_value"], row["source_unit"]) == (100.0, "CEL", "212.0", "FAH")
    assert (row["quality"], row["reason"], row["flags"]) == ("uncertain", "guessed", "late")


def test_the_same_rows_give_the_same_bytes():
    readings = [reading(second, float(second), device=f"d{second % 3}") for second in range(50)]
    one, other = MemoryObjects(), MemoryObjects()

    Lake(one).append(SITE, LINE, readings, "first")
    Lake(other).append(SITE, LINE, readings, "first")

    assert [one.get(key) for key in one.list("")] == [other.get(key) for key in other.list("")]


def test_a_large_hour_is_read_in_parts():
    lake = Lake(MemoryObjects())
    devices = [f"machine {number:02d}" for number in range(40)]
    lake.append(
        SITE, LINE, [reading(second, float(second), device) for device in devices for second in range(1000)], "a"
    )

    window = lake.window(SITE, LINE, SIX_US, SIX_US + HOUR_US, devices=["machine 17"])

    assert window.series.keys() == {("machine 17", "Temperature", "")}
    assert window.series["machine 17", "Temperature", ""].number.tolist() == [float(second) for second in range(1000)]


class Vanishing(MemoryObjects):
    """A store in which a listed file is always gone when it is read."""

    def get(self, key: str) -> bytes:
        raise KeyError(key)


def test_a_lake_that_never_holds_still_is_unavailable():
    objects = Vanishing()
    Lake(objects).append(SITE, LINE, [reading()], "a")

    with pytest.raises(Unavailable, match="changed under the reader"):
        Lake(objects).window(SITE, LINE, SIX_US, SIX_US + HOUR_US)


VALUES = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.text(max_size=5))
READINGS = st.builds(
    reading,
    second=st.one_of(st.integers(0, 6), st.integers(3598, 3602)),
    value=VALUES,
    device=st.sampled_from(["Oven", "Öfen 2", "Mixer"]),
    attribute=st.sampled_from(["Temperature", "State"]),
    received=st.integers(0, 3),
    dataset=st.sampled_from(["", "spare"]),
    unit=st.sampled_from(["", "CEL"]),
    quality=st.sampled_from(["good", "uncertain", "bad"]),
)
STEPS = st.lists(st.one_of(st.lists(READINGS, max_size=12), st.just("compact")), max_size=8)


@settings(max_examples=80, deadline=None)
@given(STEPS, st.booleans())
def test_a_lake_is_a_dictionary_by_identity(steps: list[list[Reading] | str], warm: bool):
    lake = Lake(MemoryObjects(), cache_bytes=1 << 20 if warm else 0)
    batches: list[list[Reading]] = []

    for number, step in enumerate(steps):
        if isinstance(step, str):
            lake.compact(SITE, LINE, SIX_US + 3 * HOUR_US)
            # What was compacted wins ties from now on, and is what the model goes on from.
            batches = [[one for batch in batches for one in batch]]
        else:
            lake.append(SITE, LINE, step, f"{number:03d}")
            batches.append(step)
        every = [one for batch in batches for one in batch]
        assert _comparable(everything(lake)) == _comparable(first_received(every))


def _comparable(held: dict) -> dict:
    """A window shows true as 1 and false as 0."""
    return {identity: float(value) if isinstance(value, bool) else value for identity, value in held.items()}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(READINGS, max_size=12), max_size=6), st.randoms(use_true_random=False))
def test_one_that_writes_alone_counts_every_duplicate(batches: list[list[Reading]], chance: random.Random):
    objects = MemoryObjects()
    lake, stored = Lake(objects, exact=True), 0
    known: set = set()

    for number, batch in enumerate(batches):
        identities = {one.identity for one in batch}
        appended = lake.append(SITE, LINE, batch, f"{number}")
        assert appended.stored == len(identities - known)
        assert appended.stored + appended.duplicates == len(batch)
        known |= identities
        stored += appended.stored
        if chance.random() < 0.3:
            lake.compact(SITE, LINE, SIX_US + 3 * HOUR_US)
        if chance.random() < 0.3:
            lake = Lake(objects, exact=True)

    assert stored == len(everything(lake)) == len(known)
