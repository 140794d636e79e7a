"""Everything there is to know of the site, as NGSI-LD entities, and in the shapes in which a reader may ask for it.

Machines and buffers, lines, alarms (`Alert` and `ManufacturingAlarm` at once, since Smart Data Models' `Alert` has no
manufacturing in its category), advisories and inspections of images. Names that the core context does not know are in
its default vocabulary.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, Literal

from lineside.advice.model import Advisory
from lineside.alarms.model import Alarm
from lineside.api.services import Services
from lineside.inspection.entity import INSPECTION_TYPE, entity_of_inspection
from lineside.inspection.pieces import taken_since
from lineside.line.entities import LINE_TYPE, entities_of_line, entity_of_line
from lineside.site.model import UNASSIGNED_LINE, Line, Site, slug
from lineside.telemetry.ngsild import CONTEXT, ENTITY_TYPE, dataset_urn, urn
from lineside.telemetry.timestamps import render

Entity = dict[str, Any]
Format = Literal["normalized", "concise", "keyValues"]

ALERT_TYPE: Final = "Alert"
ALARM_TYPE: Final = "ManufacturingAlarm"
ADVISORY_TYPE: Final = "Advisory"
TYPES: Final = (ENTITY_TYPE, "ProcessBuffer", LINE_TYPE, ALERT_TYPE, ALARM_TYPE, ADVISORY_TYPE, INSPECTION_TYPE)
VOCABULARY: Final = "https://uri.etsi.org/ngsi-ld/default-context/"
ALARMS_BACK_US: Final = 24 * 3_600_000_000
"""Alarms that are over are entities for a day; longer than that they are in `/api/alarms`."""
MOST_ADVISORIES: Final = 100
INSPECTIONS_BACK_US: Final = 3_600_000_000
MOST_INSPECTIONS: Final = 100
_OF_EVERY_ENTITY: Final = ("id", "type", "scope", "@context")
_NOT_SHOWN: Final = frozenset(("type", "value", "object"))


# --- what there is ----------------------------------------------------------------------------------------------------


def entities(services: Services, types: Collection[str] | None = None) -> Iterator[Entity]:
    """Every entity of the site; with `types` at least those that have one of them. Machines come first."""
    wanted = set(TYPES) if types is None else set(types)
    lines = services.lines()
    if wanted & {ENTITY_TYPE, "ProcessBuffer"}:
        for line in lines:
            yield from machines(services, line)
    if LINE_TYPE in wanted:
        yield from (entity_of_line(services.site, line) for line in lines if line.id != UNASSIGNED_LINE)
    if wanted & {ALERT_TYPE, ALARM_TYPE}:
        for line in lines:
            yield from alarms(services, line)
    if ADVISORY_TYPE in wanted:
        for line in lines:
            yield from advisories(services, line)
    if INSPECTION_TYPE in wanted:
        for line in lines:
            yield from inspections(services, line)


def machines(services: Services, line: Line) -> list[Entity]:
    return entities_of_line(services.site, line, services.twin.line(services.site.site, line.id))


def alarms(services: Services, line: Line) -> list[Entity]:
    """Those that are open, and those of the last day."""
    site, now_us = services.site, services.now_us()
    found = {
        one.alarm_id: one
        for one in (
            *services.alarms.history(site.site, line.id, now_us - ALARMS_BACK_US, now_us + 1),
            *services.alarms.open_alarms(site.site, line.id),
        )
    }
    ordered = sorted(found.values(), key=lambda alarm: (-alarm.raised_us, alarm.alarm_id))
    return [alarm_entity(site, alarm) for alarm in ordered]


def advisories(services: Services, line: Line) -> list[Entity]:
    site = services.site
    return [advisory_entity(site, one) for one in services.advisories.recent(site.site, line.id, MOST_ADVISORIES)]


def inspections(services: Services, line: Line) -> list[Entity]:
    """The newest of the last hour; none where no images are inspected."""
    if services.inspections is None:
        return []
    site, since_us = services.site, services.now_us() - INSPECTIONS_BACK_US
    taken = taken_since(services.inspections.store, site.site, line.id, since_us)
    newest = reversed(deque(taken, maxlen=MOST_INSPECTIONS))
    return [entity_of_inspection(site, one) for one in newest]


def alarm_entity(site: Site, alarm: Alarm) -> Entity:
    """An alarm with its machine, its cause and its victims. Times are values, as Smart Data Models has them."""
    overlay = alarm.overlay
    said: dict[str, Any] = {
        "category": "manufacturing",
        "subCategory": alarm.kind,
        "severity": alarm.severity,
        "priority": alarm.priority,
        "alarmState": _camel(alarm.state),
        "active": alarm.active,
        "description": alarm.detail,
        "controlledProperty": alarm.attribute,
        "occurrenceCount": alarm.occurrences,
        "consequence": alarm.consequence,
        "operatorAction": alarm.operator_action,
        "acknowledgedBy": alarm.acknowledged_by,
        "overlay": _camel(overlay.kind) if overlay else "",
        "overlayBy": overlay.by if overlay else "",
        "overlayReason": (overlay.reason or overlay.work_order) if overlay else "",
    }
    instants = {
        "validFrom": alarm.onset_us,
        "dateIssued": alarm.raised_us,
        "validTo": alarm.cleared_us,
        "acknowledgedAt": alarm.acknowledged_us,
        "overlayUntil": overlay.until_us if overlay else 0,
    }
    return {
        "id": urn(ALARM_TYPE, site, alarm.alarm_id),
        "type": [ALERT_TYPE, ALARM_TYPE],
        "scope": f"/{site.site}/{alarm.line}",
        "originator": _relationship(machine_urn(site, alarm.device)),
        "rootCause": _relationship(machine_urn(site, alarm.cause)),
        "affects": [
            _relationship(machine_urn(site, victim.device), slug(victim.device))
            | {"lostTime": _measured(victim.lost_seconds, "SEC")}
            for victim in alarm.victims
        ],
        "isPartOf": _relationship(urn(LINE_TYPE, site, alarm.line)),
        **{name: _property(value) for name, value in said.items()},
        **{name: _property(_instant(at_us)) for name, at_us in instants.items() if at_us},
        "lostTime": _measured(alarm.lost_seconds, "SEC"),
        "timeToRespond": _measured(alarm.time_to_respond_minutes, "MIN"),
        "advisory": _relationship(urn(ADVISORY_TYPE, site, alarm.advisory_id)) if alarm.advisory_id else None,
        "@context": CONTEXT,
    }


def advisory_entity(site: Site, advisory: Advisory) -> Entity:
    said = {
        "headline": advisory.headline,
        "description": advisory.what_happened,
        "severity": advisory.severity,
        "subCategory": advisory.kind,
        "checkFirst": list(advisory.check_first),
        "composedBy": advisory.composed_by,
    }
    return {
        "id": urn(ADVISORY_TYPE, site, advisory.advisory_id),
        "type": ADVISORY_TYPE,
        "scope": f"/{site.site}/{advisory.line}",
        "alarm": _relationship(urn(ALARM_TYPE, site, advisory.alarm_id)),
        "originator": _relationship(machine_urn(site, advisory.device)),
        "isPartOf": _relationship(urn(LINE_TYPE, site, advisory.line)),
        **{name: _property(value) for name, value in said.items()},
        "dateIssued": _property(_instant(advisory.drafted_us)),
        "lostTime": _measured(advisory.lost_seconds, "SEC"),
        "@context": CONTEXT,
    }


def machine_urn(site: Site, device: str) -> str:
    """The entity of a device; an alarm about a line's own network is about the line."""
    if any(line.id == device for line in site.lines) and device not in site.machine_of:
        return urn(LINE_TYPE, site, device)
    machine = site.machine_of.get(device)
    return urn(ENTITY_TYPE, site, machine.thing if machine else slug(device))


