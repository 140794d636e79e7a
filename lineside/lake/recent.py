"""A bounded memory of what was used last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps the values used last while their costs add up to no more than `budget`. Safe between threads."""

    def __init__(self, budget: int, cost: Callable[[V], int]) -> None:
        self._budget = budget
        self._cost = cost
        self._spent = 0
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            value = self._kept.get(key)
            if value is not None:
                self._kept.move_to_end(key)
            return value

    def keep(self, key: K, value: V) -> None:
        """Keep a value and forget the oldest beyond the budget; what costs more than all of it is not kept."""
        with self._lock:
            self._drop(key)
            self._kept[key] = value
            self._spent += self._cost(value)
            while self._spent > self._budget and self._kept:
                self._drop(next(iter(self._kept)))

    def forget(self, key: K) -> None:
        with self._lock:
            self._drop(key)

    def __len__(self) -> int:
        return len(self._kept)

    def _drop(self, key: K) -> None:
        value = self._kept.pop(key, None)
        if value is not None:
            self._spent -= self._cost(value)
