"""A folder that keeps what was paid for, one file for each answer."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class KeptFiles:
    """A file is whole or not there: it gets its name only after everything stands in it.

    Raises OSError where the disk does not take it; going on would pay for the same answer again.
    """

    folder: Path

    def get(self, key: str) -> bytes | None:
        try:
            return (self.folder / key).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, key: str, content: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        replace_file(self.folder / key, content)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a machine that loses its power, sees the old content or the new."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
