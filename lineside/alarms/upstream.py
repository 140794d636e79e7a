"""Which machine upstream spoils what an inspector rejects: whose values changed first, and whom the rejects follow.

It knows no name and no delay: every number that a machine upstream measures is asked the same two questions (did it
leave its usual wander before the rejects rose, and do they follow it?), and where no answer is clear it accuses nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from lineside.detection import changes, defects
from lineside.detection.changes import CHANGES
from lineside.detection.finding import Evidence, Finding, Moved
from lineside.detection.memory import LineMemory
from lineside.detection.settings import DEFAULT, SECOND_US
from lineside.detection.traced import Change, Traced
from lineside.line.flow import beyond
from lineside.site.model import Line

RECURS_US = 1800 * SECOND_US
"""Rejects back within this time are the same trouble: an inspector that trips is reset, and trips again."""
MOST_CHANGES = 3
_MUCH = 0.25
"""A change that is no clearer than four times that of a machine before it, and came later, follows from that one."""


def trace_rejects(line: Line, memory: LineMemory, findings: Sequence[Finding], now_us: int) -> Mapping[str, Traced]:
    """Rejecting machine -> what spoils its material, as far as anybody knows; kept in `memory` from tick to tick.

    A cause that was found stands while its rejects last or come back: what else moves then may follow from them.
    """
    memory.traced = {device: one for device, one in memory.traced.items() if now_us - one.until_us <= RECURS_US}
    for finding in _rejects(line, memory, findings):
        known = memory.traced.get(finding.device)
        traced = trace(line, memory, finding, now_us) if known is None else replace(known, until_us=now_us)
        if traced is not None:
            evidence = (*finding.evidence, *(each for each in traced.finding.evidence if each.moved))
            memory.traced[finding.device] = replace(traced, finding=replace(finding, evidence=evidence))
    return memory.traced


def _rejects(line: Line, memory: LineMemory, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Machines that reject too much, and those that have just tripped on rejects."""
    rejecting = {finding.device for finding in findings if finding.kind == "reject_rate"}
    yield from (finding for finding in findings if finding.kind == "reject_rate")
    for finding in findings:
        machine, remembered = line.by_id.get(finding.device), memory.devices.get(finding.device)
        if finding.kind != "stop" or finding.device in rejecting:
            continue
        known = memory.traced.get(finding.device)
        if machine and machine.rejects and remembered and remembered.rejects:
            tallies = remembered.rejects.series()
            usual_until_us = known.began_us if known else None
            burst = defects.burst(
                tallies, machine.rejects, finding.device, finding.onset_us, DEFAULT.rejects, usual_until_us
            )
            if burst is not None:
                yield burst


def trace(line: Line, memory: LineMemory, finding: Finding, now_us: int) -> Traced | None:
    """The machine upstream that explains the rejects of a finding; None where nothing upstream changed in time."""
    remembered = memory.devices.get(finding.device)
    if remembered is None or remembered.rejects is None:
        return None
    tallies = remembered.rejects.series()
    rose = remembered.rejects.rose() or defects.began(tallies)
    if rose is None:
        return None
    began_us = rose.likeliest_us
    found: dict[str, list[Change]] = defaultdict(list)
    for device in sorted(beyond(finding.device, line.upstream) - {finding.device}):
        for track in changes.tracks(memory, line, device):
            change = changes.find_change(track, began_us, by_us=rose.latest_us)
            change = changes.following(change, track, tallies) if change else None
            if change and change.follows >= CHANGES.least_follow:
                found[device].append(change)
    if not found:
        return None
    by_machine = {device: sorted(each, key=lambda one: -one.evidence) for device, each in found.items()}
    cause = _cause(line, by_machine)
    own = tuple(by_machine[cause][:MOST_CHANGES])
    together = sum(each[0].evidence for each in by_machine.values())
    sure = own[0].follows * own[0].evidence / together
    told = replace(finding, evidence=(*finding.evidence, *(_evidence(change, began_us, sure) for change in own)))
    return Traced(cause, told, own, sure, began_us, now_us)


def _cause(line: Line, by_machine: Mapping[str, Sequence[Change]]) -> str:
    """The clearest; unless one before it moved earlier and about as clearly, for then it moved because of that one."""
    cause = max(sorted(by_machine), key=lambda device: by_machine[device][0].evidence)
    before = beyond(cause, line.upstream) - {cause}
    earlier = [
        device
        for device in before & by_machine.keys()
        if by_machine[device][0].evidence >= _MUCH * by_machine[cause][0].evidence
        and by_machine[device][0].since_us <= by_machine[cause][0].since_us
    ]
    return min(earlier, key=lambda device: (by_machine[device][0].since_us, device), default=cause)


def _evidence(change: Change, began_us: int, sure: float) -> Evidence:
    lead_seconds = max(0.0, (began_us - change.since_us) / SECOND_US)
    return Evidence(
        device=change.device,
        attribute=change.attribute,
        value=change.after,
        observed_us=change.until_us,
        unit=change.unit,
        expected=change.before,
        score=round(change.score, 1),
        note=f"{change.score:.0f} times its usual wander",
        moved=Moved(change.since_us, lead_seconds, round(sure, 2)),
    )
