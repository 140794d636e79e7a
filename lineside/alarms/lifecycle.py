"""The life of an alarm after ISA-18.2 (IEC 62682), as pure functions: an alarm in, the changed alarm out.

Two layers. The process state moves by `TRANSITIONS`, from what the line does (raise, clear, reopen) and what a
person does (acknowledge). Overlays (shelved, suppressed by design, out of service) lie on top: they silence
notifications and never stop the process state from moving, so a clear under an overlay is recorded like any other.
What the rules do not allow is `Refused` with the reason.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Literal

from msgspec.structs import replace

from lineside.alarms.model import Alarm, Overlay, OverlayKind, ProcessState, Severity
from lineside.errors import Refused

Event = Literal["raise", "reopen", "clear", "acknowledge"]

SECOND_US = 1_000_000

TRANSITIONS: dict[tuple[ProcessState, Event], ProcessState] = {
    ("normal", "raise"): "unacknowledged",
    ("unacknowledged", "clear"): "rtn_unacknowledged",
    ("unacknowledged", "acknowledge"): "acknowledged",
    ("acknowledged", "clear"): "normal",
    ("rtn_unacknowledged", "acknowledge"): "normal",
    # The same trouble back within the re-arm time is the same alarm, and whoever has seen it has seen it.
    ("rtn_unacknowledged", "reopen"): "unacknowledged",
    ("normal", "reopen"): "acknowledged",
}
"""Every move of the process state that there is; anything else is refused."""

OVERLAYS_OVER: dict[OverlayKind | None, frozenset[OverlayKind]] = {
    None: frozenset({"shelved", "suppressed_by_design", "out_of_service"}),
    "suppressed_by_design": frozenset({"out_of_service"}),
    "shelved": frozenset({"out_of_service"}),
    "out_of_service": frozenset(),
}
"""Which overlay may be laid where which one lies. Maintenance outranks the operator's shelf."""

LONGEST_SHELF_SECONDS: dict[Severity, int] = {
    "critical": 30 * 60,
    "high": 2 * 3600,
    "medium": 8 * 3600,
    "low": 24 * 3600,
}
"""The more urgent, the shorter a person may silence it."""

_REFUSALS: dict[tuple[ProcessState, Event], str] = {
    ("unacknowledged", "raise"): "it is already active",
    ("acknowledged", "raise"): "it is already active",
    ("rtn_unacknowledged", "raise"): "it has been raised before: reopen it, or raise a new alarm",
    ("acknowledged", "acknowledge"): "it is already acknowledged",
    ("normal", "acknowledge"): "it is already acknowledged and back to normal",
    ("normal", "clear"): "it is not active",
    ("rtn_unacknowledged", "clear"): "it is not active",
    ("unacknowledged", "reopen"): "it is already active",
    ("acknowledged", "reopen"): "it is already active",
}


def next_state(state: ProcessState, event: Event) -> ProcessState:
    """The state after `event`, or `Refused` with the reason."""
    after = TRANSITIONS.get((state, event))
    if after is None:
        raise Refused(f"cannot {event} an alarm that is {state.replace('_', ' ')}: {_REFUSALS[state, event]}")
    return after


def alarm_id_of(fingerprint: str, raised_us: int) -> str:
    """The same trouble raised at the same instant gets the same id, so that a repeated tick raises nothing twice."""
    digest = sha256(f"{fingerprint}|{raised_us}".encode()).hexdigest()[:10]
    return f"{raised_us // SECOND_US:011d}-{digest}"


def reopen(alarm: Alarm, now_us: int) -> Alarm:
    """The condition is back soon after it cleared: the same alarm, counted once more, and not told again."""
    next_state(alarm.state, "reopen")
    return replace(alarm, active=True, cleared_us=0, seen_us=now_us, occurrences=alarm.occurrences + 1)


def clear(alarm: Alarm, now_us: int) -> Alarm:
    """The condition is no longer true. Works under every overlay: silence is not blindness."""
    next_state(alarm.state, "clear")
    return replace(alarm, active=False, cleared_us=now_us)


def acknowledge(alarm: Alarm, *, by: str, now_us: int) -> Alarm:
    """A person has seen it and takes care."""
    next_state(alarm.state, "acknowledge")
    return replace(alarm, acknowledged_us=now_us, acknowledged_by=_somebody(by))


