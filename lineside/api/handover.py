"""What the next shift must know, on one page: alarms and their causes, what was done, and what is still open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from lineside.alarms.model import Alarm
from lineside.api.alarm_events import event_view, people_did
from lineside.api.alarm_health import health_view
from lineside.api.asked import Asked, machines_of
from lineside.api.chat_models import FeedbackView
from lineside.api.history_models import AlarmEventView, HandoverAlarmView, HandoverView, LossesView, ShiftView
from lineside.api.line_view import machine_views
from lineside.api.losses_view import losses_view
from lineside.api.models import AdvisoryView, AlarmView
from lineside.api.ports import AlarmEvent
from lineside.api.services import Services
from lineside.line.shifts import names_of, shift_at, shifts_between
from lineside.site.model import Line
from lineside.telemetry.timestamps import parse, render

SECOND_US: Final = 1_000_000
_SHIFTS_BACK_US: Final = 48 * 3600 * SECOND_US
_MOST_SHIFTS: Final = 4
_MOST_ADVISORIES: Final = 500
_MOST_VERDICTS: Final = 200
_MOST_QUESTIONS: Final = 50
_LONG_LOSS_SECONDS: Final = 300.0
_UNEXPLAINED_SECONDS: Final = 60.0
_REASONS: Final = {
    "wrong_cause": "it names the wrong cause", "wrong_step": "it names a wrong step", "not_useful": "it is not useful",
    "unsafe": "it is unsafe", "other": "it is not right", "": "it is not right",
}  # fmt: skip


def shift_window(services: Services, which: Literal["current", "previous"]) -> Asked:
    """The running shift so far, or the whole one before it."""
    now_us, site = services.now_us(), services.site
    running = shift_at(site.shifts, site.timezone, now_us)
    if which == "current":
        return Asked(running.start_us, max(now_us, running.start_us + 1))
    before = shift_at(site.shifts, site.timezone, running.start_us - 1)
    return Asked(before.start_us, before.end_us)


def handover_view(services: Services, line: Line, asked: Asked) -> HandoverView:
    """The page for a window of a line."""
    site = services.site
    events = _by_alarm(services.alarm_log.between(line.id, asked.start_us, asked.end_us))
    alarms = _alarms(services, line, asked, events)
    advisories = _advisories(services, line)
    losses = losses_view(services, line, asked)
    shifts = shifts_between(site.shifts, site.timezone, services.now_us() - _SHIFTS_BACK_US, services.now_us())
    worked = shifts_between(site.shifts, site.timezone, asked.start_us, asked.end_us)
    shift = names_of(worked, asked.start_us, asked.end_us)
    lost_minutes = round(lost_seconds(alarms, asked) / 60, 1)
    causes = [alarm for alarm in alarms if not alarm.caused_by]
    return HandoverView(
        site=site.site,
        line=line.id,
        shift=shift,
        shifts=tuple(
            ShiftView(name=one.name, since=render(one.start_us), until=render(one.end_us))
            for one in reversed(shifts[-_MOST_SHIFTS:])
        ),
        since=render(asked.start_us),
        until=render(asked.end_us),
        headline=_headline(shift, causes, lost_minutes),
        lost_minutes=lost_minutes,
        alarms=tuple(_alarm_view(alarm, advisories, events, asked) for alarm in alarms),
        shelved=tuple(AlarmView.of(alarm) for alarm in _quiet(services, line)),
        open_questions=tuple(_questions(services, line, alarms, losses, asked)[:_MOST_QUESTIONS]),
        severities=dict(Counter(alarm.severity for alarm in causes)),
        health=health_view(services, [line.id], asked.start_us, asked.end_us),
        losses=losses,
    )


# --- alarms -----------------------------------------------------------------------------------------------------------


def _alarms(services: Services, line: Line, asked: Asked, events: dict[str, list[AlarmEvent]]) -> list[Alarm]:
    """Those that stood at any time of the window, and those that somebody did something about in it."""
    site = services.site.site
    stood = services.alarms.open_alarms(site, line.id, cleared_since_us=asked.start_us)
    raised = services.alarms.history(site, line.id, asked.start_us, asked.end_us)
    found = {alarm.alarm_id: alarm for alarm in (*stood, *raised) if _stood(alarm, asked)}
    for alarm_id in events.keys() - found.keys():
        alarm = services.alarms.get(site, line.id, alarm_id)
        if alarm is not None:
            found[alarm_id] = alarm
    return sorted(found.values(), key=lambda one: (bool(one.caused_by), one.priority, one.raised_us, one.alarm_id))


def _stood(alarm: Alarm, asked: Asked) -> bool:
    return alarm.raised_us < asked.end_us and (not alarm.cleared_us or alarm.cleared_us >= asked.start_us)


def _quiet(services: Services, line: Line) -> list[Alarm]:
    """Shelved or out of service, now."""
    open_now = services.alarms.open_alarms(services.site.site, line.id)
    return [one for one in open_now if one.overlay and one.overlay.kind in ("shelved", "out_of_service")]


def lost_seconds(alarms: Iterable[Alarm], asked: Asked) -> float:
    """What the line lost in the window: consequences count at their cause, and no second for two causes.

    An alarm that began before the window gives the share of its loss that its time in the window has.
    """
    spans: list[tuple[int, int]] = []
    lost = 0.0
    for alarm in alarms:
        if alarm.caused_by or alarm.lost_seconds <= 0:
            continue
        end_us = alarm.cleared_us or max(asked.end_us, alarm.raised_us)
        start_us, until_us = max(alarm.onset_us, asked.start_us), min(end_us, asked.end_us)
        if until_us <= start_us:
            continue
        spans.append((start_us, until_us))
        lost += alarm.lost_seconds * (until_us - start_us) / max(1, end_us - alarm.onset_us)
    return min(lost, _covered_us(spans) / SECOND_US)


def _covered_us(spans: Iterable[tuple[int, int]]) -> int:
    covered, reached = 0, 0
    for start_us, end_us in sorted(spans):
        covered += max(0, end_us - max(start_us, reached))
        reached = max(reached, end_us)
    return covered


def _advisories(services: Services, line: Line) -> dict[str, AdvisoryView]:
    """Alarm -> the newest advisory about it."""
    newest_first = services.advisories.recent(services.site.site, line.id, _MOST_ADVISORIES)
    return {one.alarm_id: AdvisoryView.of(one) for one in reversed(newest_first)}


def _by_alarm(events: Iterable[AlarmEvent]) -> dict[str, list[AlarmEvent]]:
    found: dict[str, list[AlarmEvent]] = {}
    for event in events:
        found.setdefault(event.alarm_id, []).append(event)
    return found


def _alarm_view(
    alarm: Alarm, advisories: dict[str, AdvisoryView], events: dict[str, list[AlarmEvent]], asked: Asked
) -> HandoverAlarmView:
    done = [one for one in people_did(alarm, events.get(alarm.alarm_id, ())) if _within(one, asked)]
    views: list[AlarmEventView] = list(map(event_view, done))
    return HandoverAlarmView(alarm=AlarmView.of(alarm), advisory=advisories.get(alarm.alarm_id), done=tuple(views))


def _within(event: AlarmEvent, asked: Asked) -> bool:
    return asked.start_us <= event.at_us < asked.end_us


# --- sentences --------------------------------------------------------------------------------------------------------


def _headline(shift: str, causes: Sequence[Alarm], lost_minutes: float) -> str:
    who = f"{shift}: " if shift else ""
    if not causes:
        return f"{who}no alarms"
    count = "1 alarm" if len(causes) == 1 else f"{len(causes)} alarms"
    parts = [f"{who}{count}", f"{lost_minutes:g} min lost"]
    worst = max(causes, key=lambda alarm: alarm.lost_seconds)
    if worst.lost_seconds > 0:
        parts.append(f"most of it by {worst.device} ({worst.kind.replace('_', ' ')})")
    waiting = sum(alarm.state in ("unacknowledged", "rtn_unacknowledged") for alarm in causes)
    return ", ".join([*parts, f"{waiting} not acknowledged"] if waiting else parts)


def _questions(services: Services, line: Line, alarms: Sequence[Alarm], losses: LossesView, asked: Asked) -> list[str]:
    """What the shift leaves open, most urgent first, each as a sentence."""
    zone = ZoneInfo(services.site.timezone)
    return [
        *_unacknowledged(alarms, zone),
        *_unexplained(services, alarms, losses, zone),
        *_silent(services, line, zone),
        *_criticised(services, line, asked),
        *_quarantined(services),
    ]


def _unacknowledged(alarms: Iterable[Alarm], zone: ZoneInfo) -> list[str]:
    return [
        f"{alarm.device}: nobody has acknowledged the {_words(alarm)} of {_clock(alarm.raised_us, zone)}"
        + ("." if alarm.active else ", which is over.")
        for alarm in alarms
        if not alarm.acknowledged_us and not alarm.caused_by and alarm.overlay is None
    ]


def _unexplained(services: Services, alarms: Iterable[Alarm], losses: LossesView, zone: ZoneInfo) -> list[str]:
    """Long stops of which nobody has said why, and waiting for which no machine was found."""
    told = []
    for alarm in alarms:
        if alarm.kind != "stop" or alarm.caused_by or alarm.lost_seconds < _LONG_LOSS_SECONDS:
            continue
        if not any(event.what == "comment" for event in services.alarm_log.of_alarm(alarm.alarm_id)):
            minutes = alarm.lost_seconds / 60
            told.append(
                f"{alarm.device}: why it stopped at {_clock(alarm.onset_us, zone)} ({minutes:.0f} min) is not noted."
            )
    waited = (loss for loss in losses.losses if loss.name in ("blocked", "starved") and "no cause" in loss.note)
    return [
        *told,
        *(
            f"{loss.machine}: {loss.seconds / 60:.1f} min {loss.name} without a cause that was seen."
            for loss in waited
            if loss.seconds >= _UNEXPLAINED_SECONDS
        ),
    ]


def _silent(services: Services, line: Line, zone: ZoneInfo) -> list[str]:
    views = machine_views(services, line, machines_of(services, line))
    quiet = [
        f"{view.id}: not heard since {_clock(parse(view.seen_at), zone)}."
        for view in views
        if view.stale and view.seen_at
    ]
    never = [view.id for view in views if view.declared and view.seen_at is None]
    return [*quiet, *([f"Never heard: {', '.join(never)}."] if never else [])]


def _criticised(services: Services, line: Line, asked: Asked) -> list[str]:
    """Verdicts of the window against answers and this line's advisories, unless a comment has answered since."""
    advisories = {
        one.advisory_id: one for one in services.advisories.recent(services.site.site, line.id, _MOST_ADVISORIES)
    }
    told = []
    for verdict in services.feedback.recent(_MOST_VERDICTS):
        given_us = parse(verdict.given_at)
        if verdict.verdict != "down" or not asked.start_us <= given_us < asked.end_us:
            continue
        advisory = advisories.get(verdict.about_id) if verdict.about == "advisory" else None
        if verdict.about == "advisory" and advisory is None:  # of another line
            continue
        if advisory is None or not _answered(services, advisory.alarm_id, given_us):
            told.append(_criticism(verdict, f"the advice on {advisory.device}" if advisory else "an answer"))
    return told


def _answered(services: Services, alarm_id: str, since_us: int) -> bool:
    return any(event.what == "comment" and event.at_us > since_us for event in services.alarm_log.of_alarm(alarm_id))


def _criticism(verdict: FeedbackView, about: str) -> str:
    said = f": “{verdict.correction.strip()[:160]}”" if verdict.correction.strip() else ""
    return f"{verdict.by} says of {about} that {_REASONS[verdict.reason]}{said}."


def _quarantined(services: Services) -> list[str]:
    waiting = services.quarantine.list(services.site.site, 1_000)
    if not waiting:
        return []
    reason, _ = Counter(entry.reason for entry in waiting).most_common(1)[0]
    count = "1 message waits" if len(waiting) == 1 else f"{len(waiting)} messages wait"
    return [f"{count} in quarantine, most because: {reason[:160]}."]


def _words(alarm: Alarm) -> str:
    return f"{alarm.severity} alarm ({alarm.kind.replace('_', ' ')})"


def _clock(at_us: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at_us // SECOND_US, zone).strftime("%H:%M")
