"""What the HTTP application needs of its surroundings; both runtimes hand in their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lineside.advice.ports import AdvisoryStore, MemoryStore
from lineside.alarms.store import AlarmStore
from lineside.api.models import HealthView
from lineside.line.quarantine import Quarantine
from lineside.line.replay import Replayed
from lineside.line.twin import TwinStore
from lineside.site.model import UNASSIGNED_LINE, Line, Site


@dataclass(frozen=True)
class Services:
    """The stores, a clock, and what only the process itself can say."""

    site: Site
    twin: TwinStore
    alarms: AlarmStore
    advisories: AdvisoryStore
    memory: MemoryStore
    quarantine: Quarantine
    now_us: Callable[[], int]
    health: Callable[[], HealthView]
    replay_quarantine: Callable[[], Replayed]
    version: str = ""

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
