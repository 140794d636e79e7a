"""Between AWS IoT and the plant's commands: takes what the cloud asks, has it judged and sent, says what became of it.

Whatever AWS IoT sends is on disk (`AwsErrands`) before it is acknowledged. From there a thread of its own hands each
command to the plant's journal (`MqttCommands.receive`), where the gate, the third check, judges it by the plant's own
rules, values and clock like any other; watches what becomes of it; and tells AWS IoT until AWS IoT has taken it:

- an execution of a command: IN_PROGRESS, then SUCCEEDED, FAILED, REJECTED or TIMED_OUT, each with a reason. The next
  status goes out when AWS has taken the one before: two at once it refuses.
- an entry of the shadow: `reported`, where the machine's yes makes it equal to `desired`. A delta leaves out what is
  reported already, so it is a reason to ask for the whole shadow, as is every new connection.
- for both, the answer on `cmd/lineside/<site>/<line>/<thing>/response`, which the cloud's desk takes.

SUCCEEDED is the machine's yes. Whether it was done, the cloud tells from the read-back.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from secrets import token_hex
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from msgspec.structs import replace

from edge.aws_errands import End
from edge.aws_messages import (
    NO_ANSWER,
    REPEATED,
    Refusal,
    Shadow,
    answer_in,
    end_of,
    errand_of_entry,
    errand_of_execution,
    expires_us,
    read_refusal,
    read_shadow,
)
from edge.aws_telling import AwsTelling, AwsWire, Told, nothing
from edge.aws_topics import AwsTopic, read_topic, shadow_topic
from edge.mailbox import Arrived, Mailbox
from edge.topics import request_topic
from edge.trouble import Trouble
from lineside.control.wire import CommandAnswer, CommandMessage, encode
from lineside.errors import Malformed, Refused
from lineside.telemetry.timestamps import render

if TYPE_CHECKING:
    from edge.aws_errands import AwsErrands, Errand
    from edge.command_gate import Outcome
    from lineside.site.model import Site

logger = logging.getLogger(__name__)

LATE_US: Final = 3_600 * 1_000_000
"""So long after a command has expired its machine may still answer, and the cloud's desk hears of it."""
GIVE_UP_US: Final = 24 * LATE_US
"""So long after it came and expired AWS IoT is told no more: it has ended the execution itself by then."""


class PlantSide(Protocol):
    """The plant's commands (`MqttCommands`), as the bridge needs them."""

    def receive(self, topic: str, payload: bytes) -> None: ...

    def outcome(self, command_id: str) -> Outcome | None: ...


class Asked(NamedTuple):
    """A shadow that is to be read. `token`: of the question that is under way, if it is; an older answer may be old."""

    told: Told | None = None
    token: str = ""


