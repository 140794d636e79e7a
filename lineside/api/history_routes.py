"""Sites, machines, telemetry windows, losses and the handover."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query

from lineside.api.access import Viewer
from lineside.api.asked import MINUTE_US, machine_named, machines_of, window_of
from lineside.api.handover import handover_view, shift_window
from lineside.api.history_models import HandoverView, LossesView, SiteView, TelemetryView
from lineside.api.line_routes import OneLine, Ports
from lineside.api.line_view import machine_views
from lineside.api.losses_view import losses_view
from lineside.api.models import MachineView
from lineside.api.telemetry_view import telemetry_view

router = APIRouter(prefix="/api")
Instant = Annotated[str, Query(description="RFC 3339; empty is the default", max_length=64)]
Name = Annotated[str, Query(max_length=256)]

HOUR_US: Final = 60 * MINUTE_US


@router.get("/sites")
def sites(_: Viewer, services: Ports) -> list[SiteView]:
    """The sites that the person may see; this application serves one."""
    site = services.site
    lines = tuple(line.id for line in services.lines())
    return [SiteView(id=site.site, tenant=site.tenant, timezone=site.timezone, lines=lines)]


@router.get("/lines/{line}/machines")
def machines(line: OneLine, _: Viewer, services: Ports) -> list[MachineView]:
    """Every machine of the line as it stands."""
    return machine_views(services, line, machines_of(services, line))


@router.get("/lines/{line}/machines/{machine:path}/telemetry")
def telemetry(
    line: OneLine,
    machine: str,
    _: Viewer,
    services: Ports,
    attribute: Annotated[list[Name] | None, Query(max_length=100)] = None,
    since: Instant = "",
    until: Instant = "",
    points: Annotated[int, Query(ge=0, le=5_000)] = 300,
) -> TelemetryView:
    """Values over a window: the last 30 minutes unless said otherwise, 31 days at most.

    A machine is meant by its id, its thing or in any letter case; an attribute by its name or its label.
    """
    known = machine_named(machine, machines_of(services, line), line.id)
    asked = window_of(since, until, services.now_us(), 30 * MINUTE_US)
    return telemetry_view(services, line, known, attribute or (), asked, points)


@router.get("/lines/{line}/machines/{machine:path}")
def machine(line: OneLine, machine: str, _: Viewer, services: Ports) -> MachineView:
    """One machine as it stands, by its id, its thing or in any letter case."""
    known = machine_named(machine, machines_of(services, line), line.id)
    return machine_views(services, line, [known])[0]


@router.get("/lines/{line}/losses")
def losses(line: OneLine, _: Viewer, services: Ports, since: Instant = "", until: Instant = "") -> LossesView:
    """States of every machine and the loss tree; the last 24 hours unless said otherwise."""
    return losses_view(services, line, window_of(since, until, services.now_us(), 24 * HOUR_US))


@router.get("/lines/{line}/handover")
def handover(
    line: OneLine,
    _: Viewer,
    services: Ports,
    since: Instant = "",
    until: Instant = "",
    shift: Annotated[Literal["", "current", "previous"], Query(description="instead of since and until")] = "",
) -> HandoverView:
    """What the next shift must know; the last 8 hours unless said otherwise, or one shift of the site's."""
    if shift:
        return handover_view(services, line, shift_window(services, shift))
    return handover_view(services, line, window_of(since, until, services.now_us(), 8 * HOUR_US))
