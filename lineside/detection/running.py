"""When a machine ran: signals of a machine that stands still or has just restarted say nothing about drift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.detection.settings import SECOND_US, Settings
from lineside.line.states import BLOCKED, DOWN, RUNNING, STARVED, StateHistory

_FLOW = frozenset((RUNNING, BLOCKED, STARVED, DOWN))


@dataclass(frozen=True)
class Runs:
    """The intervals in which one machine ran, oldest first, start and end in microseconds."""

    spans: list[tuple[int, int]]

    def while_running(
        self, times: NDArray[np.int64], interval_us: int, settings: Settings
    ) -> tuple[NDArray[np.bool_] | slice, bool]:
        """Which readings count, and whether there was an interruption among them.

        A reading may sum up the time since the one before it, as a one-minute count of stops does. So it counts only
        when the machine had been running for two sampling intervals, and for as long as its signals take to settle.
        """
        settle_us = max(int(settings.restart_seconds * SECOND_US), 2 * interval_us)
        first_us, last_us = int(times[0]), int(times[-1])
        for start_us, end_us in reversed(self.spans):
            if start_us + settle_us <= first_us and last_us < end_us:
                return slice(None), False
        kept = np.zeros(len(times), np.bool_)
        for start_us, end_us in self.spans:
            kept[times.searchsorted(start_us + settle_us) : times.searchsorted(end_us)] = True
        return kept, True


def runs_of(history: StateHistory, device: str) -> Runs | None:
    """When the device ran; None where it never says how it stands."""
    states = history.machines.get(device)
    if states is None or not any(run.state in _FLOW for run in states.runs):
        return None
    return Runs([(run.start_us, run.end_us) for run in states.runs if run.state == RUNNING])
