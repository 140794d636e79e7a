"""Set-point commands over HTTP: what may be set, proposing, a second person's yes or no, and the stop-all switch.

Who acts is whoever is signed in. A person who proposes what the assistant wrote down, or what they said, says so with
the channel, and another person must then approve. Nobody approves by any other way than the route below.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query

from lineside.api.access import Engineer, Operator, Person, Role, Viewer
from lineside.api.command_models import (
    AuditView,
    AutomaticView,
    AutomationView,
    CommandPointView,
    CommandView,
    DecideCommand,
    DecisionView,
    ProposeCommand,
    ResetAutomatic,
    StopAutomation,
    WhatIfView,
    Withdraw,
)
from lineside.api.command_views import (
    audit_view,
    automatic_row_view,
    command_view,
    decision_view,
    point_view,
    what_if_view,
)
from lineside.api.line_routes import Ports
from lineside.api.services import Services
from lineside.control.automation import UnknownRow
from lineside.control.desk import ControlDesk
from lineside.control.filing import UnknownCommand, Who, instant
from lineside.control.ports import NO_NUMBER
from lineside.control.record import IN_FLIGHT, Command
from lineside.control.request import CommandRequest
from lineside.control.what_if import unknown
from lineside.errors import Conflict
from lineside.site.model import Line

router = APIRouter(prefix="/api")
CommandId = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$")]
HOUR_US = 3_600_000_000
SECOND_US = 1_000_000


@router.get("/command-points")
def command_points(
    _: Viewer, services: Ports, line: Annotated[str, Query(max_length=128)] = ""
) -> list[CommandPointView]:
    """Everything that may be set, with the value in force."""
    return [view for each in _lines(services, line) for view in _points(services, each)]


@router.get("/commands")
def commands(
    _: Viewer,
    services: Ports,
    line: Annotated[str, Query(max_length=128)] = "",
    hours: Annotated[float, Query(gt=0, le=24 * 31)] = 24,
) -> list[CommandView]:
    """Those proposed, sent or ended in the last hours, the newest first."""
    since_us = services.now_us() - int(hours * HOUR_US)
    store, site = _desk(services).store, services.site
    found = [each for one in _lines(services, line) for each in store.recent(site.site, one.id, since_us)]
    return [command_view(site, each) for each in sorted(found, key=lambda each: -each.proposed_us)]


@router.get("/commands/automatic")
def automatic(_: Viewer, services: Ports) -> AutomaticView:
    """What Lineside may do by itself, row by row as the site file declares it, and how each stands."""
    desk, now_us, site = _desk(services), services.now_us(), services.site
    rows = [automatic_row_view(line.id, row) for line in site.lines for row in desk.automation.rows(line.id, now_us)]
    return AutomaticView(stopped=desk.store.automation_stopped(site.site), rows=tuple(rows))


@router.post("/commands/automatic/reset")
def reset_automatic(given: ResetAutomatic, person: Operator, services: Ports) -> AutomaticView:
    """Let a row that has stopped act again: who may approve changes of that set-point, under a name of their own."""
    try:
        _desk(services).reset_automatic(given.line, given.key, _who(person), services.now_us())
    except UnknownRow as error:
        raise HTTPException(404, str(error)) from error
    return automatic(person, services)


@router.get("/commands/{command_id}")
def command(command_id: CommandId, _: Viewer, services: Ports) -> CommandView:
    return command_view(services.site, _found(services, command_id))


@router.post("/commands/check")
def check(given: ProposeCommand, person: Operator, services: Ports) -> DecisionView:
    """What the rules would say now if the person who asks proposed this in the console; nothing is kept."""
    request = _request(given, person, services.now_us())
    line = services.site.line_id(request.device)
    return decision_view(_desk(services).filing.decided_on(request, line, services.now_us()))


@router.post("/commands/what-if")
def what_if(given: ProposeCommand, person: Operator, services: Ports) -> WhatIfView:
    """What this proposal would have done to the last hour, by a model of the line; nothing is kept, nothing is sent."""
    if services.what_if is None:
        return what_if_view(unknown("there is no model of a line here"))
    now_us = services.now_us()
    return what_if_view(services.what_if.ask(_request(given, person, now_us), now_us))


@router.post("/commands")
def propose(given: ProposeCommand, person: Operator, services: Ports) -> CommandView:
    """Ask for a change. It is checked, kept whatever comes of it, and sent once nobody has to agree any more."""
    desk, now_us = _desk(services), services.now_us()
    known = desk.store.get(services.site.site, given.command_id)
    # Sent a second time it expires as it did the first time, so that it is the same request.
    request = _request(given, person, known.proposed_us if known else now_us)
    return command_view(services.site, desk.propose(request, _who(person), now_us))


@router.post("/commands/{command_id}/decision")
def decide(command_id: CommandId, given: DecideCommand, person: Operator, services: Ports) -> CommandView:
    """A person's yes or no to a command that waits for one. The rules decide anew, so a yes may come too late."""
    desk, now_us = _desk(services), services.now_us()
    seen = _found(services, command_id)
    if seen.version != given.version:
        raise Conflict("the command has changed since you looked at it: look again, then decide")
    if given.approved:
        decided = desk.approve(command_id, _who(person), now_us, note=given.note)
    else:
        decided = desk.reject(command_id, _who(person), now_us, given.note)
    return command_view(services.site, decided)


