"""How well causes and victims are named on random lines: faults drawn, played through the detectors, and counted.

The truth is measured (`lines.lost`). A victim is a machine that lost `FLOOR_SECONDS` or more; one that lost five
seconds or more, or would have stood still anyway because of the other fault, is nobody's mistake either way.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lineside.alarms.cause import Incident, explain
from lineside.detection.finding import Finding
from lineside.detection.slow import find_slow
from lineside.detection.stops import find_stops
from lineside.line.states import OFFLINE, StateHistory, advance
from lineside.site.model import Line
from tests.alarms.lines import DOWN, SECOND_US, START_US, Fault, Kind, Layout, Recording, draw, lost, run

FLOOR_SECONDS = 20
AMBIGUOUS_SECONDS = 5
LEAST_COST_SECONDS = 90
"""A slow machine that cost nobody more than this was within the line's reserve."""

Scenario = tuple[Layout, tuple[Fault, ...]]
Variant = Callable[[list[Incident], Line, random.Random], list[Incident]]


def single(kind: Kind, seed: int) -> Scenario:
    chance, layout = random.Random(seed * 7 + 1), draw(seed)
    return layout, (_fault(chance, kind, chance.choice(layout.machines), chance.randint(1800, 2700)),)


def overlapping(seed: int) -> Scenario:
    """Two faults at once, on any two machines."""
    chance, layout = random.Random(seed * 7 + 1), draw(seed)
    a, b = chance.sample(layout.machines, 2)
    first = _fault(chance, "stop", a, chance.randint(1800, 2700))
    kind: Kind = chance.choice(("stop", "slow", "silent"))
    return layout, (first, _fault(chance, kind, b, chance.randint(first.onset + 30, first.ends - 30)))


def unrelated(seed: int) -> Scenario:
    """A fault, and another machine down at the same time: on a line beside this one where there is one."""
    chance, layout = random.Random(seed * 7 + 1), draw(seed)
    device = chance.choice(layout.machines)
    apart = [name for name in layout.machines if name not in layout.reach(device)]
    other = chance.choice(apart or [name for name in layout.machines if name != device])
    first = _fault(chance, chance.choice(("stop", "slow")), device, chance.randint(1800, 2700))
    return layout, (first, _fault(chance, "stop", other, first.onset + chance.randint(-100, 100)))


def _fault(chance: random.Random, kind: Kind, device: str, onset: int) -> Fault:
    if kind == "slow":
        return Fault(kind, device, onset, onset + chance.randint(600, 1500), chance.uniform(1.8, 4))
    return Fault(kind, device, onset, onset + chance.randint(120 if kind == "stop" else 330, 900))


@dataclass(frozen=True)
class Played:
    """One scenario as it was told: the incidents of every tick, in seconds since the start."""

    layout: Layout
    faults: tuple[Fault, ...]
    states: NDArray[np.int8]
    told: list[tuple[int, list[Incident]]]
    _days: dict[tuple[Fault, ...], NDArray[np.int8]] = field(default_factory=dict, repr=False)
    """The same day with other faults, once it has been run; a broken variant is held against the same."""

    def retold(self, variant: Variant) -> Played:
        """The same day as a broken variant would have told it."""
        chance, line = random.Random(self.layout.seed), self.layout.line()
        return replace(self, told=[(now, variant(incidents, line, chance)) for now, incidents in self.told])

    def _day(self, *faults: Fault) -> NDArray[np.int8]:
        if faults == self.faults:
            return self.states
        if faults not in self._days:
            self._days[faults] = run(self.layout, faults, len(self.states))
        return self._days[faults]

    def cost(self, fault: Fault) -> Cost:
        """What this fault cost, until when asked: on this day, and on a day when it was the only one."""
        others = tuple(other for other in self.faults if other is not fault)
        return Cost(self.layout, fault, self.states, self._day(*others), self._day(fault), self._day())


@dataclass(frozen=True)
class Cost:
    """The same day run again without one fault, and with it alone."""

    layout: Layout
    fault: Fault
    states: NDArray[np.int8]
    without: NDArray[np.int8]
    alone: NDArray[np.int8]
    healthy: NDArray[np.int8]

    def until(self, now: int) -> dict[str, int]:
        return lost(self.layout, self.fault, now, self.states, self.without)

    def until_alone(self, now: int) -> dict[str, int]:
        return lost(self.layout, self.fault, now, self.alone, self.healthy)


def play(scenario: Scenario, *, tick: int = 300, phase: int = 0) -> Played:
    """Run the line, let the detectors see it tick by tick, and note what they say."""
    layout, faults = scenario
    seconds = max((fault.ends for fault in faults), default=4500) + 900
    states = run(layout, faults, seconds)
    recording, line, history = Recording(layout, states, faults), layout.line(), StateHistory()
    told = []
    for now in range(phase or tick, seconds + 1, tick):
        now_us = START_US + now * SECOND_US
        advance(history, recording.window(max(0, now - tick - 60), now), line, now_us)
        findings = [
            *find_stops(history, line, now_us),
            *find_slow(history, line, now_us),
            *_silent(history, line, now_us),
        ]
        incidents = explain(line, history, findings, now_us)
        told.append((now, incidents))
    return Played(layout, faults, states, told)


