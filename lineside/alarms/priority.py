"""How urgent an alarm is, from what it costs and how soon somebody must act; and what they are asked to do.

ISA-18.2 rationalization asks three things of every alarm: the consequence of doing nothing, the action of the
operator, and the time to respond. An alarm without an action is an event. The defaults per kind stand in `KINDS`;
a machine in `site.yaml` may state its own. Severity is worked out by tables, never by a model.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from lineside.alarms.model import SEVERITIES, Severity
from lineside.detection.finding import Kind
from lineside.site.model import Line, Machine

Impact = Literal["minor", "moderate", "major"]


@dataclass(frozen=True)
class Rationale:
    """Why a kind of trouble deserves an alarm. `respond_minutes`: how long a person may take to act."""

    impact: Impact
    respond_minutes: float
    consequence: str
    operator_action: str


KINDS: dict[Kind, Rationale] = {
    "stop": Rationale(
        "moderate", 15, "The line loses production.", "Go to the machine, find what stopped it, clear it, restart."
    ),
    "slow": Rationale(
        "minor", 30, "The line runs below its rate.", "Compare the machine's rate with its set point; look for wear."
    ),
    "limit": Rationale(
        "moderate", 15, "Product or machine may leave its specification.", "Bring the value back inside its limits."
    ),
    "drift": Rationale(
        "minor", 60, "A machine that behaves unusually may fail later.", "Look at the values that moved; plan a check."
    ),
    "frozen": Rationale(
        "minor", 60, "Nobody sees this value move any more.", "Check the sensor and its wiring; check by hand."
    ),
    "silent": Rationale(
        "minor", 30, "The machine is not heard; its state is unknown.", "Check its power and network; look at it."
    ),
    "reject_rate": Rationale(
        "moderate", 15, "Good material becomes waste.", "Look at the rejects; find the process value that moved."
    ),
}

SOON_MINUTES = 10
"""ISA-18.2 tables usually draw the line between prompt and immediate about here."""
LATER_MINUTES = 30

_SEVERITY: dict[tuple[Impact, str], Severity] = {
    ("major", "now"): "critical",
    ("major", "soon"): "high",
    ("major", "later"): "medium",
    ("moderate", "now"): "high",
    ("moderate", "soon"): "medium",
    ("moderate", "later"): "low",
    ("minor", "now"): "medium",
    ("minor", "soon"): "low",
    ("minor", "later"): "low",
}

_CRITICALITY_STEPS: dict[Severity | None, int] = {"critical": 2, "high": 1, "medium": 0, "low": -1, None: 0}

LOSS_STEPS: tuple[tuple[float, float, int], ...] = (
    # minutes the cause has lasted, machine-minutes lost by cause and victims, steps more urgent
    (60, 480, 2),
    (10, 120, 1),
)
"""A stop that lasts, or that holds up many machines for long, is worse than it looked: ten minutes is where
plants that measure their losses usually draw the line between a short stop and a breakdown. Two steps in a day's worst
case: raising must stay rare, because each raise is a message."""


WHOLE_LINE_SHARE = 0.75
"""So much of a line standing still is the line standing still: one step more urgent. The rest is buffers emptying."""
WHOLE_LINE_MACHINES = 3
"""On a shorter line every stop would be one of the whole line."""


def rationale(kind: Kind, machine: Machine | None, kinds: Mapping[Kind, Rationale] = KINDS) -> Rationale:
    """The kind's defaults, with what the machine states of itself instead."""
    default = kinds[kind]
    if machine is None:
        return default
    return Rationale(
        default.impact,
        machine.time_to_respond_minutes or default.respond_minutes,
        machine.consequence or default.consequence,
        machine.operator_action or default.operator_action,
    )


def severity(
    why: Rationale,
    machine: Machine | None = None,
    *,
    attribute: str = "",
    lasted_minutes: float = 0.0,
    machine_minutes: float = 0.0,
    line_share: float = 0.0,
) -> Severity:
    """How urgent: consequence and time to respond, the machine's criticality, and what it has cost so far.

    `line_share`: the part of the line that stands still because of it.
    """
    base = _SEVERITY[why.impact, _urgency(why.respond_minutes)]
    steps = max(_loss_steps(lasted_minutes, machine_minutes), int(line_share >= WHOLE_LINE_SHARE))
    if machine is not None:
        declared = machine.attributes.get(attribute)
        if declared is not None and declared.severity is not None:
            return more_urgent(declared.severity, steps)
        steps += _CRITICALITY_STEPS[machine.criticality]
    return more_urgent(base, steps)


def line_share(line: Line, standing: Collection[str]) -> float:
    """The part of a line's machines that stands still, buffers aside; 0 for a line too short to have parts."""
    working = [machine.id for machine in line.machines if not machine.buffer]
    if len(working) < WHOLE_LINE_MACHINES:
        return 0.0
    return sum(device in standing for device in working) / len(working)


def more_urgent(base: Severity, steps: int) -> Severity:
    """`steps` towards critical (negative: towards low), never past the ends."""
    index = SEVERITIES.index(base) - steps
    return SEVERITIES[min(max(index, 0), len(SEVERITIES) - 1)]


def is_worse(one: str, other: str) -> bool:
    """Whether `one` is more urgent than `other`; any severity is worse than none ("")."""
    if not other:
        return bool(one)
    return bool(one) and SEVERITIES.index(one) < SEVERITIES.index(other)


def _urgency(respond_minutes: float) -> str:
    if respond_minutes < SOON_MINUTES:
        return "now"
    return "soon" if respond_minutes <= LATER_MINUTES else "later"


def _loss_steps(lasted_minutes: float, machine_minutes: float) -> int:
    reached = (steps for lasts, lost, steps in LOSS_STEPS if lasted_minutes >= lasts or machine_minutes >= lost)
    return next(reached, 0)
