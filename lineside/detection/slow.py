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
4. it ends when the pressure is back to normal for three minutes. One that lasts an hour becomes the normal.

What it cannot see: a machine that was slow before the first reading, one that slows less than the line has reserve
(nobody loses time then), and a change smaller than the line's own habit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.detection.finding import Evidence, Finding
from lineside.line.flow import TAIL_US, is_dumb, neighbours
from lineside.line.states import BLOCKED, DOWN, OFFLINE, RUNNING, SECOND_US, STARVED, Run, StateHistory
from lineside.site.model import Line

BIN_SECONDS = 30
_STEPS_A_BIN = 10
_STEP_US = BIN_SECONDS * SECOND_US // _STEPS_A_BIN

_REPORT_SECONDS = 90.0
"""Of pressure above normal, both sides added: a machine that stands still is found after about 50 s, one at half speed
after about two minutes."""
_MARGIN = 0.1
_BINS_TO_KNOW_NORMAL = 20
_BINS_TO_CLEAR = 6
_BINS_RECENT = 6
_DRAIN = 3.0
_BINS_TO_SETTLE = 120
_RECORD = 1.5
_WAVE_STEPS = 180 * SECOND_US // _STEP_US
_LEAST_RUNNING = 0.8
_LEAST_HOLE_US = 30 * SECOND_US

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
    testifies: Mask
    """The bins that say anything: in the others the machine was down or offline, or the hole it left still passed."""
    least_seconds: float
    """What every side must be above normal by, before both together count."""

    @property
    def sides(self) -> list[Shares]:
        return [side for side in (self.blocked, self.starved) if side is not None]


@dataclass(frozen=True)
class Excursion:
    """The pressure on a machine has been above `normal` (per side) from bin `first` on."""

    first: int
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
            grid._add(device, of, at_us)
        return grid

    def _add(self, device: str, runs: list[Run], at_us: NDArray[np.int64]) -> None:
        index = np.searchsorted(np.array([run.start_us for run in runs], np.int64), at_us, side="right") - 1
        for kind in (RUNNING, BLOCKED, STARVED, OFFLINE):
            is_kind = np.array([run.state == kind for run in runs] + [kind == OFFLINE])
            self.masks[device, kind] = is_kind[index]
        self.masks[device, "hole"] = _after_a_stop(runs, at_us)
        running = np.flatnonzero(self.masks[device, RUNNING])
        self.ran[device] = int(running[0]) if len(running) else self.steps

    def mask(self, device: str, kind: str) -> Mask:
        return self.masks[device, kind]

    def by_bin(self, mask: Mask) -> Shares:
        return np.asarray(mask.reshape(-1, _STEPS_A_BIN).mean(axis=1))


