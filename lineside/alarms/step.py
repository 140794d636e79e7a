"""One tick of the alarms of a line: the incidents of now against the alarms so far, as changes.

One alarm per incident. The same trouble is recognised by its fingerprint; what is no longer wrong clears; what is a
consequence of another incident is raised, recorded and silenced under it. The function is pure and repeating it with
its own result changes nothing, so a tick that died half-way is simply run again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from lineside.alarms import lifecycle, priority
from lineside.alarms.cause import Incident
from lineside.alarms.lifecycle import SECOND_US
from lineside.alarms.model import SEVERITIES, Alarm, Severity, Victim
from lineside.alarms.priority import KINDS, Rationale
from lineside.alarms.spoiled import LEADS_TO_US, SPOILS, is_about, is_told_of
from lineside.detection.finding import Kind
from lineside.site.model import Line


@dataclass(frozen=True)
class StepSettings:
    """`rearm_seconds`: trouble back within it re-opens its alarm and is not told again (chattering).

    `guards_itself`: the kinds whose detector has a re-arm time of its own and re-bases after each episode, so that a
    new episode is new trouble; a second guard on top would swallow it.
    `linger_seconds`: how long a consequence stays silenced after its root cleared; material needs a while to flow.
    `forget_after_seconds`: an alarm that went away unacknowledged is closed by then.
    `silenced_under_root`: the kinds that a machine shows merely because another one holds it up. Its own long stop, a
    declared limit and a lost connection are not among them: they are true whatever the neighbours do.
    """

    rearm_seconds: float = 600.0
    linger_seconds: float = 300.0
    forget_after_seconds: float = 24 * 3600.0
    guards_itself: frozenset[Kind] = frozenset({"drift"})
    silenced_under_root: frozenset[Kind] = frozenset({"slow", "drift", "frozen", "reject_rate"})
    kinds: Mapping[Kind, Rationale] = field(default_factory=lambda: KINDS)

    @property
    def remembers_seconds(self) -> float:
        """How long after it cleared an alarm still matters to a step."""
        return max(self.rearm_seconds, self.linger_seconds) + 1


@dataclass(frozen=True)
class Change:
    """An alarm before (None: it is new) and after."""

    was: Alarm | None
    alarm: Alarm


def step(
    alarms: Sequence[Alarm],
    incidents: Sequence[Incident],
    now_us: int,
    *,
    site: str,
    line: Line,
    settings: StepSettings | None = None,
) -> list[Change]:
    """What the incidents of `now_us` do to `alarms`: those open, and those cleared within the re-arm time."""
    return _Step(alarms, now_us, site, line, settings or StepSettings()).run(incidents)


def fingerprint_of(site: str, line: str, incident: Incident) -> str:
    """The same for the same trouble coming back, on whatever day."""
    return "|".join((site, line, incident.finding.key))


class _Step:
    """The alarms while a tick moves them."""

    def __init__(self, alarms: Sequence[Alarm], now_us: int, site: str, line: Line, settings: StepSettings) -> None:
        self._before = {alarm.alarm_id: alarm for alarm in alarms}
        self._after = dict(self._before)
        self._now_us, self._site, self._line, self._settings = now_us, site, line, settings

    def run(self, incidents: Sequence[Incident]) -> list[Change]:
        self._pass_time()
        caused = {id(incident): alarm_id for incident in incidents if (alarm_id := self._raise(incident))}
        self._clear_all_but(set(caused.values()))
        self._silence_consequences(incidents, caused)
        self._lift_silence()
        return [
            Change(self._before.get(alarm_id), alarm)
            for alarm_id, alarm in self._after.items()
            if self._before.get(alarm_id) != alarm
        ]

    def _put(self, alarm: Alarm) -> str:
        self._after[alarm.alarm_id] = alarm
        return alarm.alarm_id

    def _pass_time(self) -> None:
        for alarm in list(self._after.values()):
            returned = lifecycle.return_from_shelf(alarm, self._now_us)
            after_seconds = self._settings.forget_after_seconds
            self._put(lifecycle.close_forgotten(returned, self._now_us, after_seconds=after_seconds))

    def _raise(self, incident: Incident) -> str | None:
        """Bring the alarm of an incident up to date, or make it. None for an event: nobody could do anything."""
        why = self._rationale(incident)
        if not why.operator_action.strip():
            return None
        fingerprint = fingerprint_of(self._site, self._line.id, incident)
        known = self._known(fingerprint)
        if (known is None or not known.active) and (same := self._same_cause(incident)) is not None:
            return self._put(
                self._updated(same if same.active else lifecycle.reopen(same, self._now_us), incident, why)
            )
        if known is not None and not known.active and incident.finding.ended_us and incident.onset_us <= known.seen_us:
            return known.alarm_id  # this tick is run again: it has been told, and it has ended
        if known is not None and known.active and incident.onset_us > known.seen_us:
            # It went away and came back between two ticks.
            known = lifecycle.clear(known, min(incident.onset_us, self._now_us))
            self._put(known)
        if known is None or not self._may_speak(known):
            known = self._new(fingerprint, incident, why)
        elif not known.active:
            known = replace(lifecycle.reopen(known, self._now_us), onset_us=incident.onset_us)
        updated = self._updated(known, incident, why)
        return self._put(lifecycle.clear(updated, self._now_us) if incident.finding.ended_us else updated)

    def _rationale(self, incident: Incident) -> Rationale:
        return priority.rationale(incident.kind, self._line.by_id.get(incident.device), self._settings.kinds)

    def _known(self, fingerprint: str) -> Alarm | None:
        """The alarm that this trouble belongs to: active, else under an overlay, else cleared a moment ago."""
        same = [alarm for alarm in self._after.values() if alarm.fingerprint == fingerprint and self._may_speak(alarm)]
        return max(same, key=lambda alarm: (alarm.active, alarm.overlay is not None, alarm.raised_us), default=None)

    def _same_cause(self, incident: Incident) -> Alarm | None:
        """The alarm that has spoken for this cause already, in other words: it goes on, and there is no second one.

        A machine upstream has been told for the value that moved, and the rejects follow; or the rejects have been told
        with that value as their cause, and it passes its limit; or of two limits that were told together the first one
        holds again.
        """
        same = [alarm for alarm in self._after.values() if alarm.overlay is None and _is_same_cause(alarm, incident)]
        return max(same, key=lambda alarm: (alarm.active, alarm.raised_us), default=None)

    def _may_speak(self, alarm: Alarm) -> bool:
        if alarm.active or alarm.overlay is not None:
            return True
        rearmed_us = alarm.cleared_us + int(self._settings.rearm_seconds * SECOND_US)
        return alarm.kind not in self._settings.guards_itself and self._now_us <= rearmed_us

    def _new(self, fingerprint: str, incident: Incident, why: Rationale) -> Alarm:
        return Alarm(
            alarm_id=lifecycle.alarm_id_of(fingerprint, self._now_us),
            fingerprint=fingerprint,
            site=self._site,
            line=self._line.id,
            device=incident.device,
            kind=incident.kind,
            severity="low",
            onset_us=incident.onset_us,
            raised_us=self._now_us,
            attribute=incident.finding.attribute,
            detail=incident.finding.detail,
            consequence=why.consequence,
            operator_action=why.operator_action,
            time_to_respond_minutes=why.respond_minutes,
        )

    def _updated(self, alarm: Alarm, incident: Incident, why: Rationale) -> Alarm:
        """With what the incident has cost so far. Severity only rises while the alarm stands."""
        lost = incident.lost_seconds + sum(victim.lost_seconds for victim in incident.victims)
        now = priority.severity(
            why,
            self._line.by_id.get(incident.device),
            attribute=incident.finding.attribute,
            lasted_minutes=incident.lost_seconds / 60,
            machine_minutes=lost / 60,
            line_share=priority.line_share(self._line, {incident.device, *(each.device for each in incident.victims)}),
        )
        worst = min((alarm.severity, now, *self._severities_of_the_cause(incident)), key=SEVERITIES.index)
        return replace(
            alarm,
            seen_us=self._now_us,
            severity=worst,
            traced_to=(incident.caused_by or alarm.traced_to) if alarm.device == incident.device else alarm.traced_to,
            victims=_worst_of(alarm.victims, incident.victims),
            lost_seconds=max(alarm.lost_seconds, incident.lost_seconds),
            evidence=incident.finding.evidence,
        )

    def _severities_of_the_cause(self, incident: Incident) -> Iterator[Severity]:
        """Of what the machine that is the cause violates itself: a declared limit keeps its urgency under the rejects'
        alarm, and under another limit."""
        device = incident.caused_by or (incident.device if incident.kind == "limit" else "")
        machine = self._line.by_id.get(device)
        for finding in incident.explained:
            if device and finding.device == device and (incident.caused_by or finding.kind == "limit"):
                why = priority.rationale(finding.kind, machine, self._settings.kinds)
                yield priority.severity(why, machine, attribute=finding.attribute)

    def _clear_all_but(self, standing: set[str]) -> None:
        for alarm in list(self._after.values()):
            if alarm.active and alarm.alarm_id not in standing:
                self._put(lifecycle.clear(alarm, self._now_us))

    def _silence_consequences(self, incidents: Sequence[Incident], caused: Mapping[int, str]) -> None:
        roots = self._root_of_victim(incidents, caused)
        for alarm in list(self._after.values()):
            root = roots.get(alarm.device)
            if root is not None and self._is_consequence(alarm, root):
                self._put(lifecycle.suppress(alarm, root, self._now_us))

    def _root_of_victim(self, incidents: Iterable[Incident], caused: Mapping[int, str]) -> dict[str, Alarm]:
        """Victim -> the alarm of the incident that cost it most."""
        most: dict[str, float] = {}
        roots: dict[str, Alarm] = {}
        for incident in incidents:
            for victim in incident.victims:
                if id(incident) in caused and victim.lost_seconds > most.get(victim.device, 0.0):
                    most[victim.device] = victim.lost_seconds
                    roots[victim.device] = self._after[caused[id(incident)]]
        return roots

    def _is_consequence(self, alarm: Alarm, root: Alarm) -> bool:
        """Active, silent-able, not silenced yet, and begun no earlier than the root did."""
        return (
            alarm.active
            and alarm.overlay is None
            and alarm.alarm_id != root.alarm_id
            and alarm.kind in self._settings.silenced_under_root
            and alarm.onset_us >= root.onset_us
        )

    def _lift_silence(self) -> None:
        for alarm in list(self._after.values()):
            overlay = alarm.overlay
            if overlay is not None and overlay.kind == "suppressed_by_design" and self._is_over(overlay.root_alarm_id):
                self._put(lifecycle.lift_suppression(alarm))

    def _is_over(self, root_alarm_id: str) -> bool:
        """Whether the root has cleared long enough ago; one that is not even among the alarms certainly has."""
        root = self._after.get(root_alarm_id)
        if root is None:
            return True
        return not root.active and self._now_us >= root.cleared_us + int(self._settings.linger_seconds * SECOND_US)


def _is_same_cause(alarm: Alarm, incident: Incident) -> bool:
    if abs(alarm.onset_us - incident.onset_us) > LEADS_TO_US:
        return False
    if incident.caused_by:
        return alarm.device == incident.caused_by and alarm.kind in SPOILS and is_told_of(alarm, incident.finding)
    if (alarm.device, alarm.kind, incident.kind) == (incident.device, "limit", "limit"):
        told = {each.attribute for each in alarm.evidence if each.device == alarm.device}
        return alarm.active and alarm.attribute != incident.finding.attribute and incident.finding.attribute in told
    traced = alarm.active and bool(alarm.traced_to) and alarm.traced_to == incident.device
    return traced and incident.kind in SPOILS and is_about(incident.finding, alarm.evidence)


def _worst_of(before: Sequence[Victim], now: Sequence[Victim]) -> tuple[Victim, ...]:
    """Every machine that has lost time to the cause, with the most it lost: what was lost is not given back when the
    outage passes out of the detectors' look-back."""
    worst = {victim.device: victim for victim in before}
    for victim in now:
        known = worst.get(victim.device)
        if known is None or victim.lost_seconds >= known.lost_seconds:
            worst[victim.device] = victim
    return tuple(sorted(worst.values(), key=lambda victim: (-victim.lost_seconds, victim.device)))
