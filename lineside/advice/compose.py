"""An alarm -> an advisory and the message that carries it, in words that come from evidence and procedures alone.

No model is asked. Every number shown is one that an alarm, its evidence or its victims carry, with unit and time;
every step is quoted from a document in force, with its number and revision.
"""

from __future__ import annotations

from hashlib import sha256

from lineside.advice.change import change_lines
from lineside.advice.gate import Why, fingerprint_of
from lineside.advice.model import Advisory, Notification, SopStep
from lineside.advice.sops import Procedure
from lineside.advice.text import (
    ascii_line,
    bounded,
    clean,
    duration,
    gsm,
    local_time,
    names,
    number,
)
from lineside.alarms.model import Alarm, Victim
from lineside.detection.finding import Evidence, Kind
from lineside.site.model import Site

LONGEST_MESSAGE = 1600
"""A phone shows this in about three screens; Apprise's SMS gateways split no further than ten parts."""
MOST_EVIDENCE = 6
MOST_STEPS_IN_MESSAGE = 5

VERBS: dict[Kind, str] = {
    "stop": "stopped",
    "slow": "runs slow",
    "limit": "is outside its limits",
    "drift": "behaves unusually",
    "frozen": "has a frozen sensor",
    "silent": "is silent",
    "reject_rate": "rejects too much",
}

CHECK_FIRST: dict[Kind, tuple[str, ...]] = {
    "stop": (
        "Is somebody at the machine, or is it locked out? Ask before anything moves.",
        "What does its own panel say?",
        "Is material jammed at its entry or exit?",
    ),
    "slow": ("Is its set point what the recipe asks for?", "Is material lying against a guide or a belt?"),
    "limit": ("Does a second instrument show the same value?", "Was a set point changed in this shift?"),
    "drift": ("Did anybody change material, tool or set point?", "Look at the values that moved, largest first."),
    "frozen": ("Read the value at the machine: does it move there?", "Is the sensor's cable seated?"),
    "silent": ("Does the machine run? It may be well and only unheard.", "Is its network or gateway powered?"),
    "reject_rate": ("Look at ten rejects: what is wrong with them?", "Which process value moved before the rejects?"),
}

_UNBROKEN_SECONDS = 30
"""A stop whose down time falls short of its length by more than this has not stood all the while."""

_SURE = 0.6
"""From here on the change upstream is called the probable cause and not a possible one."""
_MOST_TOLD = 2

NO_PROCEDURE = "No procedure in force covers this machine and alarm."


def compose(alarm: Alarm, procedure: Procedure, site: Site, why: Why, now_us: int) -> Advisory:
    """What happened, since when, why, what it costs, and what to do: for one alarm as it stands now."""
    return Advisory(
        advisory_id=advisory_id_of(alarm, why),
        alarm_id=alarm.alarm_id,
        site=alarm.site,
        line=alarm.line,
        drafted_us=now_us,
        severity=alarm.severity,
        kind=alarm.kind,
        device=alarm.device,
        since_us=alarm.onset_us,
        headline=headline(alarm),
        what_happened=what_happened(alarm, site, now_us),
        check_first=procedure.checks or CHECK_FIRST[alarm.kind],
        steps=procedure.steps,
        compliance=tuple(clean(note, 300) for note in procedure.compliance),
        victims=alarm.victims,
        lost_seconds=alarm.lost_seconds,
        evidence=_most_telling(alarm.evidence),
        changes=change_lines(alarm, site),
    )


