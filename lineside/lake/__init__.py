"""The lake: one Parquet layout, one way to spell a path; append, read a window, compact.

`Lake` and `Appended` load pyarrow when they are first asked for, so that a function that carries DuckDB instead
(`history.py`) can import this room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lineside.lake.append import Appended
    from lineside.lake.lake import Lake

__all__ = ["Appended", "Lake"]


def __getattr__(name: str) -> Any:
    if name == "Lake":
        from lineside.lake.lake import Lake

        return Lake
    if name == "Appended":
        from lineside.lake.append import Appended

        return Appended
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
