"""What the HTTP application needs of its surroundings; both runtimes hand in their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from lineside.advice.ports import AdvisoryStore, MemoryStore
from lineside.alarms.store import AlarmStore
from lineside.api.models import HealthView
from lineside.api.ports import (
    Accounts,
    AlarmLog,
    Chat,
    Console,
    Conversations,
    Documents,
    Feedback,
    ImageUploads,
    Voice,
)
from lineside.control.desk import ControlDesk
from lineside.control.what_if import WhatIfs
from lineside.inspection.desk import InspectionDesk
from lineside.lake.ports import Telemetry
from lineside.line.quarantine import Quarantine
from lineside.line.replay import Replayed
from lineside.line.twin import TwinStore
from lineside.releases.desk import ReleaseDesk
from lineside.releases.ports import OutcomeStore
from lineside.site.model import UNASSIGNED_LINE, Line, Site
from lineside.training_data.verdict import VerdictStore


@dataclass(frozen=True)
class Services:
    """The stores, a clock, and what only the process itself can say. None is what this runtime does not have."""

    site: Site
    twin: TwinStore
    alarms: AlarmStore
    advisories: AdvisoryStore
    memory: MemoryStore
    quarantine: Quarantine
    alarm_log: AlarmLog
    conversations: Conversations
    feedback: Feedback
    telemetry: Telemetry
    now_us: Callable[[], int]
    health: Callable[[], HealthView]
    replay_quarantine: Callable[[], Replayed]
    chat: Chat | None = None
    documents: Documents | None = None
    voice: Voice | None = None
    accounts: Accounts | None = None
    releases: ReleaseDesk | None = None
    outcomes: OutcomeStore | None = None
    verdicts: VerdictStore | None = None
    control: ControlDesk | None = None
    inspections: InspectionDesk | None = None
    uploads: ImageUploads | None = None
    """Where images come past the application; without it they are sent to it."""
    what_if: WhatIfs | None = None
    verdicts_needed: int = 0
    """So many accepted verdicts start a release by themselves; 0 where none does."""
    console: Console = field(default_factory=Console)
    version: str = ""
    streams_lines: bool = False
    """Whether a console may hold a stream of the line open; where it may not, it polls with ETags."""
    public: bool = False
    """Whether strangers reach this application: `/health` then tells them its status and no more."""
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when the process is about to stop: open streams then end by themselves."""

    def line(self, line_id: str) -> Line | None:
        """A line of the site, or the one of devices that no line names."""
        if line_id == UNASSIGNED_LINE:
            return Line(id=UNASSIGNED_LINE, name="Devices that no line names")
        return next((line for line in self.site.lines if line.id == line_id), None)

    def lines(self) -> tuple[Line, ...]:
        """Every line of the site, and the unassigned one when a device has been heard there."""
        heard = bool(self.twin.line(self.site.site, UNASSIGNED_LINE))
        unassigned = self.line(UNASSIGNED_LINE)
        return (*self.site.lines, unassigned) if heard and unassigned else self.site.lines
