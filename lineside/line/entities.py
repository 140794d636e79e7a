"""The line as it stands, as NGSI-LD entities: place and flow from the site file, values from the twin.

A machine that only stores is a `ManufacturingMachine` and a `ProcessBuffer` at once, so that its id, and what feeds
it, are the same for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from lineside.line.twin import DeviceTwin
from lineside.site.model import DEFAULT_STATE_ATTRIBUTE, Line, Machine, Site, thing_of
from lineside.telemetry.ngsild import CONTEXT, ENTITY_TYPE, dataset_urn, entity, entity_of_machine, urn
from lineside.telemetry.reading import Quality, Reading

LINE_TYPE: Final = "ProductionLine"
BUFFER_TYPE: Final = "ProcessBuffer"
PIECES: Final = "H87"


def entities_of_line(site: Site, line: Line, twins: Iterable[DeviceTwin]) -> list[dict[str, Any]]:
    """One normalized entity per machine of the line, then one per device that no site file names.

    A machine that was never heard of has its relationships and no values.
    """
    by_device = {twin.device: twin for twin in twins}
    machines = [_of_machine(site, line, machine, by_device.pop(machine.id, None)) for machine in line.machines]
    unknown = [_of_device(site, twin) for _, twin in sorted(by_device.items())]
    return machines + unknown


def entity_of_line(site: Site, line: Line) -> dict[str, Any]:
    """The line itself, with the machines that it is made of."""
    parts = [
        {"type": "Relationship", "object": urn(ENTITY_TYPE, site, one.thing), "datasetId": dataset_urn(one.thing)}
        for one in line.machines
    ]
    return {
        "id": urn(LINE_TYPE, site, line.id),
        "type": LINE_TYPE,
        "scope": f"/{site.site}/{line.id}",
        "name": {"type": "Property", "value": line.name or line.id},
        **({"hasPart": parts} if parts else {}),
        "@context": CONTEXT,
    }


def _of_machine(site: Site, line: Line, machine: Machine, twin: DeviceTwin | None) -> dict[str, Any]:
    place = entity_of_machine(site, line, machine) | {"scope": f"/{site.site}/{line.id}"}
    if machine.buffer:
        place["type"] = [ENTITY_TYPE, BUFFER_TYPE]
    if machine.buffer and machine.buffer is not True:
        place["maxLevel"] = {"type": "Property", "value": machine.buffer, "unitCode": PIECES}
    if twin is None:
        return place
    return entity(site, machine.id, machine.thing, _readings(twin), machine.state) | place


def _of_device(site: Site, twin: DeviceTwin) -> dict[str, Any]:
    return entity(site, twin.device, thing_of(twin.device), _readings(twin), DEFAULT_STATE_ATTRIBUTE)


def _readings(twin: DeviceTwin) -> list[Reading]:
    readings = []
    for name, value in sorted(twin.values.items()):
        readings.append(
            Reading(
                twin.device,
                value.attribute(name),
                value.observed_us,
                value.value,
                unit=value.unit,
                dataset=value.dataset,
                quality=cast(Quality, value.quality),
                reason=value.reason,
            )
        )
    return readings
