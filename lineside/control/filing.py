"""What every act at the desk goes through: the rules with fresh values, one conditional write, and the audit log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, TypeVar

from lineside.alarms.model import Alarm
from lineside.control.audit import Note, note
from lineside.control.case import Unusable, converted
from lineside.control.lifecycle import Event, advance, overdue
from lineside.control.ports import AuditLog, CommandStore, PointTaken
from lineside.control.readback import in_force
from lineside.control.record import ENDED, IN_FLIGHT, Command
from lineside.control.request import CommandRequest, Decision, SentCommand
from lineside.control.snapshot import Snapshot, StandingAlarm
from lineside.errors import Conflict, Refused
from lineside.line.twin import CurrentValue
from lineside.site.commands import CommandPoint
from lineside.site.model import Site, thing_of

Values = Callable[[str], Mapping[str, Mapping[str, CurrentValue]]]
"""A line's current values: device -> attribute -> value. Raises `Unavailable`."""
Alarms = Callable[[str], Iterable[Alarm]]
"""A line's open alarms; only those that are active, and that nobody silenced, count. Raises `Unavailable`."""
Decide = Callable[[Site, CommandRequest, Snapshot], Decision]

SYSTEM: Final = "lineside"
ATTEMPTS: Final = 10
"""More than a command has moves, so that whoever reads it anew each time comes to an end."""
HOUR_US: Final = 3_600_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_Done = TypeVar("_Done")


class UnknownCommand(Refused):
    """There is no command with this id."""


@dataclass(frozen=True)
class Who:
    """Who does it, as the runtime knows them: signed in, or a part of Lineside. Never as a request says it."""

    name: str
    roles: tuple[str, ...] = ()
    named: bool = True
    """False for whoever holds a key that anybody may hold, such as the token of a plant's start."""


def no_alarms(line: str) -> tuple[Alarm, ...]:  # noqa: ARG001  as `Alarms` asks
    """Of a site where nothing is automatic."""
    return ()


@dataclass(frozen=True)
class Filing:
    """The commands of one site with the rules that hold for them. Every write is one step with its audit entry."""

    site: Site
    store: CommandStore
    audit: AuditLog
    values: Values
    decide: Decide
    alarms: Alarms = no_alarms

    def get(self, command_id: str) -> Command:
        """Raises `UnknownCommand`."""
        command = self.store.get(self.site.site, command_id)
        if command is None:
            raise UnknownCommand(f"there is no command {command_id!r}")
        return command

    def current(self, command_id: str, now_us: int) -> Command:
        """As it stands at this instant: one whose time to be sent is over is expired first, durably."""
        command = self.get(command_id)
        if command.status in ENDED or command.status in IN_FLIGHT:
            return command
        why = overdue(command, now_us)
        return self.apply(command, Event("expire", by=SYSTEM, reason=why), now_us) if why else command

    def apply(self, command: Command, event: Event, now_us: int, decision: Decision | None = None) -> Command:
        """The command after `event`, written with its entry; the very same where nothing changes. See `advance`."""
        changed = advance(command, event, now_us)
        if changed is command:
            return command
        told = _told(command, changed, decision)
        # Of a move that ends nothing the command keeps no reason; what was said with it stands here.
        told["reason"] = changed.reason or event.reason
        entry = note(now_us, event.by or SYSTEM, event.what.replace("_", " "), **told)
        self.store.put(changed, entry)
        return changed

    def begin(self, command: Command, request: CommandRequest, decision: Decision) -> None:
        """Write a new command, with what was asked and every check."""
        asked = request.model_dump(mode="json")
        told = _told(command, command, decision) | {"from": None, "request": asked}
        self.store.put(command, note(command.proposed_us, command.proposed_by, "proposed", **told))

    def fail_checks(self, command: Command, decision: Decision, now_us: int) -> Command:
        """The rules do not hold (any more): it ends as rejected, with their reasons."""
        return self.apply(command, Event("checks_fail", by=SYSTEM, reason=because(decision)), now_us, decision)

    def noted(self, command: Command, now_us: int, by: str, what: str, reason: str) -> None:
        """Something that changes nothing, and that people should be able to find."""
        told: Note = note(now_us, by, what, command_id=command.command_id, status=command.status, reason=reason)
        self.audit.append(self.site.site, told.at_us, told.by, told.what, told.detail)

    def point(self, command: Command) -> CommandPoint | None:
        """As declared now; None where the site file does not declare it any more."""
        return point_of(self.site, command.device, command.attribute)

    def in_force(self, command: Command, now_us: int) -> float | None:
        """The value that the machine holds now, in the command's unit; None where nothing fresh and good says so."""
        shown = self.values(command.line).get(command.device, {})
        return in_force(shown, command.attribute, command.unit, now_us)

    def decided(self, command: Command, now_us: int, *, approved_by: str = "") -> Decision:
        """What the rules say of it now, with fresh values."""
        return self.decided_on(request_of(command, approved_by), command.line, now_us)

    def decided_on(self, request: CommandRequest, line: str, now_us: int) -> Decision:
        return self.decide(self.site, request, self._snapshot(request, line, now_us))

    def _snapshot(self, request: CommandRequest, line: str, now_us: int) -> Snapshot:
        """The lines that its interlocks speak of; the last hour, and what is in flight since longer than that."""
        known = self.store.recent(self.site.site, line, now_us - HOUR_US)
        flying = [each for each in self.store.open(self.site.site) if each.line == line and each.status in IN_FLIGHT]
        sent = {each.command_id: each for each in (*known, *flying) if each.sent_us}
        sent.pop(request.id, None)
        values: dict[str, Mapping[str, CurrentValue]] = {}
        for each in self._lines(request, line):
            values |= self.values(each)
        stopped = self.store.automation_stopped(self.site.site)
        alarms = standing(self.alarms(line)) if request.channel == "automatic" else ()
        return Snapshot(now_us, values, tuple(_sent(each) for each in sent.values()), stopped, alarms)

    def _lines(self, request: CommandRequest, line: str) -> list[str]:
        point = point_of(self.site, request.device, request.attribute)
        devices = [interlock.device for interlock in point.interlocks] if point else []
        return list(dict.fromkeys((line, *(self.site.line_id(device) for device in devices))))


