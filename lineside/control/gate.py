"""The third check, at the plant side: a message that came, from the cloud or the local desk, is judged once more.

It trusts nobody before it. The same policy decides that decided when the command was proposed and when it was sent,
here on the plant's own values and by the plant's own clock, and an id that was judged once is never obeyed again,
whatever became of it. What passes is remembered before anything goes to the machine, so that a process that is killed
in between can neither lose it nor let a copy pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec
from pydantic import ValidationError

from lineside.control.case import quoted
from lineside.control.conditions import HOUR_SECONDS
from lineside.control.decide import decide
from lineside.control.filing import Alarms, Decide, Values, because, instant, no_alarms, point_of, standing
from lineside.control.request import CommandRequest, SentCommand
from lineside.control.snapshot import Snapshot
from lineside.control.wire import CommandAnswer, CommandMessage
from lineside.line.twin import CurrentValue
from lineside.site.model import Site
from lineside.telemetry.rejection import Rejection
from lineside.telemetry.timestamps import parse, render

TOLERATED_SKEW_US: Final = 2_000_000
"""How far the sender's clock may be off. Against obeying: this long before its end a command has expired here, so that
none is obeyed late by a clock that is behind by no more; and one that comes from further ahead is refused."""


class Forward(msgspec.Struct, frozen=True):
    """It may go to the machine, on the topic of this line and thing, and is remembered as obeyed since `at_us`."""

    message: CommandMessage
    line: str
    thing: str
    at_us: int


class Passed(msgspec.Struct, frozen=True):
    """A message that passed. `refused`: the machine said no, so nothing is under way any more."""

    message: CommandMessage
    at_us: int
    refused: bool = False


class GateMemory(Protocol):
    """The ids that were judged, durably, and what passed. Raises `Unavailable`.

    An id must be held until long after its message has expired: before that nothing else keeps a copy out.
    """

    def knows(self, command_id: str) -> bool: ...

    def passed(self, line: str, since_us: int) -> list[Passed]:
        """What passed to machines of this line since then, in any order."""
        ...

    def remember(self, message: CommandMessage, line: str, at_us: int, refusal: CommandAnswer | None) -> bool:
        """One durable write of what was decided. False, and nothing written, where the id is known already."""
        ...


@dataclass(frozen=True)
class Gate:
    """One for a site. Ask it from one thread at a time: between its look and its write nothing may pass."""

    site: Site
    values: Values
    memory: GateMemory
    decide: Decide = decide
    alarms: Alarms = no_alarms
    automation_stopped: Callable[[], bool] = lambda: False
    ended: Callable[[str], bool] = lambda _command_id: False
    """Whether a desk in the same plant knows that a command that passed has come to its end."""

    def judge(self, message: CommandMessage, now_us: int, thing: str = "", remark: str = "") -> CommandAnswer | Forward:
        """Refuse it, with the reason, or let it pass, once. `thing` is that of the topic on which it came, if any.

        A refusal that is `repeated` says nothing of the first message with that id and must not end its command.
        `remark` is added to the reason of a refusal. Raises `Unavailable`, and then nothing was decided.
        """
        if self.memory.knows(message.command_id):
            return _repeated(message, now_us)
        line = self.site.line_id(message.device)
        why_not = self.why_not(message, now_us, thing)
        refusal = _answer(message, "; ".join(filter(None, (why_not, remark))), now_us) if why_not else None
        if not self.memory.remember(message, line, now_us, refusal):
            return _repeated(message, now_us)
        if refusal is not None:
            return refusal
        return Forward(message, line, self.site.machine_of[message.device].thing, now_us)

    def why_not(self, message: CommandMessage, now_us: int, thing: str = "") -> str:
        """Why it may not go to the machine at this instant, in one sentence; empty where it may.

        What passed before under the same id does not count against it: a hand-over that was cut off is asked about
        again before it is made again.
        """
        return self.why_never(message, now_us, thing) or self._against_the_rules(message, now_us)

    def why_never(self, message: CommandMessage, now_us: int, thing: str = "") -> str:
        """Why it may not go there whatever the machine does: its address or its time is wrong."""
        machine = self.site.machine_of.get(message.device)
        if machine is None:
            return f"no machine of this site is called {quoted(message.device)}"
        if thing and thing != machine.thing:
            return f"it came on the topic of {quoted(thing)} and is for {quoted(message.device)}"
        return _out_of_time(message, now_us)

    def _against_the_rules(self, message: CommandMessage, now_us: int) -> str:
        try:
            request = _request(message)
        except ValidationError as error:
            return f"it is no request that could be judged: {_first_mistake(error)}"
        decision = self.decide(self.site, request, self._snapshot(message, now_us))
        if decision.decision == "allowed":
            return ""
        missing = "another person must have approved it: " if decision.decision == "needs_approval" else ""
        return f"{missing}{because(decision)}"

    def _snapshot(self, message: CommandMessage, now_us: int) -> Snapshot:
        line = self.site.line_id(message.device)
        point = point_of(self.site, message.device, message.attribute)
        others = [self.site.line_id(interlock.device) for interlock in point.interlocks] if point else []
        values: dict[str, Mapping[str, CurrentValue]] = {}
        for each in dict.fromkeys((line, *others)):
            values |= self.values(each)
        within_seconds = point.readback.within_seconds if point and point.readback else 0.0
        since_us = now_us - round(max(HOUR_SECONDS, within_seconds) * 1_000_000)
        passed = [one for one in self.memory.passed(line, since_us) if one.message.command_id != message.command_id]
        alarms = standing(self.alarms(line)) if message.channel == "automatic" else ()
        return Snapshot(now_us, values, tuple(map(self._sent, passed)), self.automation_stopped(), alarms)

    def _sent(self, passed: Passed) -> SentCommand:
        message = passed.message
        return SentCommand(
            id=message.command_id,
            device=message.device,
            attribute=message.attribute,
            value=message.value,
            unit=message.unit,
            channel=message.channel,
            sent_at=instant(passed.at_us),
            done=passed.refused or self.ended(message.command_id),
        )


def _out_of_time(message: CommandMessage, now_us: int) -> str:
    try:
        sent_us, expires_us = parse(message.sent_at), parse(message.expires_at)
    except Rejection as error:
        return f"it does not say when it was sent and when it expires: {error}"
    if expires_us <= sent_us:
        return "it expired before it was sent"
    if expires_us - TOLERATED_SKEW_US <= now_us:
        return f"it expires at {render(expires_us)}; by the plant's clock it is {render(now_us)}"
    if sent_us - TOLERATED_SKEW_US > now_us:
        return f"it says that it was sent at {render(sent_us)}, and by the plant's clock it is {render(now_us)}"
    return ""


def _request(message: CommandMessage) -> CommandRequest:
    return CommandRequest.model_validate(
        {
            "id": message.command_id,
            "device": message.device,
            "attribute": message.attribute,
            "value": message.value,
            "unit": message.unit,
            "proposed_by": message.proposed_by,
            "roles": message.roles,
            "channel": message.channel,
            "approved_by": message.approved_by or None,
            "expires_at": message.expires_at,
            "alarm_id": message.alarm_id,
        }
    )


def _first_mistake(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _answer(message: CommandMessage, why_not: str, now_us: int) -> CommandAnswer:
    return CommandAnswer(
        command_id=message.command_id, device=message.device, accepted=False, reason=why_not, at=render(now_us)
    )


def _repeated(message: CommandMessage, now_us: int) -> CommandAnswer:
    told = f"the id {quoted(message.command_id)} came before; what came first stands, and a copy is not obeyed"
    return msgspec.structs.replace(_answer(message, told, now_us), repeated=True)
