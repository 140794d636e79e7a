"""Long stops: a machine that says Down for 60 seconds or more.

An outage is one outage although the machine runs for a moment within it. Two times decide:

- before it is long enough to report, only a *blip* is bridged (two sampling intervals, at least 5 s), and down time
  must be at least 80 % of the span: a chain of micro-stops with work between them never adds up to a long stop;
- once it is long, it ends when the machine has not been down for the *off-delay* (30 s, or four sampling intervals).
  Blocked and starved count as repaired: it would run if it could.

A machine that falls silent while it is down stays down: nobody has said that it was repaired. An outage that began
and ended between two ticks is found by the tick that follows, once.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from lineside.detection.finding import Evidence, Finding
from lineside.line.states import DOWN, OFFLINE, SECOND_US, MachineStates, Run, StateHistory
from lineside.site.model import DEFAULT_STATE_ATTRIBUTE, Line

DOWN_AFTER_SECONDS = 60.0
"""Where the site file does not say `down_after_seconds`."""

_LEAST_BLIP_US = 5 * SECOND_US
_OFF_DELAY_US = 30 * SECOND_US
_LEAST_DOWN_SHARE = 0.8


class Outage(msgspec.Struct, frozen=True):
    """One long stop of one machine. `end_us` is when it last said Down; `over` once the off-delay has passed since."""

    device: str
    start_us: int
    end_us: int
    down_us: int
    over: bool


def find_stops(history: StateHistory, line: Line, now_us: int) -> list[Finding]:
    """Every machine in a long stop that lasts, or that ended since the tick before; its latest one."""
    latest: dict[str, Outage] = {}
    for outage in outages(history, line, now_us):
        if not outage.over or outage.end_us > history.before_us:
            latest[outage.device] = outage
    return [_finding(outage, line, now_us) for outage in latest.values()]


def outages(history: StateHistory, line: Line, now_us: int) -> list[Outage]:
    """Every long stop in the look-back, by start."""
    found = [outage for device in history.machines for outage in outages_of(history, line, device, now_us)]
    return sorted(found, key=lambda outage: (outage.start_us, outage.device))


def outages_of(history: StateHistory, line: Line, device: str, now_us: int) -> list[Outage]:
    """The long stops of one machine, oldest first."""
    states = history.machines[device]
    machine = line.by_id.get(device)
    wanted = machine.down_after_seconds if machine and machine.down_after_seconds is not None else DOWN_AFTER_SECONDS
    long_us = int(wanted * SECOND_US)
    return list(_outages(device, states, long_us, now_us))


class _Chain:
    """Downs of one machine that belong together, while they are gathered."""

    def __init__(self, states: MachineStates, long_us: int) -> None:
        self._states, self._wanted_us = states, max(long_us, 1)
        self._blip_us = max(_LEAST_BLIP_US, 2 * states.interval_us)
        self.off_delay_us = max(_OFF_DELAY_US, 4 * states.interval_us)
        self.start_us = self.end_us = self.down_us = 0

    @property
    def is_long(self) -> bool:
        return self.down_us >= self._wanted_us

    def quiet_us(self, until_us: int) -> int:
        """How long it has not been down. While it says nothing, nobody has said that it was repaired."""
        inside = self._states.between(self.end_us, until_us)
        offline_us = sum(run.overlap_us(self.end_us, until_us) for run in inside if run.state == OFFLINE)
        return until_us - self.end_us - offline_us

    def takes(self, run: Run) -> bool:
        if not self.down_us:
            return False
        if self.is_long:
            return self.quiet_us(run.start_us) <= self.off_delay_us
        down_us = self.down_us + run.end_us - run.start_us
        is_mostly_down = down_us >= _LEAST_DOWN_SHARE * (run.end_us - self.start_us)
        return is_mostly_down and self.quiet_us(run.start_us) <= self._blip_us

    def add(self, run: Run) -> None:
        self.down_us += run.end_us - run.start_us
        self.end_us = run.end_us

    def begin(self, run: Run) -> None:
        self.start_us, self.down_us = run.start_us, 0
        self.add(run)

    def outage(self, device: str, *, over: bool) -> Outage:
        return Outage(device, self.start_us, self.end_us, self.down_us, over)


def _outages(device: str, states: MachineStates, long_us: int, now_us: int) -> Iterator[Outage]:
    chain = _Chain(states, long_us)
    for run in states.runs:
        if run.state != DOWN:
            continue
        if chain.takes(run):
            chain.add(run)
            continue
        if chain.is_long:
            yield chain.outage(device, over=True)
        chain.begin(run)
    if not chain.is_long:
        return
    yield chain.outage(device, over=chain.quiet_us(now_us) >= chain.off_delay_us)


def _finding(outage: Outage, line: Line, now_us: int) -> Finding:
    machine = line.by_id.get(outage.device)
    attribute = machine.state if machine else DEFAULT_STATE_ATTRIBUTE
    seconds = outage.down_us / SECOND_US
    evidence = (
        Evidence(outage.device, attribute, "Down", outage.start_us, note="first said"),
        Evidence(outage.device, "down time", round(seconds, 1), outage.end_us, "SEC", note="so far, without pauses"),
    )
    ended_us = outage.end_us if outage.over else 0
    return Finding("stop", outage.device, outage.start_us, now_us, evidence=evidence, ended_us=ended_us)