def shelve(alarm: Alarm, *, by: str, reason: str, until_us: int, now_us: int) -> Alarm:
    """A person silences it for a while, with a reason. It comes back by itself at `until_us`."""
    _refuse_if_covered(alarm, "shelved")
    seconds = (until_us - now_us) / SECOND_US
    longest = LONGEST_SHELF_SECONDS[alarm.severity]
    if not reason.strip():
        raise Refused("cannot shelve without a reason: the next shift must know why it is quiet")
    if seconds <= 0:
        raise Refused("cannot shelve until a time that has passed")
    if seconds > longest:
        raise Refused(f"cannot shelve a {alarm.severity} alarm for longer than {longest // 60} minutes")
    overlay = Overlay("shelved", since_us=now_us, until_us=until_us, by=_somebody(by), reason=reason.strip())
    return replace(alarm, overlay=overlay)


def unshelve(alarm: Alarm) -> Alarm:
    """Take it off the shelf before its time."""
    _refuse_unless_under(alarm, "shelved")
    return _uncovered(alarm)


def return_from_shelf(alarm: Alarm, now_us: int) -> Alarm:
    """The shelf's time is over: it speaks again, if it is still active. Before the time it stays as it is."""
    overlay = alarm.overlay
    if overlay is None or overlay.kind != "shelved" or now_us < overlay.until_us:
        return alarm
    return _uncovered(alarm)


def suppress(alarm: Alarm, root: Alarm, now_us: int) -> Alarm:
    """It is a consequence of `root`, which is told instead."""
    _refuse_if_covered(alarm, "suppressed_by_design")
    if root.alarm_id == alarm.alarm_id:
        raise Refused("an alarm cannot be suppressed under itself")
    reason = f"a consequence of {root.cause}"
    overlay = Overlay(
        "suppressed_by_design", since_us=now_us, by="lineside", reason=reason, root_alarm_id=root.alarm_id
    )
    return replace(alarm, overlay=overlay, caused_by=root.cause)


def lift_suppression(alarm: Alarm) -> Alarm:
    """The root has cleared; what is still active now is trouble of its own."""
    _refuse_unless_under(alarm, "suppressed_by_design")
    lifted = _uncovered(alarm)
    return replace(lifted, caused_by="") if lifted.active else lifted


def take_out_of_service(alarm: Alarm, *, by: str, work_order: str, now_us: int) -> Alarm:
    """Quiet for maintenance, for as long as the work order is open."""
    _refuse_if_covered(alarm, "out_of_service")
    if not work_order.strip():
        raise Refused("cannot take an alarm out of service without a work order")
    return replace(
        alarm,
        overlay=Overlay("out_of_service", since_us=now_us, by=_somebody(by), work_order=work_order.strip()),
    )


def return_to_service(alarm: Alarm) -> Alarm:
    """Maintenance is over."""
    _refuse_unless_under(alarm, "out_of_service")
    return _uncovered(alarm)


def close_forgotten(alarm: Alarm, now_us: int, *, after_seconds: float) -> Alarm:
    """An alarm that went away by itself and that nobody acknowledged for `after_seconds` is closed, and says so."""
    forgotten = not alarm.active and not alarm.acknowledged_us and alarm.overlay is None
    if not forgotten or now_us - alarm.cleared_us < after_seconds * SECOND_US:
        return alarm
    return replace(alarm, acknowledged_us=now_us, acknowledged_by="lineside: nobody did in time")


def _uncovered(alarm: Alarm) -> Alarm:
    """Without its overlay. Still active means that it asks for attention anew, whoever had seen it before."""
    announcement = alarm.announcement + 1
    if not alarm.active:
        return replace(alarm, overlay=None, announcement=announcement)
    return replace(
        alarm,
        overlay=None,
        acknowledged_us=0,
        acknowledged_by="",
        notified_severity="",
        reminded_severity="",
        announcement=announcement,
    )


def _refuse_if_covered(alarm: Alarm, wanted: OverlayKind) -> None:
    covered = alarm.overlay.kind if alarm.overlay else None
    if wanted not in OVERLAYS_OVER[covered]:
        raise Refused(f"cannot be {_words(wanted)}: it is {_words(covered)}")


def _refuse_unless_under(alarm: Alarm, kind: OverlayKind) -> None:
    if alarm.overlay is None or alarm.overlay.kind != kind:
        raise Refused(f"it is not {_words(kind)}")


def _words(kind: OverlayKind | None) -> str:
    return (kind or "free").replace("_", " ")


def _somebody(by: str) -> str:
    if not by.strip():
        raise Refused("say who does this")
    return by.strip()
