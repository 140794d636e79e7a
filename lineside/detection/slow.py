"""Slow machines: those that never say Down, while the flow shows that they hold the line up.

A machine that works more slowly than the line needs is Running all the time; what feeds it is Blocked by it, and
what it feeds is Starved by it. That happens in short doses on every healthy line, and on most lines one machine is
always the slowest. So it is compared with the line's own normal:

1. time is cut into bins of 30 s. In each bin the *pressure* on a machine is the share of time in which all that feeds
   it was blocked, and all that it feeds was starved, while it ran itself and nothing else explained it: another
   outlet that is stopped explains a blocked feeder, another inlet that is stopped explains a starved follower,
   and who stopped while the machine was not running is still waiting for the wave to pass;
2. what the pressure normally is: its mean over the past, without excursions that were reported;
3. a cumulative sum (CUSUM) of the pressure above normal and a margin, in seconds, on both sides. It is a finding once
   that exceeds `_REPORT_SECONDS`, and by a clear margin every excursion that passed by itself before;
4. it ends when the pressure is back to normal for 90 s. One that lasts an hour becomes the normal.

What it cannot see: a machine that was slow before the first reading, one that slows less than the line has reserve
(nobody loses time then), and a change smaller than the line's own habit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.detection.finding import Evidence, Finding
from lineside.line.flow import is_dumb, neighbours
from lineside.line.states import BLOCKED, OFFLINE, RUNNING, SECOND_US, STARVED, StateHistory
from lineside.site.model import Line

BIN_SECONDS = 30
_STEPS_A_BIN = 10
_STEP_US = BIN_SECONDS * SECOND_US // _STEPS_A_BIN

_REPORT_SECONDS = 90.0
"""Of pressure above normal, both sides added: a machine that stands still is found after about 50 s, one at half speed
after about two minutes."""
_MARGIN = 0.1
_BINS_TO_KNOW_NORMAL = 10
_BINS_TO_CLEAR = 3
_BINS_TO_SETTLE = 120
_RECORD = 1.5
_WAVE_STEPS = 180 * SECOND_US // _STEP_US
_LEAST_RUNNING = 0.8

Shares = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Pressure:
    """How a machine is pressed, per bin: share of time in which its feeders were blocked and its followers starved.

    A side without machines that tell their state is None.
    """

    device: str
    blocked: Shares | None
    starved: Shares | None
    running: Shares

    @property
    def sides(self) -> list[Shares]:
        return [side for side in (self.blocked, self.starved) if side is not None]


@dataclass(frozen=True)
class Excursion:
    """The pressure on a machine has been above normal from bin `first` on, by `seconds` in all."""

    first: int
    seconds: float
    normal: tuple[float, ...]


def find_slow(history: StateHistory, line: Line, now_us: int) -> list[Finding]:
    """Every machine of the line that holds it up now without saying so."""
    grid = _Grid.of(history, line, now_us)
    if grid is None:
        return []
    found = []
    for machine in line.machines:
        if machine.buffer:
            continue
        pressure = _pressure(grid, line, history, machine.id)
        excursion = _excursion(pressure) if pressure else None
        if pressure and excursion:
            found.append(_finding(grid, pressure, excursion, now_us))
    return _only_sure(found, line, history)


@dataclass(frozen=True)
class _Grid:
    """What every machine did, step by step: `state[device][kind]` is a mask over the steps."""

    start_us: int
    steps: int
    masks: dict[tuple[str, str], Mask]
    ran: dict[str, int]
    """The first step at which a machine ran: what comes before is the line filling up."""

    @classmethod
    def of(cls, history: StateHistory, line: Line, now_us: int) -> _Grid | None:
        runs = {
            machine.id: history.machines[machine.id].runs
            for machine in line.machines
            if not is_dumb(history, machine.id)
        }
        if not runs:
            return None
        first_us = min(of[0].start_us for of in runs.values())
        bins = min((now_us - first_us) // SECOND_US // BIN_SECONDS, 240)
        if bins <= _BINS_TO_KNOW_NORMAL:
            return None
        start_us = now_us - bins * BIN_SECONDS * SECOND_US
        at_us = start_us + np.arange(bins * _STEPS_A_BIN, dtype=np.int64) * _STEP_US
        grid = cls(start_us, len(at_us), {}, {})
        for device, of in runs.items():
            grid._add(device, np.array([run.start_us for run in of], np.int64), [run.state for run in of], at_us)
        return grid

    def _add(self, device: str, starts: NDArray[np.int64], states: list[str], at_us: NDArray[np.int64]) -> None:
        index = np.searchsorted(starts, at_us, side="right") - 1
        for kind in (RUNNING, BLOCKED, STARVED, OFFLINE):
            is_kind = np.array([state == kind for state in states] + [kind == OFFLINE])
            self.masks[device, kind] = is_kind[index]
        running = np.flatnonzero(self.masks[device, RUNNING])
        self.ran[device] = int(running[0]) if len(running) else self.steps

    def mask(self, device: str, kind: str) -> Mask:
        return self.masks[device, kind]

    def by_bin(self, mask: Mask) -> Shares:
        return np.asarray(mask.reshape(-1, _STEPS_A_BIN).mean(axis=1))


def _pressure(grid: _Grid, line: Line, history: StateHistory, device: str) -> Pressure | None:
    working = np.ones(grid.steps, bool) if is_dumb(history, device) else grid.mask(device, RUNNING)
    feeders = neighbours(line, history, device, downstream=False)
    followers = neighbours(line, history, device, downstream=True)
    blocked = [_pressed(grid, line, history, name, device, BLOCKED, working) for name in feeders]
    starved = [_pressed(grid, line, history, name, device, STARVED, working) for name in followers]
    if not blocked and not starved:
        return None
    if is_dumb(history, device) and not (blocked and starved):
        return None
    return Pressure(
        device,
        np.min([grid.by_bin(mask) for mask in blocked], axis=0) if blocked else None,
        np.min([grid.by_bin(mask) for mask in starved], axis=0) if starved else None,
        grid.by_bin(working),
    )


def _pressed(grid: _Grid, line: Line, history: StateHistory, name: str, by: str, state: str, working: Mask) -> Mask:
    """When `name` was blocked or starved by `by`, and by nothing else."""
    stopped = grid.mask(name, state)
    pressed = stopped & working & ~_still_waiting(stopped, working)
    pressed[: grid.ran[name]] = False
    for other in neighbours(line, history, name, downstream=state == BLOCKED):
        if other != by:
            pressed &= grid.mask(other, RUNNING) | grid.mask(other, STARVED if state == BLOCKED else BLOCKED)
    return pressed


def _still_waiting(stopped: Mask, working: Mask) -> Mask:
    """Steps of a stop that began when the machine was not working: for three minutes the wave may still be passing."""
    steps = np.arange(len(stopped))
    begins = stopped & ~np.concatenate(([False], stopped[:-1]))
    began = np.maximum.accumulate(np.where(begins, steps, 0))
    last_idle = np.maximum.accumulate(np.where(working, -_WAVE_STEPS, steps))
    return np.asarray((last_idle >= began - 2) & (steps - last_idle < _WAVE_STEPS))


def _excursion(pressure: Pressure) -> Excursion | None:
    """The excursion that is on now, if it is to be reported."""
    sides = np.array(pressure.sides)
    if not (sides[:, -2 * _BINS_TO_CLEAR :] > _MARGIN).any():
        return None
    return _Cusum(sides, pressure.running).run()


class _Cusum:
    """Both sides of one machine, bin by bin: learn the normal, add up what exceeds it."""

    def __init__(self, sides: Shares, running: Shares) -> None:
        self._sides, self._running = sides, running
        self._sum = np.zeros(len(sides))
        self._bins = 0
        self._first = -1
        self._above = np.zeros(len(sides))
        self._reported = False
        self._record = 0.0

    def run(self) -> Excursion | None:
        for index in range(self._sides.shape[1]):
            self._step(index)
        if not self._reported:
            return None
        return Excursion(self._first, float(self._above.sum()), tuple(self._normal().tolist()))

    def _normal(self) -> Shares:
        return self._sum / max(self._bins, 1)

    def _step(self, index: int) -> None:
        now = self._sides[:, index]
        if self._bins < _BINS_TO_KNOW_NORMAL:
            self._learn(index, index + 1)
            return
        excess = (now - self._normal() - _MARGIN) * BIN_SECONDS
        self._above = np.maximum(0.0, self._above + excess)
        if self._reported:
            self._step_reported(index)
        elif not self._above.any():
            self._learn(self._first if self._first >= 0 else index, index + 1)
            self._first = -1
            self._record = max(self._record, self._peak) if self._peak else self._record
            self._peak = 0.0
        else:
            self._first = self._first if self._first >= 0 else index
            self._peak = max(self._peak, float(self._above.sum()))
            self._reported = self._is_clear(index)

    _peak = 0.0

    def _is_clear(self, index: int) -> bool:
        """Above the line's own habit, on every side that there is, and the machine itself was running."""
        alone = len(self._sides) == 1
        both = alone or bool((self._above >= _REPORT_SECONDS / 5).all())
        enough = max(_REPORT_SECONDS, _RECORD * self._record)
        running = float(self._running[self._first : index + 1].mean())
        return both and running >= _LEAST_RUNNING and float(self._above.sum()) >= enough

    def _step_reported(self, index: int) -> None:
        recent = self._sides[:, max(self._first, index + 1 - _BINS_TO_CLEAR) : index + 1].mean(axis=1)
        over = bool((recent <= self._normal() + _MARGIN).all())
        settled = index - self._first >= _BINS_TO_SETTLE
        if not over and not settled:
            return
        if settled:
            self._sum, self._bins = np.zeros(len(self._sides)), 0
            self._learn(index - _BINS_TO_KNOW_NORMAL, index + 1)
        self._above[:] = 0.0
        self._first, self._reported, self._peak = -1, False, 0.0

    def _learn(self, first: int, end: int) -> None:
        self._sum = self._sum + self._sides[:, first:end].sum(axis=1)
        self._bins += end - first


def _finding(grid: _Grid, pressure: Pressure, excursion: Excursion, now_us: int) -> Finding:
    onset_us = grid.start_us + excursion.first * BIN_SECONDS * SECOND_US
    evidence = []
    names = [
        name
        for name, side in (("feeders blocked", pressure.blocked), ("followers starved", pressure.starved))
        if side is not None
    ]
    for name, side, normal in zip(names, pressure.sides, excursion.normal, strict=True):
        share = float(side[excursion.first :].mean())
        evidence.append(
            Evidence(pressure.device, name, round(100 * share, 1), now_us, "P1", expected=round(100 * normal, 1))
        )
    return Finding("slow", pressure.device, onset_us, now_us, evidence=tuple(evidence))


def _only_sure(found: list[Finding], line: Line, history: StateHistory) -> list[Finding]:
    """Of neighbours that report no state none is named: the flow cannot tell them apart."""
    dumb = {finding.device for finding in found if is_dumb(history, finding.device)}

    def is_sure(device: str) -> bool:
        beside = {*line.downstream.get(device, ()), *line.upstream.get(device, ())}
        return device not in dumb or not beside & dumb

    return [finding for finding in found if is_sure(finding.device)]
