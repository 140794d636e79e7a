"""One incident per cause: who stopped the line, since when, and who lost how much to it.

A stop that a machine says, and a slow or silent machine that the flow gives away, are causes. Whom they cost time is
found by walking the line over time (`lineside.line.flow`). What was found on the signals of a machine that stands
still because of them is an echo. The rules, and what they cannot see, are in docs/cause.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from msgspec.structs import replace

from lineside.alarms.incident import Incident as Incident
from lineside.alarms.model import Victim
from lineside.alarms.spoiled import BEFORE_US, LEADS_TO_US, with_spoilers
from lineside.alarms.upstream import trace_rejects
from lineside.detection.finding import Finding, Kind
from lineside.detection.memory import LineMemory
from lineside.detection.stops import Outage, outages
from lineside.line.flow import TAIL_US, Fault, Loss, losses, neighbours
from lineside.line.states import BLOCKED, RUNNING, SECOND_US, STARVED, MachineStates, StateHistory
from lineside.site.model import Line

STOPPING: tuple[Kind, ...] = ("stop", "silent", "slow")
"""Kinds that can stop others, the one that says most about a machine first. The rest are about a machine's signals."""

LEAST_LOST_SECONDS = 10.0
"""A machine that lost less than this, or less than two sampling intervals, to a cause is not listed under it."""

_ECHO_US = 900 * SECOND_US
"""How long after an outage the signals of the machines that stood still may take to settle."""
TOGETHER_US = 300 * SECOND_US
"""Limits of one machine that it passes within this time are one trouble: a fault rarely moves one value only."""
_NORMAL_BIN_US = 300 * SECOND_US
_JUST_NOW_US = 15 * SECOND_US
_LEAST_WAIT_US = 30 * SECOND_US


def explain(
    line: Line, history: StateHistory, findings: Sequence[Finding], now_us: int, memory: LineMemory | None = None
) -> list[Incident]:
    """The causes behind `findings`, oldest first. Every finding is a cause, explained by one, or an outage's echo.

    With `memory`, the values of the machines upstream are searched for what spoils the material that is rejected.
    """
    stopping = [finding for finding in findings if finding.kind in STOPPING]
    signals = [finding for finding in findings if finding.kind not in STOPPING]
    stands = _Standstills(line, history, outages(history, line, now_us), now_us)
    told = stands.incidents(stopping)
    ended = stands.ended(told) if signals else []
    for finding in signals:
        if finding.kind == "reject_rate":
            history.note_rejecting(finding.device, finding.onset_us, now_us)
    told = _with_signals(told, signals, ended, now_us)
    traced = trace_rejects(line, memory, findings, now_us) if memory is not None else {}
    for device, trace in traced.items():
        if trace.until_us == now_us:
            history.note_rejecting(device, trace.finding.onset_us, now_us)
    told = with_spoilers(line, told, ended, history.rejecting, traced)
    return sorted(told, key=lambda incident: (incident.onset_us, incident.device, incident.finding.key))


