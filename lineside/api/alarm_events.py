"""What happened to an alarm: from the alarm itself, and from the log of what people did and said.

An act is saved with the alarm first and then appended to the log, under an id that the act itself gives it. So an act
whose entry was lost on the way is still told, from the alarm, and none is told twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Final, Literal

from lineside.alarms.model import Alarm
from lineside.api.history_models import AlarmEventView
from lineside.api.ports import AlarmEvent, AlarmLog
from lineside.telemetry.timestamps import render

LINESIDE: Final = "lineside"
TWICE_US: Final = 60_000_000
"""The same comment again within so long is a second click."""
_ORDER: Final = (
    "raised", "told", "acknowledged", "shelved", "unshelved", "out_of_service", "returned_to_service", "comment",
    "cleared",
)  # fmt: skip

Act = Literal["acknowledged", "shelved", "unshelved", "out_of_service", "returned_to_service"]


def act_of(alarm: Alarm, what: Act, by: str, at_us: int, note: str = "") -> AlarmEvent:
    """An act as the log keeps it; the same act has the same id."""
    return AlarmEvent(f"{alarm.alarm_id}-{what}-{at_us}", alarm.alarm_id, alarm.line, at_us, what, by, note)


def comment_of(alarm: Alarm, text: str, by: str, at_us: int) -> AlarmEvent:
    digest = sha256(f"{by}\0{text}".encode()).hexdigest()[:8]
    event_id = f"{alarm.alarm_id}-comment-{at_us}-{digest}"
    return AlarmEvent(event_id, alarm.alarm_id, alarm.line, at_us, "comment", by, text)


def said_before(log: AlarmLog, comment: AlarmEvent) -> AlarmEvent | None:
    """The same comment by the same person a moment ago."""
    for event in log.of_alarm(comment.alarm_id):
        same = (event.what, event.by, event.note) == (comment.what, comment.by, comment.note)
        if same and abs(comment.at_us - event.at_us) < TWICE_US:
            return event
    return None


def people_did(alarm: Alarm, logged: Iterable[AlarmEvent]) -> list[AlarmEvent]:
    """What people did and said, oldest first: as logged, and what the alarm itself still shows of it."""
    events = {event.event_id: event for event in (*_shown(alarm), *logged)}
    return sorted(events.values(), key=lambda event: (event.at_us, _ORDER.index(event.what), event.event_id))


def history_of(alarm: Alarm, logged: Iterable[AlarmEvent]) -> list[AlarmEventView]:
    """The alarm's life, oldest first."""
    events = [*_life(alarm), *map(event_view, people_did(alarm, logged))]
    return sorted(events, key=lambda event: (event.at, _ORDER.index(event.what)))


def event_view(event: AlarmEvent) -> AlarmEventView:
    return AlarmEventView(at=render(event.at_us), what=event.what, by=event.by, note=event.note)


def _shown(alarm: Alarm) -> list[AlarmEvent]:
    shown = []
    if alarm.acknowledged_us:
        shown.append(act_of(alarm, "acknowledged", alarm.acknowledged_by, alarm.acknowledged_us))
    overlay = alarm.overlay
    if overlay and overlay.kind == "shelved":
        shown.append(
            act_of(alarm, "shelved", overlay.by, overlay.since_us, shelved_note(overlay.reason, overlay.until_us))
        )
    if overlay and overlay.kind == "out_of_service":
        shown.append(act_of(alarm, "out_of_service", overlay.by, overlay.since_us, overlay.work_order))
    return shown


def shelved_note(reason: str, until_us: int) -> str:
    return f"{reason} (until {render(until_us)})"


def _life(alarm: Alarm) -> list[AlarmEventView]:
    again = f", {alarm.occurrences} times so far" if alarm.occurrences > 1 else ""
    raised = f"{alarm.kind} of {alarm.device} since {render(alarm.onset_us)}{again}"
    life = [AlarmEventView(at=render(alarm.raised_us), what="raised", by=LINESIDE, note=raised)]
    if alarm.notified_us:
        times = "one message" if alarm.notifications <= 1 else f"{alarm.notifications} messages, this the last"
        life.append(AlarmEventView(at=render(alarm.notified_us), what="told", by=LINESIDE, note=times))
    if alarm.cleared_us:
        life.append(AlarmEventView(at=render(alarm.cleared_us), what="cleared", by=LINESIDE, note=""))
    return life
