"""One bad file in the lake hides nothing else, stops nothing, and is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from edge.files import FileObjects
from lineside.lake import Appended, Lake
from lineside.lake.compact import compact_hours
from lineside.lake.memory import MemoryObjects
from lineside.lake.objects import ObjectStore
from lineside.lake.paths import RAW, READINGS
from tests.lake.readings import HOUR_US, LINE, SITE, SIX_US, everything, reading

NOW_US = SIX_US + 5 * HOUR_US

DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "overwritten in the middle": lambda data: data[:8] + b"\xa5" * (len(data) - 16) + data[-8:],
    "pages overwritten": lambda data: data[:8] + b"\xa5" * 200 + data[208:],
    "no parquet": lambda data: b"\0" * len(data),
}


def in_memory(_: Path) -> ObjectStore:
    return MemoryObjects()


def in_a_folder(folder: Path) -> ObjectStore:
    return FileObjects(folder)


@pytest.fixture(params=DAMAGES.values(), ids=DAMAGES)
def damage(request: pytest.FixtureRequest) -> Callable[[bytes], bytes]:
    harm: Callable[[bytes], bytes] = request.param
    return harm


@pytest.fixture(params=[in_memory, in_a_folder])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """A lake of two files in one hour."""
    store: ObjectStore = request.param(tmp_path)
    lake = Lake(store)
    lake.append(SITE, LINE, [reading(0, 1.0), reading(1, 2.0)], "a")
    lake.append(SITE, LINE, [reading(2, 3.0)], "b")
    return store


def key_of(objects: ObjectStore, batch: str) -> str:
    return next(key for key in objects.list(RAW) if key.endswith(f"-{batch}.parquet"))


def values(lake: Lake) -> list[object]:
    return sorted(everything(lake).values())  # type: ignore[type-var]


def test_a_reader_leaves_the_damaged_file_out_and_names_it(objects: ObjectStore, damage: Callable[[bytes], bytes]):
    key = key_of(objects, "b")
    objects.put(key, damage(objects.get(key)))
    lake = Lake(objects)

    assert values(lake) == [1.0, 2.0]

    assert [key in sentence for sentence in lake.damaged.told()] == [True]


def test_it_is_named_until_it_is_mended_or_gone(objects: ObjectStore):
    key = key_of(objects, "b")
    whole = objects.get(key)
    objects.put(key, whole[:100])
    lake = Lake(objects)
    everything(lake)

    objects.put(key, whole)

    assert lake.damaged.told() == ()
    assert values(lake) == [1.0, 2.0, 3.0]


def test_what_arrives_in_its_hour_is_stored_all_the_same(objects: ObjectStore, damage: Callable[[bytes], bytes]):
    key = key_of(objects, "b")
    objects.put(key, damage(objects.get(key)))
    lake = Lake(objects, exact=True)

    appended = lake.append(SITE, LINE, [reading(1, 2.0), reading(3, 4.0)], "c")

    assert appended == Appended(stored=1, duplicates=1)
    assert values(lake) == [1.0, 2.0, 4.0]
    assert len(lake.damaged.told()) == 1


def test_compaction_merges_the_others_and_leaves_it(objects: ObjectStore, damage: Callable[[bytes], bytes]):
    key = key_of(objects, "b")
    objects.put(key, damage(objects.get(key)))

    done = compact_hours(objects, NOW_US, 900)

    assert (done.rows, done.files, done.unreadable) == (2, 1, 1)
    assert objects.list(RAW) == [key]
    assert values(Lake(objects)) == [1.0, 2.0]


def test_a_damaged_compacted_hour_is_never_overwritten(objects: ObjectStore):
    compact_hours(objects, NOW_US, 900)
    compacted = objects.list(READINGS)[0]
    objects.put(compacted, b"damaged")
    Lake(objects).append(SITE, LINE, [reading(9, 9.0)], "late")

    done = compact_hours(objects, NOW_US, 900)

    assert done.unreadable == 1
    assert objects.get(compacted) == b"damaged"
    assert values(Lake(objects)) == [9.0]


def test_a_file_that_is_none_of_ours_is_passed_over(objects: ObjectStore):
    folder = key_of(objects, "a").rpartition("/")[0]
    objects.put(f"{folder}/.DS_Store", b"x")
    objects.put(f"{folder}/copy of a.parquet", b"x")
    lake = Lake(objects, exact=True)

    lake.append(SITE, LINE, [reading(3, 4.0)], "c")
    compact_hours(objects, NOW_US, 900)

    assert values(lake) == [1.0, 2.0, 3.0, 4.0]
    assert len(objects.list(RAW)) == 2
