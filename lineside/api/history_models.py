"""What was: telemetry windows, states over the day, the loss tree, an alarm's history, the handover. JSON."""

from __future__ import annotations

from typing import Literal

from lineside.alarms.model import Severity
from lineside.api.models import AdvisoryView, AlarmHealthView, AlarmView, View
from lineside.telemetry.reading import Value


class SiteView(View):
    id: str
    tenant: str
    timezone: str
    lines: tuple[str, ...]


class PointView(View):
    """Mean, lowest and highest of the readings from `at` to the next point, in the series' unit."""

    at: str
    mean: float
    low: float
    high: float
    count: int


class SeriesView(View):
    """One attribute of one machine over a window.

    `limit_low` and `limit_high` are as the site declares them. `trend_per_hour` is a least-squares slope over the
    window, in units per hour; null where fewer than three readings say nothing. `points` is empty where the window
    holds no number, and `note` then says so.
    """

    attribute: str
    label: str
    unit: str
    limit_low: float | None
    limit_high: float | None
    count: int
    first: float | None
    last: Value | None
    last_at: str | None
    age_seconds: float | None
    mean: float | None
    low: float | None
    high: float | None
    trend_per_hour: float | None
    points: tuple[PointView, ...]
    note: str


class TelemetryView(View):
    machine: str
    since: str
    until: str
    series: tuple[SeriesView, ...]


class RunView(View):
    """A machine in one state from `since` to `until`; `unknown` where nothing was heard."""

    state: str
    since: str
    until: str


class MachineRunsView(View):
    machine: str
    runs: tuple[RunView, ...]
    seconds: dict[str, float]


class LossView(View):
    """One leaf of the loss tree, in seconds of the machine that sets the line's pace."""

    branch: Literal["availability", "performance", "quality"]
    name: str
    machine: str
    seconds: float
    share: float
    note: str


class LossesView(View):
    """Where a line's time went. Shares are of the whole window, 0..1; null where nothing was measured.

    `oee` is availability x performance x quality (ISO 22400-2). `basis` says in a sentence which machine and which
    rate they are reckoned from.
    """

    line: str
    since: str
    until: str
    machines: tuple[MachineRunsView, ...]
    availability: float | None
    performance: float | None
    quality: float | None
    oee: float | None
    basis: str
    losses: tuple[LossView, ...]


class AlarmEventView(View):
    """Something that happened to an alarm: raised, acknowledged, shelved, a comment, ..."""

    at: str
    what: Literal[
        "raised", "told", "acknowledged", "shelved", "unshelved", "out_of_service", "returned_to_service",
        "comment", "cleared",
    ]  # fmt: skip
    by: str
    note: str


class ShiftView(View):
    """One shift of one day, by the site's own clock."""

    name: str
    since: str
    until: str


class HandoverAlarmView(View):
    alarm: AlarmView
    advisory: AdvisoryView | None
    done: tuple[AlarmEventView, ...]


class HandoverView(View):
    """One page for the next shift.

    `shift` names who worked in the window; `shifts` are the running one and those before it, newest first.
    `lost_minutes` are the line's, nothing counted twice. Alarms come most urgent first, consequences after causes.
    """

    site: str
    line: str
    shift: str
    shifts: tuple[ShiftView, ...] = ()
    since: str
    until: str
    headline: str
    lost_minutes: float
    alarms: tuple[HandoverAlarmView, ...]
    shelved: tuple[AlarmView, ...]
    open_questions: tuple[str, ...]
    severities: dict[Severity, int]
    health: AlarmHealthView
    losses: LossesView
