"""How readings arrive: late, out of order, from the future, or from a clock that was set back.

Such readings are kept and put where they were observed; they only carry a flag, so that whoever looks at the newest
values knows. What was seen before is an argument, so the same readings in the same order get the same flags.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from lineside.telemetry.reading import Reading
from lineside.telemetry.timestamps import SECOND_US

LATE_US: Final = 300 * SECOND_US
"""Later than one tick of the advisor: it has looked at that window already."""
FUTURE_US: Final = 2 * SECOND_US
"""Clocks that are kept by NTP differ by less."""
CLOCK_STEP_US: Final = 60 * SECOND_US
"""A device does not deliver its own messages out of order by more than this unless its clock was set back."""
MAX_SERIES: Final = 100_000

SeriesKey = tuple[str, str, str]


class Arrivals(msgspec.Struct):
    """What was seen so far: the newest instant of every series, and the last one of every device."""

    newest_us: dict[SeriesKey, int] = {}
    last_us: dict[str, int] = {}


def flag(readings: Iterable[Reading], arrivals: Arrivals) -> list[Reading]:
    """The readings, in the order they arrived, with their flags added; `arrivals` is brought up to date.

    `late`          it was received more than five minutes after it was observed
    `future`        it was observed more than two seconds after it was received
    `out_of_order`  a newer value of its series is there already
    `clock_step`    its device's time ran back by a minute or more since the device's last reading
    """
    _forget_if_too_many(arrivals)
    return [_flagged(reading, arrivals) for reading in readings]


def _flagged(reading: Reading, arrivals: Arrivals) -> Reading:
    key = (reading.device, reading.attribute, reading.dataset)
    observed_us = reading.observed_us
    newest_us = arrivals.newest_us.get(key, observed_us)
    last_us = arrivals.last_us.get(reading.device, observed_us)
    arrivals.newest_us[key] = max(newest_us, observed_us)
    arrivals.last_us[reading.device] = observed_us
    flags = [
        name
        for name, is_so in (
            ("late", reading.received_us - observed_us > LATE_US),
            ("future", observed_us - reading.received_us > FUTURE_US),
            ("out_of_order", observed_us < newest_us),
            ("clock_step", last_us - observed_us >= CLOCK_STEP_US),
        )
        if is_so
    ]
    return msgspec.structs.replace(reading, flags=" ".join(flags)) if flags else reading


def _forget_if_too_many(arrivals: Arrivals) -> None:
    if len(arrivals.newest_us) > MAX_SERIES:
        arrivals.newest_us.clear()
        arrivals.last_us.clear()
