"""What the HTTP application says and hears, as pydantic models. Times are RFC 3339 in UTC; null where never."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from lineside.advice.model import Advisory, SopStep
from lineside.alarms.model import Alarm, OverlayKind, ProcessState, Severity, Victim
from lineside.detection.finding import Evidence, Kind
from lineside.telemetry.reading import Value
from lineside.telemetry.timestamps import render

Words = Annotated[str, Field(min_length=1, max_length=400)]


class View(BaseModel):
    model_config = ConfigDict(frozen=True)


class Problem(View):
    """RFC 9457: `detail` is one sentence that a person can act on."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class HealthView(View):
    """`ok`, or `degraded` with every trouble in a sentence. `counters` are readings unless named otherwise:
    received = stored + duplicate + quarantined, for everything that has left the inbox."""

    status: str
    troubles: tuple[str, ...] = ()
    site: str
    version: str
    started_at: str
    broker: str = ""
    inbox_backlog: int = 0
    unacknowledged: int = 0
    refused: int = 0
    counters: dict[str, int] = {}
    unknown_devices: tuple[str, ...] = ()
    last_tick: dict[str, str] = {}


class ValueView(View):
    """`value` is in `unit` (UN/CEFACT); `label` is what people call it."""

    value: Value
    label: str
    unit: str
    observed_at: str
    age_seconds: float
    quality: str
    reason: str
    limit_low: float | None = None
    limit_high: float | None = None
    stale: bool = False
    """Older than this attribute usually is; it must not look like a fresh one."""


class MachineView(View):
    """One machine as it stands. `state` is lower case; `offline` is unknown, not down; "" was never told."""

    id: str
    thing: str
    declared: bool
    state: str
    since: str | None
    seen_at: str | None
    age_seconds: float | None
    feeds: tuple[str, ...]
    values: dict[str, ValueView]
    alarms: tuple[str, ...]
    buffer: int | None = None
    """The number of pieces that a machine which only stores can hold; null for all others."""
    stale: bool = False
    """Nothing was heard for longer than is usual for it."""


class LineSummary(View):
    id: str
    name: str
    machines: int
    open_alarms: int
    streamed: bool = False
    """Whether `/api/lines/{line}/events` may be held open here; where it may not, poll the line with its ETag."""


class LineView(View):
    """The line as it stands, machines in the order of the site file, unknown devices last."""

    site: str
    id: str
    name: str
    as_of: str
    machines: tuple[MachineView, ...]


class VictimView(View):
    device: str
    lost_seconds: float
    state: str


class EvidenceView(View):
    device: str
    attribute: str
    value: Value
    unit: str
    observed_at: str
    expected: float | None
    score: float | None
    note: str


class OverlayView(View):
    kind: OverlayKind
    since: str
    until: str | None
    by: str
    reason: str
    work_order: str


class AlarmView(View):
    """One alarm for one cause; `cause` differs from `device` where this one is a consequence."""

    alarm_id: str
    site: str
    line: str
    device: str
    cause: str
    kind: Kind
    attribute: str
    severity: Severity
    priority: int
    state: ProcessState
    active: bool
    onset: str
    raised_at: str
    cleared_at: str | None
    acknowledged_at: str | None
    acknowledged_by: str
    victims: tuple[VictimView, ...]
    lost_seconds: float
    evidence: tuple[EvidenceView, ...]
    overlay: OverlayView | None
    occurrences: int
    consequence: str
    operator_action: str
    time_to_respond_minutes: float
    advisory_id: str

    @classmethod
    def of(cls, alarm: Alarm) -> AlarmView:
        return cls(
            **{name: getattr(alarm, name) for name in _SAME_IN_ALARM},
            onset=render(alarm.onset_us),
            raised_at=render(alarm.raised_us),
            cleared_at=at(alarm.cleared_us),
            acknowledged_at=at(alarm.acknowledged_us),
            victims=tuple(map(victim_view, alarm.victims)),
            evidence=tuple(map(evidence_view, alarm.evidence)),
            overlay=_overlay_view(alarm),
        )


