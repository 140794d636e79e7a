"""Files of the lake that cannot be read, such as one that a failing disk has cut short.

Such a file is left where it is, is left out of what is read, and is named until it is mended or moved away: one bad
file must neither hide the good ones beside it nor stop what arrives from being stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from lineside.lake.objects import ObjectStore

_MOST_NAMED: Final = 1_000


class Unreadable(Exception):
    """The object `key` is no whole Parquet file of ours."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(
            f"the file {key} of the lake cannot be read and is left out; restore it, or move it away: {why}"
        )
        self.key = key


@contextmanager
def decoding(key: str) -> Iterator[None]:
    """Raise `Unreadable` for bytes that cannot be decoded; errors of the disk itself rise as they are."""
    import pyarrow as pa  # here, because the reader that carries DuckDB instead tells damaged files too

    try:
        yield
    except (pa.ArrowException, ValueError, KeyError, OSError) as error:
        # Arrow tells damaged pages as OSError too, but only the operating system's own have a number.
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise Unreadable(key, _first_line(error)) from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


class Damaged:
    """The unreadable files that were met, until they change or are gone."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._met: dict[str, tuple[str | None, str]] = {}

    def note(self, unreadable: Unreadable) -> None:
        if len(self._met) < _MOST_NAMED:
            self._met[unreadable.key] = (self._objects.tag(unreadable.key), str(unreadable))

    def told(self) -> tuple[str, ...]:
        """One sentence for each file that still is as it was when it could not be read."""
        for key, (tag, _) in list(self._met.items()):
            if tag is None or self._objects.tag(key) != tag:
                self._met.pop(key, None)
        return tuple(sentence for _, sentence in self._met.values())
