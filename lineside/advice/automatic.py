"""What people are told of automatic actions: a notice as the same kind of message in which advisories reach them."""

from __future__ import annotations

from lineside.advice.compose import LONGEST_MESSAGE, VERBS
from lineside.advice.model import Notification
from lineside.advice.text import ascii_line, bounded, clean, gsm, local_time, number
from lineside.control.automatic import Notice
from lineside.site.model import Site

AGAIN = "This may have reached you before."


def notification_of(notice: Notice, site: Site) -> Notification:
    """The message of a notice, in three lengths. Its fingerprint is the notice's own id."""
    headline = _headline(notice, site)
    details = [_because(notice), *([f"{clean(notice.stands, 400)}."] if notice.stands else []), *_what_now(notice)]
    said_at = f"{local_time(notice.at_us, site.timezone, date=True)}, line {clean(notice.line, 60)}."
    message = [f"{headline}.", *details, said_at, *([AGAIN] if notice.perhaps_told else [])]
    return Notification(
        fingerprint=notice.notice_id,
        alarm_id=notice.alarm_id,
        site=site.site,
        line=notice.line,
        notified_us=notice.at_us,
        device=notice.device,
        severity=notice.severity,
        kind=notice.alarm_kind,
        cause=notice.cause,
        affected=(),
        lost_seconds=0.0,
        subject=ascii_line(f"[{notice.severity}] {headline}"),
        message=bounded("\n".join(message), LONGEST_MESSAGE),
        short=gsm(headline),
        why="automatic",
    )


def _headline(notice: Notice, site: Site) -> str:
    what = f"{clean(site.label(notice.device, notice.attribute), 60)} of {clean(notice.device, 60)}"
    if notice.was is None or notice.value is None:
        return f"Lineside no longer changes {what} by itself"
    step = f"from {number(notice.was, '')} to {number(notice.value, notice.unit)}"
    if notice.comes_to == "question":
        return f"Lineside asks to change {what} {step}"
    if notice.comes_to == "nothing":
        return f"Lineside has not changed {what} by itself {step}"
    return f"Lineside changes {what} by itself {step}"


def _because(notice: Notice) -> str:
    if notice.kind == "stopped":
        return f"Because {clean(notice.why, 400)}."
    return f"Because {clean(notice.cause, 60)} {VERBS[notice.alarm_kind]}."


def _what_now(notice: Notice) -> list[str]:
    return ["It stays so until a person resets it, under Commands."] if notice.kind == "stopped" else []
