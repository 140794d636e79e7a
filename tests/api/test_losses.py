"""Where a line's time went, over HTTP, from a lake."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lineside.api.losses_view import fewer
from lineside.lake.runs import Run
from lineside.site import parse_site, read_site
from lineside.telemetry.reading import Reading
from lineside.telemetry.timestamps import parse
from tests.api.conftest import NOW_US
from tests.api.lakes import lake_behind, recorded, said

if TYPE_CHECKING:
    from tests.api.conftest import Plant

URL = "/api/lines/line-1/losses"
COUNTING = parse_site(
    """
site: north
lines:
  - id: line-1
    machines:
      - {id: Freezer Tunnel, feeds: [Box Sealer], rejects: {rejects: Bad, good: Good, max_fraction: 0.1}}
      - {id: Box Sealer, feeds: [Table]}
      - {id: Table, buffer: 4}
"""
)


def half_an_hour() -> list[Reading]:
    """The sealer is down for five minutes and the freezer blocked by it; then nobody is heard for five minutes."""
    return [
        *said("Freezer Tunnel", "State", [*range(1_490, 1_810, 10), *range(300, 1_190, 10)], "Running"),
        *said("Freezer Tunnel", "State", range(1_190, 1_490, 10), "Blocked"),
        *said("Box Sealer", "State", [*range(1_500, 1_810, 10), *range(300, 1_200, 10)], "Running"),
        *said("Box Sealer", "State", range(1_200, 1_500, 10), "Down"),
    ]


def counted(seconds: range) -> list[Reading]:
    """Two good pieces a second and a reject every ten seconds, from a counter that begins again on the way."""
    counts = [(age, 2 * (age - seconds.start if age < 900 else age)) for age in seconds]
    return [
        reading
        for age, good in counts
        for reading in (
            *said("Freezer Tunnel", "Good", [900 + 300 - age], float(good), "H87"),
            *said("Freezer Tunnel", "Bad", [900 + 300 - age], float(age // 10), "H87"),
        )
    ]


def test_the_strip_has_no_holes_and_the_tree_names_the_cause(plant: Plant, tmp_path: Path) -> None:
    with lake_behind(plant, tmp_path, half_an_hour(), COUNTING):
        view = plant.client.get(f"{URL}?since=2025-03-03T05:40:00Z").json()

    freezer, sealer = view["machines"]
    assert [(run["state"], run["since"][14:19], run["until"][14:19]) for run in sealer["runs"]] == [
        ("running", "40:00", "45:10"), ("down", "45:10", "50:10"), ("running", "50:10", "05:10"),
        ("unknown", "05:10", "10:00"),
    ]  # fmt: skip
    assert sum(freezer["seconds"].values()) == sum(sealer["seconds"].values()) == 1_800
    (loss,) = view["losses"]
    assert (loss["branch"], loss["name"], loss["machine"], loss["seconds"]) == (
        "availability", "down", "Box Sealer", 300.0,
    )  # fmt: skip
    assert loss["share"] == pytest.approx(300 / 1_800)
    assert view["availability"] == pytest.approx(1_210 / 1_510)
    assert (view["performance"], view["quality"], view["oee"]) == (None, None, None)
    assert "The counters of Freezer Tunnel said nothing" in view["basis"]


def test_counters_give_performance_and_quality_across_a_restart(plant: Plant, tmp_path: Path) -> None:
    readings = [*half_an_hour(), *counted(range(0, 901, 5))]
    with lake_behind(plant, tmp_path, readings, COUNTING):
        view = plant.client.get(f"{URL}?since=2025-03-03T05:50:00Z&until=2025-03-03T06:05:00Z").json()

    quality = next(loss for loss in view["losses"] if loss["branch"] == "quality")
    assert view["quality"] == pytest.approx(1 - 89 / 1_869, abs=0.002)
    assert view["performance"] == pytest.approx(1.0, abs=0.02)
    assert (quality["machine"], quality["name"]) == ("Freezer Tunnel", "rejects")
    assert view["oee"] == pytest.approx(view["availability"] * view["performance"] * view["quality"])


def test_a_slow_machine_that_was_reported_is_what_the_line_waited_for(plant: Plant, tmp_path: Path) -> None:
    readings = [
        *said("Freezer Tunnel", "State", range(0, 1_800, 10), "Running"),
        *said("Box Sealer", "State", range(600, 1_800, 10), "Running"),
        *said("Box Sealer", "State", range(0, 600, 10), "Starved"),
    ]
    with lake_behind(plant, tmp_path, readings, COUNTING):
        before = plant.client.get(f"{URL}?since=2025-03-03T05:40:00Z").json()["losses"]
        plant.raise_alarm(kind="slow", onset_us=NOW_US - 700_000_000)
        after = plant.client.get(f"{URL}?since=2025-03-03T05:40:00Z").json()["losses"]

    assert [(loss["machine"], "no cause" in loss["note"]) for loss in before] == [("Box Sealer", True)]
    assert [(loss["machine"], loss["name"]) for loss in after] == [("Freezer Tunnel", "starved")]


@pytest.mark.parametrize("line", ["line-1", "unassigned"])
def test_a_line_of_which_nothing_was_heard_has_no_figures(plant: Plant, tmp_path: Path, line: str) -> None:
    with lake_behind(plant, tmp_path, []):
        view = plant.client.get(f"/api/lines/{line}/losses").json()

    assert [view[share] for share in ("availability", "performance", "quality", "oee")] == [None] * 4
    assert view["losses"] == []
    assert {state for machine in view["machines"] for state in machine["seconds"]} <= {"unknown"}


def test_a_strip_of_very_many_states_is_drawn_with_fewer() -> None:
    second = 1_000_000
    flicker = [Run("down" if at % 2 else "running", at * second, (at + 1) * second) for at in range(5_000)]
    runs = [*flicker, Run("starved", 5_000 * second, 9_000 * second)]

    drawn = fewer(runs)

    assert len(drawn) <= 1_000
    assert drawn[0].start_us == 0
    assert drawn[-1] == runs[-1]
    assert all(one.end_us == other.start_us for one, other in pairwise(drawn))


@pytest.mark.data
def test_the_recorded_hour_lost_most_to_the_vertical_conveyor(
    plant: Plant, tmp_path: Path, shared_data: Path, samples: Path
) -> None:
    site = read_site(samples / "site.yaml").model_copy(update={"site": "north"})
    readings = recorded(shared_data / "cookie-factory" / "telemetry.csv")
    plant.clock[0] = parse("2025-03-03T07:00:05Z")
    with lake_behind(plant, tmp_path, readings, site):
        view = plant.client.get(f"{URL}?since=2025-03-03T06:00:00Z").json()

    largest = view["losses"][0]
    quality = next(loss for loss in view["losses"] if loss["branch"] == "quality")
    assert (largest["machine"], largest["name"], largest["seconds"]) == ("Vertical Conveyor", "down", 580.0)
    assert quality["note"] == "72 rejects in 16,985 pieces"
    assert view["quality"] == pytest.approx(1 - 72 / 16_985)
    assert 0.75 < view["oee"] < view["availability"] < 0.8
    assert len(view["machines"]) == 8


@pytest.mark.data
def test_good_pieces_and_rejects_are_what_was_made_where_no_total_is_declared(
    plant: Plant, tmp_path: Path, shared_data: Path, samples: Path
) -> None:
    text = (samples / "site.yaml").read_text(encoding="utf-8").replace("total: Total", "good: Good")
    site = parse_site(text).model_copy(update={"site": "north"})
    readings = recorded(shared_data / "cookie-factory" / "telemetry.csv")
    plant.clock[0] = parse("2025-03-03T07:00:05Z")
    with lake_behind(plant, tmp_path, readings, site):
        view = plant.client.get(f"{URL}?since=2025-03-03T06:00:00Z").json()

    assert view["quality"] == pytest.approx(1 - 72 / 16_963)
