"""Commands and their points as the API tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from lineside.api.command_models import (
    AuditEntryView,
    AutomaticRowView,
    CheckView,
    CommandPointView,
    CommandView,
    DecisionView,
    OutcomeView,
    ReadbackView,
    WhatIfView,
)
from lineside.api.models import at
from lineside.control.audit import decoded
from lineside.control.automatic_rows import AutomaticRow
from lineside.control.readback import in_force
from lineside.control.record import ENDED, Command, label
from lineside.control.request import Decision
from lineside.control.what_if import WhatIf
from lineside.line.twin import CurrentValue
from lineside.site.commands import CommandPoint, Interlock, Readback
from lineside.site.model import Machine, Site
from lineside.telemetry.timestamps import render


def command_view(site: Site, command: Command) -> CommandView:
    shown = command.readback
    return CommandView(
        command_id=command.command_id,
        line=command.line,
        device=command.device,
        attribute=command.attribute,
        attribute_label=site.label(command.device, command.attribute),
        value=command.value,
        was=command.was,
        unit=command.unit,
        risk=command.risk,
        channel=command.channel,
        status=command.status,
        label=label(command),
        done=command.status == "verified",
        ended=command.status in ENDED,
        proposed_by=command.proposed_by,
        proposed_at=render(command.proposed_us),
        expires_at=render(command.expires_us),
        approved_by=command.approved_by,
        approved_at=at(command.approved_us),
        sent_at=at(command.sent_us),
        acknowledged_at=at(command.acknowledged_us),
        ended_at=at(command.ended_us),
        reason=command.reason,
        readback=ReadbackView(value=shown.value, unit=shown.unit, observed_at=render(shown.observed_us))
        if shown
        else None,
        alarm_id=command.alarm_id,
        justification=command.justification,
        version=command.version,
    )


def point_view(
    line: str, machine: Machine, point: CommandPoint, shown: Mapping[str, CurrentValue], in_flight: str, now_us: int
) -> CommandPointView:
    """`shown`: the machine's values as the twin holds them; a stale, bad or wordy one is not shown as in force."""
    current, unit = shown.get(point.attribute), machine.unit(point.attribute)
    return CommandPointView(
        line=line,
        device=machine.id,
        attribute=point.attribute,
        label=machine.label(point.attribute),
        unit=unit,
        min=point.min,
        max=point.max,
        max_step=point.max_step,
        max_per_hour=point.max_per_hour,
        risk=point.risk,
        value=in_force(shown, point.attribute, unit, now_us),
        observed_at=render(current.observed_us) if current else None,
        allowed_states=point.allowed_states,
        interlocks=tuple(_interlock(each) for each in point.interlocks),
        readback=_readback(point.readback, unit) if point.readback else "",
        may_propose=point.may_propose,
        may_approve=point.may_approve,
        in_flight=in_flight,
    )


def automatic_row_view(line: str, row: AutomaticRow) -> AutomaticRowView:
    machine, point, declared = row.machine, row.point, row.declared
    return AutomaticRowView(
        key=row.key,
        line=line,
        device=machine.id,
        attribute=point.attribute,
        label=machine.label(point.attribute),
        alarm=declared.alarm,
        cause=declared.cause,
        direction=declared.direction,
        largest_step=declared.largest_step,
        unit=machine.unit(point.attribute),
        max_per_hour=declared.max_per_hour,
        state=row.state,
        why=row.why,
        stopped_at=at(row.memory.stopped_us),
        acted_last_hour=row.acted_last_hour,
        command_id=row.memory.command_id,
        may_reset=point.may_approve,
    )


def decision_view(decision: Decision) -> DecisionView:
    return DecisionView(
        decision=decision.decision,
        reasons=decision.reasons,
        checks=tuple(
            CheckView(name=each.name, passed=each.passed, reason=each.reason, values=each.values)
            for each in decision.checks
        ),
    )


def what_if_view(told: WhatIf) -> WhatIfView:
    return WhatIfView(
        headline=told.headline,
        unknown=told.unknown,
        outcomes=tuple(OutcomeView(**asdict(each)) for each in told.outcomes),
        replays=told.replays,
        minutes=told.minutes,
        interval=told.interval,
        assumed=told.assumed,
    )


def audit_view(stored: bytes) -> AuditEntryView:
    entry = decoded(stored)
    return AuditEntryView(
        number=entry.number,
        at=render(entry.at_us),
        by=entry.by,
        what=entry.what,
        detail=entry.detail,
        hash=entry.hash,
    )


def _interlock(interlock: Interlock) -> str:
    bounds = [
        f"{word} {bound:g}"
        for word, bound in (("above", interlock.above), ("below", interlock.below))
        if bound is not None
    ]
    if interlock.one_of:
        bounds.append(" or ".join(interlock.one_of))
    return f"{interlock.attribute} of the {interlock.device} must be {' and '.join(bounds)}"


def _readback(readback: Readback, unit: str) -> str:
    tolerance = f"{readback.tolerance:g} {unit}".strip()
    return f"{readback.attribute} within {tolerance} of it after {readback.within_seconds:g} s at the latest"