def _silent(history: StateHistory, line: Line, now_us: int) -> list[Finding]:
    """The plainest detector of silence: a minute without a word."""
    found = []
    for machine in line.machines:
        states = history.machines.get(machine.id)
        current = states.current if states else None
        if current is not None and current.state == OFFLINE and current.seconds >= 60:
            found.append(Finding("silent", machine.id, current.start_us, now_us))
    return found


@dataclass
class Score:
    """Counts over many scenarios."""

    faults: int = 0
    named: int = 0
    wrongly_named: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0
    remarks: list[str] = field(default_factory=list)

    @property
    def top_1(self) -> float:
        """Faults named, of all faults and of all machines that were named without being at fault."""
        return self.named / max(1, self.faults + self.wrongly_named)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    def __str__(self) -> str:
        return (
            f"{self.named} of {self.faults} faults named, {self.wrongly_named} wrongly, "
            f"victims precision {self.precision:.3f} recall {self.recall:.3f}"
        )

    def add(self, played: Played) -> None:
        for fault in played.faults:
            self._add_fault(played, fault)
        for now, device, kind in sorted(_wrongly_named(played)):
            self.wrongly_named += 1
            self.remarks.append(f"seed {played.layout.seed}: {device} named {kind} at {now}; truth {played.faults}")

    def _add_fault(self, played: Played, fault: Fault) -> None:
        costs = played.cost(fault)
        cost = costs.until(fault.ends + 300)
        if fault.kind == "slow" and max(cost.values(), default=0) < LEAST_COST_SECONDS:
            return
        self.faults += 1
        told = [(now, one) for now, incidents in played.told for one in incidents if _is_about(one, fault)]
        if not told:
            self.remarks.append(f"seed {played.layout.seed}: missed {fault} which cost {cost}")
            return
        self.named += 1
        for now, incident in (told[0], told[-1]):
            self._add_victims(costs, now, incident)

    def _add_victims(self, costs: Cost, now: int, incident: Incident) -> None:
        cost, alone = costs.until(now), costs.until_alone(now)
        named = {victim.device for victim in incident.victims}
        truly = {name for name, seconds in cost.items() if seconds >= FLOOR_SECONDS}
        maybe = {name for of in (cost, alone) for name, seconds in of.items() if seconds >= AMBIGUOUS_SECONDS}
        self.right += len(named & truly)
        self.wrong += len(named - truly - maybe)
        self.missed += len(truly - named)
        if (named - truly - maybe) or (truly - named):
            wrong = {
                v.device: (v.lost_seconds, cost.get(v.device))
                for v in incident.victims
                if v.device not in truly | maybe
            }
            missed = {name: cost[name] for name in truly - named}
            self.remarks.append(f"seed {costs.layout.seed}: {costs.fault} at {now}: wrong {wrong}, missed {missed}")


def _is_about(incident: Incident, fault: Fault) -> bool:
    onset = (incident.onset_us - START_US) / SECOND_US
    same_kind = incident.kind == fault.kind.removesuffix("_working")
    return incident.device == fault.device and same_kind and fault.onset - 90 <= onset <= fault.ends


def _wrongly_named(played: Played) -> set[tuple[int, str, str]]:
    """Machines that were named although nothing was wrong with them; a chance long stop is wrong enough."""
    guilty = {fault.device for fault in played.faults}
    first: dict[tuple[str, str], int] = {}
    for now, incidents in played.told:
        for incident in incidents:
            if incident.device not in guilty and not _was_down(played, incident):
                first.setdefault((incident.device, incident.kind), now)
    return {(now, device, kind) for (device, kind), now in first.items()}


def _was_down(played: Played, incident: Incident) -> bool:
    if incident.kind != "stop" or incident.device not in played.layout.machines:
        return False
    onset = (incident.onset_us - START_US) // SECOND_US
    return int((played.states[onset : onset + 75, played.layout.machines.index(incident.device)] == DOWN).sum()) >= 50


SCENARIOS: tuple[Callable[[int], Scenario], ...] = (
    lambda seed: single("stop", seed),
    lambda seed: single("slow", seed),
    lambda seed: single("silent", seed),
    overlapping,
    unrelated,
)


def play_all(seeds: Sequence[int], *, tick: int = 300) -> list[Played]:
    """Every seed plays one scenario; the tick's phase is drawn too."""
    scenarios = [SCENARIOS[seed % len(SCENARIOS)](seed) for seed in seeds]
    phases = [random.Random(seed).randint(1, tick) for seed in seeds]
    return [play(one, tick=tick, phase=phase) for one, phase in zip(scenarios, phases, strict=True)]


def score(played: Sequence[Played], variant: Variant | None = None) -> Score:
    """The score of what was told, or of what a broken variant makes of it."""
    total = Score()
    for one in played:
        total.add(one.retold(variant) if variant else one)
    return total


def main(first: int, count: int) -> None:
    total = score(play_all(range(first, first + count)))
    sys.stdout.write("\n".join([*total.remarks, str(total), ""]))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
