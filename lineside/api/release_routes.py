"""Releases of the fine-tuned model, and the review of verdicts before anything is trained on them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Response
from fastapi.responses import HTMLResponse

from lineside.api.access import Admin, Engineer
from lineside.api.line_routes import Ports
from lineside.api.models import at
from lineside.api.release_models import (
    CanaryView,
    ChangeView,
    DecideRelease,
    EvaluatedView,
    GiveReview,
    PromoteRelease,
    ReleasesView,
    ReleaseView,
    ReviewsView,
    ReviewView,
    RollBack,
)
from lineside.api.services import Services
from lineside.errors import Malformed
from lineside.releases.desk import ReleaseDesk
from lineside.releases.record import ALIASES, Alias, AliasTable, ModelRelease
from lineside.telemetry.timestamps import parse, render
from lineside.training_data.verdict import Review, State, Verdict, VerdictStore

router = APIRouter(prefix="/api")
ReleaseId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")]
FeedbackId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")]
LISTED = 50
REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""A report is a page by itself: it draws, and can do nothing else."""


@router.get("/releases")
def releases(_: Engineer, services: Ports) -> ReleasesView:
    """Every release, and which one answers."""
    return _releases_view(_desk(services))


@router.get("/releases/{release_id}")
def release(release_id: ReleaseId, _: Engineer, services: Ports) -> ReleaseView:
    desk = _desk(services)
    return _release_view(desk.get(release_id), desk.aliases())


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
    return _release_view(decided, desk.aliases())


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
    return _releases_view(desk)


@router.post("/releases-rollback")
def roll_back(given: RollBack, person: Engineer, services: Ports) -> ReleasesView:
    """End the canary, or make the previous release live again. Within half a minute nobody asks the other one."""
    desk = _desk(services)
    desk.roll_back(by=person.name, reason=given.reason, seen_version=given.version)
    return _releases_view(desk)


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


def _verdicts(services: Services) -> VerdictStore:
    if services.verdicts is None:
        raise HTTPException(404, "verdicts are not reviewed here")
    return services.verdicts


def _releases_view(desk: ReleaseDesk) -> ReleasesView:
    table = desk.aliases()
    return ReleasesView(
        releases=tuple(_release_view(each, table) for each in desk.list(LISTED)),
        live=_release_of(table, "live"),
        canary=_release_of(table, "canary"),
        previous=_release_of(table, "previous"),
        canary_share=table.canary_share,
        version=table.version,
        history=tuple(
            ChangeView(
                at=render(change.at_us),
                by=change.by,
                what=change.what,
                reason=change.reason,
                live=change.live,
                canary=change.canary,
                previous=change.previous,
            )
            for change in reversed(table.history)
        ),
    )


def _release_of(table: AliasTable, alias: Alias) -> str:
    target = getattr(table, alias)
    return target.release_id if target else ""


def _release_view(release: ModelRelease, table: AliasTable) -> ReleaseView:
    evaluated, canary = release.evaluation, release.canary
    held = [alias for alias in ALIASES if _release_of(table, alias) == release.release_id]
    return ReleaseView(
        release_id=release.release_id,
        made_at=render(release.made_us),
        status=release.status,
        alias=held[0] if held else "",
        base_model=release.base_model,
        dataset_hash=release.dataset_hash,
        code_version=release.code_version,
        hyperparameters=release.hyperparameters,
        artifact=release.artifact,
        model_id=release.model_id,
        evaluation=EvaluatedView(
            passed=evaluated.passed,
            improvement=evaluated.improvement,
            low=evaluated.low,
            high=evaluated.high,
            questions=evaluated.questions,
            judges=evaluated.judges,
            unfit=evaluated.unfit,
            reasons=evaluated.reasons,
        )
        if evaluated
        else None,
        has_report=bool(release.report),
        approver=release.approver,
        approved_at=at(release.approved_us),
        canary=CanaryView(decision=canary.decision, why=canary.why, at=render(canary.at_us), figures=canary.figures)
        if canary
        else None,
        reason=release.reason,
    )


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
