"""From signals that moved to one finding per device: appears once, names what moved, and ends.

A device is one thing to an operator. When its first signal moves, a finding begins; what moves with it is named in
it; it ends when everything is on its way back, when nothing is known any more, or when the move has lasted so long
that it is a new level. For a while after it began no other begins, unless something far larger happens.
"""

from __future__ import annotations

import msgspec

from lineside.detection.drift import Drift, Move
from lineside.detection.finding import Evidence, Finding
from lineside.detection.settings import Settings


class Episode(msgspec.Struct):
    """A finding while it lasts: `moved` by attribute, as it was last seen.

    `width_us` is the bin it is counted in. `leading` is the attribute that had moved furthest when it began: the
    same attribute moving again is the same trouble, another one is not.
    """

    began_us: int
    onset_us: int
    width_us: int
    leading: str
    moved: dict[str, Evidence] = {}


class Moving(msgspec.Struct):
    """What a device remembers of its episodes. `quiet_until_us`: no new one before, unless far larger than `score`."""

    episode: Episode | None = None
    quiet_until_us: int = 0
    score: float = 0.0


class Signal(msgspec.Struct, frozen=True):
    """One signal of the device that is out of its normal."""

    name: str
    unit: str
    drift: Drift

    @property
    def move(self) -> Move:
        move = self.drift.movement()
        assert move is not None, "a signal that is out has a move"  # noqa: S101  narrows the type
        return move


def find_drift(moving: Moving, device: str, out: list[Signal], now_us: int, settings: Settings) -> Finding | None:
    """The device's finding of this tick, if it has one. `out` are its signals that are out of their normal."""
    held = [signal for signal in out if _is_held(signal.drift, now_us, settings)]
    before = moving.episode
    if before and _is_over(before, held, now_us, settings):
        moving.episode = None
    _begin(moving, before, held, now_us, settings)
    if moving.episode is None:
        return None
    _update(moving.episode, device, held)
    evidence = sorted(moving.episode.moved.values(), key=lambda one: -abs(one.score or 0.0))
    return Finding(
        "drift", device, moving.episode.onset_us, now_us, evidence=tuple(evidence), detail=moving.episode.leading
    )


def _is_held(drift: Drift, now_us: int, settings: Settings) -> bool:
    """It is out, not on its way back, and still heard."""
    width_us = drift.bins.width_us(settings.bins)
    is_gone = now_us - drift.bins.starts[-1] > settings.drift.gone_after * width_us
    return not is_gone and not drift.is_returning(settings.episode.recovered)


def _is_over(episode: Episode, held: list[Signal], now_us: int, settings: Settings) -> bool:
    if now_us - episode.began_us >= settings.episode.longest * episode.width_us:
        return True
    return not any(signal.name in episode.moved for signal in held)


def _begin(moving: Moving, before: Episode | None, held: list[Signal], now_us: int, settings: Settings) -> None:
    """Begin an episode for what no finding has told yet."""
    untold = [signal for signal in held if not signal.drift.told]
    if not untold:
        return
    leading = max(untold, key=lambda signal: abs(signal.move.score))
    score = abs(leading.move.score)
    is_larger = score >= settings.episode.escalation * moving.score
    if not is_larger and (moving.episode or now_us < moving.quiet_until_us):
        for signal in untold:
            signal.drift.told = True  # what moves so soon after belongs to it
        return
    if before and before.leading == leading.name:
        return  # the same trouble must be seen to end before it is told again: at the next tick
    width_us = leading.drift.bins.width_us(settings.bins)
    onset_us = min(signal.move.onset_us for signal in untold)
    moving.episode = Episode(now_us, onset_us, width_us, leading.name)
    moving.quiet_until_us, moving.score = now_us + settings.episode.quiet * width_us, score


def _update(episode: Episode, device: str, held: list[Signal]) -> None:
    for signal in held:
        signal.drift.told = True
        episode.moved[signal.name] = _evidence(device, signal)


def _evidence(device: str, signal: Signal) -> Evidence:
    return Evidence(
        device=device,
        attribute=signal.name,
        value=signal.drift.value,
        observed_us=signal.drift.bins.starts[-1],
        unit=signal.unit,
        expected=signal.move.normal,
        score=round(signal.move.score, 1),
        note="moved; expected is its own normal before",
    )
