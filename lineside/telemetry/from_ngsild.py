"""NGSI-LD entities in: normalized (`{"type": "Property", "value": 1}`) and concise (`{"value": 1}` or a bare value).

A property is a reading when it says when it was observed, by its own `observedAt` or else the entity's. What has
no instant (a serial number, a name) describes the machine and is no telemetry, nor is a relationship, a place or a
text in many languages. An entity in which nothing was observed is refused, because then its sender forgot to say when.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

import msgspec

from lineside.telemetry.channels import DEFAULT_STATE_ATTRIBUTE, Channels, Device, thing_of
from lineside.telemetry.ngsild import DATASET_PREFIX, MACHINE_STATE
from lineside.telemetry.reading import Quality, Reading, Value
from lineside.telemetry.rejection import Rejection
from lineside.telemetry.timestamps import check_plausible, parse

NULL: Final = "urn:ngsi-ld:null"
_NO_TELEMETRY: Final = frozenset(("id", "type", "@context", "scope", "name", "observedAt", "createdAt", "modifiedAt"))
_OTHER_KINDS: Final = (
    "Relationship",
    "GeoProperty",
    "LanguageProperty",
    "VocabProperty",
    "ListProperty",
    "JsonProperty",
)
_OTHER_MEMBERS: Final = ("object", "languageMap", "vocab", "valueList", "json", "coordinates", "geometries")
"""What a concise property has instead of a type; a concise place is bare GeoJSON."""
_WORST_FIRST: Final[tuple[Quality, ...]] = ("bad", "uncertain", "good")

decode_entity: Final = msgspec.json.Decoder(dict[str, Any]).decode


class Observation(NamedTuple):
    """One property of an entity as sent."""

    attribute: str
    value: Value | None
    unit: str
    dataset: str
    observed_us: int
    said: dict[str, Any]


def device_name(entity: dict[str, Any], channels: Channels) -> str:
    """Who an entity is about: its name where that is the id's own, else the device whose thing the id ends with."""
    identity = entity.get("id")
    if not isinstance(identity, str) or not identity:
        raise Rejection("wrong_type", "the entity has no id")
    parts = identity.split(":", 5)
    thing = parts[-1] if identity.startswith("urn:") else identity
    name = _plain_value(entity.get("name"))
    if isinstance(name, str) and name and thing_of(channels.site, name) == thing:
        return name
    return channels.site.device_of_thing.get(thing, thing) if channels.site else thing


def read_entity(
    entity: dict[str, Any], channels: Channels, device: Device, received_us: int, readings: list[Reading]
) -> int:
    """Append the readings of an entity; returns how many values were missing. Raises `Rejection`."""
    missing, observations = 0, list(_observations(entity, device))
    if not observations:
        raise Rejection("timestamp_missing", "no property of the entity says when it was observed (observedAt)")
    for observation in observations:
        check_plausible(observation.observed_us, received_us)
        if observation.value is None or observation.value in ("", NULL):
            missing += 1
            continue
        readings.append(_reading(observation, channels, device, received_us))
    return missing


def _observations(entity: dict[str, Any], device: Device) -> Iterator[Observation]:
    entity_observed_at = entity.get("observedAt")
    for name, member in entity.items():
        if name in _NO_TELEMETRY:
            continue
        for instance in member if _is_instances(member) else [member]:
            property_ = instance if isinstance(instance, dict) else {"value": instance}
            observed_at = property_.get("observedAt", entity_observed_at)
            if observed_at is not None and _is_property(property_):
                yield _observation(name, property_, observed_at, device)


def _is_instances(member: object) -> bool:
    """Several instances of one property, told apart by their datasets; any other list is one value."""
    return isinstance(member, list) and all(isinstance(instance, dict) for instance in member)


def _is_property(instance: dict[str, Any]) -> bool:
    kind = instance.get("type", "Property")
    return kind not in _OTHER_KINDS and not any(member in instance for member in _OTHER_MEMBERS)


def _observation(name: str, instance: dict[str, Any], observed_at: object, device: Device) -> Observation:
    if not isinstance(observed_at, str):
        raise Rejection("timestamp_unreadable", f"observedAt of {name[:80]} is not text")
    if "value" not in instance:
        raise Rejection("wrong_type", f"{name[:80]} has no value")
    value = instance["value"]
    if isinstance(value, list | dict):
        raise Rejection("wrong_type", f"the value of {name[:80]} is neither a number, true, false nor text")
    attribute = _text(instance, "sourceAttribute") or name
    if name == MACHINE_STATE:
        attribute = _text(instance, "sourceAttribute") or _state_attribute(device)
        value = _text(instance, "sourceValue") or value
    return Observation(
        attribute, value, _text(instance, "unitCode"), _dataset(instance), parse(observed_at), _said(name, instance)
    )


def _state_attribute(device: Device) -> str:
    return device.machine.state if device.machine else DEFAULT_STATE_ATTRIBUTE


def _dataset(instance: dict[str, Any]) -> str:
    dataset = _text(instance, "datasetId")
    return unquote(dataset.removeprefix(DATASET_PREFIX)) if dataset.startswith(DATASET_PREFIX) else dataset


def _said(name: str, instance: dict[str, Any]) -> dict[str, Any]:
    """What the sender says of the value: the sub-properties that we write ourselves."""
    names = ("dataQuality", "qualityReason", "sourceUnit", "sourceValue")
    said = {said: _plain_value(instance[said]) for said in names if said in instance}
    if name == MACHINE_STATE:
        said.pop("sourceValue", None)
    return said


def _text(instance: dict[str, Any], member: str) -> str:
    text = _plain_value(instance.get(member))
    if text is None:
        return ""
    if not isinstance(text, str):
        raise Rejection("wrong_type", f"{member} is not text")
    return text


def _plain_value(member: object) -> object:
    return member.get("value") if isinstance(member, dict) else member


def _reading(observation: Observation, channels: Channels, device: Device, received_us: int) -> Reading:
    channel = channels.channel(device, observation.attribute, observation.unit, observation.dataset)
    assert observation.value is not None  # noqa: S101 - the caller counts these as missing
    value = observation.value
    if isinstance(value, int) and not isinstance(value, bool):
        value = _number(value, observation.attribute)
    reading = channel.read(value, observation.observed_us, received_us)
    return _as_said(reading, observation.said) if observation.said else reading


def _number(value: int, attribute: str) -> float:
    try:
        return float(value)
    except OverflowError as error:
        raise Rejection("not_finite", f"{attribute[:80]} is too large for a number") from error


def _as_said(reading: Reading, said: dict[str, Any]) -> Reading:
    """A reading that was normalized before keeps its first source, and the worse of the two qualities."""
    quality, reason = said.get("dataQuality"), said.get("qualityReason")
    source_value, source_unit = said.get("sourceValue"), said.get("sourceUnit")
    changes: dict[str, Any] = {}
    if quality in _WORST_FIRST and _WORST_FIRST.index(quality) < _WORST_FIRST.index(reading.quality):
        changes |= {"quality": quality, "reason": reason if isinstance(reason, str) else ""}
    if isinstance(source_value, float | int | str):
        changes["source_value"] = source_value
    if isinstance(source_unit, str):
        changes["source_unit"] = source_unit
    return msgspec.structs.replace(reading, **changes)
