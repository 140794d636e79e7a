"""What the run of `samples/questions.yaml` truly held: from the simulator, its telemetry and the alarm store."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from lineside.alarms.model import Alarm
from lineside.answering.evidence import Evidence, Fact
from lineside.assistant.phrases import Say
from lineside.assistant.plant import Plant
from lineside.assistant.scoring import Reference
from lineside.assistant.toolbox import Call
from lineside.assistant.toolbox import run as call
from lineside.assistant.tools.look import Look
from lineside.manuals.library import Library
from simulator.faults import Fault
from simulator.run import SAMPLING_SECONDS, STATE_DEVICES, STATES, states_of
from tests.assistant.demo_plant import Run

HALF_HOUR_SECONDS = 1800


def references(run: Run, library: Library, today: date) -> dict[str, Reference]:
    """Seconds since 1970 for times, seconds for durations, values in their units, names and words as they are."""
    labels, jam = run.faults
    states = states_of(np.random.default_rng(run.seed), run.faults, run.now_seconds)
    victims = {victim.device for alarm in _alarms(run) if alarm.device == jam.device for victim in alarm.victims}
    freezer = _values(run, "Freezer Tunnel", "Temperature")
    return {
        "machines": tuple(machine.id for line in run.site.lines for machine in line.machines),
        "jam.cause": jam.device,
        "jam.onset": run.us(_sampled(jam.onset + jam.ramp)) / 1e6,
        "jam.down_seconds": float(run.now_seconds - _sampled(jam.onset + jam.ramp)),
        "jam.victims": tuple(sorted(victims)),
        "labels.onset": run.us(_sampled(labels.onset)) / 1e6,
        "labels.down_seconds": float(np.sum(_during(states, labels) == STATES.index("Down"))),
        "inspector.stopped": run.us(_stopped_for_good(states, "Cookie Inspector")) / 1e6,
        "sop.vertical_conveyor": _steps(library, today, "SOP-VC-07"),
        "sop.inspector": _steps(library, today, "SOP-CI-04"),
        "freezer.last": freezer[-1],
        "freezer.lowest": min(freezer[-HALF_HOUR_SECONDS // SAMPLING_SECONDS :]),
        "freezer.highest": max(freezer[-HALF_HOUR_SECONDS // SAMPLING_SECONDS :]),
        "dough.last": _values(run, "Cookie Former", "Temperature")[-1],
    }


def record_of(plant: Plant, now_us: int, library: Library, today: date) -> Evidence:
    """Everything that the plant's stores and its manuals hold: what no record shows is false."""
    look = Look(plant, now_us, Say("en", plant.site.timezone, now_us))
    facts = [fact for each in _every_call(plant) for fact in call(look, each).facts]
    retired = plant.shelf.not_in_force() if plant.shelf else ()
    facts += [Fact(f"{number} revision {revision} is {why}.", "library") for number, revision, why in retired]
    return Evidence(tuple(facts), library.passages(today), ())


def _every_call(plant: Plant) -> list[Call]:
    machines = [machine.id for line in plant.site.lines for machine in line.machines]
    calls = [Call("list_machines"), Call("line_state"), Call("alarms"), Call("recent_advisories", {"count": 5})]
    for machine in machines:
        calls += [Call("line_state", {"machine": machine}), Call("alarms", {"machine": machine})]
        for minutes in (30.0, 60.0):
            calls.append(Call("telemetry", {"machine": machine, "minutes": minutes}))
            calls.append(Call("telemetry", {"machine": machine, "attribute": "Bad", "minutes": minutes}))
    return calls


def _alarms(run: Run) -> list[Alarm]:
    return run.alarms.history(run.site.site, run.line, 0, 2**62)


def _stopped_for_good(states: NDArray[np.uint8], device: str) -> int:
    """The second at which a machine stood still and stayed so to the end of the run."""
    running = np.flatnonzero(_column(states, device) == STATES.index("Running"))
    return _sampled(float(running[-1]) + 1)


def _during(states: NDArray[np.uint8], fault: Fault) -> NDArray[np.uint8]:
    """What the machine at fault was doing from a fault's beginning to a minute after its end."""
    return _column(states, fault.device)[int(fault.onset) : int(fault.ends) + 60]


def _column(states: NDArray[np.uint8], device: str) -> NDArray[np.uint8]:
    return states[:, STATE_DEVICES.index(device)]


def _sampled(second: float) -> int:
    """The first sample at or after this second."""
    return int(-(-second // SAMPLING_SECONDS) * SAMPLING_SECONDS)


def _values(run: Run, device: str, attribute: str) -> list[float]:
    window = run.lake.window(run.site.site, run.line, run.start_us, run.now_us)
    return [float(value) for value in window.series[device, attribute, ""].number]


def _steps(library: Library, today: date, document: str) -> tuple[str, ...]:
    return tuple(passage.text for passage in library.passages(today) if passage.document == document and passage.step)
