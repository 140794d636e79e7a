"""Packets that are longer than any telemetry: who may send one, and how much of them is in memory at once.

A packet over 128 kB is read only when it has its share of `MOST_AT_ONCE_BYTES`; until then its sender waits, in TCP.
Up to 16 MiB are read where the packet is an image on its camera's own topic, elsewhere 1 MiB; longer ones close the
connection, and so does one that takes too long, since others wait for its share.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from amqtt.adapters import ReaderAdapter

from lineside.telemetry.rejection import MAX_MESSAGE_BYTES

ORDINARY_BYTES: Final = MAX_MESSAGE_BYTES
LONGEST_PACKET_BYTES: Final = 1024 * 1024
"""Between 128 kB and this they are kept, and quarantined with their reason."""
LONGEST_IMAGE_BYTES: Final = 16 * 1024 * 1024
"""Between the images' own limit and this they are taken, and quarantined with their reason."""
MOST_AT_ONCE_BYTES: Final = 32 * 1024 * 1024
SECONDS: Final = 120.0
"""8 MB at half a megabit a second."""
POLL_SECONDS: Final = 0.1


class PacketRefused(Exception):
    """Closes the connection; amqtt would read on after any error of its own kind, or of a socket's."""


class LargePackets:
    """The share of memory that packets over 128 kB have together. For one event loop."""

    def __init__(self) -> None:
        self._reading_bytes = 0

    async def read(self, n: int, read: Callable[[int], Awaitable[bytes]]) -> bytes:
        """Read `n` bytes when there is a share for them."""
        while self._reading_bytes and self._reading_bytes + n > MOST_AT_ONCE_BYTES:
            await asyncio.sleep(POLL_SECONDS)
        self._reading_bytes += n
        try:
            return await asyncio.wait_for(read(n), SECONDS)
        except TimeoutError:
            raise PacketRefused(f"a packet of {n} bytes did not come within {SECONDS:g} s") from None
        finally:
            self._reading_bytes -= n


class GatedReader(ReaderAdapter):  # type: ignore[misc]
    """A socket that is not read while there is no room, so that TCP slows the sender down.

    `may_be_image` says of a topic whether this client may send an image on it.
    """

    def __init__(
        self,
        reader: ReaderAdapter,
        has_room: Callable[[], bool],
        large: LargePackets,
        may_be_image: Callable[[str], bool],
    ) -> None:
        self._reader, self._has_room, self._large, self._may_be_image = reader, has_room, large, may_be_image
        # A PUBLISH is read as the topic's length, the topic, at QoS 1 and 2 the packet's id, and then its payload.
        self._latest: deque[bytes] = deque(maxlen=2)

    async def read(self, n: int = -1) -> bytes:
        if n > LONGEST_PACKET_BYTES and not (n <= LONGEST_IMAGE_BYTES and self._is_image()):
            raise PacketRefused(f"a packet of {n} bytes is longer than is taken on its topic")
        while not self._has_room():
            await asyncio.sleep(POLL_SECONDS)
        if n > ORDINARY_BYTES:
            return await self._large.read(n, self._reader.read)
        data: bytes = await self._reader.read(n)
        self._latest.append(data)
        return data

    def feed_eof(self) -> None:
        self._reader.feed_eof()

    def _is_image(self) -> bool:
        return any(self._may_be_image(read.decode("utf-8", "replace")) for read in self._latest)
