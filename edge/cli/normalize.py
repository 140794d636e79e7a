"""`lineside normalize`."""

from __future__ import annotations


def normalize() -> None:
    """Not here yet."""
    raise NotImplementedError