@router.post("/commands/{command_id}/withdraw")
def withdraw(command_id: CommandId, given: Withdraw, person: Operator, services: Ports) -> CommandView:
    """Take one's own proposal back, as long as it has not been sent."""
    _found(services, command_id)
    taken_back = _desk(services).withdraw(command_id, _who(person), services.now_us(), given.note)
    return command_view(services.site, taken_back)


@router.get("/automation")
def automation(_: Viewer, services: Ports) -> AutomationView:
    """Whether the stop-all switch is on."""
    return AutomationView(stopped=_desk(services).store.automation_stopped(services.site.site))


@router.post("/automation")
def stop_automation(given: StopAutomation, person: Operator, services: Ports) -> AutomationView:
    """Stop everything automatic, which any operator may; to start it again takes an engineer."""
    _desk(services).stop_automation(_who(person), services.now_us(), stopped=given.stopped, reason=given.reason)
    return automation(person, services)


@router.get("/commands-audit")
def audit(
    _: Engineer,
    services: Ports,
    after: Annotated[int | None, Query(ge=0)] = None,
    before: Annotated[int | None, Query(ge=0)] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
) -> AuditView:
    """The audit log of commands, a page of it in order: the newest entries, those that end before the number
    `before`, or those that begin after the number `after`."""
    log, site = _desk(services).audit, services.site.site
    if after is not None and before is not None:
        raise HTTPException(422, "give `after` or `before`, not both")
    if after is not None:
        entries = log.entries(site, min(after, NO_NUMBER), limit)
    else:
        entries = log.newest(site, limit, before=NO_NUMBER if before is None else min(before, NO_NUMBER))
    return AuditView(entries=tuple(audit_view(each) for each in entries))


def _desk(services: Services) -> ControlDesk:
    if services.control is None:
        raise HTTPException(404, "nothing is commanded from here")
    return services.control


def _found(services: Services, command_id: str) -> Command:
    try:
        return _desk(services).filing.current(command_id, services.now_us())
    except UnknownCommand as error:
        raise HTTPException(404, str(error)) from error


def _who(person: Person) -> Who:
    return Who(person.name, tuple(role.word for role in Role if role <= person.role), named=person.by != "token")


def _request(given: ProposeCommand, person: Person, now_us: int) -> CommandRequest:
    return CommandRequest(
        id=given.command_id,
        device=given.device,
        attribute=given.attribute,
        value=given.value,
        unit=given.unit,
        proposed_by=person.name,
        roles=_who(person).roles,
        channel=given.channel,
        expires_at=instant(now_us + int(given.expires_in_seconds * SECOND_US)),
        alarm_id=given.alarm_id,
        justification=given.justification,
    )


def _lines(services: Services, line_id: str) -> Iterator[Line]:
    for line in services.site.lines:
        if line_id in ("", line.id):
            yield line


def _points(services: Services, line: Line) -> Iterator[CommandPointView]:
    desk, now_us = _desk(services), services.now_us()
    flying = {each.point: each.command_id for each in desk.store.open(services.site.site) if each.status in IN_FLIGHT}
    values = desk.values(line.id)
    for machine in line.machines:
        for point in machine.commands:
            in_flight = flying.get((machine.id, point.attribute), "")
            yield point_view(line.id, machine, point, values.get(machine.id, {}), in_flight, now_us)
