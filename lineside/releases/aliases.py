"""Which model answers a conversation: the aliases as they were read at most half a minute ago, and the canary's share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from lineside.answering.writer import Released
from lineside.releases.record import AliasTable

KEPT_SECONDS: Final = 20.0
"""How long a table is believed: a promotion or a rollback reaches everybody within half a minute."""


class CachedAliases:
    """An `Aliases` over a `ReleaseStore`'s table. `seconds` is a clock that only runs forward."""

    def __init__(self, read: Callable[[], AliasTable], seconds: Callable[[], float]) -> None:
        self._read, self._seconds = read, seconds

    def released(self, alias: str, conversation: str = "") -> Released | None:
        raise NotImplementedError