def _pressure(grid: _Grid, line: Line, history: StateHistory, device: str) -> Pressure | None:
    """The pressure on one machine; None where nobody beside it tells a state.

    One that reports no state itself must be squeezed from both sides, and its neighbours' other ways must be free.
    """
    dumb = is_dumb(history, device)
    running = np.ones(grid.steps, bool) if dumb else grid.mask(device, RUNNING)
    working = running if dumb else running & ~grid.mask(device, "hole")
    squeezed = {}
    for state in (BLOCKED, STARVED):
        beside = neighbours(line, history, device, downstream=state == STARVED)
        masks = [_pressed(grid, line, history, name, device, state, working) for name in beside]
        squeezed[state] = np.min([grid.by_bin(mask) for mask in masks], axis=0) if masks else None
    sides = sum(side is not None for side in squeezed.values())
    if sides < (2 if dumb else 1):
        return None
    testifies = np.ones(grid.steps // _STEPS_A_BIN, bool) if dumb else grid.by_bin(grid.mask(device, "hole")) < 0.5
    least_seconds = _REPORT_SECONDS / (2 if dumb else 6)
    return Pressure(device, squeezed[BLOCKED], squeezed[STARVED], grid.by_bin(running), testifies, least_seconds)


def _pressed(grid: _Grid, line: Line, history: StateHistory, name: str, by: str, state: str, working: Mask) -> Mask:
    """When `name` was blocked or starved by `by`, and by nothing else."""
    stopped = grid.mask(name, state)
    pressed = stopped & working & ~_still_waiting(stopped, working)
    pressed[: grid.ran[name]] = False
    free = STARVED if state == BLOCKED else BLOCKED
    beyond = set(neighbours(line, history, by, downstream=state == BLOCKED)) if is_dumb(history, by) else None
    for other in neighbours(line, history, name, downstream=state == BLOCKED):
        if other == by:
            continue
        may_run = beyond is None or other in beyond
        pressed &= grid.mask(other, free) | grid.mask(other, RUNNING) if may_run else grid.mask(other, free)
    return pressed


def _still_waiting(stopped: Mask, working: Mask) -> Mask:
    """Steps of a stop that began when the machine was not working: for three minutes the wave may still be passing."""
    steps = np.arange(len(stopped))
    begins = stopped & ~np.concatenate(([False], stopped[:-1]))
    began = np.maximum.accumulate(np.where(begins, steps, 0))
    last_idle = np.maximum.accumulate(np.where(working, -_WAVE_STEPS, steps))
    return np.asarray((last_idle >= began - 2) & (steps - last_idle < _WAVE_STEPS))


def _after_a_stop(runs: list[Run], at_us: NDArray[np.int64]) -> Mask:
    """Steps within a stop of the machine itself, and as long after it: the hole that it left is still on its way."""
    mask = np.zeros(len(at_us), bool)
    for run in runs:
        if run.state in (DOWN, OFFLINE):
            hole_us = min(max(run.end_us - run.start_us, _LEAST_HOLE_US), TAIL_US)
            first, last = np.searchsorted(at_us, [run.start_us, run.end_us + hole_us])
            mask[first:last] = True
    return mask


def _excursion(pressure: Pressure) -> Excursion | None:
    """The excursion that is on now, if it is to be reported."""
    sides = np.array(pressure.sides)
    if not (sides[:, -_BINS_RECENT:].mean(axis=1) > _MARGIN).any():
        return None
    return _Cusum(pressure).run()


class _Cusum:
    """All sides of one machine, bin by bin: learn the normal, add up what exceeds it."""

    def __init__(self, pressure: Pressure) -> None:
        self._bin_of = np.flatnonzero(pressure.testifies)
        sides = np.array(pressure.sides)[:, self._bin_of]
        self._sides, self._running = sides, pressure.running[self._bin_of]
        self._least_seconds = pressure.least_seconds
        self._sum = np.zeros(len(sides))
        self._bins = 0
        self._above = np.zeros(len(sides))
        self._first = np.full(len(sides), -1)
        """Per side, the bin since when it has been above normal; -1 where it is not."""
        self._reported_from = -1
        self._peak = self._record = 0.0

    def run(self) -> Excursion | None:
        for index in range(self._sides.shape[1]):
            self._step(index)
        if self._reported_from < 0:
            return None
        return Excursion(int(self._bin_of[self._reported_from]), tuple(self._normal().tolist()))

    def _normal(self) -> Shares:
        return self._sum / max(self._bins, 1)

    def _step(self, index: int) -> None:
        if self._bins < _BINS_TO_KNOW_NORMAL:
            self._learn(index, index + 1)
            return
        excess = (self._sides[:, index] - self._normal() - _MARGIN) * BIN_SECONDS
        self._above = np.maximum(0.0, self._above + np.where(excess > 0, excess, _DRAIN * excess))
        began = int(self._first.max())
        self._first = np.where(self._above > 0, np.where(self._first < 0, index, self._first), -1)
        if self._reported_from >= 0:
            self._step_reported(index)
        elif self._above.any():
            self._waiting_from = index if began < 0 else self._waiting_from
            self._peak = max(self._peak, float(self._above.sum()))
            if self._is_clear(index):
                self._reported_from = self._onset(index)
        else:
            self._learn(index if began < 0 else self._waiting_from, index + 1)
            self._record = max(self._record, self._peak)
            self._peak = 0.0

    _waiting_from = 0
    """Since when bins have not been taken for normal, because an excursion was on."""

    def _is_clear(self, index: int) -> bool:
        """Above the line's own habit, on every side that there is, and the machine itself was running."""
        little_known = 1 + _BINS_TO_KNOW_NORMAL / self._bins
        enough = max(_REPORT_SECONDS * little_known, _RECORD * self._record)
        running = float(self._running[self._first.max() : index + 1].mean())
        everywhere = bool((self._above >= self._least_seconds).all())
        return everywhere and running >= _LEAST_RUNNING and float(self._above.sum()) >= enough

    def _onset(self, index: int) -> int:
        """The bin at which the pressure went up: the likeliest change between normal and what it is now."""
        first = int(self._first[self._first >= 0].min())
        excess = self._sides[:, first : index + 1].sum(axis=0) - self._normal().sum()
        half_way = excess[-_BINS_RECENT:].mean() / 2
        before = np.concatenate(([0.0], np.cumsum(excess - half_way)[:-1]))
        return first + int(before.argmin())

    def _step_reported(self, index: int) -> None:
        recent = self._sides[:, index + 1 - _BINS_TO_CLEAR : index + 1].mean(axis=1)
        settled = index - self._reported_from >= _BINS_TO_SETTLE
        if settled:
            self._sum, self._bins = np.zeros(len(self._sides)), 0
            self._learn(index - _BINS_TO_KNOW_NORMAL, index + 1)
        if settled or bool((recent <= self._normal() + _MARGIN).all()):
            self._above[:], self._first[:] = 0.0, -1
            self._reported_from, self._peak = -1, 0.0

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
