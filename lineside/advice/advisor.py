"""The five-minute advisor of a line. The same object works in the plant, in the cloud and in a replay.

A tick reads the window that the detectors ask for, finds what is wrong, walks to the causes, moves the alarms, and
tells people what deserves it. The detectors' memory is saved last: a tick that dies anywhere before that is run again
from the old memory, finds the alarms it has already moved, and tells nothing twice that had left with the same
fingerprint.

A gap in the ticks (the process was down) is worked off by one tick over the whole gap, as far back as the detectors
look. Ticking through it in event time would send hours-old news one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from msgspec.structs import replace

from lineside.advice.compose import advisory_id_of, compose, notification
from lineside.advice.gate import GateSettings, Why, reason_to_tell, told
from lineside.advice.model import Advisory, Notification
from lineside.advice.ports import AdvisoryStore, Inspections, MemoryStore, Notifier, Worded, Wording
from lineside.advice.sops import Sops
from lineside.alarms.cause import Incident, explain
from lineside.alarms.lifecycle import SECOND_US
from lineside.alarms.model import Alarm
from lineside.alarms.step import Change, StepSettings, step
from lineside.alarms.store import AlarmStore
from lineside.detection.defects import Inspected
from lineside.detection.finding import Finding
from lineside.detection.watch import INSPECTED_US, LineMemory, watch
from lineside.errors import Conflict, Unavailable
from lineside.lake.window import Window
from lineside.site.model import UNASSIGNED_LINE, Line, Site

_ATTEMPTS = 5
_RECENT = 50
"""How far back a message is looked for that was drafted and did not leave."""
_GONE_ON = ("time has passed since a model was asked, and it is asked once for each message",)


class Windows(Protocol):
    """The one thing the advisor asks of the lake."""

    def window(self, site: str, line: str, start_us: int, end_us: int) -> Window: ...


@dataclass(frozen=True)
class AdvisorSettings:
    step: StepSettings = field(default_factory=StepSettings)
    gate: GateSettings = field(default_factory=GateSettings)


@dataclass
class TickResult:
    """What one tick found and did. `untold`: messages that did not leave; the next tick tries them again."""

    findings: list[Finding] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    advisories: list[Advisory] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    untold: list[Notification] = field(default_factory=list)


@dataclass
class Advisor:
    """Everything a tick needs; nothing is kept between ticks but what the stores hold.

    `keeps_memory`: what the detectors remember stays an object between ticks instead of going through its store. For
    a process that is run from start to end or not at all, such as a replay; half of its time would go into bytes.
    `inspections`: where images of the product are inspected, what they show; without it the counters alone are watched.
    `wording`: whose words an advisory is told in; without one it is composed from evidence and procedures.
    """

    site: Site
    lake: Windows
    alarms: AlarmStore
    advisories: AdvisoryStore
    memory: MemoryStore
    notifier: Notifier
    sops: Sops = field(default_factory=Sops)
    settings: AdvisorSettings = field(default_factory=AdvisorSettings)
    keeps_memory: bool = False
    wording: Wording | None = None
    inspections: Inspections | None = None

    def __post_init__(self) -> None:
        self._kept: dict[str, LineMemory] = {}
        self._lines = {line.id: line for line in self.site.lines}
        self._lines.setdefault(UNASSIGNED_LINE, Line(id=UNASSIGNED_LINE, name="Devices that no line names"))

    @property
    def line_ids(self) -> tuple[str, ...]:
        """Every line to tick: those of the site, and the one of the devices that it does not name."""
        return tuple(self._lines)

    def tick(self, line_id: str, now_us: int) -> TickResult:
        """Look at one line at `now_us`. Readings observed at or after it are not seen.

        A tick that comes after a later one (a schedule may deliver twice, and late) finds its work done: nothing.
        """
        line = self._lines[line_id]
        memory = self._kept.pop(line_id, None) or LineMemory.decode(self.memory.load(self.site.site, line_id))
        if memory.ticked_us > now_us:
            return TickResult()
        window = self.lake.window(self.site.site, line_id, memory.reads_from_us(now_us), now_us)
        findings = watch(memory, window, line, now_us, inspected=self._inspected(line_id, now_us))
        incidents = explain(line, memory.history, findings, now_us, memory)
        result = TickResult(findings, incidents)
        for alarm in self._move(line, incidents, now_us, result):
            self._tell(alarm, now_us, result)
        if self.keeps_memory:
            self._kept[line_id] = memory
        else:
            self.memory.save(self.site.site, line_id, memory.encode())
        return result

    def _inspected(self, line_id: str, now_us: int) -> Sequence[Inspected]:
        if self.inspections is None:
            return ()
        return self.inspections.inspected(self.site.site, line_id, now_us - INSPECTED_US, now_us)

    def _move(self, line: Line, incidents: Sequence[Incident], now_us: int, result: TickResult) -> list[Alarm]:
        """Move the alarms of the line and store them; whoever else changed one meanwhile is heard first."""
        settings = self.settings.step
        for attempt in range(_ATTEMPTS):
            rearm_us = now_us - int(settings.remembers_seconds * SECOND_US)
            alarms = self.alarms.open_alarms(self.site.site, line.id, cleared_since_us=rearm_us)
            changes = step(alarms, incidents, now_us, site=self.site.site, line=line, settings=settings)
            try:
                for change in changes:
                    self.alarms.save(change.alarm, was=change.was)
                    result.changes.append(change)
            except Conflict:
                if attempt == _ATTEMPTS - 1:
                    raise
                continue
            moved = {change.alarm.alarm_id: change.alarm for change in changes}
            return list(({alarm.alarm_id: alarm for alarm in alarms} | moved).values())
        raise AssertionError("the last attempt either returns or raises")

    def _tell(self, alarm: Alarm, now_us: int, result: TickResult) -> None:
        why = reason_to_tell(alarm, now_us, self.settings.gate)
        if why is None:
            return
        advisory = self._draft(alarm, why, now_us, result)
        message = notification(alarm, advisory, why, self.site)
        try:
            self.notifier.notify(message)
        except Unavailable:
            # The alarm stays as not told, so the next tick tries again; the other alarms must not wait for it.
            result.untold.append(message)
            self._mark(alarm, lambda current: replace(current, advisory_id=advisory.advisory_id))
            return
        result.notifications.append(message)
        self._mark(alarm, lambda current: replace(told(current, why, now_us), advisory_id=advisory.advisory_id))

    def _draft(self, alarm: Alarm, why: Why, now_us: int, result: TickResult) -> Advisory:
        """The advisory of a message; stored when it is first drafted, not again when its sending is tried again."""
        procedure = self.sops.for_alarm(alarm.device, alarm.kind, now_us)
        advisory = self._worded(compose(alarm, procedure, self.site, why, now_us))
        if alarm.advisory_id != advisory_id_of(alarm, why):
            self.advisories.save(advisory)
            result.advisories.append(advisory)
        return advisory

    def _worded(self, advisory: Advisory) -> Advisory:
        """The advisory in the words of a model, which is asked once for each message, however often it is sent."""
        if self.wording is None:
            return advisory
        drafted = self._drafted(advisory)
        if drafted is None:
            worded = self.wording.word(advisory)
        elif drafted.drafted_us == advisory.drafted_us:
            worded = Worded(drafted.what_happened, drafted.composed_by, drafted.why_not)
        else:
            # Time has passed since, while the message could not leave: the words of then have the numbers of then.
            return replace(advisory, why_not=_GONE_ON)
        return replace(
            advisory,
            what_happened=worded.what_happened,
            composed_by=worded.composed_by,
            why_not=worded.why_not,
        )

    def _drafted(self, advisory: Advisory) -> Advisory | None:
        """The same message as it was drafted before: by a tick that died, or by one whose message did not leave."""
        recent = self.advisories.recent(advisory.site, advisory.line, _RECENT)
        return next((each for each in recent if each.advisory_id == advisory.advisory_id), None)

    def _mark(self, alarm: Alarm, change: Callable[[Alarm], Alarm]) -> None:
        """Write `change` into the alarm as it stands now: a person may have acknowledged it meanwhile."""
        current: Alarm | None = alarm
        for attempt in range(_ATTEMPTS):
            if current is None:
                return
            try:
                self.alarms.save(change(current), was=current)
                return
            except Conflict:
                if attempt == _ATTEMPTS - 1:
                    raise
                current = self.alarms.get(alarm.site, alarm.line, alarm.alarm_id)
