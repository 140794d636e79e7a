"""What a person receives: an advisory, and the notification that carries it."""

from __future__ import annotations

import msgspec

from lineside.alarms.model import Severity, Victim
from lineside.detection.finding import Evidence, Kind


class SopStep(msgspec.Struct, frozen=True):
    """One step of a standard operating procedure, quoted with where it stands."""

    number: str
    text: str
    document: str
    revision: str = ""
    section: str = ""
    reviewed: bool = True
    """False where the document carries no approval; the advisory then says so."""


class Advisory(msgspec.Struct, frozen=True):
    """What happened and what to do, drafted for one alarm at one moment."""

    advisory_id: str
    alarm_id: str
    site: str
    line: str
    drafted_us: int
    severity: Severity
    kind: Kind
    device: str
    since_us: int
    headline: str
    what_happened: str
    check_first: tuple[str, ...] = ()
    steps: tuple[SopStep, ...] = ()
    compliance: tuple[str, ...] = ()
    victims: tuple[Victim, ...] = ()
    lost_seconds: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    changes: tuple[str, ...] = ()
    """What a person might propose to change, a sentence each; nobody has proposed it."""
    composed_by: str = "procedure"
    """Who chose the words of `what_happened`: a model's row, or `procedure` for text composed from evidence and SOP."""
    why_not: tuple[str, ...] = ()
    """Why the models before that one did not choose them, in sentences; empty where none was to be asked."""


class Notification(msgspec.Struct, frozen=True):
    """One message to people. `fingerprint` is the same for the same message, so that it goes out once."""

    fingerprint: str
    alarm_id: str
    site: str
    line: str
    notified_us: int
    device: str
    severity: Severity
    kind: Kind
    cause: str
    affected: tuple[str, ...]
    lost_seconds: float
    subject: str
    """At most 100 characters (SNS)."""
    message: str
    """The whole message, readable on a phone."""
    short: str
    """At most 140 characters of GSM 03.38: fits one SMS."""
    why: str = "new"
    """`new`, `raised` or `overdue`."""
