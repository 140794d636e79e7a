"""The way of a command to its machine and back: hand it over, hear the answer, look whether it was done.

Sending is at least once, under one id. `sent` is written, with the point taken, before anything leaves; `handed` is
written once the transport has it. A process that is killed in between leaves a command that is `sent` and not
`handed`: it is handed over again, byte for byte the same, as long as it has not expired and the rules still hold, and
the replay guard at the plant side makes a second copy harmless. The other way, at most once, would lose a command
whenever a process ends in that moment. What nobody ever confirms ends as unverified, never as done and never as
failed, since a copy may have arrived.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from lineside.control.filing import SYSTEM, Filing
from lineside.control.lifecycle import (
    CLOCK_WENT_BACK,
    SECOND_US,
    Event,
    answer_event,
    overdue,
    row_of,
    watched_until_us,
    went_back,
)
from lineside.control.ports import PointTaken, Transport
from lineside.control.readback import is_done, look, within_seconds
from lineside.control.record import ENDED, IN_FLIGHT, Command
from lineside.control.wire import CommandAnswer, CommandMessage
from lineside.errors import Conflict, Malformed, Misconfigured, Refused, Unavailable
from lineside.line.twin import CurrentValue
from lineside.telemetry.timestamps import render

RETRY_US: Final = 5 * SECOND_US
"""How long a hand-over may take before it is held to have been cut off."""


@dataclass(frozen=True)
class Courier:
    """One step of one command; each raises `Conflict` where somebody else was faster."""

    filing: Filing
    transport: Transport
    grace_us: int = 0
    """How much later than a machine shows something it may be known here. What it showed too late stays too late."""

    def send(self, command_id: str, who: str, now_us: int) -> Command:
        command = self.filing.current(command_id, now_us)
        if not is_due(command, now_us):
            return command
        decision = self.filing.decided(command, now_us, approved_by=command.approved_by)
        if decision.decision != "allowed":
            # Of one that may have left already nothing more is sent; its read-back says what became of it.
            return command if command.status == "sent" else self.filing.fail_checks(command, decision, now_us)
        if not command.attempts:
            command = replace(command, was=self.filing.in_force(command, now_us))
        try:
            sent = self.filing.apply(command, Event("send", by=who), now_us, decision)
        except PointTaken as taken:
            return self.filing.apply(command, Event("checks_fail", by=SYSTEM, reason=str(taken)), now_us)
        return self._hand_over(sent, who, now_us)

    def _hand_over(self, sent: Command, who: str, now_us: int) -> Command:
        point = self.filing.point(sent)
        try:
            self.transport.send(message_of(sent), point.transport if point else "command")
        except Unavailable:
            return sent
        except (Refused, Malformed, Misconfigured) as error:
            if sent.attempts > 1:
                return sent
            return self.filing.apply(sent, Event("cannot_send", by=who, reason=str(error)), now_us)
        try:
            return self.filing.apply(sent, Event("handed_over", by=who), now_us)
        except Conflict:
            return self.filing.get(sent.command_id)  # its answer was faster than we are

    def answered(self, answer: CommandAnswer, who: str, now_us: int) -> Command:
        command = self.filing.get(answer.command_id)
        if answer.device != command.device:
            raise Refused(f"command {command.command_id!r} is not for {answer.device!r}, so that cannot answer it")
        event = answer_event(answer, who)
        if row_of(command.status, event.what).next is not None:
            return self.filing.apply(command, event, now_us)
        if command.status in ENDED or not answer.accepted:
            said = f"{'yes' if answer.accepted else 'no'} {answer.reason}".rstrip()
            self.filing.noted(command, now_us, who, "answer that changes nothing", said)
        return command

    def watch(
        self, command_id: str, values: Mapping[str, Mapping[str, CurrentValue]], who: str, now_us: int
    ) -> Command:
        command = self.filing.get(command_id)
        if command.status not in IN_FLIGHT:
            return command
        if went_back(command, now_us):
            return self.filing.apply(command, Event("time_over", by=who, reason=CLOCK_WENT_BACK), now_us)
        point = self.filing.point(command)
        shown = values.get(command.device, {})
        seen = look(command, point, shown, now_us)
        until_us = watched_until_us(command, within_seconds(point))
        if seen and seen.observed_us <= until_us and is_done(command, point, shown, now_us):
            within = point.readback.tolerance if point and point.readback else 0.0
            done = f"the machine shows {seen.value:g} {seen.unit}".rstrip() + f", within {within:g} of what was set"
            return self.filing.apply(command, Event("shown", by=who, reason=done, readback=seen), now_us)
        if now_us < until_us + self.grace_us:
            return command
        if seen is None:
            why = "nothing that the machine has shown since says that it did it"
        elif seen.within_tolerance and seen.observed_us <= until_us:
            why = "the machine does not show that its set-point has moved, and the read-back fits the old one as well"
        else:
            late = "only after its time, " if seen.within_tolerance else ""
            why = f"{late}the machine shows {seen.value:g} {seen.unit} instead of {command.value:g}".replace("  ", " ")
        return self.filing.apply(command, Event("time_over", by=who, reason=why, readback=seen), now_us)


def is_due(command: Command, now_us: int) -> bool:
    """Whether it is to be handed over now: approved, or cut off on its way some time ago."""
    if command.status == "approved":
        return True
    if command.status != "sent" or command.handed or overdue(command, now_us):
        return False
    return now_us - command.tried_us >= RETRY_US


def message_of(command: Command) -> CommandMessage:
    """What goes out: of the same command always the same bytes, however often it is handed over."""
    return CommandMessage(
        command_id=command.command_id,
        device=command.device,
        attribute=command.attribute,
        value=command.value,
        unit=command.unit,
        sent_at=render(command.sent_us),
        expires_at=render(command.expires_us),
        risk=command.risk,
        proposed_by=command.proposed_by,
        approved_by=command.approved_by,
        roles=command.roles,
        channel=command.channel,
        alarm_id=command.alarm_id,
    )
