from __future__ import annotations

from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from cloud.s3 import S3Objects
from edge.files import FileObjects
from lineside.errors import Conflict
from lineside.lake import Lake
from lineside.lake.memory import MemoryObjects
from lineside.lake.objects import ObjectStore
from tests.lake.readings import HOUR_US, LINE, SITE, SIX_US, everything, reading


@pytest.fixture(params=["memory", "files", "s3", "s3 below a prefix"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "memory":
        return MemoryObjects()
    if request.param == "files":
        return FileObjects(tmp_path / "lake")
    client, bucket = request.getfixturevalue("bucket")
    return S3Objects(client, bucket, "" if request.param == "s3" else "plants/north/")


def test_what_was_put_is_there(objects: ObjectStore):
    objects.put("raw/site=a/one.parquet", b"\x00bytes")

    assert objects.get("raw/site=a/one.parquet") == b"\x00bytes"


def test_what_was_never_put_is_a_key_error(objects: ObjectStore):
    with pytest.raises(KeyError):
        objects.get("raw/nothing")


def test_the_same_key_again_holds_the_newest_bytes(objects: ObjectStore):
    objects.put("a", b"1")
    objects.put("a", b"2")

    assert objects.get("a") == b"2"
    assert objects.list("") == ["a"]


def test_a_list_holds_the_keys_below_a_prefix_in_order(objects: ObjectStore):
    for key in ("raw/b/2", "raw/a/1", "raw/b/10", "readings/b/1", "rawer"):
        objects.put(key, b"")

    assert objects.list("raw/") == ["raw/a/1", "raw/b/10", "raw/b/2"]
    assert objects.list("raw/b/1") == ["raw/b/10"]
    assert objects.list("nothing/") == []


def test_a_list_longer_than_a_page_of_s3_is_whole(bucket: tuple[Any, str]):
    objects = S3Objects(*bucket)
    keys = [f"raw/{number:04d}" for number in range(1005)]
    for key in keys:
        objects.put(key, b"")

    assert objects.list("raw/") == keys


def test_what_was_deleted_is_gone_and_may_be_deleted_again(objects: ObjectStore):
    objects.put("a/b", b"1")

    objects.delete("a/b")
    objects.delete("a/b")

    assert objects.list("") == []
    assert objects.tag("a/b") is None


def test_a_tag_changes_with_the_object(objects: ObjectStore):
    objects.put("a", b"1")
    first = objects.tag("a")

    assert objects.tag("a") == first
    objects.put("a", b"2")
    assert objects.tag("a") not in (first, None)


def test_a_swap_needs_the_object_that_was_read(objects: ObjectStore):
    objects.put_if("a", b"1", None)
    first = objects.tag("a")
    objects.put_if("a", b"2", first)

    with pytest.raises(Conflict):
        objects.put_if("a", b"3", first)
    with pytest.raises(Conflict):
        objects.put_if("a", b"3", None)
    with pytest.raises(Conflict):
        objects.put_if("gone", b"3", first)
    assert objects.get("a") == b"2"
    assert objects.list("") == ["a"]


def test_of_many_who_swap_at_once_one_wins(objects: ObjectStore):
    objects.put("a", b"0")
    tag = objects.tag("a")
    won: list[int] = []

    def swap(number: int) -> None:
        try:
            objects.put_if("a", f"{number}".encode(), tag)
        except Conflict:
            return
        won.append(number)

    threads = [Thread(target=swap, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 1
    assert objects.get("a") == f"{won[0]}".encode()


@pytest.mark.parametrize("exact", [False, True])
def test_a_lake_works_on_it(objects: ObjectStore, exact: bool):
    lake = Lake(objects, exact=exact)
    lake.append(SITE, LINE, [reading(0, 1.0), reading(1, "Running", attribute="State"), reading(3600, 2.0)], "a")
    lake.append(SITE, LINE, [reading(0, 1.0), reading(2, 3.0)], "b")
    before = everything(lake)

    lake.compact(SITE, LINE, SIX_US + 3 * HOUR_US)

    assert len(before) == 4
    assert everything(lake) == before
    assert len(objects.list("")) == 2
