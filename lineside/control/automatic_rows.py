"""The automatic rows of a line as people look at them: which may act, which wait, which have stopped and why. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lineside.control.automatic import HOUR_US, AutomaticMemory, AutomaticSettings, RowMemory, row_key
from lineside.site.commands import Automatic, CommandPoint
from lineside.site.model import Line, Machine

RowState = Literal["ready", "waiting", "stopped"]


@dataclass(frozen=True)
class AutomaticRow:
    """One row as it is declared, and what is remembered of it. `why` is empty where it is ready."""

    key: str
    machine: Machine
    point: CommandPoint
    declared: Automatic
    memory: RowMemory
    state: RowState
    why: str
    acted_last_hour: int


def rows_of(
    line: Line, memory: AutomaticMemory, now_us: int, settings: AutomaticSettings, *, stopped: bool
) -> Iterator[AutomaticRow]:
    """`stopped`: the stop-all switch is on. What is remembered of rows that are declared no more is not shown."""
    for machine in line.machines:
        for point in machine.commands:
            for declared in point.automatic:
                key = row_key(machine.id, point.attribute, declared)
                known = memory.rows.get(key, RowMemory())
                acted = sum(at_us > now_us - HOUR_US for at_us in known.acted_us)
                state, why = _state(known, acted, declared, settings, stopped=stopped)
                yield AutomaticRow(key, machine, point, declared, known, state, why, acted)


def _state(
    known: RowMemory, acted: int, declared: Automatic, settings: AutomaticSettings, *, stopped: bool
) -> tuple[RowState, str]:
    if known.stopped_us:
        return "stopped", known.why
    if stopped:
        return "waiting", "all automation is stopped"
    if known.command_id:
        minutes = settings.improve_within_seconds / 60
        return "waiting", f"its last change is judged {minutes:g} minutes after it was sent"
    if acted >= declared.max_per_hour:
        return "waiting", f"it has acted {acted} times in the last hour, and may {declared.max_per_hour} times"
    return "ready", ""
