"""Releases of the fine-tuned model, and the review of verdicts before anything is trained on them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Response
from fastapi.responses import HTMLResponse

from lineside.api.access import Admin, Engineer
from lineside.api.line_routes import Ports
from lineside.api.models import at
from lineside.api.release_models import (
    DecideRelease,
    GiveReview,
    PromoteRelease,
    ReleasesView,
    ReleaseView,
    ReviewsView,
    ReviewView,
    RollBack,
)
from lineside.api.release_views import LISTED, release_view, releases_view
from lineside.api.services import Services
from lineside.errors import Malformed
from lineside.releases.desk import ReleaseDesk
from lineside.releases.learning import new_verdicts
from lineside.telemetry.timestamps import parse, render
from lineside.training_data.verdict import Review, State, Verdict, VerdictStore

router = APIRouter(prefix="/api")
ReleaseId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")]
FeedbackId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")]
MOST_COUNTED = 2_000
REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""A report is a page by itself: it draws, and can do nothing else."""


@router.get("/releases")
def releases(_: Engineer, services: Ports) -> ReleasesView:
    """Every release, and which one answers."""
    return _all(_desk(services))


@router.get("/releases/{release_id}")
def release(release_id: ReleaseId, _: Engineer, services: Ports) -> ReleaseView:
    desk = _desk(services)
    return release_view(desk.get(release_id), desk.aliases())


@router.get("/releases/{release_id}/report", response_class=HTMLResponse)
def report(release_id: ReleaseId, _: Engineer, services: Ports) -> Response:
    """The evaluation's report, as a page."""
    html = _desk(services).report(release_id)
    if html is None:
        raise HTTPException(404, f"{release_id} has no report")
    return HTMLResponse(html, headers={"Content-Security-Policy": REPORT_POLICY})


@router.post("/releases/{release_id}/decision")
def decide(release_id: ReleaseId, given: DecideRelease, person: Admin, services: Ports) -> ReleaseView:
    """Approve a release that waits for a person, or refuse it."""
    desk = _desk(services)
    decided = desk.decide(release_id, approved=given.approved, by=person.name, note=given.note)
    return release_view(decided, desk.aliases())


@router.post("/releases/{release_id}/promote")
def promote(release_id: ReleaseId, given: PromoteRelease, person: Admin, services: Ports) -> ReleasesView:
    """Let an approved release answer: everybody, or a share of the conversations."""
    desk = _desk(services)
    desk.promote(
        release_id,
        by=person.name,
        reason=given.reason,
        canary_share=given.canary_share,
        seen_version=given.version,
    )
    return _all(desk)


@router.post("/releases-rollback")
def roll_back(given: RollBack, person: Engineer, services: Ports) -> ReleasesView:
    """End the canary, or make the previous release live again. Within half a minute nobody asks the other one."""
    desk = _desk(services)
    desk.roll_back(by=person.name, reason=given.reason, seen_version=given.version)
    return _all(desk)


@router.get("/reviews")
def reviews(
    _: Engineer,
    services: Ports,
    state: State | None = "pending",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ReviewsView:
    """Verdicts with what they were about, the newest first."""
    store = _verdicts(services)
    counts = store.counts()
    return ReviewsView(
        reviews=tuple(map(_review_view, store.list(state, limit))),
        pending=counts.get("pending", 0),
        accepted=counts.get("accepted", 0),
        rejected=counts.get("rejected", 0),
        accepted_since=_accepted_since(services, store) if services.verdicts_needed else 0,
        needed=services.verdicts_needed,
    )


@router.post("/reviews/{feedback_id}")
def review(feedback_id: FeedbackId, given: GiveReview, person: Engineer, services: Ports) -> ReviewView:
    """Accept a verdict, with the words that may be trained on, or reject it."""
    question, answer = given.question.strip(), given.answer.strip()
    if given.state == "accepted" and not (question and answer):
        raise HTTPException(422, "to accept it, write the question and the answer that may be trained on")
    try:
        given_us = parse(given.given_at)
    except (Malformed, ValueError) as error:
        raise HTTPException(422, f"given_at is no time: {error}") from error
    decided = Review(given.state, person.name, services.now_us(), question, answer, given.note)
    return _review_view(_verdicts(services).review(feedback_id, decided, given_us))


def _desk(services: Services) -> ReleaseDesk:
    if services.releases is None:
        raise HTTPException(404, "no model is released here")
    return services.releases


def _all(desk: ReleaseDesk) -> ReleasesView:
    return releases_view(desk.list(LISTED), desk.aliases())


def _accepted_since(services: Services, store: VerdictStore) -> int:
    releases = services.releases.list(LISTED) if services.releases else []
    return new_verdicts(store.list("accepted", MOST_COUNTED), releases)


def _verdicts(services: Services) -> VerdictStore:
    if services.verdicts is None:
        raise HTTPException(404, "verdicts are not reviewed here")
    return services.verdicts


def _review_view(verdict: Verdict) -> ReviewView:
    review = verdict.review
    return ReviewView.model_validate(
        {
            "feedback_id": verdict.feedback_id,
            "about": verdict.about,
            "verdict": verdict.verdict,
            "reason": verdict.reason,
            "correction": verdict.correction,
            "resolution": verdict.resolution,
            "by": verdict.by,
            "given_at": render(verdict.given_us),
            "question": verdict.question,
            "answer": verdict.answer,
            "model": verdict.model,
            "release_id": verdict.release_id,
            "device": verdict.device,
            "cited": [{name: getattr(cited, name) for name in cited.__struct_fields__} for cited in verdict.cited],
            "facts": verdict.facts,
            "state": review.state,
            "reviewed_by": review.by,
            "reviewed_at": at(review.at_us),
            "reviewed_question": review.question,
            "reviewed_answer": review.answer,
            "note": review.note,
        }
    )
