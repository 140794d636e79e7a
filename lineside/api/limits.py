"""How often a person may try, and how much one person may ask at once. Pure rules; the clock is an argument.

One process counts for itself: where several serve the same site, each has limits of its own, and the gateway in front
has the common ones.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from lineside.errors import Refused

SECOND_US: Final = 1_000_000
MOST_KEYS: Final = 10_000


class TooMany(Refused):
    """Asked too often. `retry_after_seconds` says when it will be heard again."""

    def __init__(self, detail: str, retry_after_seconds: int) -> None:
        super().__init__(detail)
        self.retry_after_seconds = max(1, retry_after_seconds)


class WrongPassword(Refused):
    """No account has this name with this password. Which of the two was wrong is never said."""


class Tries:
    """Failed sign-ins. After `free` failures each further one doubles the wait, up to `longest_seconds`.

    A key is a name or an address. What is refused for coming too early does not count, so that waiting helps; what
    failed is forgotten after `forget_seconds` of peace.
    """

    def __init__(self, free: int, longest_seconds: int, forget_seconds: int = 3_600) -> None:
        self._free, self._longest_seconds, self._forget_us = free, longest_seconds, forget_seconds * SECOND_US
        self._failed: dict[str, tuple[int, int]] = {}

    def wait_seconds(self, key: str, now_us: int) -> int:
        """How long this key has to wait; 0 where it may try now."""
        failures, last_us = self._failed.get(key, (0, 0))
        if failures < self._free or now_us - last_us > self._forget_us:
            return 0
        wait_us = min(2 ** min(failures - self._free, 32), self._longest_seconds) * SECOND_US
        return -((now_us - last_us - wait_us) // SECOND_US) if now_us - last_us < wait_us else 0

    def failed(self, key: str, now_us: int) -> None:
        failures, last_us = self._failed.pop(key, (0, now_us))
        self._failed[key] = (failures + 1 if now_us - last_us <= self._forget_us else 1, now_us)
        if len(self._failed) > MOST_KEYS:
            del self._failed[next(iter(self._failed))]

    def succeeded(self, key: str) -> None:
        self._failed.pop(key, None)


class SignInLimits:
    """Failed sign-ins of a name from anywhere, and from one address with any names. Any thread may use it.

    A name waits half a minute at most: whoever guesses at it must not be able to lock its owner out for good.
    """

    def __init__(self) -> None:
        self._names, self._sources = Tries(free=5, longest_seconds=30), Tries(free=20, longest_seconds=900)
        self._lock = threading.Lock()

    def begin(self, name: str, source: str, now_us: int) -> None:
        """Count this try as failed until it is known to be right: many at once are then no way around the limit."""
        with self._lock:
            wait = max(self._names.wait_seconds(name, now_us), self._sources.wait_seconds(source, now_us))
            if wait:
                raise TooMany(f"too many wrong passwords; try again in {wait} s", wait)
            self._names.failed(name, now_us)
            self._sources.failed(source, now_us)

    def succeeded(self, name: str, source: str) -> None:
        with self._lock:
            self._names.succeeded(name)
            self._sources.succeeded(source)


class Turns:
    """Questions to the assistant: so many at once for one person, and so many in a minute. Any thread may use it."""

    def __init__(self, at_once: int = 2, per_minute: int = 20) -> None:
        self._at_once, self._per_minute = at_once, per_minute
        self._running: dict[str, int] = {}
        self._begun_us: dict[str, list[int]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def one(self, person: str, now_us: int) -> Iterator[None]:
        """One turn of this person, or `TooMany`."""
        self._begin(person, now_us)
        try:
            yield
        finally:
            self._end(person)

    def _begin(self, person: str, now_us: int) -> None:
        with self._lock:
            if self._running.get(person, 0) >= self._at_once:
                raise TooMany(f"{self._at_once} questions of yours are being answered; wait for one, or stop it", 2)
            recent = self._recent(person, now_us)
            if len(recent) >= self._per_minute:
                wait = (recent[0] + 60 * SECOND_US - now_us) // SECOND_US + 1
                raise TooMany(f"{self._per_minute} questions in a minute are enough; ask again in {wait} s", wait)
            self._begun_us[person] = [*recent, now_us]
            self._running[person] = self._running.get(person, 0) + 1

    def _end(self, person: str) -> None:
        with self._lock:
            left = self._running[person] - 1
            if left:
                self._running[person] = left
            else:
                del self._running[person]

    def _recent(self, person: str, now_us: int) -> Sequence[int]:
        if len(self._begun_us) > MOST_KEYS:
            self._begun_us = {
                one: begun for one, begun in self._begun_us.items() if begun[-1] > now_us - 60 * SECOND_US
            }
        # A clock that was set back must not hold anybody for longer than a minute.
        return [at for at in self._begun_us.get(person, []) if abs(now_us - at) < 60 * SECOND_US]
