"""The one thing the lake needs of its surroundings: named objects.

Keys are relative, with forward slashes: `raw/site=bakery-north/line=line-1/date=2025-03-03/hour=06/....parquet`.
"""

from __future__ import annotations

from typing import Protocol


class ObjectStore(Protocol):
    """A folder on disk or a bucket. `put` is all or nothing and durable when it returns; an object never changes."""

    def put(self, key: str, data: bytes) -> None: ...

    def get(self, key: str) -> bytes:
        """The bytes of an object; KeyError where there is none."""
        ...

    def list(self, prefix: str) -> list[str]:
        """The keys that begin with `prefix`, in order; [] where there are none."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object; one that is gone already is fine."""
        ...
