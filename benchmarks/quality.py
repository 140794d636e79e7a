"""Are rejects traced to the machine that spoils the material, and is nobody upstream accused of the inspector's own?

Seeded runs of the simulated line. Half an hour and more of healthy line, then warm dough or a tunnel that loses its
cold, with random onset, size, ramp and length; or, to see that the search abstains, rejects that have no cause
upstream: the inspector throws out good cookies for a while, or for a moment.

And the same faults where nothing counts rejects, and nothing is known of them but a picture every ten seconds.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from benchmarks import made_lines
from benchmarks.made_lines import MadeRun, made_run
from lineside.advice.gate import reason_to_tell, told
from lineside.alarms.cause import Incident, explain
from lineside.alarms.model import Alarm
from lineside.alarms.step import step
from lineside.detection.defects import Inspected
from lineside.detection.finding import Finding
from lineside.detection.watch import INSPECTED_US, LineMemory, watch
from lineside.lake.window import Series, SeriesKey, Window
from lineside.site import read_site
from lineside.site.model import Line, RejectRate
from lineside.units import UNITS
from simulator.camera import Camera
from simulator.faults import Fault, FaultKind, draw_fault
from simulator.line import Line as SimulatedLine
from simulator.machines import FORMER, FREEZER, INSPECTOR
from simulator.run import START, Sample, simulate
from simulator.telemetry import Measured

SECOND_US = 1_000_000
TICK_SECONDS = 300
START_US = int(START.timestamp()) * SECOND_US
FAULT_SEEDS, OWN_SEEDS, MADE_SEEDS = range(501, 551), range(601, 631), range(201, 241)
"""None of them was looked at while the search was written."""
HEALTHY_SECONDS = (1800.0, 3600.0)
IMAGE_SECONDS = 10.0
SURE = 0.9
"""How sure whoever looks is of a defect."""
_SITE = Path(__file__).parents[1] / "samples" / "site.yaml"
_CODES = {spelling: unit.code for unit in UNITS for spelling in unit.spellings}


@dataclass
class Outcome:
    """What one run said of its rejects: whose fault, tick by tick, and every alarm as it was first told."""

    seed: int
    fault: str
    blamed: list[str] = field(default_factory=list)
    told: list[Alarm] = field(default_factory=list)

    def names_only(self, device: str) -> bool:
        """Every tick that told of rejects named this machine, and so did every message about rejects or their trip."""
        told = {
            alarm.cause for alarm in self.told if alarm.device == INSPECTOR and alarm.kind in ("stop", "reject_rate")
        }
        return bool(self.blamed) and {*self.blamed, *told} == {device}


def site_line(*, limits: bool = True) -> Line:
    """The demo plant's line; without limits nothing is known of its values but what they were."""
    (line,) = read_site(_SITE).lines
    if limits:
        return line
    free = {"low": None, "high": None, "deadband": None, "on_delay_seconds": None}
    machines = [
        machine.model_copy(
            update={"attributes": {name: one.model_copy(update=free) for name, one in machine.attributes.items()}}
        )
        for machine in line.machines
    ]
    return line.model_copy(update={"machines": tuple(machines)})


def fault_of(seed: int) -> Fault:
    """Warm dough and lost cold in turn; onset, size, ramp and length by chance."""
    rng = np.random.default_rng([5, seed])
    kinds: tuple[FaultKind, FaultKind] = ("dough_warm_dry", "freezer_losing_cold")
    return draw_fault(rng, HEALTHY_SECONDS, kinds[seed % 2])


