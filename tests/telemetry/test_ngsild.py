from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineside.site import Site
from lineside.site.model import slug as site_slug
from lineside.telemetry import ngsild
from lineside.telemetry.channels import thing_of
from lineside.telemetry.decode import Decoded, Origin, decode
from lineside.telemetry.ngsild import entity, entity_of_machine
from lineside.telemetry.reading import Reading
from tests.telemetry.conftest import FREEZER, RECEIVED_US, SITE

ORIGIN = Origin(SITE, received_us=RECEIVED_US)
SIX_US = 1_740_981_600_000_000
CONCISE = {"id": "urn:ngsi-ld:M:t:s:m", "type": "M", "observedAt": "2025-03-03T06:00:00Z"}


def entity_of(readings: list[Reading], site: Site | None = SITE) -> dict[str, Any]:
    device = readings[0].device
    state = site.machine_of[device].state if site and device in site.machine_of else "State"
    return entity(site, device, thing_of(site, device), readings, state)


def test_the_captured_entity_becomes_its_readings(samples: Path) -> None:
    decoded = decode((samples / "messages" / "ngsi-ld.json").read_bytes(), ORIGIN)

    assert [(one.device, one.attribute, one.value, one.unit) for one in decoded.readings] == [
        ("Freezer Tunnel", "Temperature", -21.3, "CEL"),
        ("Freezer Tunnel", "State", "Running", ""),
        ("Freezer Tunnel", "Bad", 0.0, ""),
    ]
    assert (decoded.readings[0].source_value, decoded.readings[0].source_unit) == (-6.34, "degF")


def test_a_concise_entity_with_two_sources_of_one_attribute_is_read(samples: Path) -> None:
    decoded = decode((samples / "messages" / "ngsi-ld-concise.json").read_bytes(), ORIGIN)

    assert [(one.attribute, one.dataset, one.value) for one in decoded.readings] == [
        ("Temperature", "inlet", -21.3),
        ("Temperature", "outlet", -20.9),
        ("Speed", "", 8.8),
    ]
    assert decoded.readings[2].observed_us == SIX_US + 500_000


def test_every_property_says_its_type_its_instant_and_its_unit_also_where_it_is_zero() -> None:
    readings = [
        Reading("Freezer Tunnel", "Bad", SIX_US, 0.0),
        Reading("Freezer Tunnel", "Blocked", SIX_US, False),
        Reading("Freezer Tunnel", "Temperature", SIX_US, -21.0, "CEL"),
    ]

    assert entity_of(readings) == {
        "id": "urn:ngsi-ld:ManufacturingMachine:default:bakery-north:freezer-tunnel",
        "type": "ManufacturingMachine",
        "name": {"type": "Property", "value": "Freezer Tunnel"},
        "Bad": {"type": "Property", "value": 0.0, "observedAt": "2025-03-03T06:00:00Z"},
        "Blocked": {"type": "Property", "value": False, "observedAt": "2025-03-03T06:00:00Z"},
        "Temperature": {
            "type": "Property", "value": -21.0, "observedAt": "2025-03-03T06:00:00Z", "unitCode": "CEL",
        },
        "@context": "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld",
    }  # fmt: skip


def test_what_is_not_trivial_is_said_in_sub_properties() -> None:
    reading = Reading(
        "Freezer Tunnel", "Oil temp", SIX_US, 100.0, "CEL", "", 212.0, "degF", "bad", "too hot to be true"
    )
    members = entity_of([reading])
    (name,) = members.keys() - {"id", "type", "name", "@context"}

    assert name.startswith("Oil_temp_")
    assert {key: said["value"] for key, said in members[name].items() if isinstance(said, dict)} == {
        "dataQuality": "bad",
        "qualityReason": "too hot to be true",
        "sourceUnit": "degF",
        "sourceValue": 212.0,
        "sourceAttribute": "Oil temp",
    }


def test_the_state_is_said_in_our_words_and_in_the_sources() -> None:
    members = entity_of([Reading("Freezer Tunnel", "State", SIX_US, "PLANNEDSTOP")])

    assert members["machineState"]["value"] == "plannedStop"
    assert members["machineState"]["sourceValue"]["value"] == "PLANNEDSTOP"
    assert members["machineState"]["sourceAttribute"]["value"] == "State"


def test_a_machine_state_from_elsewhere_is_the_state_that_the_site_file_names() -> None:
    said = b'{"value":"down","observedAt":"2025-03-03T06:00:00Z"}'
    raw = b'{"id":"urn:ngsi-ld:M:t:s:inspector","type":"M","machineState":%b}' % said
    decoded = decode(raw, ORIGIN)

    assert [(one.device, one.attribute, one.value) for one in decoded.readings] == [
        ("Cookie Inspector", "Mode", "down")
    ]


def test_relationships_descriptions_and_places_are_no_telemetry() -> None:
    raw = msgspec.json.encode(
        {
            "id": "urn:ngsi-ld:M:t:s:freezer-tunnel",
            "type": "M",
            "feeds": {"type": "Relationship", "object": "urn:x", "observedAt": "2025-03-03T06:00:00Z"},
            "where": {"type": "GeoProperty", "value": {"type": "Point"}, "observedAt": "2025-03-03T06:00:00Z"},
            "address": {"value": {"street": "Mill Road"}},
            "serialNumber": "FT-2209",
            "Good": {"value": 3, "observedAt": "2025-03-03T06:00:00Z"},
            "Oil": {"value": "urn:ngsi-ld:null", "observedAt": "2025-03-03T06:00:00Z"},
        }
    )
    decoded = decode(raw, ORIGIN)

    assert [(one.attribute, one.value) for one in decoded.readings] == [("Good", 3.0)]
    assert (decoded.missing, decoded.rejected) == (1, [])


