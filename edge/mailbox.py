"""What a broker has handed over and nobody has stored yet: acknowledged in order, each only once it is stored."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

MOST_MESSAGES: Final = 1_000
MOST_BYTES: Final = 32 * 1024 * 1024
LOOK_SECONDS: Final = 0.25
"""Between two looks at what waits; what comes in between is looked at when it comes."""


@dataclass(frozen=True)
class Arrived:
    """A message that is not stored yet."""

    topic: str
    payload: bytes
    received_us: int
    on_durable: Callable[[], None]


class Mailbox:
    """`put` and `wake` from any thread; `store` from one, which `run` is."""

    def __init__(self) -> None:
        self._waiting: deque[Arrived] = deque()
        self._bytes = 0
        self._lock = threading.Lock()
        self._something = threading.Event()

    @property
    def room(self) -> bool:
        return len(self._waiting) < MOST_MESSAGES and self._bytes < MOST_BYTES

    def put(self, topic: str, payload: bytes, received_us: int, on_durable: Callable[[], None]) -> int:
        """Take one; `on_durable` is called, from another thread, once it is stored, or need not be."""
        with self._lock:
            self._waiting.append(Arrived(topic, payload, received_us, on_durable))
            self._bytes += len(payload)
        self.wake()
        return 0

    def wake(self) -> None:
        self._something.set()

    def store(self, keep: Callable[[Arrived], None]) -> None:
        """Hand each to `keep`, the oldest first, and then acknowledge it. Where `keep` raises it stays, and waits."""
        while self._waiting:
            arrived = self._waiting[0]
            keep(arrived)
            with self._lock:
                self._waiting.popleft()
                self._bytes -= len(arrived.payload)
            arrived.on_durable()

    def run(self, stop: threading.Event, turn: Callable[[], None]) -> None:
        """Take turns until told to stop, and one more for what came before that."""
        while not stop.is_set():
            turn()
            self._something.wait(LOOK_SECONDS)
            self._something.clear()
        turn()
