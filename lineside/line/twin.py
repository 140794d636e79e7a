"""The twin: the last value of every attribute of every device, and how old it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec

from lineside.telemetry.reading import Reading, Value

MAX_RECORD_BYTES = 300_000
"""A twin's size as stored. DynamoDB takes items below 400 kB, and charges for each kilobyte of every write."""


class CurrentValue(msgspec.Struct, frozen=True):
    """The newest value of one attribute. `value` is in `unit` (UN/CEFACT)."""

    value: Value
    observed_us: int
    unit: str = ""
    quality: str = "good"
    reason: str = ""
    received_us: int = 0
    dataset: str = ""

    def attribute(self, name: str) -> str:
        """Whose value it is, from the name under which the twin holds it."""
        return name.removesuffix(f"@{self.dataset}") if self.dataset else name

    @property
    def as_of_us(self) -> int:
        """When it held: as observed, but never after it was received, or a clock ahead would block what follows."""
        return _as_of_us(self)

    def age_seconds(self, now_us: int) -> float:
        return max(0.0, (now_us - self.observed_us) / 1e6)


class DeviceTwin(msgspec.Struct, frozen=True):
    """One device as it stands: `values` by attribute (`attribute@dataset` where a dataset is given)."""

    site: str
    line: str
    device: str
    values: dict[str, CurrentValue] = {}
    seen_us: int = 0
    """When its newest reading was observed."""
    left_out: int = 0
    """How many attributes, the longest unseen, did not fit into `MAX_RECORD_BYTES` when it was last written."""


class TwinStore(Protocol):
    """Where twins live. `update` is harmless twice and never lets an older value replace a newer one."""

    def update(self, site: str, line: str, readings: Iterable[Reading]) -> int:
        """Bring the devices of these readings up to date; at most one write per device. Returns the writes."""
        ...

    def line(self, site: str, line: str) -> list[DeviceTwin]: ...

    def device(self, site: str, line: str, device: str) -> DeviceTwin | None: ...


_encode = msgspec.json.Encoder().encode
decode_twin = msgspec.json.Decoder(DeviceTwin).decode


def newest(readings: Iterable[Reading]) -> dict[str, dict[str, CurrentValue]]:
    """Device -> attribute -> the newest of these readings; of equally new ones the first."""
    latest: dict[str, dict[str, Reading]] = {}
    for reading in readings:
        attributes = latest.setdefault(reading.device, {})
        name = f"{reading.attribute}@{reading.dataset}" if reading.dataset else reading.attribute
        held = attributes.get(name)
        if held is None or _as_of_us(held) < _as_of_us(reading):
            attributes[name] = reading
    return {
        device: {name: _current(reading) for name, reading in attributes.items()}
        for device, attributes in latest.items()
    }


def advance(twin: DeviceTwin, news: Mapping[str, CurrentValue]) -> DeviceTwin | None:
    """The twin with every value of `news` that is newer than its own; None where none is."""
    newer = {
        name: value
        for name, value in news.items()
        if name not in twin.values or twin.values[name].as_of_us < value.as_of_us
    }
    if not newer:
        return None
    seen_us = max(twin.seen_us, *(value.as_of_us for value in newer.values()))
    return msgspec.structs.replace(twin, values=twin.values | newer, seen_us=seen_us, left_out=0)


def encode_twin(twin: DeviceTwin) -> bytes:
    """A twin as JSON of at most `MAX_RECORD_BYTES`: of a device with too many attributes, those seen last."""
    record = _encode(twin)
    attributes = len(twin.values)
    by_age = sorted(twin.values, key=lambda name: twin.values[name].as_of_us, reverse=True)
    while len(record) > MAX_RECORD_BYTES:
        by_age = by_age[: len(by_age) * 3 // 4]
        kept = {name: twin.values[name] for name in by_age}
        record = _encode(msgspec.structs.replace(twin, values=kept, left_out=attributes - len(kept)))
    return record


def _as_of_us(value: Reading | CurrentValue) -> int:
    return min(value.observed_us, value.received_us) if value.received_us else value.observed_us


def _current(reading: Reading) -> CurrentValue:
    return CurrentValue(
        reading.value,
        reading.observed_us,
        reading.unit,
        reading.quality,
        reading.reason,
        reading.received_us,
        reading.dataset,
    )
