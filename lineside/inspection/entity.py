"""An inspection as an NGSI-LD entity `QualityInspection`.

`defectClass` is `none` for a good product and is left out while nobody could say. `region` is a list of
[x, y, width, height] in pixels of the image; `reviewVerdict` is a person's, in the words of `defectClass`.
"""

from __future__ import annotations

from typing import Any, Final

from lineside.inspection.model import Inspection, Verdict
from lineside.site.model import Site
from lineside.telemetry.ngsild import CONTEXT, ENTITY_TYPE, urn
from lineside.telemetry.timestamps import render

INSPECTION_TYPE: Final = "QualityInspection"
IMAGE_TYPE: Final = "Image"
ONE: Final = "C62"
"""UN/CEFACT: a number without a unit."""


def entity_of_inspection(site: Site, inspection: Inspection) -> dict[str, Any]:
    """The normalized entity. A machine that the site file no longer names has no relationship."""
    taken = render(inspection.taken_us)
    machine = site.machine_of.get(inspection.device)
    members: dict[str, Any] = {
        "id": urn(INSPECTION_TYPE, site, inspection.image_id),
        "type": INSPECTION_TYPE,
        "scope": f"/{site.site}/{inspection.line}",
        "refImage": {"type": "Relationship", "object": urn(IMAGE_TYPE, site, inspection.image_id), "observedAt": taken},
    }
    if machine is not None:
        members["refMachine"] = {"type": "Relationship", "object": urn(ENTITY_TYPE, site, machine.thing)}
    return members | _seen(inspection, taken) | _reviewed(inspection) | {"@context": CONTEXT}


def _seen(inspection: Inspection, taken: str) -> dict[str, Any]:
    seen = inspection.seen
    if seen is None:
        return {}
    return {
        **_class("defectClass", seen.verdict, taken),
        "confidence": _property(seen.confidence, taken) | {"unitCode": ONE},
        **({"region": _property([list(region) for region in seen.regions], taken)} if seen.regions else {}),
        "inspectedBy": _property(seen.inspector, taken),
    }


def _reviewed(inspection: Inspection) -> dict[str, Any]:
    said = inspection.review
    return _class("reviewVerdict", said.verdict, render(said.at_us)) if said else {}


def _class(name: str, verdict: Verdict, at: str) -> dict[str, Any]:
    if verdict == "unreadable":
        return {}
    return {name: _property("none" if verdict == "good" else verdict, at)}


def _property(value: object, at: str) -> dict[str, Any]:
    return {"type": "Property", "value": value, "observedAt": at}
