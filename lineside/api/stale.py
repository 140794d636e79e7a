"""When a value is older than it usually is: decided from what the detectors have learned of each machine's habits.

A number that comes regularly is stale once it is late by several of its usual intervals, and a state by the rule of
the state history. What is told only on a change, and what nobody has learned anything of, is as fresh as its machine.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from lineside.detection.memory import DeviceMemory, LineMemory
from lineside.detection.settings import DEFAULT, SECOND_US
from lineside.line.states import MachineStates
from lineside.line.twin import CurrentValue
from lineside.site.model import Machine

UNLEARNED_US: Final = 15 * 60 * SECOND_US
"""How long a machine of which nothing is known may be quiet."""
_READINGS_TO_KNOW: Final = 10
_LEAST_US: Final = int(DEFAULT.silent.least_seconds * SECOND_US)
_TIMES_USUAL: Final = int(DEFAULT.silent.times_interval)


class Habits(NamedTuple):
    """What is known of one machine's habits."""

    machine: Machine
    device: DeviceMemory | None
    states: MachineStates | None

    @classmethod
    def of(cls, machine: Machine, memory: LineMemory) -> Habits:
        return cls(machine, memory.devices.get(machine.id), memory.history.machines.get(machine.id))

    def is_machine_stale(self, seen_us: int, now_us: int) -> bool:
        """Nothing was heard of it for longer than is usual for it, or than the site file allows."""
        declared = self.machine.silent_after_seconds
        if declared is not None:
            return now_us - seen_us > declared * SECOND_US
        heard = self.device.heard if self.device else None
        if heard is None or heard.readings < _READINGS_TO_KNOW:
            return now_us - seen_us > UNLEARNED_US
        return now_us - max(seen_us, heard.last_us) > heard.limit_us(None, DEFAULT.silent)

    def is_stale(self, name: str, value: CurrentValue, now_us: int) -> bool:
        """The value that the twin holds under `name` is older than it usually is, though the machine may talk on."""
        age_us = now_us - value.observed_us
        if isinstance(value.value, str):
            tolerance_us = self.states.tolerance_us if self.states and name == self.machine.state else 0
            return tolerance_us > 0 and age_us > max(_LEAST_US, tolerance_us)
        interval_us = self._interval_us(name)
        return interval_us > 0 and age_us > max(_LEAST_US, _TIMES_USUAL * interval_us)

    def _interval_us(self, name: str) -> int:
        signal = self.device.signals.get(name) if self.device else None
        return signal.drift.bins.pace.interval_us if signal else 0
