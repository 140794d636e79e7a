"""The line as it stands, the process's own health, and the messages in quarantine."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse

from lineside.api.access import Engineer, Viewer
from lineside.api.line_view import entities, etag_of, line_view
from lineside.api.models import HealthView, LineSummary, LineView, QuarantinedView, ReplayView
from lineside.api.services import Services
from lineside.line.quarantine import Quarantined
from lineside.site.model import Line
from lineside.telemetry.timestamps import render

router = APIRouter(prefix="/api")
open_router = APIRouter()

NGSI_LD = "application/ld+json"


def services_of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


Ports = Annotated[Services, Depends(services_of)]


def line_of(line: str, services: Ports) -> Line:
    found = services.line(line)
    if found is None:
        names = ", ".join(one.id for one in services.site.lines) or "none"
        raise HTTPException(404, f"there is no line {line!r}; the site {services.site.site} has {names}")
    return found


OneLine = Annotated[Line, Depends(line_of)]


@open_router.get("/health", response_model=HealthView)
def health(services: Ports, response: Response) -> HealthView:
    """Whether everything works, without a token. 503 while something does not."""
    view = services.health()
    response.status_code = 200 if view.status == "ok" else 503
    return view


@router.get("/lines")
def lines(_: Viewer, services: Ports) -> list[LineSummary]:
    site = services.site.site
    return [
        LineSummary(
            id=line.id,
            name=line.name,
            machines=len(line.machines) or len(services.twin.line(site, line.id)),
            open_alarms=len(services.alarms.open_alarms(site, line.id)),
        )
        for line in services.lines()
    ]


@router.get("/lines/{line}", response_model=LineView, responses={200: {"content": {NGSI_LD: {}}}, 304: {}})
def line_now(
    line: OneLine,
    _: Viewer,
    services: Ports,
    response: Response,
    accept: Annotated[str, Header()] = "",
    if_none_match: Annotated[str, Header()] = "",
) -> Any:
    """The line as it stands; as NGSI-LD entities when `Accept: application/ld+json` asks for them.

    The ETag stays the same while nothing but the clock moves, so that a console may poll cheaply.
    """
    if NGSI_LD in accept:
        return JSONResponse(entities(services, line), media_type=NGSI_LD)
    view = line_view(services, line)
    etag = etag_of(view)
    headers = {"ETag": etag, "Cache-Control": "no-cache", "Vary": "Accept"}
    if etag in if_none_match:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return view


@router.get("/quarantine")
def quarantine(
    _: Engineer, services: Ports, limit: Annotated[int, Query(ge=1, le=1_000)] = 100
) -> list[QuarantinedView]:
    """Messages that could not be read, with the reason."""
    return [_quarantined(entry) for entry in services.quarantine.list(services.site.site, limit)]


@router.post("/quarantine/replay")
def replay_quarantine(_: Engineer, services: Ports) -> ReplayView:
    """Try all of them again, after a site file or a device was mended."""
    replayed = services.replay_quarantine()
    return ReplayView(resolved=replayed.resolved, waiting=replayed.waiting, stored=replayed.outcome.stored)


def _quarantined(entry: Quarantined) -> QuarantinedView:
    return QuarantinedView(
        entry_id=entry.entry_id,
        topic=entry.topic,
        reason=entry.reason,
        code=entry.code,
        readings=entry.readings,
        received_at=render(entry.received_us),
        size_bytes=len(entry.raw),
        raw=entry.raw[:400].decode("utf-8", "replace"),
    )
