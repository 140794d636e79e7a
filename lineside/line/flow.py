"""Who lost time to whom: blocked looks downstream, starved looks upstream, second by second.

A blocked or starved machine is walked from, through machines that are themselves blocked or starved and through
buffers that report no state, until a machine with a fault of its own is met. Three things the walk cannot see at
one instant are settled by order in time:

- *who was first*: what stopped a machine keeps it until that is over; of several that could have stopped it, it is
  the one whose effect arrived last before the machine stopped, for it was still working after the others;
- *the tail*: after the fault ends, a machine stays stopped until the wave has passed it; its run still belongs to
  what began it;
- *flicker*: a machine between the fault and the victim may work off one more piece, or be sampled a moment later;
  it still passes the wave on for a few sampling intervals.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from lineside.line.states import (
    BLOCKED,
    DOWN,
    FLOW_STATES,
    OFFLINE,
    SECOND_US,
    STOPPED_BY_OTHERS,
    Run,
    StateHistory,
)
from lineside.site.model import Line

TAIL_US = 300 * SECOND_US
"""How long after a fault a machine that has not moved since may still be waiting for the wave to pass."""


class Fault(NamedTuple):
    """`device` is a reason for others to stop while start_us <= t < end_us.

    `inferred`: it never said that it is down (it is slow, or silent). While it says that it is itself blocked or
    starved, or says nothing, a fault beyond it is preferred to its own.
    """

    device: str
    start_us: int
    end_us: int
    inferred: bool = False


class Loss(NamedTuple):
    """`device` was blocked or starved (`state`) for start_us <= t < end_us because of `fault`."""

    device: str
    state: str
    start_us: int
    end_us: int
    fault: Fault


@dataclass
class _Held:
    """Which fault holds a stopped machine, and when the walk last reached it."""

    fault: Fault
    reached_us: int


@dataclass
class _Machine:
    """One machine at the moment the walk has come to. `was` is its last blocked or starved run, if any."""

    runs: Sequence[Run]
    next_run: int = 0
    now: Run | None = None
    was: Run | None = None
    held: _Held | None = None
    faults: list[Fault] = field(default_factory=list)

    def move_to(self, at_us: int) -> None:
        while self.next_run < len(self.runs) and self.runs[self.next_run].start_us <= at_us:
            self.now = self.runs[self.next_run]
            self.next_run += 1
            if self.now.state in STOPPED_BY_OTHERS:
                self.was = self.now
                self.held = None
        if self.now is not None and self.now.end_us <= at_us:
            self.now = None

    def fault_at(self, at_us: int) -> Fault | None:
        """A known fault; else a run that stops others by itself: down, or any word that means standing still."""
        for fault in self.faults:
            if fault.start_us <= at_us < fault.end_us:
                return fault
        if self.now is not None and (self.now.state == DOWN or self.now.state not in FLOW_STATES):
            return Fault("", self.now.start_us, self.now.end_us)
        return None

    @property
    def is_working(self) -> bool:
        return self.now is not None and self.now.state not in STOPPED_BY_OTHERS and self.now.state != OFFLINE

    def passes_on(self, at_us: int, flicker_us: int) -> Run | None:
        """The blocked or starved run through which a wave passes: the present one, or one that has just ended."""
        if self.was is None:
            return None
        return self.was if at_us < self.was.end_us + flicker_us else None


def is_dumb(history: StateHistory, device: str) -> bool:
    """True for a machine that never said a state, such as a buffer: the walk passes through it."""
    states = history.machines.get(device)
    return states is None or not states.runs


def beyond(device: str, following: Mapping[str, Sequence[str]]) -> set[str]:
    """Every machine that is met by going on and on from `device`; `following` is a line's upstream or downstream."""
    found: set[str] = set()
    queue = list(following.get(device, ()))
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue.extend(following.get(name, ()))
    return found


