"""The line as it stands, the process's own health, and the messages in quarantine."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from lineside.api.access import Engineer, Role, Viewer, allow
from lineside.api.headers import HEAD_ONLY
from lineside.api.line_feed import LineFeed
from lineside.api.line_view import entities, etag_of, line_view
from lineside.api.models import HealthView, LineSummary, LineView, QuarantinedView, ReplayView
from lineside.api.services import Services
from lineside.errors import Unavailable
from lineside.line.quarantine import Quarantined
from lineside.site.model import Line
from lineside.telemetry.timestamps import render

router = APIRouter(prefix="/api")
open_router = APIRouter()

NGSI_LD = "application/ld+json"
LOOK_SECONDS: Final = 1.0
HEARTBEAT_SECONDS: Final = 10.0
LOOKS_BETWEEN_CHECKS: Final = 10
"""A stream that is open looks so often whether its person still may."""


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


@open_router.get("/health", response_model=HealthView, responses={503: {"model": HealthView}})
def health(services: Ports, request: Request, response: Response) -> HealthView:
    """Whether everything works; open to everybody. 503 while something does not.

    Where strangers reach this address, what the trouble is and the counters are for people who have signed in.
    """
    view = services.health()
    response.status_code = 200 if view.status == "ok" else 503
    if services.public and not _may_see_details(request):
        return HealthView(status=view.status, site=view.site, version="", started_at="")
    return view


@open_router.get("/openapi.json", include_in_schema=False)
def openapi(_: Viewer, request: Request) -> JSONResponse:
    """This description of the API."""
    return JSONResponse(request.app.openapi())


def _may_see_details(request: Request) -> bool:
    try:
        allow(Role.VIEWER)(request)
    except (HTTPException, Unavailable):
        return False
    return True


@router.get("/lines")
def lines(_: Viewer, services: Ports) -> list[LineSummary]:
    site = services.site.site
    return [
        LineSummary(
            id=line.id,
            name=line.name,
            machines=len(line.machines) or len(services.twin.line(site, line.id)),
            open_alarms=len(services.alarms.open_alarms(site, line.id)),
            streamed=services.streams_lines,
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


def a_stream(line: OneLine, _: Viewer, services: Ports) -> Line:
    """The line, where it may be held open; refused before the stream begins."""
    if not services.streams_lines:
        raise HTTPException(404, "the line is not streamed here; poll /api/lines/{line} with its ETag")
    return line


@router.get("/lines/{line}/events", response_class=EventSourceResponse)
async def line_events(
    line: Annotated[Line, Depends(a_stream)], services: Ports, request: Request
) -> AsyncIterable[ServerSentEvent]:
    """The line as it stands (event `line`), again whenever it has changed, at most once a second.

    A comment comes every ten seconds of silence; the stream ends with the process. Only where a stream costs nothing.
    """
    looks = 0
    feed: LineFeed = request.app.state.line_feed
    told, quiet_seconds = "", 0.0
    while not (services.stopping.is_set() or request.scope.get(HEAD_ONLY)):
        try:
            if looks % LOOKS_BETWEEN_CHECKS == 0:
                await run_in_threadpool(allow(Role.VIEWER), request)
            view, etag = await run_in_threadpool(feed.now, line)
        except (HTTPException, Unavailable):
            return  # signed out meanwhile, or a store is away: whoever listens asks again, and is told
        looks, quiet_seconds = looks + 1, quiet_seconds + LOOK_SECONDS
        if etag != told:
            told, quiet_seconds = etag, 0.0
            yield ServerSentEvent(event="line", data=view, id=etag.strip('"'))
        elif quiet_seconds >= HEARTBEAT_SECONDS:
            quiet_seconds = 0.0
            yield ServerSentEvent(comment="nothing new")
        await _pause(services.stopping)


async def _pause(stopping: threading.Event) -> None:
    """Until the next look, or until the process is about to stop."""
    for _ in range(4):
        if stopping.is_set():
            return
        await asyncio.sleep(LOOK_SECONDS / 4)


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
