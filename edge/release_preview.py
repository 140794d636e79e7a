"""What a switch would do, from what is shown of the releases, by the very rules that do it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lineside.api.release_models import ReleasesView, ReleaseView
from lineside.releases.record import AliasTable, Evaluated, ModelRelease, Target
from lineside.releases.switch import as_canary, promoted, rolled_back, target_of

NOBODY: Final = "nobody"


def promoting(view: ReleasesView, release: ReleaseView, share: float) -> tuple[str, ...]:
    """A sentence for each alias that would mean something else; none where nothing would change. Raises `Refused`."""
    was, target = _table(view), target_of(_record(release))
    if share > 0:
        return tuple(_changes(was, as_canary(was, target, share, "", "", 0)))
    return tuple(_changes(was, promoted(was, target, "", "", 0)))


def rolling_back(view: ReleasesView) -> tuple[str, ...]:
    """A sentence for each alias that would mean something else. Raises `Refused` where nothing is to go back to."""
    was = _table(view)
    return tuple(_changes(was, rolled_back(was, "", "", 0)))


def _changes(was: AliasTable, becomes: AliasTable) -> Iterator[str]:
    for alias, title in (("live", "live"), ("canary", "canary"), ("previous", "previous")):
        before, after = _named(was, alias), _named(becomes, alias)
        if before != after:
            yield f"{title}: {before} -> {after}"


def _named(table: AliasTable, alias: str) -> str:
    target: Target | None = getattr(table, alias)
    if target is None:
        return NOBODY
    share = f" ({100 * table.canary_share:g} % of the conversations)" if alias == "canary" else ""
    return f"{target.release_id}{share}"


def _table(view: ReleasesView) -> AliasTable:
    models = {each.release_id: each.model_id for each in view.releases}

    def target(release_id: str) -> Target | None:
        return Target(release_id, models.get(release_id, "")) if release_id else None

    return AliasTable(
        version=view.version,
        live=target(view.live),
        canary=target(view.canary),
        previous=target(view.previous),
        canary_share=view.canary_share,
    )


def _record(view: ReleaseView) -> ModelRelease:
    found = view.evaluation
    return ModelRelease(
        view.release_id,
        0,
        view.status,
        view.base_model,
        model_id=view.model_id,
        evaluation=Evaluated(found.passed, found.improvement, found.low, found.high, found.questions, found.judges)
        if found
        else None,
        approver=view.approver,
        reason=view.reason,
    )
