"""What every machine said of itself, as intervals: running, blocked, starved, down, over a bounded look-back.

A state reading holds until the next one, as long as the machine keeps talking. Once it has been quiet for clearly
longer than it usually is, it is `offline` from its last word on: unknown, never down. How long is "usually" is
learned from the machine's own readings, so a machine that speaks every second and one that speaks only on a change
are both understood.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise

import msgspec

from lineside.lake.runs import Run as Run
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
_READINGS_TO_LEARN_FROM = 32


class MachineStates(msgspec.Struct):
    """One machine's runs, oldest first and without holes, and how often it usually speaks.

    `told_us` are its last few state readings. `interval_us` is the usual time between two of them (0: not learned
    yet); quiet for more than `tolerance_us` means offline (0: silence says nothing, for it speaks only on a change,
    or its habit is not known yet).
    """

    runs: list[Run] = []
    told_us: list[int] = []
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


class Rejecting(msgspec.Struct, frozen=True):
    """A machine rejected too much from since_us to until_us, by what was found so far."""

    since_us: int
    until_us: int


class StateHistory(msgspec.Struct):
    """Every machine's states up to `now_us`; `before_us` is the `now_us` of the tick before.

    `rejecting` remembers why a machine tripped: its rejects leave the detector's window long before it runs again.
    """

    machines: dict[str, MachineStates] = {}
    now_us: int = 0
    before_us: int = 0
    rejecting: dict[str, Rejecting] = {}

    def note_rejecting(self, device: str, since_us: int, until_us: int) -> None:
        """Remember that a machine rejects too much; one that goes on keeps when it began."""
        known = self.rejecting.get(device)
        went_on = known is not None and since_us <= known.until_us
        self.rejecting[device] = Rejecting(min(known.since_us, since_us) if known and went_on else since_us, until_us)

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
        _advance_machine(states, told.get(device), window.start_us, now_us)
    oldest_us = now_us - LOOK_BACK_US
    history.rejecting = {device: one for device, one in history.rejecting.items() if one.until_us >= oldest_us}
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


def _advance_machine(states: MachineStates, told: Series | None, start_us: int, now_us: int) -> None:
    kept = [_until(run, start_us) for run in states.runs if run.start_us < start_us]
    before = [at_us for at_us in states.told_us if at_us < start_us]
    times = [at_us for at_us in told.at_us.tolist() if at_us <= now_us] if told is not None else []
    carried = next((run.state for run in reversed(kept) if run.state != OFFLINE), "")
    said = _hold(carried, _changes(told, now_us), start_us, now_us)
    _learn(states, [*before, *times][-_READINGS_TO_LEARN_FROM:], [*kept, *said])
    gaps = _gaps([*before[-1:], *times, now_us], states)
    states.runs = _joined(_overlaid([*kept, *said], gaps), now_us - LOOK_BACK_US)


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


def _learn(states: MachineStates, told_us: list[int], runs: list[Run]) -> None:
    """Learn how often the machine tells its state.

    Where most readings are changes and they come at irregular times, it speaks only on a change: then silence says
    nothing about it. (Whether it lives is told from its other readings, by the detector of silent devices.)
    """
    states.told_us = told_us
    gaps = sorted(later - earlier for earlier, later in pairwise(told_us))
    if len(gaps) < _GAPS_TO_LEARN_FROM:
        return
    median_us, long_us = gaps[len(gaps) // 2], gaps[int(0.9 * len(gaps))]
    changes = sum(told_us[0] <= run.start_us for run in runs if run.state != OFFLINE)
    if changes >= 0.6 * len(told_us) and long_us > 2 * median_us:
        states.interval_us = states.tolerance_us = 0
        return
    states.interval_us = median_us
    states.tolerance_us = max(_LEAST_TOLERANCE_US, 4 * median_us, 2 * long_us)


def _hold(carried: str, changes: list[tuple[int, str]], start_us: int, now_us: int) -> list[Run]:
    starts = [(start_us, carried), *changes] if carried else changes
    if not starts:  # silent for longer than the look-back: nothing is known of it any more
        return []
    ends = [at_us for at_us, _ in starts[1:]] + [now_us]
    return [Run(state, at_us, end_us) for (at_us, state), end_us in zip(starts, ends, strict=True) if end_us > at_us]


def _gaps(moments: list[int], states: MachineStates) -> list[tuple[int, int]]:
    """When the machine was quiet for longer than it ever usually is, beginning one usual interval after its word."""
    if not states.tolerance_us:
        return []
    quiet = [(a, b) for a, b in pairwise(moments) if b - a > states.tolerance_us]
    return [(start_us + states.interval_us, end_us) for start_us, end_us in quiet]


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
