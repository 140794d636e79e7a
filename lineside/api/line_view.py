"""A line as it stands, put together from the site file, the twin, the state history and the open alarms."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from lineside.alarms.model import Alarm
from lineside.api.asked import Known, machines_of
from lineside.api.models import LineView, MachineView, ValueView
from lineside.api.services import Services
from lineside.api.stale import Habits
from lineside.detection.watch import LineMemory
from lineside.line.entities import entities_of_line
from lineside.line.states import StateHistory
from lineside.line.twin import CurrentValue
from lineside.site.model import Line, Machine
from lineside.telemetry.timestamps import render


def line_view(services: Services, line: Line) -> LineView:
    """Every machine of the line with its state and its values, and devices heard there that the line does not name."""
    machines = machine_views(services, line, machines_of(services, line))
    as_of = render(services.now_us())
    return LineView(site=services.site.site, id=line.id, name=line.name, as_of=as_of, machines=tuple(machines))


def machine_views(services: Services, line: Line, wanted: Iterable[Known]) -> list[MachineView]:
    """These machines of the line as they stand."""
    site, now_us = services.site.site, services.now_us()
    memory = LineMemory.decode(services.memory.load(site, line.id))
    alarms = services.alarms.open_alarms(site, line.id)
    return [_machine_view(known, memory, alarms, now_us) for known in wanted]


def etag_of(view: LineView) -> str:
    """The same as long as nothing but the clock has moved, and nothing has become stale by it."""
    machines = [
        (
            machine.id,
            machine.state,
            machine.since,
            machine.seen_at,
            machine.alarms,
            machine.stale,
            [name for name, value in machine.values.items() if value.stale],
        )
        for machine in view.machines
    ]
    return f'"{sha256(repr(machines).encode()).hexdigest()[:32]}"'


def entities(services: Services, line: Line) -> list[dict[str, Any]]:
    """The line's machines as NGSI-LD entities, with their relationships and current values."""
    site = services.site
    return entities_of_line(site, line, services.twin.line(site.site, line.id))


def _machine_view(known: Known, memory: LineMemory, alarms: Iterable[Alarm], now_us: int) -> MachineView:
    machine, twin = known.machine, known.twin
    values = twin.values if twin else {}
    state, since_us = _state(machine, values.get(machine.state), memory.history)
    seen_us = twin.seen_us if twin else 0
    habits = Habits.of(machine, memory)
    stale = bool(seen_us) and habits.is_machine_stale(seen_us, now_us)
    return MachineView(
        id=machine.id,
        thing=machine.thing,
        declared=known.declared,
        state=state,
        since=render(since_us) if since_us else None,
        seen_at=render(seen_us) if seen_us else None,
        age_seconds=round(max(0.0, (now_us - seen_us) / 1e6), 1) if seen_us else None,
        feeds=machine.feeds,
        values={
            name: _value_view(machine, name, value, now_us, stale=stale or habits.is_stale(name, value, now_us))
            for name, value in values.items()
        },
        alarms=tuple(alarm.alarm_id for alarm in alarms if alarm.device == machine.id),
        buffer=machine.buffer if machine.buffer and machine.buffer is not True else None,
        stale=stale,
    )


def _state(machine: Machine, told: CurrentValue | None, history: StateHistory) -> tuple[str, int]:
    """The state and since when: what the machine said last, unless the newest look at the line says otherwise."""
    run = history.machines[machine.id].current if machine.id in history.machines else None
    said = told.value.strip().casefold() if told and isinstance(told.value, str) else ""
    if told and said and (run is None or (said != run.state and told.as_of_us > history.now_us)):
        return said, told.as_of_us
    return (run.state, run.start_us) if run else ("", 0)


def _value_view(machine: Machine, name: str, value: CurrentValue, now_us: int, *, stale: bool) -> ValueView:
    low, high = limits_of(machine, value.attribute(name), value.unit)
    return ValueView(
        value=value.value,
        label=machine.label(value.attribute(name)),
        unit=value.unit,
        observed_at=render(value.observed_us),
        age_seconds=round(value.age_seconds(now_us), 1),
        quality=value.quality,
        reason=value.reason,
        limit_low=low,
        limit_high=high,
        stale=stale,
    )


def limits_of(machine: Machine, attribute: str, unit: str) -> tuple[float | None, float | None]:
    """The limits that the site file declares, where the value is in their unit."""
    declared = machine.attributes.get(attribute)
    if declared is None or (declared.unit and unit and declared.unit != unit):
        return None, None
    return declared.low, declared.high
