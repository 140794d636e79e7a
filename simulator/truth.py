"""The truth of a run: for every fault its cause, when it was there, and whom it cost time.

Lost time is measured, not declared: the same seed is run with and without the fault, and a victim is a machine that
stood Blocked, Starved or Down for at least ten seconds more with it. Where faults overlap, a machine may have been
held up by either: taking one away would not have helped it, though that one alone would have stopped it. Such a
machine is listed under `either`; nobody is right or wrong to name it.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TextIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from simulator.faults import Fault
from simulator.run import STATE_DEVICES, STATES, states_of

FLOOR_SECONDS = 10.0
"""Less than two samples could not be told from the grid of sampling."""
SETTLE_SECONDS = 300
"""After a fault has gone the line works off what stood still; time lost until then is the fault's too."""


class Truth(msgspec.Struct, frozen=True):
    """One fault as it truly was. Times are seconds since the run began; `lost_seconds` is per victim."""

    kind: str
    cause: str
    onset: float
    ends: float
    recovered: float
    attribute: str
    own_down_seconds: float
    """How much longer the cause itself stood still than without the fault."""
    victims: dict[str, float]
    since: dict[str, float]
    """When each victim had lost enough to be one."""
    either: dict[str, float]


def truth_of(seed: int | Sequence[int], faults: Sequence[Fault], seconds: float) -> list[Truth]:
    """The truth of this run, fault by fault. One extra run of the line per fault, and two where faults overlap."""
    healthy = _states(seed, (), seconds)
    together = _states(seed, faults, seconds)
    return [_truth(seed, fault, tuple(faults), healthy, together) for fault in faults]


def _truth(
    seed: int | Sequence[int],
    fault: Fault,
    faults: tuple[Fault, ...],
    healthy: NDArray[np.uint8],
    together: NDArray[np.uint8],
) -> Truth:
    seconds = len(healthy)
    others = tuple(other for other in faults if other is not fault)
    alone = _lost(_states(seed, (fault,), seconds), healthy, fault) if others else None
    without = _states(seed, others, seconds) if others else healthy
    marginal = _lost(together, without, fault)
    victims = {device: lost for device, lost in marginal.items() if lost >= FLOOR_SECONDS and device != fault.device}
    either = {
        device: lost
        for device, lost in (alone or {}).items()
        if lost >= FLOOR_SECONDS and device != fault.device and device not in victims
    }
    return Truth(
        kind=fault.kind,
        cause=fault.device,
        onset=fault.onset,
        ends=fault.ends,
        recovered=fault.ends + fault.recovery,
        attribute=fault.attribute,
        own_down_seconds=marginal[fault.device],
        victims=victims,
        since={device: _since(together, without, fault, device) for device in victims},
        either=either,
    )


def _states(seed: int | Sequence[int], faults: Sequence[Fault], seconds: float) -> NDArray[np.uint8]:
    return states_of(np.random.default_rng(seed), faults, int(seconds))


def _since(with_fault: NDArray[np.uint8], without: NDArray[np.uint8], fault: Fault, device: str) -> float:
    """The second at which this machine had lost the floor to the fault."""
    window, column = _window(fault), STATE_DEVICES.index(device)
    running = STATES.index("Running")
    idle = (with_fault[window, column] != running).astype(np.int64) - (without[window, column] != running)
    return fault.onset + float(np.argmax(np.cumsum(idle) >= FLOOR_SECONDS))


def _window(fault: Fault) -> slice:
    return slice(int(fault.onset), int(fault.ends + fault.recovery) + SETTLE_SECONDS)


def _lost(with_fault: NDArray[np.uint8], without: NDArray[np.uint8], fault: Fault) -> dict[str, float]:
    """Seconds not Running that the fault added, per machine, while it and its wake lasted."""
    running = STATES.index("Running")
    window = _window(fault)
    idle = (with_fault[window] != running).sum(axis=0, dtype=np.int64)
    idle_anyway = (without[window] != running).sum(axis=0, dtype=np.int64)
    return {device: float(lost) for device, lost in zip(STATE_DEVICES, idle - idle_anyway, strict=True)}


def write_jsonl(truths: Sequence[Truth], out: TextIO) -> None:
    for truth in truths:
        out.write(msgspec.json.encode(truth).decode() + "\n")


def write_csv(truths: Sequence[Truth], start: datetime, out: TextIO) -> None:
    """A row per fault, with times as RFC 3339 and victims joined by `;`."""
    writer = csv.writer(out)
    writer.writerow(["onset", "ends", "recovered", "kind", "cause", "attribute", "victims", "lost_seconds", "either"])
    for truth in truths:
        moments = [_moment(start, at) for at in (truth.onset, truth.ends, truth.recovered)]
        victims = sorted(truth.victims)
        lost = ";".join(f"{truth.victims[device]:.0f}" for device in victims)
        writer.writerow(
            [
                *moments,
                truth.kind,
                truth.cause,
                truth.attribute,
                ";".join(victims),
                lost,
                ";".join(sorted(truth.either)),
            ]
        )


def _moment(start: datetime, seconds: float) -> str:
    return (start + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
