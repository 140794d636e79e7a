"""A channel: one attribute of one device in the unit it is sent in, and all that can be known of it beforehand.

What unit its values are kept in, how they are converted, what the site file holds them to and how they are
written as NGSI-LD is worked out once, when the channel is first heard, and used for every value after that.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

from lineside.telemetry import ngsild
from lineside.telemetry.reading import Quality, Reading, Value
from lineside.telemetry.rejection import MAX_TEXT_LENGTH, Rejection, check_name, check_text
from lineside.units import Unit, canonical, resolve

if TYPE_CHECKING:
    from lineside.site.model import Attribute, Machine, Site
    from lineside.telemetry.shapes import Shape

DEFAULT_STATE_ATTRIBUTE: Final = "State"
MAX_CHANNELS: Final = 16_384
"""So many channels and shapes of messages are remembered; a sender that invents names costs time, not memory."""

NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_LARGEST: Final = sys.float_info.max


class Kept(NamedTuple):
    """What becomes of a value as sent: it is kept as `value * factor + offset` in `unit`."""

    unit: str
    factor: float = 1.0
    offset: float = 0.0
    quality: Quality = "good"
    reason: str = ""


class Channel:
    """One attribute of one device as it is sent. Its fields are read for every value, so they are plain."""

    __slots__ = (
        "attribute",
        "bare",
        "checked",
        "converts",
        "dataset",
        "device",
        "factor",
        "head",
        "high",
        "key",
        "low",
        "middle",
        "numeric",
        "offset",
        "quality",
        "reason",
        "sent_unit",
        "simple",
        "source_unit",
        "state",
        "unit",
    )

    def __init__(self, machine: Machine | None, device: str, attribute: str, sent_unit: str, dataset: str) -> None:
        check_name(attribute, f"an attribute name of {device}")
        declared = machine.attributes.get(attribute) if machine else None
        kept = _kept(device, attribute, sent_unit, declared)
        self.device, self.attribute, self.sent_unit, self.dataset = device, attribute, sent_unit, dataset
        self.unit, self.factor, self.offset, self.quality, self.reason = kept
        self.source_unit = sent_unit if sent_unit != kept.unit else ""
        self.converts = (kept.factor, kept.offset) != (1.0, 0.0)
        self.low, self.high = _physical_range(declared)
        self.checked = (self.low, self.high) != (-_LARGEST, _LARGEST)
        self.numeric = _is_numeric(declared) or resolve(sent_unit) is not None
        self.state = attribute == (machine.state if machine else DEFAULT_STATE_ATTRIBUTE)
        self.head, self.middle = ngsild.fragments(self)
        self.simple = not self.checked and not self.converts
        """A number needs neither conversion nor check."""
        self.key = "" if dataset else ngsild.attribute_name(attribute)
        """What NGSI-LD calls it, where the fragments say everything that is to be said of it."""
        self.bare = self.simple and not sent_unit

    def read(self, value: Value, observed_us: int, received_us: int) -> Reading:
        """One value as sent -> a reading: converted, checked against what is physically possible."""
        quality, reason, source = self.quality, self.reason, None
        if isinstance(value, str):
            if len(value) > MAX_TEXT_LENGTH or not value.isprintable():
                check_text(value, self.attribute)
            if self.numeric:
                value, source, quality, reason = _text_for_a_number(value)
        if isinstance(value, float) and not self.simple:
            if self.converts:
                source, value = value if source is None else source, self.convert(value)
            if not self.low <= value <= self.high:
                quality, reason = "bad", self._impossible(value)
        return Reading(
            self.device,
            self.attribute,
            observed_us,
            value,
            self.unit,
            self.dataset,
            source,
            self.source_unit,
            quality,
            reason,
            "",
            received_us,
        )

    def convert(self, value: float) -> float:
        kept = value * self.factor + self.offset
        if kept - kept != 0:
            raise Rejection(
                "not_finite", f"{self.attribute} is {value:g} {self.sent_unit}, which no {self.unit} can hold"
            )
        return kept

    def _impossible(self, value: float) -> str:
        side, limit = ("below", self.low) if value < self.low else ("above", self.high)
        return f"{value:g} {self.unit} is {side} {limit:g}, which is not physically possible"


class Device:
    """One device as it is heard: its thing, and its channels."""

    __slots__ = ("channels", "entity_head", "last", "machine", "name", "shapes", "shapes_in_units", "thing")

    def __init__(self, site: Site | None, name: str) -> None:
        check_name(name, "the device name")
        self.name = name
        self.machine = site.machine_of.get(name) if site else None
        self.thing = thing_of(site, name)
        self.entity_head = ngsild.entity_head(site, name, self.thing)
        self.channels: dict[tuple[str, str, str], Channel] = {}
        """Attribute, unit as sent and dataset -> channel."""
        self.shapes: dict[tuple[str, ...], Shape] = {}
        """Attributes of a message -> its shape as last seen; kept by `shapes`."""
        self.last: Shape | None = None
        self.shapes_in_units: dict[tuple[tuple[str, ...], tuple[str, ...]], Shape] = {}


class Channels:
    """Every channel heard of a site's devices, at most `MAX_CHANNELS`."""

    def __init__(self, site: Site | None) -> None:
        self.site = site
        self.devices: dict[str, Device] = {}
        self._gateways = {machine.thing for machine in site.machine_of.values() if machine.gateway} if site else set()
        self._count = 0

    def device(self, name: str) -> Device:
        return self.devices.get(name) or self._meet(name)

    def _meet(self, name: str) -> Device:
        device = Device(self.site, name)
        self.count_one()
        self.devices[name] = device
        return device

    def channel(self, device: Device, attribute: str, sent_unit: str, dataset: str = "") -> Channel:
        """The channel of an attribute. Raises `Rejection` when its unit contradicts what is declared."""
        known = device.channels.get((attribute, sent_unit, dataset))
        return known or self._open(device, attribute, sent_unit, dataset)

    def _open(self, device: Device, attribute: str, sent_unit: str, dataset: str) -> Channel:
        if dataset:
            check_name(dataset, f"a dataset of {attribute}")
        channel = Channel(device.machine, device.name, attribute, sent_unit, dataset)
        self.count_one()
        device.channels[(attribute, sent_unit, dataset)] = channel
        return channel

    def count_one(self) -> None:
        if self._count >= MAX_CHANNELS:
            self.devices.clear()
            self._count = 0
        self._count += 1

    def check_sender(self, device: Device, thing: str) -> None:
        """Reject what a thing says of another machine, unless it is a declared gateway."""
        if thing and thing != device.thing and thing not in self._gateways:
            raise Rejection(
                "other_device", f"a message about {device.name} came from {thing}, which is not a declared gateway"
            )


