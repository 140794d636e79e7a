"""Silent device: it has sent nothing for far longer than it ever does. Offline is not down.

Whether it is the device is told from the others: while another device of the line is heard, the network works. Where
nobody is heard any more it is the network or the gateway, which is one finding for the line and not one per device.
"""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from lineside.detection.finding import Evidence, Finding
from lineside.detection.pace import PACE_READINGS, Pace
from lineside.detection.settings import SECOND_US, SilentSettings
from lineside.site.model import Line


class Heard(msgspec.Struct):
    """When a device was heard: first, last, how often, its usual interval and its longest pause, in microseconds."""

    first_us: int = 0
    pace: Pace = msgspec.field(default_factory=Pace)
    readings: int = 0
    longest_us: int = 0

    @property
    def last_us(self) -> int:
        return self.pace.last_us

    @property
    def interval_us(self) -> int:
        return self.pace.interval_us

    def take(self, times: NDArray[np.int64], readings: int, settings: SilentSettings) -> None:
        """Take the times of the attribute that spoke most, newer than all before, and how many readings came in all."""
        self.first_us = self.first_us or int(times[0])
        if self.last_us:
            self._learn_pause(int(times[0]) - self.last_us, settings)
        if len(times) > 1:
            self._learn_pause(int(np.diff(times).max()), settings)
        self.readings += readings
        self.pace.take(times[-PACE_READINGS:].tolist())

    def limit_us(self, declared_seconds: float | None, settings: SilentSettings) -> int:
        """How long a pause may be."""
        if declared_seconds is not None:
            return int(declared_seconds * SECOND_US)
        usual_us = max(settings.least_seconds * SECOND_US, settings.times_interval * self.interval_us)
        known_us = min(settings.times_longest * self.longest_us, settings.most_times_usual * usual_us)
        return int(max(usual_us, known_us))

    def _learn_pause(self, pause_us: int, settings: SilentSettings) -> None:
        """Learn a pause that ended, unless it was so long that it may have been reported."""
        if self.readings >= settings.least_readings and pause_us <= self.limit_us(None, settings):
            self.longest_us = max(self.longest_us, pause_us)


def find_silent(heard: dict[str, Heard], line: Line, now_us: int, settings: SilentSettings) -> list[Finding]:
    """The devices that fell silent while others spoke on; and the line, where nobody speaks any more."""
    if not heard:
        return []
    newest_us = max(one.last_us for one in heard.values())
    limits_us = {device: one.limit_us(_declared(device, line), settings) for device, one in heard.items()}
    left_behind = {device for device, one in heard.items() if newest_us - one.last_us > limits_us[device]}
    found = {device for device in left_behind if _is_expected(device, heard[device], line, settings)}
    together = heard.keys() - left_behind
    expected = {device for device in together if _is_expected(device, heard[device], line, settings)}
    if len(together) == 1:
        found |= {device for device in expected if _is_silent_alone(device, heard[device], line, now_us, settings)}
    elif expected and _is_nobody_heard({device: heard[device] for device in together}, limits_us, now_us, settings):
        return [*_device_findings(found, heard, now_us), _line_finding(together, heard, line, now_us)]
    return _device_findings(found, heard, now_us)


def _is_nobody_heard(heard: dict[str, Heard], limits_us: dict[str, int], now_us: int, settings: SilentSettings) -> bool:
    """Long since anybody spoke, and not only because most of them are not due yet."""
    newest_us = max(one.last_us for one in heard.values())
    overdue = sum(now_us - one.last_us > limits_us[device] for device, one in heard.items())
    return now_us - newest_us > settings.line_seconds * SECOND_US and 2 * overdue > len(heard)


def _declared(device: str, line: Line) -> float | None:
    machine = line.by_id.get(device)
    return machine.silent_after_seconds if machine else None


def _is_expected(device: str, heard: Heard, line: Line, settings: SilentSettings) -> bool:
    """Whether anyone is entitled to hear from it: it is in the site file, or it has been there for long."""
    if heard.readings < settings.least_readings:
        return False
    known_us = heard.last_us - heard.first_us
    return device in line.by_id or known_us >= settings.undeclared_after_seconds * SECOND_US


def _is_silent_alone(device: str, heard: Heard, line: Line, now_us: int, settings: SilentSettings) -> bool:
    """With nobody else to compare with, a longer pause is allowed, unless the site file says how long."""
    declared = _declared(device, line)
    limit_us = heard.limit_us(declared, settings)
    if declared is None:
        limit_us = max(limit_us, int(settings.alone_seconds * SECOND_US))
    return now_us - heard.last_us > limit_us


def _device_findings(devices: set[str], heard: dict[str, Heard], now_us: int) -> list[Finding]:
    return [_device_finding(device, heard[device], now_us) for device in sorted(devices)]


def _device_finding(device: str, heard: Heard, now_us: int) -> Finding:
    return Finding("silent", device, _onset_us(heard), now_us, evidence=(_evidence(device, heard, now_us),))


def _line_finding(devices: set[str], heard: dict[str, Heard], line: Line, now_us: int) -> Finding:
    """About the line itself: its network or its gateway."""
    onset_us = max(_onset_us(heard[device]) for device in devices)
    evidence = tuple(_evidence(device, heard[device], now_us) for device in sorted(devices))
    return Finding("silent", line.id, min(onset_us, now_us), now_us, evidence=evidence, detail="line")


def _onset_us(heard: Heard) -> int:
    return heard.last_us + heard.interval_us


def _evidence(device: str, heard: Heard, now_us: int) -> Evidence:
    return Evidence(
        device=device,
        attribute="",
        value=(now_us - heard.last_us) / SECOND_US,
        observed_us=heard.last_us,
        unit="SEC",
        expected=heard.interval_us / SECOND_US,
        note="seconds since it was heard",
    )