class AwsBridge:
    """`put` and `on_ready` from any thread; `turn` from one, which `run` is.

    `trouble` says in one sentence why AWS IoT is not heard or told; `strangers` counts messages that are nobody's.
    """

    def __init__(
        self,
        site: Site,
        errands: AwsErrands,
        plant: PlantSide,
        now_us: Callable[[], int],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._site, self._errands, self._plant, self._now_us, self._clock = site, errands, plant, now_us, clock
        self._wire: AwsWire | None = None
        self._mailbox = Mailbox()
        self._telling = AwsTelling(site, errands, self._mailbox.wake, clock)
        self._shadows: dict[str, Asked] = {}
        self._ready = threading.Event()
        self._things = things_of(site)
        self._trouble = Trouble("commands from AWS IoT")
        self.strangers = 0

    @property
    def trouble(self) -> str:
        return self._trouble.told

    def connect(self, wire: AwsWire) -> None:
        self._wire = wire

    def on_ready(self) -> None:
        """AWS IoT hears us again: what was missed meanwhile stands in the shadows."""
        self._ready.set()
        self._mailbox.wake()

    @property
    def room(self) -> bool:
        return self._mailbox.room

    def put(self, topic: str, payload: bytes, received_us: int, on_durable: Callable[[], None]) -> int:
        return self._mailbox.put(topic, payload, received_us, on_durable)

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop. What is then still under way is on the disk."""
        self._mailbox.run(stop, self.turn)

    def turn(self) -> None:
        """Everything that can be done now, once."""
        self._trouble.attempt(self._turn)

    def _turn(self) -> str:
        self._greet()
        self._mailbox.store(self._keep)
        self._telling.note_what_was_taken()
        for errand in self._errands.open():
            self._advance(errand)
        self._ask_for_shadows()
        in_vain = self._telling.in_vain
        return f"AWS IoT does not take what became of {in_vain} commands" if in_vain else ""

    def _greet(self) -> None:
        if not self._ready.is_set():
            return
        self._ready.clear()
        self._telling.begin_anew()
        self._shadows = {thing: Asked() for thing, kinds in self._things.items() if "shadow" in kinds}

    # What AWS IoT sends

    def _keep(self, arrived: Arrived) -> None:
        heard = read_topic(arrived.topic)
        if heard is None or heard.thing not in self._things:
            self.strangers += 1
            logger.warning("a message of nobody was dropped: topic=%s", ascii(arrived.topic[:200]))
        elif heard.kind == "request":
            self._add(errand_of_execution(heard.thing, heard.execution_id, arrived.payload, arrived.received_us))
        elif heard.kind == "delta":
            self._shadows[heard.thing] = Asked()
        elif heard.kind in ("shadow", "no shadow"):
            self._read_shadow(heard, arrived)
        else:
            self._telling.heard_of_status(heard, arrived.payload)

    def _add(self, errand: Errand) -> None:
        if self._errands.add(errand):
            logger.info("AWS IoT asks: thing=%s command=%s", errand.thing, ascii(errand.command_id[:80]))

    def _read_shadow(self, heard: AwsTopic, arrived: Arrived) -> None:
        shadow = read_shadow(arrived.payload) if heard.kind == "shadow" else None
        refusal = read_refusal(arrived.payload) if heard.kind == "no shadow" else Refusal()
        if heard.thing not in self._shadows or (shadow or refusal).client_token != self._shadows[heard.thing].token:
            return
        if shadow is not None:
            for attribute, entry in shadow.state.desired.items():
                self._add(errand_of_entry(heard.thing, attribute, entry, arrived.received_us))
            self._mend_what_is_reported(heard.thing, shadow)
        if not refusal.may_be_mended:  # 404: there is no shadow yet
            self._shadows.pop(heard.thing)

    def _mend_what_is_reported(self, thing: str, shadow: Shadow) -> None:
        """Tell again what AWS IoT acknowledged and did not keep."""
        for attribute in shadow.state.desired:
            newest = self._errands.newest(thing, attribute)
            if newest is None or newest.message is None or not newest.end_told:
                continue
            if answer_in(shadow.state.reported, attribute) != newest.command_id:
                self._errands.put(replace(newest, end_told=False))

    # What becomes of it

    def _advance(self, errand: Errand) -> None:
        if errand.end is None and not errand.handed and errand.thing in self._things:
            errand = self._hand(errand)
        if errand.handed and errand.answer is None:
            errand = self._look(errand)
        if self._is_finished(errand):
            self._errands.put(errand, is_open=False)
            self._telling.forget(errand.errand_id)
        elif self._wire is not None and self._wire.connected:
            self._telling.tell(self._wire, errand)

    def _hand(self, errand: Errand) -> Errand:
        """To the plant's journal, once for each command."""
        message, device = errand.message, self._site.device_of_thing[errand.thing]
        if message is None:
            return errand
        first = self._errands.first_for(message.command_id)
        if first is not None and first.errand_id != errand.errand_id:
            return self._repeated(errand, message)
        try:
            topic = request_topic(self._site.site, self._site.line_id(device), errand.thing)
            self._plant.receive(topic, encode(message))
        except Refused:
            return self._repeated(errand, message)
        except Malformed as error:
            return self._errands.put(replace(errand, end=End("REJECTED", "UNREADABLE", str(error))))
        return self._errands.put(replace(errand, handed=True))

    def _repeated(self, errand: Errand, message: CommandMessage) -> Errand:
        """It is not obeyed, and says nothing of what became of the first one."""
        answer = CommandAnswer(
            command_id=message.command_id,
            device=message.device,
            accepted=False,
            reason=REPEATED.reason,
            at=render(self._now_us()),
            repeated=True,
        )
        return self._errands.put(replace(errand, end=REPEATED, answer=answer))

    def _look(self, errand: Errand) -> Errand:
        outcome = self._plant.outcome(errand.command_id)
        if outcome is None or errand.message is None:
            return errand
        if outcome.answer is not None:
            end = errand.end or end_of(outcome, errand.message)
            return self._errands.put(replace(errand, end=end, answer=outcome.answer))
        if errand.end is None and outcome.passed and expires_us(errand.message) <= self._now_us():
            return self._errands.put(replace(errand, end=NO_ANSWER))
        return errand

    def _is_finished(self, errand: Errand) -> bool:
        now_us = self._now_us()
        until_us = expires_us(errand.message) if errand.message else 0
        if errand.thing not in self._things:  # The site file has changed.
            return True
        if now_us > max(errand.received_us, until_us) + GIVE_UP_US:
            return True
        if errand.end is None or not errand.end_told:
            return False
        if errand.answer is not None:
            return errand.answer_told
        return not errand.handed or now_us > until_us + LATE_US

    def _ask_for_shadows(self) -> None:
        now = self._clock()
        for thing, asked in self._shadows.items():
            if self._wire is not None and self._wire.connected and (asked.told is None or asked.told.is_due(now)):
                token = token_hex(8)
                self._shadows[thing] = Asked(Told(now, asked.told.times + 1 if asked.told else 1), token)
                question = f'{{"clientToken":"{token}"}}'.encode()
                self._wire.publish(shadow_topic(thing, "get"), question, nothing)


def things_of(site: Site) -> Mapping[str, frozenset[str]]:
    """Thing -> the ways in which its command points are told, for every machine that has one."""
    machines = (machine for machine in site.machine_of.values() if machine.commands)
    return {machine.thing: frozenset(point.transport for point in machine.commands) for machine in machines}
