"""`lineside up`."""

from __future__ import annotations


def up() -> None:
    """Not here yet."""
    raise NotImplementedError
