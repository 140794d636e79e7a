"""The pressure on a machine: how much of the time its neighbours wait for it while it works.

Time is cut into bins of 30 s. In each, the pressure is the share of time in which *all* that feeds the machine was
blocked, and all that it feeds was starved, while it ran itself and nothing else explained it: another outlet that is
stopped explains a blocked feeder, another inlet that is stopped explains a starved follower, and who stopped while
the machine was not running is still waiting for the wave to pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.line.flow import TAIL_US, is_dumb, losses, neighbours
from lineside.line.states import BLOCKED, DOWN, OFFLINE, RUNNING, SECOND_US, STARVED, Run, StateHistory
from lineside.site.model import Line

BIN_SECONDS = 30
STEPS_A_BIN = 10
_STEP_US = BIN_SECONDS * SECOND_US // STEPS_A_BIN
_MOST_BINS = 240
_WAVE_STEPS = 180 * SECOND_US // _STEP_US
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

    @property
    def sides(self) -> list[Shares]:
        return [side for side in (self.blocked, self.starved) if side is not None]


@dataclass(frozen=True)
class Grid:
    """What every machine did, step by step: `state[device][kind]` is a mask over the steps."""

    start_us: int
    steps: int
    masks: dict[tuple[str, str], Mask]
    ran: dict[str, int]
    """The first step at which a machine ran: what comes before is the line filling up."""

    @classmethod
    def of(cls, history: StateHistory, line: Line, now_us: int) -> Grid | None:
        runs = {
            machine.id: history.machines[machine.id].runs
            for machine in line.machines
            if not is_dumb(history, machine.id)
        }
        if not runs:
            return None
        first_us = min(of[0].start_us for of in runs.values())
        bins = min((now_us - first_us) // SECOND_US // BIN_SECONDS, _MOST_BINS)
        if bins <= 0:
            return None
        start_us = now_us - bins * BIN_SECONDS * SECOND_US
        at_us = start_us + np.arange(bins * STEPS_A_BIN, dtype=np.int64) * _STEP_US
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

    def explained(self, line: Line, history: StateHistory, now_us: int) -> dict[str, Mask]:
        """Machine -> the steps in which it was blocked or starved because of a machine that was down."""
        masks = {device: np.zeros(self.steps, bool) for device in self.ran}
        at_us = self.start_us + np.arange(self.steps, dtype=np.int64) * _STEP_US
        for loss in losses(line, history, (), self.start_us, now_us):
            first, last = np.searchsorted(at_us, [loss.start_us, loss.end_us])
            masks[loss.device][first:last] = True
        return masks

    def mask(self, device: str, kind: str) -> Mask:
        return self.masks[device, kind]

    def by_bin(self, mask: Mask) -> Shares:
        return np.asarray(mask.reshape(-1, STEPS_A_BIN).mean(axis=1))


def pressure_on(
    grid: Grid, line: Line, history: StateHistory, device: str, explained: dict[str, Mask] | None = None
) -> Pressure | None:
    """The pressure on one machine, less what is `explained`; None where nobody beside it tells a state.

    One that reports no state itself must be squeezed from both sides, and its neighbours' other ways must be free.
    """
    dumb = is_dumb(history, device)
    running = np.ones(grid.steps, bool) if dumb else grid.mask(device, RUNNING)
    working = running if dumb else running & ~grid.mask(device, "hole")
    squeezed = {}
    for state in (BLOCKED, STARVED):
        beside = neighbours(line, history, device, downstream=state == STARVED)
        masks = [_pressed(grid, line, history, name, device, state, working) for name in beside]
        if explained is not None:
            masks = [mask & ~explained[name] for name, mask in zip(beside, masks, strict=True)]
        squeezed[state] = np.min([grid.by_bin(mask) for mask in masks], axis=0) if masks else None
    sides = sum(side is not None for side in squeezed.values())
    if sides < (2 if dumb else 1):
        return None
    testifies = np.ones(grid.steps // STEPS_A_BIN, bool) if dumb else grid.by_bin(grid.mask(device, "hole")) < 0.5
    return Pressure(device, squeezed[BLOCKED], squeezed[STARVED], grid.by_bin(running), testifies)


def _pressed(grid: Grid, line: Line, history: StateHistory, name: str, by: str, state: str, working: Mask) -> Mask:
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
