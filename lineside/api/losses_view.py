"""Where a line's time went, put together from the lake, the alarms and the site file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from lineside.alarms.model import Alarm
from lineside.api.asked import MINUTE_US, Asked
from lineside.api.history_models import LossesView, LossView, MachineRunsView, RunView
from lineside.api.services import Services
from lineside.detection.memory import LineMemory
from lineside.lake.history import Rise
from lineside.lake.runs import SECOND_US, UNKNOWN, Run
from lineside.line.flow import Fault
from lineside.line.losses import Counted, Leaf, LossTree, best_rate, counting, loss_tree, pacing, seconds_by_state
from lineside.site.model import Line, RejectRate
from lineside.telemetry.timestamps import render

USUAL_US: Final = 7 * 24 * 60 * MINUTE_US
"""How far back the best rate is looked for."""
MOST_RUNS: Final = 1_000
"""Of one machine, in the strip: more than a screen has pixels. The seconds are those of all."""
_HELD_UP: Final = ("slow", "silent")


def losses_view(services: Services, line: Line, asked: Asked) -> LossesView:
    """The states of the window and the loss tree."""
    site = services.site.site
    states = {machine.id: machine.state for machine in line.machines if not machine.buffer}
    runs = services.telemetry.state_runs(site, line.id, states, asked.start_us, asked.end_us) if states else {}
    tree = tree_of(services, line, runs, asked)
    window_seconds = (asked.end_us - asked.start_us) / SECOND_US
    return LossesView(
        line=line.id,
        since=render(asked.start_us),
        until=render(asked.end_us),
        machines=tuple(_machine(device, runs[device]) for device in states),
        availability=tree.availability,
        performance=tree.performance,
        quality=tree.quality,
        oee=tree.oee,
        basis=tree.basis,
        losses=tuple(_loss(leaf, window_seconds) for leaf in tree.leaves),
    )


def tree_of(services: Services, line: Line, runs: dict[str, list[Run]], asked: Asked) -> LossTree:
    memory = LineMemory.decode(services.memory.load(services.site.site, line.id))
    return loss_tree(
        line,
        pacing(line, runs),
        runs,
        _counted(services, line, asked),
        asked.start_us,
        asked.end_us,
        faults=_faults(services, line, asked),
        interval_us=memory.history.interval_us(),
    )


def _counted(services: Services, line: Line, asked: Asked) -> Counted:
    machine = counting(line)
    if machine is None or machine.rejects is None:
        return Counted()
    declared, site = machine.rejects, services.site.site
    names = [name for name in (declared.rejects, declared.total, declared.good) if name]
    window_us = asked.end_us - asked.start_us
    rises = services.telemetry.rises(site, line.id, machine.id, names, asked.start_us, asked.end_us, window_us)
    usual = services.telemetry.rises(site, line.id, machine.id, names, asked.end_us - USUAL_US, asked.end_us, MINUTE_US)
    rejects = _sum(rises.get(declared.rejects))
    return Counted(machine.id, _pieces(rises, declared), rejects, best_rate(_minutes(usual, declared)))


def _pieces(rises: dict[str, list[Rise]], declared: RejectRate) -> float | None:
    """All pieces: their own counter, or good ones and rejects."""
    if declared.total:
        return _sum(rises.get(declared.total))
    good, rejects = _sum(rises.get(declared.good or "")), _sum(rises.get(declared.rejects))
    return None if good is None or rejects is None else good + rejects


def _minutes(rises: dict[str, list[Rise]], declared: RejectRate) -> list[Rise]:
    if declared.total:
        return rises.get(declared.total, [])
    good, rejects = rises.get(declared.good or "", []), rises.get(declared.rejects, [])
    bad = {rise.start_us: rise.by for rise in rejects}
    return [Rise(rise.start_us, rise.by + bad.get(rise.start_us, 0.0), rise.readings) for rise in good]


def _sum(rises: Sequence[Rise] | None) -> float | None:
    """None where the counter said nothing, and where it said one thing only, from which nothing can be told."""
    if not rises or sum(rise.readings for rise in rises) < 2:
        return None
    return sum(rise.by for rise in rises)


def _faults(services: Services, line: Line, asked: Asked) -> list[Fault]:
    """What the detectors found to hold the line up without saying so itself."""
    site = services.site.site
    alarms: dict[str, Alarm] = {}
    for alarm in (
        *services.alarms.open_alarms(site, line.id, cleared_since_us=asked.start_us),
        *services.alarms.history(site, line.id, asked.start_us, asked.end_us),
    ):
        alarms[alarm.alarm_id] = alarm
    found = [alarm for alarm in alarms.values() if alarm.kind in _HELD_UP and not alarm.caused_by]
    spans = [(alarm.device, alarm.onset_us, alarm.cleared_us or asked.end_us) for alarm in found]
    return [Fault(device, start, end, inferred=True) for device, start, end in sorted(spans) if end > start]


def _machine(device: str, runs: Sequence[Run]) -> MachineRunsView:
    seconds = {state: round(spent, 3) for state, spent in sorted(seconds_by_state(runs).items())}
    return MachineRunsView(machine=device, runs=tuple(map(_run, fewer(runs))), seconds=seconds)


def fewer(runs: Sequence[Run], most: int = MOST_RUNS) -> list[Run]:
    """At most `most` runs: those that are too short to be seen become part of the one before them."""
    kept, least_us = list(runs), SECOND_US
    while len(kept) > most:
        kept = _without_short(kept, least_us)
        least_us *= 2
    return kept


def _without_short(runs: Iterable[Run], least_us: int) -> list[Run]:
    kept: list[Run] = []
    for run in runs:
        if kept and (run.state == kept[-1].state or run.end_us - run.start_us < least_us):
            kept[-1] = Run(kept[-1].state, kept[-1].start_us, run.end_us)
        else:
            kept.append(run)
    return kept


def _run(run: Run) -> RunView:
    return RunView(state=run.state or UNKNOWN, since=render(run.start_us), until=render(run.end_us))


def _loss(leaf: Leaf, window_seconds: float) -> LossView:
    return LossView(
        branch=leaf.branch,
        name=leaf.name,
        machine=leaf.machine,
        seconds=round(leaf.seconds, 3),
        share=leaf.seconds / window_seconds,
        note=leaf.note,
    )
