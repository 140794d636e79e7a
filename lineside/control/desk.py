"""Where people, machines and clocks act on commands: propose, approve, send, hear the answer, look whether it is done.

Every act is one conditional write together with its entry in the audit log, and the desk keeps nothing in memory that
it needs after a kill: what is open is read from the store each time. How a command gets to its machine exactly once,
as far as the machine can tell, stands in `courier.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Final

from msgspec.structs import replace

from lineside.control.audit import note
from lineside.control.automatic import Notice
from lineside.control.automation import Automation, Tell
from lineside.control.courier import Courier, is_due
from lineside.control.decide import decide
from lineside.control.filing import (
    SYSTEM,
    Alarms,
    Decide,
    Filing,
    Values,
    Who,
    again,
    because,
    command_of,
    no_alarms,
)
from lineside.control.lifecycle import CLOCK_TOLERANCE_US, CLOCK_WENT_BACK, Event, advance, overdue, row_of
from lineside.control.people import BY_A_PERSON, NEEDS_SECOND, is_same_person, reaches, why_nobody
from lineside.control.ports import AuditLog, CommandStore, Transport
from lineside.control.record import ENDED, IN_FLIGHT, Command
from lineside.control.request import Channel, CommandRequest, Decision
from lineside.control.wire import CommandAnswer
from lineside.errors import Malformed, Refused
from lineside.site.commands import RoleName
from lineside.site.model import Site

MAY_REJECT: Final[RoleName] = "operator"
MAY_STOP_AUTOMATION: Final[RoleName] = "operator"
MAY_START_AUTOMATION: Final[RoleName] = "engineer"


@dataclass
class ControlDesk:
    """Every method takes who acts and `now_us`, and may be called twice. It raises `Refused`, `Unavailable`, and
    `Conflict` where others are faster again and again."""

    site: Site
    store: CommandStore
    audit: AuditLog
    transport: Transport
    values: Values
    decide: Decide = decide
    alarms: Alarms = no_alarms
    grace_us: int = 0
    """See `Courier`."""
    _latest_us: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.filing = Filing(self.site, self.store, self.audit, self.values, self.decide, self.alarms)
        self.courier = Courier(self.filing, self.transport, self.grace_us)
        self.automation = Automation(self.filing, self.propose)

    # People

    def propose(self, request: CommandRequest, who: Who, now_us: int) -> Command:
        """Check it, and keep it whatever comes of it. The same id with the same content is the same command.

        Who proposes and with which roles is what the runtime knows of them; what a request says of that, or of having
        been approved, counts for nothing.
        """
        self._hear(now_us)
        said = {"proposed_by": who.name, "roles": who.roles, "approved_by": None}
        try:
            request = CommandRequest.model_validate({**request.model_dump(), **said})
        except ValueError as error:
            raise Malformed(f"whoever proposes this cannot be written down: {error}") from error
        return again(partial(self._propose, request, now_us))

    def approve(self, command_id: str, who: Who, now_us: int, channel: Channel = "console", note: str = "") -> Command:
        """A person's yes; the rules decide anew, with fresh values, so what comes back may be rejected.

        The note stands in the audit log.
        """
        self._hear(now_us)
        return again(partial(self._approve, command_id, who, now_us, channel, note))

    def reject(self, command_id: str, who: Who, now_us: int, reason: str = "") -> Command:
        """A person's no, as long as it has not been sent."""
        self._hear(now_us)
        return again(partial(self._reject, command_id, who, now_us, reason))

    def withdraw(self, command_id: str, who: Who, now_us: int, reason: str = "") -> Command:
        """The proposer takes it back, as long as it has not been sent."""
        self._hear(now_us)
        return again(partial(self._withdraw, command_id, who, now_us, reason))

    def stop_automation(self, who: Who, now_us: int, *, stopped: bool = True, reason: str = "") -> list[Command]:
        """The stop-all switch. It is thrown first and written down afterwards; what waits is taken back."""
        least = MAY_STOP_AUTOMATION if stopped else MAY_START_AUTOMATION
        if not reaches(who.roles, least):
            raise Refused(f"to {'stop' if stopped else 'start'} automation takes the role {least}")
        site = self.site.site
        self.store.stop_automation(site, stopped=stopped)
        said = note(now_us, who.name, f"automation {'stopped' if stopped else 'started'}", reason=reason)
        self.audit.append(site, said.at_us, said.by, said.what, said.detail)
        event = Event("withdraw", by=who.name, reason="automation was stopped")
        waiting = [each for each in self._waiting() if each.channel == "automatic"] if stopped else []
        return [again(partial(self._event, each.command_id, event, now_us)) for each in waiting]

    # Time

    def turn(self, now_us: int) -> list[Command]:
        """What a process does each second, and first of all after it was killed. Returns what it changed."""
        changed = self.expire(now_us)
        for line in dict.fromkeys(each.line for each in self.store.open(self.site.site)):
            changed += self.read_back(line, now_us)
        return changed + self.send_due(now_us)

    def expire(self, now_us: int) -> list[Command]:
        """End what waits, and what nobody knows to have left, past its time to be sent. Returns what ended."""
        self._hear(now_us)
        due = [each for each in self.store.open(self.site.site) if overdue(each, now_us)]
        return [again(partial(self._expired, each, now_us)) for each in due]

    def send_due(self, now_us: int, who: str = SYSTEM) -> list[Command]:
        """Send what is approved, and again what was cut off; the second check is made here. Returns what it sent or
        ended on that account."""
        self.expire(now_us)
        due = [each for each in self.store.open(self.site.site) if is_due(each, now_us)]
        after = [again(partial(self.courier.send, each.command_id, who, now_us)) for each in due]
        return [now for was, now in zip(due, after, strict=True) if now.version != was.version]

    def send(self, command_id: str, now_us: int, who: str = SYSTEM) -> Command:
        """Send this one if it is due, as `send_due` does with all; whoever follows a single command asks this."""
        self._hear(now_us)
        return again(partial(self.courier.send, command_id, who, now_us))

    def watch(self, command_id: str, now_us: int, who: str = SYSTEM) -> Command:
        """Look whether the machine did this one, as `read_back` does with a line."""
        self._hear(now_us)
        values = self.values(self.filing.get(command_id).line)
        return again(partial(self.courier.watch, command_id, values, who, now_us))

    def read_back(self, line: str, now_us: int, who: str = SYSTEM) -> list[Command]:
        """Look whether the machines of a line did it. Returns the commands that ended."""
        self._hear(now_us)
        flying = [each for each in self.store.open(self.site.site) if each.status in IN_FLIGHT]
        watched = [each.command_id for each in flying if each.line == line]
        values = self.values(line) if watched else {}
        after = [again(partial(self.courier.watch, each, values, who, now_us)) for each in watched]
        return [each for each in after if each.status in ENDED]

    def automate(self, line: str, now_us: int, tell: Tell) -> list[Notice]:
        """Do what the rows of a line call for and tell people, each thing once: see `automation.py`, also for what
        holds where a process is killed. Returns what people were told."""
        self._hear(now_us)
        return self.automation.act(line, now_us, tell)

    def reset_automatic(self, line: str, key: str, who: Who, now_us: int) -> None:
        """A person lets a row that stopped act again."""
        self._hear(now_us)
        self.automation.reset(line, key, who, now_us)

    # Machines

    def answered(self, answer: CommandAnswer, now_us: int, who: str = "") -> Command:
        """What a machine, or the plant side before it, said. A yes is `acknowledged` and no more."""
        self._hear(now_us)
        return again(partial(self.courier.answered, answer, who or answer.device, now_us))

    # How it is done

    def _hear(self, now_us: int) -> None:
        """A clock that goes back ends what is open: nothing may live longer because of it."""
        back = now_us < self._latest_us - CLOCK_TOLERANCE_US
        if back:
            for each in self.store.open(self.site.site):
                event = Event("time_over" if each.status in IN_FLIGHT else "expire", by=SYSTEM, reason=CLOCK_WENT_BACK)
                again(partial(self._end, each.command_id, event, now_us))
        self._latest_us = now_us if back else max(self._latest_us, now_us)

    def _end(self, command_id: str, event: Event, now_us: int) -> Command:
        command = self.filing.get(command_id)
        flying = command.status in IN_FLIGHT
        if command.status in ENDED or flying != (event.what == "time_over"):
            return command
        return self.filing.apply(command, event, now_us)

    def _expired(self, command: Command, now_us: int) -> Command:
        if command.status in IN_FLIGHT:
            return self.courier.watch(command.command_id, self.values(command.line), SYSTEM, now_us)
        return self.filing.current(command.command_id, now_us)

    def _event(self, command_id: str, event: Event, now_us: int) -> Command:
        command = self.filing.get(command_id)
        return command if command.status in ENDED | IN_FLIGHT else self.filing.apply(command, event, now_us)

    def _waiting(self) -> list[Command]:
        return [each for each in self.store.open(self.site.site) if each.status not in IN_FLIGHT]

    def _propose(self, request: CommandRequest, now_us: int) -> Command:
        command = command_of(self.site, request, now_us)
        known = self.store.get(command.site, command.command_id)
        if known is not None:
            if known.digest != command.digest:
                raise Refused(f"the id {request.id!r} stands for another command; give a new one to a new request")
            return known
        decision = self.filing.decided_on(request, command.line, now_us)
        was = self.filing.in_force(command, now_us)
        command = replace(_after_checks(command, decision, now_us), was=was, version=1)
        self.filing.begin(command, request, decision)
        return command

    def _approve(self, command_id: str, who: Who, now_us: int, channel: Channel, said: str) -> Command:
        command = self.filing.current(command_id, now_us)
        if row_of(command.status, "approve").next is None:
            return command
        why = self._may_not_approve(command, who, channel)
        if why:
            self.filing.noted(command, now_us, who.name, "approval refused", why)
            raise Refused(why)
        decision = self.filing.decided(command, now_us, approved_by=who.name)
        if decision.decision == "refused":
            return self.filing.fail_checks(command, decision, now_us)
        if decision.decision != "allowed":
            why = because(decision)
            self.filing.noted(command, now_us, who.name, "approval refused", why)
            raise Refused(why)
        return self.filing.apply(command, Event("approve", by=who.name, reason=said), now_us, decision)

    def _may_not_approve(self, command: Command, who: Who, channel: Channel) -> str:
        point = self.filing.point(command)
        if channel not in BY_A_PERSON:
            return f"nobody can approve by {channel}; approve it in the console"
        if why := why_nobody(who.name, named=who.named or command.risk not in NEEDS_SECOND):
            return why
        if point and not reaches(who.roles, point.may_approve):
            return f"to approve this takes the role {point.may_approve}"
        if command.risk in NEEDS_SECOND and is_same_person(who.name, command.proposed_by):
            return f"a command of {command.risk} risk is approved by somebody else than {command.proposed_by}"
        return ""

    def _reject(self, command_id: str, who: Who, now_us: int, reason: str) -> Command:
        command = self.filing.current(command_id, now_us)
        if not reaches(who.roles, MAY_REJECT):
            raise Refused(f"to reject a command takes the role {MAY_REJECT}")
        said = f"{who.name} said no" + (f": {reason}" if reason else "")
        return self.filing.apply(command, Event("reject", by=who.name, reason=said), now_us)

    def _withdraw(self, command_id: str, who: Who, now_us: int, reason: str) -> Command:
        command = self.filing.current(command_id, now_us)
        if not is_same_person(who.name, command.proposed_by):
            raise Refused(f"only {command.proposed_by} can take it back; reject it instead")
        said = f"{who.name} took it back" + (f": {reason}" if reason else "")
        return self.filing.apply(command, Event("withdraw", by=who.name, reason=said), now_us)


def _after_checks(command: Command, decision: Decision, now_us: int) -> Command:
    if decision.decision == "refused":
        return advance(command, Event("checks_fail", by=SYSTEM, reason=because(decision)), now_us)
    if why := overdue(command, now_us):
        return advance(command, Event("expire", by=SYSTEM, reason=why), now_us)
    checked = advance(command, Event("checks_pass", by=SYSTEM), now_us)
    # A point of medium risk waits for a person even where the rules forgot to ask for one.
    alone = decision.decision == "allowed" and command.risk == "low"
    return advance(checked, Event("need_nobody" if alone else "need_approval", by=SYSTEM), now_us)
