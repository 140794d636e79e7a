"""What every machine said of itself, as intervals: running, blocked, starved, down, over a bounded look-back.

A state reading holds until the next one, as long as the machine keeps talking. Once it has been quiet for clearly
longer than it usually is, it is `offline` from its last word on: unknown, never down. How long is "usually" is
learned from the machine's own readings, so a machine that speaks every second and one that speaks only on a change
are both understood.
"""

from __future__ import annotations

from bisect import bisect_right

import msgspec
import numpy as np
from numpy.typing import NDArray

from lineside.lake.window import Series, Window
from lineside.site.model import DEFAULT_STATE_ATTRIBUTE, Line

RUNNING, BLOCKED, STARVED, DOWN, OFFLINE = "running", "blocked", "starved", "down", "offline"
STOPPED_BY_OTHERS = frozenset((BLOCKED, STARVED))
FLOW_STATES = frozenset((RUNNING, BLOCKED, STARVED, DOWN, OFFLINE))
"""Every other word (idle, setup, planned stop) is kept as said: a reason to stand still, and nobody's fault."""

SECOND_US = 1_000_000
LOOK_BACK_US = 2 * 3600 * SECOND_US
_LEAST_TOLERANCE_US = 15 * SECOND_US
_GAPS_TO_LEARN_FROM = 3


