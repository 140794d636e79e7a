"""Images of the product over HTTP: sending one, what was seen on it, the queue of those that nobody is sure of, a
person's word, and how right the inspector is.

An image is checked before anything decodes it, and whoever is shown one is shown its pixels without its metadata.
"""

from __future__ import annotations

from collections import deque
from itertools import takewhile
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response

from lineside.api.access import Operator, Viewer
from lineside.api.asked import declared_machine, instant_of, window_of
from lineside.api.headers import NOTHING_RUNS
from lineside.api.inspection_models import CameraView, InspectionView, QueueView, ReviewImage, WeekAccuracyView
from lineside.api.inspection_views import camera_views, inspection_view, week_view
from lineside.api.line_routes import Ports
from lineside.api.services import Services
from lineside.errors import Malformed
from lineside.inspection.desk import WEEKS, InspectionDesk
from lineside.inspection.intake import JPEG, LIMITS, PNG, without_metadata
from lineside.inspection.model import Inspection, Verdict
from lineside.inspection.pieces import taken_since
from lineside.inspection.review import UnknownInspection

router = APIRouter(prefix="/api")
ImageId = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
Taken = Annotated[str, Query(description="when it was taken; RFC 3339", max_length=64)]
IMAGES_PATH: Final = "/api/inspections/{machine:path}/images"
LONGEST_IMAGE_BYTES: Final = LIMITS.most_bytes
HOUR_US: Final = 3_600_000_000
LONGEST_HOURS: Final = 24
IMAGE_POLICY: Final = f"sandbox; {NOTHING_RUNS}"
_BYTES: Final = {"schema": {"type": "string", "format": "binary"}}
_SHOWN: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {PNG: _BYTES, JPEG: _BYTES}}}


async def sent(request: Request, _: Operator) -> bytes:
    """The body, of somebody who may send one."""
    return await request.body()


@router.post(
    "/inspections/{machine:path}/images",
    openapi_extra={"requestBody": {"required": True, "content": {PNG: _BYTES, JPEG: _BYTES}}},
)
def receive(
    machine: str,
    content: Annotated[bytes, Depends(sent)],
    _: Operator,
    services: Ports,
    taken_at: Annotated[str, Query(description="RFC 3339; empty is now", max_length=64)] = "",
) -> InspectionView:
    """Send an image of a machine's product: PNG or JPEG, by its bytes. Once this answers, the image is kept, and it
    is inspected soon. The same image sent twice is one inspection.

    A machine is meant by its id, its thing or in any letter case.
    """
    desk, now_us = desk_of(services), services.now_us()
    device = declared_machine(services, machine).id
    taken_us = instant_of("taken_at", taken_at) if taken_at else now_us
    return inspection_view(desk.receive(content, device, taken_us, now_us))


@router.get("/inspections")
def inspections(
    _: Viewer,
    services: Ports,
    line: Annotated[str, Query(max_length=128)] = "",
    device: Annotated[str, Query(max_length=128)] = "",
    verdict: Annotated[tuple[Verdict, ...], Query(description="any of these; none is all")] = (),
    since: Taken = "",
    until: Taken = "",
    hours: Annotated[float, Query(gt=0, le=LONGEST_HOURS, description="before `until`, where `since` is empty")] = 1,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
) -> list[InspectionView]:
    """The newest images of a time, the newest first: of a line, a machine or all, with one of these verdicts or any.
    A person's verdict counts before the inspector's."""
    store, site = desk_of(services).store, services.site
    asked = window_of(since, until, services.now_us(), int(hours * HOUR_US))
    if asked.end_us - asked.start_us > LONGEST_HOURS * HOUR_US:
        raise Malformed(f"the window is longer than {LONGEST_HOURS} hours; ask for a shorter one")
    found: list[Inspection] = []
    for each in site.lines:
        if line in ("", each.id):
            taken = taken_since(store, site.site, each.id, asked.start_us)
            inside = takewhile(lambda one: one.taken_us <= asked.end_us, taken)
            wanted = (one for one in inside if device in ("", one.device) and (not verdict or one.verdict in verdict))
            found += deque(wanted, maxlen=limit)
    newest = sorted(found, key=lambda one: (-one.taken_us, one.image_id))
    return [inspection_view(one) for one in newest[:limit]]


@router.get("/inspections/cameras")
def cameras(_: Viewer, services: Ports) -> list[CameraView]:
    """The machines whose product is looked at, how sure an inspector must be of it, and how images are sent."""
    desk_of(services)
    return camera_views(services.site, by_form=services.uploads is not None)


@router.get("/inspections/queue")
def queue(_: Viewer, services: Ports, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> QueueView:
    """What waits for a person, the oldest first."""
    found = desk_of(services).store.waiting(services.site.site, limit + 1)
    return QueueView(inspections=tuple(map(inspection_view, found[:limit])), more=len(found) > limit)


@router.get("/inspections/accuracy")
def accuracy(
    _: Viewer, services: Ports, weeks: Annotated[int, Query(ge=1, le=WEEKS)] = WEEKS
) -> list[WeekAccuracyView]:
    """Precision and recall by class, week by week, the newest first, with the images that were wrong."""
    return [week_view(one) for one in desk_of(services).accuracy_by_week(services.now_us(), weeks)]


@router.get("/inspections/{image_id}")
def inspection(image_id: ImageId, _: Viewer, services: Ports) -> InspectionView:
    return inspection_view(_found(services, image_id))


@router.get("/inspections/{image_id}/image", responses=_SHOWN, response_class=Response)
def image(image_id: ImageId, _: Viewer, services: Ports) -> Response:
    """The image itself: its pixels, without place, time, comments and whatever else a camera wrote into it."""
    _found(services, image_id)
    kept = desk_of(services).images.get(services.site.site, image_id)
    if kept is None:
        raise HTTPException(404, "this image is past its retention; what was seen on it is still told")
    bare = without_metadata(kept)
    headers = {
        "Content-Security-Policy": IMAGE_POLICY,
        "Cache-Control": "private, max-age=3600",
        "Content-Disposition": f'inline; filename="{image_id[:12]}.{bare.media_type.partition("/")[2]}"',
    }
    return Response(bare.content, media_type=bare.media_type, headers=headers)


@router.post("/inspections/{image_id}/review")
def review(image_id: ImageId, given: ReviewImage, person: Operator, services: Ports) -> InspectionView:
    """A person's verdict. It counts before the inspector's, and becomes an example; said twice it is one.

    Who looked at it before somebody else said otherwise gets a 409, and looks again.
    """
    _found(services, image_id)
    said = desk_of(services).review(
        image_id, given.verdict, person.name, given.note, services.now_us(), seen_version=given.version
    )
    return inspection_view(said)


def desk_of(services: Services) -> InspectionDesk:
    """The desk of this runtime's images; 404 where it has none."""
    if services.inspections is None:
        raise HTTPException(404, "no images are inspected here")
    return services.inspections


def _found(services: Services, image_id: str) -> Inspection:
    try:
        return desk_of(services).get(image_id)
    except UnknownInspection as error:
        raise HTTPException(404, str(error)) from error