class _Standstills:
    """Who stood still because of whom."""

    def __init__(self, line: Line, history: StateHistory, past: Sequence[Outage], now_us: int) -> None:
        self._line, self._history, self._past, self._now_us = line, history, past, now_us
        self._least_seconds = max(LEAST_LOST_SECONDS, 2 * history.interval_us() / SECOND_US)

    def incidents(self, stopping: Sequence[Finding]) -> list[Incident]:
        """One per machine that stops others, with the line's losses shared out among them."""
        leading: dict[str, list[Finding]] = defaultdict(list)
        for finding in sorted(stopping, key=lambda finding: STOPPING.index(finding.kind)):
            leading[finding.device].append(finding)
        faults = {device: self._fault(found[0]) for device, found in leading.items()}
        lost = self._lost(faults.values())
        return [self._incident(found, faults[device], lost[faults[device]]) for device, found in leading.items()]

    def ended(self, told: Sequence[Incident]) -> list[Incident]:
        """Outages that are over and no longer told, of as long ago as bad material may have led to them."""
        known = {(incident.device, incident.onset_us) for incident in told}
        recent = [
            outage
            for outage in self._past
            if outage.over
            and outage.end_us >= self._now_us - LEADS_TO_US
            and (outage.device, outage.start_us) not in known
        ]
        faults = [_fault_of(outage, self._now_us) for outage in recent]
        lost = self._lost(faults)
        return [
            self._incident([Finding("stop", fault.device, fault.start_us, self._now_us)], fault, lost[fault])
            for fault in faults
        ]

    def _fault(self, finding: Finding) -> Fault:
        outage = self._outage(finding)
        if outage is not None:
            return _fault_of(outage, self._now_us)
        return Fault(finding.device, finding.onset_us, self._now_us, inferred=True)

    def _outage(self, finding: Finding) -> Outage | None:
        """The outage that a stop is about."""
        if finding.kind != "stop":
            return None
        same = (
            outage for outage in self._past if (outage.device, outage.start_us) == (finding.device, finding.onset_us)
        )
        return next(same, None)

    def _lost(self, wanted: Iterable[Fault]) -> Mapping[Fault, list[Loss]]:
        """The losses that belong to each wanted fault; every other long stop of the time takes its own."""
        faults = set(wanted)
        if not faults:
            return {}
        start_us = min(fault.start_us for fault in faults) - TAIL_US
        others = {_fault_of(outage, self._now_us) for outage in self._past if outage.end_us >= start_us}
        lost: dict[Fault, list[Loss]] = {fault: [] for fault in faults}
        for loss in losses(self._line, self._history, faults | others, start_us, self._now_us):
            if loss.fault in lost:
                lost[loss.fault].append(loss)
        return lost

    def _incident(self, found: Sequence[Finding], fault: Fault, lost: Sequence[Loss]) -> Incident:
        finding = found[0]
        stands = finding.kind != "silent" or self._stands_still(fault, lost)
        victims = self._victims(fault, lost) if stands else ()
        outage = self._outage(finding)
        cost = outage.down_us / SECOND_US if outage else max((victim.lost_seconds for victim in victims), default=0.0)
        return Incident(
            fault.device, finding.kind, finding.onset_us, finding, victims, round(cost, 1), tuple(found[1:])
        )

    def _stands_still(self, fault: Fault, lost: Sequence[Loss]) -> bool:
        """Whether a silent machine has stopped, or only its voice: a neighbour waits for it longer than it ever waits.

        A machine that works unheard lets its neighbours go on, with no more than their usual short waits.
        """
        waiting = {loss.device for loss in lost if loss.end_us > self._now_us - _JUST_NOW_US}
        for downstream in (True, False):
            for name in neighbours(self._line, self._history, fault.device, downstream=downstream):
                if name in waiting and self._waits_unusually(self._history.machines[name], fault.start_us):
                    return True
        return False

    def _waits_unusually(self, states: MachineStates, before_us: int) -> bool:
        stretches = _idle_stretches(states)
        usual_us = sorted(end_us - start_us for start_us, end_us in stretches if end_us <= before_us)
        habit_us = usual_us[int(0.9 * len(usual_us))] if usual_us else 0
        start_us, end_us = stretches[-1]
        return end_us >= self._now_us - _JUST_NOW_US and end_us - start_us >= max(_LEAST_WAIT_US, 1.5 * habit_us)

    def _victims(self, fault: Fault, lost: Sequence[Loss]) -> tuple[Victim, ...]:
        """Those that lost clearly more than they lose in the same time anyway."""
        by_device: dict[str, list[Loss]] = defaultdict(list)
        for loss in lost:
            by_device[loss.device].append(loss)
        victims = [self._victim(device, fault, pieces) for device, pieces in by_device.items()]
        listed = [victim for victim in victims if victim.lost_seconds >= self._least_seconds]
        return tuple(sorted(listed, key=lambda victim: (-victim.lost_seconds, victim.device)))

    def _victim(self, device: str, fault: Fault, pieces: Sequence[Loss]) -> Victim:
        states = self._history.machines[device]
        total_us, how = 0.0, []
        for state in (BLOCKED, STARVED):
            lost_us = sum(loss.end_us - loss.start_us for loss in pieces if loss.state == state)
            usual_us = _normal_share(states, state, fault.start_us) * _span_us(pieces)
            if lost_us > usual_us:
                total_us += lost_us - usual_us
                how.append(state)
        return Victim(device, round(total_us / SECOND_US, 1), ", ".join(how))


def _fault_of(outage: Outage, now_us: int) -> Fault:
    return Fault(outage.device, outage.start_us, outage.end_us if outage.over else now_us)


def _span_us(pieces: Sequence[Loss]) -> int:
    """From the first second lost to the last: the effect takes a while to arrive."""
    return max(loss.end_us for loss in pieces) - min(loss.start_us for loss in pieces)


def _idle_stretches(states: MachineStates) -> list[tuple[int, int]]:
    """When the machine did not run, from the first second to the last, whatever it said meanwhile."""
    stretches: list[tuple[int, int]] = []
    for run in states.runs:
        if run.state == RUNNING:
            continue
        start_us = stretches.pop()[0] if stretches and stretches[-1][1] >= run.start_us else run.start_us
        stretches.append((start_us, run.end_us))
    return stretches