class Run(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One machine in one state with start_us <= t < end_us."""

    state: str
    start_us: int
    end_us: int

    @property
    def seconds(self) -> float:
        return (self.end_us - self.start_us) / SECOND_US

    def overlap_us(self, start_us: int, end_us: int) -> int:
        return max(0, min(self.end_us, end_us) - max(self.start_us, start_us))


class MachineStates(msgspec.Struct):
    """One machine's runs, oldest first and without holes, and how often it usually speaks.

    `heard_us` is its last reading. `interval_us` is the usual time between two readings (0: not learned yet);
    quiet for more than `tolerance_us` means offline (0: silence says nothing, for it
    speaks only on a change, or its habit is not known yet).
    """

    runs: list[Run] = []
    heard_us: int = 0
    interval_us: int = 0
    tolerance_us: int = 0

    @property
    def current(self) -> Run | None:
        return self.runs[-1] if self.runs else None

    def at(self, at_us: int) -> Run | None:
        """The run that holds at this instant."""
        index = bisect_right(self.runs, at_us, key=lambda run: run.start_us) - 1
        return self.runs[index] if index >= 0 and at_us < self.runs[index].end_us else None

    def between(self, start_us: int, end_us: int) -> list[Run]:
        """The runs that overlap start <= t < end, whole."""
        first = bisect_right(self.runs, start_us, key=lambda run: run.end_us)
        last = bisect_right(self.runs, end_us - 1, key=lambda run: run.start_us)
        return self.runs[first:last]


class StateHistory(msgspec.Struct):
    """Every machine's states up to `now_us`; `before_us` is the `now_us` of the tick before."""

    machines: dict[str, MachineStates] = {}
    now_us: int = 0
    before_us: int = 0

    def interval_us(self) -> int:
        """The usual time between two state readings, of the line's slowest speaker; at most 60 s."""
        known = [machine.interval_us for machine in self.machines.values() if machine.interval_us]
        return min(max(known, default=0), 60 * SECOND_US)


def advance(history: StateHistory, window: Window, line: Line, now_us: int) -> StateHistory:
    """Bring `history` up to `now_us` with what `window` holds, in place, and return it.

    The window is believed from its start on, whatever was known before: so ticks may overlap, and a late or
    out-of-order reading lands where it was observed. Devices that the line does not name have a history too.
    """
    history.before_us, history.now_us = history.now_us, now_us
    told = _state_series(window, line)
    for device in {*history.machines, *told}:
        states = history.machines.setdefault(device, MachineStates())
        _advance_machine(states, told.get(device), _heard(window, device), window.start_us, now_us)
    return history


def _state_series(window: Window, line: Line) -> dict[str, Series]:
    """Device -> the series that carries its state; of several datasets the one that says most."""
    told: dict[str, Series] = {}
    for (device, attribute, _), series in window.series.items():
        machine = line.by_id.get(device)
        wanted = machine.state if machine else DEFAULT_STATE_ATTRIBUTE
        if attribute == wanted and series.text is not None and len(series) > len(told.get(device, ())):
            told[device] = series
    return told


def _heard(window: Window, device: str) -> list[NDArray[np.int64]]:
    return [series.at_us for (name, _, _), series in window.series.items() if name == device and len(series)]


def _advance_machine(
    states: MachineStates, told: Series | None, heard: list[NDArray[np.int64]], start_us: int, now_us: int
) -> None:
    kept = [_until(run, start_us) for run in states.runs if run.start_us < start_us]
    changes = _changes(told, now_us)
    state_times = told.at_us[told.at_us <= now_us] if told is not None else np.empty(0, np.int64)
    any_times = np.unique(np.concatenate(heard)) if heard else state_times
    any_times = any_times[any_times <= now_us]
    speaks_on_change = _learn(states, state_times, any_times, len(changes))
    times = any_times if speaks_on_change else state_times
    carried = next((run.state for run in reversed(kept) if run.state != OFFLINE), "")
    said = _hold(carried, changes, start_us, now_us)
    last_word_us = min(states.heard_us, start_us) if states.heard_us else 0
    gaps = _gaps(times, last_word_us, now_us, states)
    states.runs = _joined([*kept, *_overlaid(said, gaps)], now_us - LOOK_BACK_US)
    states.heard_us = max(states.heard_us, int(times[-1])) if len(times) else states.heard_us


def _until(run: Run, end_us: int) -> Run:
    return run if run.end_us <= end_us else Run(run.state, run.start_us, end_us)


def _changes(told: Series | None, now_us: int) -> list[tuple[int, str]]:
    """When the state became another one, and which; the first reading counts."""
    changes: list[tuple[int, str]] = []
    if told is None or told.text is None:
        return changes
    spoken = None
    for at_us, text in zip(told.at_us.tolist(), told.text, strict=True):
        if text is None or text is spoken or at_us > now_us:
            continue
        spoken = text
        state = text.strip().casefold()
        if state and (not changes or changes[-1][1] != state):
            changes.append((at_us, state))
    return changes


def _learn(states: MachineStates, state_times: NDArray[np.int64], any_times: NDArray[np.int64], changes: int) -> bool:
    """Learn how often the machine speaks. True where its state is told only on a change.

    Told on a change: most readings are changes and they come at irregular times. Then its other readings say
    whether it is alive; where it has none, silence says nothing.
    """
    gaps = np.diff(state_times)
    if len(gaps) < _GAPS_TO_LEARN_FROM:
        return states.tolerance_us == 0 or len(any_times) > 2 * len(state_times)
    on_change = changes >= 0.6 * len(state_times) and np.quantile(gaps, 0.9) > 2 * np.median(gaps)
    if on_change and len(any_times) < 2 * len(state_times):
        states.tolerance_us = 0
        return True
    gaps = np.diff(any_times) if on_change else gaps
    states.interval_us = int(np.median(gaps))
    usual_us = max(4 * states.interval_us, 2 * int(np.quantile(gaps, 0.9)))
    states.tolerance_us = max(_LEAST_TOLERANCE_US, usual_us)
    return bool(on_change)


def _hold(carried: str, changes: list[tuple[int, str]], start_us: int, now_us: int) -> list[Run]:
    starts = [(start_us, carried), *changes] if carried else changes
    if not starts:  # silent for longer than the look-back: nothing is known of it any more
        return []
    ends = [at_us for at_us, _ in starts[1:]] + [now_us]
    return [Run(state, at_us, end_us) for (at_us, state), end_us in zip(starts, ends, strict=True) if end_us > at_us]


def _gaps(times: NDArray[np.int64], last_word_us: int, now_us: int, states: MachineStates) -> list[tuple[int, int]]:
    """When the machine was quiet for longer than it ever usually is, beginning one usual interval after its word."""
    if not states.tolerance_us:
        return []
    first = [last_word_us] if last_word_us else []
    moments = np.concatenate((np.array(first, np.int64), times, np.array([now_us], np.int64)))
    quiet = np.flatnonzero(np.diff(moments) > states.tolerance_us)
    return [(int(moments[i]) + states.interval_us, int(moments[i + 1])) for i in quiet]


def _overlaid(said: list[Run], gaps: list[tuple[int, int]]) -> list[Run]:
    """What was said, with `offline` where nobody was there to say it."""
    for gap_start, gap_end in gaps:
        pieces: list[Run] = []
        for run in said:
            if run.end_us <= gap_start or run.start_us >= gap_end:
                pieces.append(run)
                continue
            before, after = max(run.start_us, gap_start), min(run.end_us, gap_end)
            parts = (
                Run(run.state, run.start_us, before),
                Run(OFFLINE, before, after),
                Run(run.state, after, run.end_us),
            )
            pieces.extend(part for part in parts if part.end_us > part.start_us)
        said = pieces
    return said


def _joined(runs: list[Run], oldest_us: int) -> list[Run]:
    """Neighbours of one state become one run; what ended before `oldest_us` is forgotten."""
    joined: list[Run] = []
    for run in runs:
        if run.end_us <= oldest_us or run.end_us <= run.start_us:
            continue
        if joined and joined[-1].state == run.state and joined[-1].end_us >= run.start_us:
            joined[-1] = Run(run.state, joined[-1].start_us, run.end_us)
        else:
            joined.append(run)
    return joined
