"""Sites, machines, telemetry windows, losses and the handover."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query

from lineside.api.access import Viewer
from lineside.api.history_models import HandoverView, LossesView, SiteView, TelemetryView
from lineside.api.line_routes import OneLine, Ports
from lineside.api.models import MachineView

router = APIRouter(prefix="/api")
TODO = HTTPException(501, "not yet")
Instant = Annotated[str, Query(description="RFC 3339; empty is the default", max_length=64)]


@router.get("/sites")
def sites(person: Viewer, services: Ports) -> list[SiteView]:
    raise TODO


@router.get("/lines/{line}/machines")
def machines(line: OneLine, person: Viewer, services: Ports) -> list[MachineView]:
    raise TODO


@router.get("/lines/{line}/machines/{machine}")
def machine(line: OneLine, machine: str, person: Viewer, services: Ports) -> MachineView:
    raise TODO


@router.get("/lines/{line}/machines/{machine}/telemetry")
def telemetry(
    line: OneLine,
    machine: str,
    person: Viewer,
    services: Ports,
    attribute: Annotated[list[str] | None, Query()] = None,
    since: Instant = "",
    until: Instant = "",
    points: Annotated[int, Query(ge=0, le=5_000)] = 300,
) -> TelemetryView:
    """Values over a window: the last 30 minutes unless said otherwise, 31 days at most."""
    raise TODO


@router.get("/lines/{line}/losses")
def losses(line: OneLine, person: Viewer, services: Ports, since: Instant = "", until: Instant = "") -> LossesView:
    """States of every machine and the loss tree; the last 24 hours unless said otherwise."""
    raise TODO


@router.get("/lines/{line}/handover")
def handover(line: OneLine, person: Viewer, services: Ports, since: Instant = "", until: Instant = "") -> HandoverView:
    """What the next shift must know; the last 8 hours unless said otherwise."""
    raise TODO
