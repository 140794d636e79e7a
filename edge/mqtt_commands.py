"""Commands over the plant's MQTT broker: out to the machines on `.../request`, their answers in on `.../response`.

`MqttCommands` is the plant's `Transport`. What a desk hands over is in the journal before `send` returns; a thread of
its own takes it from there: when the machine listens, the gate judges it, and only then it is published, at QoS 1 and
never retained. It is published again until it is acknowledged, as long as it is valid and the gate still allows it; a
machine obeys an id once. An answer is acknowledged to the machine when it is in the journal, and told to the desk
after that, again and again until the desk has it. A process that is killed goes on from the journal.

A command is never left with a broker for a machine that is away: it waits here, is judged when the machine is there,
and ends as refused where that is too late.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal

from edge.mailbox import Arrived, Mailbox
from edge.topics import request_topic, thing_of_topic
from edge.trouble import Trouble
from lineside.control.gate import Forward
from lineside.control.wire import CommandAnswer, CommandMessage, as_heard, decode_answer, decode_message, encode
from lineside.errors import Conflict, LinesideError, Malformed, Unavailable
from lineside.telemetry.timestamps import render

if TYPE_CHECKING:
    from edge.command_gate import CommandJournal, Handed, Outcome
    from edge.command_wires import CommandWire
    from lineside.control.gate import Gate

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 5.0
"""After so long without an acknowledgement a command is published again."""

OnAnswer = Callable[[CommandAnswer], object]


class MqttCommands:
    """The plant's `Transport` and gate. `send` and `put` from any thread; `turn` from one, which `run` is.

    `trouble` says in one sentence why commands do not move; `strangers` counts answers that nobody asked for.
    """

    def __init__(
        self,
        journal: CommandJournal,
        gate: Gate,
        now_us: Callable[[], int],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal, self._gate, self._now_us, self._clock = journal, gate, now_us, clock
        self._wire: CommandWire | None = None
        self._mailbox = Mailbox()
        self._acknowledged: queue.Queue[str] = queue.Queue()
        self._published: dict[str, float] = {}
        self._trouble = Trouble("commands")
        self.strangers = 0

    @property
    def trouble(self) -> str:
        return self._trouble.told

    def connect(self, wire: CommandWire | None) -> None:
        """The broker to use from now on; without one everything waits."""
        self._wire = wire
        self._mailbox.wake()

    # The transport

    def send(self, message: CommandMessage, kind: Literal["command", "shadow"] = "command") -> None:  # noqa: ARG002
        """Keep it, durably. In the plant there is one way for both kinds. Raises `Unavailable` and `Refused`."""
        self._journal.hand(message, self._now_us())
        self._mailbox.wake()

    def receive(self, topic: str, payload: bytes) -> None:
        """Keep what came from outside the plant, on a request topic. Raises `Malformed`, `Refused`, `Unavailable`."""
        to = thing_of_topic(self._gate.site.site, topic, "request")
        if to is None:
            raise Malformed(f"{topic[:200]!r} is no topic for commands of this site")
        self._journal.hand(decode_message(payload), self._now_us(), came_on=to[1])
        self._mailbox.wake()

    def outcome(self, command_id: str) -> Outcome | None:
        """What has become of what was handed over; None for what nobody did."""
        return self._journal.outcome(command_id)

    # What the broker hands in

    @property
    def room(self) -> bool:
        return self._mailbox.room

    def put(self, topic: str, payload: bytes, received_us: int, on_durable: Callable[[], None]) -> int:
        """Take an answer; `on_durable` is called once it is in the journal, or found to be nobody's."""
        return self._mailbox.put(topic, payload, received_us, on_durable)

    # The thread

    def run(self, stop: threading.Event, on_answer: OnAnswer) -> None:
        """Work until told to stop. What is then still under way is in the journal."""
        self._mailbox.run(stop, partial(self.turn, on_answer))

    def turn(self, on_answer: OnAnswer) -> None:
        """Everything that can be done now, once."""
        self._trouble.attempt(partial(self._turn, on_answer))

    def _turn(self, on_answer: OnAnswer) -> str:
        self._mailbox.store(self._store)
        self._send()
        self._tell(on_answer)
        return ""

    def _store(self, heard: Arrived) -> None:
        answer = self._answer_in(heard)
        if answer is None:
            self.strangers += 1
            logger.warning("an answer that nobody asked for was dropped: topic=%r", heard.topic[:200])
        elif not self._journal.answered(answer):
            logger.info("an answer came again, or to nothing that was sent: command=%r", answer.command_id[:80])

    def _answer_in(self, heard: Arrived) -> CommandAnswer | None:
        """What a machine says of a command that was sent to it, on its own topic; None for anything else."""
        try:
            said = decode_answer(heard.payload)
        except Malformed:
            return None
        asked = self._journal.message(said.command_id)
        site = self._gate.site
        machine = site.machine_of.get(asked.device) if asked is not None else None
        if asked is None or machine is None or said.device != asked.device:
            return None
        if thing_of_topic(site.site, heard.topic, "response") != (site.line_id(machine.id), machine.thing):
            return None
        return as_heard(said, heard.received_us)

    def _send(self) -> None:
        while not self._acknowledged.empty():
            self._journal.sent(self._acknowledged.get_nowait())
        for handed in self._journal.at("sending"):
            self._send_again(handed.message)
        for handed in self._journal.at("handed"):
            self._judge(handed)
        # A command that is done with needs no memory of when it was published.
        self._published = {key: at for key, at in self._published.items() if at > self._clock() - 2 * AGAIN_SECONDS}

    def _judge(self, handed: Handed) -> None:
        message, now_us = handed.message, self._now_us()
        away = not self._reaches(message)
        if away and not self._gate.why_never(message, now_us, handed.came_on):
            return
        judged = self._judged(handed, now_us, "the machine is not connected" if away else "")
        if isinstance(judged, Forward):
            logger.info("command passed: command=%r device=%r", message.command_id[:80], message.device)
            self._publish(message)
        else:
            logger.info("command refused: command=%r reason=%s", message.command_id[:80], ascii(judged.reason))

    def _judged(self, handed: Handed, now_us: int, remark: str) -> CommandAnswer | Forward:
        message = handed.message
        try:
            return self._gate.judge(message, now_us, handed.came_on, remark)
        except LinesideError:
            raise
        except Exception:
            # What our own rules cannot survive is not obeyed, and must not hold up what follows it.
            logger.exception("a command broke the gate: command=%r", message.command_id[:80])
            told = "Lineside failed to judge it, which is ours to mend; the plant's log says how"
            refusal = CommandAnswer(
                command_id=message.command_id, device=message.device, accepted=False, reason=told, at=render(now_us)
            )
            self._journal.remember(message, self._gate.site.line_id(message.device), now_us, refusal)
            return refusal

    def _send_again(self, message: CommandMessage) -> None:
        """What passed and is not acknowledged: the machine may have it or not."""
        if self._clock() - self._published.get(message.command_id, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return
        why_not = self._gate.why_not(message, self._now_us())
        if why_not:
            logger.info("command not sent again: command=%r reason=%s", message.command_id[:80], ascii(why_not))
            self._journal.sent(message.command_id)
        elif self._reaches(message):
            self._publish(message)

    def _reaches(self, message: CommandMessage) -> bool:
        topic = self._topic(message)
        return self._wire is not None and topic is not None and self._wire.reaches(topic)

    def _publish(self, message: CommandMessage) -> None:
        topic = self._topic(message)
        if self._wire is None or topic is None:
            return
        self._published[message.command_id] = self._clock()
        self._wire.publish(topic, encode(message), partial(self._on_acknowledged, message.command_id))

    def _on_acknowledged(self, command_id: str) -> None:
        self._acknowledged.put(command_id)
        self._mailbox.wake()

    def _topic(self, message: CommandMessage) -> str | None:
        site = self._gate.site
        machine = site.machine_of.get(message.device)
        return request_topic(site.site, site.line_id(machine.id), machine.thing) if machine else None

    def _tell(self, on_answer: OnAnswer) -> None:
        for answer in self._journal.untold():
            try:
                on_answer(answer)
            except (Unavailable, Conflict):
                raise
            except LinesideError as error:
                # Whoever hears it has no use for it, now or later; it is in the journal.
                logger.warning(
                    "an answer was not taken: command=%r reason=%s", answer.command_id[:80], ascii(str(error))
                )
            self._journal.told(answer.command_id)
