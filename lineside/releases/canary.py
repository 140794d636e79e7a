"""A canary against live: taken back by itself when it is worse, promoted when enough answers say that it is not.

docs/releases.md states the test. It looks a few times only, at numbers of answers that are fixed before, and each look
at each figure may err with an equal part of `error_rate`; so all of them together err no more often than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lineside.releases.desk import ReleaseDesk
from lineside.releases.outcomes import (
    FIGURES,
    LEAST_CONVERSATIONS,
    Compared,
    Conversation,
    compare,
    conversations,
    lacking,
)
from lineside.releases.ports import OutcomeStore
from lineside.releases.record import CanaryVerdict, Outcome
from lineside.releases.settings import CanarySettings
from lineside.releases.switch import canary_ended, promoted, target_of

BY: Final = "canary watch"
HOUR_US: Final = 3_600_000_000
CLOCK_SET_BACK: Final = "The clock was set back since the canary began, so its time never ends. Let it in again."
LOOKED_AT: Final = "looked_at"
"""Among the figures: after how many answers of the canary the last look was due."""


def looks(settings: CanarySettings) -> tuple[int, ...]:
    """After how many answers of the canary it is looked at: the least, twice that, and so on, and the most."""
    sizes = [settings.least_answers]
    while 2 * sizes[-1] < settings.most_answers:
        sizes.append(2 * sizes[-1])
    if sizes[-1] < settings.most_answers:
        sizes.append(settings.most_answers)
    return tuple(sizes)


def level(settings: CanarySettings) -> float:
    """The chance of an error that one look at one figure may have."""
    return settings.error_rate / (len(FIGURES) * len(looks(settings)))


def decide(
    live: Sequence[Outcome],
    canary: Sequence[Outcome],
    settings: CanarySettings,
    since_us: int,
    now_us: int,
    before: CanaryVerdict | None = None,
) -> CanaryVerdict:
    """What these outcomes, all of them since `since_us`, say of the canary.

    `before` is the verdict that was stored last: a look that was taken is not taken again, and a decision stands.
    """
    if before is not None and before.at_us < since_us:
        before = None  # of an earlier time as canary
    if before is not None and before.decision != "wait":
        return before
    figures = dict(before.figures) if before else {}
    figures |= {"answers_canary": float(len(canary)), "answers_live": float(len(live))}
    missing = _missing(live, canary, settings)
    size = 0 if missing else _due(len(canary), settings, figures.get(LOOKED_AT, 0.0))
    if size:
        figures |= {LOOKED_AT: float(size), "level": level(settings)}
        verdict = _look(conversations(live), conversations(canary), settings, size, now_us, figures)
        if verdict.decision != "wait":
            return verdict
        figures = verdict.figures
    if now_us - since_us >= settings.hours * HOUR_US:
        return CanaryVerdict("roll_back", _too_late(len(canary), settings, missing), now_us, figures)
    if since_us - now_us >= HOUR_US:  # nothing that it answers from now on would count, and its time would never end
        return CanaryVerdict("roll_back", CLOCK_SET_BACK, now_us, figures)
    return CanaryVerdict("wait", missing or _waiting(len(canary), settings), now_us, figures)


def _missing(live: Sequence[Outcome], canary: Sequence[Outcome], settings: CanarySettings) -> str:
    """Why nothing can be compared yet, in a sentence; "" where it can. Conversations are what is compared, and a few
    of them may have given hundreds of answers."""
    if len(live) < settings.least_answers:
        return f"Live has given {len(live)} answers since the canary began; {settings.least_answers} are needed."
    of, of_live = len(conversations(canary)), len(conversations(live))
    if len(canary) >= settings.least_answers and min(of, of_live) < LEAST_CONVERSATIONS:
        return (
            f"The answers are of {of} conversations of the canary and of {of_live} of live; {LEAST_CONVERSATIONS} of"
            " each are needed."
        )
    return ""


def _due(canary: int, settings: CanarySettings, looked_at: float) -> int:
    """The size of the look that is to be taken now, 0 for none. The last one decides, and is due until it has."""
    sizes = looks(settings)
    reached = max((size for size in sizes if size <= canary), default=0)
    return reached if reached > looked_at or reached == sizes[-1] else 0


def watch(desk: ReleaseDesk, outcomes: OutcomeStore, settings: CanarySettings, now_us: int) -> CanaryVerdict | None:
    """One look at the canary that runs, None where none does: decided, stored with its figures, and then done.

    Harmless to repeat. Raises `Conflict` where a person switched the aliases meanwhile, and `Unavailable`.
    """
    table = desk.aliases()
    desk.settle(table)
    if table.canary is None or table.live is None:
        return None
    heard = outcomes.since(table.canary_since_us, (table.live.release_id, table.canary.release_id))
    verdict = decide(
        [one for one in heard if one.release_id == table.live.release_id],
        [one for one in heard if one.release_id == table.canary.release_id],
        settings,
        table.canary_since_us,
        now_us,
        desk.get(table.canary.release_id).canary,
    )
    # Stored before anything is done, so that no look is ever taken twice.
    release = desk.note_canary(table.canary.release_id, verdict)
    if verdict.decision == "roll_back":
        desk.switch(table, canary_ended(table, BY, verdict.why, now_us))
    if verdict.decision == "promote" and settings.promote_by_itself:
        desk.switch(table, promoted(table, target_of(release), BY, verdict.why, now_us))
    return verdict


def _look(
    live: Sequence[Conversation],
    canary: Sequence[Conversation],
    settings: CanarySettings,
    size: int,
    now_us: int,
    figures: dict[str, float],
) -> CanaryVerdict:
    """All figures at once, as they are after `size` answers of the canary or somewhat more."""
    allowed = level(settings)
    found = {figure: compare(figure, live, canary, settings.most_slower) for figure in FIGURES}
    for figure, compared in found.items():
        figures |= _figures(figure.name, compared) if compared else {}
    worse = [each for each in found.values() if each and each.p < allowed]
    if worse:
        why = "; ".join(f"{each.told} (p = {each.p:.2g})" for each in worse)
        return CanaryVerdict(
            "roll_back", f"Worse than live. {_capital(why)}; below {allowed:.2g} counts.", now_us, figures
        )
    if size < looks(settings)[-1]:
        return CanaryVerdict("wait", "", now_us, figures)
    missing = [_capital(lacking(figure, live, canary)) for figure, compared in found.items() if compared is None]
    by_whom = "" if settings.promote_by_itself else " A person promotes it."
    why = f"No worse than live after {round(figures['answers_canary'])} answers.{by_whom}"
    return CanaryVerdict("promote", " ".join([why, *missing]), now_us, figures)


def _figures(name: str, compared: Compared) -> dict[str, float]:
    return {
        f"{name}_canary": compared.canary,
        f"{name}_live": compared.live,
        f"{name}_canary_of": float(compared.canary_of),
        f"{name}_live_of": float(compared.live_of),
        f"{name}_p": compared.p,
    }


def _waiting(canary: int, settings: CanarySettings) -> str:
    following = next(size for size in looks(settings) if size > canary)
    return f"The canary has given {canary} answers; the next look is at {following}."


def _too_late(canary: int, settings: CanarySettings, missing: str) -> str:
    advice = "Give it a larger share or more hours, or promote it yourself."
    if missing and canary >= looks(settings)[-1]:
        return f"{missing} There were no more within {settings.hours:g} hours. {advice}"
    return (
        f"{canary} of {looks(settings)[-1]} answers within {settings.hours:g} hours: too few to call it no worse."
        f" {advice}"
    )


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