def thing_of(site: Site | None, device: str) -> str:
    """The slug of a device in topics and URNs: as declared, else derived from its name."""
    machine = site.machine_of.get(device) if site else None
    if machine:
        return machine.thing
    return ngsild.slug(device) or f"device-{crc32(device.encode()):08x}"


def _physical_range(declared: Attribute | None) -> tuple[float, float]:
    low = declared.physical_low if declared else None
    high = declared.physical_high if declared else None
    return (-_LARGEST if low is None else low, _LARGEST if high is None else high)


def _is_numeric(declared: Attribute | None) -> bool:
    return declared is not None and (bool(declared.unit) or _has_limits(declared))


def _has_limits(declared: Attribute) -> bool:
    limits = (declared.low, declared.high, declared.physical_low, declared.physical_high)
    return any(limit is not None for limit in limits)


def _kept(device: str, attribute: str, sent: str, declared: Attribute | None) -> Kept:
    """What becomes of values sent in the unit `sent`, given what the site file declares."""
    if sent:
        check_name(sent, f"the unit of {attribute}")
    wanted = resolve(declared.unit, attribute=attribute) if declared and declared.unit else None
    if not sent:
        return Kept(wanted.code if wanted else declared.unit if declared else "")
    given = resolve(sent, wanted.quantity if wanted else "", attribute)
    if declared and declared.unit:
        return _kept_as_declared(device, attribute, sent, given, declared.unit, wanted)
    if given is None:
        return Kept(sent, quality="uncertain", reason=f"the unit {sent} is unknown; declare it in the site file")
    if declared and _has_limits(declared):
        return Kept(given.code)  # its limits are meant in the unit that it sends
    return Kept(canonical(given.quantity).code, given.factor, given.offset)


def _kept_as_declared(
    device: str, attribute: str, sent: str, given: Unit | None, declared: str, wanted: Unit | None
) -> Kept:
    if given and wanted and given.quantity != wanted.quantity:
        raise Rejection(
            "unit_contradicts",
            f"{attribute} of {device} is declared in {declared} ({wanted.quantity}) "
            f"but was sent in {sent} ({given.quantity})",
        )
    if given and wanted:
        return _converted(given, wanted)
    if sent == declared:
        return Kept(sent)
    code = given.code if given else sent
    return Kept(
        code, quality="uncertain", reason=f"sent in {sent}, which cannot be converted to the declared {declared}"
    )


def _converted(given: Unit, wanted: Unit) -> Kept:
    if given.code == wanted.code:
        return Kept(wanted.code)
    return Kept(wanted.code, given.factor / wanted.factor, (given.offset - wanted.offset) / wanted.factor)


def _text_for_a_number(text: str) -> tuple[Value, Value | None, Quality, str]:
    """value, source value, quality and reason of a text that stands where a number belongs."""
    if not NUMBER.fullmatch(text):
        return text, None, "bad", "text where a number is declared"
    number = float(text)
    if number - number != 0:
        raise Rejection("not_finite", f"{text[:40]} is too large for a number")
    return number, text, "uncertain", "a number sent as text"
