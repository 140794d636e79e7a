"""A machine that rejects, and what spoils its material upstream: one trouble, under the machine that spoils.

Where that machine has a finding of its own (a limit, a drift), its incident leads and takes the rejects in. Where only
its values gave it away, the rejects lead, and the incident says whose fault they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from lineside.alarms.incident import Incident
from lineside.alarms.model import Alarm, Victim
from lineside.detection.finding import Evidence, Finding, Kind
from lineside.detection.traced import Traced
from lineside.line.flow import beyond
from lineside.line.states import SECOND_US, Rejecting
from lineside.site.model import Line

BEFORE_US = 30 * SECOND_US
"""A signal that moves this shortly before a stop moved because of it: the onset of either is an estimate."""
LEADS_TO_US = 1800 * SECOND_US
"""How long bad material takes at most from the machine that spoils it to the one that rejects it."""
SPOILS: frozenset[Kind] = frozenset(("limit", "drift"))


def with_spoilers(
    line: Line,
    told: Sequence[Incident],
    ended: Sequence[Incident],
    rejecting: Mapping[str, Rejecting],
    traced: Mapping[str, Traced],
) -> list[Incident]:
    """Join each rejecting machine to what spoils its material.

    The stops that the rejects led to belong to it too, those that are over already with the one that lasts.
    """
    incidents = list(told)
    for device, rejects in rejecting.items():
        trace = traced.get(device)
        tripped = [one for one in (*incidents, *ended) if one.device == device and _is_trip(one, rejects, trace)]
        lead, also = _lead(line, device, rejects, incidents, trace)
        if lead is None and trace is not None and any(one in incidents for one in tripped):
            lead = Incident(device, "reject_rate", trace.finding.onset_us, trace.finding, caused_by=trace.device)
            also = [one for one in incidents if one.kind in SPOILS and is_about(one.finding, trace.finding.evidence)]
        if lead is not None:
            rest = [one for one in incidents if one not in (lead, *tripped, *also)]
            incidents = [*rest, _joined(_with_changes(lead, trace), tripped, also)]
    return incidents


def _with_changes(lead: Incident, trace: Traced | None) -> Incident:
    """With what changed as evidence, where the machine that leads is the one that the rejects were traced to."""
    if trace is None or lead.device != trace.device:
        return lead
    moved = (each for each in trace.finding.evidence if each.moved)
    return replace(lead, finding=replace(lead.finding, evidence=(*lead.finding.evidence, *moved)))


def is_about(finding: Finding, evidence: Sequence[Evidence]) -> bool:
    """Whether a finding is about a value that is said to have changed before the rejects."""
    moved = {(each.device, each.attribute) for each in evidence if each.moved}
    seen = {finding.attribute, *(each.attribute for each in finding.evidence)}
    return any((finding.device, attribute) in moved for attribute in seen)


def is_told_of(alarm: Alarm, rejects: Finding) -> bool:
    """Whether an alarm is about a value that changed before these rejects, as far as they were traced."""
    told = {alarm.attribute, alarm.detail, *(each.attribute for each in alarm.evidence)}
    return any(each.moved and each.device == alarm.device and each.attribute in told for each in rejects.evidence)


def _is_trip(incident: Incident, rejects: Rejecting, trace: Traced | None) -> bool:
    """The rejects themselves, and a stop that began while there were too many of them."""
    since_us = min(rejects.since_us, trace.began_us) if trace else rejects.since_us
    began_us = (since_us - BEFORE_US, rejects.until_us + BEFORE_US)
    return incident.kind in ("stop", "reject_rate") and began_us[0] <= incident.onset_us <= began_us[1]


def _lead(
    line: Line, device: str, rejects: Rejecting, incidents: Sequence[Incident], trace: Traced | None
) -> tuple[Incident | None, list[Incident]]:
    """The incident upstream that spoils the material, and the others of the same machine that are one trouble with it.

    Only where all three were seen: the spoiler's own finding, the rejects, and a flow from the one to the other.
    """
    spoiler = _spoiler(line, device, rejects, incidents, trace)
    if spoiler is None:
        return None, []
    also = [one for one in incidents if one.device == spoiler.device and one.kind in SPOILS and one is not spoiler]
    return spoiler, also


def _spoiler(
    line: Line, device: str, rejects: Rejecting, incidents: Sequence[Incident], trace: Traced | None
) -> Incident | None:
    """The first limit upstream that came before the rejects; else the first drift.

    Where values were traced to a machine, its own; a drift of another machine did not decide then.
    """
    upstream = beyond(device, line.upstream)
    found = [
        incident
        for incident in incidents
        if incident.kind in SPOILS
        and incident.device in upstream
        and rejects.since_us - LEADS_TO_US <= incident.onset_us <= rejects.since_us
    ]
    if trace is not None:
        own = [incident for incident in found if incident.device == trace.device]
        found = own or [incident for incident in found if incident.kind == "limit"]
    return min(found, key=lambda incident: (incident.kind != "limit", incident.onset_us), default=None)


def _joined(lead: Incident, tripped: Sequence[Incident], also: Sequence[Incident]) -> Incident:
    """The lead as the cause of the trips: the machine that rejects lost its down time to it."""
    stops = [incident for incident in tripped if incident.kind == "stop"]
    lost: dict[str, float] = defaultdict(float)
    how: dict[str, set[str]] = defaultdict(set)
    for stop in stops:
        for victim in (Victim(stop.device, stop.lost_seconds, "down"), *stop.victims):
            lost[victim.device] += victim.lost_seconds
            how[victim.device].update(victim.state.split(", "))
    victims = [
        Victim(device, round(seconds, 1), ", ".join(sorted(how[device])))
        for device, seconds in lost.items()
        if device != (lead.caused_by or lead.device)
    ]
    found = (one for incident in (*also, *tripped) for one in (incident.finding, *incident.explained))
    return replace(
        lead,
        victims=tuple(sorted(victims, key=lambda victim: (-victim.lost_seconds, victim.device))),
        lost_seconds=round(sum(stop.lost_seconds for stop in stops), 1),
        explained=(*lead.explained, *(one for one in found if one.key != lead.finding.key)),
    )
