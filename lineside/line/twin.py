"""The twin: the last value of every attribute of every device, and how old it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import msgspec

from lineside.telemetry.reading import Reading, Value


class CurrentValue(msgspec.Struct, frozen=True):
    """The newest value of one attribute. `value` is in `unit` (UN/CEFACT)."""

    value: Value
    observed_us: int
    unit: str = ""
    quality: str = "good"
    reason: str = ""

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


class TwinStore(Protocol):
    """Where twins live. `update` is harmless twice and never lets an older value replace a newer one."""

    def update(self, site: str, line: str, readings: Iterable[Reading]) -> int:
        """Bring the devices of these readings up to date; at most one write per device. Returns the writes."""
        ...

    def line(self, site: str, line: str) -> list[DeviceTwin]: ...

    def device(self, site: str, line: str, device: str) -> DeviceTwin | None: ...
