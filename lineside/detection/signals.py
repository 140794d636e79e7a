"""The detectors that look at signals: limit, drift, frozen, silent, reject rate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lineside.detection import frozen, limits
from lineside.detection.defects import Inspected
from lineside.detection.drift import judge
from lineside.detection.episode import Signal, find_drift
from lineside.detection.finding import Finding
from lineside.detection.memory import DeviceMemory, LineMemory, SignalMemory
from lineside.detection.rejects import Rejects, find_rejects, role_of
from lineside.detection.running import Runs, runs_of
from lineside.detection.settings import DEFAULT, Settings
from lineside.detection.silent import find_silent
from lineside.lake.window import Series, Window
from lineside.line.states import StateHistory
from lineside.site.model import Line, Machine

Times = NDArray[np.int64]
Numbers = NDArray[np.float64]


def find_signals(
    memory: LineMemory,
    window: Window,
    line: Line,
    now_us: int,
    settings: Settings = DEFAULT,
    inspected: Sequence[Inspected] = (),
) -> list[Finding]:
    """Everything wrong with signals now. `memory.history` must be advanced to `now_us`; the rest is advanced here."""
    pieces: dict[str, list[Inspected]] = defaultdict(list)
    for one in inspected:
        pieces[one.device].append(one)
    by_device: dict[str, dict[str, Series]] = defaultdict(dict)
    for (device, attribute, dataset), series in window.series.items():
        by_device[device][f"{attribute}@{dataset}" if dataset else attribute] = series
    found: list[Finding] = []
    for device in sorted(memory.devices.keys() | by_device.keys() | (pieces.keys() & line.by_id.keys())):
        remembered = memory.devices.setdefault(device, DeviceMemory())
        tick = _DeviceTick(device, remembered, line.by_id.get(device), memory.history, now_us, settings)
        found += tick.find(by_device.get(device, {}), pieces.get(device, ()))
    _forget_the_gone(memory, line, now_us, settings)
    heard = {device: one.heard for device, one in memory.devices.items() if one.heard.readings}
    found += find_silent(heard, line, now_us, settings.silent)
    memory.ticked_us = max(memory.ticked_us, now_us)
    return found


def _forget_the_gone(memory: LineMemory, line: Line, now_us: int, settings: Settings) -> None:
    """A device that no site file names and that has not been heard for long is not watched for ever."""
    oldest_us = now_us - int(settings.silent.forget_after_seconds * 1e6)
    gone = [name for name, one in memory.devices.items() if name not in line.by_id and one.heard.last_us < oldest_us]
    for device in gone:
        del memory.devices[device]


class _DeviceTick:
    """One device during one tick."""

    def __init__(
        self,
        device: str,
        memory: DeviceMemory,
        machine: Machine | None,
        history: StateHistory,
        now_us: int,
        settings: Settings,
    ) -> None:
        self._device, self._memory, self._machine = device, memory, machine
        self._now_us, self._settings = now_us, settings
        self._runs: Runs | None = runs_of(history, device)
        self._found: list[Finding] = []
        self._moved: list[Signal] = []

    def find(self, series: dict[str, Series], inspected: Sequence[Inspected] = ()) -> list[Finding]:
        """Every finding about the device's signals and pieces, with the new part of each of `series` taken in."""
        busiest = _NO_TIMES
        readings = 0
        for name in sorted(self._memory.signals.keys() | series.keys()):
            signal = self._memory.signals.setdefault(name, SignalMemory())
            times, numbers = _new_part(series.get(name), signal, self._now_us)
            readings += len(times)
            if len(times) > len(busiest):
                busiest = times
            if len(times):
                signal.cursor_us = int(times[-1])
            self._look(name, signal, times, numbers)
        self._hear(busiest, readings)
        self._find_rejects(inspected)
        drift = find_drift(self._memory.moving, self._device, self._moved, self._now_us, self._settings)
        return [*self._found, drift] if drift else self._found

    def _hear(self, times: Times, readings: int) -> None:
        newer = times[times.searchsorted(self._memory.heard.last_us, "right") :]
        if len(newer):
            self._memory.heard.take(newer, readings, self._settings.silent)

    def _look(self, name: str, signal: SignalMemory, times: Times, numbers: Numbers) -> None:
        missing = np.isnan(numbers)
        if missing.any():
            times, numbers = times[~missing], numbers[~missing]
        self._check_limits(name, signal, times, numbers)
        if self._count(name, times, numbers) or self._is_level_of_a_buffer(name):
            return
        if self._runs is not None and len(times):
            interval_us = signal.drift.bins.pace.interval_us
            kept, interrupted = self._runs.while_running(times, interval_us, self._settings)
            times, numbers = times[kept], numbers[kept]
            if interrupted:
                signal.repetition.interrupt()
        self._check_drift(name, signal, times, numbers)
        self._check_frozen(name, signal, times, numbers)

    def _check_limits(self, name: str, signal: SignalMemory, times: Times, numbers: Numbers) -> None:
        declared = self._machine.attributes.get(name) if self._machine else None
        if declared is None:
            return
        for limit in limits.limits_of(declared, self._settings.limit):
            excursion = signal.excursions.setdefault(limit.side, limits.Excursion())
            onset_us = excursion.since_us
            violated = limits.follow(excursion, limit, times.tolist(), numbers.tolist(), self._now_us)
            if violated:
                onset_us = excursion.since_us or onset_us
                self._found.append(
                    limits.finding_of(excursion, limit, self._device, name, signal.unit, self._now_us, onset_us)
                )

    def _count(self, name: str, times: Times, numbers: Numbers) -> bool:
        """Feed the reject rate. True where the attribute is one of its counters, and nothing else."""
        declared = self._machine.rejects if self._machine else None
        role = role_of(name, declared) if declared else None
        if role is None:
            return False
        rejects = self._memory.rejects = self._memory.rejects or Rejects()
        counter = rejects.rejects if role == "rejects" else rejects.pieces
        counter.take(times.tolist(), numbers.tolist())
        return True

    def _is_level_of_a_buffer(self, name: str) -> bool:
        """What a buffer holds rises and falls, and stands still, with its neighbours: that is what it is for.

        A signal that the site file declares of it (a temperature, say) is watched like any other.
        """
        machine = self._machine
        return machine is not None and bool(machine.buffer) and name not in machine.attributes

    def _find_rejects(self, inspected: Sequence[Inspected]) -> None:
        declared = self._machine.rejects if self._machine else None
        if declared is None or (self._memory.rejects is None and not inspected):
            return
        rejects = self._memory.rejects = self._memory.rejects or Rejects()
        finding = find_rejects(rejects, declared, self._device, self._now_us, self._settings.rejects, inspected)
        self._found += [finding] if finding else []

    def _check_drift(self, name: str, signal: SignalMemory, times: Times, numbers: Numbers) -> None:
        drift = signal.drift
        closed = drift.bins.add(times.tolist(), numbers.tolist(), self._now_us, self._settings.bins)
        if closed:
            judge(drift, closed, self._settings)
        if drift.is_out:
            self._moved.append(Signal(name, signal.unit, drift))

    def _check_frozen(self, name: str, signal: SignalMemory, times: Times, numbers: Numbers) -> None:
        if len(times):
            signal.repetition.take(times, numbers)
        if signal.drift.is_counter or not signal.repetition.is_frozen(self._settings.frozen):
            return
        self._found.append(frozen.finding_of(signal.repetition, self._device, name, signal.unit, self._now_us))


_NO_TIMES: Times = np.empty(0, np.int64)
_NO_NUMBERS: Numbers = np.empty(0, np.float64)


def _new_part(series: Series | None, signal: SignalMemory, now_us: int) -> tuple[Times, Numbers]:
    """The readings that have not been taken before: windows may overlap."""
    if series is None or not len(series):
        return _NO_TIMES, _NO_NUMBERS
    signal.unit = series.unit
    first = int(series.at_us.searchsorted(signal.cursor_us, "right"))
    last = int(series.at_us.searchsorted(now_us, "left"))
    return series.at_us[first:last], series.number[first:last]
