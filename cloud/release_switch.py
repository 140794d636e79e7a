"""Letting a release answer, first a share of the conversations and then everybody, and looking at how it does."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from cloud.release_end import MACHINE, Decision
from lineside.errors import Refused
from lineside.releases.canary import watch
from lineside.releases.desk import ReleaseDesk
from lineside.releases.ports import OutcomeStore
from lineside.releases.record import AliasTable, CanaryVerdict
from lineside.releases.settings import CanarySettings

FIRST: Final = "the first release; there is none to compare it with"


class Watched(msgspec.Struct, frozen=True):
    """`live`: it answers everybody now, whoever promoted it. `roll_back`: it is no canary any more."""

    decision: Literal["wait", "live", "roll_back"]
    why: str = ""


def start_canary(desk: ReleaseDesk, release_id: str, decision: Decision, share: float) -> bool:
    """Let an approved release answer a share of the conversations; False where there is no live one to compare with.

    Raises `Refused` where it may not answer, or where another canary runs.
    """
    desk.note_decision(release_id, approved=decision.approved, by=decision.by, note=decision.note)
    table = desk.aliases()
    if table.live is None:
        return False
    if release_id not in (_of(table, "live"), _of(table, "canary")):
        desk.promote(release_id, by=decision.by, reason="approved", canary_share=share, seen_version=table.version)
    return True


def let_answer(desk: ReleaseDesk, release_id: str) -> None:
    """Make the very first release live: there is none that a canary could be held against.

    Raises `Refused` where another release became live since that was looked up: a person decided otherwise.
    """
    table = desk.aliases()
    if _of(table, "live") == release_id:
        return
    if table.live is not None:
        raise Refused(f"{table.live.release_id} became live meanwhile; {release_id} takes nobody's place by itself")
    desk.promote(release_id, by=MACHINE, reason=FIRST, seen_version=table.version)


def watch_release(
    desk: ReleaseDesk, outcomes: OutcomeStore, settings: CanarySettings, release_id: str, now_us: int
) -> Watched:
    """One look at this release as canary. A person may have promoted it, or taken it back, in the meantime."""
    verdict = watch(desk, outcomes, settings, now_us) if _of(desk.aliases(), "canary") == release_id else None
    table = desk.aliases()
    if _of(table, "live") == release_id:
        return Watched("live", _why(verdict, table))
    if _of(table, "canary") == release_id:
        return Watched("wait", _why(verdict, table))
    return Watched("roll_back", _why(verdict, table))


def _why(verdict: CanaryVerdict | None, table: AliasTable) -> str:
    if verdict is not None:
        return verdict.why
    if not table.history:
        return "it is no canary any more"
    last = table.history[-1]
    return f"{last.by}: {last.reason}" if last.reason else f"{last.by} switched the releases"


def _of(table: AliasTable, alias: Literal["live", "canary"]) -> str:
    target = table.live if alias == "live" else table.canary
    return target.release_id if target else ""
