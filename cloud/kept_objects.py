"""What a generator wrote and was paid for, as objects by the key of what it was asked: nothing is paid for twice."""

from __future__ import annotations

from lineside.lake.objects import ObjectStore


class KeptObjects:
    """A `Kept` on objects below `prefix`, which ends in a slash. A key never changes its content."""

    def __init__(self, objects: ObjectStore, prefix: str) -> None:
        self._objects, self._prefix = objects, prefix

    def get(self, key: str) -> bytes | None:
        try:
            return self._objects.get(self._prefix + key)
        except KeyError:
            return None

    def put(self, key: str, content: bytes) -> None:
        self._objects.put(self._prefix + key, content)
