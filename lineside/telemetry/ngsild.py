"""Readings out as NGSI-LD: one message of one machine -> one normalized `ManufacturingMachine` entity.

Every property carries `type`, `value` (also 0 and false), `observedAt` and, where there is a unit, `unitCode`. What
is not trivial is said in sub-properties: `dataQuality`, `qualityReason`, `sourceUnit`, `sourceValue`, and
`sourceAttribute` where the source's name is not one that NGSI-LD allows. The machine's state becomes `machineState`
in the words of our entity model, with the source's own beside it. `from_ngsild` reads all of it back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote
from zlib import crc32

import orjson

from lineside.telemetry.reading import Reading, Value
from lineside.telemetry.timestamps import render

if TYPE_CHECKING:
    from lineside.site.model import Line, Machine, Site
    from lineside.telemetry.channels import Channel, Device

ENTITY_TYPE: Final = "ManufacturingMachine"
CONTEXT: Final = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld"
MACHINE_STATE: Final = "machineState"
DATASET_PREFIX: Final = "urn:ngsi-ld:Dataset:"
DEFAULT_TENANT: Final = "default"
UNNAMED_SITE: Final = "plant"
"""The site in the URN of an entity when no site file was given."""

STATES: Final = {
    state.casefold(): state
    for state in ("running", "blocked", "starved", "down", "idle", "setup", "plannedStop", "offline")
}

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_OF_THE_CORE: Final = ("id", "type", "scope", "location", "observationSpace", "operationSpace", "observedAt")
_OF_THE_BROKER: Final = ("createdAt", "modifiedAt", "deletedAt", "expiresAt")
RESERVED: Final = frozenset(
    (*_OF_THE_CORE, *_OF_THE_BROKER, "name", "machineState", "feeds", "isPartOf", "criticality")
)
"""Members of an entity that mean something already; an attribute so named is renamed."""

ENTITY_END: Final = b',"@context":"' + CONTEXT.encode() + b'"}'
"""The bytes that every entity ends with."""


def is_name(attribute: str) -> bool:
    """Whether NGSI-LD allows this attribute name as it is, and nothing else is called so."""
    return _NAME.fullmatch(attribute) is not None and attribute not in RESERVED


def attribute_name(attribute: str) -> str:
    """The name an attribute has in the entity. A checksum keeps `Temp 1` and `Temp-1` apart."""
    if is_name(attribute):
        return attribute
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", _ascii(attribute)).strip("_")
    return f"{'' if plain[:1].isalpha() else 'a_'}{plain}_{crc32(attribute.encode()):08x}"


def slug(name: str) -> str:
    """As `lineside.site.slug`, which would load the whole site file reader."""
    return re.sub(r"[^a-zA-Z0-9:_]+", "-", _ascii(name)).strip("-").lower()


def _ascii(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


def urn(kind: str, site: Site | None, name: str) -> str:
    """`urn:ngsi-ld:<Type>:<tenant>:<site>:<name>`."""
    tenant, site_id = (site.tenant, site.site) if site else (DEFAULT_TENANT, UNNAMED_SITE)
    return f"urn:ngsi-ld:{kind}:{tenant}:{site_id}:{name}"


def dataset_urn(dataset: str) -> str:
    """A dataset as the URI that NGSI-LD asks for; one that is a URI already stays."""
    if ":" in dataset and not dataset.startswith(DATASET_PREFIX) and "%" not in dataset:
        return dataset
    return DATASET_PREFIX + quote(dataset, safe="")


def entity(
    site: Site | None, device: str, thing: str, readings: Iterable[Reading], state_attribute: str
) -> dict[str, Any]:
    """The entity of one message: `readings` are all of `device`."""
    members: dict[str, Any] = {"id": urn(ENTITY_TYPE, site, thing), "type": ENTITY_TYPE}
    if device != thing:
        members["name"] = _property(device)
    for reading in readings:
        key, instance = _instance(reading, state_attribute)
        known = members.get(key)
        members[key] = instance if known is None else [*(known if isinstance(known, list) else [known]), instance]
    members["@context"] = CONTEXT
    return members


def _property(value: Value) -> dict[str, Any]:
    return {"type": "Property", "value": value}


def _instance(reading: Reading, state_attribute: str) -> tuple[str, dict[str, Any]]:
    """The entity's member that a reading becomes: its name, and its property."""
    key, value, source_value = attribute_name(reading.attribute), reading.value, reading.source_value
    if isinstance(value, str) and reading.attribute == state_attribute:
        key, value, source_value = _state(value)
    instance: dict[str, Any] = {"type": "Property"}
    if reading.dataset:
        instance["datasetId"] = dataset_urn(reading.dataset)
    if reading.unit:
        instance["unitCode"] = reading.unit
    said = {
        "dataQuality": None if reading.quality == "good" else reading.quality,
        "qualityReason": reading.reason or None,
        "sourceUnit": reading.source_unit or None,
        "sourceAttribute": None if key == reading.attribute else reading.attribute,
        "sourceValue": source_value,
    }
    instance |= {name: _property(what) for name, what in said.items() if what is not None}
    return key, instance | {"value": value, "observedAt": render(reading.observed_us)}


