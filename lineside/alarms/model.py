"""An alarm as ISA-18.2 (IEC 62682) understands it: a process state, and overlays that silence without blinding.

Process state follows from two facts, whether the condition is true and whether a person has acknowledged it.
Overlays (shelved, suppressed by design, out of service) stop notifications, never evaluation or recording.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from lineside.detection.finding import Evidence, Kind

Severity = Literal["critical", "high", "medium", "low"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")
"""Most urgent first; the index plus one is the ISA-18.2 priority."""

ProcessState = Literal["normal", "unacknowledged", "acknowledged", "rtn_unacknowledged"]
OverlayKind = Literal["shelved", "suppressed_by_design", "out_of_service"]


class Victim(msgspec.Struct, frozen=True):
    """A machine that lost time to the cause: seconds blocked or starved because of it, so far."""

    device: str
    lost_seconds: float
    state: str = ""
    """How it lost them: `blocked`, `starved` or `blocked, starved`."""


class Overlay(msgspec.Struct, frozen=True):
    """Why an alarm is quiet, since when, until when (0: until it is lifted), by whom."""

    kind: OverlayKind
    since_us: int
    until_us: int = 0
    by: str = ""
    reason: str = ""
    work_order: str = ""
    root_alarm_id: str = ""
    """For suppressed by design: the alarm of the cause that this one is a consequence of."""


class Alarm(msgspec.Struct, frozen=True):
    """One alarm for one cause. `device` is the machine at fault; `victims` lost time to it.

    `alarm_id` is unique for ever; `fingerprint` is the same for the same trouble coming back. `raised_us` is when
    it was announced, `onset_us` when the trouble began.
    """

    alarm_id: str
    fingerprint: str
    site: str
    line: str
    device: str
    kind: Kind
    severity: Severity
    onset_us: int
    raised_us: int
    attribute: str = ""
    detail: str = ""
    active: bool = True
    cleared_us: int = 0
    acknowledged_us: int = 0
    acknowledged_by: str = ""
    victims: tuple[Victim, ...] = ()
    lost_seconds: float = 0.0
    """Seconds lost by the line: the cause's own outage and nothing counted twice; see `cause.py`."""
    evidence: tuple[Evidence, ...] = ()
    overlay: Overlay | None = None
    occurrences: int = 1
    consequence: str = ""
    operator_action: str = ""
    time_to_respond_minutes: float = 0.0
    notified_us: int = 0
    notified_severity: str = ""
    notifications: int = 0
    announcement: int = 1
    """Counts how often it asked for attention from the start: 1, and one more for each return from an overlay."""
    reminded_severity: str = ""
    """The severity at which an overdue acknowledgement was last told; once per severity is enough."""
    seen_us: int = 0
    """The newest tick at which the condition was true."""
    advisory_id: str = ""
    """The newest advisory drafted for it."""
    caused_by: str = ""
    """The machine at fault where this alarm is a consequence; "" where `device` is itself the cause."""
    traced_to: str = ""
    """The machine upstream that spoils what `device` rejects, where no alarm of that machine leads; else ""."""

    @property
    def cause(self) -> str:
        return self.caused_by or self.traced_to or self.device

    @property
    def state(self) -> ProcessState:
        if self.active:
            return "acknowledged" if self.acknowledged_us else "unacknowledged"
        return "normal" if self.acknowledged_us else "rtn_unacknowledged"

    @property
    def is_open(self) -> bool:
        """Somebody still has something to do with it: active, not acknowledged, or under an overlay."""
        return self.active or not self.acknowledged_us or self.overlay is not None

    @property
    def priority(self) -> int:
        return SEVERITIES.index(self.severity) + 1
