"""Run the line: `simulate` gives its messages, `states_of` only who was in which state when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.faults import Fault
from simulator.line import REJECT_LIMIT_PER_MINUTE, Line
from simulator.machines import MACHINES
from simulator.setpoints import SetPoint
from simulator.telemetry import DeviceMessage, Telemetry

SAMPLING_SECONDS = 5
WARM_UP_SECONDS = 600
"""The line starts empty; nothing is sent until it is full and moving. Times count from the end of this."""
START = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
STATES = ("Running", "Blocked", "Starved", "Down")
STATE_DEVICES = tuple(row.device for row in MACHINES)


class Sample(NamedTuple):
    """What all devices sent at one instant."""

    at: datetime
    messages: list[DeviceMessage]


def warm_line(
    rng: np.random.Generator,
    faults: Sequence[Fault],
    set_points: Iterable[SetPoint] = (),
    reject_limit: float = REJECT_LIMIT_PER_MINUTE,
) -> Line:
    """A line in full swing at second 0."""
    line = Line(rng, faults, -float(WARM_UP_SECONDS), set_points, reject_limit)
    line.run_until(0.0)
    return line


def simulate(
    rng: np.random.Generator,
    faults: Sequence[Fault] = (),
    seconds: float = 3600,
    *,
    start: datetime = START,
    sampling_seconds: int = SAMPLING_SECONDS,
    set_points: Iterable[SetPoint] = (),
    reject_limit: float = REJECT_LIMIT_PER_MINUTE,
    before_each: Callable[[Line], None] = lambda _: None,
) -> Iterator[Sample]:
    """The messages of so many seconds, sample by sample. Hand it a fresh generator: equal ones give equal bytes.

    `before_each` gets the line before every sample, for whoever commands it while it runs.
    """
    telemetry_rng, line_rng = rng.spawn(2)
    line, telemetry = warm_line(line_rng, faults, set_points, reject_limit), Telemetry(telemetry_rng)
    for second in range(0, int(seconds), sampling_seconds):
        before_each(line)
        line.run_until(float(second))
        at = start + timedelta(seconds=second)
        yield Sample(at, list(telemetry.sample(line, at.strftime("%Y-%m-%dT%H:%M:%SZ"))))


def states_of(
    rng: np.random.Generator, faults: Sequence[Fault], seconds: int, set_points: Iterable[SetPoint] = ()
) -> NDArray[np.uint8]:
    """What each machine truly did: index into STATES, shape (seconds, machines of STATE_DEVICES).

    The same line as `simulate` runs from an equal generator, second by second, and nothing is sent.
    """
    _, line_rng = rng.spawn(2)
    line = warm_line(line_rng, faults, set_points)
    code = {state: index for index, state in enumerate(STATES)}
    states = np.empty((seconds, len(STATE_DEVICES)), np.uint8)
    stations = [line.stations[device] for device in STATE_DEVICES]
    for second in range(seconds):
        line.step()
        states[second] = [code[station.state] for station in stations]
    return states
