"""What could not be read, kept with its reason until somebody mends the sender or the site file and replays it."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from hashlib import sha256
from typing import Protocol

import msgspec


class Quarantined(msgspec.Struct, frozen=True):
    """One message, or one message of an array, as it arrived.

    `code` is stable and counted; `reason` is the sentence for a person. `readings` is how many it held, 1 where
    that cannot be told. `resolved_us` is when a replay could read it; 0 while it waits.
    """

    site: str
    topic: str
    raw: bytes
    reason: str
    code: str
    readings: int = 1
    message_id: str = ""
    received_us: int = 0
    resolved_us: int = 0

    @property
    def entry_id(self) -> str:
        """The same for the same bytes on the same topic, so that a redelivery is kept once."""
        return sha256(b"\0".join((self.site.encode(), self.topic.encode("utf-8", "replace"), self.raw))).hexdigest()[
            :32
        ]


class Quarantine(Protocol):
    """Where quarantined messages wait. Every method is harmless twice."""

    def keep(self, entries: Sequence[Quarantined]) -> None:
        """Keep these, durably; one that waits already stays as it is, one that was resolved waits again."""
        ...

    def list(self, site: str, limit: int = 1_000) -> builtins.list[Quarantined]:
        """Those of a site that wait."""
        ...

    def get(self, site: str, entry_id: str) -> Quarantined | None:
        """One entry, waiting or resolved."""
        ...

    def resolve(self, site: str, entry_id: str, now_us: int) -> None:
        """It has been read: it waits no longer, but stays on record."""
        ...
