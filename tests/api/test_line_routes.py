"""The line as the HTTP application tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineside.line.quarantine import Quarantined

if TYPE_CHECKING:
    from tests.api.conftest import Plant


def test_a_line_names_its_machines_in_order_with_state_values_and_age(plant: Plant) -> None:
    plant.hear("Freezer Tunnel", "State", "Running")
    plant.hear("Freezer Tunnel", "Temperature", 0.0, unit="CEL")

    line = plant.client.get("/api/lines/line-1").json()

    freezer, sealer = line["machines"]
    assert (freezer["id"], freezer["state"], freezer["age_seconds"]) == ("Freezer Tunnel", "running", 4.0)
    assert freezer["values"]["Temperature"] == {
        "value": 0.0,
        "label": "Air temperature",
        "unit": "CEL",
        "observed_at": "2025-03-03T06:09:56Z",
        "age_seconds": 4.0,
        "quality": "good",
        "reason": "",
        "limit_low": None,
        "limit_high": None,
        "stale": False,
    }
    assert (sealer["id"], sealer["state"], sealer["seen_at"]) == ("Box Sealer", "", None)


def test_a_device_that_no_line_names_is_listed_on_its_own_line(plant: Plant) -> None:
    before = [line["id"] for line in plant.client.get("/api/lines").json()]

    plant.hear("Stranger", "Speed", 1.0, line="unassigned")

    assert before == ["line-1"]
    assert [line["id"] for line in plant.client.get("/api/lines").json()] == ["line-1", "unassigned"]
    (machine,) = plant.client.get("/api/lines/unassigned").json()["machines"]
    assert (machine["id"], machine["declared"]) == ("Stranger", False)


def test_an_alarm_stands_at_its_machine(plant: Plant) -> None:
    alarm = plant.raise_alarm()

    freezer, sealer = plant.client.get("/api/lines/line-1").json()["machines"]

    assert freezer["alarms"] == [alarm.alarm_id]
    assert sealer["alarms"] == []


def test_a_line_as_ngsi_ld_has_relationships_and_current_values(plant: Plant) -> None:
    plant.hear("Freezer Tunnel", "Temperature", -21.5, unit="CEL")

    answer = plant.client.get("/api/lines/line-1", headers={"Accept": "application/ld+json"})

    freezer = answer.json()[0]
    assert answer.headers["content-type"] == "application/ld+json"
    assert freezer["id"] == "urn:ngsi-ld:ManufacturingMachine:default:north:freezer-tunnel"
    assert freezer["Temperature"]["value"] == -21.5
    assert freezer["feeds"]["object"].endswith(":box-sealer")


def test_the_etag_stays_while_only_the_clock_moves(plant: Plant) -> None:
    plant.hear("Freezer Tunnel", "Speed", 1.0)
    first = plant.client.get("/api/lines/line-1")
    plant.clock[0] += 3_000_000

    again = plant.client.get("/api/lines/line-1", headers={"If-None-Match": first.headers["etag"]})
    plant.hear("Box Sealer", "Speed", 1.0)
    changed = plant.client.get("/api/lines/line-1", headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 304
    assert again.content == b""
    assert changed.status_code == 200


def test_an_unknown_line_is_one_clear_sentence(plant: Plant) -> None:
    answer = plant.client.get("/api/lines/line-9")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "there is no line 'line-9'; the site north has line-1"


def test_quarantine_is_listed_with_its_reason_and_can_be_replayed(plant: Plant) -> None:
    entry = Quarantined("north", "dt/x", b"\xff{", "not UTF-8", "encoding", received_us=1)
    plant.services.quarantine.keep([entry])

    (listed,) = plant.client.get("/api/quarantine").json()
    replayed = plant.client.post("/api/quarantine/replay").json()

    assert (listed["reason"], listed["code"], listed["size_bytes"]) == ("not UTF-8", "encoding", 2)
    assert replayed == {"resolved": 1, "waiting": 2, "stored": 3}


def test_a_device_whose_name_has_no_latin_letter_is_shown(plant: Plant) -> None:
    plant.hear("冷冻隧道", "温度", -21.5, line="unassigned", unit="CEL")

    line = plant.client.get("/api/lines/unassigned")
    entities = plant.client.get("/api/lines/unassigned", headers={"Accept": "application/ld+json"}).json()

    assert [machine["id"] for machine in line.json()["machines"]] == ["冷冻隧道"]
    assert not entities[0]["id"].endswith(":")
