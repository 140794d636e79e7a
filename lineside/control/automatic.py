"""What Lineside does by itself: which rows of the site file apply to the alarms of now, and when a row stops. Pure.

Nothing is automatic unless a row of the site file says so, and while the stop-all switch is on nothing is. A row acts
when an alarm of its kind and cause is active and not silenced: one step in its direction, within the point's limits.
Every action comes with a `Notice`. What is proposed goes the way of every command, with every check.

A row acts again only once its last action has been judged, `improve_within_seconds` after that was sent. It has helped
where the alarm is no longer active, or where the alarm's own measured value, observed after the sending, lies nearer to
its limit than before by `nearer_share` of the distance. An alarm without a measured value and a limit helps only by
clearing. Where it has not helped, the row stops until a person resets it, and says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from lineside.alarms.model import Alarm, Severity
from lineside.control.filing import SYSTEM, instant
from lineside.control.one_step import one_step
from lineside.control.readback import in_force
from lineside.control.record import ENDED, Command
from lineside.control.request import CommandRequest
from lineside.detection.finding import Kind
from lineside.errors import Refused
from lineside.line.twin import CurrentValue
from lineside.site.commands import Automatic, CommandPoint
from lineside.site.model import Line, Machine

SECOND_US: Final = 1_000_000
HOUR_US: Final = 3_600 * SECOND_US


@dataclass(frozen=True)
class AutomaticSettings:
    """`expires_seconds`: how long a proposal may wait; a person who must approve it has so long."""

    improve_within_seconds: float = 600.0
    nearer_share: float = 0.1
    expires_seconds: float = 300.0


class Notice(msgspec.Struct, frozen=True):
    """What people are told of an automatic action: that a row acts, or that it stopped. Values are in `unit`."""

    notice_id: str
    """The same for the same thing told, so that whoever hears it twice can know."""
    at_us: int
    line: str
    device: str
    attribute: str
    kind: Literal["acts", "stopped"]
    alarm_id: str
    alarm_kind: Kind
    cause: str
    severity: Severity
    command_id: str
    """Of the action, or of the last one before it stopped."""
    was: float | None = None
    value: float | None = None
    unit: str = ""
    why: str = ""
    """Why it stopped, in words that go on after a colon."""
    stands: str = ""
    """How the command stands, in a sentence without its end; empty until it was proposed."""
    comes_to: Literal["change", "question", "nothing"] = "change"
    """Of one that acts: whether it changes something, waits for a person first, or was not allowed to."""
    perhaps_told: bool = False
    """It may have been told before: the process ended before that was written down."""


class RowMemory(msgspec.Struct, frozen=True):
    """What a row did last, and whether it may go on. Times are microseconds since 1970, 0: never."""

    count: int = 0
    acted_us: tuple[int, ...] = ()
    """Its proposals of the last hour."""
    command_id: str = ""
    """Of the last action that has not been judged."""
    alarm_id: str = ""
    distance: float | None = None
    """How far the alarm's measured value was from its limit then, in the value's unit."""
    stopped_us: int = 0
    why: str = ""


class Untold(msgspec.Struct, frozen=True):
    """Something that was decided: to be proposed, where `request` holds one as JSON, then told, then crossed off."""

    notice: Notice
    request: str = ""


class AutomaticMemory(msgspec.Struct, frozen=True):
    """Of one line: by row, as `row_key` names it, and what is decided and not told yet, the oldest first."""

    rows: dict[str, RowMemory] = {}
    untold: tuple[Untold, ...] = ()


class Turn(msgspec.Struct, frozen=True):
    """What is to be proposed, in order with its notice; what else people are told; and what to remember."""

    proposals: tuple[tuple[CommandRequest, Notice], ...]
    notices: tuple[Notice, ...]
    memory: AutomaticMemory


@dataclass(frozen=True)
class Moment:
    """A line as it stands. `commands`: those of the last hours, by id. `stopped`: the stop-all switch is on."""

    site: str
    line: Line
    alarms: Sequence[Alarm]
    values: Mapping[str, Mapping[str, CurrentValue]]
    commands: Mapping[str, Command]
    now_us: int
    stopped: bool = False


encode_memory = msgspec.json.Encoder(order="deterministic").encode
decode_memory = msgspec.json.Decoder(AutomaticMemory).decode


def step(moment: Moment, memory: AutomaticMemory, settings: AutomaticSettings | None = None) -> Turn:
    """One tick of a line's automatic rows."""
    return _Step(moment, settings or AutomaticSettings()).run(memory)


