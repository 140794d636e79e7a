"""An hour of the simulated line as somebody measured it who heard only its telemetry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from lineside.control.what_if import Course, Hour, Point, Stop
from simulator.faults import Fault
from simulator.run import simulate
from simulator.setpoints import SetPoint
from simulator.telemetry import Measured

SAMPLE_SECONDS = 5.0


def hour_of(
    seed: int | Sequence[int], *faults: Fault, seconds: float = 1200, set_points: Iterable[SetPoint] = ()
) -> Hour:
    """Values as they were sent, what the counters rose by, and who said Down from when to when."""
    courses: dict[Point, list[tuple[float, float]]] = {}
    counters: dict[Point, list[int]] = {}
    down: dict[str, list[float]] = {}
    for number, sample in enumerate(simulate(np.random.default_rng(seed), faults, seconds, set_points=set_points)):
        at = number * SAMPLE_SECONDS
        for message in sample.messages:
            for name, value in message.measurements.items():
                if isinstance(value, Measured):
                    courses.setdefault((message.device, name), []).append((at, value.value))
                elif isinstance(value, int):
                    counters.setdefault((message.device, name), []).append(value)
                elif (name, value) == ("State", "Down"):
                    down.setdefault(message.device, []).append(at)
    return Hour(
        seconds,
        {point: tuple(course) for point, course in courses.items()},
        {point: float(told[-1] - told[0]) for point, told in counters.items()},
        tuple(stop for device, moments in down.items() for stop in _stops(device, moments)),
    )


def _stops(device: str, moments: Sequence[float]) -> list[Stop]:
    found = [Stop(device, moments[0], moments[0] + SAMPLE_SECONDS)]
    for at in moments[1:]:
        if at == found[-1].until:
            found[-1] = found[-1]._replace(until=at + SAMPLE_SECONDS)
        else:
            found.append(Stop(device, at, at + SAMPLE_SECONDS))
    return found


def stuck(course: Course, since: float) -> Course:
    """The same with the sensor stuck from then on."""
    value = next(value for second, value in course if second >= since)
    return tuple((second, value if second >= since else moved) for second, moved in course)
