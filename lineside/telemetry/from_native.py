"""Native telemetry JSON.

`{"device": "Freezer Tunnel", "ts": "2025-03-03T06:00:00Z", "measurements": {"Temperature": {"value": -21.3, "unit":
"CEL"}, "State": "Running"}}`: a measurement is a bare value or an object with `value` and, where it has one, `unit` and
`dataset`. 0 and false are values; null and "" are missing. Members that we do not know are skipped. Of a name that
stands twice in one object the last counts, as in every JSON reader.

There are two of each: the plain one, which nearly every message is and which is read without a detour, and the full
one.
"""

from __future__ import annotations

from typing import Final

import msgspec

from lineside.telemetry.channels import Channels, Device
from lineside.telemetry.reading import Reading
from lineside.telemetry.shapes import Given, Measured, Shape, new_shape, shape_of
from lineside.telemetry.timestamps import DAY_US, EARLIEST_US, check_plausible, parse


class PlainMessage(msgspec.Struct, frozen=True, gc=False):
    device: str
    ts: str
    measurements: dict[str, Given]


class FullMeasured(msgspec.Struct, frozen=True, gc=False):
    """A value with all that may stand beside it."""

    value: float | bool | str | None
    unit: str | None = ""
    dataset: str | None = ""


class FullMessage(msgspec.Struct, frozen=True, gc=False):
    device: str
    ts: str
    measurements: dict[str, FullMeasured | float | bool | str | None]


decode_plain: Final = msgspec.json.Decoder(PlainMessage).decode
decode_plain_array: Final = msgspec.json.Decoder(list[PlainMessage]).decode
decode_full: Final = msgspec.json.Decoder(FullMessage).decode


def read_plain(message: PlainMessage, channels: Channels, device: Device, received_us: int) -> list[Reading]:
    """The readings of a message; those of its values that are missing have none. Raises `Rejection`."""
    observed_us = parse(message.ts)
    if not EARLIEST_US <= observed_us <= received_us + DAY_US:
        check_plausible(observed_us, received_us)
    measurements = message.measurements
    shape = device.last
    if shape is None or shape.names != list(measurements):
        shape = shape_of(channels, device, measurements)
    if shape.plan is not None:
        readings = shape.plan(measurements.values(), observed_us, received_us)
        if readings is not None:
            return readings
    if shape.hear():
        shape = new_shape(channels, device, measurements)
    return _read_one_by_one(measurements, channels, shape, observed_us, received_us)


def _read_one_by_one(
    measurements: dict[str, Given], channels: Channels, shape: Shape, observed_us: int, received_us: int
) -> list[Reading]:
    readings = []
    for given, channel in zip(measurements.values(), shape.channels, strict=True):
        value, unit = (given.value, given.unit) if isinstance(given, Measured) else (given, "")
        if value is None or value == "":
            continue
        if unit != channel.sent_unit:
            channel = channels.channel(shape.device, channel.attribute, unit)
        readings.append(channel.read(value, observed_us, received_us))
    return readings


def read_full(
    message: FullMessage, channels: Channels, device: Device, received_us: int, readings: list[Reading]
) -> int:
    """As `read_plain`, of a message that may say more."""
    observed_us = parse(message.ts)
    check_plausible(observed_us, received_us)
    missing = 0
    for attribute, given in message.measurements.items():
        measured = given if isinstance(given, FullMeasured) else FullMeasured(given)
        if measured.value is None or measured.value == "":
            missing += 1
            continue
        channel = channels.channel(device, attribute, measured.unit or "", measured.dataset or "")
        readings.append(channel.read(measured.value, observed_us, received_us))
    return missing