def _property(value: Any) -> Any:
    return None if value in ("", []) else {"type": "Property", "value": value}


def _instant(at_us: int) -> dict[str, str]:
    return {"@type": "DateTime", "@value": render(at_us)}


def _measured(value: float, unit: str) -> Entity:
    return {"type": "Property", "value": value, "unitCode": unit}


def _relationship(to: str, dataset: str = "") -> Entity:
    instance = {"type": "Relationship", "object": to}
    return instance | {"datasetId": dataset_urn(dataset)} if dataset else instance


def _camel(words: str) -> str:
    first, *rest = words.split("_")
    return first + "".join(word.capitalize() for word in rest)


# --- as asked for -----------------------------------------------------------------------------------------------------


def types_of(entity: Mapping[str, Any]) -> set[str]:
    kinds = entity["type"]
    return set(kinds) if isinstance(kinds, list) else {kinds}


def is_of_type(entity: Mapping[str, Any], selection: Iterable[Collection[str]]) -> bool:
    """Whether it has all the types of one of these alternatives."""
    kinds = types_of(entity)
    return any(kinds.issuperset(one) for one in selection)


def attributes_of(entity: Mapping[str, Any]) -> list[str]:
    return [name for name, member in entity.items() if name not in _OF_EVERY_ENTITY and member not in (None, [])]


def projected(entity: Entity, pick: Collection[str], omit: Collection[str]) -> Entity:
    """Only the members named in `pick` (none: all), without those in `omit`; id and type unless they are omitted."""
    always = {"id", "type", "@context"}
    return {
        name: member
        for name, member in entity.items()
        if member not in (None, []) and name not in omit and (not pick or name in pick or name in always)
    }


def shaped(entity: Entity, shape: Format) -> Entity:
    """A normalized entity as asked for."""
    if shape == "normalized":
        return entity
    one = _concise if shape == "concise" else _simple
    return {name: member if name in _OF_EVERY_ENTITY else _each(member, one) for name, member in entity.items()}


def _each(member: Any, shape: Any) -> Any:
    return [shape(one) for one in member] if isinstance(member, list) else shape(member)


def _simple(instance: Entity) -> Any:
    """The value, or what the relationship leads to."""
    value = instance.get("value", instance.get("object"))
    return value["@value"] if isinstance(value, dict) and "@value" in value else value


def _concise(instance: Entity) -> Any:
    """Without what goes without saying: the type, and everything around a value that is alone."""
    rest = {
        name: _concise(member) if isinstance(member, dict) and "type" in member else member
        for name, member in instance.items()
        if name != "type"
    }
    alone = instance.keys() <= _NOT_SHOWN and "value" in instance and not isinstance(instance["value"], dict)
    return instance["value"] if alone else rest
