"""When people are told: on a new alarm, a raised severity, or an overdue acknowledgement. Otherwise never.

Everything needed to decide stands in the alarm itself, so a process that dies between telling and storing tells
again with the same fingerprint, by which a reader knows the repeat.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from lineside.alarms.lifecycle import SECOND_US
from lineside.alarms.model import Alarm, Severity
from lineside.alarms.priority import is_worse

Why = Literal["new", "raised", "overdue"]


@dataclass(frozen=True)
class GateSettings:
    """`reminded`: the severities whose overdue acknowledgement is told again; a low one can wait for the shift.

    `most_messages`: no alarm ever sends more than this, whatever happens to it.
    """

    reminded: frozenset[Severity] = frozenset({"critical", "high", "medium"})
    most_messages: int = 6


def reason_to_tell(alarm: Alarm, now_us: int, settings: GateSettings | None = None) -> Why | None:
    """Why people should hear of this alarm now; None for silence."""
    settings = settings or GateSettings()
    if alarm.overlay is not None or alarm.notifications >= settings.most_messages:
        return None
    if not alarm.notified_severity:
        return "new" if _deserves_news(alarm) else None
    if not alarm.active:
        return None
    if is_worse(alarm.severity, alarm.notified_severity):
        return "raised"
    return "overdue" if _is_overdue(alarm, now_us, settings) else None


def fingerprint_of(alarm: Alarm, why: Why) -> str:
    """The same for the same message, also when a crash makes it go out twice."""
    return f"{alarm.alarm_id}/{alarm.announcement}/{why}/{alarm.severity}"


def told(alarm: Alarm, why: Why, now_us: int) -> Alarm:
    """The alarm after people were told."""
    return replace(
        alarm,
        notified_us=now_us,
        notified_severity=alarm.severity,
        notifications=alarm.notifications + 1,
        reminded_severity=alarm.severity if why == "overdue" else alarm.reminded_severity,
    )


def _deserves_news(alarm: Alarm) -> bool:
    """Active; or gone before the message could leave, and nobody has looked: it happened all the same.

    What came and went under an overlay (a later announcement) has nothing left to announce.
    """
    return alarm.active or (alarm.announcement == 1 and not alarm.acknowledged_us)


def _is_overdue(alarm: Alarm, now_us: int, settings: GateSettings) -> bool:
    if alarm.acknowledged_us or alarm.severity not in settings.reminded or not alarm.time_to_respond_minutes:
        return False
    if alarm.reminded_severity == alarm.severity:
        return False
    return now_us - alarm.notified_us >= alarm.time_to_respond_minutes * 60 * SECOND_US
