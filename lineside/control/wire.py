"""What goes to a machine and what comes back, as JSON on its topics (schema 1).

`cmd/lineside/<site>/<line>/<thing>/request` carries a `CommandMessage`, `.../response` a `CommandAnswer`.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from lineside.errors import Malformed
from lineside.site.commands import Risk
from lineside.telemetry.timestamps import render

MAX_BYTES = 16_384
_Message = TypeVar("_Message")


class CommandMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A set-point for one machine. `value` is in `unit` (UN/CEFACT). Past `expires_at` (RFC 3339) it means nothing."""

    command_id: str
    device: str
    attribute: str
    value: float
    unit: str
    sent_at: str
    expires_at: str
    risk: Risk
    proposed_by: str
    approved_by: str = ""
    roles: tuple[str, ...] = ()
    channel: str = "console"
    alarm_id: str = ""
    """The alarm that gave the reason; what is sent automatically needs one at the plant side, too."""
    schema: int = 1


class CommandAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a machine, or the plant side before it, says of a command. `accepted` is not `done`."""

    command_id: str
    device: str
    accepted: bool
    reason: str = ""
    """Why not, where it was not."""
    at: str = ""
    repeated: bool = False
    """Of a message whose id came before: it is refused, and says nothing of what became of the first one."""
    schema: int = 1


LONGEST_REASON = 256

_encode = msgspec.json.Encoder().encode
_message = msgspec.json.Decoder(CommandMessage, strict=True)
_answer = msgspec.json.Decoder(CommandAnswer, strict=True)


def encode(message: CommandMessage | CommandAnswer) -> bytes:
    return _encode(message)


def decode_message(payload: bytes) -> CommandMessage:
    """`Malformed` where it is none."""
    return _decoded(_message, payload)


def decode_answer(payload: bytes) -> CommandAnswer:
    """`Malformed` where it is none."""
    return _decoded(_answer, payload)


def as_heard(said: CommandAnswer, received_us: int) -> CommandAnswer:
    """An answer as it is kept: when it came by our clock, and no more of its words than people can read.

    What a machine writes is shown in terminals, so nothing in it may steer one.
    """
    reason = "".join(letter if letter.isprintable() else " " for letter in said.reason[:LONGEST_REASON])
    return msgspec.structs.replace(said, reason=reason, at=render(received_us))


def _decoded(decoder: msgspec.json.Decoder[_Message], payload: bytes) -> _Message:
    if len(payload) > MAX_BYTES:
        raise Malformed(f"a command message has at most {MAX_BYTES:,} bytes; this one has {len(payload):,}")
    try:
        return decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"this is no command message: {error}") from error
