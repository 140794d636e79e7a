"""Images that go past the application: a camera asks for a form, posts one image by it, and holds no credentials.

A runtime takes images one way. In the cloud it is this one, because no body of an image's size gets through what stands
before the application; a plant takes the image itself (`POST /api/inspections/{machine}/images`), and says so here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from lineside.api.access import Operator
from lineside.api.asked import declared_machine, instant_of
from lineside.api.inspection_routes import desk_of
from lineside.api.line_routes import Ports
from lineside.api.models import Body, View
from lineside.errors import Refused
from lineside.telemetry.timestamps import render

SEND_IT_HERE = "here an image is sent itself: POST its bytes to /api/inspections/{machine}/images"

router = APIRouter(prefix="/api")


class AskForUpload(Body):
    """Which machine's product the image will show. `taken_at`: RFC 3339; empty is now."""

    machine: Annotated[str, Field(min_length=1, max_length=128)]
    media_type: Literal["image/png", "image/jpeg"]
    taken_at: Annotated[str, Field(max_length=64)] = ""


class UploadView(View):
    """Post `fields`, then the image as the field `file`, as multipart/form-data to `url` before `expires_at`."""

    url: str
    fields: dict[str, str]
    expires_at: str
    most_bytes: int


@router.post("/inspections/uploads")
def ask_for_upload(asked: AskForUpload, _: Operator, services: Ports) -> UploadView:
    """A form for exactly one image of a machine's product. What was posted by it is kept and inspected soon after.

    A machine is meant by its id, its thing or in any letter case. 409 where images are sent to the application itself.
    """
    desk, now_us = desk_of(services), services.now_us()
    if services.uploads is None:
        raise Refused(SEND_IT_HERE)
    device = declared_machine(services, asked.machine).id
    taken_us = instant_of("taken_at", asked.taken_at) if asked.taken_at else now_us
    form = services.uploads.form(device, min(taken_us, now_us), asked.media_type)
    return UploadView(
        url=form.url,
        fields=form.fields,
        expires_at=render(now_us + services.uploads.expires_seconds * 1_000_000),
        most_bytes=desk.settings.limits.most_bytes,
    )