class StepView(View):
    number: str
    text: str
    document: str
    revision: str
    section: str
    reviewed: bool

    @classmethod
    def of(cls, step: SopStep) -> StepView:
        return cls(**{name: getattr(step, name) for name in cls.model_fields})


class AdvisoryView(View):
    """What people were told, with everything that it rests on."""

    advisory_id: str
    alarm_id: str
    site: str
    line: str
    drafted_at: str
    severity: Severity
    kind: Kind
    device: str
    since: str
    headline: str
    what_happened: str
    check_first: tuple[str, ...]
    steps: tuple[StepView, ...]
    compliance: tuple[str, ...]
    victims: tuple[VictimView, ...]
    lost_seconds: float
    evidence: tuple[EvidenceView, ...]
    composed_by: str
    why_not: tuple[str, ...] = ()
    """Why models that come before `composed_by` in the order did not word it, a sentence each."""
    verdict: Literal["", "up", "down"] = ""
    """What the person who asks said of it; and whether it helped."""
    resolution: Literal["", "fixed", "partly", "not_fixed"] = ""

    @classmethod
    def of(cls, advisory: Advisory) -> AdvisoryView:
        return cls(
            **{name: getattr(advisory, name) for name in _SAME_IN_ADVISORY},
            drafted_at=render(advisory.drafted_us),
            since=render(advisory.since_us),
            steps=tuple(map(StepView.of, advisory.steps)),
            victims=tuple(map(victim_view, advisory.victims)),
            evidence=tuple(map(evidence_view, advisory.evidence)),
        )


class OffenderView(View):
    device: str
    kind: str
    alarms: int
    share: float


class AlarmHealthView(View):
    """The alarm system itself, after ISA-18.2; `unhealthy` has a sentence for every target that is missed."""

    since: str
    until: str
    alarms: int
    suppressed: int
    messages: int
    per_hour: float
    most_in_ten_minutes: int
    floods: int
    flood_share: float
    chattering: tuple[str, ...]
    stale: tuple[str, ...]
    shelved: tuple[str, ...]
    out_of_service: tuple[str, ...]
    top_offenders: tuple[OffenderView, ...]
    priority_mix: dict[Severity, float]
    unhealthy: tuple[str, ...]


class QuarantinedView(View):
    """A message that could not be read, and why. `raw` is its beginning, as text."""

    entry_id: str
    topic: str
    reason: str
    code: str
    readings: int
    received_at: str
    size_bytes: int
    raw: str


class ReplayView(View):
    resolved: int
    waiting: int
    stored: int


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Comment(Body):
    text: Annotated[str, Field(min_length=1, max_length=2_000)]


class Shelve(Body):
    """Silence for a while; it comes back by itself."""

    reason: Words
    minutes: Annotated[float, Field(gt=0, le=1_440)]


class OutOfService(Body):
    work_order: Words


def at(instant_us: int) -> str | None:
    """An instant as text, null for never."""
    return render(instant_us) if instant_us else None


def victim_view(victim: Victim) -> VictimView:
    return VictimView(device=victim.device, lost_seconds=victim.lost_seconds, state=victim.state)


def evidence_view(evidence: Evidence) -> EvidenceView:
    same = {name: getattr(evidence, name) for name in EvidenceView.model_fields if name != "observed_at"}
    return EvidenceView(**same, observed_at=render(evidence.observed_us))


def _overlay_view(alarm: Alarm) -> OverlayView | None:
    overlay = alarm.overlay
    if overlay is None:
        return None
    return OverlayView(
        kind=overlay.kind,
        since=render(overlay.since_us),
        until=at(overlay.until_us),
        by=overlay.by,
        reason=overlay.reason,
        work_order=overlay.work_order,
    )


_SAME_IN_ALARM = tuple(
    name
    for name in AlarmView.model_fields
    if name not in {"onset", "raised_at", "cleared_at", "acknowledged_at", "victims", "evidence", "overlay"}
)
_SAME_IN_ADVISORY = tuple(
    name
    for name in AdvisoryView.model_fields
    if name in Advisory.__struct_fields__ and name not in {"steps", "victims", "evidence"}
)
