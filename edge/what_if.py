"""What would it do? The plant reads its last hour and asks the model of the line, one question at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from threading import Lock
from typing import Final

from lineside.control.case import Unusable, converted
from lineside.control.request import CommandRequest
from lineside.control.what_if import Change, Course, Hour, Limits, LineModel, Point, Stop, WhatIf, unknown
from lineside.errors import Conflict
from lineside.lake.history import Trace
from lineside.lake.ports import Telemetry
from lineside.line.states import DOWN
from lineside.site.commands import CommandPoint
from lineside.site.model import Line, Machine, Site

HOUR_US: Final = 3_600_000_000
SECOND_US: Final = 1_000_000
COURSE_SECONDS: Final = 15
MOST_POINTS: Final = HOUR_US // (COURSE_SECONDS * SECOND_US)


class PlantWhatIf:
    """Asks `model` about the lines of `site`, whose past is in `telemetry`."""

    def __init__(self, site: Site, telemetry: Telemetry, model: LineModel) -> None:
        self._site, self._telemetry, self._model = site, telemetry, model
        self._asking = Lock()

    def ask(self, request: CommandRequest, now_us: int) -> WhatIf:
        """Replay the hour before now. `Conflict` while another question is being answered: it takes seconds of work."""
        machine, line = self._site.machine_of.get(request.device), self._site.line_of.get(request.device)
        points = machine.commands if machine else ()
        point = next((each for each in points if each.attribute == request.attribute), None)
        if machine is None or line is None or point is None:
            return unknown("no such set-point is declared in the site file")
        if why := self._stranger(line, (machine.id, point.attribute)):
            return unknown(why)
        if not self._asking.acquire(blocking=False):
            raise Conflict("another change is being tried out just now: ask again in a few seconds")
        try:
            return self._model.effect(self._change(request, machine, point), self._hour(line, now_us))
        except Unusable as error:
            return unknown(str(error))
        finally:
            self._asking.release()

    def _stranger(self, line: Line, point: Point) -> str:
        """Why the model knows nothing of this point; empty where it does."""
        if point not in self._model.points:
            return f"there is no model of {point[1]} of {point[0]}"
        flow = {device: frozenset(fed) for device, fed in line.downstream.items()}
        if flow != {device: frozenset(fed) for device, fed in self._model.feeds.items()}:
            return f"there is no model of {line.name or line.id}: its machines, or what they feed, are not those of one"
        return ""

    def _change(self, request: CommandRequest, machine: Machine, point: CommandPoint) -> Change:
        unit = self._model.points[machine.id, point.attribute]
        return Change(
            machine.id,
            point.attribute,
            converted(request.value, request.unit, unit, point.attribute),
            readback=point.readback.attribute if point.readback else "",
            within_seconds=point.readback.within_seconds if point.readback else 0.0,
            limits=self._limits(machine),
        )

    def _limits(self, machine: Machine) -> dict[str, Limits]:
        """The declared limits of what the model follows, in its units."""
        found: dict[str, Limits] = {}
        for name, declared in machine.attributes.items():
            unit = self._model.signals.get((machine.id, name))
            if unit is not None:
                given = declared.unit or unit
                low, high = (
                    None if bound is None else converted(bound, given, unit, name)
                    for bound in (declared.low, declared.high)
                )
                found[name] = (low, high)
        return found

    def _hour(self, line: Line, now_us: int) -> Hour:
        start_us = now_us - HOUR_US
        traces = self._traces(line, start_us, now_us)
        first_us = [trace.buckets[0].start_us for point, trace in traces.items() if point in self._model.signals]
        # What began to be measured less than an hour ago is replayed from there.
        start_us = max(start_us, min(first_us, default=now_us))
        wanted = {**self._model.signals, **self._model.points}
        return Hour(
            seconds=float((now_us - start_us) // SECOND_US),
            courses={point: _course(trace, point[1], wanted[point], start_us) for point, trace in traces.items()},
            counted=self._counted(line, start_us, now_us),
            stops=self._stops(line, start_us, now_us),
        )

    def _traces(self, line: Line, start_us: int, now_us: int) -> dict[Point, Trace]:
        wanted: dict[str, list[str]] = {}
        for device, attribute in (*self._model.signals, *self._model.points):
            wanted.setdefault(device, []).append(attribute)
        return {
            (device, trace.summary.attribute): trace
            for device, attributes in wanted.items()
            for trace in self._telemetry.traces(
                self._site.site, line.id, device, attributes, start_us, now_us, MOST_POINTS
            )
            if trace.buckets and trace.summary.attribute in attributes
        }

    def _counted(self, line: Line, start_us: int, now_us: int) -> Mapping[Point, float]:
        return {
            (device, counter): math.fsum(rise.by for rise in rises)
            for device, counters in self._model.counters.items()
            for counter, rises in self._telemetry.rises(
                self._site.site, line.id, device, counters, start_us, now_us, HOUR_US
            ).items()
        }

    def _stops(self, line: Line, start_us: int, now_us: int) -> tuple[Stop, ...]:
        states = {machine.id: machine.state for machine in line.machines if not machine.buffer}
        runs = self._telemetry.state_runs(self._site.site, line.id, states, start_us, now_us)
        return tuple(
            Stop(device, (run.start_us - start_us) / SECOND_US, (run.end_us - start_us) / SECOND_US)
            for device, told in runs.items()
            for run in told
            if run.state.casefold() == DOWN
        )


def _course(trace: Trace, attribute: str, unit: str, start_us: int) -> Course:
    """The means of the buckets, each at its middle, in the wanted unit."""
    middle = COURSE_SECONDS / 2
    return tuple(
        (
            (bucket.start_us - start_us) / SECOND_US + middle,
            converted(bucket.mean, trace.summary.unit, unit, attribute),
        )
        for bucket in trace.buckets
    )