def _most_telling(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """No more than a person reads, and among them whatever explains the rest."""
    moved = [each for each in evidence if each.moved]
    return (*[each for each in evidence if not each.moved][: MOST_EVIDENCE - len(moved)], *moved)


def notification(alarm: Alarm, advisory: Advisory, why: Why, site: Site) -> Notification:
    """The message of an advisory, in three lengths."""
    return Notification(
        fingerprint=fingerprint_of(alarm, why),
        alarm_id=alarm.alarm_id,
        site=alarm.site,
        line=alarm.line,
        notified_us=advisory.drafted_us,
        device=alarm.device,
        severity=alarm.severity,
        kind=alarm.kind,
        cause=alarm.cause,
        affected=tuple(victim.device for victim in alarm.victims),
        lost_seconds=alarm.lost_seconds,
        subject=ascii_line(f"[{alarm.severity}] {_PREFIX[why]}{advisory.headline}"),
        message=bounded(_message(alarm, advisory, why, site), LONGEST_MESSAGE),
        short=gsm(f"{alarm.severity.upper()} {_PREFIX[why]}{_short(alarm, advisory, site)}"),
        why=why,
    )


def headline(alarm: Alarm) -> str:
    """`Vertical Conveyor stopped, 9.7 min lost; Cookie Inspector and Cookie Former wait`."""
    device = clean(alarm.device, 60)
    about = f" ({clean(alarm.attribute, 40)})" if alarm.attribute else ""
    verb = VERBS[alarm.kind] if alarm.active else f"{VERBS[alarm.kind]}, and recovered"
    lost = f", {duration(alarm.lost_seconds)} lost" if alarm.lost_seconds else ""
    because = f" because of {clean(alarm.traced_to, 60)}" if alarm.traced_to else ""
    others = _others(alarm)
    waiting = f"; {names(_by_loss(others), 2)} {_wait(alarm)}" if others else ""
    return f"{device}{about} {verb}{because}{lost}{waiting}"


def what_happened(alarm: Alarm, site: Site, now_us: int) -> str:
    """Two or three sentences: what, since when, who is held up and what it costs."""
    since = local_time(alarm.onset_us, site.timezone, date=True)
    lasted_seconds = max(0, (alarm.cleared_us or now_us) - alarm.onset_us) / 1e6
    lasted = duration(lasted_seconds)
    first = f"{clean(alarm.device, 60)} {VERBS[alarm.kind]} since {since} ({lasted})."
    if not alarm.active:
        # It is known to be over; when it ended lies between the last tick and this one, so only a stop says how long.
        when = f"at {since} and stood for {duration(alarm.lost_seconds)}" if alarm.kind == "stop" else f"from {since}"
        first = f"{clean(alarm.device, 60)} {VERBS[alarm.kind]} {when}; it has recovered."
    elif alarm.kind == "stop" and alarm.lost_seconds < lasted_seconds - _UNBROKEN_SECONDS:
        # It has moved in between, or moves again already: then "since" would say too much.
        lost = duration(alarm.lost_seconds)
        first = f"{clean(alarm.device, 60)} stopped at {since} and stood for {lost} of the {lasted} since then."
    parts = [first, changed_upstream(alarm, site), _victims_sentence(alarm), clean(alarm.consequence, 200)]
    return " ".join(filter(None, parts))


def changed_upstream(alarm: Alarm, site: Site) -> str:
    """Which value of which machine changed before the rejects did, by how much, when, and how long before; or "".

    `Probable cause: Dough temperature of Cookie Former went from 2.2 °C to 6.8 °C, between 07:41:30 CET and
    07:46:00 CET; it began 4.5 min before the rejects did.`
    """
    changes = [(each, each.moved) for each in alarm.evidence if each.moved is not None]
    if not changes:
        return ""
    first, moved = changes[0]
    cause = "Probable cause" if moved.sure >= _SURE else "Possible cause"
    since, until = local_time(moved.since_us, site.timezone), local_time(first.observed_us, site.timezone)
    lead = duration(moved.lead_seconds)
    lasted = f"between {since} and {until}; it began {lead} before the rejects did"
    also = "".join(f" {_went(each, site)} as well." for each, _ in changes[1:_MOST_TOLD])
    return f"{cause}: {_went(first, site)}, {lasted}.{also}"


def _went(each: Evidence, site: Site) -> str:
    what = f"{clean(site.label(each.device, each.attribute), 60)} of {clean(each.device, 60)}"
    before = number(each.expected if each.expected is not None else "?", each.unit)
    return f"{what} went from {before} to {number(each.value, each.unit)}"


def evidence_line(evidence: Evidence, site: Site) -> str:
    """`Freezer temperature -17.3 °C at 07:22:30 CET, expected -18 °C (Freezer Tunnel)`."""
    value = number(evidence.value, evidence.unit)
    at = local_time(evidence.observed_us, site.timezone)
    expected = "" if evidence.expected is None else f", expected {number(evidence.expected, evidence.unit)}"
    if evidence.moved is not None and evidence.expected is not None:
        since, lead = local_time(evidence.moved.since_us, site.timezone), duration(evidence.moved.lead_seconds)
        was = number(evidence.expected, evidence.unit)
        expected = f", {was} until {since}, {lead} before the rejects"
    note = f", {clean(evidence.note, 80)}" if evidence.note else ""
    what = clean(site.label(evidence.device, evidence.attribute), 60)
    return f"{what} {value} at {at}{expected}{note} ({clean(evidence.device, 60)})"


def step_line(step: SopStep) -> str:
    """`3. Lock out the drive. [SOP-VC-01 rev 3, step 3]`, marked where nobody approved the document."""
    source = f"{step.document} rev {step.revision}" if step.revision else step.document
    unreviewed = "" if step.reviewed else ", UNREVIEWED"
    return f"{step.number}. {step.text} [{source}, step {step.number}{unreviewed}]"


def advisory_id_of(alarm: Alarm, why: Why) -> str:
    """One advisory for each message that an alarm deserves, however often its sending is tried."""
    return f"{alarm.alarm_id}-{sha256(fingerprint_of(alarm, why).encode()).hexdigest()[:8]}"


_PREFIX: dict[Why, str] = {"new": "", "raised": "Worse: ", "overdue": "Not acknowledged: "}


def _message(alarm: Alarm, advisory: Advisory, why: Why, site: Site) -> str:
    """What a person reads on a phone: the fact first, then what to do, then the numbers."""
    parts = [
        f"{alarm.severity.upper()}: {_PREFIX[why]}{advisory.headline}",
        advisory.what_happened,
        _action(alarm),
        _section("Check first", [f"- {check}" for check in advisory.check_first[:3]]),
        _steps(advisory),
        _section("A person may propose; nothing was sent", [f"- {change}" for change in advisory.changes[:_MOST_TOLD]]),
        _section("Numbers", [f"- {evidence_line(each, site)}" for each in advisory.evidence]),
        _section("Keep to", [f"- {note}" for note in advisory.compliance[:3]]),
    ]
    return "\n".join(part for part in parts if part)


def _action(alarm: Alarm) -> str:
    if not alarm.active:
        return "It runs again; look whether it will stay so."
    return f"Do: {clean(alarm.operator_action, 200)} (within {alarm.time_to_respond_minutes:.0f} min)"


def _steps(advisory: Advisory) -> str:
    if not advisory.steps:
        return NO_PROCEDURE
    shown = [step_line(step) for step in advisory.steps[:MOST_STEPS_IN_MESSAGE]]
    more = len(advisory.steps) - len(shown)
    return _section("Procedure", [*shown, *([f"... and {more} more steps"] if more > 0 else [])])


def _section(title: str, lines: list[str]) -> str:
    return "\n".join([f"{title}:", *lines]) if lines else ""


def _short(alarm: Alarm, advisory: Advisory, site: Site) -> str:
    at = local_time(alarm.onset_us, site.timezone)
    return f"{advisory.headline}. Since {at}. {clean(alarm.operator_action, 60)}"


def _victims_sentence(alarm: Alarm) -> str:
    if not alarm.victims:
        return ""
    losses = [
        f"{clean(victim.device, 40)} {duration(victim.lost_seconds)}{_state(victim)}"
        for victim in _sorted_by_loss(alarm.victims)[:6]
    ]
    more = len(alarm.victims) - len(losses)
    rest = f" and {more} more" if more > 0 else ""
    return f"Held up by it: {', '.join(losses)}{rest}."


def _state(victim: Victim) -> str:
    return f" {clean(victim.state, 40)}" if victim.state else ""


def _others(alarm: Alarm) -> tuple[Victim, ...]:
    """The victims without the machine that the message is about: one that rejects may have stopped itself."""
    return tuple(victim for victim in alarm.victims if victim.device != alarm.device)


def _wait(alarm: Alarm) -> str:
    if not alarm.active:
        return "waited"
    return "waits" if len(_others(alarm)) == 1 else "wait"


def _by_loss(victims: tuple[Victim, ...]) -> tuple[str, ...]:
    return tuple(victim.device for victim in _sorted_by_loss(victims))


def _sorted_by_loss(victims: tuple[Victim, ...]) -> list[Victim]:
    return sorted(victims, key=lambda victim: (-victim.lost_seconds, victim.device))
