"""Bytes -> readings: one payload, in any format of the table, holds one message or many of them.

Every message stands alone. A good one becomes readings; a bad one is refused whole, with its own bytes, a stable code
and a sentence that says why, so that it can be quarantined and replayed; the good ones beside it are kept.
A protocol added later is a row of `FORMATS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from lineside.telemetry import from_csv, from_native, from_ngsild
from lineside.telemetry.channels import Channels, Device
from lineside.telemetry.json_array import depth, split_json, without_strings
from lineside.telemetry.reading import Reading
from lineside.telemetry.rejection import MAX_MESSAGE_BYTES, Rejection

if TYPE_CHECKING:
    from lineside.site.model import Site

MAX_MESSAGES: Final = 8_192
"""More than fit into 128 kB by honest means; each costs time to refuse."""
MAX_DEPTH: Final = 64
_BOM: Final = b"\xef\xbb\xbf"
_MAX_SITES: Final = 8
_heard_of: dict[int, Channels] = {}


@dataclass(frozen=True)
class Origin:
    """Where a payload came from. `thing` is the last level of its topic, "" where there is no topic.

    `format` names a row of `FORMATS`; "" finds it. Without a site nothing is declared and every device is unknown.
    """

    site: Site | None
    thing: str = ""
    received_us: int = field(kw_only=True)
    format: str = field(default="", kw_only=True)


class Rejected(msgspec.Struct, frozen=True):
    """A message that cannot be read: its own bytes, why, a stable code, and how many readings it held (at least 1)."""

    raw: bytes
    reason: str
    code: str
    readings: int = 1


class Decoded(msgspec.Struct, frozen=True):
    """What a payload held. `missing` counts the values that were null or empty, which are no readings."""

    readings: list[Reading]
    rejected: list[Rejected]
    missing: int = 0


class Message(NamedTuple):
    """One good message: its readings in the order sent."""

    device: Device | None
    readings: list[Reading]
    missing: int


class Hearing(NamedTuple):
    """What reading one payload needs to know."""

    channels: Channels
    thing: str
    received_us: int


class Format(NamedTuple):
    """One protocol: how it is recognised, cut into messages, and how one message is read.

    `at_once`, where it is worth having, reads a payload in which everything is in order and raises otherwise.
    """

    name: str
    looks_like: Callable[[bytes], bool]
    split: Callable[[bytes], Iterable[bytes]]
    read: Callable[[bytes, Hearing], Message]
    at_once: Callable[[bytes, Hearing], Decoded] | None = None


def decode(payload: bytes, origin: Origin) -> Decoded:
    """The readings of a payload, and the messages of it that were refused. Never raises on what a sender may send."""
    channels = channels_of(origin.site)
    if not origin.format and len(payload) <= MAX_MESSAGE_BYTES:
        try:  # nearly every payload is of this format, and in order
            return _native_at_once(payload, channels, origin.thing, origin.received_us)
        except UNREADABLE:
            pass
    hearing = Hearing(channels, origin.thing, origin.received_us)
    format_ = _format_of(payload, origin.format)
    if format_ is not None and format_.at_once is not None and len(payload) <= MAX_MESSAGE_BYTES:
        try:
            return format_.at_once(payload, hearing)
        except UNREADABLE:
            pass  # one by one, to find which message it is
    return _one_by_one(payload, hearing, format_)


def _one_by_one(payload: bytes, hearing: Hearing, format_: Format | None) -> Decoded:
    readings: list[Reading] = []
    rejected: list[Rejected] = []
    missing = 0
    for message in messages(payload, hearing, format_):
        if isinstance(message, Rejected):
            rejected.append(message)
        else:
            readings.extend(message.readings)
            missing += message.missing
    return Decoded(readings, rejected, missing)


def channels_of(site: Site | None) -> Channels:
    """The channels heard of a site, remembered between payloads."""
    known = _heard_of.get(id(site))
    if known is None or known.site is not site:
        if len(_heard_of) >= _MAX_SITES:
            _heard_of.clear()
        known = _heard_of[id(site)] = Channels(site)
    return known


def messages(payload: bytes, hearing: Hearing, format_: Format | None = None) -> Iterator[Message | Rejected]:
    """The messages of a payload one by one, in order."""
    if len(payload) > MAX_MESSAGE_BYTES:
        reason = f"the message is larger than {MAX_MESSAGE_BYTES} bytes"
        yield Rejected(payload, reason, "too_large", 1)
        return
    payload = payload.removeprefix(_BOM).strip()
    found = format_ or _format_of(payload)
    if found is None:
        yield _unrecognised(payload)
        return
    pieces = list(islice(found.split(payload), MAX_MESSAGES + 1))
    if len(pieces) > MAX_MESSAGES:
        yield Rejected(payload, f"more than {MAX_MESSAGES} messages in one", "too_many", 1)
        return
    for raw in pieces:
        yield _read_alone(raw, _format_of(raw) or found, hearing)


def _format_of(payload: bytes, name: str = "") -> Format | None:
    for row in FORMATS:
        if row.name == name or (not name and row.looks_like(payload)):
            return row
    if name:
        raise ValueError(f"no format is called {name}; there are {', '.join(row.name for row in FORMATS)}")
    return None


def _read_alone(raw: bytes, format_: Format, hearing: Hearing) -> Message | Rejected:
    try:
        raw.decode()
        return format_.read(raw, hearing)
    except Rejection as rejection:
        code, reason = rejection.code, rejection.reason
    except UnicodeDecodeError as error:
        code, reason = "not_utf8", f"the message is not UTF-8 (byte {error.start})"
    except (msgspec.DecodeError, RecursionError) as error:
        if isinstance(error, RecursionError) or depth(raw) > MAX_DEPTH:
            code, reason = "too_deep", f"the message is nested deeper than {MAX_DEPTH} levels"
        elif isinstance(error, msgspec.ValidationError):
            code, reason = _misfit(str(error), format_.name)
        else:
            code, reason = _not_json(raw, str(error))
    return Rejected(raw, reason, code, _count(raw))


def _misfit(error: str, format_name: str) -> tuple[str, str]:
    """The code and the reason of a message that is JSON, but not the JSON that its format asks for."""
    if "out of range" in error:
        return "not_finite", f"a number is too large: {error}"
    if "missing required field `ts`" in error or "got `null` - at `$.ts`" in error:
        return "timestamp_missing", "the message has no timestamp (ts)"
    if error.endswith("`$.ts`"):
        return "timestamp_unreadable", f"the timestamp is not RFC 3339 text: {error}"
    return "wrong_type", f"not a message of format {format_name}: {error}"


_NOT_FINITE: Final = re.compile(rb"\b(?:NaN|Infinity|inf|nan)\b")


def _not_json(raw: bytes, error: str) -> tuple[str, str]:
    found = _NOT_FINITE.search(without_strings(raw))
    if found:
        return "not_finite", f"{found[0].decode()} is not a number"
    return "not_json", f"the message is not JSON: {error}"


def _unrecognised(payload: bytes) -> Rejected:
    try:
        payload.decode()
    except UnicodeDecodeError as error:
        return Rejected(payload, f"the message is not UTF-8 (byte {error.start})", "not_utf8", 1)
    if not payload.strip():
        return Rejected(payload, "the message is empty", "not_json", 1)
    return Rejected(payload, "the message is neither JSON nor telemetry CSV", "not_json", 1)


class _Countable(msgspec.Struct):
    measurements: dict[str, msgspec.Raw]


def _count(raw: bytes) -> int:
    """How many readings a refused message held, as well as that can be told."""
    try:
        return max(1, len(msgspec.json.decode(raw, type=_Countable).measurements))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return max(1, raw.count(b'"observedAt"'))


# --- the formats -----------------------------------------------------------------------------------------------


def _looks_native(payload: bytes) -> bool:
    return _looks_json(payload) and b'"measurements"' in payload


def _looks_normalized(payload: bytes) -> bool:
    return _looks_concise(payload) and b'"Property"' in payload


def _looks_concise(payload: bytes) -> bool:
    return _looks_json(payload) and b'"id"' in payload and b'"type"' in payload


def _looks_json(payload: bytes) -> bool:
    return payload[:1] in (b"{", b"[")


def _read_native(raw: bytes, hearing: Hearing) -> Message:
    message = from_native.decode_full(raw)
    device = _device(message.device, hearing.channels, hearing.thing)
    readings: list[Reading] = []
    return Message(
        device, readings, from_native.read_full(message, hearing.channels, device, hearing.received_us, readings)
    )


def _device(name: str, channels: Channels, thing: str) -> Device:
    device = channels.devices.get(name) or channels.device(name)
    if thing:
        channels.check_sender(device, thing)
    return device


def _native_at_once(payload: bytes, channels: Channels, thing: str, received_us: int) -> Decoded:
    if not payload.isascii():
        payload.decode()
    if payload[:1] != b"[":
        message = from_native.decode_plain(payload)
        device = channels.devices.get(message.device) or channels.device(message.device)
        if thing:
            channels.check_sender(device, thing)
        readings = from_native.read_plain(message, channels, device, received_us)
        return Decoded(readings, [], len(message.measurements) - len(readings))
    readings, sent = [], 0
    for message in from_native.decode_plain_array(payload):
        device = _device(message.device, channels, thing)
        readings += from_native.read_plain(message, channels, device, received_us)
        sent += len(message.measurements)
    return Decoded(readings, [], sent - len(readings))


def _read_entity(raw: bytes, hearing: Hearing) -> Message:
    entity = from_ngsild.decode_entity(raw)
    device = _device(from_ngsild.device_name(entity, hearing.channels), hearing.channels, hearing.thing)
    readings: list[Reading] = []
    missing = from_ngsild.read_entity(entity, hearing.channels, device, hearing.received_us, readings)
    return Message(device, readings, missing)


def _read_row(raw: bytes, hearing: Hearing) -> Message:
    readings: list[Reading] = []
    missing = from_csv.read_rows(raw, hearing.channels, hearing.thing, hearing.received_us, readings)
    return Message(None, readings, missing)


def _csv_at_once(payload: bytes, hearing: Hearing) -> Decoded:
    message = _read_row(payload, hearing)
    return Decoded(message.readings, [], message.missing)


CSV: Final = Format("csv", from_csv.looks_like_csv, from_csv.split_csv, _read_row, _csv_at_once)
FORMATS: Final = (
    Format("native", _looks_native, split_json, _read_native),
    Format("ngsi-ld", _looks_normalized, split_json, _read_entity),
    Format("ngsi-ld-concise", _looks_concise, split_json, _read_entity),
    CSV,
    Format("json", _looks_json, split_json, _read_native),  # to say what a native message lacks
)

UNREADABLE: Final = (Rejection, msgspec.DecodeError, UnicodeDecodeError, RecursionError)
