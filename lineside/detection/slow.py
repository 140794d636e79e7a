"""Slow machines: those that never say Down, while the flow shows that they hold the line up.

A machine that works more slowly than the line needs is Running all the time; what feeds it is Blocked by it, and
what it feeds is Starved by it. That happens in short doses on every healthy line, and on most lines one machine is
always the slowest. So its *pressure* (`pressure.py`) is compared with the line's own normal:

1. normal is the mean of the past, without excursions that were reported; ten minutes must be known;
2. a cumulative sum (CUSUM) of the pressure above normal and a margin, in seconds, per side. It is a finding once both
   sides together exceed `_REPORT_SECONDS` (twice that with ten minutes known), and by a clear margin every excursion
   that passed by itself before. A side on its own must exceed half as much again;
3. one side on its own: a blocked feeder and a machine that runs is enough. A starved follower is not, for a machine
   whose material only trickles in may call itself Running; then the one that would have blocked its feeder, and has
   not, is cleared, and the next machine upstream is asked;
4. what comes before and after it must run less than before: a queue that only moves costs nobody anything;
5. it ends when the pressure is back to normal for three minutes. One that lasts an hour becomes the normal.

What it cannot see: a machine that was slow before the first reading, one that slows less than the line has reserve
(nobody loses time then), a change smaller than the line's own habit, and waits that a machine does not report.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lineside.detection.finding import Evidence, Finding
from lineside.detection.pressure import BIN_SECONDS, Grid, Mask, Pressure, Shares, pressure_on
from lineside.line.flow import beyond, is_dumb
from lineside.line.states import BLOCKED, RUNNING, SECOND_US, StateHistory
from lineside.site.model import Line

_REPORT_SECONDS = 90.0
"""Of pressure above normal, both sides added: a machine that stands still is found after about 50 s, one at half speed
after about two minutes."""
_ONE_SIDED = 1.5
_MOST_MARGIN, _LEAST_MARGIN = 0.1, 0.04
"""What is not yet more than normal, as a share of time: half the usual unrest, within these."""
_QUIET = 0.1
"""Standard deviation of the pressure, bin by bin; a line that is calmer than this needs less proof, down to half."""
_MUCH, _MUCH_TOGETHER = 0.2, 0.25
"""By what share of the time one side alone, and both added, must be up."""
_DRAIN = 3.0
"""What is below normal counts so much more than what is above, so that an excursion that is over is soon forgotten."""
_RECORD = 1.5
_LEAST_RUNNING = 0.8
_LEAST_LOSS = 0.04
"""By what share of the time the other machines must run less, on average: two of ten that lose a fifth."""
_BINS_TO_KNOW_NORMAL = 20
_BINS_RECENT = _BINS_TO_CLEAR = 6
_BINS_TO_SETTLE = 120
_EVER_BLOCKED = 0.01
"""A machine that was blocked for this share of the past shows it when it is."""


@dataclass(frozen=True)
class Excursion:
    """The pressure on a machine has been above `normal` (per side) from bin `first` on; on every side that there is?"""

    first: int
    normal: tuple[float, ...]
    everywhere: bool


def find_slow(history: StateHistory, line: Line, now_us: int) -> list[Finding]:
    """Every machine of the line that holds it up now without saying so."""
    grid = Grid.of(history, line, now_us)
    return _Search(grid, history, line, now_us).run() if grid else []


class _Search:
    """One look at every machine of the line."""

    def __init__(self, grid: Grid, history: StateHistory, line: Line, now_us: int) -> None:
        self._grid, self._history, self._line, self._now_us = grid, history, line, now_us
        self._explained: dict[str, Mask] | None = None

    def run(self) -> list[Finding]:
        found: dict[str, Finding] = {}
        for machine in self._line.machines:
            if machine.buffer or not self._excursion(pressure_on(self._grid, self._line, self._history, machine.id)):
                continue
            pressure = self._unexplained(machine.id)
            excursion = self._excursion(pressure)
            device = self._at_fault(pressure, excursion) if pressure and excursion else None
            if not (pressure and excursion and device) or not self._others_run_less(device, excursion.first):
                continue
            if device not in found or device == machine.id:
                found[device] = self._finding(device, pressure, excursion)
        return self._only_sure(list(found.values()))

    def _excursion(self, pressure: Pressure | None) -> Excursion | None:
        """The excursion that is on now, if it is to be reported."""
        if pressure is None:
            return None
        sides = np.array(pressure.sides)
        if not (sides[:, -_BINS_RECENT:].mean(axis=1) > _LEAST_MARGIN).any():
            return None
        return _Cusum(pressure, is_dumb=is_dumb(self._history, pressure.device)).run()

    def _unexplained(self, device: str) -> Pressure | None:
        """The pressure without the seconds that machines which are down account for."""
        if self._explained is None:
            self._explained = self._grid.explained(self._line, self._history, self._now_us)
        return pressure_on(self._grid, self._line, self._history, device, self._explained)

    def _at_fault(self, pressure: Pressure, excursion: Excursion) -> str | None:
        """The machine itself; or the one upstream from which its material only trickles in."""
        if excursion.everywhere or pressure.blocked is None:
            return pressure.device
        sides = [float(side[excursion.first :].mean()) for side in pressure.sides]
        if sides[0] - excursion.normal[0] > _MOST_MARGIN:
            return pressure.device
        return self._trickling_from(pressure.device, excursion.first)

    def _trickling_from(self, device: str, first: int) -> str | None:
        """The first machine of the line, if every one on the way is cleared: it would have blocked its feeder."""
        while True:
            feeders = self._line.upstream.get(device, ())
            if any(is_dumb(self._history, name) for name in feeders):
                return None
            free = [
                name
                for name in feeders
                if self._share(name, BLOCKED, first) <= self._usually(name, first) + _MOST_MARGIN
            ]
            if len(free) != 1 or self._share(free[0], RUNNING, first) < _LEAST_RUNNING:
                return None
            device = free[0]
            if self._usually(device, first) < _EVER_BLOCKED:
                return None
            if not self._line.upstream.get(device):
                return device

    def _others_run_less(self, device: str, first: int) -> bool:
        """Whether what comes before and after the machine runs less than it did.

        A machine's running share is its rate times the time that a piece takes. So a queue that only moves from one of
        two machines to the other changes nobody's share, while a slow machine lowers that of everybody on its way. A
        parallel lane says nothing: it may take over.
        """
        lost = []
        for name in (*beyond(device, self._line.upstream), *beyond(device, self._line.downstream)):
            if is_dumb(self._history, name):
                continue
            shares = self._grid.by_bin(self._grid.mask(name, RUNNING))
            lost.append(float(np.median(shares[:first]) - np.median(shares[first:])))
        return not lost or sum(lost) / len(lost) >= _LEAST_LOSS

    def _share(self, device: str, state: str, first: int) -> float:
        return float(self._grid.by_bin(self._grid.mask(device, state))[first:].mean())

    def _usually(self, device: str, first: int) -> float:
        return float(self._grid.by_bin(self._grid.mask(device, BLOCKED))[:first].mean()) if first else 0.0

    def _finding(self, device: str, pressure: Pressure, excursion: Excursion) -> Finding:
        names = ("feeders blocked", "followers starved") if pressure.blocked is not None else ("followers starved",)
        evidence = [
            Evidence(
                pressure.device,
                name,
                round(100 * float(side[excursion.first :].mean()), 1),
                self._now_us,
                "P1",
                expected=round(100 * normal, 1),
            )
            for name, side, normal in zip(names, pressure.sides, excursion.normal, strict=False)
        ]
        onset_us = self._grid.start_us + excursion.first * BIN_SECONDS * SECOND_US
        return Finding("slow", device, onset_us, self._now_us, evidence=tuple(evidence))

    def _only_sure(self, found: list[Finding]) -> list[Finding]:
        """Of neighbours that report no state none is named: the flow cannot tell them apart."""
        dumb = {finding.device for finding in found if is_dumb(self._history, finding.device)}

        def is_sure(device: str) -> bool:
            beside = {*self._line.downstream.get(device, ()), *self._line.upstream.get(device, ())}
            return device not in dumb or not beside & dumb

        return [finding for finding in found if is_sure(finding.device)]


class _Cusum:
    """All sides of one machine, bin by bin: learn the normal, add up what exceeds it."""

    def __init__(self, pressure: Pressure, *, is_dumb: bool) -> None:
        self._bin_of = np.flatnonzero(pressure.testifies)
        sides = np.array(pressure.sides)[:, self._bin_of]
        self._sides, self._running = sides, pressure.running[self._bin_of]
        self._least_seconds = _REPORT_SECONDS / (2 if is_dumb else 6)
        self._one_side_will_do = not is_dumb
        self._sum, self._squares = np.zeros(len(sides)), np.zeros(len(sides))
        self._bins = 0
        self._above = np.zeros(len(sides))
        self._first = np.full(len(sides), -1)
        """Per side, the bin since when it has been above normal; -1 where it is not."""
        self._waiting_from = 0
        """Since when bins have not been taken for normal, because an excursion is on."""
        self._reported_from = -1
        self._peak = self._record = 0.0

    def run(self) -> Excursion | None:
        for index in range(self._sides.shape[1]):
            self._step(index)
        if self._reported_from < 0:
            return None
        normal = tuple(self._normal().tolist())
        return Excursion(int(self._bin_of[self._reported_from]), normal, self._is_everywhere())

    def _normal(self) -> Shares:
        return self._sum / max(self._bins, 1)

    def _unrest(self) -> Shares:
        """How much the pressure normally changes from bin to bin: its standard deviation, per side."""
        mean_square = self._squares / max(self._bins, 1)
        return np.asarray(np.sqrt(np.maximum(0.0, mean_square - self._normal() ** 2)))

    def _high(self) -> Shares:
        """What is more than normal, per side."""
        return self._normal() + np.clip(self._unrest() / 2, _LEAST_MARGIN, _MOST_MARGIN)

    def _step(self, index: int) -> None:
        if self._bins < _BINS_TO_KNOW_NORMAL:
            self._learn(index, index + 1)
            return
        excess = (self._sides[:, index] - self._high()) * BIN_SECONDS
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

    def _is_clear(self, index: int) -> bool:
        """Above the line's own habit, on every side that there is or far above on one, and the machine was running."""
        little_known = 1 + _BINS_TO_KNOW_NORMAL / self._bins
        calm = float(np.clip(self._unrest().max() / _QUIET, 0.5, 1.0))
        enough = max(_REPORT_SECONDS * little_known * calm, _RECORD * self._record)
        if float(self._running[self._first.max() : index + 1].mean()) < _LEAST_RUNNING:
            return False
        more = self._more(index)
        if self._is_everywhere() and len(self._sides) > 1:
            return float(self._above.sum()) >= enough and float(more.sum()) >= _MUCH_TOGETHER
        if not self._one_side_will_do or float(more.max()) < _MUCH:
            return False
        return float(self._above.max()) >= (enough if len(self._sides) == 1 else _ONE_SIDED * enough)

    def _more(self, index: int) -> Shares:
        """By what share of the time every side is up since the excursion began.

        A little is also what a healthy line does when the place before its slowest machine has filled up at last, or
        the queue moves from one of two equally slow machines to the other.
        """
        first = int(self._first[self._first >= 0].min())
        return np.asarray(self._sides[:, first : index + 1].mean(axis=1) - self._normal())

    def _is_everywhere(self) -> bool:
        return bool((self._above >= self._least_seconds).all())

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
            self._sum, self._squares, self._bins = self._sum * 0, self._squares * 0, 0
            self._learn(index - _BINS_TO_KNOW_NORMAL, index + 1)
        if settled or bool((recent <= self._high()).all()):
            self._above[:], self._first[:] = 0.0, -1
            self._reported_from, self._peak = -1, 0.0

    def _learn(self, first: int, end: int) -> None:
        self._sum = self._sum + self._sides[:, first:end].sum(axis=1)
        self._squares = self._squares + (self._sides[:, first:end] ** 2).sum(axis=1)
        self._bins += end - first
