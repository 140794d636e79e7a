"""How far a signal normally moves: the last moves of quiet times, with their median and their record."""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections import deque


def median(values: list[float]) -> float:
    """The middle of at least one number."""
    ordered = sorted(values)
    return median_of_sorted(ordered)


def median_of_sorted(ordered: list[float]) -> float:
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


MOST_MOVES = 4032
"""Beyond that many the oldest is forgotten: two weeks of bins of five minutes."""


class Habit:
    """At most `most` moves; beyond that the oldest goes. Kept sorted, so that a median costs nothing."""

    __slots__ = ("_by_age", "_median", "_sorted", "most")

    def __init__(self, most: int = MOST_MOVES) -> None:
        self.most = most
        self._by_age: deque[float] = deque()
        self._sorted: list[float] = []
        self._median: float | None = None

    def __len__(self) -> int:
        return len(self._sorted)

    def learn(self, move: float) -> None:
        self._median = None
        self._by_age.append(move)
        insort(self._sorted, move)
        while len(self._sorted) > self.most:
            del self._sorted[bisect_left(self._sorted, self._by_age.popleft())]

    @property
    def median(self) -> float:
        if self._median is None:  # asked for every bin, changed every tenth
            self._median = median_of_sorted(self._sorted)
        return self._median

    @property
    def record(self) -> float:
        return self._sorted[-1]

    def pack(self) -> bytes:
        """Oldest first, four bytes each: half a percent of a move never decides."""
        return array("f", self._by_age).tobytes()

    @classmethod
    def unpack(cls, packed: bytes, most: int = MOST_MOVES) -> Habit:
        habit, moves = cls(most), array("f")
        moves.frombytes(packed)
        habit._by_age.extend(moves)
        habit._sorted = sorted(moves)
        return habit
