"""What lies between the commands and a broker: the broker as commands need it, and what it hands in, sorted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Protocol

from edge.topics import thing_of_topic

if TYPE_CHECKING:
    from edge.broker import EmbeddedBroker


class CommandWire(Protocol):
    """A broker, as commands need it."""

    def reaches(self, topic: str) -> bool:
        """Whether what is published there now is heard; a broker that does not tell says yes while it is there."""
        ...

    def publish(self, topic: str, payload: bytes, on_acknowledged: Callable[[], None]) -> None:
        """QoS 1, not retained. `on_acknowledged` is called, from any thread, once it is; never, where it is not."""
        ...


class KeepsMessages(Protocol):
    """What a broker hands messages to."""

    @property
    def room(self) -> bool: ...

    def put(self, topic: str, payload: bytes, received_us: int, on_durable: Callable[[], None]) -> int: ...


class SortedMessages:
    """What a broker hands messages to: those on some topics to `own`, the others to `rest`."""

    def __init__(self, rest: KeepsMessages, own: KeepsMessages, is_own: Callable[[str], bool]) -> None:
        self._rest, self._own, self._is_own = rest, own, is_own

    @property
    def room(self) -> bool:
        return self._rest.room and self._own.room

    def put(self, topic: str, payload: bytes, received_us: int, on_durable: Callable[[], None]) -> int:
        return (self._own if self._is_own(topic) else self._rest).put(topic, payload, received_us, on_durable)


def with_answers(inbox: KeepsMessages, commands: KeepsMessages, site: str) -> SortedMessages:
    """Answers of machines go to the commands, everything else to the inbox."""
    return SortedMessages(inbox, commands, lambda topic: thing_of_topic(site, topic, "response") is not None)


class EmbeddedWire:
    """A `CommandWire` through the broker in this process, which knows who listens."""

    def __init__(self, broker: EmbeddedBroker, loop: asyncio.AbstractEventLoop) -> None:
        self._broker, self._loop = broker, loop

    def reaches(self, topic: str) -> bool:
        return self._broker.reaches(topic)

    def publish(self, topic: str, payload: bytes, on_acknowledged: Callable[[], None]) -> None:
        if self._loop.is_closed():
            return
        delivered = asyncio.run_coroutine_threadsafe(self._broker.deliver(topic, payload), self._loop)
        delivered.add_done_callback(partial(_when_delivered, on_acknowledged))


def _when_delivered(on_acknowledged: Callable[[], None], delivered: Future[bool]) -> None:
    if not delivered.cancelled() and delivered.result():
        on_acknowledged()
