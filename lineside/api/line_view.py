"""A line as it stands, put together from the site file, the twin, the state history and the open alarms."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from lineside.alarms.model import Alarm
from lineside.api.models import LineView, MachineView, ValueView
from lineside.api.services import Services
from lineside.detection.watch import LineMemory
from lineside.line.entities import entities_of_line
from lineside.line.states import StateHistory
from lineside.line.twin import CurrentValue, DeviceTwin
from lineside.site.model import Line, Machine
from lineside.telemetry.timestamps import render


def line_view(services: Services, line: Line) -> LineView:
    """Every machine of the line with its state and its values, and devices heard there that the line does not name."""
    site, now_us = services.site.site, services.now_us()
    history = LineMemory.decode(services.memory.load(site, line.id)).history
    alarms = services.alarms.open_alarms(site, line.id)
    machines = [
        _machine_view(machine, declared, twin, history, alarms, now_us)
        for machine, declared, twin in _known(line, services.twin.line(site, line.id))
    ]
    return LineView(site=site, id=line.id, name=line.name, as_of=render(now_us), machines=tuple(machines))


def etag_of(view: LineView) -> str:
    """The same as long as nothing but the clock has moved."""
    machines = [
        (machine.id, machine.state, machine.since, machine.seen_at, machine.alarms) for machine in view.machines
    ]
    return f'"{sha256(repr(machines).encode()).hexdigest()[:32]}"'


def entities(services: Services, line: Line) -> list[dict[str, Any]]:
    """The line's machines as NGSI-LD entities, with their relationships and current values."""
    site = services.site
    return entities_of_line(site, line, services.twin.line(site.site, line.id))


def _known(line: Line, twins: Iterable[DeviceTwin]) -> list[tuple[Machine, bool, DeviceTwin | None]]:
    """The declared machines in their order, then what else was heard; each with its twin, if it was ever heard."""
    by_device = {twin.device: twin for twin in twins}
    declared = [(machine, True, by_device.pop(machine.id, None)) for machine in line.machines]
    return [*declared, *((Machine(id=device), False, twin) for device, twin in sorted(by_device.items()))]


def _machine_view(
    machine: Machine,
    declared: bool,
    twin: DeviceTwin | None,
    history: StateHistory,
    alarms: Iterable[Alarm],
    now_us: int,
) -> MachineView:
    values = twin.values if twin else {}
    state, since_us = _state(machine, values.get(machine.state), history)
    seen_us = twin.seen_us if twin else 0
    return MachineView(
        id=machine.id,
        thing=machine.thing,
        declared=declared,
        state=state,
        since=render(since_us) if since_us else None,
        seen_at=render(seen_us) if seen_us else None,
        age_seconds=round(max(0.0, (now_us - seen_us) / 1e6), 1) if seen_us else None,
        feeds=machine.feeds,
        values={name: _value_view(machine, name, value, now_us) for name, value in values.items()},
        alarms=tuple(alarm.alarm_id for alarm in alarms if alarm.device == machine.id),
    )


def _state(machine: Machine, told: CurrentValue | None, history: StateHistory) -> tuple[str, int]:
    """The state and since when: what the machine said last, unless the newest look at the line says otherwise."""
    run = history.machines[machine.id].current if machine.id in history.machines else None
    said = told.value.strip().casefold() if told and isinstance(told.value, str) else ""
    if told and said and (run is None or (said != run.state and told.as_of_us > history.now_us)):
        return said, told.as_of_us
    return (run.state, run.start_us) if run else ("", 0)


def _value_view(machine: Machine, name: str, value: CurrentValue, now_us: int) -> ValueView:
    return ValueView(
        value=value.value,
        label=machine.label(value.attribute(name)),
        unit=value.unit,
        observed_at=render(value.observed_us),
        age_seconds=round(value.age_seconds(now_us), 1),
        quality=value.quality,
        reason=value.reason,
    )
