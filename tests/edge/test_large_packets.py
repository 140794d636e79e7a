"""Long packets share a bounded part of the memory, and none may keep the others waiting for ever."""

from __future__ import annotations

import asyncio

import pytest

from edge import large_packets
from edge.large_packets import LONGEST_IMAGE_BYTES, LONGEST_PACKET_BYTES, GatedReader, LargePackets, PacketRefused

LONG = LONGEST_IMAGE_BYTES


class Wire:
    """A socket whose bytes come when the test says so."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.comes = asyncio.Event()

    async def read(self, n: int) -> bytes:
        self.asked.append(n)
        if n > LONGEST_PACKET_BYTES:
            await self.comes.wait()
        return b"t" * n


def reader(wire: Wire, large: LargePackets, *, image: bool = True) -> GatedReader:
    return GatedReader(wire, lambda: True, large, lambda topic: image and topic == "tt")  # type: ignore[arg-type]


async def a_packet(gated: GatedReader, n: int = LONG) -> int:
    for length in (2, 2, n):  # the topic's length, the topic, the payload
        read = await gated.read(length)
    return len(read)


def test_a_third_packet_is_read_when_one_of_two_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_packets, "POLL_SECONDS", 0.001)

    async def three() -> tuple[list[int], list[int]]:
        large, wires = LargePackets(), [Wire(), Wire(), Wire()]
        reading = [asyncio.create_task(a_packet(reader(wire, large))) for wire in wires]
        await asyncio.sleep(0.02)
        meanwhile = [len(wire.asked) for wire in wires]
        for wire in wires:
            wire.comes.set()
        return meanwhile, await asyncio.gather(*reading)

    meanwhile, read = asyncio.run(three())

    assert meanwhile == [3, 3, 2]
    assert read == [LONG] * 3


def test_a_packet_that_does_not_come_gives_its_share_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_packets, "SECONDS", 0.01)

    async def one_and_others() -> int:
        large, others = LargePackets(), Wire()
        for _ in range(3):
            with pytest.raises(PacketRefused, match="did not come within"):
                await a_packet(reader(Wire(), large))
        others.comes.set()
        return await a_packet(reader(others, large))

    assert asyncio.run(one_and_others()) == LONG


@pytest.mark.parametrize(("image", "n"), [(False, LONGEST_PACKET_BYTES + 1), (True, LONGEST_IMAGE_BYTES + 1)])
def test_a_packet_that_is_too_long_for_its_topic_is_not_read(image: bool, n: int) -> None:
    async def one() -> list[int]:
        wire = Wire()
        with pytest.raises(PacketRefused, match="longer than is taken"):
            await a_packet(reader(wire, LargePackets(), image=image), n)
        return wire.asked

    assert asyncio.run(one()) == [2, 2]