def spoiled_run(seed: int) -> list[Sample]:
    """The line with the fault of this seed, until ten minutes after it has gone."""
    fault = fault_of(seed)
    length = -(-int(fault.ends + fault.recovery + 600) // TICK_SECONDS) * TICK_SECONDS
    return list(simulate(np.random.default_rng(seed), (fault,), length))


def pictured_run(seed: int) -> tuple[list[Sample], list[Inspected]]:
    """The same line with an inspector that never trips, and what a good eye sees on the camera's pictures."""
    fault, camera, seen = fault_of(seed), Camera(np.random.default_rng([seed, 3]), IMAGE_SECONDS), list[Inspected]()

    def look(line: SimulatedLine) -> None:
        if (shot := camera.look(line)) is not None:
            seen.append(Inspected(INSPECTOR, START_US + int(shot.at) * SECOND_US, shot.label, SURE))

    length = -(-int(fault.ends + fault.recovery + 600) // TICK_SECONDS) * TICK_SECONDS
    rng = np.random.default_rng(seed)
    return list(simulate(rng, (fault,), length, reject_limit=float("inf"), before_each=look)), seen


def camera_line() -> Line:
    """The demo plant's line without limits, whose inspector tells no counters."""
    line = site_line(limits=False)
    silent = {"rejects": RejectRate(rejects="Scrap", total="Seen", max_fraction=0.02)}
    machines = (each.model_copy(update=silent if each.id == INSPECTOR else {}) for each in line.machines)
    return line.model_copy(update={"machines": tuple(machines)})


def own_run(seed: int) -> list[Sample]:
    """A healthy line whose inspector throws out good cookies: for ten to twenty minutes, or for one or two."""
    rng = np.random.default_rng([6, seed])
    onset = rng.uniform(*HEALTHY_SECONDS)
    lasts = rng.uniform(600, 1200) if seed % 2 else rng.uniform(40, 120)
    share = rng.uniform(0.03, 0.1) if seed % 2 else rng.uniform(0.1, 0.3)
    length = -(-int(onset + lasts + 900) // TICK_SECONDS) * TICK_SECONDS
    samples = list(simulate(np.random.default_rng(seed), (), length))
    return list(_rejecting(samples, rng, (onset, onset + lasts), share))


def _rejecting(
    samples: Sequence[Sample], rng: np.random.Generator, span: tuple[float, float], share: float
) -> Iterator[Sample]:
    """The samples as if the inspector had thrown out this share of the good pieces of `span` as well."""
    extra, before = 0, None
    for sample in samples:
        messages = []
        at = sample.at.timestamp() - START.timestamp()
        for message in sample.messages:
            if message.device == INSPECTOR:
                said = dict(message.measurements)
                good, bad = said["Good"], said["Bad"]
                assert isinstance(good, int)
                assert isinstance(bad, int)
                if before is not None and span[0] <= at < span[1]:
                    extra += int(rng.binomial(max(0, good - before), share))
                before = good
                message = replace(message, measurements={**said, "Good": good - extra, "Bad": bad + extra})
            messages.append(message)
        yield Sample(sample.at, messages)


def columns(samples: Sequence[Sample]) -> dict[SeriesKey, Series]:
    """What the lake would give of the samples."""
    times: dict[SeriesKey, list[int]] = {}
    values: dict[SeriesKey, list[float | str]] = {}
    units: dict[SeriesKey, str] = {}
    for sample in samples:
        at_us = int(sample.at.timestamp()) * SECOND_US
        for message in sample.messages:
            for name, measured in message.measurements.items():
                key = (message.device, name, "")
                times.setdefault(key, []).append(at_us)
                value = measured.value if isinstance(measured, Measured) else measured
                values.setdefault(key, []).append(value)
                units[key] = _CODES[measured.unit] if isinstance(measured, Measured) else ""
    return {key: _series(times[key], values[key], units[key]) for key in times}


def _series(times: list[int], values: list[float | str], unit: str) -> Series:
    at_us = np.array(times, np.int64)
    if any(isinstance(value, str) for value in values):
        text = [value if isinstance(value, str) else None for value in values]
        return Series(at_us, np.full(len(times), np.nan), text, unit)
    return Series(at_us, np.array(values, float), None, unit)


def judged(
    seed: int,
    fault: str,
    samples: Sequence[Sample],
    line: Line,
    *,
    alone: bool = False,
    seen: Sequence[Inspected] = (),
) -> Outcome:
    """Tick through a run of the simulated line."""
    return _judged(Outcome(seed, fault), columns(samples), line, START_US, len(samples) * 5, alone=alone, seen=seen)


def made(seed: int, *, own: bool = False) -> tuple[MadeRun, Outcome]:
    """Tick through a run of a line that nobody has seen, with nothing but its values."""
    run = made_run(seed, own=own)
    outcome = Outcome(seed, "own" if own else "made")
    return run, _judged(outcome, run.series, run.line, made_lines.START_US, run.seconds, alone=True)


def _judged(
    outcome: Outcome,
    series: dict[SeriesKey, Series],
    line: Line,
    start_us: int,
    seconds: int,
    *,
    alone: bool,
    seen: Sequence[Inspected] = (),
) -> Outcome:
    """`alone`: limits and drifts are kept from the search for the cause, which then has nothing but values."""
    memory = LineMemory()
    alarms: dict[str, Alarm] = {}
    ticks = range(TICK_SECONDS, seconds + 1, TICK_SECONDS)
    for now_us in (start_us + second * SECOND_US for second in ticks):
        window = _window(series, memory.reads_from_us(now_us), now_us)
        pieces = [one for one in seen if now_us - INSPECTED_US <= one.taken_us < now_us]
        findings = watch(memory, window, line, now_us, inspected=pieces)
        if alone:
            findings = [finding for finding in findings if finding.kind not in ("limit", "drift")]
        incidents = explain(line, memory.history, findings, now_us, memory)
        outcome.blamed += [incident.caused_by or incident.device for incident in incidents if _holds_rejects(incident)]
        for change in step(list(alarms.values()), incidents, now_us, site="s", line=line):
            alarms[change.alarm.alarm_id] = change.alarm
        for alarm in list(alarms.values()):
            why = reason_to_tell(alarm, now_us)
            if why is not None:
                outcome.told += [alarm] if why == "new" else []
                alarms[alarm.alarm_id] = told(alarm, why, now_us)
    return outcome


def _holds_rejects(incident: Incident) -> bool:
    found: tuple[Finding, ...] = (incident.finding, *incident.explained)
    return any(finding.kind == "reject_rate" for finding in found)


def _window(series: dict[SeriesKey, Series], start_us: int, end_us: int) -> Window:
    found: dict[SeriesKey, Series] = {}
    for key, one in series.items():
        first, last = np.searchsorted(one.at_us, (start_us, end_us)).tolist()
        text = one.text[first:last] if one.text else None
        if last > first:
            found[key] = Series(one.at_us[first:last], one.number[first:last], text, one.unit)
    return Window(start_us, end_us, found)


def bench() -> list[tuple[str, str]]:
    """The figures, with their seeds. A cause is right only where every tick that told of rejects named it alone."""
    seeds = f"seeds {FAULT_SEEDS[0]} to {FAULT_SEEDS[-1]}"
    own_seeds = f"seeds {OWN_SEEDS[0]} to {OWN_SEEDS[-1]}"
    rows: list[tuple[str, str]] = []
    runs = {seed: spoiled_run(seed) for seed in FAULT_SEEDS}
    own = {seed: own_run(seed) for seed in OWN_SEEDS}
    for name, line, alone in (
        ("limits declared", site_line(), False),
        ("no limits", site_line(limits=False), False),
        ("values alone", site_line(limits=False), True),
    ):
        spoiled = [judged(seed, fault_of(seed).kind, run, line, alone=alone) for seed, run in runs.items()]
        for kind, device in (("dough_warm_dry", FORMER), ("freezer_losing_cold", FREEZER)):
            of_kind = [one for one in spoiled if one.fault == kind]
            rows.append((f"{name}: {kind}, {seeds}", _traced(of_kind, device)))
        innocent = [judged(seed, "own", run, line, alone=alone) for seed, run in own.items()]
        rows.append((f"{name}: the inspector's own, {own_seeds}", _abstained(innocent, INSPECTOR)))
    return [*rows, *_pictured_rows(), *_made_rows()]


def _pictured_rows() -> Iterator[tuple[str, str]]:
    line = camera_line()
    runs = {seed: pictured_run(seed) for seed in FAULT_SEEDS}
    outcomes = [judged(seed, fault_of(seed).kind, run, line, seen=seen) for seed, (run, seen) in runs.items()]
    for kind, device in (("dough_warm_dry", FORMER), ("freezer_losing_cold", FREEZER)):
        of_kind = [one for one in outcomes if one.fault == kind]
        yield f"pictures alone: {kind}, seeds {FAULT_SEEDS[0]} to {FAULT_SEEDS[-1]}", _traced(of_kind, device)


def _made_rows() -> Iterator[tuple[str, str]]:
    seeds = f"seeds {MADE_SEEDS[0]} to {MADE_SEEDS[-1]}"
    for own, name in ((False, "a machine upstream"), (True, "the inspector's own")):
        runs = [made(seed, own=own) for seed in MADE_SEEDS]
        seen = [(run, outcome) for run, outcome in runs if outcome.blamed]
        wrong = [outcome.seed for run, outcome in seen if set(outcome.blamed) != {run.culprit}]
        failed = f", not in {wrong}" if wrong else ""
        yield f"made lines: {name}, {seeds}", f"right in {len(seen) - len(wrong)} of {len(seen)} with rejects{failed}"


def _traced(outcomes: Sequence[Outcome], device: str) -> str:
    seen = [one for one in outcomes if one.blamed]
    right = [one for one in seen if one.names_only(device)]
    missed = [one.seed for one in seen if one not in right]
    twice = sum(sum(alarm.cause == device for alarm in one.told) > 1 for one in outcomes)
    failed = f", not in {missed}" if missed else ""
    return f"traced in {len(right)} of {len(outcomes)} ({len(seen)} with rejects), told twice in {twice}{failed}"


def _abstained(outcomes: Sequence[Outcome], inspector: str) -> str:
    seen = [one for one in outcomes if one.blamed]
    right = [one for one in seen if one.names_only(inspector)]
    wrong = [one.seed for one in seen if one not in right]
    return f"nobody upstream accused in {len(right)} of {len(seen)} with rejects" + (
        f", but in {wrong}" if wrong else ""
    )


def main() -> None:
    """One run, tick by tick, for looking into it: `python -m benchmarks.quality 7`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("seeds", type=int, nargs="+")
    parser.add_argument("--own", action="store_true")
    chosen = parser.parse_args()
    for seed in chosen.seeds:
        samples = own_run(seed) if chosen.own else spoiled_run(seed)
        outcome = judged(seed, "own" if chosen.own else fault_of(seed).kind, samples, site_line(limits=False))
        print(outcome.seed, outcome.fault, outcome.blamed)
        for alarm in outcome.told:
            print("  ", alarm.kind, alarm.device, "<-", alarm.cause, [each for each in alarm.evidence if each.moved])


if __name__ == "__main__":
    main()
