"""An inspection as other systems read it."""

from __future__ import annotations

from lineside.inspection.entity import entity_of_inspection
from lineside.inspection.model import Seen
from lineside.telemetry.timestamps import render
from tests.inspection.builders import CRACKED, NOW_US, SITE, a_review, an_inspection


def test_what_was_seen_and_what_a_person_said_stand_side_by_side() -> None:
    inspection = an_inspection(seen=CRACKED, review=a_review("good", at_us=NOW_US + 60_000_000))

    entity = entity_of_inspection(SITE, inspection)

    taken = render(inspection.taken_us)
    assert entity["id"] == f"urn:ngsi-ld:QualityInspection:default:north:{inspection.image_id}"
    assert (entity["type"], entity["scope"]) == ("QualityInspection", "/north/line-1")
    assert entity["defectClass"] == {"type": "Property", "value": "cracked", "observedAt": taken}
    assert entity["confidence"] == {"type": "Property", "value": 0.93, "observedAt": taken, "unitCode": "C62"}
    assert entity["region"]["value"] == [[10, 20, 30, 40]]
    assert entity["inspectedBy"]["value"] == "offline"
    assert entity["refImage"]["object"] == f"urn:ngsi-ld:Image:default:north:{inspection.image_id}"
    assert entity["refMachine"]["object"] == "urn:ngsi-ld:ManufacturingMachine:default:north:cookie-inspector"
    assert entity["reviewVerdict"] == {"type": "Property", "value": "none", "observedAt": render(NOW_US + 60_000_000)}


def test_what_nobody_can_say_is_left_out() -> None:
    unseen = entity_of_inspection(SITE, an_inspection(device="Gone"))
    unreadable = entity_of_inspection(SITE, an_inspection(seen=Seen("unreadable", 1.0)))

    assert set(unseen) == {"id", "type", "scope", "refImage", "@context"}
    assert "defectClass" not in unreadable
    assert "region" not in unreadable
    assert unreadable["confidence"]["value"] == 1.0
