"""From signals that moved to one finding per device: appears once, names what moved, and ends.

A device is one thing to an operator. When its first signal moves, a finding begins; what moves with it is named in
it; it ends when everything is on its way back, when nothing is known any more, or when the move has lasted so long
that it is a new level. For a while after it began no other begins.
"""

from __future__ import annotations

import msgspec

from lineside.detection.drift import Drift, Move
from lineside.detection.finding import Evidence, Finding
from lineside.detection.settings import Settings


class Episode(msgspec.Struct):
    """A finding while it lasts: `moved` by attribute, as it was last seen. `width_us` is the bin it is counted in."""

    began_us: int
    onset_us: int
    width_us: int
    moved: dict[str, Evidence] = {}


class Moving(msgspec.Struct):
    """What a device remembers of its episodes. `quiet_until_us`: no new one before."""

    episode: Episode | None = None
    quiet_until_us: int = 0


class Signal(msgspec.Struct, frozen=True):
    """One signal of the device at this tick: `began` is the move that began with it, if one did."""

    name: str
    unit: str
    drift: Drift
    began: Move | None


def find_drift(moving: Moving, device: str, signals: list[Signal], now_us: int, settings: Settings) -> Finding | None:
    """The device's finding of this tick, if it has one. `signals` are all of its measured ones."""
    _end(moving, signals, now_us, settings)
    began = [signal for signal in signals if signal.began is not None]
    if moving.episode is None and began and now_us >= moving.quiet_until_us:
        _begin(moving, began, now_us, settings)
    if moving.episode is None:
        return None
    _update(moving.episode, device, signals)
    evidence = sorted(moving.episode.moved.values(), key=lambda one: -abs(one.score or 0.0))
    return Finding("drift", device, moving.episode.onset_us, now_us, evidence=tuple(evidence))


def _begin(moving: Moving, began: list[Signal], now_us: int, settings: Settings) -> None:
    width_us = min(signal.drift.bins.width_us(settings.bins) for signal in began)
    onset_us = min(signal.began.onset_us for signal in began if signal.began is not None)
    moving.episode = Episode(now_us, onset_us, width_us)
    moving.quiet_until_us = now_us + settings.episode.quiet * width_us


def _end(moving: Moving, signals: list[Signal], now_us: int, settings: Settings) -> None:
    episode = moving.episode
    if episode is None:
        return
    too_long = now_us - episode.began_us > settings.episode.longest * episode.width_us
    held = [signal for signal in signals if signal.name in episode.moved and _is_held(signal.drift, now_us, settings)]
    if too_long or not held:
        moving.episode = None


def _is_held(drift: Drift, now_us: int, settings: Settings) -> bool:
    width_us = drift.bins.width_us(settings.bins)
    is_gone = now_us - drift.bins.starts[-1] > settings.drift.gone_after * width_us
    return not is_gone and not drift.is_returning(settings.episode.recovered)


def _update(episode: Episode, device: str, signals: list[Signal]) -> None:
    for signal in signals:
        move = signal.drift.movement() or signal.began
        if move is not None:
            episode.moved[signal.name] = _evidence(device, signal, move)


def _evidence(device: str, signal: Signal, move: Move) -> Evidence:
    return Evidence(
        device=device,
        attribute=signal.name,
        value=signal.drift.value,
        observed_us=signal.drift.bins.starts[-1],
        unit=signal.unit,
        expected=move.normal,
        score=round(move.score, 1),
        note="moved; expected is its own normal before",
    )
