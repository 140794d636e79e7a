"""Bytes -> NGSI-LD bytes: the fast way through this room, for `lineside normalize`.

It does all that decoding does (types, names, units, the instant, what the site declares) but makes no objects on the
way: an entity is joined from bytes that were prepared when its channels were first heard. A message that is worded as
one before it is not even taken apart, see `wordings`. Whatever is not plain (a value out of range, text where a number
belongs, a dataset) takes the way through `decode` and `ngsild.entity`, and the tests hold all ways to the same result.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from lineside.telemetry import ngsild
from lineside.telemetry.channels import DEFAULT_STATE_ATTRIBUTE, Channel, Channels, Device
from lineside.telemetry.decode import UNREADABLE, Hearing, Message, Rejected, messages
from lineside.telemetry.from_native import decode_plain
from lineside.telemetry.ngsild import ENTITY_END
from lineside.telemetry.reading import Value
from lineside.telemetry.rejection import MAX_MESSAGE_BYTES, MAX_TEXT_LENGTH, Rejection
from lineside.telemetry.shapes import Given, Measured, Shape, new_shape, shape_of, without_missing
from lineside.telemetry.timestamps import DAY_US, EARLIEST_US, MINUTE_US, read
from lineside.telemetry.wordings import Wordings

if TYPE_CHECKING:
    from lineside.site.model import Site

_MAX_STATES: Final = 32
_LATEST_MINUTE_US: Final = DAY_US - MINUTE_US


class _NotPlain(Exception):
    """This message needs the way through objects."""


class _OtherShape(Exception):
    """A unit changed, or a value is missing."""


class Refused(NamedTuple):
    """A message that cannot be normalized: its place among those given, itself, and why."""

    place: int
    payload: bytes
    rejection: Rejection


class Normalizer:
    """Normalizes the messages of one site. Remembers its channels, and nothing of what they said."""

    def __init__(self, site: Site | None = None) -> None:
        self.site = site
        self.channels = Channels(site)
        self.wordings = Wordings()
        self._entity = self.wordings.entity

    def normalize(self, payload: bytes, received_us: int) -> bytes:
        """The entity of a message, or an array of entities for an array. Raises `Rejection`: all or nothing."""
        return self._entity(payload, received_us + _LATEST_MINUTE_US) or self._anew(payload, received_us)

    def normalize_many(self, payloads: Iterable[bytes], received_us: int) -> tuple[list[bytes], list[Refused]]:
        """An entity for every payload that can be read, in their order; and the payloads that cannot."""
        entities: list[bytes] = []
        refused: list[Refused] = []
        worded, latest_us = self._entity, received_us + _LATEST_MINUTE_US
        for place, payload in enumerate(payloads):
            entity = worded(payload, latest_us)
            if entity is None:
                try:
                    entity = self._anew(payload, received_us)
                except Rejection as rejection:
                    refused.append(Refused(place, payload, rejection))
                    continue
            entities.append(entity)
        return entities, refused

    def _anew(self, payload: bytes, received_us: int) -> bytes:
        """The entity of a message in a wording that is not known."""
        try:
            return self._plain(payload, received_us)
        except (_NotPlain, *UNREADABLE):
            return self._through_objects(payload, received_us)

    def _plain(self, payload: bytes, received_us: int) -> bytes:
        message = decode_plain(payload)
        observed_us, text = read(message.ts)
        if not EARLIEST_US <= observed_us <= received_us + DAY_US or len(payload) > MAX_MESSAGE_BYTES:
            raise _NotPlain
        if not payload.isascii():
            payload.decode()  # also what we skip must be UTF-8
        device, measurements = self.channels.device(message.device), message.measurements
        shape = shape_of(self.channels, device, measurements)
        values: list[Value | None] = []
        try:
            heads = _gather(shape, measurements, values)
        except _OtherShape:
            values = []
            shape, heads = self._gather_anew(device, measurements, values)
        return self._worded_anew(payload, device, shape, received_us) or _written(
            heads, values, b',"observedAt":"' + text.encode() + b'"}', shape.unstamped
        )

    def _worded_anew(self, payload: bytes, device: Device, shape: Shape, received_us: int) -> bytes | None:
        """Learning takes time: at the first message of a shape in an unknown wording, the second, the fourth, ..."""
        shape.sightings += 1
        if shape.sightings & (shape.sightings - 1):
            return None
        self.wordings.learn(payload, device, shape.channels)
        return self._entity(payload, received_us + _LATEST_MINUTE_US)

    def _gather_anew(
        self, device: Device, measurements: dict[str, Given], values: list[Value | None]
    ) -> tuple[Shape, list[bytes]]:
        there = without_missing(measurements)
        try:
            shape = shape_of(self.channels, device, there)
            return shape, _gather(shape, there, values)
        except _OtherShape:
            values.clear()
            shape = new_shape(self.channels, device, there)
            return shape, _gather(shape, there, values)

    def _through_objects(self, payload: bytes, received_us: int) -> bytes:
        hearing = Hearing(self.channels, "", received_us)
        entities = [_entity_of(message, self.site) for message in messages(payload, hearing)]
        return orjson.dumps(entities if payload.lstrip()[:1] == b"[" else entities[0])


def _written(heads: list[bytes], values: list[Value | None], stamp: bytes, unstamped: list[int]) -> bytes:
    """An entity: what stands before each value, the value, and the instant, except after those `unstamped`."""
    parts = [stamp] * (3 * len(heads))
    parts[0::3] = heads
    parts[1::3] = _tokens(values)
    for at in unstamped:
        parts[3 * at + 2] = b""
    return b"".join((*parts, ENTITY_END))


def _gather(shape: Shape, measurements: dict[str, Given], values: list[Value | None]) -> list[bytes]:
    """Add the values to write of a message of this shape; returns what stands before each of them."""
    heads = shape.heads
    if not heads:
        raise _NotPlain
    for given, channel in zip(measurements.values(), shape.channels):  # noqa: B905 - as many, and checking takes time
        if type(given) is float and channel.bare:
            values.append(given)
            continue
        if type(given) is Measured:
            value = given.value
            if given.unit != channel.sent_unit:
                raise _OtherShape
        elif channel.sent_unit:
            raise _OtherShape
        else:
            value = given  # type: ignore[assignment]
        if type(value) is float:
            values += (value,) if channel.simple else _kept(channel, value)
        elif channel.state and type(value) is str and value:
            heads, word = shape.states.get(value) or _state(shape, channel, value)
            values.append(word)
        else:
            values.append(_checked(channel, value))
    return heads


def _kept(channel: Channel, value: float) -> tuple[float, ...]:
    """What is written of a number that is converted (it as sent, and as kept) or held to what is possible."""
    kept = value * channel.factor + channel.offset
    if not channel.low <= kept <= channel.high:
        raise _NotPlain
    return (value, kept) if channel.converts else (kept,)


def _checked(channel: Channel, value: Value | None) -> Value:
    """A text or a truth that can be written as it is."""
    if value is None or value == "":
        raise _OtherShape
    if isinstance(value, str):
        _check_plain_text(channel, value)
    elif channel.converts:
        raise _NotPlain
    return value


def _state(shape: Shape, channel: Channel, text: str) -> tuple[list[bytes], str]:
    """The heads of a message with this state, and our word for it."""
    _check_plain_text(channel, text)
    known = ngsild.heads(shape.device, shape.channels, text), ngsild.state_word(text)
    if len(shape.states) < _MAX_STATES:
        shape.states[text] = known
    return known


def _check_plain_text(channel: Channel, text: str) -> None:
    if channel.numeric or len(text) > MAX_TEXT_LENGTH or not text.isprintable():
        raise _NotPlain


def _tokens(values: list[Value | None]) -> list[bytes]:
    """Each value as JSON."""
    tokens = orjson.dumps(values)[1:-1].split(b",")
    if len(tokens) != len(values):  # there are commas in a text
        tokens = [orjson.dumps(value) for value in values]
    return tokens


def _entity_of(message: Message | Rejected, site: Site | None) -> dict[str, Any]:
    if isinstance(message, Rejected):
        raise Rejection(message.code, message.reason)
    device = message.device
    if device is None:
        raise Rejection("wrong_type", "a line must be JSON")
    state = device.machine.state if device.machine else DEFAULT_STATE_ATTRIBUTE
    return ngsild.entity(site, device.name, device.thing, message.readings, state)