@pytest.mark.parametrize(
    "place",
    [
        {"type": "Point", "coordinates": [9.5, 55.4]},
        {"type": "GeometryCollection", "geometries": []},
        {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [9.5, 55.4]}},
    ],
)
def test_a_place_never_costs_the_values_beside_it(place: dict[str, Any]) -> None:
    sent = {**CONCISE, "location": place, "speed": 5}

    decoded = decode(msgspec.json.encode(sent), ORIGIN)

    assert [(one.attribute, one.value) for one in decoded.readings] == [("speed", 5.0)]


def test_a_list_of_numbers_is_one_value_that_nobody_can_store_and_not_several_readings() -> None:
    decoded = decode(msgspec.json.encode({**CONCISE, "profile": [1, 2]}), ORIGIN)

    assert [one.code for one in decoded.rejected] == ["wrong_type"]


def test_the_instant_of_the_entity_holds_where_a_property_has_none() -> None:
    raw = b'{"id":"urn:ngsi-ld:M:t:s:m","type":"M","observedAt":"2025-03-03T06:00:00Z","Good":{"value":3},"Speed":8.8}'

    assert [(one.attribute, one.value) for one in decode(raw, ORIGIN).readings] == [("Good", 3.0), ("Speed", 8.8)]


def test_an_entity_about_another_machine_is_refused() -> None:
    raw = b'{"id":"urn:ngsi-ld:M:t:s:freezer-tunnel","type":"M","a":{"value":3,"observedAt":"2025-03-03T06:00:00Z"}}'

    decoded = decode(raw, Origin(SITE, "inspector", received_us=RECEIVED_US))

    assert [one.code for one in decoded.rejected] == ["other_device"]


def test_a_name_that_is_not_the_ids_own_is_not_believed() -> None:
    raw = (
        b'{"id":"urn:ngsi-ld:M:t:s:freezer-tunnel","type":"M","name":"Cookie Inspector",'
        b'"a":{"value":3,"observedAt":"2025-03-03T06:00:00Z"}}'
    )

    assert [one.device for one in decode(raw, ORIGIN).readings] == ["Freezer Tunnel"]


def test_a_machine_of_the_site_file_is_an_entity_with_what_it_feeds() -> None:
    line = SITE.lines[0]

    members = entity_of_machine(SITE, line, FREEZER)

    assert members["feeds"]["object"] == "urn:ngsi-ld:ManufacturingMachine:default:bakery-north:inspector"
    assert members["isPartOf"]["object"] == "urn:ngsi-ld:ProductionLine:default:bakery-north:line-1"
    assert "feeds" not in entity_of_machine(SITE, line, line.machines[1])


def test_several_feeds_are_several_instances() -> None:
    splitter = FREEZER.model_copy(update={"feeds": ("Cookie Inspector", "Line Gateway")})

    feeds = entity_of_machine(SITE, SITE.lines[0], splitter)["feeds"]

    assert [one["object"].rpartition(":")[2] for one in feeds] == ["inspector", "line-gateway"]
    assert len({one["datasetId"] for one in feeds}) == 2


@given(st.text(max_size=40))
def test_our_slug_is_the_sites(name: str) -> None:
    assert ngsild.slug(name) == site_slug(name)


@given(st.text(max_size=20), st.text(max_size=20))
def test_attribute_names_are_ones_that_ngsi_ld_allows_and_stay_apart(one: str, other: str) -> None:
    name = ngsild.attribute_name(one)

    assert ngsild.is_name(name)
    assert (name == ngsild.attribute_name(other)) == (one == other)


names = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), min_size=1, max_size=12
)
sensible = names.filter(lambda name: not name.isspace())
attributes = sensible | st.sampled_from(
    ["Temperature", "State", "machineState", "type", "Belt", "Vibration", "1", "a b"]
)
devices = sensible | st.sampled_from(["Freezer Tunnel", "Cookie Inspector", "freezer tunnel"])
units = st.sampled_from(["", "CEL", "degF", "g", "%", "rpm", "1/min", "fathom", "kPa"])
values = st.floats(-1e9, 1e9) | st.booleans() | sensible
datasets = st.just("") | sensible | st.sampled_from(["urn:x:y", "urn:ngsi-ld:Dataset:z", "a%3Ab"])
measurements = st.dictionaries(
    attributes, st.fixed_dictionaries({"value": values, "unit": units, "dataset": datasets}), min_size=1, max_size=5
)


@given(devices, measurements, st.sampled_from([SITE, None]))
def test_what_was_normalized_is_read_back_as_it_was(device: str, given_: dict[str, Any], site: Site | None) -> None:
    raw = msgspec.json.encode({"device": device, "ts": "2025-03-03T06:00:00.25Z", "measurements": given_})
    origin = Origin(site, received_us=RECEIVED_US)
    readings = decode(raw, origin).readings
    if not readings:
        return  # it was refused

    again = decode(msgspec.json.encode(entity_of(readings, site)), origin)

    assert again.rejected == []
    by_identity = sorted(readings, key=lambda reading: reading.identity)
    assert sorted(again.readings, key=lambda reading: reading.identity) == by_identity


@pytest.mark.parametrize("payload", [b"{}", b'{"id":"x","type":"M"}', b'{"id":"x","type":"M","a":[]}'])
def test_an_entity_in_which_nothing_was_observed_is_refused(payload: bytes) -> None:
    decoded = decode(payload, ORIGIN)

    assert isinstance(decoded, Decoded)
    assert len(decoded.rejected) == 1
