"""How devices word their messages: the fastest way from a message to its entity.

A device words its messages alike for years: the same members in the same order with the same spaces between them, and
only the instant and the values differ. When a message was read and found plain, its wording is learned: a regular
expression that is exactly this wording around any JSON number, text or truth, and a function that joins the entity
from prepared bytes and from the values as they were sent. Any other wording, and any value that needs a closer look,
is left to the ways through `normalize`, which are right for every message; the tests hold all of them to the same.

The functions are generated, once for every layout (a wording without its device), because a loop over the values
costs more than all else together. Nothing that a sender wrote becomes source text: the source is made of `KINDS` and
numbers, and what is particular to a device is bound to it as arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import orjson

from lineside.telemetry import ngsild
from lineside.telemetry.channels import Channel, Device
from lineside.telemetry.ngsild import ENTITY_END
from lineside.telemetry.rejection import MAX_MESSAGE_BYTES, MAX_TEXT_LENGTH, Rejection
from lineside.telemetry.timestamps import EARLIEST_US, parse

MAX_LAYOUTS: Final = 256
"""Compiling one takes as long as reading some hundred messages, so a sender that invents layouts is not followed."""
MAX_DEVICES: Final = 16_384
MAX_WORDINGS: Final = 4
"""Of one device: a message of its values, one of its state, one of its alarms."""
MAX_VALUES: Final = 64
MAX_MINUTES: Final = 16_384
MAX_STATES: Final = 32

Write = Callable[[bytes, int], bytes | None]
"""A message, and the latest minute that is plausible -> the entity, or None if it must be looked at more closely."""
Bind = Callable[..., Write]
"""The opening of a device's entities and what each of its values' kinds needs -> the function for its messages."""


class Wording(NamedTuple):
    write: Write
    bind: Bind


class Kind(NamedTuple):
    """What becomes of one value, in source text; `#` stands for the number of the value."""

    needs: str
    prepare: str
    parts: str


KINDS: Final = {
    "as_sent": Kind("head#,", "", "head#, v#, stamp,"),
    "held": Kind("head#, low#, high#,", "if not low# <= float(v#) <= high#: return None", "head#, v#, stamp,"),
    "converted": Kind(
        "head#, middle#, factor#, offset#, low#, high#,",
        "kept# = float(v#) * factor# + offset#\n  if not low# <= kept# <= high#: return None",
        "head#, v#, middle#, dumps(kept#), stamp,",
    ),
    "state": Kind("states#,", "", "states#[v#], stamp,"),
}

_SOURCE: Final = """
def bind(opening, {needs}):
 def write(payload, latest_us):
  found = match(payload)
  if not found or len(payload) > MAX_MESSAGE_BYTES: return None
  instant, minute, {values} = found.groups()
  if not EARLIEST_US <= minutes[minute] <= latest_us: return None
  {prepare}
  stamp = b',"observedAt":"' + instant + b'Z"}}'
  return join((opening, {parts} ENTITY_END))
 return write
"""


class Wordings:
    """Every wording learned, at most `MAX_WORDINGS` of a device."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[Wording, ...]] = {}
        self._layouts: dict[tuple[bytes, tuple[str, ...]], Bind] = {}
        self._minutes = _Minutes()

    def entity(self, payload: bytes, latest_us: int) -> bytes | None:
        """The entity of a message whose wording is known; `latest_us` is the latest minute that is plausible."""
        at = payload.find(b'"device"')
        for write, _ in self._known.get(payload[at : payload.find(b'"', at + 11)], ()):
            entity = write(payload, latest_us)
            if entity is not None:
                return entity
        return None

    def learn(self, payload: bytes, device: Device, channels: list[Channel]) -> None:
        """Learn the wording of a message that was found plain, with the channels that its values belong to."""
        payload = payload.strip()
        key = _key(payload)
        worded = _worded(payload)
        if worded is None or not key.endswith(b'"' + device.name.encode()):
            return
        pattern, values = worded
        if [attribute for attribute, _ in values] != [channel.attribute for channel in channels]:
            return
        kinds = tuple(_kind(channel, sent_as) for channel, (_, sent_as) in zip(channels, values, strict=True))
        bind = self._layouts.get((pattern, kinds)) or self._compile(pattern, kinds)
        if bind is not None:
            needs = [needed for channel, kind in zip(channels, kinds, strict=True) for needed in _needs(channel, kind)]
            self._remember(key, Wording(bind(device.entity_head, *needs), bind))

    def _compile(self, pattern: bytes, kinds: tuple[str, ...]) -> Bind | None:
        if len(self._layouts) >= MAX_LAYOUTS:
            return None
        bind = self._layouts[pattern, kinds] = self._generate(re.compile(pattern), kinds)
        return bind

    def _generate(self, pattern: re.Pattern[bytes], kinds: tuple[str, ...]) -> Bind:
        numbered = [(KINDS[kind], str(number)) for number, kind in enumerate(kinds)]
        source = _SOURCE.format(
            needs="".join(kind.needs.replace("#", number) for kind, number in numbered),
            values="".join(f"v{number}," for _, number in numbered),
            prepare="\n  ".join(kind.prepare.replace("#", number) for kind, number in numbered if kind.prepare),
            parts="".join(kind.parts.replace("#", number) for kind, number in numbered),
        )
        names: dict[str, Any] = {
            "EARLIEST_US": EARLIEST_US,
            "MAX_MESSAGE_BYTES": MAX_MESSAGE_BYTES,
            "ENTITY_END": ENTITY_END,
            "match": pattern.fullmatch,
            "minutes": self._minutes,
            "dumps": orjson.dumps,
            "join": b"".join,
        }
        exec(source, names)  # noqa: S102 - made of KINDS and numbers only, see above
        bind: Bind = names["bind"]
        return bind

    def _remember(self, key: bytes, wording: Wording) -> None:
        if len(self._known) >= MAX_DEVICES:
            self._known.clear()
        others = tuple(known for known in self._known.get(key, ()) if known.bind is not wording.bind)
        self._known[key] = (*others[: MAX_WORDINGS - 1], wording)


