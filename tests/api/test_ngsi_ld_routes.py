"""The site as NGSI-LD entities, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.conftest import ALARM, advisory, as_person, client_of

if TYPE_CHECKING:
    from tests.api.conftest import Plant

URL = "/ngsi-ld/v1/entities"
FREEZER = "urn:ngsi-ld:ManufacturingMachine:default:north:freezer-tunnel"
SEALER = "urn:ngsi-ld:ManufacturingMachine:default:north:box-sealer"
LINE = "urn:ngsi-ld:ProductionLine:default:north:line-1"
ALARM_ID = f"urn:ngsi-ld:ManufacturingAlarm:default:north:{ALARM.alarm_id}"


@pytest.fixture
def heard(plant: Plant) -> Plant:
    plant.hear("Freezer Tunnel", "Temperature", -21.5, unit="CEL")
    plant.hear("Freezer Tunnel", "State", "Running")
    plant.hear("Box Sealer", "State", "Starved")
    plant.raise_alarm(advisory_id="a-1")
    plant.services.advisories.save(advisory(1))
    return plant


def ids(plant: Plant, **asked: Any) -> list[str]:
    answer = plant.client.get(URL, params=asked)
    assert answer.status_code == 200, answer.text
    return [entity["id"] for entity in answer.json()]


def test_machines_have_their_values_and_relationships(heard: Plant) -> None:
    answer = heard.client.get(URL, params={"type": "ManufacturingMachine"})

    freezer, _ = answer.json()
    assert freezer["Temperature"] == {
        "type": "Property", "value": -21.5, "unitCode": "CEL", "observedAt": "2025-03-03T06:09:56Z",
    }  # fmt: skip
    assert freezer["feeds"]["object"] == SEALER
    assert freezer["isPartOf"] == {"type": "Relationship", "object": LINE}
    assert freezer["machineState"]["value"] == "running"
    assert "@context" not in freezer
    assert answer.headers["content-type"] == "application/json"
    assert 'rel="http://www.w3.org/ns/json-ld#context"' in answer.headers["link"]


def test_json_ld_carries_its_context_in_the_body(heard: Plant) -> None:
    answer = heard.client.get(f"{URL}/{LINE}", headers={"Accept": "application/ld+json"})

    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.json()["@context"].startswith("https://uri.etsi.org/ngsi-ld/")
    assert [part["object"] for part in answer.json()["hasPart"]] == [FREEZER, SEALER]
    assert "link" not in answer.headers


def test_an_alarm_leads_to_its_machine_its_cause_and_its_victims(heard: Plant) -> None:
    (alarm,) = heard.client.get(URL, params={"type": "Alert"}).json()

    assert alarm["type"] == ["Alert", "ManufacturingAlarm"]
    assert alarm["originator"]["object"] == alarm["rootCause"]["object"] == FREEZER
    assert [(one["object"], one["lostTime"]["value"], one["lostTime"]["unitCode"]) for one in alarm["affects"]] == [
        (SEALER, 120.0, "SEC")
    ]
    assert alarm["dateIssued"]["value"] == {"@type": "DateTime", "@value": "2025-03-03T06:06:00Z"}
    assert alarm["alarmState"]["value"] == "unacknowledged"
    assert "validTo" not in alarm
    advice = heard.client.get(f"{URL}/{alarm['advisory']['object']}").json()
    assert advice["alarm"]["object"] == alarm["id"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"type": "ManufacturingMachine"}, [FREEZER, SEALER]),
        ({"type": "ProductionLine,ManufacturingMachine"}, [FREEZER, SEALER, LINE]),
        ({"type": "Alert;ManufacturingAlarm"}, [ALARM_ID]),
        ({"type": "Alert;ProductionLine"}, []),
        ({"type": "Nothing"}, []),
        ({"id": f"{SEALER},{LINE},urn:x:y"}, [SEALER, LINE]),
        ({"type": "ManufacturingMachine", "idPattern": ".*freezer.*"}, [FREEZER]),
        ({"attrs": "Temperature"}, [FREEZER]),
        ({"q": "Temperature<-18"}, [FREEZER]),
        ({"q": 'machineState=="starved"|lostTime>200;active==true'}, [SEALER, ALARM_ID]),
        ({"q": f"rootCause=={FREEZER}"}, [ALARM_ID]),
        ({"q": "dateIssued>2025-03-03T06:00:00Z", "type": "Alert"}, [ALARM_ID]),
        ({"local": "true", "type": "ProductionLine"}, [LINE]),
    ],
)
def test_entities_are_found_by_type_id_pattern_attribute_and_query(
    heard: Plant, asked: dict[str, str], found: list[str]
) -> None:
    assert ids(heard, **asked) == found


@pytest.mark.parametrize("how", [{"options": "keyValues"}, {"format": "simplified"}, {"options": "keyValues,sysAttrs"}])
def test_key_values_are_bare_values(heard: Plant, how: dict[str, str]) -> None:
    freezer = heard.client.get(f"{URL}/{FREEZER}", params=how).json()
    alarm = heard.client.get(f"{URL}/{ALARM_ID}", params=how).json()

    assert (freezer["Temperature"], freezer["feeds"], freezer["name"]) == (-21.5, SEALER, "Freezer Tunnel")
    assert (alarm["affects"], alarm["dateIssued"]) == ([SEALER], "2025-03-03T06:06:00Z")


def test_concise_leaves_out_what_goes_without_saying(heard: Plant) -> None:
    freezer = heard.client.get(f"{URL}/{FREEZER}?options=concise").json()

    assert freezer["Temperature"] == {"value": -21.5, "unitCode": "CEL", "observedAt": "2025-03-03T06:09:56Z"}
    assert freezer["name"] == "Freezer Tunnel"
    assert freezer["isPartOf"] == {"object": LINE}


def test_members_are_picked_and_left_out(heard: Plant) -> None:
    picked = heard.client.get(f"{URL}/{FREEZER}?pick=Temperature").json()
    left = heard.client.get(f"{URL}/{FREEZER}?omit=Temperature,scope").json()

    assert picked.keys() == {"id", "type", "Temperature"}
    assert "machineState" in left
    assert not {"Temperature", "scope"} & left.keys()
    assert heard.client.get(f"{URL}/{FREEZER}?attrs=Speed").status_code == 404


def test_pages_are_linked_and_counted(heard: Plant) -> None:
    first = heard.client.get(URL, params={"q": "name", "limit": 2, "count": "true"})
    (link,) = [one for one in first.headers["link"].split(", ") if 'rel="next"' in one]
    second = heard.client.get(link.partition(">")[0].removeprefix("<"))

    assert first.headers["ngsild-results-count"] == "3"
    assert [entity["id"] for entity in first.json() + second.json()] == [FREEZER, SEALER, LINE]
    assert 'rel="prev"' in second.headers["link"]
    assert 'rel="next"' not in second.headers["link"]
    assert ids(heard, q="name", limit=0, count="true") == []
    assert 'rel="next"' not in heard.client.get(URL, params={"q": "name", "limit": 3}).headers["link"]


def test_types_are_listed_with_their_attributes(heard: Plant) -> None:
    kinds = heard.client.get("/ngsi-ld/v1/types").json()
    details = heard.client.get("/ngsi-ld/v1/types?details=true").json()

    assert kinds["typeList"] == ["Advisory", "Alert", "ManufacturingAlarm", "ManufacturingMachine", "ProductionLine"]
    assert "Temperature" in next(one for one in details if one["typeName"] == "ManufacturingMachine")["attributeNames"]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("", "name a type"),
        ("?type=Machine!", "no name of a type"),
        ("?id=freezer", "no URI"),
        ("?type=Alert&q=severity==high", "double quotes"),
        ("?type=Alert&idPattern=(a%2B)%2B", "repeats a group"),
        ("?type=Alert&limit=0", "count=true"),
        ("?type=Alert&limit=-1", "limit"),
        ("?type=Alert&limit=100000", "limit"),
        ("?type=Alert&options=fancy", "no representation"),
        ("?type=Alert&attrs=a%20b", "no name of an attribute"),
        ("/freezer", "no URI"),
    ],
)
def test_what_is_asked_wrongly_is_bad_request_data_in_one_sentence(heard: Plant, asked: str, sentence: str) -> None:
    answer = heard.client.get(URL + asked)

    assert answer.status_code == 400
    assert answer.json()["type"] == "https://uri.etsi.org/ngsi-ld/errors/BadRequestData"
    assert sentence in answer.json()["detail"]


def test_an_entity_that_is_not_there_is_not_found(heard: Plant) -> None:
    answer = heard.client.get(f"{URL}/urn:ngsi-ld:ManufacturingMachine:default:north:nobody")

    assert answer.status_code == 404
    assert answer.json()["type"] == "https://uri.etsi.org/ngsi-ld/errors/ResourceNotFound"


@pytest.mark.parametrize(("who", "status"), [("nobody", 401), ("admin of another site", 403), ("viewer", 200)])
@pytest.mark.parametrize("path", ["/entities?type=Alert", f"/entities/{LINE}", "/types"])
def test_entities_are_for_people_of_the_site(heard: Plant, who: str, status: int, path: str) -> None:
    with client_of(heard.application(), as_person(who)) as client:
        assert client.get(f"/ngsi-ld/v1{path}").status_code == status


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_nothing_can_be_written(heard: Plant, method: str) -> None:
    assert heard.client.request(method, f"{URL}/{LINE}").status_code == 405
