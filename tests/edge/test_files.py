from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.files import FileObjects
from lineside.errors import Refused, Unavailable


@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "/etc/passwd", "", ".", "a\0b"])
def test_a_key_that_leads_out_of_the_folder_is_refused(tmp_path: Path, key: str):
    objects = FileObjects(tmp_path / "lake")

    with pytest.raises(Refused):
        objects.put(key, b"x")

    assert list(tmp_path.iterdir()) == [tmp_path / "lake"]


def test_a_disk_that_takes_nothing_is_unavailable_and_leaves_nothing_behind(tmp_path: Path):
    objects = FileObjects(tmp_path / "lake")
    (tmp_path / "lake" / "raw").write_bytes(b"a file where a folder should be")

    with pytest.raises(Unavailable, match="did not take or give raw/a"):
        objects.put("raw/a", b"x")

    assert objects.list("") == ["raw"]


@pytest.fixture
def room_for_a_kilobyte() -> Iterator[None]:
    """As on a disk with no more room: the kernel refuses to let a file grow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_without_room_is_unavailable_and_keeps_no_half_object(tmp_path: Path, room_for_a_kilobyte: None):
    objects = FileObjects(tmp_path)
    objects.put("a", b"old")

    with pytest.raises(Unavailable, match="too large"):
        objects.put("a", b"x" * 10_000)

    assert objects.get("a") == b"old"
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["a"]


def test_what_was_being_written_when_the_process_died_is_not_listed(tmp_path: Path):
    objects = FileObjects(tmp_path)
    objects.put("raw/a", b"1")
    (tmp_path / ".writing" / "99999999-0").write_bytes(b"half")

    assert objects.list("") == ["raw/a"]
    assert list(tmp_path.rglob("*.parquet")) == []


def test_what_a_dead_process_was_writing_goes_at_the_next_start(tmp_path: Path):
    FileObjects(tmp_path)
    ours, left = (tmp_path / ".writing" / f"{pid}-0" for pid in (os.getpid(), 99_999_999))
    ours.write_bytes(b"half")
    left.write_bytes(b"half")

    FileObjects(tmp_path)

    assert (ours.exists(), left.exists()) == (True, False)


def test_an_object_is_a_file_of_the_same_name(tmp_path: Path):
    objects = FileObjects(tmp_path)
    objects.put("raw/site=a/b.parquet", b"1")

    assert objects.path("raw/site=a/b.parquet").read_bytes() == b"1"
    assert (tmp_path / "raw" / "site=a" / "b.parquet").read_bytes() == b"1"
