"""Alarms and incidents as the tests need them: only what a test cares about is said."""

from __future__ import annotations

from typing import Any

from lineside.alarms.cause import Incident
from lineside.alarms.model import Alarm, Victim
from lineside.detection.finding import Evidence, Finding, Kind

MINUTE_US = 60_000_000
T0_US = 1_741_000_000_000_000


def minutes(count: float) -> int:
    """The instant so many minutes after the tests' beginning."""
    return T0_US + int(count * MINUTE_US)


def an_alarm(**stated: Any) -> Alarm:
    return Alarm(
        **{
            "alarm_id": "01741000000-aaaaaaaaaa",
            "fingerprint": "bakery|line-1|stop|Conveyor||",
            "site": "bakery",
            "line": "line-1",
            "device": "Conveyor",
            "kind": "stop",
            "severity": "medium",
            "onset_us": minutes(-1),
            "raised_us": T0_US,
            "seen_us": T0_US,
            "operator_action": "Restart it.",
            "time_to_respond_minutes": 15.0,
            **stated,
        }
    )


def an_incident(
    device: str = "Conveyor",
    kind: Kind = "stop",
    onset_us: int = minutes(-1),
    victims: dict[str, float] | None = None,
    lost_seconds: float = 60.0,
    attribute: str = "",
    evidence: tuple[Evidence, ...] = (),
) -> Incident:
    finding = Finding(kind, device, onset_us, T0_US, attribute=attribute, evidence=evidence)
    lost = tuple(Victim(name, seconds, "blocked") for name, seconds in (victims or {}).items())
    return Incident(device, kind, onset_us, finding, victims=lost, lost_seconds=lost_seconds)


def impossible(alarm: Alarm) -> list[str]:
    """What no sequence of transitions may lead to; empty for every alarm that these functions made."""
    overlay = alarm.overlay
    wrong = (
        (alarm.active and alarm.cleared_us != 0, "active and cleared"),
        (not alarm.active and alarm.cleared_us == 0, "neither active nor cleared"),
        (bool(alarm.acknowledged_us) != bool(alarm.acknowledged_by), "acknowledged by nobody"),
        (alarm.occurrences < 1, "never occurred"),
        (overlay is not None and overlay.kind == "shelved" and not overlay.reason, "shelved without a reason"),
        (overlay is not None and overlay.kind == "shelved" and overlay.until_us <= 0, "shelved for ever"),
        (overlay is not None and overlay.kind == "out_of_service" and not overlay.work_order, "no work order"),
        (overlay is not None and overlay.kind == "suppressed_by_design" and not overlay.root_alarm_id, "no root"),
    )
    return [what for is_so, what in wrong if is_so]