def _state(text: str) -> tuple[str, str, str | None]:
    """The member's name, our word for a state, and the source's own word where it differs."""
    state = state_word(text)
    return MACHINE_STATE, state, text if state != text else None


def entity_of_machine(site: Site, line: Line, machine: Machine) -> dict[str, Any]:
    """What the site file says of a machine, as an entity: its place, and what it feeds."""
    members: dict[str, Any] = {
        "id": urn(ENTITY_TYPE, site, machine.thing),
        "type": ENTITY_TYPE,
        "name": _property(machine.id),
        "isPartOf": {"type": "Relationship", "object": urn("ProductionLine", site, line.id)},
    }
    feeds = [_feeds(site, site.machine_of[fed].thing) for fed in machine.feeds]
    if feeds:
        members["feeds"] = feeds[0] if len(feeds) == 1 else feeds
    if machine.criticality:
        members["criticality"] = _property(machine.criticality)
    return members | {"@context": CONTEXT}


def _feeds(site: Site, thing: str) -> dict[str, Any]:
    # NGSI-LD keeps several instances of one relationship apart by their datasetId.
    return {"type": "Relationship", "object": urn(ENTITY_TYPE, site, thing), "datasetId": dataset_urn(f"feeds-{thing}")}


def entity_head(site: Site | None, device: str, thing: str) -> bytes:
    """The bytes that every entity of a device begins with."""
    members: dict[str, Any] = {"id": urn(ENTITY_TYPE, site, thing), "type": ENTITY_TYPE}
    if device != thing:
        members["name"] = _property(device)
    return orjson.dumps(members)[:-1]


def fragments(channel: Channel) -> tuple[bytes, bytes]:
    """The bytes around the numbers of a channel: before the value as sent, and between it and the kept value.

    Where nothing is converted the second is empty and the value follows the first at once.
    """
    instance: dict[str, Any] = {"type": "Property"}
    if channel.unit:
        instance["unitCode"] = channel.unit
    if channel.quality != "good":
        instance["dataQuality"] = _property(channel.quality)
    if channel.reason:
        instance["qualityReason"] = _property(channel.reason)
    if channel.source_unit:
        instance["sourceUnit"] = _property(channel.source_unit)
    key = attribute_name(channel.attribute)
    if key != channel.attribute:
        instance["sourceAttribute"] = _property(channel.attribute)
    head = b"," + orjson.dumps(key) + b":" + orjson.dumps(instance)[:-1]
    if channel.converts:
        return head + b',"sourceValue":{"type":"Property","value":', b'},"value":'
    return head + b',"value":', b""


def heads(device: Device, channels: list[Channel], state: str) -> list[bytes]:
    """What stands before each number of an entity; `state` is the machine's state as sent, "" where it sends none.

    A converted property has two numbers, as sent and as kept.
    """
    pieces = []
    for channel in channels:
        if channel.converts:
            pieces += [channel.head, channel.middle]
        elif channel.state and state:
            pieces.append(state_head(channel, state))
        else:
            pieces.append(channel.head)
    return [device.entity_head + pieces[0], *pieces[1:]] if pieces else []


def state_word(text: str) -> str:
    """Our word for a state as sent."""
    return STATES.get(text.casefold(), text)


def state_head(channel: Channel, text: str) -> bytes:
    """What stands before our word for a state."""
    key, _, source = _state(text)
    said: dict[str, Any] = {"type": "Property", "sourceAttribute": _property(channel.attribute)}
    if channel.attribute == key:
        del said["sourceAttribute"]
    if source is not None:
        said["sourceValue"] = _property(source)
    return b"," + orjson.dumps(key) + b":" + orjson.dumps(said)[:-1] + b',"value":'