def _normal_share(states: MachineStates, state: str, before_us: int) -> float:
    """The share of time that a machine is blocked (or starved) anyway: the median of the five-minute pieces before."""
    first_us = states.runs[0].start_us
    pieces = (before_us - first_us) // _NORMAL_BIN_US
    if pieces < 2:
        return 0.0
    shares = []
    for piece in range(pieces):
        end_us = before_us - piece * _NORMAL_BIN_US
        start_us = end_us - _NORMAL_BIN_US
        inside = states.between(start_us, end_us)
        shares.append(sum(run.overlap_us(start_us, end_us) for run in inside if run.state == state) / _NORMAL_BIN_US)
    return median(shares)


def _with_signals(
    told: Sequence[Incident], signals: Sequence[Finding], ended: Sequence[Incident], now_us: int
) -> list[Incident]:
    """Put each finding about a signal under the stop that explains it, or drop it as an echo, or let it stand."""
    standing: list[Finding] = []
    explained: dict[str, list[Finding]] = defaultdict(list)
    for finding in signals:
        root = next((incident for incident in told if _follows(finding, incident)), None)
        if root is not None:
            explained[root.finding.key].append(finding)
        elif not any(_echoes(finding, outage, now_us) for outage in ended):
            standing.append(finding)
    told = [replace(root, explained=(*root.explained, *explained[root.finding.key])) for root in told]
    return [*told, *_alone(standing)]


def _alone(standing: Sequence[Finding]) -> list[Incident]:
    """An incident for each; a drift goes under a limit of the same machine that it moved past, and a limit under
    another one that its machine passed moments before."""
    leading, under = _limits_together(finding for finding in standing if finding.kind == "limit")
    alone = []
    for finding in standing:
        if finding.kind == "limit":
            continue
        near = (each for each in leading[finding.device] if abs(finding.onset_us - each.onset_us) <= _ECHO_US)
        if finding.kind == "drift" and (limit := next(near, None)) is not None:
            under[limit.key].append(finding)
        else:
            alone.append(Incident(finding.device, finding.kind, finding.onset_us, finding))
    return [*alone, *(_passed(limit, under[limit.key]) for limits in leading.values() for limit in limits)]


def _limits_together(limits: Iterable[Finding]) -> tuple[dict[str, list[Finding]], dict[str, list[Finding]]]:
    """Device -> its limits that lead, the oldest first; key of one that leads -> those passed right after it.

    One that is over already leads nobody, and goes under nobody.
    """
    leading: dict[str, list[Finding]] = defaultdict(list)
    under: dict[str, list[Finding]] = defaultdict(list)
    for limit in sorted(limits, key=lambda limit: (limit.onset_us, limit.key)):
        own = [one for one in leading[limit.device] if not one.ended_us]
        if own and not limit.ended_us and limit.onset_us - own[-1].onset_us <= TOGETHER_US:
            under[own[-1].key].append(limit)
        else:
            leading[limit.device].append(limit)
    return leading, under


def _passed(limit: Finding, under: Sequence[Finding]) -> Incident:
    """A limit with what goes under it; the values of the other limits are told with its own."""
    also = (each for finding in under if finding.kind == "limit" for each in finding.evidence)
    told = replace(limit, evidence=(*limit.evidence, *also))
    return Incident(limit.device, "limit", limit.onset_us, told, explained=tuple(under))


def _follows(finding: Finding, root: Incident) -> bool:
    """True where a signal of the cause or of a victim moved because the machine stood still.

    A declared limit is passed because of the halt soon after it (a speed of 0), or else for a reason of its own.
    A rejects alarm on the machine that then stops is the same trouble whenever it began: it tripped the machine.
    """
    if finding.device == root.device and finding.kind == "reject_rate":
        return finding.onset_us >= root.onset_us - LEADS_TO_US
    follows = _stood(finding.device, root) and finding.onset_us >= root.onset_us - BEFORE_US
    return follows and (finding.kind != "limit" or finding.onset_us <= root.onset_us + TAIL_US)


def _echoes(finding: Finding, outage: Incident, now_us: int) -> bool:
    """The same once the outage is over. A declared limit is soon believed again: it may be about safety.

    Rejects are no echo while they still say why their machine tripped.
    """
    settles_us = TAIL_US if finding.kind == "limit" else _ECHO_US
    ended_us = outage.onset_us + int(outage.lost_seconds * SECOND_US)
    return finding.kind != "reject_rate" and _follows(finding, outage) and now_us <= ended_us + settles_us


def _stood(device: str, root: Incident) -> bool:
    return device == root.device or any(victim.device == device for victim in root.victims)
