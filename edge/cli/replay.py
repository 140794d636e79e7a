"""`lineside replay`."""

from __future__ import annotations


def replay() -> None:
    """Not here yet."""
    raise NotImplementedError
