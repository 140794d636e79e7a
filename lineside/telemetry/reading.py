"""The one data model of telemetry: a `Reading`.

Times are integer microseconds since 1970-01-01T00:00:00Z, because they are compared, sorted and stored far more
often than they are shown; `lineside.telemetry.timestamps` turns them into RFC 3339 and back.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Value = float | bool | str
Quality = Literal["good", "uncertain", "bad"]
Identity = tuple[str, str, str, int]
"""device, attribute, dataset, observed_us: two readings with the same identity are the same reading."""


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One value of one attribute of one device at one instant.

    `value` is in `unit`, a UN/CEFACT Recommendation 20 code ("" where the source gave none); `source_value` and
    `source_unit` keep what was sent where it differs. `flags` says how it arrived (`late`, `out_of_order`,
    `future`, `clock_step`), separated by spaces; `reason` says why `quality` is not good.
    """

    device: str
    attribute: str
    observed_us: int
    value: Value
    unit: str = ""
    dataset: str = ""
    source_value: Value | None = None
    source_unit: str = ""
    quality: Quality = "good"
    reason: str = ""
    flags: str = ""
    received_us: int = 0

    @property
    def identity(self) -> Identity:
        return (self.device, self.attribute, self.dataset, self.observed_us)
