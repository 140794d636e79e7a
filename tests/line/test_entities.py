from __future__ import annotations

from lineside.line.entities import entities_of_line, entity_of_line
from lineside.line.twin import DeviceTwin, advance, newest
from lineside.site.model import Line, Machine, Site
from lineside.telemetry.reading import Reading
from tests.lake.readings import reading

LINE = Line(id="line-1", machines=(Machine(id="Cookie Oven", feeds=("Packer",)), Machine(id="Packer")))
SITE = Site(site="bakery-north", lines=(LINE,))


def twin_of(*readings: Reading) -> DeviceTwin:
    device = readings[0].device
    twin = advance(DeviceTwin("bakery-north", "line-1", device), newest(readings)[device])
    assert twin is not None
    return twin


def test_a_machine_is_its_place_its_flow_and_its_values():
    twin = twin_of(reading(0, 0.0, "Cookie Oven"), reading(1, "Running", "Cookie Oven", "State", unit=""))

    oven, packer = entities_of_line(SITE, LINE, [twin])

    assert oven["id"] == "urn:ngsi-ld:ManufacturingMachine:default:bakery-north:cookie-oven"
    assert oven["feeds"]["object"] == packer["id"]
    assert oven["isPartOf"]["object"] == "urn:ngsi-ld:ProductionLine:default:bakery-north:line-1"
    assert oven["machineState"]["value"] == "running"
    assert oven["Temperature"] == {
        "type": "Property",
        "value": 0.0,
        "unitCode": "CEL",
        "observedAt": "2025-03-03T06:00:00Z",
    }


def test_a_machine_never_heard_of_has_its_place_and_no_values():
    _, packer = entities_of_line(SITE, LINE, [])

    assert set(packer) == {"id", "type", "scope", "name", "isPartOf", "@context"}


def test_a_device_that_no_site_file_names_is_an_entity_too():
    *_, stranger = entities_of_line(SITE, LINE, [twin_of(reading(0, True, "New Mixer", "Door", unit=""))])

    assert stranger["id"].endswith(":new-mixer")
    assert stranger["Door"]["value"] is True


def test_an_attribute_with_an_at_sign_in_its_name_is_no_dataset():
    *_, packer = entities_of_line(SITE, LINE, [twin_of(reading(0, 1.0, "Packer", "speed@belt"))])

    (odd,) = [member for member in packer.values() if isinstance(member, dict) and member.get("value") == 1.0]
    assert odd["sourceAttribute"]["value"] == "speed@belt"
    assert "datasetId" not in odd


def test_values_of_two_sources_are_two_instances_of_one_property():
    twin = twin_of(reading(0, 1.0, "Packer"), reading(0, 2.0, "Packer", dataset="spare"))

    *_, packer = entities_of_line(SITE, LINE, [twin])

    assert sorted(instance["value"] for instance in packer["Temperature"]) == [1.0, 2.0]
    assert {instance["observedAt"] for instance in packer["Temperature"]} == {"2025-03-03T06:00:00Z"}


def test_a_buffer_is_a_machine_too_and_says_how_much_it_holds():
    line = Line(id="line-1", machines=(Machine(id="Turn", buffer=4), Machine(id="Table", buffer=True)))

    turn, table = entities_of_line(Site(site="bakery-north", lines=(line,)), line, [])

    assert turn["type"] == table["type"] == ["ManufacturingMachine", "ProcessBuffer"]
    assert turn["id"].startswith("urn:ngsi-ld:ManufacturingMachine:")
    assert (turn["maxLevel"]["value"], turn["maxLevel"]["unitCode"]) == (4, "H87")
    assert "maxLevel" not in table


def test_a_line_is_made_of_its_machines():
    line = entity_of_line(SITE, LINE)

    oven, packer = entities_of_line(SITE, LINE, [])
    assert [part["object"] for part in line["hasPart"]] == [oven["id"], packer["id"]]
    assert oven["isPartOf"]["object"] == line["id"]
    assert len({part["datasetId"] for part in line["hasPart"]}) == 2
    assert line["name"]["value"] == "line-1"
