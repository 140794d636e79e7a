"""The one thing the lake needs of its surroundings: named objects.

Keys are relative, with forward slashes: `raw/site=bakery-north/line=line-1/date=2025-03-03/hour=06/....parquet`.
"""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Protocol


class ObjectStore(Protocol):
    """A folder on disk or a bucket. `put` is all or nothing and durable when it returns.

    An object never changes, save the compacted hours, which are swapped whole through `put_if`. A store that does
    not answer raises `Unavailable`. `at_once`: how many requests are worth making at the same time.
    """

    @property
    def at_once(self) -> int: ...

    def put(self, key: str, data: bytes) -> None: ...

    def get(self, key: str) -> bytes:
        """The bytes of an object; KeyError where there is none."""
        ...

    def list(self, prefix: str) -> builtins.list[str]:
        """The keys that begin with `prefix`, in order; [] where there are none."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object; one that is gone already is fine."""
        ...

    def tag(self, key: str) -> str | None:
        """What changes whenever the object does, as an ETag; None where there is no such object."""
        ...

    def put_if(self, key: str, data: bytes, tag: str | None) -> None:
        """Put where `tag` stands now (None: where nothing stands), in one step; else raise `Conflict`."""
        ...

    def path(self, key: str) -> Path | None:
        """The file that holds the object, where the store is on this machine; None elsewhere. It may not exist."""
        ...
