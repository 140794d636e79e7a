"""Releases as the API, and the command line, tell of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from lineside.api.models import at
from lineside.api.release_models import CanaryView, ChangeView, EvaluatedView, ReleasesView, ReleaseView
from lineside.releases.record import ALIASES, Alias, AliasTable, ModelRelease
from lineside.telemetry.timestamps import render

LISTED: Final = 50


def releases_view(releases: Iterable[ModelRelease], table: AliasTable) -> ReleasesView:
    """Every release given, and what the aliases mean."""
    return ReleasesView(
        releases=tuple(release_view(each, table) for each in releases),
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


def release_view(release: ModelRelease, table: AliasTable) -> ReleaseView:
    """One release, and the alias that means it."""
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


def _release_of(table: AliasTable, alias: Alias) -> str:
    target = getattr(table, alias)
    return target.release_id if target else ""
