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
from lineside.telemetry.rejection import MAX_TEXT_LENGTH
from lineside.telemetry.shapes import Given, Measured, shape_of
from lineside.telemetry.timestamps import DAY_US, EARLIEST_US, check_plausible, read


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


def read_plain(
    message: PlainMessage, channels: Channels, device: Device, received_us: int, readings: list[Reading]
) -> int:
    """Append the readings of a message; returns how many values were missing. Raises `Rejection`."""
    observed_us = read(message.ts)[0]
    if not EARLIEST_US <= observed_us <= received_us + DAY_US:
        check_plausible(observed_us, received_us)
    measurements, name = message.measurements, device.name
    shape = device.last
    if shape is None or shape.names != list(measurements):
        shape = shape_of(channels, device, measurements)
    first = len(readings)
    for given, channel in zip(measurements.values(), shape.channels):  # noqa: B905 - as many, and checking takes time
        if type(given) is Measured:
            value = given.value
            if given.unit != channel.sent_unit:
                channel = channels.channel(device, channel.attribute, given.unit)
        else:
            value = given  # type: ignore[assignment]
            if channel.sent_unit:
                channel = channels.channel(device, channel.attribute, "")
        if (type(value) is float and channel.simple) or (
            type(value) is str and not channel.numeric and value.isprintable() and 0 < len(value) <= MAX_TEXT_LENGTH
        ):
            reading = Reading(
                name,
                channel.attribute,
                observed_us,
                value,
                channel.unit,
                "",
                None,
                channel.source_unit,
                channel.quality,
                channel.reason,
                "",
                received_us,
            )
        elif value is None or value == "":
            continue
        else:
            reading = channel.read(value, observed_us, received_us)
        readings.append(reading)
    return len(measurements) - (len(readings) - first)


def read_full(
    message: FullMessage, channels: Channels, device: Device, received_us: int, readings: list[Reading]
) -> int:
    """As `read_plain`, of a message that may say more."""
    observed_us = read(message.ts)[0]
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
