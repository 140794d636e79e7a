"""Random lines that fail: a small second opinion, written without looking at the product's own simulator.

A line is a random graph of machines with joins, splits and places to wait. It is stepped second by second; every
draw of chance belongs to one machine and one piece or one moment, so the same seed without the fault is the same day
otherwise, and what a fault cost a machine is measured, not assumed.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lineside.lake.window import Series, Window
from lineside.site.model import Line, Machine

Kind = Literal["stop", "slow", "silent", "silent_working"]
START_US = 1_700_000_000_000_000
SECOND_US = 1_000_000
STATES = ("Running", "Blocked", "Starved", "Down")
RUNNING, BLOCKED, STARVED, DOWN = range(4)


@dataclass(frozen=True)
class Fault:
    """`device` is at fault from `onset` to `ends`, seconds since the start. `factor` is how much slower it works."""

    kind: Kind
    device: str
    onset: int
    ends: int
    factor: float = 1.0

    @property
    def stands(self) -> bool:
        return self.kind in ("stop", "silent")


@dataclass
class Place:
    """What lies between two machines: `capacity` pieces at most, each `transit` seconds on its way."""

    capacity: int
    transit: int
    pieces: deque[int] = field(default_factory=deque)

    def has_room(self) -> bool:
        return len(self.pieces) < self.capacity

    def is_ready(self, now: int) -> bool:
        return bool(self.pieces) and self.pieces[0] <= now


@dataclass(frozen=True)
class Edge:
    feeder: str
    follower: str
    capacity: int
    transit: int
    buffer: str = ""
    """The name of a machine without a state that stands for the place, if the site file names it."""


@dataclass(frozen=True)
class Layout:
    """One random line. `all_of` are joins that need a piece from every inlet; `in_turn` splits that feed in turn."""

    seed: int
    machines: tuple[str, ...]
    edges: tuple[Edge, ...]
    cycle: dict[str, float]
    all_of: frozenset[str]
    in_turn: frozenset[str]
    stops_per_hour: float
    patience: int
    sampling: int
    jitter: bool

    def line(self) -> Line:
        feeds: dict[str, list[str]] = {name: [] for name in self.machines}
        for edge in self.edges:
            feeds[edge.feeder].append(edge.buffer or edge.follower)
            if edge.buffer:
                feeds[edge.buffer] = [edge.follower]
        return Line(id="line-1", machines=tuple(Machine(id=name, feeds=tuple(to)) for name, to in feeds.items()))

    def reach(self, device: str) -> set[str]:
        """Every machine connected to this one, whichever way material flows."""
        found, queue = {device}, [device]
        while queue:
            name = queue.pop()
            for edge in self.edges:
                for a, b in ((edge.feeder, edge.follower), (edge.follower, edge.feeder)):
                    if a == name and b not in found:
                        found.add(b)
                        queue.append(b)
        return found


def draw(seed: int) -> Layout:
    """A line of 4 to 14 machines: a trunk, branches that join it or leave it, sometimes a second line beside it."""
    chance = random.Random(seed)
    count = chance.randint(4, 14)
    names = [f"Machine {index:02d}" for index in range(count)]
    chance.shuffle(names)
    trunk = names[: max(4, round(count * chance.uniform(0.5, 0.9)))]
    rest = names[len(trunk) :]
    pairs = list(pairwise(trunk))
    while rest:
        branch = [rest.pop() for _ in range(min(len(rest), chance.randint(1, 3)))]
        pairs += list(pairwise(branch))
        where = chance.choice(trunk[1:-1])
        how = chance.random()
        if how < 0.5:
            pairs.append((branch[-1], where))
        elif how < 0.8:
            pairs.append((where, branch[0]))
        elif len(branch) == 1:
            pairs.append((branch[0], where))
    base = chance.uniform(3, 10)
    edges = tuple(_edge(chance, index, feeder, follower, base) for index, (feeder, follower) in enumerate(pairs))
    joins = [name for name in names if sum(edge.follower == name for edge in edges) > 1]
    splits = [name for name in names if sum(edge.feeder == name for edge in edges) > 1]
    return Layout(
        seed,
        tuple(names),
        edges,
        {name: base * chance.uniform(0.8, 1.0) for name in names},
        frozenset(name for name in joins if chance.random() < 0.7),
        frozenset(name for name in splits if chance.random() < 0.6),
        chance.uniform(1, 6),
        chance.choice([0, 0, 2, 4]),
        chance.choice([1, 2, 5, 10]),
        chance.random() < 0.5,
    )


def _edge(chance: random.Random, index: int, feeder: str, follower: str, cycle: float) -> Edge:
    """What lies between two machines; a conveyor carries more than the line ever makes."""
    has_buffer = chance.random() < 0.25
    transit = chance.choice([0, 0, 5, 20]) if has_buffer else 0
    capacity = chance.randint(3, 12) + round(2 * transit / cycle) if has_buffer else chance.randint(1, 4)
    return Edge(feeder, follower, capacity, transit, f"Buffer {index}" if has_buffer and chance.random() < 0.7 else "")


class _Station:
    """One machine: take, work, hand on."""

    def __init__(self, layout: Layout, name: str, places: dict[Edge, Place]) -> None:
        self.inlets = [places[edge] for edge in layout.edges if edge.follower == name]
        self.outlets = [places[edge] for edge in layout.edges if edge.feeder == name]
        self.cycle = layout.cycle[name]
        self.all_of, self.in_turn = name in layout.all_of, name in layout.in_turn
        self.patience = layout.patience
        self.pieces = random.Random(f"{layout.seed}/{name}/pieces")
        self.left = 0.0
        self.holds = False
        self.turn_in = self.turn_out = self.waited = 0
        self.reason = RUNNING

    def step(self, now: int, speed: float) -> int:
        """A second of trying to work, and the state that the machine then reports."""
        budget = speed
        reason = RUNNING
        while True:
            if self.holds and self.left <= 0 and not self._hand_on(now):
                reason = BLOCKED
                break
            if not self.holds and not self._take(now):
                reason = STARVED
                break
            if budget <= 0:
                break
            used = min(budget, self.left)
            self.left -= used
            budget -= used
        self.waited = self.waited + 1 if reason == self.reason else 1
        self.reason = reason
        return reason if self.waited > self.patience else RUNNING

    def _take(self, now: int) -> bool:
        ready = [place for place in self.inlets if place.is_ready(now)]
        if self.inlets and (len(ready) < len(self.inlets) if self.all_of else not ready):
            return False
        for place in ready if self.all_of else ready[self.turn_in % len(ready) :][:1] if ready else ():
            place.pieces.popleft()
        self.turn_in += 1
        self.holds, self.left = True, self.cycle * self.pieces.uniform(0.9, 1.1)
        return True

    def _hand_on(self, now: int) -> bool:
        if not self.outlets:
            self.holds = False
            return True
        places = [self.outlets[(self.turn_out + index) % len(self.outlets)] for index in range(len(self.outlets))]
        for place in places[:1] if self.in_turn else places:
            if place.has_room():
                place.pieces.append(now + place.transit)
                self.holds = False
                self.turn_out += 1
                return True
        return False


def run(layout: Layout, faults: tuple[Fault, ...], seconds: int) -> NDArray[np.int8]:
    """The state of every machine in every second: shape (seconds, machines)."""
    places = {edge: Place(edge.capacity, edge.transit) for edge in layout.edges}
    stations = [_Station(layout, name, places) for name in layout.machines]
    down = _short_stops(layout, seconds).tolist()
    mine = [[fault for fault in faults if fault.device == name] for name in layout.machines]
    out = []
    for now in range(seconds):
        states = []
        for station, own, is_down in zip(stations, mine, down[now], strict=True):
            active = [fault for fault in own if fault.onset <= now < fault.ends] if own else own
            if is_down or (active and any(fault.stands for fault in active)):
                states.append(DOWN)
            else:
                states.append(station.step(now, 1.0 / max(fault.factor for fault in active) if active else 1.0))
        out.append(states)
    return np.array(out, np.int8)


def _short_stops(layout: Layout, seconds: int) -> NDArray[np.bool_]:
    down = np.zeros((seconds, len(layout.machines)), bool)
    for index, name in enumerate(layout.machines):
        chance = random.Random(f"{layout.seed}/{name}/stops")
        at = chance.expovariate(layout.stops_per_hour / 3600)
        while at < seconds:
            lasts = chance.uniform(5, 40)
            down[int(at) : int(at + lasts), index] = True
            at += lasts + chance.expovariate(layout.stops_per_hour / 3600)
    return down


def lost(
    layout: Layout, fault: Fault, until: int, with_fault: NDArray[np.int8], without: NDArray[np.int8]
) -> dict[str, int]:
    """Seconds that each machine stood blocked or starved because of `fault`, until then: with it less without it."""
    span = slice(fault.onset, until)
    stood = ((with_fault[span] == BLOCKED) | (with_fault[span] == STARVED)).sum(axis=0)
    anyway = ((without[span] == BLOCKED) | (without[span] == STARVED)).sum(axis=0)
    return {
        name: int(a) - int(b) for name, a, b in zip(layout.machines, stood, anyway, strict=True) if name != fault.device
    }


class Recording:
    """What the line's machines sent: their states, sampled; nothing from a silent one."""

    def __init__(self, layout: Layout, states: NDArray[np.int8], faults: tuple[Fault, ...]) -> None:
        chance = random.Random(f"{layout.seed}/sampling")
        self._at: dict[str, NDArray[np.int64]] = {}
        self._text: dict[str, list[str | None]] = {}
        for index, name in enumerate(layout.machines):
            phase = chance.randrange(layout.sampling) if layout.jitter else 0
            seconds = np.arange(phase, len(states), layout.sampling)
            quiet = [fault for fault in faults if fault.device == name and fault.kind.startswith("silent")]
            heard = np.array([not any(fault.onset <= at < fault.ends for fault in quiet) for at in seconds])
            heard &= np.array([chance.random() > 0.01 for _ in seconds])
            kept = seconds[heard]
            self._at[name] = START_US + kept.astype(np.int64) * SECOND_US
            self._text[name] = [STATES[code] for code in states[kept, index]]

    def window(self, start: int, end: int) -> Window:
        start_us, end_us = START_US + start * SECOND_US, START_US + end * SECOND_US
        series = {}
        for name, at_us in self._at.items():
            first, last = np.searchsorted(at_us, [start_us, end_us])
            if last > first:
                text = self._text[name][first:last]
                series[name, "State", ""] = Series(at_us[first:last], np.full(last - first, np.nan), text)
        return Window(start_us, end_us, series)
