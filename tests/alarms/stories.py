"""Lines and days told in a few words: who feeds whom, and who was in which state from when to when."""

from __future__ import annotations

from lineside.line.states import RUNNING, SECOND_US, MachineStates, Run, StateHistory
from lineside.site.model import Line, Machine

T0 = 1_700_000_000_000_000
Said = tuple[float, float, str]
"""From this second to that, in this state; running in between."""


def at(seconds: float) -> int:
    return T0 + int(seconds * SECOND_US)


def line_of(*feeds: str, **machines: Machine) -> Line:
    """A line from arrows such as `"A > B > C"`; `machines` replaces one that needs more than its feeds."""
    follows: dict[str, list[str]] = {}
    for chain in feeds:
        names = [name.strip() for name in chain.split(">")]
        for name, fed in zip(names, [*names[1:], ""], strict=True):
            follows.setdefault(name, [])
            if fed:
                follows[name].append(fed)
    return Line(
        id="line-1",
        machines=tuple(
            machines[name].model_copy(update={"feeds": tuple(fed)})
            if name in machines
            else Machine(id=name, feeds=tuple(fed))
            for name, fed in follows.items()
        ),
    )


def history_of(now: float, tick: float = 300, **said: list[Said]) -> StateHistory:
    """A history until `now`, sampled every five seconds."""
    machines = {
        name: MachineStates(_runs(parts, now), [], 5 * SECOND_US, 20 * SECOND_US) for name, parts in said.items()
    }
    return StateHistory(machines, at(now), at(now - tick))


def _runs(parts: list[Said], now: float) -> list[Run]:
    runs: list[Run] = []
    reached = 0.0
    for start, end, state in parts:
        if start > reached:
            runs.append(Run(RUNNING, at(reached), at(start)))
        runs.append(Run(state, at(start), at(min(end, now))))
        reached = end
    if reached < now:
        runs.append(Run(RUNNING, at(reached), at(now)))
    return runs
