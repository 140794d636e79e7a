"""Several requests to a distant store at the same time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from lineside.lake.objects import ObjectStore

Item = TypeVar("Item")
Result = TypeVar("Result")


def together(objects: ObjectStore, work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """`work` on each item, in order, as many at once as the store is worth asking; the first error rises."""
    at_once = min(objects.at_once, len(items))
    if at_once <= 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(at_once) as threads:
        return list(threads.map(work, items))
