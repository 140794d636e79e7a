"""Which release an alias means, after a switch. Pure: a table goes in, the next one comes out, or `Refused`.

A switch that changes nothing gives the very table back, so that doing it twice is harmless.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec.structs import replace

from lineside.errors import Refused
from lineside.releases.record import AliasTable, Change, ModelRelease, Status, Target

KEPT_CHANGES: Final = 100
MOST_OF_A_CANARY: Final = 0.5

MAY_ANSWER: Final[dict[Status, str]] = {
    "training": "it is still being trained",
    "importing": "it is still being imported",
    "evaluating": "it is still being evaluated",
    "refused": "it was refused",
    "waiting": "a person has to approve it first",
    "approved": "",
    "canary": "",
    "live": "",
    "retired": "",
    "rolled_back": "",
    "failed": "it failed",
}
"""Why a release may not be let in front of people, by its status; "" where it may."""

ALIASED: Final[frozenset[Status]] = frozenset(("approved", "canary", "live", "retired", "rolled_back"))
"""The statuses that follow the aliases: a record with one of them is set to what the aliases say."""


def target_of(release: ModelRelease) -> Target:
    """What an alias may mean. Raises `Refused`, with a sentence, for a release that must not answer people."""
    why = MAY_ANSWER[release.status] or _lacks(release)
    if why:
        told = f": {release.reason}" if release.reason and release.status in ("refused", "failed") else ""
        raise Refused(f"{release.release_id} cannot be released: {why}{told}")
    return Target(release.release_id, release.model_id)


def _lacks(release: ModelRelease) -> str:
    if release.evaluation is None:
        return "it was not evaluated"
    if not release.evaluation.passed:
        return "it did not pass its evaluation"
    if not release.approver:
        return "nobody has approved it"
    return "" if release.model_id else "it has no model that answers (any more); release it anew"


def as_canary(table: AliasTable, target: Target, share: float, by: str, reason: str, at_us: int) -> AliasTable:
    """Let `target` answer a share of the conversations. Another share of the same canary begins its time anew."""
    if not 0 < share <= MOST_OF_A_CANARY:
        raise Refused(f"a canary takes a share above 0 and up to {MOST_OF_A_CANARY}, not {share:g}")
    if table.live is None:
        raise Refused("no release is live, so there is nothing to compare a canary with; promote it for everybody")
    if table.live.release_id == target.release_id:
        raise Refused(f"{target.release_id} is live already; a canary is another release")
    if table.canary is not None and table.canary.release_id != target.release_id:
        raise Refused(f"{table.canary.release_id} is the canary already; end it first")
    if table.canary == target and table.canary_share == share:
        return table
    changed = replace(table, canary=target, canary_share=share, canary_since_us=at_us)
    return _noted(changed, "canary", by, reason, at_us)


def promoted(table: AliasTable, target: Target, by: str, reason: str, at_us: int) -> AliasTable:
    """Let `target` answer everybody. What was live becomes `previous`; a canary ends, whichever it was."""
    if table.live == target:
        return table
    same = table.live is not None and table.live.release_id == target.release_id
    previous = table.previous if same else table.live
    changed = replace(_without_canary(table), live=target, previous=previous)
    return _noted(changed, "promote", by, reason, at_us)


def rolled_back(table: AliasTable, by: str, reason: str, at_us: int) -> AliasTable:
    """End the canary where there is one; else make `previous` live again.

    What was taken back does not become `previous`: rolling back twice must never bring it back.
    """
    if table.canary is not None:
        return canary_ended(table, by, reason, at_us)
    if table.previous is None:
        raise Refused("there is nothing to go back to: no canary runs, and no earlier release is kept")
    changed = replace(table, live=table.previous, previous=None)
    return _noted(changed, "rollback", by, reason, at_us)


def canary_ended(table: AliasTable, by: str, reason: str, at_us: int) -> AliasTable:
    """Take the canary back; what is live stays so."""
    if table.canary is None:
        raise Refused("no canary runs")
    return _noted(_without_canary(table), "end_canary", by, reason, at_us)


def statuses(table: AliasTable) -> dict[str, tuple[Status, str]]:
    """The status of every release that the table's history names, and the reason where it was taken back."""
    found: dict[str, tuple[Status, str]] = {}
    was = Change(0, "", "promote", "")
    for change in table.history:
        back = change.what in ("rollback", "end_canary")
        left: tuple[Status, str] = ("rolled_back", change.reason) if back else ("retired", "")
        for release_id in (was.live, was.canary, change.previous):
            found.setdefault(release_id, ("retired", ""))
        for release_id in (was.live, was.canary):
            if release_id not in (change.live, change.canary):
                found[release_id] = left
        found[change.canary] = ("canary", "")
        found[change.live] = ("live", "")
        was = change
    found.pop("", None)
    return found


def _without_canary(table: AliasTable) -> AliasTable:
    return replace(table, canary=None, canary_share=0.0, canary_since_us=0)


def _noted(
    table: AliasTable,
    what: Literal["canary", "promote", "rollback", "end_canary"],
    by: str,
    reason: str,
    at_us: int,
) -> AliasTable:
    change = Change(
        at_us, by, what, reason, live=_id(table.live), canary=_id(table.canary), previous=_id(table.previous)
    )
    history = (*table.history, change)[-KEPT_CHANGES:]
    return replace(table, version=table.version + 1, history=history)


def _id(target: Target | None) -> str:
    return target.release_id if target else ""
