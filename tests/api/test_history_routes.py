"""Sites, machines and windows of telemetry over HTTP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.api.conftest import NOW_US
from tests.api.lakes import lake_behind, said

if TYPE_CHECKING:
    from tests.api.conftest import Plant

URL = "/api/lines/line-1/machines"


@pytest.fixture
def heard(plant: Plant, tmp_path: Path) -> Iterator[Plant]:
    """Half an hour in which the freezer warms by six degrees an hour; then it is silent for five minutes."""
    readings = [
        reading
        for age in range(300, 2_100, 10)
        for reading in said("Freezer Tunnel", "Temperature", [age], -20 - age / 600, "CEL")
    ]
    readings += said("Freezer Tunnel", "State", range(300, 2_100, 10), "Running")
    with lake_behind(plant, tmp_path, readings):
        yield plant


def test_the_site_says_its_lines_and_its_time_zone(plant: Plant) -> None:
    assert plant.client.get("/api/sites").json() == [
        {"id": "north", "tenant": "default", "timezone": "UTC", "lines": ["line-1"]}
    ]


def test_a_window_has_points_limits_trend_and_age(heard: Plant) -> None:
    answer = heard.client.get(f"{URL}/Freezer Tunnel/telemetry", params={"attribute": "Temperature", "points": 6})

    view = answer.json()
    (series,) = view["series"]
    assert (view["since"], view["until"]) == ("2025-03-03T05:40:00Z", "2025-03-03T06:10:00Z")
    assert (series["label"], series["unit"], series["count"]) == ("Air temperature", "CEL", 151)
    assert series["trend_per_hour"] == pytest.approx(6.0)
    assert (series["first"], series["last"]) == (pytest.approx(-23.0), pytest.approx(-20.5))
    assert (series["last_at"], series["age_seconds"]) == ("2025-03-03T06:05:00Z", 300.0)
    assert [point["at"][14:16] for point in series["points"]] == ["40", "45", "50", "55", "00", "05"]
    assert series["note"] == ""


@pytest.mark.parametrize("name", ["freezer-tunnel", "FREEZER TUNNEL", "Freezer%20Tunnel"])
def test_a_machine_is_meant_by_its_thing_or_in_any_case_and_an_attribute_by_its_label(heard: Plant, name: str) -> None:
    view = heard.client.get(f"{URL}/{name}/telemetry?attribute=air%20temperature").json()

    assert (view["machine"], view["series"][0]["attribute"]) == ("Freezer Tunnel", "Temperature")


def test_text_has_a_newest_value_and_says_that_it_is_no_number(heard: Plant) -> None:
    state, temperature = heard.client.get(f"{URL}/Freezer Tunnel/telemetry").json()["series"]

    assert (state["attribute"], state["last"], state["points"]) == ("State", "Running", [])
    assert state["note"] == "no number in this window, only text"
    assert temperature["attribute"] == "Temperature"


def test_a_window_with_no_data_says_so_and_when_there_was_some(heard: Plant) -> None:
    view = heard.client.get(f"{URL}/freezer-tunnel/telemetry?since=2025-03-03T06:06:00Z").json()

    notes = {series["attribute"]: series["note"] for series in view["series"]}
    assert notes["Temperature"] == "no reading in this window; the newest one is of 2025-03-03T06:05:00Z"
    assert {series["count"] for series in view["series"]} == {0}
    assert {series["mean"] for series in view["series"]} == {None}


def test_an_attribute_that_is_declared_and_was_never_heard_says_so(plant: Plant, tmp_path: Path) -> None:
    with lake_behind(plant, tmp_path, []):
        (series,) = plant.client.get(f"{URL}/Freezer Tunnel/telemetry").json()["series"]

    assert (series["attribute"], series["count"]) == ("Temperature", 0)
    assert series["note"] == "no reading in this window; it was never heard"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=2025-03-03T06:00:00Z&until=2025-03-03T05:00:00Z", "must be before until"),
        ("since=2025-03-03T05:00:00Z&until=2025-03-03T05:00:00Z", "must be before until"),
        ("since=2025-03-04T05:00:00Z", "lies in the future; it is 2025-03-03T06:10:00Z now"),
        ("until=2025-03-03T07:00:00Z", "lies in the future"),
        ("since=2025-01-01T00:00:00Z", "31 days"),
        ("since=yesterday", "not RFC 3339"),
        ("since=2025-03-03T05:00:00", "has no time zone"),
    ],
)
def test_a_window_that_cannot_be_is_refused_in_one_sentence(heard: Plant, query: str, sentence: str) -> None:
    answers = [heard.client.get(f"/api/lines/line-1/{path}?{query}") for path in
               ("machines/freezer-tunnel/telemetry", "losses", "handover")]  # fmt: skip

    assert {answer.status_code for answer in answers} == {400}
    assert all(sentence in answer.json()["detail"] for answer in answers)


def test_a_browser_whose_clock_is_ahead_gets_what_there_is(heard: Plant) -> None:
    view = heard.client.get(f"{URL}/freezer-tunnel/telemetry?until=2025-03-03T07:12:00%2B01:00").json()

    assert view["until"] == "2025-03-03T06:10:00Z"


def test_an_unknown_machine_or_attribute_is_answered_with_the_one_that_was_meant(heard: Plant) -> None:
    machine = heard.client.get(f"{URL}/Freezer Tunel/telemetry")
    attribute = heard.client.get(f"{URL}/Freezer Tunnel/telemetry?attribute=Temperatur")
    other = heard.client.get(f"{URL}/../../x")

    assert (machine.status_code, attribute.status_code, other.status_code) == (404, 404, 404)
    assert machine.json()["detail"].endswith("did you mean 'Freezer Tunnel'?")
    assert attribute.json()["detail"] == "Freezer Tunnel has no attribute 'Temperatur'; did you mean 'Temperature'?"


def test_an_attribute_that_only_the_past_knows_is_found(plant: Plant, tmp_path: Path) -> None:
    with lake_behind(plant, tmp_path, []) as lake:
        lake.append("north", "line-1", said("Box Sealer", "Glue", [60], 180.0, "CEL"), "x")

        (series,) = plant.client.get(f"{URL}/Box Sealer/telemetry?attribute=Glue").json()["series"]

    assert (series["last"], series["limit_low"]) == (180.0, None)


def test_machines_come_in_the_order_of_the_line_and_one_at_a_time(heard: Plant) -> None:
    machines = heard.client.get(URL).json()
    one = heard.client.get(f"{URL}/box-sealer").json()

    assert [machine["id"] for machine in machines] == ["Freezer Tunnel", "Box Sealer"]
    assert one == machines[1]
    assert heard.client.get(f"{URL}/Sealer").status_code == 404


def test_a_device_whose_name_has_a_slash_is_found(plant: Plant) -> None:
    plant.hear("Oven/2", "Speed", 1.0)

    assert plant.client.get(f"{URL}/Oven%2F2").json()["id"] == "Oven/2"


def test_what_is_older_than_usual_is_stale_and_changes_the_etag(heard: Plant) -> None:
    fresh = heard.client.get("/api/lines/line-1")
    heard.clock[0] = NOW_US + 15 * 60_000_000

    later = heard.client.get("/api/lines/line-1", headers={"If-None-Match": fresh.headers["etag"]})

    (before, _), (after, never) = fresh.json()["machines"], later.json()["machines"]
    assert (before["stale"], after["stale"], never["stale"]) == (False, True, False)
    assert after["values"]["Temperature"]["stale"] is True
    assert later.status_code == 200


def test_the_application_runs_where_there_is_no_pyarrow() -> None:
    script = """
import sys
sys.modules["pyarrow"] = None
import lineside.api.app
from lineside.lake.history import History
from lineside.lake.memory import MemoryObjects
History(MemoryObjects()).state_runs("s", "l", {"x": "State"}, 0, 1)
"""
    subprocess.run([sys.executable, "-c", script], check=True)
