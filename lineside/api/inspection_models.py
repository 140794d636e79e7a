"""Inspections as bytes: what was seen on an image, what a person says of it, and how right it is. JSON; times are
RFC 3339 in UTC."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lineside.api.models import Body, View
from lineside.inspection.model import Region, Verdict
from lineside.inspection.review import LONGEST_NOTE


class SeenView(View):
    """What an inspector saw. `regions` are [x, y, width, height] in pixels of the image as it was sent."""

    verdict: Verdict
    confidence: float
    regions: tuple[Region, ...]
    reason: str
    inspector: str
    skipped: tuple[str, ...]
    """Why inspectors that come before it saw nothing, a sentence each."""


class ReviewedView(View):
    verdict: Verdict
    by: str
    at: str
    note: str


class InspectionView(View):
    """One image. `verdict` is a person's where one looked, else the inspector's; null until one of them did."""

    image_id: str
    line: str
    device: str
    taken_at: str
    received_at: str
    media_type: str
    width: int
    height: int
    verdict: Verdict | None
    seen: SeenView | None
    queued: bool
    """It waits for a person."""
    review: ReviewedView | None
    version: int
    trouble: str
    """Why the latest attempt saw nothing; empty where there was none."""
    has_image: bool
    """False once the image itself is past its retention."""


class QueueView(View):
    """What waits for a person, the oldest first. `more` wait beside those listed."""

    inspections: tuple[InspectionView, ...]
    more: bool


class CameraView(View):
    """A machine whose images are inspected. Below `confidence` a person looks at one; of the others `audit_share`."""

    line: str
    device: str
    confidence: float
    audit_share: float
    keep_days: int
    """So long an image is kept after it was received."""
    by_form: bool
    """Images are posted by a form (`POST /api/inspections/uploads`), not sent here themselves."""


class ReviewImage(Body):
    """A person's verdict. `version` is that of the inspection as they saw it."""

    verdict: Verdict
    version: Annotated[int, Field(strict=True, ge=1)]
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""


class ShareView(View):
    """An estimate with its 95 % interval, and how many images it rests on."""

    value: float
    low: float
    high: float
    images: int


class ClassAccuracyView(View):
    """Null where no image says anything about it."""

    verdict: Verdict
    precision: ShareView | None
    recall: ShareView | None


class WrongView(View):
    image_id: str
    seen: Verdict
    is_really: Verdict
    confidence: float


class WeekAccuracyView(View):
    """One week from its Monday (UTC) on, from the images that people looked at; `note` says what it cannot show.

    `wrong` has the surest mistakes first.
    """

    monday: str
    reviewed: int
    audited: int
    waiting: int
    classes: tuple[ClassAccuracyView, ...]
    wrong: tuple[WrongView, ...]
    note: str