def reset(memory: AutomaticMemory, key: str) -> AutomaticMemory:
    """A person lets a stopped row act again. Raises `Refused` where it is not stopped."""
    row = memory.rows.get(key)
    if row is None or not row.stopped_us:
        raise Refused("this automatic action is not stopped")
    return replace(memory, rows=memory.rows | {key: RowMemory(count=row.count, acted_us=row.acted_us)})


def row_key(device: str, attribute: str, row: Automatic) -> str:
    """The same for the same row, also after its step was edited: an edit is no reset."""
    return json.dumps([device, attribute, row.alarm, row.cause, row.direction], ensure_ascii=False)


def distance_of(alarm: Alarm, since_us: int = 0) -> float | None:
    """How far the alarm's newest measured value lies from its limit, where it was observed after `since_us`."""
    known = [
        (each.observed_us, abs(each.value - each.expected))
        for each in alarm.evidence
        if each.expected is not None and not isinstance(each.value, (bool, str)) and each.observed_us > since_us
        if not alarm.attribute or each.attribute == alarm.attribute
    ]
    return max(known)[1] if known else None


class _Step:
    """One tick; the pieces of a row's way share what the moment is."""

    def __init__(self, moment: Moment, settings: AutomaticSettings) -> None:
        self._moment, self._settings, self._now_us = moment, settings, moment.now_us

    def run(self, memory: AutomaticMemory) -> Turn:
        rows = dict(memory.rows)
        proposals: list[tuple[CommandRequest, Notice]] = []
        notices: list[Notice] = []
        taken: set[tuple[str, str]] = set()
        for machine, point, row in self._rows():
            key = row_key(machine.id, point.attribute, row)
            was = rows.get(key, RowMemory())
            now = self._judged(was)
            if now.stopped_us and not was.stopped_us:
                notices.append(self._stopped(key, machine, point, now))
            place = (machine.id, point.attribute)
            proposal = None if place in taken else self._proposal(now, machine, point, row)
            if proposal:
                now, request, notice = proposal
                proposals.append((request, notice))
                taken.add(place)
            if now != RowMemory():
                rows[key] = now
        return Turn(tuple(proposals), tuple(notices), replace(memory, rows=rows))

    def _rows(self) -> Iterator[tuple[Machine, CommandPoint, Automatic]]:
        for machine in self._moment.line.machines:
            for point in machine.commands:
                for row in point.automatic:
                    yield machine, point, row

    def _judged(self, row: RowMemory) -> RowMemory:
        """Whether its last action helped; as it was where it is too early to tell."""
        if not row.command_id or row.stopped_us:
            return row
        alarm = next((each for each in self._moment.alarms if each.alarm_id == row.alarm_id and each.active), None)
        settled = replace(row, command_id="", alarm_id="", distance=None)
        if alarm is None:
            return settled
        command = self._moment.commands.get(row.command_id)
        waits = command is not None and command.status not in ENDED and not command.sent_us
        since_us = (command.sent_us if command else 0) or row.acted_us[-1]
        if waits or self._now_us < since_us + int(self._settings.improve_within_seconds * SECOND_US):
            return row
        if command is not None and not command.sent_us:
            return settled  # nothing was done, so nothing can have helped
        if self._is_nearer(row.distance, distance_of(alarm, since_us)):
            return settled
        minutes = self._settings.improve_within_seconds / 60
        why = f"{alarm.kind} at {alarm.cause} has not improved within {minutes:g} minutes of the last change"
        return replace(row, stopped_us=self._now_us, why=why)

    def _is_nearer(self, before: float | None, now: float | None) -> bool:
        if before is None or now is None:
            return False
        return now < before and now <= before * (1 - self._settings.nearer_share)

    def _stopped(self, key: str, machine: Machine, point: CommandPoint, row: RowMemory) -> Notice:
        alarm = next(each for each in self._moment.alarms if each.alarm_id == row.alarm_id)
        notice_id = _id_of("stopped", [self._moment.site, key, row.stopped_us])
        notice = self._notice(notice_id, machine, point, alarm, row.command_id)
        return replace(notice, kind="stopped", why=row.why)

    def _notice(self, notice_id: str, machine: Machine, point: CommandPoint, alarm: Alarm, command_id: str) -> Notice:
        where = (self._now_us, self._moment.line.id, machine.id, point.attribute)
        because = (alarm.alarm_id, alarm.kind, alarm.cause, alarm.severity)
        return Notice(notice_id, *where, "acts", *because, command_id)

    def _proposal(
        self, row: RowMemory, machine: Machine, point: CommandPoint, declared: Automatic
    ) -> tuple[RowMemory, CommandRequest, Notice] | None:
        """The next action, where one is due."""
        recent = tuple(at_us for at_us in row.acted_us if at_us > self._now_us - HOUR_US)
        if self._moment.stopped or row.stopped_us or row.command_id or len(recent) >= declared.max_per_hour:
            return None
        alarm = next((each for each in self._moment.alarms if _calls_for(each, declared)), None)
        unit = machine.unit(point.attribute)
        was = in_force(self._moment.values.get(machine.id, {}), point.attribute, unit, self._now_us)
        if alarm is None or was is None:
            return None
        largest = min(declared.largest_step, point.max_step or declared.largest_step)
        wanted = one_step(was, declared.direction, largest, point)
        if wanted is None:
            return None
        request = self._request(row, machine, point, declared, alarm, wanted, unit)
        notice = self._notice(request.id, machine, point, alarm, request.id)
        notice = replace(notice, was=was, value=wanted, unit=unit)
        acted = RowMemory(
            row.count + 1, (*recent, self._now_us), request.id, alarm.alarm_id, distance_of(alarm), row.stopped_us
        )
        return acted, request, notice

    def _request(
        self,
        row: RowMemory,
        machine: Machine,
        point: CommandPoint,
        declared: Automatic,
        alarm: Alarm,
        wanted: float,
        unit: str,
    ) -> CommandRequest:
        """Its id follows from what it answers, so that a tick that is run again proposes it once."""
        seed: list[str | int] = [
            self._moment.site,
            row_key(machine.id, point.attribute, declared),
            alarm.alarm_id,
            row.count,
        ]
        return CommandRequest(
            id=_id_of("automatic", seed),
            device=machine.id,
            attribute=point.attribute,
            value=wanted,
            unit=unit,
            proposed_by=SYSTEM,
            roles=(),
            channel="automatic",
            expires_at=instant(self._now_us + int(self._settings.expires_seconds * SECOND_US)),
            alarm_id=alarm.alarm_id,
            justification=f"{alarm.kind} at {alarm.cause}",
        )


def _id_of(what: str, seed: list[str | int]) -> str:
    return f"{what}-{sha256(json.dumps(seed).encode()).hexdigest()[:24]}"


def _calls_for(alarm: Alarm, row: Automatic) -> bool:
    """Active, silenced by nobody, and of the row's kind and cause."""
    return alarm.active and alarm.overlay is None and (alarm.kind, alarm.cause) == (row.alarm, row.cause)
