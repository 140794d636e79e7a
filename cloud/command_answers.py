"""What machines say of their commands: from the queue of answers to the desk.

An answer counts only if it came on the topic of the very thing it speaks for (AWS IoT lets a thing publish on its own
topic alone), and the desk takes it only for a command to that machine. What nobody can use is dropped and counted: an
answer is a remark, and whether a command was done is told by the read-back alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lineside.control.desk import ControlDesk
from lineside.control.record import Command
from lineside.control.wire import CommandAnswer, as_heard, decode_answer
from lineside.errors import Conflict, Malformed, Refused, Unavailable
from lineside.line.ingest import Message
from lineside.site.model import Site


@dataclass
class Heard:
    """What became of a batch. `again` are the ids of messages that are to come again."""

    taken: list[Command] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    """Why, a sentence each."""
    again: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


def hear(desk: ControlDesk, messages: Iterable[Message], now_us: int) -> Heard:
    """Each message by itself: one that cannot be taken now holds up no other."""
    heard = Heard()
    for message in messages:
        try:
            heard.taken.append(desk.answered(answer_in(desk.site, message), now_us))
        except (Malformed, Refused) as error:
            heard.dropped.append(str(error))
        except (Unavailable, Conflict) as error:
            heard.again.append(message.message_id)
            heard.troubles.append(str(error))
    return heard


def answer_in(site: Site, message: Message) -> CommandAnswer:
    """The answer in a message that came on the own topic of the machine it speaks for. Raises `Malformed`."""
    said = decode_answer(message.payload)
    machine = site.machine_of.get(said.device)
    if machine is None:
        raise Malformed(f"an answer came for {said.device[:128]!a}, which is no machine of this site")
    own = f"cmd/lineside/{site.site}/{site.line_id(machine.id)}/{machine.thing}/response"
    if message.topic != own:
        raise Malformed(f"an answer for {machine.id!a} came on the topic {message.topic[:200]!a}")
    return as_heard(said, message.received_us)
