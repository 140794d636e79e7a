"""What the advisor needs of its surroundings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from lineside.advice.model import Advisory, Notification
from lineside.detection.defects import Inspected


class MemoryStore(Protocol):
    """Keeps what a line's detectors remember from tick to tick, as bytes. None before the first tick."""

    def load(self, site: str, line: str) -> bytes | None: ...

    def save(self, site: str, line: str, memory: bytes) -> None: ...


class AdvisoryStore(Protocol):
    """Keeps advisories. Storing the same `advisory_id` twice is harmless."""

    def save(self, advisory: Advisory) -> None: ...

    def recent(self, site: str, line: str, limit: int) -> list[Advisory]:
        """Newest first."""
        ...


class Notifier(Protocol):
    """Tells people. Raises `Unavailable` when the message did not leave; sending the same one twice is harmless."""

    def notify(self, notification: Notification) -> None: ...


class Inspections(Protocol):
    """What images showed of a line's pieces. Raises `Unavailable`."""

    def inspected(self, site: str, line: str, start_us: int, end_us: int) -> Sequence[Inspected]:
        """Every piece whose image was taken in start <= t < end and has a verdict by now, in any order."""
        ...


class Worded(msgspec.Struct, frozen=True):
    """What happened, in somebody's words. `composed_by` and `why_not` as the advisory keeps them."""

    what_happened: str
    composed_by: str
    why_not: tuple[str, ...] = ()


class Wording(Protocol):
    """Says what happened, in its own words and from the advisory alone. Never raises for what a model does, and all
    advisories of one tick together take no longer than a tick can spare."""

    def word(self, advisory: Advisory) -> Worded: ...
