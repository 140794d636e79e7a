"""What a reader of the lake gets: a window of readings as columns.

Columns, because detection looks at minutes of many signals at once: a machine at 1 Hz with eight attributes is
2,400 readings a tick, and as objects they would cost more to build than to judge.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

SeriesKey = tuple[str, str, str]
"""device, attribute, dataset."""


@dataclass(frozen=True)
class Series:
    """One signal, sorted by time, without duplicates and without readings of quality bad.

    at_us:  int64, shape (n,): microseconds since 1970 UTC.
    number: float64, shape (n,): the value; true is 1 and false is 0; NaN where the value is text.
    text:   the text values, shape (n,) of str or None, or None when no value is text.
    unit:   UN/CEFACT code of the latest reading.
    """

    at_us: NDArray[np.int64]
    number: NDArray[np.float64]
    text: list[str | None] | None = None
    unit: str = ""

    def __len__(self) -> int:
        return len(self.at_us)


@dataclass(frozen=True)
class Window:
    """All signals of one line with start_us <= observed < end_us."""

    start_us: int
    end_us: int
    series: dict[SeriesKey, Series] = field(default_factory=dict)
