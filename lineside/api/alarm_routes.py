"""Alarms and what people do about them, the advisories, and the health of the alarm system itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query

from lineside.alarms import lifecycle
from lineside.alarms.health import assess
from lineside.alarms.model import Alarm
from lineside.api.access import Operator, Viewer
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
from lineside.api.services import Services
from lineside.errors import Conflict
from lineside.telemetry.timestamps import render

router = APIRouter(prefix="/api")

_ATTEMPTS = 5
HOUR_US = 3_600_000_000


@router.get("/alarms")
def alarms(
    _: Viewer,
    services: Ports,
    line: str = "",
    hours: Annotated[float, Query(ge=0, le=24 * 31, description="also those raised in the last hours")] = 0,
) -> list[AlarmView]:
    """The open alarms, most urgent first."""
    found: dict[str, Alarm] = {}
    for line_id in _line_ids(services, line):
        found |= {one.alarm_id: one for one in services.alarms.open_alarms(services.site.site, line_id)}
        if hours:
            found |= {one.alarm_id: one for one in _raised(services, line_id, hours)}
    ordered = sorted(found.values(), key=lambda alarm: (not alarm.is_open, alarm.priority, -alarm.raised_us))
    return [AlarmView.of(alarm) for alarm in ordered]


@router.get("/alarms/health")
def alarm_health(
    _: Viewer, services: Ports, line: str = "", hours: Annotated[float, Query(gt=0, le=24 * 31)] = 8
) -> AlarmHealthView:
    """Rate, floods, chattering, stale and top offenders over the last hours."""
    until_us = services.now_us()
    line_ids = _line_ids(services, line)
    raised = [alarm for line_id in line_ids for alarm in _raised(services, line_id, hours)]
    open_now = [alarm for line_id in line_ids for alarm in services.alarms.open_alarms(services.site.site, line_id)]
    health = assess(raised, open_now, until_us - int(hours * HOUR_US), until_us)
    lists = {
        name: [one.alarm_id for one in getattr(health, name)]
        for name in ("chattering", "stale", "shelved", "out_of_service")
    }
    same = {name: getattr(health, name) for name in _SAME_IN_HEALTH}
    return AlarmHealthView.model_validate(
        {
            "since": render(health.since_us),
            "until": render(health.until_us),
            "floods": len(health.floods),
            "top_offenders": [asdict(offender) for offender in health.top_offenders],
            **lists,
            **same,
        }
    )


_SAME_IN_HEALTH = (
    "alarms",
    "suppressed",
    "messages",
    "per_hour",
    "most_in_ten_minutes",
    "flood_share",
    "priority_mix",
    "unhealthy",
)


@router.get("/alarms/{alarm_id}")
def alarm(alarm_id: str, _: Viewer, services: Ports) -> AlarmView:
    return AlarmView.of(_find(services, alarm_id))


@router.post("/alarms/{alarm_id}/acknowledge")
def acknowledge(alarm_id: str, person: Operator, services: Ports) -> AlarmView:
    """A person has seen it and takes care."""
    return _change(services, alarm_id, lambda one, now_us: lifecycle.acknowledge(one, by=person.name, now_us=now_us))


@router.post("/alarms/{alarm_id}/shelve")
def shelve(alarm_id: str, act: Shelve, person: Operator, services: Ports) -> AlarmView:
    """Silence it for a while, with a reason; it comes back by itself."""

    def shelved(one: Alarm, now_us: int) -> Alarm:
        until_us = now_us + int(act.minutes * 60_000_000)
        return lifecycle.shelve(one, by=person.name, reason=act.reason, until_us=until_us, now_us=now_us)

    return _change(services, alarm_id, shelved)


@router.post("/alarms/{alarm_id}/unshelve")
def unshelve(alarm_id: str, _: Operator, services: Ports) -> AlarmView:
    return _change(services, alarm_id, lambda one, __: lifecycle.unshelve(one))


@router.post("/alarms/{alarm_id}/out-of-service")
def out_of_service(alarm_id: str, act: OutOfService, person: Operator, services: Ports) -> AlarmView:
    """Quiet for maintenance, under a work order."""

    def taken_out(one: Alarm, now_us: int) -> Alarm:
        return lifecycle.take_out_of_service(one, by=person.name, work_order=act.work_order, now_us=now_us)

    return _change(services, alarm_id, taken_out)


@router.post("/alarms/{alarm_id}/return-to-service")
def return_to_service(alarm_id: str, _: Operator, services: Ports) -> AlarmView:
    return _change(services, alarm_id, lambda one, __: lifecycle.return_to_service(one))


@router.post("/alarms/{alarm_id}/comment", status_code=201)
def comment(alarm_id: str, said: Comment, person: Operator, services: Ports) -> AlarmEventView:
    """Something the next person should know of this alarm."""
    raise HTTPException(501, "not yet")


@router.get("/alarms/{alarm_id}/history")
def history(alarm_id: str, _: Viewer, services: Ports) -> list[AlarmEventView]:
    """What happened to an alarm, and what people did and said, oldest first."""
    raise HTTPException(501, "not yet")


@router.get("/advisories")
def advisories(
    _: Viewer, services: Ports, line: str = "", limit: Annotated[int, Query(ge=1, le=500)] = 20
) -> list[AdvisoryView]:
    """What people were told, newest first."""
    found = [
        one for line_id in _line_ids(services, line)
        for one in services.advisories.recent(services.site.site, line_id, limit)
    ]  # fmt: skip
    newest = sorted(found, key=lambda one: (one.drafted_us, one.advisory_id), reverse=True)
    return [AdvisoryView.of(one) for one in newest[:limit]]


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


def _change(services: Services, alarm_id: str, act: Callable[[Alarm, int], Alarm]) -> AlarmView:
    """Change an alarm as it stands now; the advisor may have moved it a moment ago, which is not the caller's fault."""
    for attempt in range(_ATTEMPTS):
        was = _find(services, alarm_id)
        changed = act(was, services.now_us())
        try:
            services.alarms.save(changed, was=was)
            return AlarmView.of(changed)
        except Conflict:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("the last attempt either returns or raises")
