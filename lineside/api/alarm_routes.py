"""Alarms and what people do about them, the advisories, and the health of the alarm system itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query

from lineside.alarms import lifecycle
from lineside.alarms.model import Alarm, OverlayKind, ProcessState
from lineside.api.access import Operator, Viewer
from lineside.api.alarm_changes import PossibleChangeView, changes_view
from lineside.api.alarm_events import act_of, comment_of, event_view, history_of, said_before, shelved_note
from lineside.api.alarm_health import health_view
from lineside.api.asked import machine_named, machines_of
from lineside.api.chat_models import FeedbackView
from lineside.api.history_models import AlarmEventView
from lineside.api.line_routes import Ports
from lineside.api.models import (
    AdvisoryView,
    AlarmHealthView,
    AlarmView,
    Comment,
    OutOfService,
    Shelve,
)
from lineside.api.ports import AlarmEvent
from lineside.api.services import Services
from lineside.errors import Conflict, Refused

router = APIRouter(prefix="/api")

_ATTEMPTS = 5
HOUR_US = 3_600_000_000

Condition = ProcessState | OverlayKind
Changed = tuple[Alarm, AlarmEvent]
"""The alarm after an act, and the act as the log keeps it."""


@router.get("/alarms")
def alarms(
    _: Viewer,
    services: Ports,
    line: str = "",
    hours: Annotated[float, Query(ge=0, le=24 * 31, description="also those raised in the last hours")] = 0,
    state: Annotated[list[Condition] | None, Query(description="only those in one of these states")] = None,
    machine: Annotated[str, Query(max_length=128, description="only those of, caused by or felt by it")] = "",
) -> list[AlarmView]:
    """The open alarms, most urgent first, then the newest."""
    found: dict[str, Alarm] = {}
    for line_id in _line_ids(services, line):
        found |= {one.alarm_id: one for one in services.alarms.open_alarms(services.site.site, line_id)}
        if hours:
            found |= {one.alarm_id: one for one in _raised(services, line_id, hours)}
    wanted = [alarm for alarm in found.values() if not state or set(state) & _conditions(alarm)]
    if machine:
        device = _device_named(services, machine, found.values())
        wanted = [alarm for alarm in wanted if device in _concerned(alarm)]
    return [AlarmView.of(alarm) for alarm in sorted(wanted, key=_urgency)]


@router.get("/alarms/health")
def alarm_health(
    _: Viewer, services: Ports, line: str = "", hours: Annotated[float, Query(gt=0, le=24 * 31)] = 8
) -> AlarmHealthView:
    """Rate, floods, chattering, stale and top offenders over the last hours."""
    until_us = services.now_us()
    return health_view(services, _line_ids(services, line), until_us - int(hours * HOUR_US), until_us)


@router.get("/alarms/{alarm_id}")
def alarm(alarm_id: str, _: Viewer, services: Ports) -> AlarmView:
    return AlarmView.of(_find(services, alarm_id))


@router.post("/alarms/{alarm_id}/acknowledge")
def acknowledge(alarm_id: str, person: Operator, services: Ports) -> AlarmView:
    """A person has seen it and takes care."""

    def seen(one: Alarm, now_us: int) -> Changed:
        changed = lifecycle.acknowledge(one, by=person.name, now_us=now_us)
        return changed, act_of(one, "acknowledged", person.name, now_us)

    return _change(services, alarm_id, seen)


@router.post("/alarms/{alarm_id}/shelve")
def shelve(alarm_id: str, act: Shelve, person: Operator, services: Ports) -> AlarmView:
    """Silence it for a while, with a reason; it comes back by itself."""

    def shelved(one: Alarm, now_us: int) -> Changed:
        until_us = now_us + int(act.minutes * 60_000_000)
        changed = lifecycle.shelve(one, by=person.name, reason=act.reason, until_us=until_us, now_us=now_us)
        return changed, act_of(one, "shelved", person.name, now_us, shelved_note(act.reason.strip(), until_us))

    return _change(services, alarm_id, shelved)


@router.post("/alarms/{alarm_id}/unshelve")
def unshelve(alarm_id: str, person: Operator, services: Ports) -> AlarmView:
    """Take it off the shelf before its time."""

    def back(one: Alarm, now_us: int) -> Changed:
        return lifecycle.unshelve(one), act_of(one, "unshelved", person.name, now_us)

    return _change(services, alarm_id, back)


@router.post("/alarms/{alarm_id}/out-of-service")
def out_of_service(alarm_id: str, act: OutOfService, person: Operator, services: Ports) -> AlarmView:
    """Quiet for maintenance, under a work order."""

    def taken_out(one: Alarm, now_us: int) -> Changed:
        changed = lifecycle.take_out_of_service(one, by=person.name, work_order=act.work_order, now_us=now_us)
        return changed, act_of(one, "out_of_service", person.name, now_us, act.work_order.strip())

    return _change(services, alarm_id, taken_out)


@router.post("/alarms/{alarm_id}/return-to-service")
def return_to_service(alarm_id: str, person: Operator, services: Ports) -> AlarmView:
    """Maintenance is over."""

    def returned(one: Alarm, now_us: int) -> Changed:
        return lifecycle.return_to_service(one), act_of(one, "returned_to_service", person.name, now_us)

    return _change(services, alarm_id, returned)


@router.post("/alarms/{alarm_id}/comment", status_code=201)
def comment(alarm_id: str, said: Comment, person: Operator, services: Ports) -> AlarmEventView:
    """Something the next person should know of this alarm. The same words again within a minute are kept once."""
    text = said.text.strip()
    if not text:
        raise Refused("a comment needs words")
    comment = comment_of(_find(services, alarm_id), text, person.name, services.now_us())
    before = said_before(services.alarm_log, comment)
    if before is None:
        services.alarm_log.append(comment)
    return event_view(before or comment)


@router.get("/alarms/{alarm_id}/history")
def history(alarm_id: str, _: Viewer, services: Ports) -> list[AlarmEventView]:
    """What happened to an alarm, and what people did and said, oldest first."""
    return history_of(_find(services, alarm_id), services.alarm_log.of_alarm(alarm_id))


@router.get("/alarms/{alarm_id}/changes")
def changes(alarm_id: str, _: Viewer, services: Ports) -> list[PossibleChangeView]:
    """The set-points that a person might propose to change because of it; those with a direction first."""
    return changes_view(services, _find(services, alarm_id))


@router.get("/advisories")
def advisories(
    person: Viewer, services: Ports, line: str = "", limit: Annotated[int, Query(ge=1, le=500)] = 20
) -> list[AdvisoryView]:
    """What people were told, newest first, with what one said of it oneself."""
    found = [
        one for line_id in _line_ids(services, line)
        for one in services.advisories.recent(services.site.site, line_id, limit)
    ]  # fmt: skip
    newest = sorted(found, key=lambda one: (one.drafted_us, one.advisory_id), reverse=True)
    given = services.feedback.of(person.key, [one.advisory_id for one in newest[:limit]])
    return [_with_verdict(AdvisoryView.of(one), given.get(one.advisory_id)) for one in newest[:limit]]


def _with_verdict(advisory: AdvisoryView, given: FeedbackView | None) -> AdvisoryView:
    if given is None:
        return advisory
    return advisory.model_copy(update={"verdict": given.verdict, "resolution": given.resolution})


def _line_ids(services: Services, line: str) -> list[str]:
    if line and services.line(line) is None:
        raise HTTPException(404, f"there is no line {line!r}")
    return [line] if line else [one.id for one in services.lines()]


def _raised(services: Services, line_id: str, hours: float) -> list[Alarm]:
    until_us = services.now_us()
    return services.alarms.history(services.site.site, line_id, until_us - int(hours * HOUR_US), until_us + 1)


def _find(services: Services, alarm_id: str) -> Alarm:
    for line in services.lines():
        found = services.alarms.get(services.site.site, line.id, alarm_id)
        if found is not None:
            return found
    raise HTTPException(404, f"there is no alarm {alarm_id!r}")


def _change(services: Services, alarm_id: str, act: Callable[[Alarm, int], Changed]) -> AlarmView:
    """Change an alarm as it stands now; the advisor may have moved it a moment ago, which is not the caller's fault."""
    for attempt in range(_ATTEMPTS):
        was = _find(services, alarm_id)
        changed, event = act(was, services.now_us())
        try:
            services.alarms.save(changed, was=was)
        except Conflict:
            if attempt == _ATTEMPTS - 1:
                raise
            continue
        services.alarm_log.append(event)
        return AlarmView.of(changed)
    raise AssertionError("the last attempt either returns or raises")


def _conditions(alarm: Alarm) -> set[str]:
    return {alarm.state, alarm.overlay.kind} if alarm.overlay else {alarm.state}


def _concerned(alarm: Alarm) -> set[str]:
    return {alarm.device, alarm.cause, *(victim.device for victim in alarm.victims)}


def _urgency(alarm: Alarm) -> tuple[bool, int, int, str]:
    return (not alarm.is_open, alarm.priority, -alarm.raised_us, alarm.alarm_id)


def _device_named(services: Services, name: str, alarms: Iterable[Alarm]) -> str:
    """The device that is meant; one that no line knows any more may still have alarms."""
    known = [known for line in services.lines() for known in machines_of(services, line)]
    if any(name in _concerned(alarm) for alarm in alarms) or not known:
        return name
    return machine_named(name, known, services.site.site).machine.id
