"""The messages of AWS IoT, read and written: what a command or a shadow asks, and what it is told.

What AWS sends is read as strangers' bytes are: what cannot be read is an errand that ends as rejected, with the reason.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

import msgspec

from edge.aws_errands import End, Errand
from edge.command_gate import Outcome
from lineside.control.gate import TOLERATED_SKEW_US
from lineside.control.wire import LONGEST_REASON, MAX_BYTES, CommandMessage, decode_message
from lineside.errors import Malformed
from lineside.telemetry.rejection import Rejection
from lineside.telemetry.timestamps import parse

PARAMETER: Final = "message"
"""The one member of an execution's payload; it holds the message as text."""
LATER: Final = frozenset({"DataConflict", "InternalError", "RequestThrottled", "Throttling", "ServiceUnavailable"})
"""With these AWS IoT refuses a status that it may take when it comes again."""
RECEIVED: Final = End("SUCCEEDED", "RECEIVED", "the plant has it on its disk, judges it and hands it to the machine")
REPEATED: Final = End("REJECTED", "REPEATED", "the id of its command came before; what came first stands")
NO_ANSWER: Final = End("TIMED_OUT", "NO_ANSWER", "it went to the machine, which has not answered before it expired")


class Refusal(msgspec.Struct, frozen=True, rename="camel"):
    """Why AWS IoT did not take something: of a command's status, or, with `code`, of a shadow."""

    error: str = ""
    error_message: str = ""
    code: int = 0
    message: str = ""
    client_token: str = ""

    @property
    def may_be_mended(self) -> bool:
        """Whether the same may be taken when it comes again."""
        return self.error in LATER or self.code in (409, 429) or self.code >= 500

    def __str__(self) -> str:
        return ascii(f"{self.error or self.code} {self.error_message or self.message}"[:LONGEST_REASON])


class _State(msgspec.Struct, frozen=True):
    desired: dict[str, Any] = {}
    reported: dict[str, Any] = {}


class Shadow(msgspec.Struct, frozen=True, rename="camel"):
    """A whole shadow, as AWS IoT answers to a `get` with this token."""

    state: _State = _State()
    client_token: str = ""


_encode = msgspec.json.Encoder().encode


def read_refusal(payload: bytes) -> Refusal:
    """One that says nothing where it cannot be read."""
    try:
        return msgspec.json.decode(payload, type=Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Refusal()


def read_shadow(payload: bytes) -> Shadow | None:
    try:
        return msgspec.json.decode(payload, type=Shadow)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def errand_of_execution(thing: str, execution_id: str, payload: bytes, received_us: int) -> Errand:
    """What an execution asks; one that ends at once where it cannot be read."""
    errand = Errand(
        errand_id=f"{thing}/{execution_id}", thing=thing, execution_id=execution_id, received_us=received_us
    )
    try:
        return msgspec.structs.replace(errand, message=_message_in(payload))
    except Malformed as error:
        return _unreadable(errand, str(error))


def errand_of_entry(thing: str, attribute: str, entry: object, received_us: int) -> Errand:
    """What an entry of `desired` asks. The same entry is the same errand, however often it is read."""
    content = _encode(entry)
    errand_id = sha256(b"\0".join((thing.encode(), attribute.encode("utf-8", "replace"), content))).hexdigest()
    errand = Errand(errand_id=errand_id, thing=thing, attribute=attribute, received_us=received_us)
    try:
        message = decode_message(content)
    except Malformed as error:
        return _unreadable(errand, str(error))
    if message.attribute != attribute:
        return _unreadable(errand, f"it stands under {attribute!r} and is for {message.attribute!r}")
    return msgspec.structs.replace(errand, message=message)


def end_of(outcome: Outcome, message: CommandMessage) -> End | None:
    """What AWS is told of a command that was answered; None for one that was not."""
    answer = outcome.answer
    if answer is None:
        return None
    if answer.accepted:
        return End("SUCCEEDED", "MACHINE_ACCEPTED", "the machine says yes; whether it did it, the read-back tells")
    if outcome.passed:
        return End("FAILED", "MACHINE_REFUSED", answer.reason)
    if expires_us(message) - TOLERATED_SKEW_US <= instant_us(answer.at):
        return End("TIMED_OUT", "EXPIRED", answer.reason)
    return End("REJECTED", "PLANT_REFUSED", answer.reason)


def status_payload(end: End, *, in_progress: bool = False) -> bytes:
    reason = {"reasonCode": end.code, "reasonDescription": printable(end.reason)}
    return _encode({"status": "IN_PROGRESS" if in_progress else end.status, "statusReason": reason})


def reported_payload(errand: Errand, end: End) -> bytes:
    """What the shadow shall report: the answer, and of a yes the whole entry, so that nothing differs any more."""
    told = {"command_id": errand.command_id, "status": end.status, "code": end.code, "reason": printable(end.reason)}
    entry = msgspec.to_builtins(errand.message) if end.status == "SUCCEEDED" and errand.message else {}
    state = {"reported": {errand.attribute: {**entry, "answer": told}}}
    return _encode({"state": state, "clientToken": errand.errand_id})


def answer_in(reported: dict[str, Any], attribute: str) -> str:
    """The id of the command whose answer a shadow reports; empty where there is none."""
    entry = reported.get(attribute)
    answer = entry.get("answer") if isinstance(entry, dict) else None
    return str(answer.get("command_id", "")) if isinstance(answer, dict) else ""


def expires_us(message: CommandMessage) -> int:
    """0 for what does not say when: nobody can obey that either."""
    return instant_us(message.expires_at)


def instant_us(text: str) -> int:
    try:
        return parse(text)
    except Rejection:
        return 0


def printable(text: str) -> str:
    """AWS takes no control characters, and a terminal should not have to."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:LONGEST_REASON])


def _message_in(payload: bytes) -> CommandMessage:
    if len(payload) > 2 * MAX_BYTES:  # as text in JSON it is longer than by itself
        raise Malformed(f"an execution has at most {2 * MAX_BYTES:,} bytes; this one has {len(payload):,}")
    try:
        text = msgspec.json.decode(payload, type=dict[str, str])[PARAMETER]
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError) as error:
        raise Malformed(f"this is no execution of a set-point: {error}") from error
    return decode_message(text.encode("utf-8", "replace"))


def _unreadable(errand: Errand, reason: str) -> Errand:
    return msgspec.structs.replace(errand, end=End("REJECTED", "UNREADABLE", reason))