def neighbours(line: Line, history: StateHistory, device: str, *, downstream: bool) -> tuple[str, ...]:
    """The next machines with a state, seen through those without one."""
    graph = line.downstream if downstream else line.upstream
    found: dict[str, None] = {}
    seen = {device}
    queue = deque(graph.get(device, ()))
    while queue:
        name = queue.popleft()
        if name in seen:
            continue
        seen.add(name)
        if is_dumb(history, name):
            queue.extend(graph.get(name, ()))
        else:
            found[name] = None
    return tuple(found)


def losses(line: Line, history: StateHistory, faults: Iterable[Fault], start_us: int, end_us: int) -> list[Loss]:
    """Every second that a machine of the line was blocked or starved in start <= t < end and the walk can explain.

    A second belongs to one fault. Downs that are no fault in `faults` (micro-stops) explain their own seconds, with
    a fault of that run's start and end.
    """
    return _Walk(line, history, faults, start_us, end_us).run()


class _Walk:
    """The walk over time: from one change of state on the line to the next."""

    def __init__(self, line: Line, history: StateHistory, faults: Iterable[Fault], start_us: int, end_us: int) -> None:
        self._line = line
        self._start_us, self._end_us = start_us, end_us
        self._flicker_us = max(3 * history.interval_us(), 15 * SECOND_US)
        self._machines: dict[str, _Machine] = {}
        for machine in line.machines:
            states = history.machines.get(machine.id)
            self._machines[machine.id] = _Machine(states.between(start_us, end_us) if states else ())
        self._dumb = {device for device, machine in self._machines.items() if not machine.runs}
        for fault in faults:
            if fault.device in self._machines:
                self._machines[fault.device].faults.append(fault)
        self._losses: list[Loss] = []

    def run(self) -> list[Loss]:
        moments = self._moments()
        for at_us, until_us in pairwise(moments):
            for machine in self._machines.values():
                machine.move_to(at_us)
            for device in self._in_order_of_stopping():
                self._explain(device, at_us, until_us)
        return _merged(self._losses)

    def _moments(self) -> list[int]:
        """Every instant at which some machine changes, within the span."""
        moments = {self._start_us, self._end_us}
        for machine in self._machines.values():
            for run in machine.runs:
                moments.update((run.start_us, run.end_us))
            for fault in machine.faults:
                moments.update((fault.start_us, fault.end_us))
        return sorted(at_us for at_us in moments if self._start_us <= at_us <= self._end_us)

    def _in_order_of_stopping(self) -> list[str]:
        stopped = [
            (machine.now.start_us, device)
            for device, machine in self._machines.items()
            if machine.now is not None and machine.now.state in STOPPED_BY_OTHERS
        ]
        return [device for _, device in sorted(stopped)]

    def _explain(self, device: str, at_us: int, until_us: int) -> None:
        """Give the seconds of `device` from at_us to until_us to the fault that holds it, if any."""
        machine = self._machines[device]
        run = machine.now
        if run is None or machine.fault_at(at_us) is not None:
            return
        reached = self._reach(device, run, at_us)
        fault = self._choose(machine, run, reached)
        if fault is not None:
            if machine.held is None and run.start_us >= at_us - self._flicker_us:
                # the machine at fault was sampled a moment after the machine that it stopped
                at_us = max(run.start_us, self._start_us)
            machine.held = _Held(fault, until_us)
        elif machine.held is None:
            machine.held = self._inherited(device, run, at_us)
        held = machine.held
        if held is not None and at_us < held.reached_us + TAIL_US:
            self._losses.append(Loss(device, run.state, at_us, until_us, held.fault))

    def _choose(self, machine: _Machine, run: Run, reached: dict[Fault, int]) -> Fault | None:
        if not reached:
            return None
        if machine.held is not None and machine.held.fault in reached:
            return machine.held.fault
        clear = {fault: at_us for fault, at_us in reached.items() if not self._yields(fault)} or reached
        before = {fault: at_us for fault, at_us in clear.items() if at_us <= run.start_us + self._flicker_us}
        if before:
            return max(before, key=lambda fault: (before[fault], fault.start_us))
        return min(clear, key=lambda fault: (clear[fault], fault.start_us))

    def _yields(self, fault: Fault) -> bool:
        return fault.inferred and not self._machines[fault.device].is_working

    def _reach(self, device: str, run: Run, at_us: int) -> dict[Fault, int]:
        """The faults that explain `device` now, each with when its effect arrived next to `device`.

        Breadth first; the time of a fault is that of the first machine on the way to it.
        """
        reached: dict[Fault, int] = {}
        seen = {device}
        queue: deque[tuple[str, bool, int]] = deque()
        self._push(queue, seen, device, run.state == BLOCKED, 0)
        while queue:
            name, downstream, arrived_us = queue.popleft()
            neighbour = self._machines[name]
            if name in self._dumb and not neighbour.faults:
                self._push(queue, seen, name, downstream, arrived_us)
                continue
            fault = neighbour.fault_at(at_us)
            if fault is not None:
                fault = fault if fault.device else fault._replace(device=name)
                reached.setdefault(fault, arrived_us or fault.start_us)
                if not self._yields(fault):
                    continue
            through = neighbour.passes_on(at_us, self._flicker_us)
            if neighbour.is_working and fault is None:
                reached.update(
                    {slow: arrived_us or at_us for slow in self._trickling(name, at_us) if slow not in reached}
                )
            if neighbour.now is None or neighbour.now.state == OFFLINE:
                self._push(queue, seen, name, downstream, arrived_us)
            elif through is not None and neighbour.held is not None and neighbour.held.fault.end_us > at_us:
                reached.setdefault(neighbour.held.fault, arrived_us or through.start_us)
            elif through is not None:
                self._push(queue, seen, name, through.state == BLOCKED, arrived_us or through.start_us)
        return {fault: since_us for fault, since_us in reached.items() if fault.device != device}

    def _trickling(self, name: str, at_us: int) -> list[Fault]:
        """Slow machines beside one that works: it gets and gives so little at a time that it calls itself running."""
        beside = (*self._line.upstream.get(name, ()), *self._line.downstream.get(name, ()))
        faults = ((self._machines[other], self._machines[other].fault_at(at_us)) for other in beside)
        return [fault for machine, fault in faults if fault and fault.inferred and machine.is_working]

    def _push(
        self, queue: deque[tuple[str, bool, int]], seen: set[str], device: str, downstream: bool, arrived_us: int
    ) -> None:
        graph = self._line.downstream if downstream else self._line.upstream
        for name in graph.get(device, ()):
            if name not in seen:
                seen.add(name)
                queue.append((name, downstream, arrived_us))

    def _inherited(self, device: str, run: Run, at_us: int) -> _Held | None:
        """What holds the neighbour that `device` waits for, while the wave of a fault that is over still passes."""
        for name in self._waited_for(device, downstream=run.state == BLOCKED):
            neighbour = self._machines[name]
            held = neighbour.held
            if (
                held is not None
                and held.fault.device != device
                and neighbour.passes_on(at_us, self._flicker_us)
                and at_us < held.reached_us + TAIL_US
            ):
                return _Held(held.fault, held.reached_us)
        return None

    def _waited_for(self, device: str, *, downstream: bool) -> list[str]:
        graph = self._line.downstream if downstream else self._line.upstream
        found, queue, seen = [], deque(graph.get(device, ())), {device}
        while queue:
            name = queue.popleft()
            if name in seen:
                continue
            seen.add(name)
            if name in self._dumb:
                queue.extend(graph.get(name, ()))
            else:
                found.append(name)
        return found


def _merged(pieces: list[Loss]) -> list[Loss]:
    """Pieces of one machine, state and fault that touch become one; overlaps are counted once."""
    by_device: dict[str, list[Loss]] = defaultdict(list)
    for piece in sorted(pieces, key=lambda loss: (loss.device, loss.start_us)):
        kept = by_device[piece.device]
        last = kept[-1] if kept else None
        if last and last.fault == piece.fault and last.state == piece.state and piece.start_us <= last.end_us:
            kept[-1] = last._replace(end_us=max(last.end_us, piece.end_us))
        else:
            kept.append(piece)
    return [loss for kept in by_device.values() for loss in kept]
