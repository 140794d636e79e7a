"""What would it do? The last hour replayed on a model of the line, without a change and with it.

Here stand what a model is asked, what it answers, and how the difference is told. A model draws chance anew in every
replay, and the two sides of a pair meet the same chance, so their difference is the change's. What is told with it is
the interval in which the difference of one such hour lies nine times out of ten.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Final, NamedTuple, Protocol

from lineside.control.request import CommandRequest

Point = tuple[str, str]
"""(device, attribute)"""
Course = tuple[tuple[float, float], ...]
"""(second of the hour, value), oldest first."""
Limits = tuple[float | None, float | None]

INTERVAL: Final = "nine of ten hours"
_T_95: Final = (6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761, 1.753)
"""Student's t that 5 % lie above, for 1, 2, ... degrees of freedom."""
_NO_NOISE: Final = 1e-9


class Stop(NamedTuple):
    """A machine stood still from this second of the hour to that one."""

    device: str
    since: float
    until: float


@dataclass(frozen=True)
class Hour:
    """What was measured, for a model to follow. Seconds count from its beginning; values are in the model's units."""

    seconds: float
    courses: Mapping[Point, Course]
    counted: Mapping[Point, float]
    """How much each counter rose."""
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True)
class Change:
    """The set-point that is proposed, in the model's unit, and what to look at."""

    device: str
    attribute: str
    value: float
    readback: str = ""
    """The attribute in which the machine shows it, `within_seconds` after it was set; empty where there is none."""
    within_seconds: float = 0.0
    limits: Mapping[str, Limits] | None = None
    """Attribute of the machine -> its declared limits, in the model's unit."""


@dataclass(frozen=True)
class Outcome:
    """One figure of the hour. `observed` is what was measured, None where nobody counted it.

    `without` and `with_change` are means over the replays; `difference` is the mean of the pairs, and `low` to `high`
    holds that of nine hours in ten. `stands_out` says that no difference at all is outside of it.
    """

    name: str
    label: str
    unit: str
    observed: float | None
    without: float
    with_change: float
    difference: float
    low: float
    high: float
    stands_out: bool


@dataclass(frozen=True)
class WhatIf:
    """The answer. `unknown` is why there is none, a sentence; then there are no outcomes."""

    headline: str
    unknown: str = ""
    outcomes: tuple[Outcome, ...] = ()
    replays: int = 0
    """Pairs: each once without the change and once with it."""
    minutes: float = 0.0
    """How much of the past was replayed."""
    assumed: tuple[str, ...] = ()
    interval: str = ""
    """What `low` and `high` hold."""


class LineModel(Protocol):
    """A model of one line. `feeds` is the flow that it has: whose line is another one, it knows nothing of."""

    @property
    def feeds(self) -> Mapping[str, tuple[str, ...]]: ...

    @property
    def points(self) -> Mapping[Point, str]:
        """The set-points that it has, each with its unit."""
        ...

    @property
    def signals(self) -> Mapping[Point, str]:
        """What else it wants to know of the hour, each with its unit."""
        ...

    @property
    def counters(self) -> Mapping[str, tuple[str, ...]]:
        """Device -> the counters that it holds its replays against."""
        ...

    def effect(self, change: Change, hour: Hour) -> WhatIf: ...


class WhatIfs(Protocol):
    """Who can be asked. `Conflict` while another question is being answered."""

    def ask(self, request: CommandRequest, now_us: int) -> WhatIf: ...


def unknown(why: str, assumed: tuple[str, ...] = ()) -> WhatIf:
    """Nobody can tell, and this sentence says why."""
    return WhatIf(headline="Nobody can tell what it would do.", unknown=why, assumed=assumed)


def outcome(
    name: str, label: str, unit: str, without: Sequence[float], with_change: Sequence[float], observed: float | None
) -> Outcome:
    """A figure of two or more pairs of replays, with the interval for one more pair (Student's t)."""
    differences = [after - before for before, after in zip(without, with_change, strict=True)]
    mean, spread = fmean(differences), stdev(differences)
    count = len(differences)
    reach = _T_95[min(count - 1, len(_T_95)) - 1] * spread * math.sqrt(1 + 1 / count)
    low, high = mean - reach, mean + reach
    stands_out = (low > 0 or high < 0) and abs(mean) > _NO_NOISE
    return Outcome(name, label, unit, observed, fmean(without), fmean(with_change), mean, low, high, stands_out)


def headline(outcomes: Sequence[Outcome]) -> str:
    """Every difference that stands out, in words, good or bad."""
    told = [_told(each) for each in outcomes if each.stands_out]
    return " ".join(told) or "No difference that stands out of chance."


def _told(one: Outcome) -> str:
    fewer = one.difference < 0
    least, most = sorted((abs(one.low), abs(one.high)))
    mean, least_told, most_told = (_figure(each) for each in (abs(one.difference), least, most))
    between = "" if least_told == most_told else f", between {least_told} and {most_told}"
    return f"{'Fewer' if fewer else 'More'} {one.label}: {mean} {one.unit} {'less' if fewer else 'more'}{between}."


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
