"""Which model answers a conversation: the aliases as read at most half a minute ago, and the canary's share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from hashlib import blake2b
from typing import Final

from lineside.answering.writer import Released
from lineside.errors import Unavailable
from lineside.releases.record import ALIASES, Alias, AliasTable, Target

KEPT_SECONDS: Final = 20.0
"""How long a table is believed: a promotion or a rollback reaches everybody within half a minute."""
RETRY_SECONDS: Final = 5.0
"""How long a store that did not answer is left alone."""
MOST_STALE_SECONDS: Final = 300.0
"""How long the last known table is used while the store does not answer. After that nobody knows what is released."""

_RANGE: Final = 2.0**64


class CachedAliases:
    """An `Aliases` over a `ReleaseStore`'s table, for any thread. `seconds` is a clock that only runs forward."""

    def __init__(self, read: Callable[[], AliasTable], seconds: Callable[[], float]) -> None:
        self._read, self._seconds = read, seconds
        self._known: AliasTable | None = None
        self._read_at = self._ask_again_at = float("-inf")
        self._lock = threading.Lock()

    def released(self, alias: str, conversation: str = "") -> Released | None:
        """Raises `Unavailable` where the store has not answered for longer than `MOST_STALE_SECONDS`."""
        if alias not in ALIASES:
            return None
        table = self._table()
        if alias == "live" and table.canary and takes_canary(table, conversation):
            return _released(table.canary, "canary")
        target: Target | None = getattr(table, alias)
        return _released(target, alias) if target else None

    def _table(self) -> AliasTable:
        """One thread reads; the others wait for what it finds, as nobody shall ask a model that was taken back."""
        with self._lock:
            if self._seconds() < self._ask_again_at and self._known is not None:
                return self._known
            asked_at = self._seconds()
            if asked_at < self._ask_again_at:
                raise Unavailable("the records of releases do not answer just now")
            try:
                self._known = self._read()
            except Unavailable as error:
                return self._last_known(error)
            # From when it was asked for: what was switched while it was read is seen in time as well.
            self._read_at, self._ask_again_at = asked_at, asked_at + KEPT_SECONDS
            return self._known

    def _last_known(self, error: Unavailable) -> AliasTable:
        now = self._seconds()
        self._ask_again_at = now + RETRY_SECONDS
        if self._known is None or now - self._read_at > MOST_STALE_SECONDS:
            self._known = None
            raise error
        return self._known


def takes_canary(table: AliasTable, conversation: str) -> bool:
    """Whether the canary answers this conversation. Each release takes others, and the same ones at every turn."""
    if not conversation or table.canary is None:
        return False
    digest = blake2b(f"{table.canary.release_id}\0{conversation}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / _RANGE < table.canary_share


def _released(target: Target, alias: Alias) -> Released:
    return Released(target.model_id, target.release_id, alias)