class _Minutes(dict[bytes, int]):
    """A minute as it is spelled, `2025-03-03T06:00` -> its beginning; 0, which is too early, if it is none."""

    def __missing__(self, minute: bytes) -> int:
        try:
            minute_us = parse(minute.decode() + ":00Z")
        except Rejection:
            return 0
        if len(self) >= MAX_MINUTES:
            self.clear()
        self[minute] = minute_us
        return minute_us


class _States(dict[bytes, bytes]):
    """A state as sent, in its quotes -> the property that says so."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel

    def __missing__(self, text: bytes) -> bytes:
        state = text[1:-1].decode()
        said = ngsild.state_head(self._channel, state) + orjson.dumps(ngsild.state_word(state))
        if len(self) < MAX_STATES:
            self[text] = said
        return said


def _kind(channel: Channel, sent_as: str) -> str:
    if sent_as == "text" and channel.state:
        return "state"
    if sent_as != "number" or channel.simple:
        return "as_sent"
    return "converted" if channel.converts else "held"


def _needs(channel: Channel, kind: str) -> tuple[object, ...]:
    """What `KINDS` says that a value of this kind needs."""
    if kind == "state":
        return (_States(channel),)
    if kind == "as_sent":
        return (channel.head,)
    if kind == "held":
        return (channel.head, channel.low, channel.high)
    return (channel.head, channel.middle, channel.factor, channel.offset, channel.low, channel.high)


# --- a message as a regular expression -------------------------------------------------------------------------

# Numbers whose digits any double keeps; text and truth that need no second look. Possessive: no input is tried twice.
_PATTERNS: Final = {
    "number": rb"(-?+(?:[1-9][0-9]{0,14}+|0)(?:\.[0-9]{1,20}+)?+)",
    "truth": rb"(true|false)",
    "text": rb'("[ !#-\[\]-~]{1,%d}+")' % MAX_TEXT_LENGTH,
}
_DEVICE: Final = rb'"[^"\\]++"'
_MINUTE: Final = rb'"(([0-9T:-]{16}+):[0-5][0-9]'
_TOKEN: Final = re.compile(
    rb'(?P<key>"[^"\\]*+"\s*+:)|(?P<text>"[^"\\]*+")|(?P<number>-?[0-9][0-9.]*+)|(?P<truth>true|false)'
    rb"|(?P<open>\{)|(?P<close>\})|(?P<rest>[\s,]++)"
)
_TS: Final = re.compile(rb'"[0-9T:-]{19}+(?P<fraction>\.[0-9]+)?(?P<zone>Z|\+00:00)"')
_THOUSANDTHS: Final = rb"(?:\.(?!000)[0-9]{3}|))"
_FRACTIONS: Final = {0: _THOUSANDTHS, 4: _THOUSANDTHS, 7: rb"(?:\.[0-9]{6}(?<!000)|))"}
"""Fractions of a second as `render` spells them: none, or three or six digits that say something."""


def _key(payload: bytes) -> bytes:
    """What a message says of its device, up to the quote that ends its name: `Wordings.entity` looks for it."""
    at = payload.find(b'"device"')
    return payload[at : payload.find(b'"', at + 11)]


def _worded(payload: bytes) -> tuple[bytes, list[tuple[str, str]]] | None:
    """The pattern of a plain message, and the attribute and kind of each of its values; None if it has no pattern."""
    pieces: list[bytes] = []
    values: list[tuple[str, str]] = []
    path, end = [""], 0
    for token in _TOKEN.finditer(payload):
        piece = _piece(token, path, values)
        if token.start() != end or piece is None:
            return None
        pieces.append(piece)
        end = token.end()
    once = all(sum(piece.startswith(member) for piece in pieces) == 1 for member in (_DEVICE, _MINUTE))
    if end != len(payload) or not once or not 0 < len(values) <= MAX_VALUES:
        return None
    return rb"\s*+" + b"".join(pieces) + rb"\s*+", values


def _piece(token: re.Match[bytes], path: list[str], values: list[tuple[str, str]]) -> bytes | None:
    """The pattern of one token. `path` is the member it belongs to, `values` are those found; both are kept up."""
    kind, text = token.lastgroup, token[0]
    if kind == "open":
        path.append("")
    elif kind == "close":
        path.pop()
    elif kind == "key":
        path[-1] = text[1 : text.rindex(b'"')].decode()
    elif kind in _PATTERNS:
        return _value(str(kind), text, tuple(path[1:]), values)
    return re.escape(text)


def _value(kind: str, text: bytes, path: tuple[str, ...], values: list[tuple[str, str]]) -> bytes | None:
    match path:
        case ("device",) if not values:  # else the first "device" might be a measurement's
            return _DEVICE
        case ("ts",):
            return _instant(text)
        case ("measurements", attribute) | ("measurements", attribute, "value"):
            values.append((attribute, kind))
            return _PATTERNS[kind]
        case ("measurements", _, "unit"):
            return re.escape(text)
    return None


def _instant(text: bytes) -> bytes | None:
    found = _TS.fullmatch(text)
    fraction = _FRACTIONS.get(len(found["fraction"] or b"")) if found else None
    return _MINUTE + fraction + re.escape(found["zone"]) + b'"' if found and fraction else None
