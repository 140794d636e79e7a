"""What a line's detectors remember, kept among named objects, so that both runtimes can share one way.

An object never changes, so every save writes the next number and drops the ones before; a reader takes the highest.
"""

from __future__ import annotations

from lineside.errors import Unavailable
from lineside.lake.objects import ObjectStore

_KEEP = 2
_TRIES = 5


class ObjectMemoryStore:
    """`memory/site=S/line=L/<number>.bin`. A crash between writing and dropping leaves an extra object, no more."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def load(self, site: str, line: str) -> bytes | None:
        for _ in range(_TRIES):
            keys = self._keys(site, line)
            if not keys:
                return None
            try:
                return self._objects.get(keys[-1])
            except KeyError:
                continue  # dropped by a writer since we looked; there is a newer one
        raise Unavailable(f"the memory of {line} keeps changing while it is read")

    def save(self, site: str, line: str, memory: bytes) -> None:
        keys = self._keys(site, line)
        number = _number(keys[-1]) + 1 if keys else 1
        self._objects.put(f"{_prefix(site, line)}{number:012d}.bin", memory)
        for key in keys[: 1 - _KEEP]:
            self._objects.delete(key)

    def _keys(self, site: str, line: str) -> list[str]:
        return [key for key in self._objects.list(_prefix(site, line)) if key.endswith(".bin")]


def _prefix(site: str, line: str) -> str:
    return f"memory/site={site}/line={line}/"


def _number(key: str) -> int:
    return int(key.rsplit("/", 1)[-1].removesuffix(".bin"))
