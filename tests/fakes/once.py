"""What is dear to make is made once for all processes of a test run, by whoever needs it first."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest

_SHARED: list[Path] = []


def share_between(config: pytest.Config) -> None:
    """The folder that the workers of this run have in common; without workers there is nobody to share with."""
    if hasattr(config, "workerinput"):
        _SHARED[:] = [Path(config.option.basetemp).parent / "shared"]


def made_once(name: str, make: Callable[[], bytes]) -> bytes:
    """What `make` gives; another worker's where that was there first. Whoever comes meanwhile waits."""
    if not _SHARED:
        return make()
    (folder,) = _SHARED
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.is_file():
            made = make()
            unfinished = folder / f"{name}.unfinished"
            unfinished.write_bytes(made)
            unfinished.rename(file)
        return file.read_bytes()
