"""How healthy the alarm system itself is: too many alarms are as bad as none, because nobody reads them.

The measures are those of ISA-18.2 and EEMUA 191; their numeric targets are settings, because both texts are sold
and a plant may hold itself to others.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lineside.alarms.lifecycle import SECOND_US
from lineside.alarms.model import SEVERITIES, Alarm, Severity

TEN_MINUTES_US = 600 * SECOND_US


@dataclass(frozen=True)
class HealthTargets:
    """`flood_above` alarms in ten minutes is a flood; a share of the time in flood, and so on, is still healthy."""

    alarms_per_hour: float = 6.0
    manageable_per_hour: float = 12.0
    flood_above: int = 10
    most_flood_share: float = 0.01
    stale_after_hours: float = 24.0
    most_stale: int = 4
    chattering_occurrences: int = 3
    low_share: float = 0.80
    medium_share: float = 0.15


@dataclass(frozen=True)
class Offender:
    """One trouble and how many of the alarms were about it."""

    device: str
    kind: str
    alarms: int
    share: float


@dataclass(frozen=True)
class Flood:
    """Ten-minute windows in flood that touch each other. `most` alarms fell into the worst ten minutes."""

    start_us: int
    end_us: int
    most: int


@dataclass(frozen=True)
class AlarmHealth:
    """The alarm system over a period. Rates count what people were asked to look at, not what was suppressed."""

    since_us: int
    until_us: int
    alarms: int
    suppressed: int
    messages: int
    per_hour: float
    most_in_ten_minutes: int
    floods: tuple[Flood, ...]
    flood_share: float
    chattering: tuple[Alarm, ...]
    stale: tuple[Alarm, ...]
    shelved: tuple[Alarm, ...]
    out_of_service: tuple[Alarm, ...]
    top_offenders: tuple[Offender, ...]
    priority_mix: dict[Severity, float]
    unhealthy: tuple[str, ...]
    """What misses its target, as sentences; empty is healthy."""


def assess(
    raised: Sequence[Alarm],
    open_now: Sequence[Alarm],
    since_us: int,
    until_us: int,
    targets: HealthTargets | None = None,
) -> AlarmHealth:
    """The health of a period from the alarms raised in it and those open at its end."""
    targets = targets or HealthTargets()
    announced = [alarm for alarm in raised if not alarm.caused_by]
    at = sorted(alarm.raised_us for alarm in announced)
    floods = find_floods(at, targets.flood_above)
    hours = max((until_us - since_us) / SECOND_US / 3600, 1 / 6)
    stale_before = until_us - int(targets.stale_after_hours * 3600 * SECOND_US)
    health = AlarmHealth(
        since_us=since_us,
        until_us=until_us,
        alarms=len(announced),
        suppressed=len(raised) - len(announced),
        messages=sum(alarm.notifications for alarm in raised),
        per_hour=len(announced) / hours,
        most_in_ten_minutes=max(map(len, _ten_minute_runs(at)), default=0),
        floods=floods,
        flood_share=_flood_share(floods, since_us, until_us),
        chattering=tuple(alarm for alarm in raised if alarm.occurrences >= targets.chattering_occurrences),
        stale=tuple(alarm for alarm in open_now if alarm.active and alarm.raised_us <= stale_before),
        shelved=_under(open_now, "shelved"),
        out_of_service=_under(open_now, "out_of_service"),
        top_offenders=_top_offenders(announced),
        priority_mix=_priority_mix(announced),
        unhealthy=(),
    )
    return _judged(health, targets)


def find_floods(raised_us: Sequence[int], flood_above: int) -> tuple[Flood, ...]:
    """Where more than `flood_above` alarms began within ten minutes. `raised_us` is in order."""
    floods: list[Flood] = []
    for run in _ten_minute_runs(raised_us):
        if len(run) <= flood_above:
            continue
        flood = Flood(run[0], run[-1], len(run))
        if floods and flood.start_us <= floods[-1].end_us:
            flood = Flood(floods[-1].start_us, flood.end_us, max(flood.most, floods[-1].most))
            floods.pop()
        floods.append(flood)
    return tuple(floods)


def _ten_minute_runs(raised_us: Sequence[int]) -> list[Sequence[int]]:
    """For each alarm, those that began in the ten minutes from it on."""
    return [raised_us[index : bisect_left(raised_us, at + TEN_MINUTES_US)] for index, at in enumerate(raised_us)]


def _flood_share(floods: Sequence[Flood], since_us: int, until_us: int) -> float:
    """The share of the period's ten-minute windows that touch a flood."""
    starts = range(since_us, max(until_us, since_us + 1), TEN_MINUTES_US)
    ends = [flood.end_us for flood in floods]
    begins = [flood.start_us for flood in floods]
    touched = sum(bisect_left(ends, start) < bisect_right(begins, start + TEN_MINUTES_US - 1) for start in starts)
    return touched / len(starts)


def _under(alarms: Sequence[Alarm], kind: str) -> tuple[Alarm, ...]:
    return tuple(alarm for alarm in alarms if alarm.overlay is not None and alarm.overlay.kind == kind)


def _top_offenders(alarms: Sequence[Alarm], most: int = 10) -> tuple[Offender, ...]:
    counts = Counter((alarm.device, alarm.kind) for alarm in alarms for _ in range(alarm.occurrences))
    total = sum(counts.values())
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Offender(device, kind, count, count / total) for (device, kind), count in ranked[:most])


def _priority_mix(alarms: Sequence[Alarm]) -> dict[Severity, float]:
    if not alarms:
        return {}
    counts = Counter(alarm.severity for alarm in alarms)
    return {severity: counts[severity] / len(alarms) for severity in SEVERITIES}


def _judged(health: AlarmHealth, targets: HealthTargets) -> AlarmHealth:
    """The same with a sentence for every target that is missed."""
    mix = health.priority_mix
    urgent = mix.get("critical", 0.0) + mix.get("high", 0.0)
    misses = (
        (
            health.per_hour > targets.alarms_per_hour,
            f"{health.per_hour:.1f} alarms an hour, more than {targets.alarms_per_hour:g}"
            + (", more than anybody can work off" if health.per_hour > targets.manageable_per_hour else ""),
        ),
        (
            health.flood_share > targets.most_flood_share,
            f"{len(health.floods)} floods; {health.flood_share:.0%} of the time in flood",
        ),
        (bool(health.chattering), f"{len(health.chattering)} alarms chatter"),
        (
            len(health.stale) > targets.most_stale,
            f"{len(health.stale)} alarms have stood for more than {targets.stale_after_hours:g} hours",
        ),
        (
            health.alarms >= 20 and urgent > 1 - targets.low_share - targets.medium_share + 0.05,
            f"{urgent:.0%} of the alarms are high or critical: what is always urgent is never urgent",
        ),
    )
    sentences = tuple(sentence for missed, sentence in misses if missed)
    return replace(health, unhealthy=sentences)
