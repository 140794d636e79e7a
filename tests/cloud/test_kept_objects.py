"""What was paid for stands in a bucket, and is found again."""

from __future__ import annotations

from cloud.kept_objects import KeptObjects
from lineside.lake.memory import MemoryObjects


def test_what_was_kept_is_found_under_its_key_and_nothing_else_is():
    objects = MemoryObjects()
    kept = KeptObjects(objects, "training-drafts/")

    kept.put("abc", b"[]")

    assert kept.get("abc") == b"[]"
    assert kept.get("abd") is None
    assert objects.list("") == ["training-drafts/abc"]