def because(decision: Decision) -> str:
    """Why, in a sentence."""
    return "; ".join(decision.reasons) or "the rules do not allow it"


def again(act: Callable[[], _Done]) -> _Done:
    """Do it, and where somebody else was faster do it again on what they wrote."""
    for _ in range(ATTEMPTS - 1):
        try:
            return act()
        except PointTaken:
            raise
        except Conflict:
            continue
    return act()


def standing(alarms: Iterable[Alarm]) -> tuple[StandingAlarm, ...]:
    """Those that give a reason to act: active, and not silenced by a person, a work order or their own cause."""
    return tuple(
        StandingAlarm(alarm.alarm_id, alarm.kind, alarm.cause)
        for alarm in alarms
        if alarm.active and alarm.overlay is None
    )


def point_of(site: Site, device: str, attribute: str) -> CommandPoint | None:
    machine = site.machine_of.get(device)
    points = machine.commands if machine else ()
    return next((point for point in points if point.attribute == attribute), None)


def command_of(site: Site, request: CommandRequest, now_us: int) -> Command:
    """The record that a request begins with: its value in the unit of the point."""
    machine, point = site.machine_of.get(request.device), point_of(site, request.device, request.attribute)
    value, unit = _in_declared_unit(request, machine.unit(request.attribute) if machine else "")
    return Command(
        command_id=request.id,
        site=site.site,
        line=site.line_id(request.device),
        device=request.device,
        thing=machine.thing if machine else thing_of(request.device),
        attribute=request.attribute,
        value=value,
        unit=unit,
        risk=point.risk if point else "high",
        channel=request.channel,
        proposed_by=request.proposed_by,
        proposed_us=now_us,
        expires_us=request.expires_us,
        status="proposed",
        alarm_id=request.alarm_id,
        justification=request.justification,
        roles=request.roles,
        digest=sha256(request.model_dump_json().encode("utf-8", "replace")).hexdigest(),
        version=1,
    )


def _in_declared_unit(request: CommandRequest, declared: str) -> tuple[float, str]:
    """As it was asked where that does not fit; the rules refuse it then."""
    try:
        return converted(request.value, request.unit, declared, request.attribute), declared
    except Unusable:
        return request.value, request.unit


def request_of(command: Command, approved_by: str = "") -> CommandRequest:
    return CommandRequest.model_validate(_asked(command, approved_by))


def _asked(command: Command, approved_by: str) -> dict[str, object]:
    return {
        "id": command.command_id,
        "device": command.device,
        "attribute": command.attribute,
        "value": command.value,
        "unit": command.unit,
        "proposed_by": command.proposed_by,
        "roles": command.roles,
        "channel": command.channel,
        "approved_by": approved_by or None,
        "expires_at": instant(command.expires_us),
        "alarm_id": command.alarm_id,
        "justification": command.justification,
    }


def _sent(command: Command) -> SentCommand:
    """As the rules count it: from its last hand-over, so that a second one shortens no distance."""
    asked = _asked(command, command.approved_by)
    return SentCommand.model_validate(
        {**asked, "sent_at": instant(command.tried_us or command.sent_us), "done": command.status in ENDED}
    )


def instant(at_us: int) -> datetime:
    return _EPOCH + at_us * _MICROSECOND


def _told(was: Command, command: Command, decision: Decision | None) -> dict[str, object]:
    told: dict[str, object] = {
        "command_id": command.command_id,
        "device": command.device,
        "attribute": command.attribute,
        "value": command.value,
        "unit": command.unit,
        "was": command.was,
        "from": was.status,
        "to": command.status,
        "version": command.version,
        "reason": command.reason,
    }
    if command.readback is not None:
        shown = command.readback
        told["readback"] = {"value": shown.value, "unit": shown.unit, "observed_us": shown.observed_us}
    if decision is not None:
        told["decision"] = decision.model_dump(mode="json")
    return told
