"""What can go wrong, as rows, and how a fault's strength goes up, stays, and comes back down.

A fault is labelled where it is injected: which machine is the cause, from which second, for how long. Whom it costs
time is not written here; it is measured (`truth.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from lineside.errors import Misconfigured
from simulator.machines import FORMER, FREEZER, LABELLER, LINER, MACHINES, SEALER

FaultKind = Literal[
    "jam",
    "out_of_material",
    "dough_warm_dry",
    "freezer_losing_cold",
    "slow",
    "frozen_sensor",
    "silent_working",
    "silent_stopped",
]
Span = tuple[float, float]

ANY_MACHINE = tuple(row.device for row in MACHINES)


@dataclass(frozen=True)
class FaultRow:
    """A kind of fault: where it may strike and how it unfolds, in seconds.

    `size` means, by kind: the share of speed lost; the share of the full dough or freezer excursion.
    """

    kind: FaultKind
    devices: tuple[str, ...]
    duration: Span
    ramp: Span = (0, 0)
    recovery: Span = (0, 0)
    size: Span = (1, 1)
    attributes: tuple[str, ...] = ()
    text: str = ""
    """What the machine's own display says, where it says anything."""
    stops: bool = False
    """The machine stands still while the fault lasts."""
    quiet: bool = False
    """Nothing is sent while the fault lasts."""


FAULTS = {
    row.kind: row
    for row in (
        FaultRow("jam", ANY_MACHINE, duration=(120, 720), ramp=(0, 90), stops=True),
        FaultRow("out_of_material", (SEALER, LABELLER, LINER), duration=(90, 420), text="Material empty", stops=True),
        FaultRow("dough_warm_dry", (FORMER,), (600, 1080), ramp=(180, 420), recovery=(120, 240), size=(0.8, 1.1)),
        FaultRow("freezer_losing_cold", (FREEZER,), (720, 1200), (240, 480), recovery=(120, 240), size=(0.8, 1.1)),
        FaultRow("slow", ANY_MACHINE, duration=(600, 1200), ramp=(0, 120), size=(0.5, 0.7)),
        FaultRow("frozen_sensor", (FORMER, FREEZER), (900, 1500), attributes=("Temperature", "Moisture")),
        FaultRow("silent_working", ANY_MACHINE, duration=(420, 900), quiet=True),
        FaultRow("silent_stopped", ANY_MACHINE, duration=(300, 900), stops=True, quiet=True),
    )
}


@dataclass(frozen=True)
class Fault:
    """One fault of one machine. It is there from `onset` until `onset + duration`; seconds since the run began."""

    kind: FaultKind
    device: str
    onset: float
    duration: float
    ramp: float = 0.0
    recovery: float = 0.0
    size: float = 1.0
    attribute: str = ""

    @property
    def row(self) -> FaultRow:
        return FAULTS[self.kind]

    @property
    def ends(self) -> float:
        """When it begins to go away."""
        return self.onset + self.duration

    def strength(self, at: float) -> float:
        """0 when absent, `size` when fully there, in between on the ramps."""
        if at < self.onset or at >= self.ends + self.recovery:
            return 0.0
        if at >= self.ends:
            return self.size * (1 - (at - self.ends) / self.recovery)
        return self.size * (min(1.0, (at - self.onset) / self.ramp) if self.ramp else 1.0)


def draw_fault(rng: np.random.Generator, onset: Span, kind: FaultKind | None = None) -> Fault:
    """A fault of this kind, or of any, somewhere on the line, that begins within `onset`."""
    row = FAULTS[kind or list(FAULTS)[rng.integers(len(FAULTS))]]
    device = row.devices[rng.integers(len(row.devices))]
    attributes = [name for name in row.attributes if name != "Moisture" or device == FORMER]
    return Fault(
        kind=row.kind,
        device=device,
        onset=_whole(rng, onset),
        duration=_whole(rng, row.duration),
        ramp=_whole(rng, row.ramp),
        recovery=_whole(rng, row.recovery),
        size=float(rng.uniform(*row.size)),
        attribute=attributes[rng.integers(len(attributes))] if attributes else "",
    )


def _whole(rng: np.random.Generator, span: Span) -> float:
    return float(round(rng.uniform(*span)))


def draw_faults(rng: np.random.Generator, count: int, seconds: float) -> tuple[Fault, ...]:
    """So many faults of any kind, spread over a run: one begins in each equal part of it."""
    part = seconds / max(1, count)
    return tuple(draw_fault(rng, (part * number, part * number + part / 2)) for number in range(count))


def parse_fault(text: str) -> Fault:
    """`KIND[:DEVICE][@ONSET_SECONDS][+DURATION_SECONDS]`, such as `jam:Labeller@600+300`. Raises Misconfigured.

    What is left out is what that kind most often is.
    """
    matched = re.fullmatch(r"(\w+)(?::([^@+]+))?(?:@(\d+))?(?:\+(\d+))?", text.strip())
    if not matched or matched[1] not in FAULTS:
        raise Misconfigured(
            f"{text!r} is no fault: write KIND[:DEVICE][@ONSET][+DURATION], KIND of {', '.join(FAULTS)}"
        )
    row = FAULTS[cast(FaultKind, matched[1])]
    device = (matched[2] or row.devices[0]).strip()
    if device not in row.devices:
        raise Misconfigured(f"{row.kind} cannot strike {device!r}; it can strike {', '.join(row.devices)}")
    return Fault(
        kind=row.kind,
        device=device,
        onset=float(matched[3] or 600),
        duration=float(matched[4] or np.mean(row.duration)),
        ramp=float(np.mean(row.ramp)),
        recovery=float(np.mean(row.recovery)),
        size=float(np.mean(row.size)),
        attribute=row.attributes[0] if row.attributes else "",
    )
