"""Objects in memory: for tests, and for a replay that wants no disk."""

from __future__ import annotations

import builtins
from hashlib import blake2b
from pathlib import Path
from threading import Lock

from lineside.errors import Conflict


class MemoryObjects:
    """An `ObjectStore` that forgets everything when the process ends. Safe between threads."""

    at_once = 1

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}
        self._lock = Lock()

    def put(self, key: str, data: bytes) -> None:
        with self._lock:
            self._kept[key] = data

    def get(self, key: str) -> bytes:
        return self._kept[key]

    def list(self, prefix: str) -> builtins.list[str]:
        with self._lock:
            return sorted(key for key in self._kept if key.startswith(prefix))

    def delete(self, key: str) -> None:
        with self._lock:
            self._kept.pop(key, None)

    def tag(self, key: str) -> str | None:
        return _tag(self._kept.get(key))

    def put_if(self, key: str, data: bytes, tag: str | None) -> None:
        with self._lock:
            if _tag(self._kept.get(key)) != tag:
                raise Conflict(f"{key} was changed by somebody else")
            self._kept[key] = data

    def path(self, key: str) -> Path | None:  # noqa: ARG002 (nothing here is a file)
        return None


def _tag(data: bytes | None) -> str | None:
    return None if data is None else blake2b(data, digest_size=16).hexdigest()
