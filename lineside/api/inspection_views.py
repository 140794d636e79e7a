"""Inspections as the API tells of them."""

from __future__ import annotations

from msgspec import to_builtins

from lineside.api.inspection_models import CameraView, InspectionView, ReviewedView, SeenView, WeekAccuracyView
from lineside.inspection.accuracy import WeekAccuracy
from lineside.inspection.model import Inspection, Reviewed, Seen
from lineside.site.model import Site
from lineside.telemetry.timestamps import render


def inspection_view(inspection: Inspection) -> InspectionView:
    return InspectionView(
        image_id=inspection.image_id,
        line=inspection.line,
        device=inspection.device,
        taken_at=render(inspection.taken_us),
        received_at=render(inspection.received_us),
        media_type=inspection.media_type,
        width=inspection.width,
        height=inspection.height,
        verdict=inspection.verdict,
        seen=_seen_view(inspection.seen) if inspection.seen else None,
        queued=inspection.queued,
        review=_reviewed_view(inspection.review) if inspection.review else None,
        version=inspection.version,
        trouble=inspection.trouble,
        has_image=not inspection.forgotten,
    )


def camera_views(site: Site, *, by_form: bool) -> list[CameraView]:
    """In the order of the site's lines."""
    told = {"confidence", "audit_share", "keep_days"}
    return [
        CameraView(line=line.id, device=machine.id, by_form=by_form, **machine.camera.model_dump(include=told))
        for line in site.lines
        for machine in line.machines
        if machine.camera is not None
    ]


def week_view(week: WeekAccuracy) -> WeekAccuracyView:
    return WeekAccuracyView.model_validate(to_builtins(week))


def _seen_view(seen: Seen) -> SeenView:
    return SeenView(**{name: getattr(seen, name) for name in SeenView.model_fields})


def _reviewed_view(said: Reviewed) -> ReviewedView:
    return ReviewedView(verdict=said.verdict, by=said.by, at=render(said.at_us), note=said.note)
