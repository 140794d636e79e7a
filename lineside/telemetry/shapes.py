"""The shape of a message: its attributes in their order, each in its unit.

A machine sends messages of one shape for years. What reading one needs to know is worked out once per shape, so that
a message costs little more than its numbers do.
"""

from __future__ import annotations

from typing import Final

import msgspec

from lineside.telemetry import ngsild
from lineside.telemetry.channels import Channel, Channels, Device
from lineside.telemetry.plans import Plan, plan_of


class Measured(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A value with its unit as sent, and nothing else."""

    value: float | bool | str | None
    unit: str = ""


FIRST_PLAN: Final = 4
Given = Measured | float | bool | str | None
"""One measurement of a native message."""


class Shape:
    """What is known of every message of one shape."""

    __slots__ = ("channels", "device", "heads", "heard", "names", "plan", "sightings", "states", "unstamped")

    def __init__(self, device: Device, channels: list[Channel]) -> None:
        self.device, self.channels = device, channels
        self.names = [channel.attribute for channel in channels]
        self.sightings = 0
        """How often `normalize` met it in a wording that it does not know."""
        self.heard = 0
        self.plan: Plan | None = None
        """How its readings are made without a loop; worked out when `FIRST_PLAN` messages of it were heard."""
        self.heads: list[bytes] = []
        """What NGSI-LD writes before each number; nothing where two attributes would have one name there."""
        keys = [channel.key for channel in channels]
        if all(keys) and len(set(keys)) == len(keys):
            self.heads = ngsild.heads(device, channels, "")
        self.states: dict[str, tuple[list[bytes], str]] = {}
        """A state as sent -> the heads of a message that says so, and our word for it."""
        numbers = [converted for channel in channels for converted in ((True, False) if channel.converts else (False,))]
        self.unstamped = [at for at, as_sent in enumerate(numbers) if as_sent]
        """Which numbers no instant follows: of a converted one it follows the second."""

    def hear(self) -> bool:
        """One more message had to be read the long way. True now and then: perhaps its units changed for good."""
        self.heard += 1
        if self.heard == FIRST_PLAN:
            self.plan = plan_of(self.device.name, self.channels, Measured)
        return self.heard > FIRST_PLAN and self.heard & (self.heard - 1) == 0


def shape_of(channels: Channels, device: Device, measurements: dict[str, Given]) -> Shape:
    """The shape that a message with these attributes had when it was last seen. Its units may have changed since."""
    last = device.last
    if last is None or last.names != list(measurements):
        last = device.last = device.shapes.get(tuple(measurements)) or new_shape(channels, device, measurements)
    return last


def new_shape(channels: Channels, device: Device, measurements: dict[str, Given]) -> Shape:
    """The shape of a message as it is, units included. Raises `Rejection` for a name or a unit that cannot be."""
    names = tuple(measurements)
    units = tuple(given.unit if isinstance(given, Measured) else "" for given in measurements.values())
    shape = device.shapes_in_units.get((names, units))
    if shape is None:
        channels.count_one()
        shape = Shape(device, [channels.channel(device, *named) for named in zip(names, units, strict=True)])
        device.shapes_in_units[names, units] = shape
    device.shapes[names] = device.last = shape
    return shape


def without_missing(measurements: dict[str, Given]) -> dict[str, Given]:
    """The measurements that have a value."""
    return {name: given for name, given in measurements.items() if not _is_missing(given)}


def _is_missing(given: Given) -> bool:
    value = given.value if isinstance(given, Measured) else given
    return value is None or value == ""
